//! Where a page ended, as a word in an address.

use domain::ids::RecordId;
use domain::records::{Cursor, Value};

/// Where the next page begins, and how many records stand before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub cursor: Cursor,
    pub before: u64,
    /// What the list was sorted by: a mark is of no use in another order.
    pub sort: String,
}

impl Mark {
    /// The mark as hexadecimal digits: nobody needs to read it, and no address changes it.
    #[must_use]
    pub fn encode(&self) -> String {
        let value = match &self.cursor.value {
            Value::Int(n) => format!("i{n}"),
            Value::Text(text) => format!("t{text}"),
            _ => "n".to_owned(),
        };
        let text = format!("{}/{}/{}/{value}", self.before, self.cursor.id, self.sort);
        text.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// Reads [`Mark::encode`] back. None if it is not one of ours.
    #[must_use]
    pub fn decode(word: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = word.chars().map(|c| c.to_digit(16).and_then(|n| u8::try_from(n).ok())).collect();
        let bytes: Vec<u8> = digits?.chunks(2).map(|pair| pair.iter().fold(0, |sum, n| sum << 4 | n)).collect();
        let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
        let mut parts = text.splitn(4, '/');
        let (before, id, sort, value) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let value = match value.split_at_checked(1)? {
            ("n", "") => Value::Null,
            ("i", number) => Value::Int(number.parse().ok()?),
            ("t", text) => Value::Text(text.to_owned()),
            _ => return None,
        };
        Some(Self {
            cursor: Cursor {
                value,
                id: id.parse::<RecordId>().ok()?,
            },
            before: before.parse().ok()?,
            sort: sort.to_owned(),
        })
    }
}

fn digit(n: u8) -> char {
    char::from_digit(u32::from(n), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_as_it_went_out() {
        for value in [Value::Null, Value::Int(-7), Value::Text("a/b ü".into()), Value::Text(String::new())] {
            let mark = Mark {
                cursor: Cursor { value, id: RecordId(17) },
                before: 50,
                sort: "-Grand_Total".into(),
            };
            assert_eq!(Mark::decode(&mark.encode()), Some(mark));
        }
    }

    #[test]
    fn what_is_not_ours_is_nothing() {
        for bad in ["", "zz", "3", "302f78", "ff", "'; DROP", "302f302f2f69"] {
            assert_eq!(Mark::decode(bad), None, "{bad}");
        }
    }
}
