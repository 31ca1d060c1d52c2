//! Why a command ended without doing what was asked, and the exit status that tells it to scripts.

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use crate::settings::Bad;

/// A command was not carried out.
#[derive(Debug)]
pub enum Failure {
    /// The command line or the settings are wrong; nothing was touched. Exit status 2.
    Usage(String),
    /// The command could not be done. Exit status 1.
    Undone(String),
    /// Whoever read our output has had enough. Exit status 0.
    Unheard,
}

impl Failure {
    /// Tells it on stderr.
    pub fn report(self) -> ExitCode {
        let (message, code) = match self {
            Self::Usage(message) => (message, ExitCode::from(2)),
            Self::Undone(message) => (message, ExitCode::from(1)),
            Self::Unheard => return ExitCode::SUCCESS,
        };
        // There is nobody left to tell when stderr is closed.
        drop(writeln!(std::io::stderr().lock(), "loggia: {}", message.trim_end()));
        code
    }

    /// The failure with its causes.
    pub fn of(error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.ends_with(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        Self::Undone(message)
    }
}

impl From<app::Error> for Failure {
    fn from(error: app::Error) -> Self {
        Self::of(&error)
    }
}

impl From<Bad> for Failure {
    fn from(bad: Bad) -> Self {
        Self::Usage(bad.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe {
            Self::Unheard
        } else {
            Self::of(&error)
        }
    }
}
