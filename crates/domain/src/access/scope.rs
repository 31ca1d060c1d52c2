//! From the scope of a grant to the predicate of its records.
//!
//! The one reading of scopes: publishing refuses what cannot be read, compiling leaves it out.

use super::check::Fault;
use super::compile::Ground;
use super::policy::{Grant, Hop, MAX_HOPS, Scope};
use super::predicate::{Predicate, Target};
use crate::ids::{FieldId, ModuleId};
use crate::modules::{Field, FieldKind, Module};
use crate::records::{Condition, Operand, Operator, Value};

/// The conditions of a grant. A record is one of the grant's where all of them hold.
pub(super) struct Parts {
    pub scope: Predicate,
    pub criteria: Option<Predicate>,
    pub people: Option<Predicate>,
}

impl Ground<'_> {
    /// The records of a grant: its scope, its criteria, and the people it is for. `below` holds the modules whose
    /// children are being looked at: they cannot be looked at again.
    pub(super) fn records(&self, grant: &Grant, below: &[ModuleId]) -> Result<Predicate, Fault> {
        let parts = self.parts(grant, below)?;
        Ok([parts.criteria, parts.people]
            .into_iter()
            .flatten()
            .fold(parts.scope, Predicate::and))
    }

    /// What [`Ground::records`] is made of.
    pub(super) fn parts(&self, grant: &Grant, below: &[ModuleId]) -> Result<Parts, Fault> {
        let module = self.module(grant.module)?;
        let scope = self.scope(module, grant, below)?.and(shown(module));
        let criteria = grant.criteria.as_ref().map(|c| c.compile(module)).transpose()?;
        let people = match &grant.people {
            Some(criteria) => {
                let home = self.module(self.policy.personality)?;
                Some(Predicate::Person {
                    module: home.id,
                    predicate: Box::new(criteria.compile(home)?),
                })
            }
            None => None,
        };
        Ok(Parts { scope, criteria, people })
    }

    fn scope(&self, module: &Module, grant: &Grant, below: &[ModuleId]) -> Result<Predicate, Fault> {
        let name = || module.api_name.clone();
        match &grant.scope {
            Scope::Public => Ok(Predicate::Always),
            Scope::Created => Ok(Predicate::MadeByViewer),
            Scope::Shared => Ok(Predicate::SharedWithAnchor),
            Scope::Own if module.id == self.policy.personality => Ok(Predicate::IsAnchor),
            Scope::Own => Err(Fault::OwnElsewhere(name())),
            Scope::Related { via } if via.is_empty() => Err(Fault::NoPath(name())),
            Scope::Related { via } => {
                // Of several look-ups those are left that still lead somewhere.
                let (led, lost): (Vec<_>, Vec<_>) = via.iter().map(|id| self.related(module, *id)).partition(Result::is_ok);
                match lost.into_iter().next() {
                    Some(fault) if led.is_empty() => fault,
                    _ => Ok(Predicate::any(led.into_iter().flatten())),
                }
            }
            Scope::Path { hops } => self.path(module, hops),
            Scope::Account { account, parent, hops } => self.account(module, *account, *parent, hops),
            Scope::ChildrenOf { via } => self.children(module, *via, below),
            Scope::Attached => self.attached(module, below),
        }
    }

    /// What is wrong with each look-up of a grant for related records.
    pub(super) fn lost<'g>(&'g self, module: &'g Module, grant: &'g Grant) -> impl Iterator<Item = Fault> + 'g {
        let via = match &grant.scope {
            Scope::Related { via } => via.as_slice(),
            _ => &[],
        };
        via.iter().filter_map(move |id| self.related(module, *id).err())
    }

    /// The records whose look-up leads to the anchor, straight or over one module that is granted by a straight look-up.
    fn related(&self, module: &Module, field: FieldId) -> Result<Predicate, Fault> {
        let (field, target) = self.lookup(module, field)?;
        if target == self.policy.personality {
            return Ok(refers(field, target, Predicate::IsAnchor));
        }
        match self.straight(target) {
            Predicate::Never => Err(Fault::LeadsNowhere {
                module: module.api_name.clone(),
                field: field.api_name.clone(),
                target: self.module(target).map_or_else(|_| target.to_string(), |m| m.api_name.clone()),
            }),
            between => Ok(refers(field, target, between)),
        }
    }

    /// The records of a module that are seen because a look-up leads straight to the anchor.
    fn straight(&self, module: ModuleId) -> Predicate {
        let Ok(module) = self.module(module) else { return Predicate::Never };
        let points_home = |id: &&FieldId| module.field(**id).is_some_and(|f| f.kind.target() == Some(self.policy.personality));
        let left = self.over.records(module);
        Predicate::any(self.policy.grants_for(module.id).filter(|g| g.actions.view).filter_map(|g| {
            let Scope::Related { via } = &g.scope else { return None };
            let home = Grant {
                scope: Scope::Related {
                    via: via.iter().filter(points_home).copied().collect(),
                },
                ..g.clone()
            };
            Some(self.records(&home, &[]).ok()?.and(left.clone()))
        }))
    }

    /// The records of `module` at the end of a path from the anchor.
    fn path(&self, module: &Module, hops: &[Hop]) -> Result<Predicate, Fault> {
        if hops.is_empty() {
            return Err(Fault::NoPath(module.api_name.clone()));
        }
        self.within(module, hops.len())?;
        let (end, records) = self.walk(self.policy.personality, Predicate::IsAnchor, hops)?;
        self.ends(module, end)?;
        Ok(records)
    }

    fn account(&self, module: &Module, account: FieldId, parent: Option<FieldId>, hops: &[Hop]) -> Result<Predicate, Fault> {
        self.within(module, hops.len() + 1)?;
        let (accounts, mut records) = self.walk(self.policy.personality, Predicate::IsAnchor, &[Hop::To(account)])?;
        if let Some(parent) = parent {
            let home = self.module(accounts)?;
            let (field, target) = self.lookup(home, parent)?;
            if target != accounts || !matches!(field.kind, FieldKind::Lookup { .. }) {
                return Err(Fault::NoTree {
                    module: home.api_name.clone(),
                    field: field.api_name.clone(),
                });
            }
            records = Predicate::Below {
                module: accounts,
                parent,
                top: Box::new(records),
            };
        }
        let (end, records) = self.walk(accounts, records, hops)?;
        self.ends(module, end)?;
        Ok(records)
    }

    fn walk(&self, start: ModuleId, records: Predicate, hops: &[Hop]) -> Result<(ModuleId, Predicate), Fault> {
        hops.iter()
            .try_fold((start, records), |(at, records), hop| self.step(at, records, *hop))
    }

    /// From records of the module `at` to those one hop on.
    fn step(&self, at: ModuleId, records: Predicate, hop: Hop) -> Result<(ModuleId, Predicate), Fault> {
        let here = self.module(at)?;
        match hop {
            Hop::To(field) => {
                let (field, target) = self.lookup(here, field)?;
                let on = Predicate::Referred {
                    module: at,
                    field: field.id,
                    linked: matches!(field.kind, FieldKind::MultiLookup { .. }),
                    predicate: Box::new(records),
                };
                Ok((target, on))
            }
            Hop::From(id) => {
                let owner = self.catalogue.modules().find(|m| m.field(id).is_some());
                let owner = owner.ok_or_else(|| Fault::NoSuchField {
                    module: here.api_name.clone(),
                    field: id.0,
                })?;
                let (field, target) = self.lookup(owner, id)?;
                if target != at {
                    return Err(Fault::HopElsewhere {
                        module: owner.api_name.clone(),
                        field: field.api_name.clone(),
                        expected: here.api_name.clone(),
                    });
                }
                Ok((owner.id, refers(field, at, records)))
            }
        }
    }

    fn children(&self, module: &Module, via: FieldId, below: &[ModuleId]) -> Result<Predicate, Fault> {
        let (field, target) = self.lookup(module, via)?;
        if self.policy.grants_for(target).all(|g| !g.actions.view) && target != module.id && !below.contains(&target) {
            return Err(Fault::ParentNotGranted {
                module: module.api_name.clone(),
                field: field.api_name.clone(),
            });
        }
        match self.seen(module, target, below)? {
            Predicate::Never => Ok(Predicate::Never),
            parents => Ok(refers(field, target, parents)),
        }
    }

    /// The records that belong to one that is seen.
    fn attached(&self, module: &Module, below: &[ModuleId]) -> Result<Predicate, Fault> {
        let field = module
            .parent_field()
            .ok_or_else(|| Fault::BelongsToNothing(module.api_name.clone()))?;
        let mut all = Vec::new();
        for parent in self.catalogue.modules().filter(|m| m.may_be_parent()) {
            if self.policy.grants_for(parent.id).any(|g| g.actions.view) {
                match self.seen(module, parent.id, below)? {
                    Predicate::Never => {}
                    seen => all.push(within(field, parent.id, seen)),
                }
            }
        }
        Ok(Predicate::any(all))
    }

    /// The records of `target` that are seen, on which those of `module` hang.
    fn seen(&self, module: &Module, target: ModuleId, below: &[ModuleId]) -> Result<Predicate, Fault> {
        let mut chain = below.to_vec();
        chain.push(module.id);
        if chain.contains(&target) {
            return Err(Fault::Circle(module.api_name.clone()));
        }
        if chain.len() > MAX_HOPS {
            return Err(Fault::TooManyHops(module.api_name.clone()));
        }
        match self.faulty_circle(target, &chain) {
            // The grants above are not too far away, this one is.
            Some(Fault::TooManyHops(_)) => Err(Fault::TooManyHops(module.api_name.clone())),
            Some(circle) => Err(circle),
            None => Ok(self.view(target, &chain)),
        }
    }

    /// A grant of the module that comes back to one of those above it.
    fn faulty_circle(&self, module: ModuleId, chain: &[ModuleId]) -> Option<Fault> {
        let grants = self.policy.grants_for(module).filter(|g| g.actions.view);
        grants
            .filter_map(|g| self.records(g, chain).err())
            .find(|fault| matches!(fault, Fault::Circle(_) | Fault::TooManyHops(_)))
    }

    fn within(&self, module: &Module, hops: usize) -> Result<(), Fault> {
        if hops > MAX_HOPS {
            return Err(Fault::TooManyHops(module.api_name.clone()));
        }
        Ok(())
    }

    fn ends(&self, module: &Module, end: ModuleId) -> Result<(), Fault> {
        if end == module.id {
            return Ok(());
        }
        Err(Fault::EndsElsewhere {
            module: module.api_name.clone(),
            end: self.module(end)?.api_name.clone(),
        })
    }

    pub(super) fn module(&self, id: ModuleId) -> Result<&Module, Fault> {
        self.catalogue.module(id).map(|m| &**m).ok_or(Fault::NoSuchModule(id))
    }

    /// A look-up of any kind, and the module that it leads to.
    fn lookup<'m>(&self, module: &'m Module, id: FieldId) -> Result<(&'m Field, ModuleId), Fault> {
        let field = module.field(id).ok_or_else(|| Fault::NoSuchField {
            module: module.api_name.clone(),
            field: id.0,
        })?;
        let target = field.kind.target().ok_or_else(|| Fault::NotALookup {
            module: module.api_name.clone(),
            field: field.api_name.clone(),
        })?;
        Ok((field, target))
    }
}

