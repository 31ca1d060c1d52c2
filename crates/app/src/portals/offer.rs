//! What a user type can be offered: whoever makes one chooses from it.

use std::sync::Arc;

use domain::access::{Way, ways};
use domain::ids::ModuleId;
use domain::modules::{Catalogue, Field, Module};

use crate::{Ctx, Error};

/// A module that can be granted to a user type.
#[derive(Debug, Clone)]
pub struct Offer {
    pub module: Arc<Module>,
    /// The look-ups by which records can be theirs; without any, everybody in the user type sees the same ones.
    pub filters: Vec<Field>,
    /// It is the module of the people themselves.
    pub own: bool,
}

/// What there is for people who are records of this module, theirs first. Errors: [`Error::NotFound`] for a module that there is not.
pub fn offers(ctx: &Ctx, personality: ModuleId) -> Result<Vec<Offer>, Error> {
    ctx.need_manage_portals()?;
    let catalogue = &ctx.snapshot.catalogue;
    catalogue.module(personality).ok_or(Error::NotFound("module"))?;
    let mut offers: Vec<Offer> = catalogue.modules().map(|module| offer(catalogue, personality, module)).collect();
    offers.sort_by_key(|offer| !offer.own);
    Ok(offers)
}

fn offer(catalogue: &Catalogue, personality: ModuleId, module: &Arc<Module>) -> Offer {
    let field = |way: Way<'_>| way.field.clone();
    Offer {
        own: module.id == personality,
        filters: ways(catalogue, personality, module).into_iter().map(field).collect(),
        module: Arc::clone(module),
    }
}
