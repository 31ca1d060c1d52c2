//! Changes of policies, ceilings and records, and what would be then.

use super::Rules;
use crate::access::ceiling::Ceiling;
use crate::access::named::Action;
use crate::access::policy::{Actions, FieldAccess, FieldGrant, Grant};
use crate::access::predicate::Facts;
use crate::ids::{FieldId, ModuleId, RecordId, UserTypeId};
use crate::modules::Field;
use crate::records::{Asker, Value};

/// One change. Grants and ceilings are meant by their places before any change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Names a field in a grant, to be read.
    Name {
        grant: usize,
        field: FieldId,
    },
    /// Lets a field be written in a grant.
    Write {
        grant: usize,
        field: FieldId,
    },
    /// Adds an action to a grant.
    Tick {
        grant: usize,
        action: Action,
    },
    /// Takes the condition on records from a grant.
    DropCriteria {
        grant: usize,
    },
    /// Takes the condition on people from a grant.
    DropPeople {
        grant: usize,
    },
    DropGrant {
        grant: usize,
    },
    AddGrant(Box<Grant>),
    DropCeiling {
        ceiling: usize,
    },
    AddCeiling(Box<Ceiling>),
    /// Points a look-up of a record at another; a multi-select look-up also at it.
    Point {
        record: RecordId,
        field: FieldId,
        linked: bool,
        to: RecordId,
    },
    /// Gives a field of a record a value.
    Set {
        record: RecordId,
        field: Box<Field>,
        value: Value,
    },
    /// Shares a record with the person.
    Share {
        record: RecordId,
    },
    /// Takes a record out of the recycle bin.
    Restore {
        record: RecordId,
    },
}

impl Change {
    /// Whether it is the same but for the record that a look-up is pointed at: any of those would do.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Point { record, field, .. }, Self::Point { record: r, field: f, .. }) => (record, field) == (r, f),
            (one, other) => one == other,
        }
    }

    /// How much there is to do: of a new grant all that it says.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::AddGrant(grant) => {
                let a = grant.actions;
                let actions = [a.view, a.create, a.edit, a.edit_shared, a.delete, a.link];
                1 + actions.into_iter().filter(|granted| *granted).count() + grant.fields.len()
            }
            _ => 1,
        }
    }

    /// How far-reaching a change is, where there are several as short.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Name { .. } | Self::Write { .. } | Self::Tick { .. } => 1,
            Self::Restore { .. } | Self::Share { .. } => 2,
            Self::Point { .. } | Self::Set { .. } => 3,
            Self::DropCriteria { .. } | Self::DropPeople { .. } | Self::DropGrant { .. } => 4,
            Self::AddCeiling(_) => 5,
            Self::DropCeiling { .. } => 6,
            Self::AddGrant(_) => 7,
        }
    }
}

impl Rules<'_> {
    /// The rules after changes, as far as they are changes of rules for the people of a user type.
    #[must_use]
    pub fn changed(&self, user_type: UserTypeId, changes: &[Change]) -> Self {
        let mut rules = self.clone();
        let Some((_, policy)) = rules.types.iter_mut().find(|(id, _)| *id == user_type) else {
            return rules;
        };
        for change in changes {
            match change {
                Change::Name { grant, field } => change_grant(&mut policy.grants, *grant, |g| name(g, *field, FieldAccess::ReadOnly)),
                Change::Write { grant, field } => change_grant(&mut policy.grants, *grant, |g| name(g, *field, FieldAccess::ReadWrite)),
                Change::Tick { grant, action } => change_grant(&mut policy.grants, *grant, |g| tick(&mut g.actions, *action)),
                Change::DropCriteria { grant } => change_grant(&mut policy.grants, *grant, |g| g.criteria = None),
                Change::DropPeople { grant } => change_grant(&mut policy.grants, *grant, |g| g.people = None),
                _ => {}
            }
        }
        let dropped = |at: &usize| changes.contains(&Change::DropGrant { grant: *at });
        policy.grants = without(&policy.grants, dropped);
        rules.ceilings = without(&rules.ceilings, |at| changes.contains(&Change::DropCeiling { ceiling: *at }));
        for change in changes {
            match change {
                Change::AddGrant(grant) => policy.grants.push((**grant).clone()),
                Change::AddCeiling(ceiling) => rules.ceilings.push((**ceiling).clone()),
                _ => {}
            }
        }
        rules
    }
}

fn without<T: Clone>(all: &[T], dropped: impl Fn(&usize) -> bool) -> Vec<T> {
    let kept = all.iter().enumerate().filter(|(at, _)| !dropped(at));
    kept.map(|(_, one)| one.clone()).collect()
}

fn change_grant(grants: &mut [Grant], at: usize, change: impl FnOnce(&mut Grant)) {
    if let Some(grant) = grants.get_mut(at) {
        change(grant);
    }
}

fn name(grant: &mut Grant, field: FieldId, access: FieldAccess) {
    match grant.fields.iter_mut().find(|f| f.field == field) {
        Some(granted) => granted.access = access,
        None => grant.fields.push(FieldGrant {
            field,
            access,
            names: false,
        }),
    }
}

pub(super) fn tick(actions: &mut Actions, action: Action) {
    match action {
        Action::View => actions.view = true,
        Action::Create => actions.create = true,
        Action::Edit => actions.edit = true,
        Action::EditShared => actions.edit_shared = true,
        Action::Delete => actions.delete = true,
        Action::Link => actions.link = true,
    }
}

/// The facts after changes, as far as they are changes of records.
pub(super) struct Changed<'a> {
    pub facts: &'a dyn Facts,
    pub changes: &'a [Change],
}

