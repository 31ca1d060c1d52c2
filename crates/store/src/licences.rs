//! The licence pool: one row, locked by every claim. What happened to it is in the ledger.

mod bought;
mod ledger;
mod steps;

use domain::ids::UserTypeId;
use domain::licences::{Exhausted, LicencePolicy, Pool};
use domain::time::Day;

pub use bought::{CreditNote, Invoice, credit, insert_invoice, invoices, next_invoice, pay, put_subscription, subscription};
pub use ledger::{Appended, Entry, Happened, Wanted, append, consumed_at, each, ledger, newest_seats, seats, set_warned};

use crate::document;
use crate::engine::{Conn, Error};

/// Why a seat was not given.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    #[error(transparent)]
    Engine(#[from] Error),
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn read(conn: &mut Conn, policy: &LicencePolicy, lock: &str) -> Result<Pool, Error> {
    let sql = format!("SELECT grandfathered, purchased, consumed FROM :db.pool WHERE id = 1{lock}");
    let found = conn.row(&sql, &[], |row| {
        Ok(Pool {
            free: policy.free,
            grandfathered: count(row.int(0)?),
            purchased: count(row.int(1)?),
            consumed: count(row.int(2)?),
        })
    })?;
    found.ok_or_else(|| document::unreadable("the pool has no row"))
}

/// The pool as it stands.
pub fn pool(conn: &mut Conn, policy: &LicencePolicy) -> Result<Pool, Error> {
    read(conn, policy, "")
}

/// The pool as it stands, locked until the transaction ends.
pub fn lock(conn: &mut Conn, policy: &LicencePolicy) -> Result<Pool, Error> {
    let lock = conn.dialect().for_update();
    read(conn, policy, lock)
}

/// When the oldest invoice was due that is not paid, if there is one.
pub fn oldest_due(conn: &mut Conn) -> Result<Option<Day>, Error> {
    let found = conn.row("SELECT oldest_due FROM :db.pool WHERE id = 1", &[], |row| row.opt_int(0))?;
    Ok(found.flatten().map(Day))
}

fn write_consumed(conn: &mut Conn, pool: Pool) -> Result<(), Error> {
    conn.execute("UPDATE :db.pool SET consumed = $1 WHERE id = 1", &[whole(pool.consumed).into()])
        .map(drop)
}

fn memberships(conn: &mut Conn, email: &str) -> Result<i64, Error> {
    let found = conn.row("SELECT memberships FROM :db.seats WHERE email = $1", &[email.into()], |row| {
        row.int(0)
    })?;
    Ok(found.unwrap_or(0))
}

/// How many portal users a person is that hold their seat. 0: they hold none.
pub fn held(conn: &mut Conn, email: &str) -> Result<u64, Error> {
    memberships(conn, email).map(count)
}

/// Takes a seat for one more membership of a person; a person who has one already needs no other.
///
/// Locks the pool until the transaction ends, so that no two claims see the same last seat.
pub fn claim(conn: &mut Conn, policy: &LicencePolicy, email: &str) -> Result<Pool, ClaimError> {
    let pool = lock(conn, policy)?;
    let held = memberships(conn, email)?;
    let after = if held == 0 { pool.claim()? } else { pool };
    if held == 0 {
        write_consumed(conn, after)?;
    }
    conn.execute(
        "INSERT INTO :db.seats (email, memberships) VALUES ($1, 1) ON CONFLICT (email) DO UPDATE SET memberships = seats.memberships + 1",
        &[email.into()],
    )?;
    Ok(after)
}

/// Gives back one membership of a person, and with the last one the seat.
pub fn release(conn: &mut Conn, policy: &LicencePolicy, email: &str) -> Result<Pool, Error> {
    let pool = lock(conn, policy)?;
    if memberships(conn, email)? > 1 {
        conn.execute(
            "UPDATE :db.seats SET memberships = memberships - 1 WHERE email = $1",
            &[email.into()],
        )?;
        return Ok(pool);
    }
    let freed = conn.execute("DELETE FROM :db.seats WHERE email = $1", &[email.into()])?;
    let after = if freed == 1 { pool.release() } else { pool };
    write_consumed(conn, after)?;
    Ok(after)
}

/// Memberships that hold a seat, by user type: id, name, invited, active.
pub fn by_type(conn: &mut Conn) -> Result<Vec<(UserTypeId, String, u64, u64)>, Error> {
    conn.rows(
        "SELECT u.id, u.name,
            coalesce(sum(CASE WHEN m.status = 'invited' THEN 1 ELSE 0 END), 0),
            coalesce(sum(CASE WHEN m.status = 'active' THEN 1 ELSE 0 END), 0)
         FROM :db.user_types u LEFT JOIN :db.members m ON m.user_type_id = u.id
         GROUP BY u.id, u.name ORDER BY u.id",
        &[],
        |row| Ok((UserTypeId(row.int(0)?), row.text(1)?, count(row.int(2)?), count(row.int(3)?))),
    )
}
