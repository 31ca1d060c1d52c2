//! From names to what they mean.

use super::{Action, NamedAnonymous, NamedCeiling, NamedGrant, NamedPolicy, criteria};
use crate::access::policy::{Actions, FieldAccess, FieldGrant, Grant, Hop, Policy, Scope};
use crate::access::{AnonymousGrant, Bound, Ceiling, Forbidden};
use crate::ids::{FieldId, LayoutId, ModuleId, UserTypeId, ViewId};
use crate::modules::{Catalogue, Module};

/// A name that nothing has, or names that do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownName {
    #[error("there is no module {0:?}")]
    Module(String),
    #[error("{module} has no field {field:?}")]
    Field { module: String, field: String },
    #[error("{module} has no {what} {name:?}")]
    Part { module: String, what: &'static str, name: String },
    #[error("there is no user type {0:?}")]
    UserType(String),
    #[error("{module}: a grant is about records by {one} and by {other}: expected one of them")]
    TwoScopes {
        module: String,
        one: &'static str,
        other: &'static str,
    },
    #[error("{module}: {key} says nothing without {needed}")]
    Alone {
        module: String,
        key: &'static str,
        needed: &'static str,
    },
    #[error("{0}: expected which records visitors see: where, or every_record = true")]
    NoRecords(String),
    #[error("{module}: {text:?}: {why}")]
    Criteria { module: String, text: String, why: String },
}

/// How many columns a list has where nothing is said.
const COLUMNS: usize = 6;

impl NamedPolicy {
    /// The policy that the names mean.
    pub fn resolve(&self, catalogue: &Catalogue) -> Result<Policy, UnknownName> {
        let people = module_named(catalogue, &self.people)?;
        let grants = self.grants.iter().map(|grant| grant.resolve(catalogue, people));
        Ok(Policy {
            personality: people.id,
            grants: grants.collect::<Result<_, _>>()?,
        })
    }
}

impl NamedGrant {
    fn resolve(&self, catalogue: &Catalogue, people: &Module) -> Result<Grant, UnknownName> {
        let Ok(module) = module_named(catalogue, &self.module) else {
            return self.of_nothing();
        };
        let fields = self.fields(module)?;
        let read = |module, text: &Option<String>| text.as_ref().map(|text| criteria::read(module, text)).transpose();
        Ok(Grant {
            module: module.id,
            people: read(people, &self.people)?,
            scope: self.scope(catalogue, people, module)?,
            criteria: read(module, &self.criteria)?,
            actions: actions(&self.actions),
            columns: match &self.columns {
                None => fields.iter().take(COLUMNS).map(|f| f.field).collect(),
                Some(names) => names.iter().map(|n| field_in(module, n)).collect::<Result<_, _>>()?,
            },
            layouts: self.layouts(module)?,
            view: self.view(module)?,
            fields,
        })
    }

    /// A grant for a module that is gone: nothing of it has a name, and nothing can be said but that it is there.
    fn of_nothing(&self) -> Result<Grant, UnknownName> {
        let id = by_id(&self.module).ok_or_else(|| UnknownName::Module(self.module.clone()))?;
        Ok(Grant::new(ModuleId(id), Scope::Own))
    }

    fn fields(&self, module: &Module) -> Result<Vec<FieldGrant>, UnknownName> {
        let named = [(&self.read, FieldAccess::ReadOnly), (&self.write, FieldAccess::ReadWrite)];
        let named = named
            .into_iter()
            .flat_map(|(names, access)| names.iter().map(move |name| (name, access)));
        let field = |(name, access): (&String, FieldAccess)| {
            Ok(FieldGrant {
                field: field_in(module, name)?,
                access,
                names: self.names.contains(name),
            })
        };
        named.map(field).collect()
    }

