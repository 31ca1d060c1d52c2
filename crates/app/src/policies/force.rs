//! Putting policies into force: the one path that publishing, rolling back and the direct change of a user type take.

use std::collections::BTreeSet;

use domain::access::{PolicySet, Widening, widenings};
use domain::ids::{PortalId, UserTypeId};
use domain::modules::Module;
use domain::orgs::Rights;
use domain::portals::UserType;
use domain::time::Moment;
use store::engine::Conn;
use store::policies::NewVersion;

use super::Alerts;
use super::exposure::need_within_reach;
use super::kept::need_tests;
use crate::audit::{self, Object};
use crate::{App, Ctx, Error};

/// What is in force, held fast until the transaction ends: nobody else publishes meanwhile.
pub(crate) struct Present {
    pub number: i64,
    set: Option<PolicySet>,
    pub types: Vec<UserType>,
    /// The portals that nobody can sign in to.
    closed: BTreeSet<PortalId>,
    second: bool,
}

/// Who puts policies into force, when, and why.
pub(crate) struct InForce<'a> {
    pub app: &'a App,
    /// What whoever publishes may see, and so may be told.
    pub rights: &'a Rights,
    /// How many kept tests may fail: whoever publishes has been told of so many, and wants it all the same.
    pub despite: Option<usize>,
    pub note: &'a str,
    pub created: (i64, Moment),
    pub published: (i64, Moment),
}

impl<'a> InForce<'a> {
    /// Written and published by the one who asks, now.
    pub fn by(ctx: &'a Ctx, note: &'a str, despite: Option<usize>) -> Self {
        let by = (ctx.viewer.actor, ctx.now);
        Self {
            app: &ctx.app,
            rights: &ctx.rights,
            despite,
            note,
            created: by,
            published: by,
        }
    }
}

impl Present {
    /// Errors: [`Error::Edition`] where the organisation's portals are only kept as they are.
    pub fn lock(conn: &mut Conn, ctx: &Ctx) -> Result<Self, Error> {
        crate::orgs::need_portals(conn, ctx)?;
        Self::lock_anyway(conn)
    }

    /// The same where nobody is let in by it: an organisation is made, or a portal closed.
    pub fn lock_anyway(conn: &mut Conn) -> Result<Self, Error> {
        let published = store::policies::lock_published(conn)?;
        Self::of(conn, published)
    }

    /// The same without holding anything: only to look.
    pub fn look(conn: &mut Conn) -> Result<Self, Error> {
        let published = store::policies::published(conn)?;
        Self::of(conn, published)
    }

    fn of(conn: &mut Conn, (number, set): (i64, Option<PolicySet>)) -> Result<Self, Error> {
        let types = store::portals::user_types(conn)?.into_iter().map(|(t, _)| t).collect();
        let portals = store::portals::list(conn)?.into_iter().map(|(portal, _)| portal);
        Ok(Self {
            number,
            set,
            types,
            closed: portals.filter(|p| !p.active).map(|p| p.id).collect(),
            second: store::policies::rule(conn)?.on,
        })
    }

    /// What is in force. What cannot be read grants nothing, but is not written over unseen either.
    pub fn set(&self) -> Result<&PolicySet, Error> {
        self.set.as_ref().ok_or(Error::UnreadablePolicies)
    }

    /// Whether people of a user type come in.
    pub fn is_open(&self, id: UserTypeId) -> bool {
        self.is_open_with(&[], id)
    }

    /// The same once `opened` are activated.
    pub fn is_open_with(&self, opened: &[UserTypeId], id: UserTypeId) -> bool {
        let active = |t: &UserType| t.active || opened.contains(&id);
        self.types
            .iter()
            .any(|t| t.id == id && active(t) && !self.closed.contains(&t.portal))
    }

    /// Whether people of this user type, as it is to be, come in.
    pub fn lets_in(&self, user_type: &UserType) -> bool {
        user_type.active && !self.closed.contains(&user_type.portal)
    }

    /// Whether records of a module are people of a user type.
    pub fn writes_to(&self, module: &Module) -> bool {
        self.types.iter().any(|t| t.personality == module.id)
    }

    pub fn name(&self, id: UserTypeId) -> String {
        self.types
            .iter()
            .find(|t| t.id == id)
            .map_or_else(|| id.to_string(), |t| t.name.clone())
    }

