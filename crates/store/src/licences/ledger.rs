//! The ledger: what happened to the pool, in order, each entry with the seats held after it. Nothing is ever changed in it.

use domain::ids::{MemberId, UserTypeId};
use domain::licences::{About, Event, Recorded, Seat};
use domain::time::Moment;

use super::{COLUMNS, State, count, state, steps, whole};
use crate::document;
use crate::engine::{Conn, Error, Param, Row};

/// What happened.
#[derive(Debug, Clone)]
pub struct Happened {
    pub id: i64,
    pub at: Moment,
    pub event: Event,
    pub actor: i64,
    pub about: About,
}

/// The ledger and the pool after an entry.
#[derive(Debug, Clone)]
pub struct Appended {
    /// The entry's number.
    pub number: u64,
    pub state: State,
    /// How full, in per cent, the pool was said to be last.
    pub warned: u64,
}

/// Appends to the ledger, after the pool was changed. Holds the pool until the transaction
/// ends: the numbers have no gaps, and are in the order in which the seats were given.
pub fn append(conn: &mut Conn, happened: &Happened) -> Result<Appended, Error> {
    let sql = format!("UPDATE :db.pool SET events = events + 1 WHERE id = 1 RETURNING {COLUMNS}, events, warned");
    let after = conn.row(&sql, &[], |row| {
        Ok(Appended {
            number: count(row.int(10)?),
            warned: count(row.int(11)?),
            state: state(row)?,
        })
    })?;
    let after = after.ok_or_else(|| document::unreadable("the pool has no row"))?;
    let (seat, licences) = match &happened.about {
        About::Seat(seat) => (Some(seat), Param::Null),
        About::Licences(step) => (None, Param::Text(steps::write(step)?)),
        About::CutOver(moved) => (None, Param::Text(steps::write_cut_over(moved)?)),
        About::Edition(tenure) => (None, Param::Text(steps::write_tenure(tenure)?)),
        About::Granted(grant) => (None, Param::Text(steps::write_grant(grant)?)),
    };
    conn.execute(
        "INSERT INTO :db.ledger
            (id, number, at, event, actor, member_id, user_type_id, to_type_id, change, email, licences, consumed, purchased)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            happened.id.into(),
            whole(after.number).into(),
            happened.at.0.into(),
            happened.event.name().into(),
            happened.actor.into(),
            seat.map(|seat| seat.member.0).into(),
            seat.map(|seat| seat.user_type.0).into(),
            seat.and_then(|seat| seat.to).map(|to| to.0).into(),
            seat.map_or(0, |seat| seat.change).into(),
            seat.map_or(Param::Null, |seat| Param::Text(seat.email.clone())),
            licences,
            whole(after.state.counts.consumed).into(),
            whole(after.state.purchased).into(),
        ],
    )?;
    Ok(after)
}

/// Keeps how full, in per cent, the pool was said to be.
pub fn set_warned(conn: &mut Conn, percent: u64) -> Result<(), Error> {
    conn.execute("UPDATE :db.pool SET warned = $1 WHERE id = 1", &[whole(percent).into()])
        .map(drop)
}

/// How many seats were held at a moment: after the last entry before it. None: there was none yet.
pub fn consumed_at(conn: &mut Conn, at: Moment) -> Result<Option<u64>, Error> {
    let sql = "SELECT consumed FROM :db.ledger WHERE at <= $1 ORDER BY at DESC, number DESC LIMIT 1";
    Ok(conn.row(sql, &[at.0.into()], |row| row.int(0))?.map(count))
}

/// An entry, for people to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub recorded: Recorded,
    pub at: Moment,
    /// Who did it.
    pub actor: String,
}

/// Which entries are wanted; those that are not restricted are all.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those before this number: the next page.
    pub before: Option<u64>,
    pub email: Option<String>,
    pub user_type: Option<UserTypeId>,
    pub event: Option<Event>,
    pub limit: u32,
}

