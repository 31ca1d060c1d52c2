//! The licence pool: one row, locked by every claim. What happened to it is in the ledger.

mod bought;
mod cut_over;
mod editions;
mod history;
mod ledger;
mod steps;

use domain::ids::UserTypeId;
use domain::licences::{Counts, Exhausted, FreeFor, Held, LicencePolicy, Policies, Pool, SeatKind, UnknownPolicy};
use domain::orgs::{Edition, Tenure};
use domain::time::Day;

pub use bought::{CreditNote, Invoice, credit, insert_invoice, invoices, next_invoice, owed, pay, put_subscription, subscription};
pub use cut_over::{clients, put_cut_over};
pub use editions::{closing_told, put_tenure, set_closing_told};
pub use history::changes;
pub use ledger::{Appended, Entry, Happened, Wanted, append, consumed_at, each, ledger, newest_seats, seats, set_warned};

use crate::document;
use crate::engine::{Conn, Error, Row};
use crate::orgs::Org;

/// Why nothing can be done with the pool, or a seat was not given.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    #[error(transparent)]
    Unknown(#[from] UnknownPolicy),
    #[error(transparent)]
    Engine(#[from] Error),
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// What is known of the pool, whatever policy holds.
#[derive(Debug, Clone)]
pub struct State {
    /// The name of the policy.
    pub policy: String,
    /// As in [`Licensed`].
    pub edition: Option<(Edition, Day)>,
    pub trial_ends: Option<Day>,
    oldest_due: Option<Day>,
    pub grandfathered: u64,
    pub granted: u64,
    pub purchased: u64,
    pub counts: Counts,
}

/// The pool, and what holds for it.
#[derive(Debug, Clone, Copy)]
pub struct Licensed<'p> {
    pub policy: &'p LicencePolicy,
    pub pool: Pool,
    /// The edition with its first day, if it was ever changed.
    pub edition: Option<(Edition, Day)>,
    /// The day on which the organisation's trial ends, while it has no more than that.
    pub trial_ends: Option<Day>,
    /// When the oldest invoice was due that is not paid, if there is one.
    pub oldest_due: Option<Day>,
}

impl Licensed<'_> {
    /// The edition: the one that it was changed to, else the one with which the organisation began; and its trial.
    #[must_use]
    pub fn tenure(&self, org: &Org) -> Tenure {
        let (edition, since) = self.edition.unwrap_or((org.edition, org.created.day()));
        Tenure {
            edition,
            since,
            trial_ends: self.trial_ends,
        }
    }
}

/// What [`state`] reads.
const COLUMNS: &str =
    "coalesce(policy, ''), edition, edition_since, trial_ends, oldest_due, grandfathered, purchased, consumed, beyond, granted";

fn state(row: &dyn Row) -> Result<State, Error> {
    let edition = match (row.opt_text(1)?, row.opt_int(2)?) {
        (Some(name), Some(since)) => Some((name.parse().map_err(document::unreadable)?, Day(since))),
        _ => None,
    };
    Ok(State {
        policy: row.text(0)?,
        edition,
        trial_ends: row.opt_int(3)?.map(Day),
        oldest_due: row.opt_int(4)?.map(Day),
        grandfathered: count(row.int(5)?),
        purchased: count(row.int(6)?),
        counts: Counts {
            consumed: count(row.int(7)?),
            beyond: count(row.int(8)?),
        },
        granted: count(row.int(9)?),
    })
}

impl State {
    /// The same by the policy that holds.
    pub fn under<'p>(&self, policies: &'p Policies) -> Result<Licensed<'p>, UnknownPolicy> {
        let policy = policies.holding(&self.policy)?;
        let (free, free_for) = match self.trial_ends {
            Some(_) => (Some(policy.limits.trial), FreeFor::Everybody),
            None => (policy.free, policy.free_for),
        };
        Ok(Licensed {
            policy,
            pool: Pool {
                free,
                free_for,
                grandfathered: self.grandfathered,
                granted: self.granted,
                purchased: self.purchased,
                consumed: self.counts.consumed,
                beyond: self.counts.beyond,
            },
            edition: self.edition,
            trial_ends: self.trial_ends,
            oldest_due: self.oldest_due,
        })
    }
}

/// The pool as it stands; no policy is asked.
pub fn look(conn: &mut Conn) -> Result<State, Error> {
    read(conn, "")
}

fn read(conn: &mut Conn, lock: &str) -> Result<State, Error> {
    let sql = format!("SELECT {COLUMNS} FROM :db.pool WHERE id = 1{lock}");
    let found = conn.row(&sql, &[], |row| state(row))?;
    found.ok_or_else(|| document::unreadable("the pool has no row"))
}

/// Locks the pool until the transaction ends; no policy is asked.
pub fn hold(conn: &mut Conn) -> Result<State, Error> {
    let lock = conn.dialect().for_update();
    read(conn, lock)
}

/// The pool as it stands.
pub fn pool<'p>(conn: &mut Conn, policies: &'p Policies) -> Result<Licensed<'p>, PoolError> {
    Ok(look(conn)?.under(policies)?)
}

/// The pool as it stands, locked until the transaction ends.
pub fn lock<'p>(conn: &mut Conn, policies: &'p Policies) -> Result<Licensed<'p>, PoolError> {
    Ok(hold(conn)?.under(policies)?)
}

/// Keeps how many free seats the operator has given, in all.
pub fn put_granted(conn: &mut Conn, seats: u64) -> Result<(), Error> {
    conn.execute("UPDATE :db.pool SET granted = $1 WHERE id = 1", &[whole(seats).into()])
        .map(drop)
}

