//! The edition of an organisation, beside the pool whose seats depend on it.

use domain::orgs::Tenure;

use crate::engine::{Conn, Error};

/// Keeps which edition an organisation has since when, and until when it is on trial. It was told of nothing yet.
pub fn put_tenure(conn: &mut Conn, tenure: &Tenure) -> Result<(), Error> {
    let sql = "UPDATE :db.pool SET edition = $1, edition_since = $2, trial_ends = $3, closing_told = NULL WHERE id = 1";
    let params = [
        tenure.edition.name().into(),
        tenure.since.0.into(),
        tenure.trial_ends.map(|day| day.0).into(),
    ];
    conn.execute(sql, &params).map(drop)
}

/// How many days before its portals are deleted an organisation was told last.
pub fn closing_told(conn: &mut Conn) -> Result<Option<i64>, Error> {
    let found = conn.row("SELECT closing_told FROM :db.pool WHERE id = 1", &[], |row| row.opt_int(0))?;
    Ok(found.flatten())
}

/// Keeps how many days before an organisation was told.
pub fn set_closing_told(conn: &mut Conn, days: i64) -> Result<(), Error> {
    conn.execute("UPDATE :db.pool SET closing_told = $1 WHERE id = 1", &[days.into()])
        .map(drop)
}