const ENTRY: &str = "l.number, l.event, l.member_id, l.user_type_id, l.email, l.consumed, l.at, coalesce(a.name, ''), l.purchased, l.licences, l.to_type_id, l.change";

fn entry(row: &dyn Row) -> Result<Entry, Error> {
    let name = row.text(1)?;
    let event = Event::parse(&name).ok_or_else(|| document::unreadable("the ledger has an unknown event"))?;
    Ok(Entry {
        recorded: Recorded {
            number: count(row.int(0)?),
            event,
            about: match row.opt_text(9)? {
                Some(moved) if event == Event::CutOver => About::CutOver(steps::read_cut_over(&moved)?),
                Some(tenure) if event == Event::EditionChanged => About::Edition(steps::read_tenure(&tenure)?),
                Some(grant) if event == Event::Granted => About::Granted(steps::read_grant(&grant)?),
                Some(licences) => About::Licences(steps::read(&licences)?),
                None => About::Seat(Seat {
                    member: MemberId(row.opt_int(2)?.unwrap_or(0)),
                    user_type: UserTypeId(row.opt_int(3)?.unwrap_or(0)),
                    to: row.opt_int(10)?.map(UserTypeId),
                    change: row.int(11)?,
                    email: row.opt_text(4)?.unwrap_or_default(),
                }),
            },
            consumed: count(row.int(5)?),
            purchased: count(row.int(8)?),
        },
        at: Moment(row.int(6)?),
        actor: row.text(7)?,
    })
}

/// The entries that are wanted, newest first.
pub fn ledger(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<Entry>, Error> {
    let (mut sql, mut params) = (
        format!("SELECT {ENTRY} FROM :db.ledger l LEFT JOIN :db.actors a ON a.id = l.actor"),
        Vec::new(),
    );
    let mut only = |condition: &str, value: Param| {
        params.push(value);
        let word = if params.len() == 1 { "WHERE" } else { "AND" };
        sql += &format!(" {word} {}", condition.replace('$', &format!("${}", params.len())));
    };
    if let Some(before) = wanted.before {
        only("l.number < $", i64::try_from(before).unwrap_or(i64::MAX).into());
    }
    if let Some(email) = &wanted.email {
        only("l.email = $", email.as_str().into());
    }
    if let Some(user_type) = wanted.user_type {
        // Whoever was moved is looked for where they were and where they are.
        only("(l.user_type_id = $ OR l.to_type_id = $)", user_type.0.into());
    }
    if let Some(event) = wanted.event {
        only("l.event = $", event.name().into());
    }
    params.push(wanted.limit.into());
    sql += &format!(" ORDER BY l.number DESC LIMIT ${}", params.len());
    conn.rows(&sql, &params, |row| entry(row))
}

/// Gives every entry, the first one first, to `take`.
pub fn each(conn: &mut Conn, mut take: impl FnMut(&Recorded)) -> Result<(), Error> {
    let sql = format!("SELECT {ENTRY} FROM :db.ledger l LEFT JOIN :db.actors a ON a.id = l.actor ORDER BY l.number");
    conn.query(&sql, &[], &mut |row| {
        take(&entry(row)?.recorded);
        Ok(())
    })
}

/// Who holds a seat, with how many portal users each is, as the pool has it.
pub fn seats(conn: &mut Conn) -> Result<Vec<(String, u64)>, Error> {
    let sql = "SELECT email, memberships FROM :db.seats ORDER BY email";
    conn.rows(sql, &[], |row| Ok((row.text(0)?, count(row.int(1)?))))
}

/// The addresses of those who got the seat they hold last, the newest first.
pub fn newest_seats(conn: &mut Conn, limit: u32) -> Result<Vec<String>, Error> {
    let sql = "SELECT s.email FROM :db.seats s JOIN :db.ledger l ON l.email = s.email AND l.event IN ('invited', 'activated')
        GROUP BY s.email ORDER BY max(l.number) DESC LIMIT $1";
    conn.rows(sql, &[limit.into()], |row| row.text(0))
}
