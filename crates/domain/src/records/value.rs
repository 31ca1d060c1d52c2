//! A value of a field, in the product's own types.

use std::fmt::Write as _;

use crate::ids::RecordId;
use crate::modules::FieldKind;
use crate::time::{Day, Moment};

/// A value of a field. What a kind may hold is said in [`super::from_text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Text(String),
    /// A whole number, or the id of a file.
    Int(i64),
    Bool(bool),
    /// A decimal number as a whole number of `10^-scale`; the scale is the field's.
    Decimal(i64),
    Day(Day),
    Moment(Moment),
    Ref(RecordId),
    /// A record of the module with this API name or id: the parent of another.
    RefIn(String, RecordId),
    Refs(Vec<RecordId>),
    Choices(Vec<String>),
}

impl Value {
    /// Whether nothing is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::Refs(ids) => ids.is_empty(),
            Self::Choices(options) => options.is_empty(),
            _ => false,
        }
    }

    /// The value as a person types it, without a look-up's name. [`super::from_text`] reads it back.
    #[must_use]
    pub fn to_text(&self, kind: &FieldKind) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone(),
            Self::Int(n) => n.to_string(),
            Self::Bool(yes) => yes.to_string(),
            Self::Decimal(units) => decimal_text(*units, kind.scale()),
            Self::Day(day) => day.iso(),
            Self::Moment(at) => at.iso(),
            Self::Ref(id) | Self::RefIn(_, id) => id.to_string(),
            Self::Refs(ids) => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
            Self::Choices(options) => options.join(";"),
        }
    }
}

/// `units · 10^-scale` with exactly `scale` digits behind the point.
#[must_use]
pub fn decimal_text(units: i64, scale: u8) -> String {
    let mut text = String::new();
    write_decimal(units, scale, &mut text);
    text
}

/// Appends [`decimal_text`] to `out`.
pub fn write_decimal(units: i64, scale: u8, out: &mut String) {
    if units < 0 {
        out.push('-');
    }
    let scale = scale.min(18);
    let power = 10_u64.pow(u32::from(scale));
    let (whole, mut part) = (units.unsigned_abs() / power, units.unsigned_abs() % power);
    // Writing to a String cannot fail.
    let _ = write!(out, "{whole}");
    if scale > 0 {
        out.push('.');
    }
    let mut place = power;
    for _ in 0..scale {
        place /= 10;
        out.push(char::from(b'0' + u8::try_from(part / place).unwrap_or(0)));
        part %= place;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits_and_sign() {
        for (units, scale, text) in [
            (1400, 2, "14.00"),
            (-5, 2, "-0.05"),
            (7, 0, "7"),
            (-7, 0, "-7"),
            (i64::MIN, 4, "-922337203685477.5808"),
            (1, 18, "0.000000000000000001"),
            (-1_234_567, 3, "-1234.567"),
        ] {
            assert_eq!(decimal_text(units, scale), text);
        }
    }
}