/// The records of a module that employees show to portal users, and what these wrote themselves; all, where nobody can say so. No
/// grant goes beyond it.
fn shown(module: &Module) -> Predicate {
    module.shown_to_client().map_or(Predicate::Always, |field| {
        Predicate::Compare(Condition {
            field: field.clone(),
            operator: Operator::Equals,
            operand: Operand::Value(Value::Bool(true)),
        })
    })
}

/// The records that belong to one of `modules`, whatever record of it that is.
pub(super) fn belonging<'m>(field: &Field, modules: impl Iterator<Item = &'m Module>) -> Predicate {
    Predicate::any(modules.map(|parent| within(field, parent.id, Predicate::Always)))
}

fn within(field: &Field, module: ModuleId, predicate: Predicate) -> Predicate {
    let target = Target::Within {
        module,
        predicate: Box::new(predicate),
    };
    Predicate::Refers { field: field.id, target }
}

/// The records whose look-up points at records of its module.
fn refers(field: &Field, module: ModuleId, records: Predicate) -> Predicate {
    let target = match records {
        Predicate::IsAnchor => Target::Anchor,
        predicate => Target::Within {
            module,
            predicate: Box::new(predicate),
        },
    };
    match field.kind {
        FieldKind::MultiLookup { .. } => Predicate::Links { field: field.id, target },
        _ => Predicate::Refers { field: field.id, target },
    }
}

/// The fields on which it hangs which records of a module a scope shows: whoever changes one changes who sees what.
pub(super) fn deciding(module: &Module, scope: &Scope) -> Vec<FieldId> {
    let mut fields = lookups(module, scope);
    fields.extend(module.shown_to_client().map(|field| field.id));
    fields
}

fn lookups(module: &Module, scope: &Scope) -> Vec<FieldId> {
    match scope {
        Scope::Attached => module.parent_field().map(|field| field.id).into_iter().collect(),
        Scope::Own | Scope::Created | Scope::Shared | Scope::Public => Vec::new(),
        Scope::Related { via } => via.clone(),
        Scope::ChildrenOf { via } => vec![*via],
        Scope::Path { hops } => hops.iter().map(|h| h.field()).collect(),
        Scope::Account { account, parent, hops } => {
            let hops = hops.iter().map(|h| h.field());
            std::iter::once(*account).chain(*parent).chain(hops).collect()
        }
    }
}
