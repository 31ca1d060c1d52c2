//! Fields: the rows that describe them, and their columns.
//!
//! A field that is deleted leaves the description at once, and its column later: statements that were written before still find it,
//! and are told that they are out of date.

use domain::ids::{FieldId, ModuleId};
use domain::modules::{Field, FieldKind, Module, Storage};
use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error};

/// Adds a field to its module, with the column or linking table and the index it needs.
pub fn add_field(conn: &mut Conn, field: &Field, position: i64) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.fields (id, module_id, api_name, label, kind, required, is_unique, custom, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            field.id.0.into(),
            field.module.0.into(),
            field.api_name.as_str().into(),
            field.label.as_str().into(),
            document::write(&field.kind)?.into(),
            field.required.into(),
            field.unique.into(),
            field.custom.into(),
            position.into(),
        ],
    )?;
    if let Some(ddl) = column_ddl(field) {
        conn.alter(&ddl)?;
    }
    if let FieldKind::AutoNumber { .. } = field.kind {
        conn.execute("INSERT INTO :db.counters (field_id, last) VALUES ($1, 0)", &[field.id.0.into()])?;
    }
    Ok(())
}

fn column_ddl(field: &Field) -> Option<String> {
    let (table, column) = (domain::modules::table_of(field.module), field.column());
    let kind = match field.kind.storage() {
        _ if !column.starts_with("c_") => return None,
        Storage::Links => {
            let links = field.link_table();
            return Some(format!(
                "CREATE TABLE :db.{links} (record_id BIGINT NOT NULL, target_id BIGINT NOT NULL, PRIMARY KEY (record_id, target_id)) :strict;
                 CREATE INDEX {links}_back ON :db.{links} (target_id, record_id);"
            ));
        }
        Storage::Int => "BIGINT",
        Storage::Text => "TEXT",
    };
    let mut ddl = format!("ALTER TABLE :db.{table} ADD COLUMN {column} {kind};");
    if field.kind == FieldKind::Parent {
        ddl += &format!("ALTER TABLE :db.{table} ADD COLUMN {} BIGINT;", field.parent_module_column());
    }
    if field.kind.target().is_some() || field.kind == FieldKind::Parent {
        ddl += &format!(
            "CREATE INDEX ix_{} ON :db.{table} ({column}, id) WHERE deleted_time IS NULL;",
            field.id
        );
    }
    if field.unique {
        ddl += &unique_ddl(field);
    }
    Some(ddl)
}

fn unique_ddl(field: &Field) -> String {
    let (table, column) = (domain::modules::table_of(field.module), field.column());
    format!(
        "CREATE UNIQUE INDEX uq_{} ON :db.{table} ({column}) WHERE deleted_time IS NULL AND {column} IS NOT NULL;",
        field.id
    )
}

/// Describes a field that is there as `new`. Fails with [`Error::Unique`] where records have the same value already.
pub fn change_field(conn: &mut Conn, old: &Field, new: &Field) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.fields SET label = $2, kind = $3, required = $4, is_unique = $5 WHERE id = $1",
        &[
            new.id.0.into(),
            new.label.as_str().into(),
            document::write(&new.kind)?.into(),
            new.required.into(),
            new.unique.into(),
        ],
    )?;
    match (old.unique, new.unique) {
        (false, true) => conn.alter(&unique_ddl(new)),
        (true, false) => conn.alter(&format!("DROP INDEX :db.uq_{};", new.id)),
        _ => Ok(()),
    }
}

/// Whether a record, be it in the recycle bin, has this option of a list.
pub fn holds(conn: &mut Conn, field: &Field, option: &str) -> Result<bool, Error> {
    let (table, column) = (domain::modules::table_of(field.module), field.column());
    let (compared, wanted) = match field.kind {
        // Kept as a list in JSON.
        FieldKind::MultiPicklist { .. } => (
            format!("{column} LIKE $1 ESCAPE '!'"),
            format!("%{}%", escaped(&document::write(&option)?)),
        ),
        _ => (format!("{column} = $1"), option.to_owned()),
    };
    let sql = format!("SELECT 1 FROM :db.{table} WHERE {compared} LIMIT 1");
    Ok(conn.row(&sql, &[wanted.into()], |row| row.int(0))?.is_some())
}

fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// Takes a field out of its module, which is `left` without it. The files in it are let go of; what else it holds goes with
/// [`drop_field`].
pub fn delete_field(conn: &mut Conn, field: &Field, left: &Module, now: Moment) -> Result<(), Error> {
    let id = || field.id.0.into();
    conn.execute(
        "INSERT INTO :db.deleted_fields (id, module_id, kind, deleted_time) VALUES ($1, $2, $3, $4)",
        &[id(), field.module.0.into(), document::write(&field.kind)?.into(), now.0.into()],
    )?;
    conn.execute("DELETE FROM :db.counters WHERE field_id = $1", &[id()])?;
    conn.execute("DELETE FROM :db.fields WHERE id = $1", &[id()])?;
    conn.execute("UPDATE :db.files SET expires_time = $2 WHERE field_id = $1", &[id(), now.0.into()])?;
    for layout in &left.layouts {
        super::save_layout(conn, left.id, layout)?;
    }
    for view in &left.views {
        super::save_view(conn, left.id, view)?;
    }
    Ok(())
}

/// The fields that were deleted before a moment and still have their columns.
pub fn deleted_before(conn: &mut Conn, before: Moment) -> Result<Vec<(FieldId, ModuleId, FieldKind)>, Error> {
    conn.rows(
        "SELECT id, module_id, kind FROM :db.deleted_fields WHERE deleted_time < $1 ORDER BY id",
        &[before.0.into()],
        |row| Ok((FieldId(row.int(0)?), ModuleId(row.int(1)?), document::read(&row.text(2)?)?)),
    )
}

/// Drops the column or linking table of a field that was deleted, and with it all values, unless another server was faster.
pub fn drop_field(conn: &mut Conn, (id, module, kind): (FieldId, ModuleId, &FieldKind)) -> Result<(), Error> {
    if conn.execute("DELETE FROM :db.deleted_fields WHERE id = $1", &[id.0.into()])? == 0 {
        return Ok(());
    }
    let table = domain::modules::table_of(module);
    let ddl = match kind.storage() {
        Storage::Links => format!("DROP TABLE :db.l_{id};"),
        _ => format!("DROP INDEX IF EXISTS :db.ix_{id}; DROP INDEX IF EXISTS :db.uq_{id}; ALTER TABLE :db.{table} DROP COLUMN c_{id};"),
    };
    conn.alter(&ddl)
}
