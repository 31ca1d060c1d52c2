//! The environment: the only place where it is read.

use std::ffi::OsString;
use std::path::PathBuf;

use super::keys::{ALL, CONFIG_VARIABLE};
use super::layers::{Bad, Layers, Source};

/// The variables that are ours. An empty one counts as absent, as in most service files.
#[derive(Debug, Default)]
pub struct Environment(Vec<(String, OsString)>);

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self::from_pairs(std::env::vars_os())
    }

    /// Those among these pairs.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let ours = |(name, value): (OsString, OsString)| {
            let name = name.into_string().ok()?;
            (name.starts_with("LOGGIA_") && !is_of_the_cluster(&name) && !value.is_empty()).then_some((name, value))
        };
        Self(pairs.into_iter().filter_map(ours).collect())
    }

    /// The file that the environment names.
    pub fn config(&self) -> Option<PathBuf> {
        self.0
            .iter()
            .find(|(name, _)| name == CONFIG_VARIABLE)
            .map(|(_, value)| value.into())
    }

    /// Puts the variables over the layers.
    pub fn read(self, layers: &mut Layers) -> Result<(), Bad> {
        for (name, value) in self.0 {
            if name == CONFIG_VARIABLE {
                continue;
            }
            let Some(key) = ALL.iter().find(|key| key.variable == name) else {
                let known: Vec<_> = ALL.iter().map(|key| key.variable).collect();
                return Err(Bad::Unknown {
                    place: "environment".into(),
                    name,
                    known: known.join(", "),
                });
            };
            let source = Source::Variable(key.variable);
            match value.into_string() {
                Ok(text) => layers.put(key, text, source)?,
                Err(raw) => return Err(Bad::value(key, &source, &raw.to_string_lossy())),
            }
        }
        Ok(())
    }
}

/// Kubernetes gives every container variables about a service called loggia: they are no settings.
fn is_of_the_cluster(name: &str) -> bool {
    name.starts_with("LOGGIA_SERVICE_") || name == "LOGGIA_PORT" || name.starts_with("LOGGIA_PORT_")
}
