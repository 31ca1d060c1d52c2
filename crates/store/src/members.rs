//! Members: portal users and where they stand.

use domain::ids::{IdentityId, MemberId, ModuleId, RecordId, UserTypeId};
use domain::members::Status;
use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error, Param, Row};

/// A portal user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    pub user_type: UserTypeId,
    pub module: ModuleId,
    /// The record that the portal user is.
    pub record: RecordId,
    pub identity: IdentityId,
    pub email: String,
    pub name: String,
    pub status: Status,
    pub invited: Moment,
    pub invited_by: i64,
    pub confirmed: Option<Moment>,
    /// When they last came in as this portal user; the beginning of time if never.
    pub entered: Moment,
}

const COLUMNS: &str = "SELECT m.id, m.user_type_id, m.module_id, m.record_id, m.identity_id, m.email, m.name, m.status,
    m.invited_time, m.invited_by, m.confirmed_time, m.entered_time FROM :db.members m";

fn member(row: &dyn Row) -> Result<Member, Error> {
    let status = row.text(7)?;
    Ok(Member {
        id: MemberId(row.int(0)?),
        user_type: UserTypeId(row.int(1)?),
        module: ModuleId(row.int(2)?),
        record: RecordId(row.int(3)?),
        identity: IdentityId(row.int(4)?),
        email: row.text(5)?,
        name: row.text(6)?,
        status: Status::named(&status).ok_or_else(|| document::unreadable(format!("{status} is not a status")))?,
        invited: Moment(row.int(8)?),
        invited_by: row.int(9)?,
        confirmed: row.opt_int(10)?.map(Moment),
        entered: Moment(row.int(11)?),
    })
}

/// Adds a portal user. The same record or address twice in a user type breaks a unique key.
pub fn insert(conn: &mut Conn, member: &Member) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.members (id, user_type_id, module_id, record_id, identity_id, email, name, status, invited_time, invited_by, changed_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9)",
        &[
            member.id.0.into(),
            member.user_type.0.into(),
            member.module.0.into(),
            member.record.0.into(),
            member.identity.0.into(),
            member.email.as_str().into(),
            member.name.as_str().into(),
            member.status.name().into(),
            member.invited.0.into(),
            member.invited_by.into(),
        ],
    )?;
    add_actor(conn, member.id.0, &member.name, "member")
}

/// Notes who makes or changes records under an id.
pub fn add_actor(conn: &mut Conn, id: i64, name: &str, kind: &str) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.actors (id, name, kind) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        &[id.into(), name.into(), kind.into()],
    )
    .map(drop)
}

/// The name of whoever acts under an id; none for the product itself.
pub fn actor_name(conn: &mut Conn, id: i64) -> Result<Option<String>, Error> {
    let sql = "SELECT name FROM :db.actors WHERE id = $1 AND kind <> 'system'";
    conn.row(sql, &[id.into()], |row| row.text(0))
}

/// The portal user with this id, locked until the transaction ends.
pub fn lock(conn: &mut Conn, id: MemberId) -> Result<Option<Member>, Error> {
    let lock = conn.dialect().for_update();
    conn.row(&format!("{COLUMNS} WHERE m.id = $1{lock}"), &[id.0.into()], |row| member(row))
}

/// The portal user with this id.
pub fn by_id(conn: &mut Conn, id: MemberId) -> Result<Option<Member>, Error> {
    conn.row(&format!("{COLUMNS} WHERE m.id = $1"), &[id.0.into()], |row| member(row))
}

/// The portal users that an identity is, oldest first.
pub fn of_identity(conn: &mut Conn, identity: IdentityId) -> Result<Vec<Member>, Error> {
    conn.rows(
        &format!("{COLUMNS} WHERE m.identity_id = $1 ORDER BY m.id"),
        &[identity.0.into()],
        |row| member(row),
    )
}

/// The portal users that a record is, oldest first.
pub fn of_record(conn: &mut Conn, record: RecordId) -> Result<Vec<Member>, Error> {
    conn.rows(
        &format!("{COLUMNS} WHERE m.record_id = $1 ORDER BY m.id"),
        &[record.0.into()],
        |row| member(row),
    )
}

/// The portal user that a record is in a user type.
pub fn of_record_in(conn: &mut Conn, user_type: UserTypeId, record: RecordId) -> Result<Option<Member>, Error> {
    conn.row(
        &format!("{COLUMNS} WHERE m.user_type_id = $1 AND m.record_id = $2"),
        &[user_type.0.into(), record.0.into()],
        |row| member(row),
    )
}

/// The portal user with an address, in small letters, in a user type.
pub fn of_email_in(conn: &mut Conn, user_type: UserTypeId, email: &str) -> Result<Option<Member>, Error> {
    conn.row(
        &format!("{COLUMNS} WHERE m.user_type_id = $1 AND m.email = $2"),
        &[user_type.0.into(), email.into()],
        |row| member(row),
    )
}

/// The portal users that these records are in a user type.
pub fn of_records_in(conn: &mut Conn, user_type: UserTypeId, records: &[RecordId]) -> Result<Vec<Member>, Error> {
    let ids: Vec<i64> = records.iter().map(|id| id.0).collect();
    let among = conn.dialect().in_ints("m.record_id", 2);
    conn.rows(
        &format!("{COLUMNS} WHERE m.user_type_id = $1 AND {among}"),
        &[user_type.0.into(), document::write(&ids)?.into()],
        |row| member(row),
    )
}

