//! What a list costs the database, told before anybody has to wait for it.

use domain::access::Access;
use domain::records::Query;

use super::{ReadError, select};
use crate::engine::Conn;

/// The cost of a page of records, in units of the database's own: only to be compared with another cost of the same
/// database. See [`Conn::cost`].
pub fn cost(conn: &mut Conn, access: &Access, query: &Query) -> Result<u64, ReadError> {
    let (statement, _) = select::list(conn.dialect(), access, query)?;
    Ok(conn.cost(&statement.text, &statement.params)?)
}
