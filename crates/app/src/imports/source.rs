//! Where a value comes from, as text that `domain::records::from_text` reads.

use csv::StringRecord;
use domain::modules::FieldKind;
use jiff::civil;
use jiff::fmt::strtime;

use super::rows::Rows;
use super::template::{self, Piece};
use super::{FieldMapping, ImportError, Mapping, Part};

/// A mapped field's source, with columns found in the file.
pub(super) struct Source {
    from: From,
    default: String,
    null: Vec<String>,
    part: Option<Part>,
    lower: bool,
    format: Option<String>,
    decimal_comma: bool,
}

enum From {
    Column(usize),
    Template(Vec<Bit>),
    Value(String),
}

enum Bit {
    Text(String),
    Column(usize),
}

impl Source {
    /// None for fields that take no value, such as automatic numbers.
    pub(super) fn of(field: &FieldMapping, mapping: &Mapping, rows: &Rows) -> Result<Option<Self>, ImportError> {
        let from = if let Some(name) = &field.column {
            From::Column(rows.column(name)?)
        } else if let Some(index) = field.index {
            From::Column(rows.place(index)?)
        } else if let Some(text) = &field.template {
            let pieces = template::parse(text).map_err(ImportError::Mapping)?;
            let bit = |piece| match piece {
                Piece::Text(text) => Ok(Bit::Text(text)),
                Piece::Column(name) => rows.column(&name).map(Bit::Column),
            };
            From::Template(pieces.into_iter().map(bit).collect::<Result<_, _>>()?)
        } else if let Some(text) = &field.value {
            From::Value(text.clone())
        } else {
            return Ok(None);
        };
        Ok(Some(Self {
            from,
            default: field.default.clone().unwrap_or_default(),
            null: field.null.clone().unwrap_or_else(|| mapping.null.clone()),
            part: field.part,
            lower: field.lower,
            format: field.format.clone(),
            decimal_comma: field.decimal_comma,
        }))
    }

    /// The value as the row has it, empty if it has none.
    pub(super) fn raw(&self, cells: &StringRecord) -> String {
        let text = match &self.from {
            From::Column(at) => self.cell(cells, *at).to_owned(),
            From::Value(text) => text.clone(),
            From::Template(bits) => {
                let empty = |bit: &Bit| matches!(bit, Bit::Column(at) if self.cell(cells, *at).is_empty());
                if bits.iter().all(|bit| matches!(bit, Bit::Text(_)) || empty(bit)) {
                    String::new()
                } else {
                    let write = |bit: &Bit| match bit {
                        Bit::Text(text) => text.clone(),
                        Bit::Column(at) => self.cell(cells, *at).to_owned(),
                    };
                    bits.iter().map(write).collect::<String>().trim().to_owned()
                }
            }
        };
        let text = match self.part {
            None => text,
            Some(part) => word(&text, part).to_owned(),
        };
        match (text.is_empty(), self.lower) {
            (true, _) => self.default.clone(),
            (false, true) => text.to_lowercase(),
            (false, false) => text,
        }
    }

    fn cell<'c>(&self, cells: &'c StringRecord, at: usize) -> &'c str {
        let text = cells.get(at).unwrap_or_default().trim();
        if self.null.iter().any(|null| null == text) { "" } else { text }
    }

    /// The value in the notation of the product, or what was expected of it.
    pub(super) fn in_our_notation(&self, kind: &FieldKind, raw: &str) -> Result<String, String> {
        match (&self.format, kind) {
            (Some(format), FieldKind::Date) => match civil::Date::strptime(format, raw) {
                Ok(date) => Ok(date.to_string()),
                Err(_) => Err(format!("expected a date written as {format}")),
            },
            (Some(format), FieldKind::DateTime) => {
                moment(format, raw).ok_or_else(|| format!("expected a date and time written as {format}"))
            }
            _ if self.decimal_comma => Ok(raw.replace('.', "").replace(',', ".")),
            _ => Ok(raw.to_owned()),
        }
    }
}

fn moment(format: &str, raw: &str) -> Option<String> {
    let read = strtime::parse(format, raw).ok()?;
    if read.offset().is_some() {
        return Some(read.to_timestamp().ok()?.to_string());
    }
    // Without a time of day it is midnight.
    let at = read.to_datetime().or_else(|_| read.to_date().map(|day| day.at(0, 0, 0, 0)));
    Some(at.ok()?.to_string())
}

fn word(text: &str, part: Part) -> &str {
    match (part, text.split_once(char::is_whitespace)) {
        (Part::First, Some((first, _))) => first,
        (Part::First, None) => "",
        (Part::Rest, Some((_, rest))) => rest.trim(),
        (Part::Rest, None) => text,
    }
}