    fn scope(&self, catalogue: &Catalogue, people: &Module, module: &Module) -> Result<Scope, UnknownName> {
        let path = self.path.is_some() && self.account.is_none();
        let said = [
            (self.via.is_some(), "via"),
            (path, "path"),
            (self.account.is_some(), "account"),
            (self.children_of.is_some(), "children_of"),
            (self.attached, "attached"),
            (self.created, "created"),
            (self.shared, "shared"),
            (self.public, "public"),
        ];
        let mut said = said.into_iter().filter(|(is, _)| *is).map(|(_, key)| key);
        if let (Some(one), Some(other)) = (said.next(), said.next()) {
            let module = self.module.clone();
            return Err(UnknownName::TwoScopes { module, one, other });
        }
        if self.parent.is_some() && self.account.is_none() {
            return Err(UnknownName::Alone {
                module: self.module.clone(),
                key: "parent",
                needed: "account",
            });
        }
        let hops = self.path.as_deref().unwrap_or_default();
        Ok(if let Some(account) = &self.account {
            let account = field_in(people, account)?;
            let accounts = target(catalogue, people, account);
            Scope::Account {
                account,
                parent: self.parent.as_ref().map(|name| field_of(accounts, name)).transpose()?,
                hops: walk(catalogue, accounts, hops)?,
            }
        } else if let Some(via) = &self.via {
            Scope::Related {
                via: via.iter().map(|name| field_in(module, name)).collect::<Result<_, _>>()?,
            }
        } else if self.path.is_some() {
            Scope::Path {
                hops: walk(catalogue, Some(people), hops)?,
            }
        } else if let Some(via) = &self.children_of {
            Scope::ChildrenOf {
                via: field_in(module, via)?,
            }
        } else {
            match (self.attached, self.created, self.shared, self.public) {
                (true, ..) => Scope::Attached,
                (_, true, ..) => Scope::Created,
                (_, _, true, _) => Scope::Shared,
                (.., true) => Scope::Public,
                _ => Scope::Own,
            }
        })
    }

    fn layouts(&self, module: &Module) -> Result<Vec<LayoutId>, UnknownName> {
        let Some(names) = &self.layouts else {
            return Ok(module.layouts.iter().map(|l| l.id).collect());
        };
        let layout = |name: &String| {
            let found = module.layouts.iter().find(|l| l.name == *name).map(|l| l.id);
            found.or(by_id(name).map(LayoutId)).ok_or_else(|| part(module, "layout", name))
        };
        names.iter().map(layout).collect()
    }

    fn view(&self, module: &Module) -> Result<Option<ViewId>, UnknownName> {
        match self.view.as_deref() {
            None => Ok(module.views.first().map(|v| v.id)),
            Some("") => Ok(None),
            Some(name) => {
                let found = module.views.iter().find(|v| v.name == name).map(|v| v.id);
                let id = found.or(by_id(name).map(ViewId)).ok_or_else(|| part(module, "view", name))?;
                Ok(Some(id))
            }
        }
    }
}

impl NamedAnonymous {
    /// The grant that the names mean. That every record is shown has to be said: it is never meant by saying nothing.
    pub fn resolve(&self, catalogue: &Catalogue) -> Result<AnonymousGrant, UnknownName> {
        let Ok(module) = module_named(catalogue, &self.module) else {
            return self.of_nothing();
        };
        let two = UnknownName::TwoScopes {
            module: self.module.clone(),
            one: "where",
            other: "every_record",
        };
        Ok(AnonymousGrant {
            module: module.id,
            criteria: match (&self.criteria, self.every_record) {
                (Some(text), false) => Some(criteria::read(module, text)?),
                (None, true) => None,
                (Some(_), true) => return Err(two),
                (None, false) => return Err(UnknownName::NoRecords(self.module.clone())),
            },
            fields: self.read.iter().map(|name| field_in(module, name)).collect::<Result<_, _>>()?,
            at_most: self.at_most,
        })
    }

    /// A grant for a module that is gone.
    fn of_nothing(&self) -> Result<AnonymousGrant, UnknownName> {
        let id = by_id(&self.module).ok_or_else(|| UnknownName::Module(self.module.clone()))?;
        Ok(AnonymousGrant {
            module: ModuleId(id),
            criteria: None,
            fields: self.read.iter().filter_map(|name| by_id(name)).map(FieldId).collect(),
            at_most: self.at_most,
        })
    }
}

