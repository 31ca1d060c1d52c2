//! All policies of an organisation as one document: what a version or a draft holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::anonymous::AnonymousGrant;
use super::ceiling::Ceiling;
use super::policy::Policy;
use super::sign_up::SignUp;
use crate::ids::UserTypeId;

/// The policies of all user types. A user type that it does not name is granted nothing.
///
/// What an older program wrote is read with defaults. What a newer one wrote beside the user types is not read at all:
/// it may forbid something, and to overlook that would open what is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySet {
    #[serde(default)]
    types: BTreeMap<UserTypeId, Kept>,
    /// What visitors see who are not signed in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anonymous: Vec<AnonymousGrant>,
    /// What no policy of them can cross.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ceilings: Vec<Ceiling>,
    /// The forms by which people ask to come in themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sign_ups: Vec<SignUp>,
}

/// What two changes of one document did each in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    pub types: Vec<UserTypeId>,
    pub anonymous: bool,
    pub ceilings: bool,
    pub sign_ups: bool,
}

/// A policy, or what stands in its place and cannot be read: that grants nothing, and is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Policy(Policy),
    Unreadable(Value),
}

/// Which of two changes of one thing counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Mine,
    Theirs,
    /// Both changed it, each in its own way.
    Both,
}

impl Side {
    fn of<T: PartialEq>(mine: &T, base: &T, theirs: &T) -> Self {
        match (mine == base, theirs == base) {
            (true, _) => Self::Theirs,
            (false, true) => Self::Mine,
            (false, false) if mine == theirs => Self::Theirs,
            (false, false) => Self::Both,
        }
    }
}

impl PolicySet {
    /// The policy of a user type, if it has one that can be read.
    #[must_use]
    pub fn get(&self, user_type: UserTypeId) -> Option<&Policy> {
        match self.types.get(&user_type)? {
            Kept::Policy(policy) => Some(policy),
            Kept::Unreadable(_) => None,
        }
    }

    /// Puts a policy in the place of the user type's.
    pub fn put(&mut self, user_type: UserTypeId, policy: Policy) {
        self.types.insert(user_type, Kept::Policy(policy));
    }

    /// The policies that can be read.
    pub fn policies(&self) -> impl Iterator<Item = (UserTypeId, &Policy)> {
        self.types.keys().filter_map(|id| Some((*id, self.get(*id)?)))
    }

    /// The user types whose policy cannot be read.
    pub fn unreadable(&self) -> impl Iterator<Item = UserTypeId> {
        self.types.keys().copied().filter(|id| self.get(*id).is_none())
    }

