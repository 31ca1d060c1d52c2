//! A query as it is written: names that nobody has looked up yet.

use super::Function;

/// A query that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The API name of the module that is asked.
    pub module: String,
    pub(super) items: Vec<Item>,
    pub(super) condition: Option<Expression>,
    pub(super) groups: Vec<Path>,
    pub(super) order: Vec<(Operand, bool)>,
    pub(super) limit: u32,
    pub(super) offset: u32,
}

/// `Account_Name.Industry`: look-ups, and the field at the end of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(pub(super) Vec<String>);

impl Path {
    pub(super) fn text(&self) -> String {
        self.0.join(".")
    }
}

/// A column, or a function of one; `COUNT(*)` has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operand {
    pub(super) function: Option<Function>,
    pub(super) path: Option<Path>,
}

impl Operand {
    /// As it is called in an answer where it has no other name.
    pub(super) fn text(&self) -> String {
        let path = self.path.as_ref().map_or_else(|| "*".to_owned(), Path::text);
        self.function
            .map_or_else(|| path.clone(), |function| format!("{}({path})", function.name()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) operand: Operand,
    pub(super) alias: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Compare { path: Path, comparison: Comparison },
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Comparison {
    /// `=`, `!=`, `<`, `<=`, `>` or `>=`.
    Sign(&'static str, String),
    Like(String),
    In(Vec<String>),
    Between(String, String),
    IsNull,
}
