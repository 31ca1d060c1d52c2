//! Ceilings: what no grant can cross.

use serde::{Deserialize, Serialize};

use super::check::Fault;
use super::criteria::Criteria;
use super::policy::Actions;
use super::predicate::Predicate;
use crate::ids::{FieldId, ModuleId, UserTypeId};
use crate::modules::{Catalogue, Module};

/// A forbiddance: whatever is granted, the people it binds do not get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ceiling {
    /// What explanations call it.
    pub name: String,
    pub binds: Bound,
    pub module: ModuleId,
    pub forbids: Forbidden,
}

/// Whom policies and ceilings speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    UserType(UserTypeId),
    /// Visitors who are not signed in.
    Anonymous,
}

/// Whom a ceiling binds, among portal users and visitors. Employees are never bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    Everybody,
    Only(Vec<UserTypeId>),
    /// Everybody else, also people of user types that are made later, and visitors.
    AllBut(Vec<UserTypeId>),
    /// Only visitors who are not signed in.
    Anonymous,
}

/// What is forbidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forbidden {
    /// The module as a whole.
    Module,
    /// Records that are like this.
    Records(Criteria),
    Fields(Vec<FieldId>),
    /// The actions that are set.
    Actions(Actions),
}

impl Forbidden {
    /// The records of its module that are left.
    pub(super) fn leaves(&self, module: &Module) -> Predicate {
        match self {
            Self::Module => Predicate::Never,
            Self::Records(criteria) => match criteria.compile(module) {
                Ok(condition) => Predicate::Not(Box::new(condition)),
                Err(_) => Predicate::Never,
            },
            Self::Actions(actions) if actions.view => Predicate::Never,
            Self::Fields(_) | Self::Actions(_) => Predicate::Always,
        }
    }
}

impl Bound {
    /// Whether these people are bound.
    #[must_use]
    pub fn binds(&self, audience: Audience) -> bool {
        let is_among = |types: &[UserTypeId]| types.iter().any(|id| audience == Audience::UserType(*id));
        match self {
            Self::Everybody => true,
            Self::Only(types) => is_among(types),
            Self::AllBut(types) => !is_among(types),
            Self::Anonymous => audience == Audience::Anonymous,
        }
    }
}

/// What is wrong with ceilings. One whose criteria cannot be read forbids its whole module until they are mended.
#[must_use]
pub fn check_ceilings(catalogue: &Catalogue, ceilings: &[Ceiling]) -> Vec<Fault> {
    ceilings.iter().filter_map(|c| check(catalogue, c).err()).collect()
}

fn check(catalogue: &Catalogue, ceiling: &Ceiling) -> Result<(), Fault> {
    let module = catalogue.module(ceiling.module).ok_or(Fault::NoSuchModule(ceiling.module))?;
    match &ceiling.forbids {
        Forbidden::Records(criteria) => criteria.compile(module).map(drop),
        Forbidden::Fields(fields) => match fields.iter().find(|id| module.field(**id).is_none()) {
            Some(field) => Err(Fault::NoSuchField {
                module: module.api_name.clone(),
                field: field.0,
            }),
            None => Ok(()),
        },
        Forbidden::Module | Forbidden::Actions(_) => Ok(()),
    }
}

/// The ceilings over one audience.
#[derive(Debug, Clone, Copy)]
pub(super) struct Over<'a> {
    ceilings: &'a [Ceiling],
    audience: Audience,
}

impl<'a> Over<'a> {
    pub fn new(ceilings: &'a [Ceiling], audience: Audience) -> Self {
        Self { ceilings, audience }
    }

    fn of(self, module: ModuleId) -> impl Iterator<Item = &'a Forbidden> {
        self.binding().filter(move |(_, c)| c.module == module).map(|(_, c)| &c.forbids)
    }

    /// The ceilings that bind the audience, each with its place among all.
    pub fn binding(self) -> impl Iterator<Item = (usize, &'a Ceiling)> {
        self.ceilings.iter().enumerate().filter(move |(_, c)| c.binds.binds(self.audience))
    }

    /// The records that are left. A criterion that cannot be read any more leaves none.
    pub fn records(self, module: &Module) -> Predicate {
        self.of(module.id)
            .fold(Predicate::Always, |left, forbidden| left.and(forbidden.leaves(module)))
    }

    /// Whether a field is left.
    pub fn leaves(self, module: ModuleId, field: FieldId) -> bool {
        !self
            .of(module)
            .any(|f| matches!(f, Forbidden::Fields(fields) if fields.contains(&field)))
    }

    /// The actions of a grant that are left.
    pub fn actions(self, module: ModuleId, granted: Actions) -> Actions {
        self.of(module).fold(granted, |left, forbidden| match forbidden {
            Forbidden::Actions(no) => left.without(*no),
            _ => left,
        })
    }

    /// The fields that decide what is forbidden.
    pub fn fields(self, module: ModuleId, found: &mut Vec<FieldId>) {
        for forbidden in self.of(module) {
            if let Forbidden::Records(criteria) = forbidden {
                criteria.fields(found);
            }
        }
    }
}
