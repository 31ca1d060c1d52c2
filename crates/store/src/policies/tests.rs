//! The tests of policies that the organisation keeps: one text.

use domain::time::Moment;

use crate::engine::{Conn, Error};
use crate::portals::Actor;

/// The tests as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTests {
    /// YAML; empty where none are kept.
    pub text: String,
    /// Raised by every change, so that nobody writes over what they have not seen. 0: none were ever kept.
    pub revision: i64,
    pub modified: Moment,
    pub modified_by: Actor,
}

/// The tests that are kept.
pub fn kept_tests(conn: &mut Conn) -> Result<KeptTests, Error> {
    let found = conn.row(
        "SELECT x.document, x.revision, x.modified_time, x.modified_by, coalesce(a.name, '')
         FROM :db.policy_tests x LEFT JOIN :db.actors a ON a.id = x.modified_by WHERE x.id = 1",
        &[],
        |row| {
            Ok(KeptTests {
                text: row.text(0)?,
                revision: row.int(1)?,
                modified: Moment(row.int(2)?),
                modified_by: Actor {
                    id: row.int(3)?,
                    name: row.text(4)?,
                },
            })
        },
    )?;
    // Where nobody can say what is to hold, nothing may be published as though nothing had to.
    found.ok_or_else(|| Error::Database("the row of the kept tests is not there".into()))
}

/// Keeps a text in the place of the one with the revision `seen`. False: it is another one by now, and nothing was done.
pub fn keep_tests(conn: &mut Conn, text: &str, seen: i64, (actor, now): (i64, Moment)) -> Result<bool, Error> {
    let kept = conn.execute(
        "UPDATE :db.policy_tests SET document = $1, revision = revision + 1, modified_time = $2, modified_by = $3
         WHERE id = 1 AND revision = $4",
        &[text.into(), now.0.into(), actor.into(), seen.into()],
    )?;
    Ok(kept == 1)
}
