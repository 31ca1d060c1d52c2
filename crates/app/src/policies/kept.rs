//! The tests that the organisation keeps. Whatever puts policies into force runs them first, in its own transaction.

use domain::access::PolicySet;
use domain::ids::PolicyDraftId;
use domain::portals::UserType;
use store::engine::Conn;
use store::policies::KeptTests;

use super::assertions::{Asking, Coverage, Failing, MAX_TEXT, Report, Tests, check, coverage, read_tests, run};
use super::drafts::of_version;
use super::force::InForce;
use super::text::types;
use crate::audit;
use crate::{Ctx, Error};

/// Which policies: what kept tests are run against, what a look goes by, what two of are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What is in force.
    InForce,
    /// What this draft would put into force, and the user types that it opens.
    Draft(PolicyDraftId),
    /// What this version put into force, and going back to it would again.
    Version(i64),
}

/// The tests as they were written.
pub async fn kept_tests(ctx: &Ctx) -> Result<KeptTests, Error> {
    ctx.need_manage_portals()?;
    ctx.tenant.db.read(|conn| Ok(store::policies::kept_tests(conn)?)).await
}

/// Keeps a text of tests in the place of the one whose revision was `seen`: how many tests it holds. One that cannot be
/// read, or that names a user type, module or field that is not there, is refused with its line. Whether the tests hold
/// is another matter: one that does not is how a change begins.
pub async fn keep_tests(ctx: &Ctx, text: &str, seen: i64) -> Result<usize, Error> {
    ctx.need_manage_portals()?;
    let text = text.replace("\r\n", "\n");
    if text.chars().count() > MAX_TEXT {
        return Err(Error::PolicyText(format!(
            "the text is too long: expected at most {MAX_TEXT} characters"
        )));
    }
    if let Some(line) = text.lines().position(|l| l.chars().any(|c| c.is_control() && c != '\t')) {
        let line = line.saturating_add(1);
        return Err(Error::PolicyText(format!("line {line}: expected text without control characters")));
    }
    let tests = read_tests(&text)?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let catalogue = store::modules::load(conn)?;
            let portals: Vec<_> = store::portals::list(conn)?.into_iter().map(|(portal, _)| portal).collect();
            check(&tests, &catalogue, &types(conn)?, &portals)?;
            let kept = tests.tests.len();
            if !store::policies::keep_tests(conn, &text, seen, (task.viewer.actor, task.now))? {
                return Err(Error::TestsChanged);
            }
            audit::note_by(conn, &task, "policy_tests_kept", &format!("{kept} tests"))?;
            Ok(kept)
        })
        .await
}

/// Runs the kept tests. Changes nothing.
pub async fn run_kept(ctx: &Ctx, against: Which) -> Result<Report, Error> {
    ctx.need_manage_portals()?;
    let ctx = ctx.clone();
    let db = ctx.tenant.db.clone();
    db.snapshot(move |conn| {
        let tests = read(conn)?;
        let (set, types) = set_of(conn, against)?;
        run(conn, &tests, set, types, &Asking::by(&ctx))
    })
    .await
}

/// Which grants that are in force the kept tests say something about.
pub async fn kept_coverage(ctx: &Ctx) -> Result<Coverage, Error> {
    ctx.need_manage_portals()?;
    let ctx = ctx.clone();
    let db = ctx.tenant.db.clone();
    db.snapshot(move |conn| {
        let tests = read(conn)?;
        let (set, types) = set_of(conn, Which::InForce)?;
        coverage(conn, &tests, set, types, &Asking::by(&ctx))
    })
    .await
}

/// What would be in force, over which user types.
pub(super) fn set_of(conn: &mut Conn, against: Which) -> Result<(PolicySet, Vec<UserType>), Error> {
    let mut types = types(conn)?;
    let set = match against {
        Which::InForce => store::policies::published(conn)?.1.ok_or(Error::UnreadablePolicies)?,
        Which::Version(number) => of_version(conn, number)?,
        Which::Draft(id) => {
            let draft = store::policies::draft(conn, id)?.ok_or(Error::NotFound("draft"))?;
            for user_type in types.iter_mut().filter(|t| draft.opens.contains(&t.id)) {
                user_type.active = true;
            }
            draft.set.ok_or(Error::UnreadablePolicies)?
        }
    };
    Ok((set, types))
}

/// The kept tests. An error closes: where nobody can say what has to hold, nothing is published until somebody keeps
/// others.
fn read(conn: &mut Conn) -> Result<Tests, Error> {
    let tests = read_tests(&store::policies::kept_tests(conn)?.text);
    tests.map_err(|why| Error::PolicyText(format!("the kept tests cannot be read, keep others first: {why}")))
}

/// Refuses policies for which kept tests do not hold, unless exactly as many do not as were agreed to. `Some`: what was
/// agreed to, for the audit trail.
///
/// A failing test may name a person who has left, or be wrong itself. If it could not be passed over, nobody could close
/// what stands open meanwhile; if it could be passed over unseen, it would be no test. So whoever passes over says how many
/// there are, and is remembered for it.
pub(super) fn need_tests(conn: &mut Conn, set: &PolicySet, by: &InForce<'_>) -> Result<Option<String>, Error> {
    let tests = read(conn)?;
    if tests.tests.is_empty() {
        return Ok(None);
    }
    let asking = Asking {
        rights: by.rights,
        today: by.published.1.day(),
    };
    let types = types(conn)?;
    let Report { passed, failed, .. } = run(conn, &tests, set.clone(), types, &asking)?;
    let (found, of) = (failed.len(), passed + failed.len());
    if found == 0 {
        return Ok(None);
    }
    if by.despite != Some(found) {
        let agreed = by.despite;
        return Err(Error::TestsFail(Failing { failed, of, agreed }));
    }
    let mut titles: Vec<&str> = failed.iter().take(3).map(|f| f.test.as_str()).collect();
    if found > titles.len() {
        titles.push("…");
    }
    Ok(Some(format!("although {found} of {of} tests did not hold: {}", titles.join("; "))))
}
