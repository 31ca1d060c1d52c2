//! Where a file goes and how it is read: what travels from page to page until the import starts.

use app::Ctx;
use app::imports::{CreateModule, Mapping};
use domain::modules::{Module, naming};
use std::sync::Arc;

use super::super::members::escaped;
use super::super::posted::Posted;

/// What may stand between two values.
pub const DELIMITERS: [(&str, &str, char); 4] = [
    ("comma", "Comma", ','),
    ("semicolon", "Semicolon", ';'),
    ("tab", "Tab", '\t'),
    ("pipe", "Bar |", '|'),
];

/// The encodings that files of spreadsheets have.
pub const ENCODINGS: [(&str, &str); 4] = [
    ("utf-8", "UTF-8 (most)"),
    ("windows-1252", "Windows, western Europe"),
    ("windows-1250", "Windows, central Europe"),
    ("utf-16le", "UTF-16"),
];

/// Where a file goes and how it is read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The module's API name; of one that is not there yet, made of its name.
    pub module: String,
    /// Of a new module: one, several.
    pub singular: String,
    pub plural: String,
    pub delimiter: String,
    pub encoding: String,
    pub null: String,
}

impl Reading {
    pub fn of(sent: &Posted) -> Self {
        let plural = sent.trimmed("plural");
        let module = match sent.one("module") {
            "" | "+" if !plural.is_empty() => naming::from_label(&plural),
            "+" => String::new(),
            module => module.to_owned(),
        };
        Self {
            module,
            plural,
            singular: sent.trimmed("singular"),
            delimiter: sent.one("delimiter").to_owned(),
            encoding: sent.one("encoding").to_owned(),
            null: sent.trimmed("null"),
        }
    }

    /// Whether the names of a new module are filled in.
    pub fn is_new(&self) -> bool {
        !self.plural.is_empty() || !self.singular.is_empty()
    }

    /// Name and value of everything, for hidden fields and addresses.
    pub fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("module", &self.module),
            ("singular", &self.singular),
            ("plural", &self.plural),
            ("delimiter", &self.delimiter),
            ("encoding", &self.encoding),
            ("null", &self.null),
        ]
    }

    pub fn query(&self) -> String {
        let given = self.pairs().into_iter().filter(|(_, value)| !value.is_empty());
        given
            .map(|(key, value)| format!("{key}={}", escaped(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// The module, if it is there.
    pub fn there(&self, ctx: &Ctx) -> Option<Arc<Module>> {
        ctx.snapshot.catalogue.named(&self.module).cloned()
    }

    /// A mapping without fields: how the file is read.
    pub fn mapping(&self) -> Mapping {
        let delimiter = DELIMITERS.iter().find(|(key, ..)| *key == self.delimiter).map(|(.., c)| *c);
        let nulls = self.null.split(',').map(str::trim).filter(|word| !word.is_empty());
        Mapping {
            encoding: (!self.encoding.is_empty()).then(|| self.encoding.clone()),
            delimiter,
            null: nulls.map(str::to_owned).collect(),
            ..Mapping::default()
        }
    }

    /// How to make the module, named by these fields.
    pub fn creation(&self, names: Vec<String>) -> CreateModule {
        let plural = if self.plural.is_empty() {
            self.module.clone()
        } else {
            self.plural.clone()
        };
        CreateModule {
            singular: if self.singular.is_empty() {
                plural.clone()
            } else {
                self.singular.clone()
            },
            plural,
            name: names,
        }
    }
}
