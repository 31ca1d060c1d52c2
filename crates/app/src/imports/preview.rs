//! A first look at a file: its first rows, and a mapping guessed from them.

use std::collections::HashMap;
use std::io::Read;

use csv::StringRecord;
use domain::modules::{Module, naming};
use domain::records::normalise_email;
use domain::time::{Day, Moment};

use super::rows::Rows;
use super::{FieldMapping, ImportError, Mapping, NewKind};

/// Rows that are looked at to guess what a column holds.
const LOOKED_AT: usize = 200;

/// A first look at a file.
#[derive(Debug, Clone)]
pub struct Preview {
    pub headers: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Rows in the file, beside the first line.
    pub total: u64,
    /// Each column with the field of the module that has its name, or with a new field of the kind that its values have.
    pub mapping: Mapping,
}

/// Looks at a file. `reading` says how to read it (encoding, delimiter, nulls); `module` is where it is to go, if that exists.
pub fn preview(csv: impl Read, rows: usize, reading: &Mapping, module: Option<&Module>) -> Result<Preview, ImportError> {
    let mut file = Rows::open(csv, reading)?;
    let mut seen: Vec<StringRecord> = Vec::new();
    while seen.len() < rows.max(LOOKED_AT) {
        match file.next()? {
            Some(Ok(row)) => seen.push(row.cells),
            Some(Err(_)) => {}
            None => break,
        }
    }
    let fields: HashMap<String, &str> = module.map(known_names).unwrap_or_default();
    let field = |(at, header): (usize, &String)| {
        let known = fields.get(&bare(header));
        let values: Vec<&str> = seen.iter().filter_map(|row| row.get(at)).map(str::trim).collect();
        FieldMapping {
            field: known.map_or_else(|| naming::from_label(header), |name| (*name).to_owned()),
            column: Some(header.clone()),
            kind: known.is_none().then(|| guess(header, &values, &reading.null)),
            label: known.is_none().then(|| header.clone()),
            ..FieldMapping::default()
        }
    };
    let mut mapped: Vec<FieldMapping> = Vec::new();
    for field in file.headers.iter().enumerate().filter(|(_, h)| !h.is_empty()).map(field) {
        if !mapped.iter().any(|m| m.field == field.field) {
            mapped.push(field);
        }
    }
    Ok(Preview {
        rows: seen.iter().take(rows).map(|row| row.iter().map(str::to_owned).collect()).collect(),
        total: file.total,
        mapping: Mapping {
            fields: mapped,
            ..reading.clone()
        },
        headers: file.headers,
    })
}

/// Fields that can be filled, by API name and label without case and punctuation.
fn known_names(module: &Module) -> HashMap<String, &str> {
    let fields = module.fields.iter().filter(|f| !f.kind.is_given());
    fields
        .flat_map(|f| [(bare(&f.label), f.api_name.as_str()), (bare(&f.api_name), f.api_name.as_str())])
        .collect()
}

fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The narrowest kind that takes every value.
fn guess(header: &str, values: &[&str], null: &[String]) -> NewKind {
    let there: Vec<&str> = values
        .iter()
        .copied()
        .filter(|v| !v.is_empty() && !null.iter().any(|n| n == v))
        .collect();
    let all = |fits: &dyn Fn(&str) -> bool| !there.is_empty() && there.iter().all(|v| fits(v));
    let digits = |v: &str| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit());
    let signed = |v: &str| digits(v.strip_prefix('-').unwrap_or(v));
    // A code such as 01099 would lose its zero.
    let whole = |v: &str| signed(v) && (v == "0" || !v.trim_start_matches('-').starts_with('0'));
    let number = |v: &str| match v.split_once('.') {
        Some((a, b)) => (whole(a) || a == "0" || a == "-0") && digits(b) && b.len() <= 9,
        None => whole(v),
    };
    let at_midnight = |v: &str| v.len() == 10 || v.get(10..).is_some_and(|rest| !rest.contains(|c: char| ('1'..='9').contains(&c)));
    let name = bare(header);
    if all(&|v| ["true", "false", "yes", "no"].contains(&v.to_lowercase().as_str())) {
        NewKind::Boolean
    } else if all(&|v| whole(v) && v.len() <= 9) {
        NewKind::Integer
    } else if all(&|v| whole(v) && v.len() <= 18) {
        NewKind::BigInteger
    } else if all(&number) {
        NewKind::Decimal
    } else if all(&|v| Day::parse(v).is_some() && at_midnight(v)) {
        NewKind::Date
    } else if all(&|v| Moment::parse(v).is_some()) {
        NewKind::DateTime
    } else if all(&|v| normalise_email(v).is_some()) {
        NewKind::Email
    } else if all(&|v| v.starts_with("http://") || v.starts_with("https://") || v.starts_with("www.")) {
        NewKind::Website
    } else if ["phone", "telephone", "mobile", "fax"].iter().any(|word| name.contains(word)) && all(&|v| v.chars().count() <= 30) {
        NewKind::Phone
    } else if there.iter().any(|v| v.contains('\n') || v.chars().count() > 255) {
        NewKind::TextArea
    } else {
        NewKind::Text
    }
}
