//! Tests of policies: what some person may and may not do, written down and asked again.
//!
//! The questions are asked of the same plans and by the same statements as everywhere; there is no second opinion.

use std::collections::BTreeSet;

use domain::access::{Access, NamedPolicy, PlanKey, Plans, PolicySet, Viewer};
use domain::ids::{FieldId, ModuleId, RecordId, UserTypeId};
use domain::modules::Module;
use domain::records::Query;
use serde::{Deserialize, Serialize};
use store::engine::Conn;
use store::records::{ByKey, RecordRights, Shown};

use super::text::wanted_set;
use crate::{Ctx, Error, Snapshot};

/// A file of tests (YAML).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tests {
    pub tests: Vec<Test>,
}

/// One person, one module, perhaps one record of it, and what must hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What it is about, in words.
    pub test: String,
    /// The user type, by name.
    #[serde(rename = "type")]
    pub user_type: String,
    /// The person, by a field of their record and its value.
    pub person: Key,
    /// The module, by its API name.
    pub module: String,
    /// The record, by a field and its value; without it the questions are about the module.
    #[serde(default)]
    pub record: Option<Key>,
    #[serde(default)]
    pub allow: Vec<String>,
    #[serde(default)]
    pub deny: Vec<String>,
    /// How many records the person sees.
    #[serde(default)]
    pub count: Option<u64>,
}

/// A field and its value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    pub field: String,
    pub value: String,
}

/// What came of the tests.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    pub passed: usize,
    pub failed: Vec<Failed>,
    /// Modules granted to a user type of which no test shows that something is allowed.
    pub without_allow: Vec<String>,
    /// Modules granted to a user type of which no test shows that something is denied.
    pub without_deny: Vec<String>,
}

/// A test that does not hold.
#[derive(Debug, Clone, Serialize)]
pub struct Failed {
    pub test: String,
    pub why: Vec<String>,
}

/// Reads a file of tests; an error names its line.
pub fn read_tests(yaml: &str) -> Result<Tests, Error> {
    serde_saphyr::from_str(yaml).map_err(|why| Error::PolicyText(why.to_string()))
}

/// Runs tests: against what is in force, or against what a text of policies would put into force.
pub async fn run_tests(ctx: &Ctx, tests: Tests, policies: Option<&str>) -> Result<Report, Error> {
    ctx.need_manage_portals()?;
    let (ctx, policies) = (ctx.clone(), policies.map(str::to_owned));
    let db = ctx.tenant.db.clone();
    db.snapshot(move |conn| {
        let bench = Bench::of(conn, &ctx, policies.as_deref())?;
        let mut report = Report::default();
        let (mut allowed, mut denied) = (BTreeSet::new(), BTreeSet::new());
        for test in &tests.tests {
            let (place, why) = match bench.ask(conn, test) {
                Ok(answer) => (Some(answer.place), answer.wrong),
                Err(Error::Internal(error)) => return Err(Error::Internal(error)),
                Err(error) => (None, vec![error.to_string()]),
            };
            if !why.is_empty() {
                let test = test.test.clone();
                report.failed.push(Failed { test, why });
                continue;
            }
            report.passed += 1;
            allowed.extend(place.filter(|_| !test.allow.is_empty()));
            denied.extend(place.filter(|_| !test.deny.is_empty()));
        }
        report.without_allow = bench.missing(&allowed);
        report.without_deny = bench.missing(&denied);
        Ok(report)
    })
    .await
}

type Place = (UserTypeId, ModuleId);

struct Answer {
    place: Place,
    wrong: Vec<String>,
}

/// The plans that are tested, and everything needed to find people and records.
struct Bench {
    snapshot: Snapshot,
    names: Vec<(UserTypeId, String)>,
    set: PolicySet,
    plans: Plans,
    office: Viewer,
}

impl Bench {
    fn of(conn: &mut Conn, ctx: &Ctx, policies: Option<&str>) -> Result<Self, Error> {
        let snapshot = Snapshot::load(conn)?;
        let (set, types) = wanted_set(conn, ctx, policies)?;
        let known = set.policies().filter(|(id, _)| types.iter().any(|t| t.id == *id));
        let plans = Plans::of(
            snapshot.version,
            &snapshot.catalogue,
            known,
            &set.ceilings,
            snapshot.profiles.iter(),
        );
        Ok(Self {
            names: types.into_iter().map(|t| (t.id, t.name)).collect(),
            office: Viewer {
                session: None,
                ..ctx.viewer
            },
            snapshot,
            set,
            plans,
        })
    }

