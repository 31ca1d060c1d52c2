//! Files in the organisation's own database, in pieces.

use domain::files::Purpose;
use domain::ids::{FieldId, RecordId};
use domain::time::Moment;

use crate::engine::{Conn, Error, Row};

/// A file that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub id: i64,
    pub name: String,
    pub content_type: String,
    pub size: i64,
}

/// The field of a record that a file stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilePlace {
    pub record: RecordId,
    pub field: FieldId,
}

/// A file that is begun.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub id: i64,
    pub name: String,
    pub content_type: String,
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
            file.content_type.as_str().into(),
            file.purpose.name().into(),
            file.made_by.into(),
            file.made.0.into(),
            file.purpose.end(file.made).0.into(),
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
        read,
    )
}

fn read(row: &dyn Row) -> Result<File, Error> {
    Ok(File {
        id: row.int(0)?,
        name: row.text(1)?,
        content_type: row.text(2)?,
        size: row.int(3)?,
    })
}

/// The file that stands in a record's field.
pub fn of_record(conn: &mut Conn, id: i64, place: FilePlace) -> Result<Option<File>, Error> {
    conn.row(
        "SELECT id, name, content_type, size FROM :db.files
         WHERE id = $1 AND purpose = $2 AND record_id = $3 AND field_id = $4 AND size IS NOT NULL",
        &[
            id.into(),
            Purpose::OfRecord.name().into(),
            place.record.0.into(),
            place.field.0.into(),
        ],
        read,
    )
}

/// Where the file of a record stands; none for other files.
pub fn place(conn: &mut Conn, id: i64) -> Result<Option<FilePlace>, Error> {
    let sql = "SELECT record_id, field_id FROM :db.files WHERE id = $1 AND purpose = $2";
    conn.row(sql, &[id.into(), Purpose::OfRecord.name().into()], |row| {
        Ok(FilePlace {
            record: RecordId(row.int(0)?),
            field: FieldId(row.int(1)?),
        })
    })
}

/// Makes a file that a person has just uploaded the file of a record. Whether it is one now: it may be in that very place already.
/// An `image` must be one.
pub(crate) fn keep(conn: &mut Conn, id: i64, place: FilePlace, image: bool, made_by: i64, now: Moment) -> Result<bool, Error> {
    let of_that_sort = if image { "AND content_type LIKE 'image/%'" } else { "" };
    let sql = format!(
        "UPDATE :db.files SET purpose = $2, record_id = $3, field_id = $4, expires_time = $5
         WHERE id = $1 AND size IS NOT NULL {of_that_sort} AND (
             (purpose = $6 AND made_by = $7 AND expires_time > $8) OR
             (purpose = $2 AND record_id = $3 AND field_id = $4 AND expires_time > $8))"
    );
    let kept = conn.execute(
        &sql,
        &[
            id.into(),
            Purpose::OfRecord.name().into(),
            place.record.0.into(),
            place.field.0.into(),
            Purpose::OfRecord.end(now).0.into(),
            Purpose::ForRecord.name().into(),
            made_by.into(),
            now.0.into(),
        ],
    )?;
    Ok(kept == 1)
}

/// Lets go of the files that stood in a place before `kept` did. Upkeep forgets them.
pub(crate) fn release(conn: &mut Conn, place: FilePlace, kept: Option<i64>, now: Moment) -> Result<(), Error> {
    let sql = "UPDATE :db.files SET expires_time = $4 WHERE record_id = $1 AND field_id = $2 AND id <> $3";
    conn.execute(
        sql,
        &[place.record.0.into(), place.field.0.into(), kept.unwrap_or(0).into(), now.0.into()],
    )
    .map(drop)
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

/// The same if it has expired: a record may have come to name it since that was seen.
pub fn forget_expired(conn: &mut Conn, id: i64, now: Moment) -> Result<(), Error> {
    let sql = "DELETE FROM :db.files WHERE id = $1 AND expires_time <= $2";
    conn.execute(sql, &[id.into(), now.0.into()]).map(drop)
}

/// The same if it is one that this person has uploaded and no record names.
pub fn forget_upload(conn: &mut Conn, id: i64, made_by: i64) -> Result<(), Error> {
    let sql = "DELETE FROM :db.files WHERE id = $1 AND purpose = $2 AND made_by = $3";
    conn.execute(sql, &[id.into(), Purpose::ForRecord.name().into(), made_by.into()])
        .map(drop)
}

/// A file that has expired, the one that did so first.
pub fn expired(conn: &mut Conn, now: Moment) -> Result<Option<i64>, Error> {
    let sql = "SELECT id FROM :db.files WHERE expires_time <= $1 ORDER BY expires_time, id LIMIT 1";
    conn.row(sql, &[now.0.into()], |row| row.int(0))
}