impl Changed<'_> {
    /// Where a look-up is pointed: the record, whether beside others, and the target.
    fn points(&self, wanted: FieldId) -> impl Iterator<Item = (RecordId, bool, RecordId)> {
        self.changes.iter().filter_map(move |change| match change {
            Change::Point { record, field, linked, to } if *field == wanted => Some((*record, *linked, *to)),
            _ => None,
        })
    }

    /// Whether a look-up is emptied.
    fn is_emptied(&self, wanted: FieldId, at: RecordId) -> bool {
        self.changes.iter().any(|change| match change {
            Change::Set { record, field, value } => *record == at && field.id == wanted && value.is_empty(),
            _ => false,
        })
    }
}

impl Facts for Changed<'_> {
    fn asker(&self) -> Asker {
        self.facts.asker()
    }

    fn made_by(&self, record: RecordId) -> Option<i64> {
        self.facts.made_by(record)
    }

    fn is_shared(&self, record: RecordId) -> bool {
        self.changes.contains(&Change::Share { record }) || self.facts.is_shared(record)
    }

    fn targets(&self, field: FieldId, record: RecordId) -> Vec<RecordId> {
        let mut found = match self.is_emptied(field, record) {
            true => Vec::new(),
            false => self.facts.targets(field, record),
        };
        for (_, linked, to) in self.points(field).filter(|(from, ..)| *from == record) {
            if !linked {
                found.clear();
            }
            found.push(to);
        }
        found
    }

    fn sources(&self, field: FieldId, record: RecordId) -> Vec<RecordId> {
        let mut found = self.facts.sources(field, record);
        found.retain(|from| !self.is_emptied(field, *from));
        for (from, linked, to) in self.points(field) {
            if to == record {
                found.push(from);
            } else if !linked {
                found.retain(|f| *f != from);
            }
        }
        found
    }

    fn lies_in(&self, record: RecordId, module: ModuleId) -> bool {
        self.facts.lies_in(record, module)
    }

    fn is_live(&self, record: RecordId) -> bool {
        self.changes.contains(&Change::Restore { record }) || self.facts.is_live(record)
    }

    fn value(&self, field: &Field, record: RecordId) -> Value {
        if let Some((_, _, to)) = self.points(field.id).filter(|(from, ..)| *from == record).last() {
            return Value::Ref(to);
        }
        let set = self.changes.iter().rev().find_map(|change| match change {
            Change::Set {
                record: at,
                field: of,
                value,
            } if *at == record && of.id == field.id => Some(value.clone()),
            _ => None,
        });
        set.unwrap_or_else(|| self.facts.value(field, record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::policy::Scope;
    use crate::modules::FieldKind;

    /// Record 1 points at record 2, whoever asks.
    struct Pointing;

    impl Facts for Pointing {
        fn asker(&self) -> Asker {
            Asker {
                actor: 1,
                anchor: None,
                today: crate::time::Day(0),
            }
        }
        fn made_by(&self, _: RecordId) -> Option<i64> {
            None
        }
        fn is_shared(&self, _: RecordId) -> bool {
            false
        }
        fn targets(&self, _: FieldId, _: RecordId) -> Vec<RecordId> {
            vec![RecordId(2)]
        }
        fn sources(&self, _: FieldId, _: RecordId) -> Vec<RecordId> {
            vec![RecordId(1)]
        }
        fn lies_in(&self, _: RecordId, _: ModuleId) -> bool {
            true
        }
        fn is_live(&self, _: RecordId) -> bool {
            true
        }
        fn value(&self, _: &Field, _: RecordId) -> Value {
            Value::Ref(RecordId(2))
        }
    }

    #[test]
    fn a_look_up_that_is_emptied_leads_nowhere() {
        let field = Field {
            id: FieldId(9),
            module: ModuleId(1),
            api_name: "Account".into(),
            label: "Account".into(),
            kind: FieldKind::Lookup { module: ModuleId(1) },
            required: false,
            unique: false,
            custom: true,
        };
        let changes = [Change::Set {
            record: RecordId(1),
            field: Box::new(field),
            value: Value::Null,
        }];
        let after = Changed {
            facts: &Pointing,
            changes: &changes,
        };
        assert!(after.targets(FieldId(9), RecordId(1)).is_empty() && after.sources(FieldId(9), RecordId(2)).is_empty());
        let other = FieldId(8);
        assert_eq!(after.targets(other, RecordId(1)), [RecordId(2)]);
        assert_eq!(after.sources(other, RecordId(2)), [RecordId(1)]);
    }

    #[test]
    fn a_new_grant_is_as_much_as_it_says_and_reaches_farthest() {
        let mut grant = Grant::new(ModuleId(1), Scope::Own);
        grant.actions.view = true;
        grant.fields = [2, 3]
            .map(|field| FieldGrant {
                field: FieldId(field),
                access: FieldAccess::ReadOnly,
                names: false,
            })
            .to_vec();
        let add = Change::AddGrant(Box::new(grant));
        assert_eq!(add.size(), 4, "the grant, its action and two fields");
        let (grant, record) = (0, RecordId(9));
        let by_reach = [
            Change::Name { grant, field: FieldId(2) },
            Change::Share { record },
            Change::Point {
                record,
                field: FieldId(2),
                linked: false,
                to: record,
            },
            Change::DropCriteria { grant },
            Change::DropCeiling { ceiling: 0 },
            add,
        ];
        assert!(by_reach.is_sorted_by(|a, b| a.weight() < b.weight()));
        assert!(by_reach.iter().take(5).all(|change| change.size() == 1));
    }
}
