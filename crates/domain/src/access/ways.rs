//! Ways: the look-ups by which a module's records can be related to the people of a user type.

use std::sync::Arc;

use crate::ids::ModuleId;
use crate::modules::{Catalogue, Field, Module};

/// A look-up that leads to the people, straight or over one module in between.
#[derive(Debug, Clone)]
pub struct Way<'a> {
    pub field: &'a Field,
    /// Where the look-up leads.
    pub target: &'a Arc<Module>,
    /// It leads to the module of the people itself. Otherwise its target must be granted too, by a
    /// straight look-up.
    pub straight: bool,
}

/// The ways from a module to the module of the people, in the order of its fields.
#[must_use]
pub fn ways<'a>(catalogue: &'a Catalogue, personality: ModuleId, module: &'a Module) -> Vec<Way<'a>> {
    let points_home = |m: &Module| m.fields.iter().any(|f| f.kind.target() == Some(personality));
    let way = |field: &'a Field| {
        let target = catalogue.module(field.kind.target()?)?;
        let straight = target.id == personality;
        (straight || (target.id != module.id && points_home(target))).then_some(Way { field, target, straight })
    };
    module.fields.iter().filter_map(way).collect()
}
