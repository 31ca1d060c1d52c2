//! For tests only (feature `testing`): the text of a statement, and a predicate decided by the database.

use domain::access::{Access, Predicate};
use domain::ids::{ModuleId, RecordId};
use domain::modules::table_of;
use domain::records::{Query, QueryError};

use super::select;
use super::sql::Sql;
use crate::engine::{Conn, Dialect, Error};

/// The statement of a list, a clause to a line, without its values.
pub fn explain_sql(dialect: Dialect, access: &Access, query: &Query) -> Result<String, QueryError> {
    let (statement, _) = select::list(dialect, access, query)?;
    let mut text = statement.text;
    for clause in ["FROM", "LEFT JOIN", "JOIN", "WHERE", "AND", "OR", "UNION SELECT", "ORDER BY"] {
        text = text.replace(&format!(" {clause} "), &format!("\n{clause} "));
    }
    Ok(text.replace("LEFT\nJOIN", "LEFT JOIN"))
}

/// The live records of a module that satisfy a predicate, as the access's viewer stands to them, whatever its plan says.
pub fn satisfying(conn: &mut Conn, access: &Access, module: ModuleId, predicate: &Predicate) -> Result<Vec<RecordId>, Error> {
    let mut sql = Sql::new(conn.dialect(), access);
    sql.push("SELECT t.id FROM :db.")
        .push(&table_of(module))
        .push(" t WHERE t.deleted_time IS NULL AND ");
    sql.predicate("t", predicate);
    sql.push(" ORDER BY t.id");
    conn.rows(&sql.text, &sql.params, |row| Ok(RecordId(row.int(0)?)))
}
