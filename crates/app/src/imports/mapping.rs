//! A mapping: which column of a CSV file becomes which field of a module.
//!
//! It is a file of TOML on the command line and a form in the browser; both are this struct.

use serde::{Deserialize, Serialize};

use super::ImportError;

/// How a CSV file becomes records of a module.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The file's encoding as browsers name it (`windows-1252`); UTF-8 if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// What stands between two values; a comma if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// In a row with too many values, those that begin with a space continue the value before: their comma should
    /// have been quoted and was not.
    #[serde(default)]
    pub unquoted_commas: bool,
    /// What the file writes where there is no value, beside nothing.
    #[serde(default)]
    pub null: Vec<String>,
    /// How to make the module if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<CreateModule>,
    /// What becomes of rows whose record is there already; without it every row is a new record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matching: Option<Matching>,
    #[serde(default, rename = "field")]
    pub fields: Vec<FieldMapping>,
}

/// How records are found that are there already: they are changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// The field by whose value a record is found, one of the mapping: a line of text, a whole number, or `id`.
    pub by: String,
    pub otherwise: Otherwise,
    /// Where a row has no value the record keeps the one that it has.
    #[serde(default)]
    pub keep_where_empty: bool,
}

/// What becomes of a row whose record is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// It is made.
    Make,
    /// The row is left out.
    LeaveOut,
}

/// The name under which a record's id is mapped.
pub(super) const ID: &str = "id";

/// A module to be made if it is missing. Its fields are those of the mapping that have a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateModule {
    pub singular: String,
    pub plural: String,
    /// The fields that name a record.
    pub name: Vec<String>,
}

/// Where a field's value comes from, and how to make the field if it is missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldMapping {
    /// The field's API name.
    pub field: String,
    /// The column that holds the value…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// …or its place, from 0…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// …or a text with columns in braces, such as `{customerID}@customers.example.com`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// …or one value for all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The value where the row has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// In place of the mapping's own `null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub null: Option<Vec<String>>,
    /// Only a part of the value: a person's first word, or the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// In lower case.
    #[serde(default, skip_serializing_if = "is_false")]
    pub lower: bool,
    /// How a date or date-time is written, such as `%d.%m.%Y`; ISO 8601 if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// A number is written `1.234,50`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub decimal_comma: bool,
    /// What parts several values; a semicolon if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// For look-ups: the field of the other module by whose value a record is looked up; its id if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<String>,
    /// The field's kind: it is made if it is missing.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<NewKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The options of a picklist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Digits behind the decimal point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u8>,
    /// The most characters of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// The module a look-up leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// What stands before an automatic number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(yes: &bool) -> bool {
    !yes
}

/// A part of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The first of several words; nothing if there is only one.
    First,
    /// All words but the first; the only one if there is only one.
    Rest,
}

/// The kind of a field that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewKind {
    Text,
    #[serde(alias = "text_area")]
    TextArea,
    #[serde(alias = "rich_text")]
    RichText,
    Email,
    Phone,
    Website,
    Picklist,
    #[serde(alias = "multi_picklist", alias = "multiselectpicklist", alias = "multi-select picklist")]
    MultiPicklist,
    Integer,
    #[serde(alias = "big_integer", alias = "bigint", alias = "big integer")]
    BigInteger,
    #[serde(alias = "double")]
    Decimal,
    Currency,
    Percent,
    Boolean,
    Date,
    #[serde(alias = "date_time", alias = "date-time")]
    DateTime,
    #[serde(alias = "look-up")]
    Lookup,
    #[serde(alias = "multi_lookup", alias = "multiselectlookup", alias = "multi-select look-up")]
    MultiLookup,
    #[serde(alias = "ownerlookup")]
    Owner,
    #[serde(alias = "auto_number")]
    AutoNumber,
}

impl Mapping {
    /// Reads a mapping from TOML. What is wrong is said with its place in the file.
    pub fn parse(text: &str) -> Result<Self, ImportError> {
        let mapping: Self = toml::from_str(text).map_err(|e| ImportError::Mapping(e.to_string().trim_end().to_owned()))?;
        mapping.check()?;
        Ok(mapping)
    }

    /// Checks what the types alone do not hold.
    pub fn check(&self) -> Result<(), ImportError> {
        if self.fields.is_empty() {
            return Err(bad("expected at least one [[field]]"));
        }
        if self.delimiter.is_some_and(|d| !d.is_ascii() || "\"\r\n".contains(d)) {
            return Err(bad("delimiter: expected one ASCII character that is no quote and no end of line"));
        }
        if let Some(name) = &self.encoding {
            encoding_rs::Encoding::for_label(name.as_bytes()).ok_or_else(|| {
                bad(&format!(
                    "encoding: {name:?} is not known: expected one such as utf-8, windows-1252 or utf-16le"
                ))
            })?;
        }
        let by = self.matching.as_ref().map(|matching| matching.by.as_str());
        if let Some(by) = by.filter(|by| !self.fields.iter().any(|field| field.field == *by)) {
            return Err(bad(&format!("matching: expected {by:?} to be one of the fields")));
        }
        if by != Some(ID) && self.fields.iter().any(|field| field.field == ID) {
            return Err(bad(
                "the id of a record is given by the product: it can only be what records are found by",
            ));
        }
        for (n, field) in (1..).zip(&self.fields) {
            let problem = field.problem().or_else(|| {
                let before = self.fields.iter().take(n - 1);
                before
                    .into_iter()
                    .any(|f| f.field == field.field)
                    .then(|| "the field is mapped twice".to_owned())
            });
            if let Some(problem) = problem {
                return Err(bad(&format!("[[field]] {n} ({}): {problem}", field.field)));
            }
        }
        Ok(())
    }
}

fn bad(text: &str) -> ImportError {
    ImportError::Mapping(text.to_owned())
}

impl FieldMapping {
    fn problem(&self) -> Option<String> {
        use NewKind::{AutoNumber, Lookup, MultiLookup, MultiPicklist, Picklist};
        let sources = [
            self.column.is_some(),
            self.index.is_some(),
            self.template.is_some(),
            self.value.is_some(),
        ];
        let wanted = usize::from(self.kind != Some(AutoNumber));
        let say = |text: &str| Some(text.to_owned());
        match self.kind {
            _ if sources.iter().filter(|given| **given).count() != wanted => match wanted {
                0 => say("an automatic number takes no column, template or value"),
                _ => say("expected exactly one of column, template and value"),
            },
            Some(Picklist | MultiPicklist) if self.options.is_empty() => say("expected options"),
            Some(Lookup | MultiLookup) if self.module.is_none() => say("expected the module of the look-up"),
            _ if self.scale.is_some_and(|s| s > 9) => say("scale: expected 0 to 9"),
            _ if self.max.is_some_and(|m| m == 0 || m > 100_000) => say("max: expected 1 to 100000"),
            _ if self.split.as_deref() == Some("") => say("split: expected at least one character"),
            _ => self.template.as_deref().and_then(|t| super::template::parse(t).err()),
        }
    }
}