    fn ask(&self, conn: &mut Conn, test: &Test) -> Result<Answer, Error> {
        let is = |(_, name): &&(UserTypeId, String)| name.eq_ignore_ascii_case(&test.user_type);
        let (user_type, _) = self.names.iter().find(is).ok_or(Error::NotFound("user type"))?;
        let policy = self.set.get(*user_type).ok_or(Error::NotFound("policy"))?;
        let module = self.module(&test.module)?.clone();
        let people = self
            .snapshot
            .catalogue
            .module(policy.personality)
            .ok_or(Error::NotFound("module"))?;
        let anchor = self.find(conn, people, &test.person)?;
        let viewer = Viewer {
            key: PlanKey::UserType(*user_type),
            anchor: Some(anchor),
            actor: self.actor(conn, *user_type, anchor)?,
            ..self.office
        };
        let record = test.record.as_ref().map(|key| self.find(conn, &module, key)).transpose()?;
        let person = Person {
            access: self.plans.bind(viewer, module.id),
            module: &module,
            record,
        };
        Ok(Answer {
            place: (*user_type, module.id),
            wrong: person.wrong(conn, test)?,
        })
    }

    fn module(&self, name: &str) -> Result<&Module, Error> {
        let found = self.snapshot.catalogue.named(name).map(|m| &**m);
        found.ok_or_else(|| Error::PolicyText(format!("there is no module {name:?}")))
    }

    /// A record by a field that one alone has, looked for as the office sees it.
    fn find(&self, conn: &mut Conn, module: &Module, key: &Key) -> Result<RecordId, Error> {
        let wrong = |why: &str| Error::PolicyText(format!("{} {} {:?}: {why}", module.api_name, key.field, key.value));
        if key.field == "id" {
            return key.value.parse().map_err(|_| wrong("expected the id of a record"));
        }
        let field = module.field_named(&key.field).ok_or_else(|| wrong("there is no such field"))?;
        let access = self.plans.bind(self.office, module.id).ok_or(Error::NotFound("module"))?;
        let found = store::records::by_key(conn, &access, field, std::slice::from_ref(&key.value))?;
        match found.get(&key.value) {
            Some(ByKey::One(id)) => Ok(*id),
            Some(ByKey::Several) => Err(wrong("expected one record, and there are several")),
            None => Err(wrong("expected one record, and there is none")),
        }
    }

    /// As whom the person makes records: the member they are, nobody if they were never invited.
    fn actor(&self, conn: &mut Conn, user_type: UserTypeId, anchor: RecordId) -> Result<i64, Error> {
        let members = store::members::of_record(conn, anchor)?;
        Ok(members.iter().find(|m| m.user_type == user_type).map_or(0, |m| m.id.0))
    }

    /// The modules granted to user types that are in none of these places.
    fn missing(&self, there: &BTreeSet<Place>) -> Vec<String> {
        let mut missing = Vec::new();
        for (id, name) in &self.names {
            let Some(policy) = self.set.get(*id) else { continue };
            let mut modules = NamedPolicy::of(&self.snapshot.catalogue, policy)
                .grants
                .into_iter()
                .map(|g| g.module)
                .collect::<Vec<_>>();
            modules.dedup();
            let id_of = |module: &String| self.snapshot.catalogue.named(module).map(|m| m.id);
            let lacks = |module: &String| id_of(module).is_some_and(|module| !there.contains(&(*id, module)));
            missing.extend(modules.into_iter().filter(lacks).map(|module| format!("{name}: {module}")));
        }
        missing
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
                if self.may(conn, rights.as_ref(), word)? != wanted {
                    let is = if wanted { "is denied" } else { "is allowed" };
                    wrong.push(format!("{word} {is}"));
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

    fn may(&self, conn: &mut Conn, rights: Option<&RecordRights>, word: &str) -> Result<bool, Error> {
        let unknown = || Error::PolicyText(format!("{word:?}: expected view, create, edit, delete, read FIELD or write FIELD"));
        let field = |name: &str| {
            let field = self.module.field_named(name.trim()).map(|f| f.id);
            field.ok_or_else(|| Error::PolicyText(format!("{} has no field {name:?}", self.module.api_name)))
        };
        let about_record = self.record.is_some();
        Ok(match word.split_once(' ') {
            None => match word {
                "view" if about_record => rights.is_some(),
                "view" => self.access.is_some(),
                "create" => self.access.as_ref().is_some_and(|a| a.plan().may_create()),
                "edit" if about_record => rights.is_some_and(|r| r.edit),
                "delete" if about_record => rights.is_some_and(|r| r.delete),
                "edit" | "delete" => return Err(Error::PolicyText(format!("{word}: expected a record"))),
                _ => return Err(unknown()),
            },
            Some(("read", name)) => self.reads(conn, field(name)?)?,
            Some(("write", name)) => {
                let field = field(name)?;
                match about_record {
                    true => rights.is_some_and(|r| r.changeable.contains(&field)),
                    false => self.access.as_ref().is_some_and(|a| a.plan().may_change(field)),
                }
            }
            Some(_) => return Err(unknown()),
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
