//! Tests as they are written: YAML, read and checked against what the organisation has.

use std::fmt;

use domain::modules::{Catalogue, Module};
use domain::portals::{Portal, UserType, user_type_named};
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use crate::Error;

/// The most characters of a text of tests that is kept.
pub const MAX_TEXT: usize = 100_000;
/// The most tests that are kept: all of them are asked while something is published.
pub const MAX_TESTS: usize = 300;

/// A file of tests (YAML).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tests {
    pub tests: Vec<Test>,
}

/// One person or visitor, one module, perhaps one record of it, and what must hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What it is about, in words.
    pub test: Spanned<String>,
    /// The user type, by name; `portal/name` where several portals have one of that name.
    #[serde(default, rename = "type")]
    user_type: Option<Spanned<String>>,
    /// The person, by a field of their record and its value.
    #[serde(default)]
    person: Option<Key>,
    /// A visitor who is not signed in asks: then there is neither user type nor person.
    #[serde(default)]
    anonymous: bool,
    /// The module, by its API name.
    pub module: Spanned<String>,
    /// The record, by a field and its value; without it the questions are about the module.
    #[serde(default)]
    pub record: Option<Key>,
    #[serde(default)]
    pub allow: Vec<Spanned<Word>>,
    #[serde(default)]
    pub deny: Vec<Spanned<Word>>,
    /// How many records the person sees.
    #[serde(default)]
    pub count: Option<u64>,
}

/// Who asks, in a test.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who<'t> {
    Person { user_type: &'t Spanned<String>, person: &'t Key },
    Visitor,
}

impl Test {
    /// Who asks. [`read_tests`] has seen to it that it is one of the two.
    pub(super) fn who(&self) -> Who<'_> {
        match (&self.user_type, &self.person) {
            (Some(user_type), Some(person)) => Who::Person { user_type, person },
            _ => Who::Visitor,
        }
    }

    fn check_who(&self) -> Result<(), Error> {
        let why = match (self.anonymous, &self.user_type, &self.person) {
            (true, None, None) | (false, Some(_), Some(_)) => return Ok(()),
            (true, ..) => "a visitor is of no user type and nobody: expected anonymous alone, or type and person",
            (false, ..) => "expected who asks: type and person, or anonymous: true",
        };
        Err(at(self.test.referenced, why))
    }
}

/// A field and its value; as the field `id`, the record's id.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    pub field: Spanned<String>,
    pub value: String,
}

/// What is asked, with fields by their API names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Word {
    View,
    Create,
    Edit,
    Delete,
    Read(String),
    Write(String),
}

impl TryFrom<String> for Word {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(' ').map(|(word, field)| (word, field.trim())) {
            None => match text.as_str() {
                "view" => Some(Self::View),
                "create" => Some(Self::Create),
                "edit" => Some(Self::Edit),
                "delete" => Some(Self::Delete),
                _ => None,
            },
            Some(("read", field)) if !field.is_empty() => Some(Self::Read(field.to_owned())),
            Some(("write", field)) if !field.is_empty() => Some(Self::Write(field.to_owned())),
            Some(_) => None,
        }
        .ok_or_else(|| {
            let begin: String = text.chars().take(40).collect();
            format!("{begin:?}: expected view, create, edit, delete, read FIELD or write FIELD")
        })
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::View => f.write_str("view"),
            Self::Create => f.write_str("create"),
            Self::Edit => f.write_str("edit"),
            Self::Delete => f.write_str("delete"),
            Self::Read(field) => write!(f, "read {field}"),
            Self::Write(field) => write!(f, "write {field}"),
        }
    }
}

impl Word {
    /// The field that it is about, if it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Read(field) | Self::Write(field) => Some(field),
            _ => None,
        }
    }
}

/// Reads a text of tests; an error names its line and what was expected. A text of nothing is no tests.
pub fn read_tests(yaml: &str) -> Result<Tests, Error> {
    if yaml
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
    {
        return Ok(Tests::default());
    }
    let tests: Tests = serde_saphyr::from_str(yaml).map_err(|why| Error::PolicyText(why.without_snippet().to_string()))?;
    for test in &tests.tests {
        test.check_who()?;
        let words = test.allow.iter().chain(&test.deny);
        if test.record.is_none()
            && let Some(word) = words.into_iter().find(|w| matches!(w.value, Word::Edit | Word::Delete))
        {
            return Err(at(word.referenced, &format!("{}: expected a record", word.value)));
        }
        if test.allow.is_empty() && test.deny.is_empty() && test.count.is_none() {
            return Err(at(test.test.referenced, "the test asks nothing: expected allow, deny or count"));
        }
    }
    Ok(tests)
}

/// Whether everything that tests name is there, but for people and records: those come and go.
pub fn check(tests: &Tests, catalogue: &Catalogue, types: &[UserType], portals: &[Portal]) -> Result<(), Error> {
    if let Some(first) = tests.tests.get(MAX_TESTS) {
        return Err(at(first.test.referenced, &format!("expected at most {MAX_TESTS} tests")));
    }
    for test in &tests.tests {
        if let Who::Person { user_type: named, person } = test.who() {
            let user_type = user_type_named(types, portals, &named.value).map_err(|why| at(named.referenced, &why.to_string()))?;
            if let Some(people) = catalogue.module(user_type.personality) {
                check_field(people, &person.field)?;
            }
        }
        let module = catalogue.named(&test.module.value);
        let unknown = || format!("there is no module {:?}: expected the API name of one", test.module.value);
        let module = module.ok_or_else(|| at(test.module.referenced, &unknown()))?;
        if let Some(record) = &test.record {
            check_field(module, &record.field)?;
        }
        for word in test.allow.iter().chain(&test.deny) {
            if let Some(field) = word.value.field().filter(|f| module.field_named(f).is_none()) {
                return Err(at(word.referenced, &no_field(module, field)));
            }
        }
    }
    Ok(())
}

fn check_field(module: &Module, field: &Spanned<String>) -> Result<(), Error> {
    let known = field.value == "id" || module.field_named(&field.value).is_some();
    match known {
        true => Ok(()),
        false => Err(at(field.referenced, &no_field(module, &field.value))),
    }
}

pub(super) fn no_field(module: &Module, field: &str) -> String {
    format!("{} have no field {field:?}: expected the API name of one", module.plural)
}

fn at(place: Location, why: &str) -> Error {
    Error::PolicyText(format!("line {}: {why}", place.line()))
}