    /// The same with these user types alone.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(UserTypeId) -> bool) -> Self {
        let mut kept = self.clone();
        kept.types.retain(|id, _| wanted(*id));
        kept.sign_ups.retain(|form| wanted(form.user_type));
        kept
    }

    /// The same but for the user types, which are those of `other`.
    pub(super) fn with_types_of(&self, other: &Self) -> Self {
        let mut set = self.clone();
        set.types.clone_from(&other.types);
        set
    }

    /// Whether both say the same of a user type.
    #[must_use]
    pub fn agrees(&self, other: &Self, user_type: UserTypeId) -> bool {
        self.types.get(&user_type) == other.types.get(&user_type)
    }

    /// The user types of which two documents do not say the same.
    #[must_use]
    pub fn differences(&self, other: &Self) -> BTreeSet<UserTypeId> {
        let all = self.types.keys().chain(other.types.keys()).copied();
        all.filter(|id| !self.agrees(other, *id)).collect()
    }

    /// Brings a change up to date: `self` was made from `base`, meanwhile `present` is in force. What only one of both
    /// changed is taken from that one; `Err` names what both changed, each in its own way.
    pub fn rebased(&self, base: &Self, present: &Self) -> Result<Self, Clash> {
        let mine = self.differences(base);
        let anonymous = Side::of(&self.anonymous, &base.anonymous, &present.anonymous);
        let ceilings = Side::of(&self.ceilings, &base.ceilings, &present.ceilings);
        let sign_ups = Side::of(&self.sign_ups, &base.sign_ups, &present.sign_ups);
        let types: Vec<UserTypeId> = mine
            .iter()
            .copied()
            .filter(|id| !present.agrees(base, *id) && !present.agrees(self, *id))
            .collect();
        if !types.is_empty() || [anonymous, ceilings, sign_ups].contains(&Side::Both) {
            return Err(Clash {
                types,
                anonymous: anonymous == Side::Both,
                ceilings: ceilings == Side::Both,
                sign_ups: sign_ups == Side::Both,
            });
        }
        let mut set = present.clone();
        if anonymous == Side::Mine {
            set.anonymous.clone_from(&self.anonymous);
        }
        if ceilings == Side::Mine {
            set.ceilings.clone_from(&self.ceilings);
        }
        if sign_ups == Side::Mine {
            set.sign_ups.clone_from(&self.sign_ups);
        }
        for id in mine {
            match self.types.get(&id) {
                Some(kept) => drop(set.types.insert(id, kept.clone())),
                None => drop(set.types.remove(&id)),
            }
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Bound, Forbidden};
    use crate::ids::ModuleId;

    fn policy(module: i64) -> Policy {
        Policy {
            personality: ModuleId(module),
            grants: Vec::new(),
        }
    }

    fn set(types: &[(i64, i64)]) -> PolicySet {
        let mut set = PolicySet::default();
        for (id, module) in types {
            set.put(UserTypeId(*id), policy(*module));
        }
        set
    }

    #[test]
    fn one_policy_that_cannot_be_read_grants_nothing_and_is_not_lost() {
        let text = r#"{"types":{"1":{"personality":"5","grants":[]},"2":{"from":"the future"}}}"#;
        let set: PolicySet = serde_json::from_str(text).unwrap();
        assert_eq!(set.get(UserTypeId(1)), Some(&policy(5)));
        assert_eq!(set.get(UserTypeId(2)), None);
        assert_eq!(set.unreadable().collect::<Vec<_>>(), [UserTypeId(2)]);
        assert_eq!(serde_json::to_string(&set).unwrap(), text);
    }

    #[test]
    fn an_empty_document_is_read_and_one_that_says_more_is_not() {
        assert_eq!(serde_json::from_str::<PolicySet>("{}").unwrap(), PolicySet::default());
        for text in [
            r#"{"types":{},"forbidden":[]}"#,
            r#"{"types":{},"ceilings":[{}]}"#,
            r#"{"types":{"x":{}}}"#,
            "",
            r#"{"types":1}"#,
        ] {
            assert!(serde_json::from_str::<PolicySet>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ceilings_are_taken_from_the_side_that_changed_them() {
        let ceiling = |name: &str| Ceiling {
            name: name.into(),
            binds: Bound::Everybody,
            module: ModuleId(5),
            forbids: Forbidden::Module,
        };
        let with = |names: &[&str]| PolicySet {
            ceilings: names.iter().map(|n| ceiling(n)).collect(),
            ..set(&[(1, 5)])
        };
        assert_eq!(with(&["a"]).rebased(&with(&[]), &with(&[])), Ok(with(&["a"])));
        assert_eq!(with(&[]).rebased(&with(&[]), &with(&["b"])), Ok(with(&["b"])));
        assert_eq!(with(&["a"]).rebased(&with(&[]), &with(&["a"])), Ok(with(&["a"])));
        let clash = Clash {
            types: Vec::new(),
            anonymous: false,
            ceilings: true,
            sign_ups: false,
        };
        assert_eq!(with(&["a"]).rebased(&with(&[]), &with(&["b"])), Err(clash));
    }

    #[test]
    fn what_visitors_see_is_taken_from_the_side_that_changed_it() {
        let with = |numbers: &[u32]| PolicySet {
            anonymous: numbers
                .iter()
                .map(|at_most| AnonymousGrant {
                    module: ModuleId(5),
                    criteria: None,
                    fields: Vec::new(),
                    at_most: *at_most,
                })
                .collect(),
            ..set(&[(1, 5)])
        };
        assert_eq!(with(&[1]).rebased(&with(&[]), &with(&[])), Ok(with(&[1])));
        assert_eq!(with(&[]).rebased(&with(&[]), &with(&[2])), Ok(with(&[2])));
        assert_eq!(with(&[1]).rebased(&with(&[]), &with(&[1])), Ok(with(&[1])));
        let clash = Clash {
            types: Vec::new(),
            anonymous: true,
            ceilings: false,
            sign_ups: false,
        };
        assert_eq!(with(&[1]).rebased(&with(&[]), &with(&[2])), Err(clash));
    }

    #[test]
    fn only_some_user_types_are_kept_with_all_that_is_of_no_type() {
        let mut both = set(&[(1, 5), (2, 6)]);
        both.ceilings.push(Ceiling {
            name: "a".into(),
            binds: Bound::Everybody,
            module: ModuleId(5),
            forbids: Forbidden::Module,
        });
        let one = both.only(|id| id == UserTypeId(2));
        assert_eq!(one.policies().map(|(id, _)| id).collect::<Vec<_>>(), [UserTypeId(2)]);
        assert_eq!(one.ceilings, both.ceilings);
        assert_eq!(both.only(|_| true), both);
    }

    #[test]
    fn what_only_one_side_changed_is_taken_from_that_side() {
        let base = set(&[(1, 5), (2, 5), (3, 5)]);
        let mine = set(&[(1, 6), (3, 5)]);
        let present = set(&[(1, 5), (2, 5), (3, 7), (4, 5)]);
        assert_eq!(mine.rebased(&base, &present), Ok(set(&[(1, 6), (3, 7), (4, 5)])));
        assert_eq!(mine.rebased(&base, &base), Ok(mine.clone()));
        assert_eq!(base.rebased(&base, &present), Ok(present));
        let clash = set(&[(1, 8), (2, 5), (3, 5)]);
        let on_one = Clash {
            types: vec![UserTypeId(1)],
            anonymous: false,
            ceilings: false,
            sign_ups: false,
        };
        assert_eq!(mine.rebased(&base, &clash), Err(on_one));
        let same = set(&[(1, 6), (2, 5), (3, 5)]);
        assert_eq!(mine.rebased(&base, &same), Ok(set(&[(1, 6), (3, 5)])));
    }
}
