//! Files in the organisation's own database, in pieces.

use domain::files::Purpose;
use domain::time::Moment;

use crate::engine::{Conn, Error};

/// A file that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub id: i64,
    pub name: String,
    pub content_type: String,
    pub size: i64,
}

/// A file that is begun.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub id: i64,
    pub name: String,
    pub content_type: &'static str,
    pub purpose: Purpose,
    pub made_by: i64,
    pub made: Moment,
}

/// Begins a file. Nobody finds it before it is [complete](complete).
pub fn begin(conn: &mut Conn, file: &NewFile) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.files (id, name, content_type, purpose, size, made_by, made_time, expires_time)
         VALUES ($1, $2, $3, $4, NULL, $5, $6, $7)",
        &[
            file.id.into(),
            file.name.as_str().into(),
            file.content_type.into(),
            file.purpose.name().into(),
            file.made_by.into(),
            file.made.0.into(),
            file.made.plus_seconds(file.purpose.lasts()).0.into(),
        ],
    )
    .map(drop)
}

/// Adds a piece, unless it is there. Pieces are counted from 0.
pub fn append(conn: &mut Conn, id: i64, number: i64, bytes: Vec<u8>) -> Result<(), Error> {
    let sql = "INSERT INTO :db.file_chunks (file_id, number, bytes) VALUES ($1, $2, $3)
               ON CONFLICT (file_id, number) DO NOTHING";
    conn.execute(sql, &[id.into(), number.into(), bytes.into()]).map(drop)
}

/// Everything is there.
pub fn complete(conn: &mut Conn, id: i64, size: i64) -> Result<(), Error> {
    conn.execute("UPDATE :db.files SET size = $2 WHERE id = $1", &[id.into(), size.into()])
        .map(drop)
}

/// A complete file of this purpose that this person made, unless it has expired.
pub fn of(conn: &mut Conn, id: i64, purpose: Purpose, made_by: i64, now: Moment) -> Result<Option<File>, Error> {
    conn.row(
        "SELECT id, name, content_type, size FROM :db.files
         WHERE id = $1 AND purpose = $2 AND made_by = $3 AND expires_time > $4 AND size IS NOT NULL",
        &[id.into(), purpose.name().into(), made_by.into(), now.0.into()],
        |row| {
            Ok(File {
                id: row.int(0)?,
                name: row.text(1)?,
                content_type: row.text(2)?,
                size: row.int(3)?,
            })
        },
    )
}

/// A piece of a file; none behind the last.
pub fn chunk(conn: &mut Conn, id: i64, number: i64) -> Result<Option<Vec<u8>>, Error> {
    let sql = "SELECT bytes FROM :db.file_chunks WHERE file_id = $1 AND number = $2";
    conn.row(sql, &[id.into(), number.into()], |row| row.bytes(0))
}

/// How many files somebody has for a purpose: those that are complete, and those begun since `fresh`, which may still become so.
pub fn count(conn: &mut Conn, purpose: Purpose, made_by: i64, fresh: Moment, now: Moment) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM :db.files WHERE purpose = $1 AND made_by = $2 AND expires_time > $3
               AND (size IS NOT NULL OR made_time >= $4)";
    let count = conn.row(sql, &[purpose.name().into(), made_by.into(), now.0.into(), fresh.0.into()], |row| {
        row.int(0)
    })?;
    Ok(count.unwrap_or(0))
}

/// Forgets a file with all its pieces.
pub fn forget(conn: &mut Conn, id: i64) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.files WHERE id = $1", &[id.into()]).map(drop)
}

/// A file that has expired, the one that did so first.
pub fn expired(conn: &mut Conn, now: Moment) -> Result<Option<i64>, Error> {
    let sql = "SELECT id FROM :db.files WHERE expires_time <= $1 ORDER BY expires_time, id LIMIT 1";
    conn.row(sql, &[now.0.into()], |row| row.int(0))
}