/// Whether it stands there under which policy the organisation is.
pub fn has_policy(conn: &mut Conn) -> Result<bool, Error> {
    let found = conn.row("SELECT 1 FROM :db.pool WHERE id = 1 AND policy IS NOT NULL", &[], |row| row.int(0))?;
    Ok(found.is_some())
}

/// Writes down under which policy an organisation is, where that does not stand there yet.
pub fn begin(conn: &mut Conn, policy: &str) -> Result<(), Error> {
    let sql = "UPDATE :db.pool SET policy = $1 WHERE id = 1 AND policy IS NULL";
    conn.execute(sql, &[policy.into()]).map(drop)
}

/// As how many portal users a person holds their seat.
pub fn held(conn: &mut Conn, email: &str) -> Result<Held, Error> {
    let sql = "SELECT memberships, beyond FROM :db.seats WHERE email = $1";
    let found = conn.row(sql, &[email.into()], |row| {
        Ok(Held {
            memberships: count(row.int(0)?),
            beyond: count(row.int(1)?),
        })
    })?;
    Ok(found.unwrap_or_default())
}

/// Takes a seat for one more membership of a person; a person who has one already needs no other.
///
/// Locks the pool until the transaction ends, so that no two claims see the same last seat.
pub fn claim(conn: &mut Conn, policies: &Policies, email: &str, kind: SeatKind) -> Result<(), PoolError> {
    let pool = lock(conn, policies)?.pool;
    let had = held(conn, email)?;
    let (after, has) = pool.claim(had, kind)?;
    Ok(put(conn, email, (pool.counts(), had), (after.counts(), has))?)
}

/// Gives back one membership of a person, and with the last one the seat. No policy can be in the way of that.
pub fn release(conn: &mut Conn, email: &str, kind: SeatKind) -> Result<(), Error> {
    let counts = hold(conn)?.counts;
    let had = held(conn, email)?;
    let (after, has) = counts.release(had, kind);
    put(conn, email, (counts, had), (after, has))
}

/// Moves one membership of a person, who holds a seat, to a user type of another sort.
pub fn transfer(conn: &mut Conn, policies: &Policies, email: &str, (from, to): (SeatKind, SeatKind)) -> Result<(), PoolError> {
    let pool = lock(conn, policies)?.pool;
    let had = held(conn, email)?;
    let (after, has) = pool.transfer(had, from, to)?;
    Ok(put(conn, email, (pool.counts(), had), (after.counts(), has))?)
}

/// Hands one membership of a person over to whoever has another address; they hold a seat, and go on holding one there.
pub fn hand_over(conn: &mut Conn, policies: &Policies, (from, to): (&str, &str), kind: SeatKind) -> Result<(), PoolError> {
    let pool = lock(conn, policies)?.pool;
    let (had, theirs) = (held(conn, from)?, held(conn, to)?);
    let (after, left, given) = pool.hand_over(had, theirs, kind)?;
    put_counts(conn, pool.counts(), after.counts())?;
    put_held(conn, from, had, left)?;
    Ok(put_held(conn, to, theirs, given)?)
}

fn put(conn: &mut Conn, email: &str, (before, had): (Counts, Held), (after, has): (Counts, Held)) -> Result<(), Error> {
    put_counts(conn, before, after)?;
    put_held(conn, email, had, has)
}

fn put_counts(conn: &mut Conn, before: Counts, after: Counts) -> Result<(), Error> {
    if after == before {
        return Ok(());
    }
    let sql = "UPDATE :db.pool SET consumed = $1, beyond = $2 WHERE id = 1";
    conn.execute(sql, &[whole(after.consumed).into(), whole(after.beyond).into()])
        .map(drop)
}

fn put_held(conn: &mut Conn, email: &str, had: Held, has: Held) -> Result<(), Error> {
    if has == had {
        return Ok(());
    }
    if has.memberships == 0 {
        let sql = "DELETE FROM :db.seats WHERE email = $1";
        return conn.execute(sql, &[email.into()]).map(drop);
    }
    let sql = "INSERT INTO :db.seats (email, memberships, beyond) VALUES ($1, $2, $3)
        ON CONFLICT (email) DO UPDATE SET memberships = excluded.memberships, beyond = excluded.beyond";
    let params = [email.into(), whole(has.memberships).into(), whole(has.beyond).into()];
    conn.execute(sql, &params).map(drop)
}

/// Memberships that hold a seat, by user type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfType {
    pub id: UserTypeId,
    pub name: String,
    pub kind: SeatKind,
    pub invited: u64,
    pub active: u64,
}

/// Memberships that hold a seat, by user type.
pub fn by_type(conn: &mut Conn) -> Result<Vec<OfType>, Error> {
    conn.rows(
        "SELECT u.id, u.name, u.is_default,
            coalesce(sum(CASE WHEN m.status = 'invited' THEN 1 ELSE 0 END), 0),
            coalesce(sum(CASE WHEN m.status = 'active' THEN 1 ELSE 0 END), 0)
         FROM :db.user_types u LEFT JOIN :db.members m ON m.user_type_id = u.id
         GROUP BY u.id, u.name, u.is_default ORDER BY u.id",
        &[],
        |row| {
            Ok(OfType {
                id: UserTypeId(row.int(0)?),
                name: row.text(1)?,
                kind: SeatKind::of(row.int(2)? != 0),
                invited: count(row.int(3)?),
                active: count(row.int(4)?),
            })
        },
    )
}
