//! Explaining: why somebody may do something with a record, or may not, and what would change that.
//!
//! Only for those who may Manage Portals, and only about records of modules that they see themselves: the person who is
//! explained may not see what an explanation tells.

pub(crate) mod person;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use domain::access::{Explanation, Facts, PlanKey, Plans, Policy, Predicate, Question, Rules, Viewer, Wish, flips, reasons};
use domain::ids::{ModuleId, PolicyDraftId, RecordId, UserTypeId};
use domain::modules::{Catalogue, Module};
use domain::portals::{Unnamed, UserType, user_type_named};
use serde::Serialize;
use store::engine::Conn;
use store::records::{Known, Seen};

use crate::{Ctx, Error};
use person::{Person, person};

pub use words::{Line, Mark};

/// A question as people put it.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// A user type: its id, its name, or `portal/name`.
    pub user_type: String,
    /// A person: an e-mail address, or the id of the record that the person is.
    pub person: String,
    /// A module by its API name.
    pub module: String,
    /// A record's id.
    pub record: String,
    /// A field by its API name, if it is about one.
    pub field: String,
    /// `view`, `edit`, `delete`; of a field `read` or `write`. Left out: `view`, or `read` where a field is named.
    pub action: String,
    /// By what a draft says instead of what is in force.
    pub draft: Option<PolicyDraftId>,
}

/// The answer in plain words.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    pub allowed: bool,
    /// The answer as one sentence.
    pub answer: String,
    /// The user type that was asked about; the command line has its name already.
    #[serde(skip)]
    pub user_type: UserTypeId,
    /// The person's record.
    pub person: RecordId,
    pub module: String,
    pub record: RecordId,
    /// Why nothing at all is allowed, whatever is granted: the user type is closed, the person was not let in.
    pub barriers: Vec<String>,
    /// What each grant for the module comes to.
    pub grants: Vec<Line>,
    /// What the ceilings over it come to.
    pub ceilings: Vec<Line>,
    /// Ways to turn the answer round, the smallest first; each is one or more changes that are all needed.
    pub changes: Vec<Vec<String>>,
    /// Why nothing would turn it round.
    pub final_because: Option<String>,
    /// False: the facts are more than one explanation reads. The answer is right all the same; the reasons may not be.
    pub complete: bool,
}

/// A question in the product's terms.
struct Asks {
    user_type: UserType,
    person: String,
    module: Arc<Module>,
    record: RecordId,
    wish: Wish,
    draft: Option<PolicyDraftId>,
}

/// Explains the answer to a question.
pub async fn explain(ctx: &Ctx, asked: Asked) -> Result<Explained, Error> {
    ctx.need_manage_portals()?;
    let asks = read(ctx, &asked)?;
    let task = ctx.clone();
    ctx.tenant.db.snapshot(move |conn| answer(conn, &task, &asks)).await
}

fn read(ctx: &Ctx, asked: &Asked) -> Result<Asks, Error> {
    let seen = |module: &&Arc<Module>| ctx.snapshot.access(ctx.viewer, module.id).is_some();
    let module = ctx.snapshot.catalogue.named(&asked.module).filter(seen);
    let module = module.ok_or_else(|| Error::Input("module", "the API name of a module that you see".into()))?;
    let record = asked.record.parse();
    Ok(Asks {
        user_type: user_type(ctx, &asked.user_type)?.clone(),
        person: asked.person.clone(),
        wish: wish(module, &asked.action, &asked.field)?,
        module: Arc::clone(module),
        record: record.map_err(|_| Error::Input("record", "the id of a record: digits".into()))?,
        draft: asked.draft,
    })
}

