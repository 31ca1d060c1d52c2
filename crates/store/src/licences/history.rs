//! What user types won and lost, day by day.

use domain::ids::UserTypeId;
use domain::licences::DayChange;
use domain::time::Day;

use crate::engine::{Conn, Error};

/// How many portal users with a seat each user type won or lost on each day from this one on.
pub fn changes(conn: &mut Conn, from: Day) -> Result<Vec<DayChange>, Error> {
    // Whoever was moved counts for the one user type as they do not for the other any more.
    let sql = "SELECT user_type_id, day, CAST(sum(change) AS BIGINT) FROM (
            SELECT user_type_id, at / 86400000000 AS day, change FROM :db.ledger WHERE at >= $1 AND change <> 0
            UNION ALL
            SELECT to_type_id, at / 86400000000, -change FROM :db.ledger WHERE at >= $1 AND to_type_id IS NOT NULL
        ) changes GROUP BY user_type_id, day";
    conn.rows(sql, &[from.start().0.into()], |row| {
        Ok(DayChange {
            user_type: UserTypeId(row.int(0)?),
            day: Day(row.int(1)?),
            change: row.int(2)?,
        })
    })
}
