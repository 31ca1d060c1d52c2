//! What one access shows and another does not: for comparing policies before one takes the place of the other.

use domain::access::{Access, Predicate};
use domain::ids::{FieldId, RecordId};

use super::sql::Sql;
use crate::engine::{Conn, Error};

/// Records that one access shows and another does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Only {
    pub count: u64,
    /// The first of them.
    pub first: Vec<RecordId>,
}

/// The live records that `access` shows and `other`, the same viewer's under another policy, does not: as a whole, or the
/// `field` of them. At most `most` are named.
pub fn only_in(conn: &mut Conn, access: &Access, other: Option<&Access>, field: Option<FieldId>, most: u32) -> Result<Only, Error> {
    let (shown, hidden) = (extent(access, field), other.map_or(Predicate::Never, |other| extent(other, field)));
    if shown == hidden || shown == Predicate::Never || hidden == Predicate::Always {
        return Ok(Only::default());
    }
    let mut sql = Sql::new(conn.dialect(), access);
    sql.push(" FROM :db.")
        .push(&access.plan().module().table())
        .push(" t WHERE t.deleted_time IS NULL AND ");
    sql.predicate("t", &shown);
    sql.push(" AND (");
    sql.predicate("t", &hidden);
    sql.push(") IS NOT TRUE");
    let (from, mut params) = (sql.text, sql.params);
    let count = conn.row(&format!("SELECT count(*){from}"), &params, |row| row.int(0))?;
    let count = u64::try_from(count.unwrap_or(0)).unwrap_or(0);
    if count == 0 {
        return Ok(Only::default());
    }
    params.push(most.into());
    let text = format!("SELECT t.id{from} ORDER BY t.id LIMIT ${}", params.len());
    let first = conn.rows(&text, &params, |row| Ok(RecordId(row.int(0)?)))?;
    Ok(Only { count, first })
}

/// The records that an access shows, or those on which it shows the field.
fn extent(access: &Access, field: Option<FieldId>) -> Predicate {
    let view = access.plan().view();
    let Some(field) = field else { return view.clone() };
    match access.plan().column(field).map(|c| &c.readable) {
        None | Some(Predicate::Never) => Predicate::Never,
        Some(Predicate::Always) => view.clone(),
        Some(readable) => Predicate::All(vec![view.clone(), readable.clone()]),
    }
}
