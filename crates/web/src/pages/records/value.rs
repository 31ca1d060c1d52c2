//! A value of a record as a page shows it.

use askama::Template;
use domain::modules::FieldKind;
use domain::records::Value;
use store::records::{Linked, Shown};

use super::site::Place;
use super::text;

/// A value, ready to be shown. What may not be seen looks like what is not there.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "records/cell.html")]
pub enum Cell {
    Empty,
    Text(String),
    /// Several lines.
    Lines(String),
    /// HTML, cleaned when it was written.
    Rich(String),
    Badges(Vec<String>),
    Yes,
    No,
    /// An address of the web, or one for mail or telephone.
    Outside(Link),
    /// A file, with its address where it can be had.
    File(StoredFile),
    /// Records, with a link where they have a page.
    Records(Vec<Named>),
}

/// A link out of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub label: String,
}

/// A file by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub href: Option<String>,
    pub name: String,
    pub size: Option<String>,
}

/// A record by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub href: Option<String>,
    pub name: String,
}

impl Cell {
    /// The value of a field of this kind.
    #[must_use]
    pub fn new(place: Place<'_>, kind: &FieldKind, shown: &Shown) -> Self {
        match shown {
            Shown::Absent => Self::Empty,
            Shown::Link(linked) => Self::Records(vec![named(place, kind, linked)]),
            Shown::Links(all) if all.is_empty() => Self::Empty,
            Shown::Links(all) => Self::Records(all.iter().map(|linked| named(place, kind, linked)).collect()),
            Shown::File(file) => Self::File(StoredFile {
                href: None,
                name: file.name.clone().unwrap_or_else(|| "Download".into()),
                size: file.size.map(text::size),
            }),
            Shown::Value(value) if value.is_empty() => Self::Empty,
            Shown::Value(value) => plain(kind, value),
        }
    }

    /// The value as plain text.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Lines(text) | Self::Rich(text) => text.clone(),
            Self::Badges(all) => all.join(", "),
            Self::Yes => "Yes".into(),
            Self::No => "No".into(),
            Self::Outside(link) => link.label.clone(),
            Self::File(file) => file.name.clone(),
            Self::Records(all) => all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", "),
        }
    }

    /// The same with the address of the file, if it is one.
    #[must_use]
    pub fn at(mut self, address: impl FnOnce() -> String) -> Self {
        if let Self::File(file) = &mut self {
            file.href = Some(address());
        }
        self
    }

    /// The same with what the file is called and how large it is, if it is one.
    #[must_use]
    pub fn known_as(mut self, name: Option<&str>, size: Option<String>) -> Self {
        if let Self::File(file) = &mut self {
            if let Some(name) = name {
                name.clone_into(&mut file.name);
            }
            file.size = size.or(file.size.take());
        }
        self
    }

    /// Whether nothing is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// Whether it takes the whole width of a record's page.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        match self {
            Self::Rich(_) => true,
            Self::Lines(text) => text.chars().count() > 60 || text.contains('\n'),
            _ => false,
        }
    }
}

fn named(place: Place<'_>, kind: &FieldKind, linked: &Linked) -> Named {
    Named {
        href: kind
            .target()
            .or(linked.module)
            .zip(linked.id)
            .and_then(|(module, id)| place.linked(module, id)),
        name: linked
            .name
            .clone()
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "Unnamed".into()),
    }
}

fn plain(kind: &FieldKind, value: &Value) -> Cell {
    match value {
        Value::Text(text) => line(kind, text),
        Value::Int(bytes) if *kind == FieldKind::FileSize => Cell::Text(text::size(*bytes)),
        Value::Int(n) => Cell::Text(n.to_string()),
        Value::Decimal(units) => {
            let number = text::decimal(*units, kind.scale());
            Cell::Text(match kind {
                FieldKind::Percent { .. } => format!("{number}%"),
                _ => number,
            })
        }
        Value::Bool(yes) => {
            if *yes {
                Cell::Yes
            } else {
                Cell::No
            }
        }
        Value::Day(day) => Cell::Text(text::day(*day)),
        Value::Moment(at) => Cell::Text(text::moment(*at)),
        Value::Choices(options) => Cell::Badges(options.clone()),
        // Look-ups come as links; a bare id says nothing to anybody.
        Value::Null | Value::Ref(_) | Value::RefIn(..) | Value::Refs(_) => Cell::Empty,
    }
}

fn line(kind: &FieldKind, text: &str) -> Cell {
    let href = match kind {
        FieldKind::Picklist { .. } => return Cell::Badges(vec![text.to_owned()]),
        FieldKind::TextArea { .. } => return Cell::Lines(text.to_owned()),
        FieldKind::RichText { .. } => return Cell::Rich(text.to_owned()),
        FieldKind::Email => Some(format!("mailto:{text}")),
        FieldKind::Phone => telephone(text),
        FieldKind::Website => website(text),
        _ => None,
    };
    match href {
        Some(href) => Cell::Outside(Link {
            href,
            label: text.to_owned(),
        }),
        None => Cell::Text(text.to_owned()),
    }
}

fn telephone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    (digits.len() >= 3).then(|| format!("tel:{digits}"))
}

/// Only `http` and `https`: anything else that calls itself an address stays text.
fn website(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if plain && (lower.starts_with("https://") || lower.starts_with("http://")) {
        return Some(text.to_owned());
    }
    let bare = plain && text.contains('.') && !text.contains([':', '#', '@', '\\']) && text.starts_with(|c: char| c.is_alphanumeric());
    bare.then(|| format!("https://{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert_eq!(website("https://acme.example/a?b").as_deref(), Some("https://acme.example/a?b"));
        assert_eq!(website("www.acme.example").as_deref(), Some("https://www.acme.example"));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "JavaScript:alert(1)//.x",
            "//evil.example",
            "see below",
            "ftp://a.b",
        ] {
            assert_eq!(website(bad), None, "{bad}");
        }
        assert_eq!(telephone("030-0074321").as_deref(), Some("tel:0300074321"));
        assert_eq!(telephone("none"), None);
    }

    #[test]
    fn percentages_money_and_choices_are_shown_as_people_write_them() {
        assert_eq!(
            plain(&FieldKind::Percent { scale: 0 }, &Value::Decimal(40)),
            Cell::Text("40%".into())
        );
        assert_eq!(
            plain(&FieldKind::Currency { scale: 2 }, &Value::Decimal(144_000)),
            Cell::Text("1,440.00".into())
        );
        assert_eq!(
            line(&FieldKind::Picklist { options: vec![] }, "New"),
            Cell::Badges(vec!["New".into()])
        );
    }
}
