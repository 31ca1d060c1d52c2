//! The layers of settings: defaults, then the file, then the environment, then the command line.

use std::path::{Path, PathBuf};

use super::keys::{ALL, Key};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Default,
    File(PathBuf),
    Variable(&'static str),
    Flag(&'static str),
}

impl Source {
    /// How to find the value there.
    pub fn locate(&self, key: &Key) -> String {
        match self {
            Self::Default => format!("the default of {}", key.name),
            Self::File(file) => format!("{}: {}", file.display(), key.name),
            Self::Variable(name) | Self::Flag(name) => (*name).to_owned(),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(file) => file.display().fmt(f),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Bad {
    #[error("{place}: expected {expected}{found}")]
    Value {
        place: String,
        expected: &'static str,
        found: String,
    },
    #[error("{place}: there is no setting {name}; expected one of {known}")]
    Unknown { place: String, name: String, known: String },
    #[error("{}: {why}", file.display())]
    File { file: PathBuf, why: String },
}

impl Bad {
    /// A value that the key does not accept. A secret is not repeated.
    pub fn value(key: &Key, source: &Source, found: &str) -> Self {
        let found = if key.secret {
            String::new()
        } else {
            format!(", found {:?}", found.chars().take(80).collect::<String>())
        };
        Self::Value {
            place: source.locate(key),
            expected: key.expected,
            found,
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: &'static Key,
    pub text: String,
    pub source: Source,
}

/// The merged settings, as texts that their keys accept.
#[derive(Debug, Clone, Default)]
pub struct Layers(Vec<Entry>);

impl Layers {
    /// The defaults.
    pub fn new() -> Self {
        let entry = |key: &'static Key| {
            Some(Entry {
                key,
                text: key.default?.to_owned(),
                source: Source::Default,
            })
        };
        Self(ALL.iter().filter_map(entry).collect())
    }

    /// Puts a value above the one that was there. It is checked even if a later layer covers it.
    pub fn put(&mut self, key: &'static Key, text: String, source: Source) -> Result<(), Bad> {
        if !(key.accepts)(&text) {
            return Err(Bad::value(key, &source, &text));
        }
        let text = match &source {
            Source::File(file) if key.path => beside(file, &text),
            _ => text,
        };
        self.0.retain(|entry| entry.key.name != key.name);
        self.0.push(Entry { key, text, source });
        Ok(())
    }

    /// The value that counts.
    pub fn get(&self, key: &Key) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key.name == key.name)
    }

    /// The value that counts, read.
    pub fn read<T>(&self, key: &Key, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Bad> {
        let Some(entry) = self.get(key) else { return Ok(None) };
        read(&entry.text)
            .map(Some)
            .ok_or_else(|| Bad::value(key, &entry.source, &entry.text))
    }
}

/// A path in the file is taken from the directory of the file.
fn beside(file: &Path, path: &str) -> String {
    let directory = file.parent().unwrap_or(Path::new(""));
    directory.join(path).display().to_string()
}