fn wish(module: &Module, action: &str, field: &str) -> Result<Wish, Error> {
    let field = match field {
        "" => None,
        name => {
            let known = module.field_named(name).map(|f| f.id);
            Some(known.ok_or_else(|| Error::Input("field", format!("the API name of a field of {}", module.api_name)))?)
        }
    };
    match (action, field) {
        ("" | "view", None) => Ok(Wish::View),
        ("edit", None) => Ok(Wish::Edit),
        ("delete", None) => Ok(Wish::Delete),
        ("" | "read" | "view", Some(field)) => Ok(Wish::Read(field)),
        ("write" | "edit", Some(field)) => Ok(Wish::Write(field)),
        ("read" | "write", None) => Err(Error::Input("field", "a field to be read or written".into())),
        ("delete", Some(_)) => Err(Error::Input("action", "read or write, of a field".into())),
        _ => Err(Error::Input("action", "view, edit or delete; of a field read or write".into())),
    }
}

fn user_type<'c>(ctx: &'c Ctx, text: &str) -> Result<&'c UserType, Error> {
    let by_id = text.parse().ok().and_then(|id| ctx.snapshot.user_type(id));
    let found = match by_id {
        Some(found) => Ok(found),
        None => user_type_named(&ctx.snapshot.user_types, &ctx.snapshot.portals, text),
    };
    found.map_err(|why| {
        let wanted = match why {
            Unnamed::Several(_) => "portal/name: several portals have a user type of this name",
            Unnamed::NoPortal(_) | Unnamed::NoType(_) => "the name or id of a user type",
        };
        Error::Input("type", wanted.into())
    })
}

/// The policies by which it is decided, and whose people come in at all.
struct Force {
    policies: Vec<(UserTypeId, Policy)>,
    open: Vec<UserTypeId>,
    ceilings: Vec<domain::access::Ceiling>,
}

fn force(conn: &mut Conn, draft: Option<PolicyDraftId>) -> Result<Force, Error> {
    let present = store::access::in_force(conn)?;
    let mut open: Vec<UserTypeId> = present.policies.iter().filter(|(_, _, open)| *open).map(|(id, ..)| *id).collect();
    let Some(draft) = draft else {
        let policies = present.policies.into_iter().map(|(id, policy, _)| (id, policy)).collect();
        return Ok(Force {
            policies,
            open,
            ceilings: present.ceilings,
        });
    };
    let draft = store::policies::draft(conn, draft)?.ok_or(Error::NotFound("draft"))?;
    let set = draft.set.ok_or(Error::UnreadablePolicies)?;
    open.extend(draft.opens);
    Ok(Force {
        policies: set.policies().map(|(id, policy)| (id, policy.clone())).collect(),
        open,
        ceilings: set.ceilings,
    })
}

fn answer(conn: &mut Conn, ctx: &Ctx, asks: &Asks) -> Result<Explained, Error> {
    let catalogue = Arc::new(store::modules::load(conn)?);
    let force = force(conn, asks.draft)?;
    check_seen(conn, ctx, asks)?;
    let person = person(conn, &asks.user_type, &asks.person)?;
    // Who does not see people's records does not learn of them here either.
    if !sees(ctx, person.module) {
        return Err(person::nobody(&asks.user_type));
    }
    let question = Question {
        user_type: asks.user_type.id,
        module: asks.module.id,
        record: asks.record,
        wish: asks.wish,
    };
    let barriers = person::barriers(&person, &asks.user_type, force.open.contains(&question.user_type));
    // The one who is asked for is explained also where the user type is closed, the others only where they come in.
    let counts = |id: &UserTypeId| force.open.contains(id) || *id == question.user_type;
    let rules = Rules {
        catalogue: &catalogue,
        types: force.policies.iter().filter(|(id, _)| counts(id)).cloned().collect(),
        ceilings: force.ceilings,
    };
    let decided = decided(conn, ctx, &catalogue, &rules, question, &person)?;
    let known = known(conn, ctx, &rules, question, &person, decided)?;
    let (explanation, seen) = (known.explanation, known.seen);
    if !seen.records.contains_key(&question.record) {
        return Err(Error::NotFound("record"));
    }
    let names = makers(conn, &explanation, &person)?;
    let words = words::Words {
        ctx,
        rules: &rules,
        question,
        user_type: &asks.user_type,
        person: &person,
        seen: &seen,
        makers: &names,
    };
    Ok(words.explained(&explanation, &barriers, known.complete))
}

