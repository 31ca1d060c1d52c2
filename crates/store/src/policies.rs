//! The policies of an organisation: versions, the one that is in force, drafts, the rule of the second administrator, and
//! the tests that are kept.

mod drafts;
mod rule;
mod tests;

use domain::access::PolicySet;
use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error, Row};
use crate::portals::Actor;

pub use drafts::{Draft, delete_draft, draft, drafts, insert_draft, lock_draft, save_draft};
pub use rule::{Rule, rule, set_rule};
pub use tests::{KeptTests, keep_tests, kept_tests};

/// A version that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub number: i64,
    pub note: String,
    /// Who wrote it, and who put it into force: two people where a second one has to approve.
    pub created: Moment,
    pub created_by: Actor,
    pub published: Moment,
    pub published_by: Actor,
}

/// A version that is to be published.
#[derive(Debug, Clone)]
pub struct NewVersion<'a> {
    pub set: &'a PolicySet,
    pub note: &'a str,
    /// Who wrote it, and when.
    pub created: (i64, Moment),
    /// Who puts it into force, and when.
    pub published: (i64, Moment),
}

const VERSION: &str = "SELECT v.number, v.note, v.created_time, v.created_by, coalesce(c.name, ''),
        v.published_time, v.published_by, coalesce(p.name, '') FROM :db.policy_versions v
        LEFT JOIN :db.actors c ON c.id = v.created_by LEFT JOIN :db.actors p ON p.id = v.published_by";

fn version_of(row: &dyn Row) -> Result<Version, Error> {
    let actor = |at| {
        Ok::<_, Error>(Actor {
            id: row.int(at)?,
            name: row.text(at + 1)?,
        })
    };
    Ok(Version {
        number: row.int(0)?,
        note: row.text(1)?,
        created: Moment(row.int(2)?),
        created_by: actor(3)?,
        published: Moment(row.int(5)?),
        published_by: actor(6)?,
    })
}

/// The latest versions, newest first.
pub fn versions(conn: &mut Conn, limit: u32) -> Result<Vec<Version>, Error> {
    conn.rows(&format!("{VERSION} ORDER BY v.number DESC LIMIT $1"), &[limit.into()], |row| {
        version_of(row)
    })
}

/// The version with this number.
pub fn version(conn: &mut Conn, number: i64) -> Result<Option<Version>, Error> {
    conn.row(&format!("{VERSION} WHERE v.number = $1"), &[number.into()], |row| version_of(row))
}

/// What a version says. None: there is no such version, or what it says cannot be read.
pub fn document(conn: &mut Conn, number: i64) -> Result<Option<PolicySet>, Error> {
    let text = conn.row(
        "SELECT document FROM :db.policy_versions WHERE number = $1",
        &[number.into()],
        |row| row.text(0),
    )?;
    Ok(text.and_then(|text| readable(&text, number)))
}

/// An error closes: a document that cannot be read grants nothing, and is never guessed at.
fn readable(text: &str, number: i64) -> Option<PolicySet> {
    let read = document::read(text);
    read.inspect_err(|error| tracing::error!(version = number, %error, "the policies cannot be read and grant nothing"))
        .ok()
}

/// The number of the version that is in force, and what it says if that can be read. Where nothing was ever published
/// the number is 0 and nothing is granted.
pub fn published(conn: &mut Conn) -> Result<(i64, Option<PolicySet>), Error> {
    let found = conn.row(
        "SELECT s.policy_version, v.document FROM :db.state s
         LEFT JOIN :db.policy_versions v ON v.number = s.policy_version WHERE s.id = 1",
        &[],
        |row| Ok((row.int(0)?, row.opt_text(1)?)),
    )?;
    Ok(match found {
        Some((number, Some(text))) => (number, readable(&text, number)),
        Some((0, None)) | None => (0, Some(PolicySet::default())),
        Some((number, None)) => (number, None),
    })
}

/// The same, and nobody else publishes until the transaction ends.
pub fn lock_published(conn: &mut Conn) -> Result<(i64, Option<PolicySet>), Error> {
    let lock = format!("SELECT version FROM :db.state WHERE id = 1{}", conn.dialect().for_update());
    conn.row(&lock, &[], |row| row.int(0))?;
    published(conn)
}

/// Puts a version into force in the place of `base`: one swap of the pointer, which raises the version of everything
/// too. None: `base` is not in force any more, and nothing was done.
pub fn publish(conn: &mut Conn, base: i64, new: &NewVersion<'_>) -> Result<Option<i64>, Error> {
    let number = base.saturating_add(1);
    let swapped = conn.execute(
        "UPDATE :db.state SET policy_version = $1, version = version + 1 WHERE id = 1 AND policy_version = $2",
        &[number.into(), base.into()],
    )?;
    if swapped == 0 {
        return Ok(None);
    }
    conn.execute(
        "INSERT INTO :db.policy_versions (number, document, note, created_time, created_by, published_time, published_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            number.into(),
            document::write(new.set)?.into(),
            new.note.into(),
            new.created.1.0.into(),
            new.created.0.into(),
            new.published.1.0.into(),
            new.published.0.into(),
        ],
    )?;
    Ok(Some(number))
}
