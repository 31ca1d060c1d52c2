//! The CRM's notation of what a user type may do: the `modules` of its JSON, to grants and back.
//!
//! Beyond the original, `filters` may hold several look-ups, also one to a module that is itself
//! granted, and a field may say `names: true`. What the notation cannot say (a grant's own list
//! columns) is kept when a policy is written over.

mod fields;
mod read;
mod write;

pub use read::read;
pub use write::write;

/// Why a notation cannot be read. Paths begin below the user type: `modules[0].permissions.view`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misread {
    #[error("{path}: required field is missing")]
    Missing { path: String },
    #[error("the module of the people and Notes must be among the modules")]
    MandatoryModules,
    #[error("{path}: layouts are missing")]
    NoLayouts { path: String },
    #[error("{path}: no layout of the grant has this field")]
    NotOnLayout { path: String },
    #[error("{path}: expected {expected}")]
    WrongType { path: String, expected: &'static str },
    #[error("{path}: expected one of {}", .supported.join(", "))]
    Unsupported { path: String, supported: &'static [&'static str] },
    #[error("{path}: at most {limit} are allowed")]
    TooMany { path: String, limit: usize },
    /// An id or API name that names nothing.
    #[error("{path}: there is nothing with this id or API name")]
    Unknown { path: String },
    #[error("{path}: read_only is missing")]
    NoReadOnly { path: String },
}

#[cfg(test)]
mod tests;
