//! How much programs may call, by edition.

use super::Edition;

/// What the programs of an organisation have together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calls {
    /// In 24 hours; none is no limit.
    pub per_day: Option<u32>,
    /// At the same time.
    pub at_once: u32,
}

impl Edition {
    /// As Zoho publishes it for version 8: the most that an organisation with many employees has there.
    #[must_use]
    pub fn calls(self) -> Calls {
        let (per_day, at_once) = match self {
            Self::Free => (Some(5_000), 5),
            Self::Standard => (Some(100_000), 10),
            Self::Professional => (Some(3_000_000), 15),
            Self::Enterprise => (Some(5_000_000), 20),
            Self::Ultimate => (None, 25),
        };
        Calls { per_day, at_once }
    }
}
