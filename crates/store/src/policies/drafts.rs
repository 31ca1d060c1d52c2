//! Drafts: policies that are being worked on and are in force for nobody.

use domain::access::PolicySet;
use domain::ids::{PolicyDraftId, UserTypeId};
use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error, Row};
use crate::portals::{Actor, Stamps};

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub id: PolicyDraftId,
    pub name: String,
    /// The version in whose place it is to come.
    pub base: i64,
    /// Raised by every change, so that nobody publishes what they have not seen.
    pub revision: i64,
    /// It waits for the approval of a second administrator.
    pub waiting: bool,
    /// None: it cannot be read.
    pub set: Option<PolicySet>,
    /// The user types that are activated when it is published.
    pub opens: Vec<UserTypeId>,
    /// Everybody who worked on it.
    pub authors: Vec<i64>,
    pub stamps: Stamps,
}

const DRAFT: &str = "SELECT x.id, x.name, x.base_version, x.revision, x.waiting, x.document, x.opens, x.authors,
        x.created_time, x.created_by, coalesce(c.name, ''), x.modified_time, x.modified_by, coalesce(d.name, '')
        FROM :db.policy_drafts x
        LEFT JOIN :db.actors c ON c.id = x.created_by LEFT JOIN :db.actors d ON d.id = x.modified_by";

fn draft_of(row: &dyn Row) -> Result<Draft, Error> {
    let actor = |at| {
        Ok::<_, Error>(Actor {
            id: row.int(at)?,
            name: row.text(at + 1)?,
        })
    };
    let id = PolicyDraftId(row.int(0)?);
    let set = document::read(row.str(5)?);
    Ok(Draft {
        id,
        name: row.text(1)?,
        base: row.int(2)?,
        revision: row.int(3)?,
        waiting: row.bool(4)?,
        set: set
            .inspect_err(|error| tracing::error!(draft = id.0, %error, "a draft cannot be read"))
            .ok(),
        opens: document::read(row.str(6)?)?,
        authors: document::read(row.str(7)?)?,
        stamps: Stamps {
            created: Moment(row.int(8)?),
            created_by: actor(9)?,
            modified: Moment(row.int(11)?),
            modified_by: actor(12)?,
        },
    })
}

/// All drafts, oldest first.
pub fn drafts(conn: &mut Conn) -> Result<Vec<Draft>, Error> {
    conn.rows(&format!("{DRAFT} ORDER BY x.id"), &[], |row| draft_of(row))
}

/// The draft with this id.
pub fn draft(conn: &mut Conn, id: PolicyDraftId) -> Result<Option<Draft>, Error> {
    conn.row(&format!("{DRAFT} WHERE x.id = $1"), &[id.0.into()], |row| draft_of(row))
}

/// The same, and nobody else changes it until the transaction ends.
pub fn lock_draft(conn: &mut Conn, id: PolicyDraftId) -> Result<Option<Draft>, Error> {
    let lock = format!("SELECT id FROM :db.policy_drafts WHERE id = $1{}", conn.dialect().for_update());
    conn.row(&lock, &[id.0.into()], |row| row.int(0))?;
    draft(conn, id)
}

/// Adds a draft. Its stamps are what it says.
pub fn insert_draft(conn: &mut Conn, draft: &Draft) -> Result<(), Error> {
    let set = draft.set.as_ref().ok_or_else(|| document::unreadable("a draft without policies"))?;
    conn.execute(
        "INSERT INTO :db.policy_drafts (id, name, base_version, revision, waiting, document, opens, authors,
            created_time, created_by, modified_time, modified_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &[
            draft.id.0.into(),
            draft.name.as_str().into(),
            draft.base.into(),
            draft.revision.into(),
            draft.waiting.into(),
            document::write(set)?.into(),
            document::write(&draft.opens)?.into(),
            document::write(&draft.authors)?.into(),
            draft.stamps.created.0.into(),
            draft.stamps.created_by.id.into(),
            draft.stamps.modified.0.into(),
            draft.stamps.modified_by.id.into(),
        ],
    )
    .map(drop)
}

/// Puts a draft in the place of the one with its id. One that cannot be read stays as it is.
pub fn save_draft(conn: &mut Conn, draft: &Draft) -> Result<(), Error> {
    let set = draft.set.as_ref().ok_or_else(|| document::unreadable("a draft without policies"))?;
    conn.execute(
        "UPDATE :db.policy_drafts SET name = $2, base_version = $3, revision = $4, waiting = $5, document = $6, opens = $7,
            authors = $8, modified_time = $9, modified_by = $10 WHERE id = $1",
        &[
            draft.id.0.into(),
            draft.name.as_str().into(),
            draft.base.into(),
            draft.revision.into(),
            draft.waiting.into(),
            document::write(set)?.into(),
            document::write(&draft.opens)?.into(),
            document::write(&draft.authors)?.into(),
            draft.stamps.modified.0.into(),
            draft.stamps.modified_by.id.into(),
        ],
    )
    .map(drop)
}

/// Takes a draft out.
pub fn delete_draft(conn: &mut Conn, id: PolicyDraftId) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.policy_drafts WHERE id = $1", &[id.0.into()])
        .map(drop)
}
