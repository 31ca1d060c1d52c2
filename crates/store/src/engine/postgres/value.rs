//! Values on the wire.

use std::error::Error as StdError;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::engine::{Cell, Error, Param, Row};

type Failure = Box<dyn StdError + Sync + Send>;

/// A parameter takes whatever type the statement gives it. The types of the schema go in binary; for every other type
/// the text of the value is sent, and the server reads it as it would read a literal.
impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Int(value) if *ty == Type::INT8 => out.put_i64(*value),
            Self::Int(value) => out.put_slice(value.to_string().as_bytes()),
            Self::Real(value) if *ty == Type::FLOAT8 => out.put_f64(*value),
            Self::Real(value) => out.put_slice(value.to_string().as_bytes()),
            Self::Text(value) => out.put_slice(value.as_bytes()),
            Self::Bytes(value) => out.put_slice(value),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        let binary = match self {
            Self::Null => true,
            Self::Int(_) => *ty == Type::INT8,
            Self::Real(_) => *ty == Type::FLOAT8,
            Self::Text(_) => false,
            Self::Bytes(_) => true,
        };
        if binary { Format::Binary } else { Format::Text }
    }

    to_sql_checked!();
}

/// A row as the driver holds it.
pub(super) struct PostgresRow<'a>(pub(super) &'a tokio_postgres::Row);

impl Row for PostgresRow<'_> {
    fn cell(&self, i: usize) -> Result<Cell<'_>, Error> {
        self.0.try_get::<_, Wire<'_>>(i).map(|wire| wire.0).map_err(|error| {
            let found = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            Error::decode(i, "an integer, a real, text or bytes", found)
        })
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

struct Wire<'a>(Cell<'a>);

impl<'a> FromSql<'a> for Wire<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        let cell = match *ty {
            Type::INT8 => Cell::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON => Cell::Text(std::str::from_utf8(raw)?),
            Type::BYTEA => Cell::Bytes(raw),
            Type::FLOAT8 => Cell::Real(f64::from_be_bytes(raw.try_into()?)),
            Type::BOOL => Cell::Int(i64::from(raw != [0])),
            Type::INT4 => Cell::Int(i32::from_be_bytes(raw.try_into()?).into()),
            Type::INT2 => Cell::Int(i16::from_be_bytes(raw.try_into()?).into()),
            Type::FLOAT4 => Cell::Real(f32::from_be_bytes(raw.try_into()?).into()),
            Type::NUMERIC => numeric(raw)?,
            // A version byte, then text.
            Type::JSONB => Cell::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?),
            _ => return Err(format!("the type {ty}, which needs a cast").into()),
        };
        Ok(Self(cell))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self(Cell::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// `sum()` over integers is numeric: an integer to us, as on SQLite. With digits after the point (`avg()`) it is a real.
///
/// On the wire: how many base-10000 digits follow, the power of the first, the sign, the digits after the point.
fn numeric(raw: &[u8]) -> Result<Cell<'static>, Failure> {
    let mut halves = raw
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair.first().copied().unwrap_or_default(), pair.get(1).copied().unwrap_or_default()]));
    let (Some(_), Some(weight), Some(sign), Some(scale)) = (halves.next(), halves.next(), halves.next(), halves.next()) else {
        return Err("a broken numeric".into());
    };
    let negative = match sign {
        0x0000 => false,
        0x4000 => true,
        0xd000 => return Ok(Cell::Real(f64::INFINITY)),
        0xf000 => return Ok(Cell::Real(f64::NEG_INFINITY)),
        _ => return Ok(Cell::Real(f64::NAN)),
    };
    let weight = i32::from(weight.cast_signed());
    let digits: Vec<u16> = halves.collect();
    if scale == 0 {
        let whole = usize::try_from(weight.saturating_add(1)).unwrap_or(0);
        let value = (0..whole).try_fold(0_i128, |value, i| {
            value.checked_mul(10_000)?.checked_add(digits.get(i).copied().unwrap_or(0).into())
        });
        let value = value.map(|value| if negative { value.saturating_neg() } else { value });
        let value = value
            .and_then(|value| i64::try_from(value).ok())
            .ok_or("a numeric beyond 64 bits")?;
        return Ok(Cell::Int(value));
    }
    // As text, since only the parser rounds correctly.
    let mantissa = digits.iter().fold(String::from("0"), |text, digit| format!("{text}{digit:04}"));
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let exponent = weight.saturating_add(1).saturating_sub(length).saturating_mul(4);
    let value: f64 = format!("{mantissa}e{exponent}").parse()?;
    Ok(Cell::Real(if negative { -value } else { value }))
}
