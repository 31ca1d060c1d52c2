//! Sign-ups: people who ask to become portal users themselves.

use std::collections::BTreeMap;

use domain::ids::{FieldId, RecordId, SignUpId, UserTypeId};
use domain::members::sign_up::{PROOF_SECONDS, Stage};
use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error, Param, Row};

/// What was typed, by field; several texts where several can be chosen.
pub type Answers = BTreeMap<FieldId, Vec<String>>;

/// Somebody who signed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUp {
    pub id: SignUpId,
    pub user_type: UserTypeId,
    pub email: String,
    pub name: String,
    pub answers: Answers,
    pub stage: Stage,
    pub asked: Moment,
    /// When they proved their address.
    pub proven: Option<Moment>,
    /// The record as which they are let in; without, a new one is made.
    pub record: Option<RecordId>,
    /// Who decided that they are let in; without, nobody had to.
    pub decided_by: Option<i64>,
    /// Why they could not be let in.
    pub trouble: Option<String>,
}

const COLUMNS: &str = "SELECT id, user_type_id, email, name, answers, stage, asked_time, proven_time, record_id, decided_by, trouble
    FROM :db.sign_ups";

fn sign_up(row: &dyn Row) -> Result<SignUp, Error> {
    let stage = row.text(5)?;
    Ok(SignUp {
        id: SignUpId(row.int(0)?),
        user_type: UserTypeId(row.int(1)?),
        email: row.text(2)?,
        name: row.text(3)?,
        answers: document::read(&row.text(4)?)?,
        stage: Stage::named(&stage).ok_or_else(|| document::unreadable(format!("{stage} is not a stage")))?,
        asked: Moment(row.int(6)?),
        proven: row.opt_int(7)?.map(Moment),
        record: row.opt_int(8)?.map(RecordId),
        decided_by: row.opt_int(9)?,
        trouble: row.opt_text(10)?,
    })
}

/// Adds somebody whose address is not proven yet; `hash` is that of the secret that proves it.
pub fn insert(conn: &mut Conn, new: &SignUp, hash: &str) -> Result<(), Error> {
    let answers = document::write(&new.answers)?;
    conn.execute(
        "INSERT INTO :db.sign_ups (id, user_type_id, email, name, answers, stage, hash, asked_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            new.id.0.into(),
            new.user_type.0.into(),
            new.email.as_str().into(),
            new.name.as_str().into(),
            answers.into(),
            Stage::Unproven.name().into(),
            hash.into(),
            new.asked.0.into(),
        ],
    )
    .map(drop)
}

/// How many links to an address work still that were sent for a user type.
pub fn unproven(conn: &mut Conn, user_type: UserTypeId, email: &str, now: Moment) -> Result<u64, Error> {
    let sql = "SELECT count(*) FROM :db.sign_ups WHERE user_type_id = $1 AND email = $2 AND proven_time IS NULL AND asked_time >= $3";
    let since = now.plus_seconds(-PROOF_SECONDS);
    let found = conn.row(sql, &[user_type.0.into(), email.into(), since.0.into()], |row| row.int(0))?;
    Ok(found.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}

/// Whose address the secret with this hash proves, if it was not proven yet.
pub fn by_hash(conn: &mut Conn, hash: &str) -> Result<Option<SignUp>, Error> {
    conn.row(&format!("{COLUMNS} WHERE hash = $1"), &[hash.into()], |row| sign_up(row))
}

/// The same, locked until the transaction ends.
pub fn lock_by_hash(conn: &mut Conn, hash: &str) -> Result<Option<SignUp>, Error> {
    let lock = conn.dialect().for_update();
    conn.row(&format!("{COLUMNS} WHERE hash = $1{lock}"), &[hash.into()], |row| sign_up(row))
}

/// The one with this id who has proven the address, locked until the transaction ends.
pub fn lock(conn: &mut Conn, id: SignUpId) -> Result<Option<SignUp>, Error> {
    let lock = conn.dialect().for_update();
    let sql = format!("{COLUMNS} WHERE id = $1 AND proven_time IS NOT NULL{lock}");
    conn.row(&sql, &[id.0.into()], |row| sign_up(row))
}

/// The one with this id.
pub fn by_id(conn: &mut Conn, id: SignUpId) -> Result<Option<SignUp>, Error> {
    conn.row(&format!("{COLUMNS} WHERE id = $1"), &[id.0.into()], |row| sign_up(row))
}

/// Whether somebody with this address has signed up for a user type and proven it.
pub fn is_in_line(conn: &mut Conn, user_type: UserTypeId, email: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM :db.sign_ups WHERE user_type_id = $1 AND email = $2 AND proven_time IS NOT NULL";
    Ok(conn.row(sql, &[user_type.0.into(), email.into()], |_| Ok(()))?.is_some())
}

/// Notes that the address is proven; the secret works no more.
pub fn prove(conn: &mut Conn, id: SignUpId, stage: Stage, now: Moment) -> Result<(), Error> {
    let sql = "UPDATE :db.sign_ups SET stage = $1, proven_time = $2, hash = NULL WHERE id = $3";
    conn.execute(sql, &[stage.name().into(), now.0.into(), id.0.into()]).map(drop)
}

/// Notes that they get in when a seat is free, and who decided it.
pub fn accept(conn: &mut Conn, id: SignUpId, record: Option<RecordId>, by: i64) -> Result<(), Error> {
    let sql = "UPDATE :db.sign_ups SET stage = $1, record_id = $2, decided_by = $3, trouble = NULL WHERE id = $4";
    let record: Param = record.map(|r| r.0).into();
    conn.execute(sql, &[Stage::Waiting.name().into(), record, by.into(), id.0.into()])
        .map(drop)
}

/// Notes why they could not be let in: an employee decides again.
pub fn put_back(conn: &mut Conn, id: SignUpId, trouble: &str) -> Result<(), Error> {
    let sql = "UPDATE :db.sign_ups SET stage = $1, trouble = $2 WHERE id = $3";
    conn.execute(sql, &[Stage::Asking.name().into(), trouble.into(), id.0.into()])
        .map(drop)
}

/// Forgets somebody: they were let in or turned away.
pub fn delete(conn: &mut Conn, id: SignUpId) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.sign_ups WHERE id = $1", &[id.0.into()]).map(drop)
}