/// Which portal users are listed.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub user_type: Option<UserTypeId>,
    pub status: Option<Status>,
    /// In the name or address.
    pub word: String,
    /// Those after this one.
    pub after: Option<MemberId>,
    pub limit: u32,
}

/// Portal users, newest first.
pub fn list(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<Member>, Error> {
    let (mut sql, mut params) = (format!("{COLUMNS} WHERE 1 = 1"), Vec::new());
    conditions(conn, wanted, &mut sql, &mut params);
    if let Some(after) = wanted.after {
        params.push(after.0.into());
        sql += &format!(" AND m.id < ${}", params.len());
    }
    params.push(wanted.limit.into());
    sql += &format!(" ORDER BY m.id DESC LIMIT ${}", params.len());
    conn.rows(&sql, &params, |row| member(row))
}

fn conditions(conn: &Conn, wanted: &Wanted, sql: &mut String, params: &mut Vec<Param>) {
    if let Some(id) = wanted.user_type {
        params.push(id.0.into());
        *sql += &format!(" AND m.user_type_id = ${}", params.len());
    }
    if let Some(status) = wanted.status {
        params.push(status.name().into());
        *sql += &format!(" AND m.status = ${}", params.len());
    }
    if !wanted.word.is_empty() {
        params.push(wanted.word.as_str().into());
        let needle = format!("${}", params.len());
        let (name, email) = (
            conn.dialect().contains("m.name", &needle),
            conn.dialect().contains("m.email", &needle),
        );
        *sql += &format!(" AND ({name} OR {email})");
    }
}

/// How many portal users there are, by status, whatever `status` is wanted.
pub fn counts(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<(Status, u64)>, Error> {
    let wanted = Wanted {
        status: None,
        ..wanted.clone()
    };
    let (mut sql, mut params) = ("SELECT m.status, count(*) FROM :db.members m WHERE 1 = 1".to_owned(), Vec::new());
    conditions(conn, &wanted, &mut sql, &mut params);
    sql += " GROUP BY m.status";
    let found = conn.rows(&sql, &params, |row| Ok((row.text(0)?, row.int(1)?)))?;
    let count = |status: Status| {
        found
            .iter()
            .find(|(name, _)| name == status.name())
            .map_or(0, |(_, n)| u64::try_from(*n).unwrap_or(0))
    };
    Ok(Status::ALL.into_iter().map(|status| (status, count(status))).collect())
}

/// Changes where a portal user stands.
pub fn set_status(conn: &mut Conn, id: MemberId, status: Status, now: Moment) -> Result<(), Error> {
    let confirmed = if status == Status::Active {
        ", confirmed_time = coalesce(confirmed_time, $3)"
    } else {
        ""
    };
    conn.execute(
        &format!("UPDATE :db.members SET status = $2, changed_time = $3{confirmed} WHERE id = $1"),
        &[id.0.into(), status.name().into(), now.0.into()],
    )
    .map(drop)
}

/// Notes that a portal user was invited again.
pub fn set_invited(conn: &mut Conn, id: MemberId, now: Moment) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.members SET invited_time = $2, changed_time = $2 WHERE id = $1",
        &[id.0.into(), now.0.into()],
    )
    .map(drop)
}

/// Notes that somebody comes in as this portal user, who is locked until the transaction ends. False: is not active, or not with
/// this address, (any more).
pub fn set_entered(conn: &mut Conn, member: &Member, now: Moment) -> Result<bool, Error> {
    let entered = conn.execute(
        "UPDATE :db.members SET entered_time = $2 WHERE id = $1 AND status = $3 AND identity_id = $4",
        &[
            member.id.0.into(),
            now.0.into(),
            Status::Active.name().into(),
            member.identity.0.into(),
        ],
    )?;
    Ok(entered == 1)
}

/// Gives a portal user another address, and whoever that is.
pub fn set_address(conn: &mut Conn, id: MemberId, email: &str, identity: IdentityId, now: Moment) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.members SET email = $2, identity_id = $3, changed_time = $4 WHERE id = $1",
        &[id.0.into(), email.into(), identity.0.into(), now.0.into()],
    )
    .map(drop)
}

/// Moves a portal user to another user type.
pub fn set_user_type(conn: &mut Conn, id: MemberId, to: UserTypeId, now: Moment) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.members SET user_type_id = $2, changed_time = $3 WHERE id = $1",
        &[id.0.into(), to.0.into(), now.0.into()],
    )
    .map(drop)
}

/// Takes a portal user out, with the links and sessions that lead to it.
pub fn delete(conn: &mut Conn, id: MemberId) -> Result<(), Error> {
    crate::accounts::end_sessions(conn, crate::accounts::Ending::Member(id))?;
    conn.execute("DELETE FROM :db.links WHERE member_id = $1", &[id.0.into()])?;
    conn.execute("DELETE FROM :db.members WHERE id = $1", &[id.0.into()]).map(drop)
}

/// Whether the record that a portal user is exists and is not in the recycle bin.
pub fn is_live(conn: &mut Conn, module: ModuleId, record: RecordId) -> Result<bool, Error> {
    let sql = format!(
        "SELECT id FROM :db.{} WHERE id = $1 AND deleted_time IS NULL",
        domain::modules::table_of(module)
    );
    Ok(conn.row(&sql, &[record.0.into()], |row| row.int(0))?.is_some())
}
