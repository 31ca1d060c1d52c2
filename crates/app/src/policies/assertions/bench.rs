//! The bench on which policies are tested: their plans, bound to people, and the statements that serve the portal.

use std::collections::HashMap;
use std::sync::Arc;

use domain::access::{Access, PlanKey, Plans, Policy, PolicySet, Viewer};
use domain::ids::{FieldId, ModuleId, ProfileId, RecordId, UserTypeId};
use domain::modules::{Catalogue, Module};
use domain::orgs::{Profile, Rights};
use domain::portals::{Portal, UserType, user_type_named};
use domain::records::Query;
use domain::time::Day;
use serde_saphyr::Spanned;
use store::engine::Conn;
use store::records::{ByKey, RecordRights, Shown};

use super::reading::{Key, Test, Tests, Who, Word, no_field};
use crate::Error;
use crate::context::SYSTEM_ACTOR;
use crate::visitors::visitor;

/// The plans that are tested, and everything needed to find people and records.
pub(super) struct Bench {
    pub catalogue: Arc<Catalogue>,
    pub types: Vec<UserType>,
    pub portals: Vec<Portal>,
    pub set: PolicySet,
    open: Plans,
    /// The plans of a user type that is closed, as they would be if it alone were opened too.
    closed: HashMap<UserTypeId, Plans>,
    /// Finds people and records. It sees all there is: what holds does not depend on who happens to publish.
    pub office: Viewer,
}

/// What came of a test.
pub(super) struct Answer {
    /// None: visitors.
    pub user_type: Option<UserTypeId>,
    pub module: ModuleId,
    /// What is otherwise than the test says; empty if it holds.
    pub wrong: Vec<String>,
}

/// Whom and what a test is about.
pub(super) struct Subject {
    /// None: a visitor.
    pub user_type: Option<UserTypeId>,
    pub module: Arc<Module>,
    pub viewer: Viewer,
    pub record: Option<RecordId>,
}

impl Bench {
    /// The bench for `set`, over the user types as they stand in the transaction.
    pub fn of(conn: &mut Conn, set: PolicySet, types: Vec<UserType>, tests: &Tests, today: Day) -> Result<Self, Error> {
        let version = store::state::version(conn)?;
        let catalogue = Arc::new(store::modules::load(conn)?);
        let portals: Vec<Portal> = store::portals::list(conn)?.into_iter().map(|(portal, _)| portal).collect();
        let office = office();
        let is_open = |t: &UserType| t.active && portals.iter().any(|p| p.id == t.portal && p.active);
        let plans = |also: Option<UserTypeId>| {
            let counts = |id: UserTypeId| types.iter().any(|t| t.id == id && (is_open(t) || also == Some(id)));
            let policies = set.policies().filter(|(id, _)| counts(*id));
            let plans = Plans::of(version, &catalogue, policies, &set.ceilings, std::iter::once(&office));
            plans.with_anonymous(&set.anonymous, &set.ceilings)
        };
        let named = |t: &&UserType| {
            let is = |name: &str| user_type_named(&types, &portals, name).is_ok_and(|named| named.id == t.id);
            let named = |test: &Test| matches!(test.who(), Who::Person { user_type, .. } if is(&user_type.value));
            tests.tests.iter().any(named)
        };
        let closed = types.iter().filter(|t| !is_open(t)).filter(named);
        Ok(Self {
            open: plans(None),
            closed: closed.map(|t| (t.id, plans(Some(t.id)))).collect(),
            office: Viewer {
                key: PlanKey::Staff(office.id),
                anchor: None,
                actor: SYSTEM_ACTOR,
                session: None,
                today,
            },
            catalogue: Arc::clone(&catalogue),
            types: types.clone(),
            portals: portals.clone(),
            set: set.clone(),
        })
    }

    /// Asks a test. [`Error::PolicyText`]: it cannot be asked, since something that it names is not there.
    pub fn ask(&self, conn: &mut Conn, test: &Test) -> Result<Answer, Error> {
        let subject = self.subject(conn, test)?;
        let person = Person {
            access: self.access(&subject),
            module: &subject.module,
            record: subject.record,
        };
        Ok(Answer {
            user_type: subject.user_type,
            module: subject.module.id,
            wrong: person.wrong(conn, test)?,
        })
    }

    /// Finds whom and what a test is about.
    pub fn subject(&self, conn: &mut Conn, test: &Test) -> Result<Subject, Error> {
        let module = self.module(&test.module)?;
        let (user_type, viewer) = match test.who() {
            Who::Person { user_type, person } => self.person(conn, &user_type.value, person)?,
            Who::Visitor => (None, visitor(self.office.today)),
        };
        let record = test.record.as_ref().map(|key| self.find(conn, module, key)).transpose()?;
        Ok(Subject {
            user_type,
            module: Arc::clone(module),
            viewer,
            record,
        })
    }

    fn person(&self, conn: &mut Conn, named: &str, person: &Key) -> Result<(Option<UserTypeId>, Viewer), Error> {
        let named = user_type_named(&self.types, &self.portals, named).map_err(|why| Error::PolicyText(why.to_string()))?;
        // A user type without a policy is granted nothing, which can be tested too.
        let personality = self.policy(named.id).map_or(named.personality, |p| p.personality);
        let people = self.catalogue.module(personality).ok_or(Error::NotFound("module"))?;
        let anchor = self.find(conn, people, person)?;
        let viewer = Viewer {
            key: PlanKey::UserType(named.id),
            anchor: Some(anchor),
            actor: actor(conn, named.id, anchor)?,
            ..self.office
        };
        Ok((Some(named.id), viewer))
    }

    pub fn policy(&self, user_type: UserTypeId) -> Option<&Policy> {
        self.set.get(user_type)
    }

