//! Organisations: the tenants, their editions, and what their employees may do.

mod calls;
mod tenure;

use serde::{Deserialize, Serialize};

pub use calls::Calls;
pub use tenure::{Availability, Tenure, Told};

use crate::access::Actions;
use crate::ids::{ModuleId, ProfileId};

/// What an organisation has bought. Portals belong to the two largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    Free,
    Standard,
    Professional,
    Enterprise,
    Ultimate,
}

/// A text that names no edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an edition: expected free, standard, professional, enterprise or ultimate")]
pub struct NotAnEdition(String);

impl Edition {
    /// All editions, smallest first.
    pub const ALL: [Self; 5] = [Self::Free, Self::Standard, Self::Professional, Self::Enterprise, Self::Ultimate];

    /// The name in settings, on the command line and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Standard => "standard",
            Self::Professional => "professional",
            Self::Enterprise => "enterprise",
            Self::Ultimate => "ultimate",
        }
    }
}

impl std::str::FromStr for Edition {
    type Err = NotAnEdition;
    fn from_str(text: &str) -> Result<Self, NotAnEdition> {
        let found = Self::ALL.into_iter().find(|e| e.name() == text);
        found.ok_or_else(|| NotAnEdition(text.chars().take(40).collect()))
    }
}

/// What the employees with it may do in the CRM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub id: ProfileId,
    pub name: String,
    pub rights: Rights,
}

/// The rights of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Portals, user types and their permissions (*Manage Portals*).
    pub manage_portals: bool,
    /// Invitations and portal users (*Manage Portal Users*).
    pub manage_portal_users: bool,
    /// Modules, fields and layouts.
    pub manage_modules: bool,
    /// What may be done in modules that `modules` does not name.
    pub others: Actions,
    /// What may be done in single modules.
    #[serde(default)]
    pub modules: Vec<(ModuleId, Actions)>,
}

impl Rights {
    /// Everything.
    #[must_use]
    pub fn administrator() -> Self {
        let all = Actions {
            view: true,
            create: true,
            edit: true,
            edit_shared: true,
            delete: true,
            link: true,
        };
        Self {
            manage_portals: true,
            manage_portal_users: true,
            manage_modules: true,
            others: all,
            modules: Vec::new(),
        }
    }

    /// Nothing beside what plans allow.
    #[must_use]
    pub fn none() -> Self {
        Self {
            manage_portals: false,
            manage_portal_users: false,
            manage_modules: false,
            others: Actions::default(),
            modules: Vec::new(),
        }
    }

    /// Records, but no settings.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            manage_portals: false,
            manage_portal_users: false,
            manage_modules: false,
            ..Self::administrator()
        }
    }

    /// What may be done in a module.
    #[must_use]
    pub fn of(&self, module: ModuleId) -> Actions {
        self.modules
            .iter()
            .find(|(id, _)| *id == module)
            .map_or(self.others, |(_, actions)| *actions)
    }
}
