//! Coming from one policy to another: who is counted, and what stays of it.

use domain::licences::{Before, CutOver};

use super::{bought, count, whole};
use crate::engine::{Conn, Error};

/// Who holds a seat in a user type with which a portal began, each person once, and what is bought.
pub fn clients(conn: &mut Conn) -> Result<Before, Error> {
    let sql = "SELECT count(*), coalesce(sum(active), 0) FROM (
            SELECT max(CASE WHEN m.status = 'active' THEN 1 ELSE 0 END) AS active
            FROM :db.members m JOIN :db.user_types u ON u.id = m.user_type_id
            WHERE u.is_default = 1 AND m.status IN ('invited', 'active') GROUP BY m.email
        ) people";
    let (all, active) = conn
        .row(sql, &[], |row| Ok((count(row.int(0)?), count(row.int(1)?))))?
        .unwrap_or((0, 0));
    Ok(Before {
        clients_invited: all.saturating_sub(active),
        clients_active: active,
        subscription: bought::subscription(conn)?,
    })
}

/// Puts an organisation under its new policy, with the seats and licences that were promised.
pub fn put_cut_over(conn: &mut Conn, moved: &CutOver) -> Result<(), Error> {
    let after = moved.after(bought::subscription(conn)?);
    if let Some(subscription) = &after.subscription {
        bought::put_subscription(conn, subscription)?;
    }
    let sql = "UPDATE :db.pool SET policy = $1, grandfathered = $2 WHERE id = 1";
    conn.execute(sql, &[moved.to.as_str().into(), whole(after.grandfathered).into()])
        .map(drop)
}