    /// The policies that count while a user type is asked about: those of the open ones, and its own.
    pub fn counting(&self, user_type: UserTypeId) -> Vec<(UserTypeId, Policy)> {
        let open = |t: &UserType| t.active && self.portals.iter().any(|p| p.id == t.portal && p.active);
        let counts = |id: UserTypeId| id == user_type || self.types.iter().any(|t| t.id == id && open(t));
        let all = self.set.policies().filter(|(id, _)| counts(*id));
        all.map(|(id, policy)| (id, policy.clone())).collect()
    }

    pub fn access(&self, subject: &Subject) -> Option<Access> {
        let closed = subject.user_type.and_then(|id| self.closed.get(&id));
        let plans = closed.unwrap_or(&self.open);
        plans.bind(subject.viewer, subject.module.id)
    }

    /// How many records a module has.
    pub fn all(&self, conn: &mut Conn, module: ModuleId) -> Result<u64, Error> {
        match self.open.bind(self.office, module) {
            Some(access) => Ok(store::records::count(conn, &access, &Query::newest(Vec::new(), 1))?),
            None => Ok(0),
        }
    }

    fn module(&self, name: &Spanned<String>) -> Result<&Arc<Module>, Error> {
        let found = self.catalogue.named(&name.value);
        found.ok_or_else(|| Error::PolicyText(format!("there is no module {:?}", name.value)))
    }

    /// A record by a field that one alone has.
    fn find(&self, conn: &mut Conn, module: &Module, key: &Key) -> Result<RecordId, Error> {
        let wrong = |why: &str| Error::PolicyText(format!("{} {} {:?}: {why}", module.api_name, key.field.value, key.value));
        if key.field.value == "id" {
            let id = key.value.parse().map_err(|_| wrong("expected the id of a record"))?;
            return match store::members::is_live(conn, module.id, id)? {
                true => Ok(id),
                false => Err(wrong("expected one record, and there is none")),
            };
        }
        let field = module.field_named(&key.field.value);
        let field = field.ok_or_else(|| Error::PolicyText(no_field(module, &key.field.value)))?;
        let access = self.open.bind(self.office, module.id).ok_or(Error::NotFound("module"))?;
        let found = store::records::by_key(conn, &access, field, std::slice::from_ref(&key.value))?;
        match found.get(&key.value) {
            Some(ByKey::One(id)) => Ok(*id),
            Some(ByKey::Several) => Err(wrong("expected one record, and there are several")),
            None => Err(wrong("expected one record, and there is none")),
        }
    }
}

/// As whom the person makes records: the member they are, nobody if they were never invited.
fn actor(conn: &mut Conn, user_type: UserTypeId, anchor: RecordId) -> Result<i64, Error> {
    let members = store::members::of_record(conn, anchor)?;
    Ok(members.iter().find(|m| m.user_type == user_type).map_or(0, |m| m.id.0))
}

/// A profile that nobody has.
fn office() -> Profile {
    Profile {
        id: ProfileId(0),
        name: String::new(),
        rights: Rights::administrator(),
    }
}

/// A person before a record, or before a module.
struct Person<'a> {
    access: Option<Access>,
    module: &'a Module,
    record: Option<RecordId>,
}

impl Person<'_> {
    fn wrong(&self, conn: &mut Conn, test: &Test) -> Result<Vec<String>, Error> {
        let rights = self.rights(conn)?;
        let mut wrong = Vec::new();
        for (words, wanted) in [(&test.allow, true), (&test.deny, false)] {
            for word in words {
                if self.may(conn, rights.as_ref(), &word.value)? != wanted {
                    let is = if wanted { "is denied" } else { "is allowed" };
                    wrong.push(format!("{} {is}", word.value));
                }
            }
        }
        if let Some(wanted) = test.count {
            let query = Query::newest(Vec::new(), 1);
            let found = match &self.access {
                Some(access) => store::records::count(conn, access, &query)?,
                None => 0,
            };
            if found != wanted {
                wrong.push(format!("{found} records are seen, not {wanted}"));
            }
        }
        Ok(wrong)
    }

    fn rights(&self, conn: &mut Conn) -> Result<Option<RecordRights>, Error> {
        match (&self.access, self.record) {
            (Some(access), Some(record)) => Ok(store::records::rights(conn, access, record)?),
            _ => Ok(None),
        }
    }

    fn may(&self, conn: &mut Conn, rights: Option<&RecordRights>, word: &Word) -> Result<bool, Error> {
        let field = |name: &str| {
            let field = self.module.field_named(name).map(|f| f.id);
            field.ok_or_else(|| Error::PolicyText(no_field(self.module, name)))
        };
        let about_record = self.record.is_some();
        Ok(match word {
            Word::View if about_record => rights.is_some(),
            Word::View => self.access.is_some(),
            Word::Create => self.access.as_ref().is_some_and(|a| a.plan().may_create()),
            Word::Edit => rights.is_some_and(|r| r.edit),
            Word::Delete => rights.is_some_and(|r| r.delete),
            Word::Read(name) => self.reads(conn, field(name)?)?,
            Word::Write(name) => {
                let field = field(name)?;
                match about_record {
                    true => rights.is_some_and(|r| r.changeable.contains(&field)),
                    false => self.access.as_ref().is_some_and(|a| a.plan().may_change(field)),
                }
            }
        })
    }

    fn reads(&self, conn: &mut Conn, field: FieldId) -> Result<bool, Error> {
        let Some(access) = self.access.as_ref().filter(|a| a.plan().column(field).is_some()) else {
            return Ok(false);
        };
        let Some(record) = self.record else { return Ok(true) };
        let found = store::records::one(conn, access, record, vec![field])?;
        Ok(found.is_some_and(|r| r.values.first() != Some(&Shown::Absent)))
    }
}
