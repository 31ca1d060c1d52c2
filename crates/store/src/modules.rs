//! Modules and fields: real tables and typed columns, and the rows that describe them.

use std::collections::HashMap;

use domain::ids::{FieldId, ModuleId};
use domain::modules::{Catalogue, Field, FieldKind, Layout, Module, ModuleSource, Storage, View};
use serde::de::DeserializeOwned;

use crate::document;
use crate::engine::{Conn, Error, Param, Row};

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
        conn.script(&ddl)?;
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
        ddl += &format!(
            "CREATE UNIQUE INDEX uq_{} ON :db.{table} ({column}) WHERE deleted_time IS NULL AND {column} IS NOT NULL;",
            field.id
        );
    }
    Some(ddl)
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
