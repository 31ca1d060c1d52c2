//! Channels: where somebody wants to be told of changes.

use domain::ids::ModuleId;
use domain::notifications::{Event, Events, Watch};
use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error, Row};

/// Where somebody wants to be told of changes, and of which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub id: i64,
    /// Whose it is.
    pub owner: i64,
    /// By which its owner calls it.
    pub number: i64,
    /// By whose rights records are looked at; none for those of the command line.
    pub session: Option<i64>,
    pub url: String,
    /// By which whoever is told knows that it comes from here.
    pub token: Option<String>,
    /// What messages are signed with.
    pub secret: String,
    pub with_values: bool,
    pub with_related: bool,
    pub expires: Moment,
    /// Why the last attempt failed, if it did.
    pub last_error: Option<String>,
    /// In the order of their modules' ids.
    pub watches: Vec<Watch>,
}

const COLUMNS: &str =
    "SELECT id, owner, number, session_id, url, token, secret, with_values, with_related, expires_time, last_error FROM :db.channels";

/// The channel with this id.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Channel>, Error> {
    let found = conn.row(&format!("{COLUMNS} WHERE id = $1"), &[id.into()], |row| read(row))?;
    found.map(|channel| with_watches(conn, channel)).transpose()
}

/// Somebody's channel with this number. Nobody else changes it until the transaction ends.
pub fn lock(conn: &mut Conn, owner: i64, number: i64) -> Result<Option<Channel>, Error> {
    let lock = conn.dialect().for_update();
    let sql = format!("{COLUMNS} WHERE owner = $1 AND number = $2{lock}");
    let found = conn.row(&sql, &[owner.into(), number.into()], |row| read(row))?;
    found.map(|channel| with_watches(conn, channel)).transpose()
}

/// Somebody's channels that stand, in the order of their numbers.
pub fn of_owner(conn: &mut Conn, owner: i64, now: Moment) -> Result<Vec<Channel>, Error> {
    let sql = format!("{COLUMNS} WHERE owner = $1 AND expires_time > $2 ORDER BY number");
    let found = conn.rows(&sql, &[owner.into(), now.0.into()], |row| read(row))?;
    found.into_iter().map(|channel| with_watches(conn, channel)).collect()
}

/// Adds a channel. False: its owner has one with this number.
pub fn insert(conn: &mut Conn, channel: &Channel) -> Result<bool, Error> {
    let added = conn.execute(
        "INSERT INTO :db.channels (id, owner, number, session_id, url, token, secret, with_values, with_related, expires_time, last_error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (owner, number) DO NOTHING",
        &[
            channel.id.into(),
            channel.owner.into(),
            channel.number.into(),
            channel.session.into(),
            channel.url.as_str().into(),
            channel.token.as_deref().into(),
            channel.secret.as_str().into(),
            channel.with_values.into(),
            channel.with_related.into(),
            channel.expires.0.into(),
            channel.last_error.as_deref().into(),
        ],
    )?;
    if added > 0 {
        insert_watches(conn, channel)?;
    }
    Ok(added > 0)
}

/// Writes a channel over the one that has its id. What waits for it stays.
pub fn update(conn: &mut Conn, channel: &Channel) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.channels SET session_id = $2, url = $3, token = $4, secret = $5, with_values = $6, with_related = $7,
           expires_time = $8, last_error = NULL WHERE id = $1",
        &[
            channel.id.into(),
            channel.session.into(),
            channel.url.as_str().into(),
            channel.token.as_deref().into(),
            channel.secret.as_str().into(),
            channel.with_values.into(),
            channel.with_related.into(),
            channel.expires.0.into(),
        ],
    )?;
    conn.execute("DELETE FROM :db.watches WHERE channel_id = $1", &[channel.id.into()])?;
    insert_watches(conn, channel)
}

/// Takes a channel away, with what waits for it.
pub fn delete(conn: &mut Conn, id: i64) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.channels WHERE id = $1", &[id.into()]).map(drop)
}

/// Notes why an attempt failed, or that the last one did not.
pub fn note(conn: &mut Conn, id: i64, error: Option<&str>) -> Result<(), Error> {
    let sql = "UPDATE :db.channels SET last_error = $2 WHERE id = $1 AND coalesce(last_error, '') <> coalesce($2, '')";
    conn.execute(sql, &[id.into(), error.into()]).map(drop)
}

/// The channels that are to be told of a change to records of a module. They stay until the transaction ends.
pub fn watching(conn: &mut Conn, module: ModuleId, event: Event, now: Moment) -> Result<Vec<i64>, Error> {
    let lock = conn.dialect().for_key_share_of("c");
    let sql = format!(
        "SELECT w.channel_id, w.events FROM :db.watches w JOIN :db.channels c ON c.id = w.channel_id
         WHERE w.module_id = $1 AND c.expires_time > $2 ORDER BY w.channel_id{lock}"
    );
    let found = conn.rows(&sql, &[module.0.into(), now.0.into()], |row| Ok((row.int(0)?, row.int(1)?)))?;
    let wants = |(id, bits)| Events::of_bits(bits).is_some_and(|events| events.has(event)).then_some(id);
    Ok(found.into_iter().filter_map(wants).collect())
}

/// Forgets the channels that have expired.
pub fn forget(conn: &mut Conn, now: Moment) -> Result<u64, Error> {
    conn.execute("DELETE FROM :db.channels WHERE expires_time <= $1", &[now.0.into()])
}

fn insert_watches(conn: &mut Conn, channel: &Channel) -> Result<(), Error> {
    for watch in &channel.watches {
        let condition = watch.condition.as_ref().map(document::write).transpose()?;
        conn.execute(
            "INSERT INTO :db.watches (channel_id, module_id, events, condition) VALUES ($1, $2, $3, $4)",
            &[
                channel.id.into(),
                watch.module.0.into(),
                watch.events.bits().into(),
                condition.into(),
            ],
        )?;
    }
    Ok(())
}

fn with_watches(conn: &mut Conn, mut channel: Channel) -> Result<Channel, Error> {
    let sql = "SELECT module_id, events, condition FROM :db.watches WHERE channel_id = $1 ORDER BY module_id";
    channel.watches = conn.rows(sql, &[channel.id.into()], |row| {
        Ok(Watch {
            module: ModuleId(row.int(0)?),
            events: Events::of_bits(row.int(1)?).ok_or_else(|| document::unreadable("no such events"))?,
            condition: row.opt_text(2)?.as_deref().map(document::read).transpose()?,
        })
    })?;
    Ok(channel)
}

fn read(row: &dyn Row) -> Result<Channel, Error> {
    Ok(Channel {
        id: row.int(0)?,
        owner: row.int(1)?,
        number: row.int(2)?,
        session: row.opt_int(3)?,
        url: row.text(4)?,
        token: row.opt_text(5)?,
        secret: row.text(6)?,
        with_values: row.bool(7)?,
        with_related: row.bool(8)?,
        expires: Moment(row.int(9)?),
        last_error: row.opt_text(10)?,
        watches: Vec::new(),
    })
}
