//! What a form has sent: texts by field, and nothing believed.

use domain::modules::{Field, FieldKind};
use domain::time::Moment;

/// A field that is not sent when nothing is chosen stands here by name.
pub const THERE: &str = "_there";
/// When the record was last changed, as far as the form knows.
pub const MODIFIED: &str = "_modified";
/// What stood in a field when the form was made: `_was.Phone`.
pub const WAS: &str = "_was.";

/// The pairs of a form.
#[derive(Debug, Default)]
pub struct Sent {
    /// The names of fields with their texts, in the order in which they came.
    fields: Vec<(String, Vec<String>)>,
    was: Vec<(String, String)>,
    modified: Option<String>,
}

impl Sent {
    /// Sorts the pairs.
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        let mut sent = Self::default();
        for (name, value) in pairs {
            let value = value.replace("\r\n", "\n");
            if name == THERE {
                sent.field(value);
            } else if name == MODIFIED {
                sent.modified = Some(value);
            } else if let Some(field) = name.strip_prefix(WAS) {
                sent.was.push((field.to_owned(), value));
            } else {
                sent.field(name).push(value);
            }
        }
        sent
    }

    fn field(&mut self, name: String) -> &mut Vec<String> {
        let at = self.fields.iter().position(|(found, _)| *found == name).unwrap_or_else(|| {
            self.fields.push((name, Vec::new()));
            self.fields.len() - 1
        });
        // The position was found or made just now.
        #[expect(clippy::indexing_slicing, reason = "`at` is the position of an element")]
        &mut self.fields[at].1
    }

    /// The names of all fields sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }

    /// The texts sent for a field: none if it was not in the form, empty if nothing was chosen.
    #[must_use]
    pub fn texts(&self, field: &Field) -> Option<Vec<String>> {
        let (_, texts) = self.fields.iter().find(|(name, _)| *name == field.api_name)?;
        let mut texts = texts.iter().filter(|text| !text.trim().is_empty()).cloned();
        Some(match field.kind {
            FieldKind::Boolean => vec![texts.next_back().unwrap_or_else(|| "false".into())],
            FieldKind::MultiPicklist { .. } | FieldKind::MultiLookup { .. } => texts.collect(),
            _ => texts.next_back().into_iter().collect(),
        })
    }

    /// What stood in the field when the form was made, if the form says so.
    #[must_use]
    pub fn was(&self, field: &Field) -> Option<&str> {
        self.was
            .iter()
            .find(|(name, _)| *name == field.api_name)
            .map(|(_, was)| was.as_str())
    }

    /// When the record was last changed as far as the form knows. Not a number: an error.
    pub fn modified(&self) -> Result<Option<Moment>, std::num::ParseIntError> {
        self.modified.as_deref().map(|text| text.parse().map(Moment)).transpose()
    }
}

/// The texts of a control as one, to be compared.
#[must_use]
pub fn together(texts: &[String]) -> String {
    texts.join("\n")
}
