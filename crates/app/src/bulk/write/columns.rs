//! Where the value of a field comes from.

use serde::{Deserialize, Serialize};

use super::Refused;
use crate::imports::FieldMapping;

/// A mapped field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The field's API name, or `id`.
    pub field: String,
    pub from: Origin,
    /// The value where the row has none.
    pub default: Option<String>,
    /// How a date is written, such as `dd.MM.yyyy`.
    pub format: Option<String>,
    /// For look-ups: the field of the other module by whose value a record is found; its id if there is none.
    pub find_by: Option<String>,
}

/// Where in the file it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// By its place, from 0.
    Place(usize),
    /// By its name in the first line.
    Name(String),
    /// None: every row has the default.
    Nowhere,
}

impl Column {
    /// The column of the file that has the field's name.
    pub(super) fn named(field: &str) -> Self {
        Self {
            field: field.to_owned(),
            from: Origin::Name(field.to_owned()),
            default: None,
            format: None,
            find_by: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), Refused> {
        match &self.format {
            Some(text) if format(text).is_none() => Err(Refused::Format {
                field: self.field.clone(),
                format: text.chars().take(40).collect(),
            }),
            _ => Ok(()),
        }
    }

    /// The same as the import engine has it.
    pub(super) fn mapping(&self) -> FieldMapping {
        let (mut column, mut index, mut value) = (None, None, None);
        match &self.from {
            Origin::Place(place) => index = Some(*place),
            Origin::Name(name) => column = Some(name.clone()),
            Origin::Nowhere => value = Some(self.default.clone().unwrap_or_default()),
        }
        FieldMapping {
            field: self.field.clone(),
            column,
            index,
            value,
            default: self.default.clone(),
            format: self.format.as_deref().and_then(format),
            lookup: self.find_by.clone(),
            ..FieldMapping::default()
        }
    }
}

/// A format in letters, `yyyy-MM-dd HH:mm:ss`, as the one of `strptime`. None: there is a letter that means nothing here.
fn format(letters: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = letters;
    while let Some(first) = rest.chars().next() {
        let length = rest.chars().take_while(|c| *c == first).count();
        let run = first.len_utf8() * length;
        match (first, length) {
            ('y', 4) => out.push_str("%Y"),
            ('y', 2) => out.push_str("%y"),
            ('M', 3) => out.push_str("%b"),
            ('M', 1 | 2) => out.push_str("%m"),
            ('d', 1 | 2) => out.push_str("%d"),
            ('H', 1 | 2) => out.push_str("%H"),
            ('h', 1 | 2) => out.push_str("%I"),
            ('m', 1 | 2) => out.push_str("%M"),
            ('s', 1 | 2) => out.push_str("%S"),
            ('a', 1) => out.push_str("%p"),
            ('Z' | 'X', _) => out.push_str("%z"),
            ('T', 1) => out.push('T'),
            (c, _) if c.is_alphanumeric() || c == '%' => return None,
            (c, length) => out.extend(std::iter::repeat_n(c, length)),
        }
        rest = rest.get(run..).unwrap_or_default();
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_written_in_letters() {
        for (letters, ours) in [
            ("yyyy-MM-dd", Some("%Y-%m-%d")),
            ("dd.MM.yyyy HH:mm", Some("%d.%m.%Y %H:%M")),
            ("MM/dd/yy hh:mm a", Some("%m/%d/%y %I:%M %p")),
            ("yyyy-MM-ddTHH:mm:ssX", Some("%Y-%m-%dT%H:%M:%S%z")),
            ("%Y", None),
            ("QQ yyyy", None),
        ] {
            assert_eq!(format(letters).as_deref(), ours, "{letters}");
        }
    }
}
