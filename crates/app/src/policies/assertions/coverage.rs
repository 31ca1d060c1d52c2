//! Coverage: for each grant, whether a test shows that it lets people in and whether one shows that it keeps them out.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::access::{Explanation, InModule, NamedGrant, NamedPolicy, PolicySet, Question, Rules, Viewer, Wish, reasons};
use domain::ids::{RecordId, UserTypeId};
use domain::modules::Module;
use domain::portals::UserType;
use serde::Serialize;
use store::engine::Conn;
use store::records::Known;

use super::bench::Bench;
use super::reading::{Test, Tests, Word};
use super::{Asking, judge};
use crate::Error;

/// Which grants tests say something about. Only tests that hold count.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Coverage {
    pub grants: Vec<GrantCoverage>,
    /// How many tests there are, and how many of them do not hold and so count for nothing.
    pub tests: usize,
    pub failing: usize,
}

/// One grant, and the tests that say something about it.
#[derive(Debug, Clone, Serialize)]
pub struct GrantCoverage {
    #[serde(rename = "type")]
    pub user_type: String,
    pub module: String,
    /// Which records it is about, as the text of policies has it.
    pub records: String,
    /// The tests in which something is allowed through this grant.
    pub allow: Vec<String>,
    /// The tests in which something is denied that this grant would have allowed, had its records been more.
    pub deny: Vec<String>,
    /// Every record is shown to everybody: no test can show that it keeps something out.
    pub keeps_nothing_out: bool,
    #[serde(skip)]
    pub type_id: UserTypeId,
    /// Its place among the grants of the user type.
    #[serde(skip)]
    pub at: usize,
}

impl GrantCoverage {
    /// Whether tests would notice if the grant were taken away, and if it were widened.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        !self.allow.is_empty() && (self.keeps_nothing_out || !self.deny.is_empty())
    }
}

impl Coverage {
    /// The grants that lack a test of one sort or the other.
    pub fn uncovered(&self) -> impl Iterator<Item = &GrantCoverage> {
        self.grants.iter().filter(|g| !g.is_covered())
    }
}

type At = (UserTypeId, usize);

/// What the tests that hold say about the grants.
#[derive(Default)]
struct Proofs {
    allow: BTreeMap<At, Vec<String>>,
    deny: BTreeMap<At, Vec<String>>,
}

impl Proofs {
    fn add(all: &mut BTreeMap<At, Vec<String>>, at: At, test: &Test) {
        let titles = all.entry(at).or_default();
        if titles.last() != Some(&test.test.value) {
            titles.push(test.test.value.clone());
        }
    }
}

/// The coverage of these policies by tests.
pub fn coverage(conn: &mut Conn, tests: &Tests, set: PolicySet, types: Vec<UserType>, asking: &Asking<'_>) -> Result<Coverage, Error> {
    let bench = Bench::of(conn, set, types, tests, asking.today)?;
    let (mut proofs, mut failing) = (Proofs::default(), 0);
    for test in &tests.tests {
        match judge(conn, &bench, test)?.failed {
            Some(_) => failing += 1,
            None => prove(conn, &bench, test, &mut proofs)?,
        }
    }
    Ok(Coverage {
        grants: grants(&bench, &mut proofs),
        tests: tests.tests.len(),
        failing,
    })
}

/// Whom and what a test is about, where that is somebody of a user type.
struct Asked {
    user_type: UserTypeId,
    module: Arc<Module>,
    viewer: Viewer,
    record: Option<RecordId>,
}

fn prove(conn: &mut Conn, bench: &Bench, test: &Test, proofs: &mut Proofs) -> Result<(), Error> {
    let subject = bench.subject(conn, test)?;
    // What visitors see is one small grant for each module: the map of exposure says more of it than coverage could.
    let Some(user_type) = subject.user_type else { return Ok(()) };
    let subject = Asked {
        user_type,
        module: subject.module,
        viewer: subject.viewer,
        record: subject.record,
    };
    for word in &test.allow {
        for at in allowing(conn, bench, &subject, &word.value)? {
            Proofs::add(&mut proofs.allow, (subject.user_type, at), test);
        }
    }
    for word in &test.deny {
        for at in keeping_out(conn, bench, &subject, &word.value)? {
            Proofs::add(&mut proofs.deny, (subject.user_type, at), test);
        }
    }
    counted(conn, bench, &subject, test, proofs)
}

/// A number of records speaks of the one grant that shows any: that there are some, and that there are not more.
fn counted(conn: &mut Conn, bench: &Bench, subject: &Asked, test: &Test, proofs: &mut Proofs) -> Result<(), Error> {
    let policy = bench.policy(subject.user_type);
    let only = policy.and_then(|p| p.only_answer(subject.module.id, InModule::View));
    let (Some(count), Some(at)) = (test.count, only) else {
        return Ok(());
    };
    if count > 0 {
        Proofs::add(&mut proofs.allow, (subject.user_type, at), test);
    }
    if count < bench.all(conn, subject.module.id)? {
        Proofs::add(&mut proofs.deny, (subject.user_type, at), test);
    }
    Ok(())
}