/// Whether nobody waits for a seat, and nobody's link has expired.
pub fn is_idle(conn: &mut Conn, now: Moment) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM :db.sign_ups WHERE stage = 'waiting' OR (stage = 'unproven' AND asked_time < $1) LIMIT 1";
    let since = now.plus_seconds(-PROOF_SECONDS);
    Ok(conn.row(sql, &[since.0.into()], |_| Ok(()))?.is_none())
}

/// Forgets those whose link has expired.
pub fn delete_expired(conn: &mut Conn, now: Moment) -> Result<(), Error> {
    let since = now.plus_seconds(-PROOF_SECONDS);
    conn.execute(
        "DELETE FROM :db.sign_ups WHERE stage = 'unproven' AND asked_time < $1",
        &[since.0.into()],
    )
    .map(drop)
}

/// The next of these user types to get in: who waits longest. Locked until the transaction ends.
pub fn next(conn: &mut Conn, user_types: &[UserTypeId]) -> Result<Option<SignUp>, Error> {
    let holes: Vec<String> = (0..user_types.len()).map(|at| format!("${}", at.saturating_add(2))).collect();
    let lock = conn.dialect().for_update();
    let sql = format!(
        "{COLUMNS} WHERE stage = $1 AND user_type_id IN ({}) ORDER BY proven_time, id LIMIT 1{lock}",
        holes.join(", ")
    );
    let mut params: Vec<Param> = vec![Stage::Waiting.name().into()];
    params.extend(user_types.iter().map(|id| Param::from(id.0)));
    conn.row(&sql, &params, |row| sign_up(row))
}

/// Those about whom somebody has to decide or who wait for a seat, the longest first.
pub fn in_line(conn: &mut Conn, limit: u32) -> Result<Vec<SignUp>, Error> {
    let sql = format!("{COLUMNS} WHERE stage IN ('asking', 'waiting') ORDER BY proven_time, id LIMIT $1");
    conn.rows(&sql, &[limit.into()], |row| sign_up(row))
}

/// How many there are about whom somebody has to decide, and how many who wait for a seat.
pub fn counts(conn: &mut Conn) -> Result<(u64, u64), Error> {
    let sql = "SELECT coalesce(sum(CASE WHEN stage = 'asking' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN stage = 'waiting' THEN 1 ELSE 0 END), 0)
        FROM :db.sign_ups WHERE stage IN ('asking', 'waiting')";
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let found = conn.row(sql, &[], |row| Ok((count(row.int(0)?), count(row.int(1)?))))?;
    Ok(found.unwrap_or_default())
}