    /// Where `set` lets people see or do more than what is in force, with the user types that are open then.
    pub fn widenings(&self, set: &PolicySet, open: impl Fn(UserTypeId) -> bool) -> Vec<Widening> {
        let nothing = PolicySet::default();
        let before = self.set.as_ref().unwrap_or(&nothing);
        widenings(&before.only(|id| self.is_open(id)), &set.only(open))
    }

    /// Whether a second administrator has to agree to `set`.
    pub fn needs_second(&self, set: &PolicySet, open: impl Fn(UserTypeId) -> bool) -> bool {
        self.second && !self.widenings(set, open).is_empty()
    }

    /// Whether what is published is what a draft or a question was made from.
    pub fn need_base(&self, base: i64) -> Result<(), Error> {
        match base == self.number {
            true => Ok(()),
            false => Err(Error::StaleDraft {
                base,
                published: self.number,
            }),
        }
    }

    /// Checks the policies of all user types that are there. The others are not in force.
    pub fn check(&self, conn: &mut Conn, set: &PolicySet) -> Result<(), Error> {
        Self::check_of(conn, set, &self.types)
    }

    /// Checks the policies of these user types, what visitors are shown, and the ceilings.
    pub fn check_of(conn: &mut Conn, set: &PolicySet, types: &[UserType]) -> Result<(), Error> {
        let catalogue = store::modules::load(conn)?;
        Alerts::of(&catalogue, set, types).refuse()
    }

    /// What in force does not fit the modules as they stand in this transaction.
    pub fn alerts(&self, conn: &mut Conn) -> Result<Alerts, Error> {
        let catalogue = store::modules::load(conn)?;
        Ok(Alerts::of(&catalogue, self.set()?, &self.types))
    }

    /// Runs the kept tests before people are let in by policies that are in force already but were nobody's.
    pub fn open(&self, conn: &mut Conn, by: &InForce<'_>) -> Result<(), Error> {
        match need_tests(conn, self.set()?, by)? {
            Some(despite) => {
                let detail = format!("{}, {despite}", by.note);
                audit::note(conn, by.app, by.published.0, "policy_tests_passed_over", Object::default(), &detail)
            }
            None => Ok(()),
        }
    }

    /// Puts `set` into force as the next version: one swap. Checks that the people of a user type who are there already
    /// stay who they are, and runs the kept tests: there is no other way into force.
    pub fn put_in_force(&self, conn: &mut Conn, set: &PolicySet, by: &InForce<'_>) -> Result<i64, Error> {
        let (actor, now) = by.published;
        let despite = need_tests(conn, set, by)?;
        need_within_reach(conn, self.set.as_ref(), set, now)?;
        // The user type may have been made after the lock, in the same transaction.
        for user_type in store::portals::user_types(conn)?.into_iter().map(|(t, _)| t) {
            let before = self.set.as_ref().is_some_and(|old| old.agrees(set, user_type.id));
            let Some(policy) = set.get(user_type.id) else {
                if !before {
                    store::portals::update_user_type(conn, &user_type, actor, now)?;
                    store::portals::copy_policy(conn, user_type.id, None)?;
                }
                continue;
            };
            if before && policy.personality == user_type.personality {
                continue;
            }
            let people = turned(conn, &user_type, policy.personality)?;
            store::portals::update_user_type(conn, &people, actor, now)?;
            store::portals::copy_policy(conn, user_type.id, Some(policy))?;
        }
        let new = NewVersion {
            set,
            note: by.note,
            created: by.created,
            published: by.published,
        };
        let number = store::policies::publish(conn, self.number, &new)?.ok_or(Error::StaleDraft {
            base: self.number,
            published: self.number,
        })?;
        if let Some(despite) = despite {
            let detail = format!("version {number}, {despite}");
            audit::note(conn, by.app, actor, "policy_tests_passed_over", Object::default(), &detail)?;
        }
        Ok(number)
    }
}

/// The user type with people of another module: only where nobody is in it.
fn turned(conn: &mut Conn, user_type: &UserType, personality: domain::ids::ModuleId) -> Result<UserType, Error> {
    if personality != user_type.personality {
        if user_type.default {
            return Err(Error::DefaultType("keeps its module"));
        }
        if !crate::portals::is_empty(conn, user_type.id)? {
            return Err(Error::TypeInUse);
        }
    }
    Ok(UserType {
        personality,
        ..user_type.clone()
    })
}