/// Who sees some of a module's records only, as notes go with the records of other modules, learns of the rest nothing here either. Who
/// sees all of them may ask about those in the recycle bin too.
fn check_seen(conn: &mut Conn, ctx: &Ctx, asks: &Asks) -> Result<(), Error> {
    let access = ctx.snapshot.access(ctx.viewer, asks.module.id).ok_or(Error::NotFound("module"))?;
    let seen = sees_all(ctx, asks.module.id) || store::records::allows(conn, &access, asks.record, Wish::View)?;
    seen.then_some(()).ok_or(Error::NotFound("record"))
}

/// An explanation, and what it rests on.
struct Explains {
    explanation: Explanation,
    seen: Seen,
    complete: bool,
}

/// The explanation by what the database knows, of what it has decided.
fn known(conn: &mut Conn, ctx: &Ctx, rules: &Rules, question: Question, person: &Person, decided: bool) -> Result<Explains, Error> {
    let start = [(question.module, question.record), (person.module, person.record)];
    let facts = Known::new(conn, rules.catalogue, viewer(ctx, question.user_type, person).asker(), &start);
    // The person is named whatever is asked.
    facts.is_live(person.record);
    let mut explanation = reasons(rules, &facts, question);
    let complete = facts.is_complete();
    if decided == explanation.allowed {
        explanation.flips = flips(rules, &facts, question, &explanation);
    } else {
        explanation.allowed = decided;
    }
    let seen = facts.finish()?;
    if complete && decided != rules_say(&explanation) {
        tracing::error!(?question, "an explanation says other than the plan");
    }
    Ok(Explains {
        explanation,
        seen,
        complete,
    })
}

/// What the reasons come to.
fn rules_say(explanation: &Explanation) -> bool {
    explanation.grants.iter().any(|g| g.allows)
}

fn viewer(ctx: &Ctx, user_type: UserTypeId, person: &Person) -> Viewer {
    Viewer {
        key: PlanKey::UserType(user_type),
        anchor: Some(person.record),
        actor: person.actor(),
        session: None,
        today: ctx.now.day(),
    }
}

/// What the database itself decides, by the same plan.
fn decided(
    conn: &mut Conn,
    ctx: &Ctx,
    catalogue: &Arc<Catalogue>,
    rules: &Rules,
    question: Question,
    person: &Person,
) -> Result<bool, Error> {
    let version = store::state::version(conn)?;
    let types = rules.types.iter().map(|(id, policy)| (*id, policy));
    let plans = Plans::of(version, catalogue, types, &rules.ceilings, std::iter::empty());
    match plans.bind(viewer(ctx, question.user_type, person), question.module) {
        Some(access) => Ok(store::records::allows(conn, &access, question.record, question.wish)?),
        None => Ok(false),
    }
}

/// The names of those who made the records that it depends on.
fn makers(conn: &mut Conn, explanation: &Explanation, person: &Person) -> Result<HashMap<i64, String>, Error> {
    let mut names = HashMap::from([(person.actor(), person.name.clone())]);
    for id in words::makers(explanation) {
        if let Some(name) = store::members::actor_name(conn, id)? {
            names.entry(id).or_insert(name);
        }
    }
    Ok(names)
}

/// Whether the one who asks for an explanation sees every record of a module.
fn sees_all(ctx: &Ctx, module: ModuleId) -> bool {
    let access = ctx.snapshot.access(ctx.viewer, module);
    access.is_some_and(|access| *access.plan().view() == Predicate::Always)
}

/// Whether the one who asks for an explanation sees records of a module.
fn sees(ctx: &Ctx, module: ModuleId) -> bool {
    ctx.snapshot.access(ctx.viewer, module).is_some()
}