impl NamedCeiling {
    /// The ceiling that the names mean; `user_type` knows the user types by their names.
    pub fn resolve(&self, catalogue: &Catalogue, user_type: impl Fn(&str) -> Option<UserTypeId>) -> Result<Ceiling, UnknownName> {
        let types = |names: &[String]| {
            let known = |name: &String| user_type(name).or(by_id(name).map(UserTypeId));
            let id = |name: &String| known(name).ok_or_else(|| UnknownName::UserType(name.clone()));
            names.iter().map(id).collect::<Result<Vec<_>, _>>()
        };
        let two = |one, other| UnknownName::TwoScopes {
            module: self.module.clone(),
            one,
            other,
        };
        let binds = match (&self.only, &self.all_but, self.anonymous) {
            (None, None, false) => Bound::Everybody,
            (None, None, true) => Bound::Anonymous,
            (Some(only), None, false) => Bound::Only(types(only)?),
            (None, Some(all_but), false) => Bound::AllBut(types(all_but)?),
            (Some(_), Some(_), _) => return Err(two("only", "all_but")),
            (Some(_), None, true) => return Err(two("only", "anonymous")),
            (None, Some(_), true) => return Err(two("all_but", "anonymous")),
        };
        let module = module_named(catalogue, &self.module)?;
        let forbids = match (&self.fields, &self.actions, &self.criteria) {
            (None, None, None) => Forbidden::Module,
            (Some(names), None, None) => Forbidden::Fields(names.iter().map(|n| field_in(module, n)).collect::<Result<_, _>>()?),
            (None, Some(words), None) => Forbidden::Actions(actions(words)),
            (None, None, Some(text)) => Forbidden::Records(criteria::read(module, text)?),
            (Some(_), Some(_), _) => return Err(two("fields", "actions")),
            (Some(_), ..) => return Err(two("fields", "where")),
            _ => return Err(two("actions", "where")),
        };
        Ok(Ceiling {
            name: self.name.clone(),
            binds,
            module: module.id,
            forbids,
        })
    }
}

/// Follows the names of hops, each from the module that the one before has come to.
fn walk(catalogue: &Catalogue, start: Option<&Module>, names: &[String]) -> Result<Vec<Hop>, UnknownName> {
    let mut at = start;
    let mut hops = Vec::with_capacity(names.len());
    for name in names {
        match name.split_once('.') {
            Some((module, field)) => {
                let module = module_named(catalogue, module)?;
                hops.push(Hop::From(field_in(module, field)?));
                at = Some(module);
            }
            None => {
                let field = field_of(at, name)?;
                hops.push(Hop::To(field));
                at = at.and_then(|module| target(catalogue, module, field));
            }
        }
    }
    Ok(hops)
}

/// The module that a look-up leads to.
fn target<'a>(catalogue: &'a Catalogue, module: &Module, field: FieldId) -> Option<&'a Module> {
    let target = module.field(field)?.kind.target()?;
    catalogue.module(target).map(|m| &**m)
}

fn module_named<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Module, UnknownName> {
    let found = catalogue.named(name).or_else(|| catalogue.module(ModuleId(by_id(name)?)));
    found.map(|m| &**m).ok_or_else(|| UnknownName::Module(name.to_owned()))
}

fn field_of(module: Option<&Module>, name: &str) -> Result<FieldId, UnknownName> {
    match module {
        Some(module) => field_in(module, name),
        None => by_id(name).map(FieldId).ok_or_else(|| UnknownName::Field {
            module: "a path that leads nowhere".into(),
            field: name.to_owned(),
        }),
    }
}

pub(super) fn field_in(module: &Module, name: &str) -> Result<FieldId, UnknownName> {
    let unknown = || UnknownName::Field {
        module: module.api_name.clone(),
        field: name.to_owned(),
    };
    let found = module.field_named(name).map(|f| f.id);
    found.or(by_id(name).map(FieldId)).ok_or_else(unknown)
}

/// The id in `#17`.
fn by_id(name: &str) -> Option<i64> {
    name.strip_prefix('#')?.parse().ok()
}

fn part(module: &Module, what: &'static str, name: &str) -> UnknownName {
    UnknownName::Part {
        module: module.api_name.clone(),
        what,
        name: name.to_owned(),
    }
}

fn actions(words: &[Action]) -> Actions {
    let has = |action| words.contains(&action);
    Actions {
        view: has(Action::View),
        create: has(Action::Create),
        edit: has(Action::Edit),
        edit_shared: has(Action::EditShared),
        delete: has(Action::Delete),
        link: has(Action::Link),
    }
}
