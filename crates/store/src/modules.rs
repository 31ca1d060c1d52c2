//! Modules and fields: real tables and typed columns, and the rows that describe them.

mod fields;

use std::collections::HashMap;

use domain::ids::{FieldId, ModuleId};
use domain::modules::{Catalogue, Field, Layout, Module, ModuleSource, View};
use serde::de::DeserializeOwned;

use crate::document;
use crate::engine::{Conn, Error, Param, Row};

pub use fields::{add_field, change_field, delete_field, deleted_before, drop_field, holds};

/// Lets nobody else who asks for this write into the module until the transaction ends. It can be read and referred to.
pub fn lock(conn: &mut Conn, id: ModuleId) -> Result<(), Error> {
    let lock = conn.dialect().for_no_key_update();
    let sql = format!("SELECT id FROM :db.modules WHERE id = $1{lock}");
    conn.row(&sql, &[id.0.into()], |row| row.int(0)).map(drop)
}

/// Reads the whole catalogue.
pub fn load(conn: &mut Conn) -> Result<Catalogue, Error> {
    let mut fields: HashMap<ModuleId, Vec<Field>> = HashMap::new();
    for field in conn.rows(
        "SELECT id, module_id, api_name, label, kind, required, is_unique, custom FROM :db.fields ORDER BY module_id, position, id",
        &[],
        |row| field(row),
    )? {
        fields.entry(field.module).or_default().push(field);
    }
    let mut layouts = documents::<Layout>(conn, "SELECT module_id, document FROM :db.layouts ORDER BY id")?;
    let mut views = documents::<View>(conn, "SELECT module_id, document FROM :db.views ORDER BY id")?;
    let modules = conn.rows(
        "SELECT id, api_name, singular, plural, source, name_fields FROM :db.modules ORDER BY position, id",
        &[],
        |row| {
            let id = ModuleId(row.int(0)?);
            Ok(Module {
                id,
                api_name: row.text(1)?,
                singular: row.text(2)?,
                plural: row.text(3)?,
                source: document::read(&format!("\"{}\"", row.text(4)?))?,
                name_fields: document::read(&row.text(5)?)?,
                fields: fields.remove(&id).unwrap_or_default(),
                layouts: layouts.remove(&id).unwrap_or_default(),
                views: views.remove(&id).unwrap_or_default(),
            })
        },
    )?;
    Ok(Catalogue::new(modules))
}

fn field(row: &dyn Row) -> Result<Field, Error> {
    Ok(Field {
        id: FieldId(row.int(0)?),
        module: ModuleId(row.int(1)?),
        api_name: row.text(2)?,
        label: row.text(3)?,
        kind: document::read(&row.text(4)?)?,
        required: row.bool(5)?,
        unique: row.bool(6)?,
        custom: row.bool(7)?,
    })
}

fn documents<T: DeserializeOwned>(conn: &mut Conn, sql: &str) -> Result<HashMap<ModuleId, Vec<T>>, Error> {
    let mut found: HashMap<ModuleId, Vec<T>> = HashMap::new();
    for (module, document) in conn.rows(sql, &[], |row| Ok((ModuleId(row.int(0)?), document::read::<T>(&row.text(1)?)?)))? {
        found.entry(module).or_default().push(document);
    }
    Ok(found)
}

/// Makes a module: its table, its fields, its layouts and views.
pub fn create(conn: &mut Conn, module: &Module, position: i64) -> Result<(), Error> {
    let source = match module.source {
        ModuleSource::Standard => "standard",
        ModuleSource::Custom => "custom",
        ModuleSource::Employees => "employees",
    };
    conn.execute(
        "INSERT INTO :db.modules (id, api_name, singular, plural, source, name_fields, position) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            module.id.0.into(),
            module.api_name.as_str().into(),
            module.singular.as_str().into(),
            module.plural.as_str().into(),
            source.into(),
            document::write(&module.name_fields)?.into(),
            position.into(),
        ],
    )?;
    let table = module.table();
    conn.script(&format!(
        "CREATE TABLE :db.{table} (
            id BIGINT PRIMARY KEY,
            name TEXT NOT NULL,
            created_time BIGINT NOT NULL,
            modified_time BIGINT NOT NULL,
            created_by BIGINT NOT NULL,
            modified_by BIGINT NOT NULL,
            deleted_time BIGINT,
            deleted_by BIGINT
        ) :strict;
        CREATE INDEX {table}_live ON :db.{table} (id) WHERE deleted_time IS NULL;
        CREATE INDEX {table}_made ON :db.{table} (created_by, id) WHERE deleted_time IS NULL;
        CREATE INDEX {table}_bin ON :db.{table} (deleted_time) WHERE deleted_time IS NOT NULL;"
    ))?;
    for (position, field) in module.fields.iter().enumerate() {
        add_field(conn, field, i64::try_from(position).unwrap_or(i64::MAX))?;
    }
    for layout in &module.layouts {
        save_layout(conn, module.id, layout)?;
    }
    for view in &module.views {
        save_view(conn, module.id, view)?;
    }
    Ok(())
}

/// Where the next field of a module, or the next module, is put.
pub fn next_position(conn: &mut Conn, module: Option<ModuleId>) -> Result<i64, Error> {
    let found = match module {
        Some(id) => conn.row(
            "SELECT coalesce(max(position), 0) + 1 FROM :db.fields WHERE module_id = $1",
            &[id.0.into()],
            |r| r.int(0),
        ),
        None => conn.row("SELECT coalesce(max(position), 0) + 1 FROM :db.modules", &[], |r| r.int(0)),
    }?;
    Ok(found.unwrap_or(1))
}

/// Writes a layout in the place of the one with its id.
pub fn save_layout(conn: &mut Conn, module: ModuleId, layout: &Layout) -> Result<(), Error> {
    save(conn, "layouts", layout.id.0, module, document::write(layout)?)
}

/// Writes a view in the place of the one with its id.
pub fn save_view(conn: &mut Conn, module: ModuleId, view: &View) -> Result<(), Error> {
    save(conn, "views", view.id.0, module, document::write(view)?)
}

fn save(conn: &mut Conn, table: &str, id: i64, module: ModuleId, document: String) -> Result<(), Error> {
    conn.execute(
        &format!(
            "INSERT INTO :db.{table} (id, module_id, document) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET document = excluded.document"
        ),
        &[Param::Int(id), module.0.into(), document.into()],
    )
    .map(drop)
}
