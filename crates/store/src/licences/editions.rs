//! The edition of an organisation, beside the pool whose seats depend on it.

use domain::orgs::{Tenure, Told};
use domain::time::Day;

use crate::engine::{Conn, Error};

/// Keeps which edition an organisation has since when, and until when it is on trial. It was told of nothing yet.
pub fn put_tenure(conn: &mut Conn, tenure: &Tenure) -> Result<(), Error> {
    let sql =
        "UPDATE :db.pool SET edition = $1, edition_since = $2, trial_ends = $3, closing_told = NULL, closing_told_on = NULL WHERE id = 1";
    let params = [
        tenure.edition.name().into(),
        tenure.since.0.into(),
        tenure.trial_ends.map(|day| day.0).into(),
    ];
    conn.execute(sql, &params).map(drop)
}

/// How an organisation was warned last that its portals are deleted.
pub fn closing_told(conn: &mut Conn) -> Result<Option<Told>, Error> {
    let sql = "SELECT closing_told, closing_told_on FROM :db.pool WHERE id = 1";
    let found = conn.row(sql, &[], |row| Ok((row.opt_int(0)?, row.opt_int(1)?)))?;
    Ok(found.and_then(|(days, on)| {
        Some(Told {
            days: days?,
            on: Day(on.unwrap_or(0)),
        })
    }))
}

/// Keeps how an organisation was warned.
pub fn set_closing_told(conn: &mut Conn, told: Told) -> Result<(), Error> {
    let sql = "UPDATE :db.pool SET closing_told = $1, closing_told_on = $2 WHERE id = 1";
    conn.execute(sql, &[told.days.into(), told.on.0.into()]).map(drop)
}