fn allowing(conn: &mut Conn, bench: &Bench, subject: &Asked, word: &Word) -> Result<Vec<usize>, Error> {
    if let Some(explanation) = explained(conn, bench, subject, word)? {
        return Ok(explanation.allowing().collect());
    }
    let policy = bench.policy(subject.user_type);
    let only = |asked| policy?.only_answer(subject.module.id, asked);
    Ok(in_module(&subject.module, word).and_then(only).into_iter().collect())
}

fn keeping_out(conn: &mut Conn, bench: &Bench, subject: &Asked, word: &Word) -> Result<Vec<usize>, Error> {
    let explanation = explained(conn, bench, subject, word)?;
    Ok(explanation.map(|e| e.keeping_out().collect()).unwrap_or_default())
}

fn in_module(module: &Module, word: &Word) -> Option<InModule> {
    let field = |name: &str| module.field_named(name).map(|f| f.id);
    match word {
        Word::View => Some(InModule::View),
        Word::Create => Some(InModule::Create),
        Word::Read(name) => field(name).map(InModule::Read),
        Word::Write(name) => field(name).map(InModule::Write),
        Word::Edit | Word::Delete => None,
    }
}

/// How each grant comes to the answer about a record. None: no record is asked about, or more would have to be read than
/// one explanation reads, so that what it says proves nothing.
fn explained(conn: &mut Conn, bench: &Bench, subject: &Asked, word: &Word) -> Result<Option<Explanation>, Error> {
    let field = |name: &str| subject.module.field_named(name).map(|f| f.id);
    let wish = match word {
        Word::View => Some(Wish::View),
        Word::Edit => Some(Wish::Edit),
        Word::Delete => Some(Wish::Delete),
        Word::Read(name) => field(name).map(Wish::Read),
        Word::Write(name) => field(name).map(Wish::Write),
        Word::Create => None,
    };
    let (Some(record), Some(wish), Some(anchor)) = (subject.record, wish, subject.viewer.anchor) else {
        return Ok(None);
    };
    let question = Question {
        user_type: subject.user_type,
        module: subject.module.id,
        record,
        wish,
    };
    let rules = Rules {
        catalogue: &bench.catalogue,
        types: bench.counting(subject.user_type),
        ceilings: bench.set.ceilings.clone(),
    };
    let people = rules.policy(subject.user_type).map_or(subject.module.id, |p| p.personality);
    let start = [(subject.module.id, record), (people, anchor)];
    let facts = Known::new(conn, &bench.catalogue, subject.viewer.asker(), &start);
    let explanation = reasons(&rules, &facts, question);
    let complete = facts.is_complete();
    facts.finish()?;
    Ok(Some(explanation).filter(|_| complete))
}

fn grants(bench: &Bench, proofs: &mut Proofs) -> Vec<GrantCoverage> {
    let mut found = Vec::new();
    for user_type in &bench.types {
        let Some(policy) = bench.policy(user_type.id) else { continue };
        let named = NamedPolicy::of(&bench.catalogue, policy).grants;
        for (at, (grant, named)) in policy.grants.iter().zip(&named).enumerate() {
            let of = |all: &mut BTreeMap<At, Vec<String>>| all.remove(&(user_type.id, at)).unwrap_or_default();
            found.push(GrantCoverage {
                user_type: user_type.name.clone(),
                module: named.module.clone(),
                records: records(named),
                allow: of(&mut proofs.allow),
                deny: of(&mut proofs.deny),
                keeps_nothing_out: grant.keeps_nothing_out(),
                type_id: user_type.id,
                at,
            });
        }
    }
    found
}

/// Which records a grant is about, in the words of its text.
fn records(grant: &NamedGrant) -> String {
    let list = |key: &str, names: &Option<Vec<String>>| names.as_ref().map(|n| format!("{key} {}", n.join(", ")));
    let one = |key: &str, name: &Option<String>| name.as_ref().map(|n| format!("{key} {n}"));
    let flag = |key: &str, is: bool| is.then(|| key.to_owned());
    let which: Vec<String> = [
        list("via", &grant.via),
        one("account", &grant.account),
        one("parent", &grant.parent),
        list("path", &grant.path),
        one("children_of", &grant.children_of),
        flag("attached", grant.attached),
        flag("created", grant.created),
        flag("shared", grant.shared),
        flag("public", grant.public),
    ]
    .into_iter()
    .flatten()
    .collect();
    let which = if which.is_empty() {
        "their own".to_owned()
    } else {
        which.join(", ")
    };
    let narrowed = [one("where", &grant.criteria), one("for", &grant.people)].into_iter().flatten();
    narrowed.fold(which, |text, more| format!("{text}, {more}"))
}
