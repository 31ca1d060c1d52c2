//! Modules: making modules and fields while the product runs.

mod arrange;
mod fields;

pub use arrange::{save_layout, save_view};
pub use fields::{add_field, change_field, delete_field};
pub(crate) use fields::{add_field_in, drop_deleted};

use std::collections::HashMap;

use domain::ids::{FieldId, LayoutId, ModuleId, ViewId};
use domain::modules::standard::{FieldBlueprint, KindBlueprint, ModuleBlueprint};
use domain::modules::{Catalogue, Field, FieldKind, Layout, LayoutField, Module, ModuleSource, Section, View, making, naming};
use store::engine::Conn;

use crate::{App, Ctx, Error};

/// How many columns a new view has.
const COLUMNS: usize = 6;

/// Makes a module with its fields, a layout and a view.
pub async fn create(ctx: &Ctx, blueprint: ModuleBlueprint) -> Result<ModuleId, Error> {
    ctx.need_manage_modules()?;
    let ctx = ctx.clone();
    let db = ctx.tenant.db.clone();
    db.write(move |conn| create_in(conn, &ctx.app, blueprint)).await
}

/// [`create`] in the caller's transaction, for those whose right to do so was looked at.
pub(crate) fn create_in(conn: &mut Conn, app: &App, blueprint: ModuleBlueprint) -> Result<ModuleId, Error> {
    naming::check(&blueprint.api_name)?;
    for field in &blueprint.fields {
        naming::check(&field.api_name)?;
    }
    let catalogue = store::modules::load(conn)?;
    if catalogue.named(&blueprint.api_name).is_some() {
        return Err(Error::Exists("module"));
    }
    let modules = materialise(app, &catalogue, vec![blueprint])?;
    let position = store::modules::next_position(conn, None)?;
    for module in &modules {
        store::modules::create(conn, module, position)?;
    }
    store::state::raise(conn)?;
    modules.first().map(|m| m.id).ok_or(Error::NotFound("module"))
}

/// Gives ids to blueprints; look-ups may point at each other and at what is there.
pub(crate) fn materialise(app: &App, there: &Catalogue, blueprints: Vec<ModuleBlueprint>) -> Result<Vec<Module>, Error> {
    let mut ids: HashMap<String, ModuleId> = there.modules().map(|m| (m.api_name.clone(), m.id)).collect();
    let numbered: Vec<(ModuleId, ModuleBlueprint)> = blueprints.into_iter().map(|b| (ModuleId(app.id()), b)).collect();
    ids.extend(numbered.iter().map(|(id, b)| (b.api_name.clone(), *id)));
    numbered
        .into_iter()
        .map(|(id, blueprint)| module(app, id, blueprint, &ids))
        .collect()
}

fn module(app: &App, id: ModuleId, blueprint: ModuleBlueprint, ids: &HashMap<String, ModuleId>) -> Result<Module, Error> {
    let custom = blueprint.source == ModuleSource::Custom;
    let mut fields: Vec<Field> = Vec::new();
    for b in &blueprint.fields {
        if fields.iter().any(|f| f.api_name == b.api_name) {
            return Err(Error::Exists("field"));
        }
        fields.push(field(app, id, b, custom, ids)?);
    }
    fields.extend(given_fields(app, id, ids));
    let named = |name: &String| fields.iter().find(|f| f.api_name == *name).map(|f| f.id);
    let name_fields: Vec<FieldId> = blueprint.name_fields.iter().filter_map(named).collect();
    if name_fields.is_empty() {
        return Err(Error::Input("name field", "a text field of the module".into()));
    }
    let layouts = vec![layout(app, &blueprint.singular, &fields)];
    let views = vec![view(app, &blueprint.plural, &name_fields, &fields)];
    Ok(Module {
        id,
        api_name: blueprint.api_name,
        singular: blueprint.singular,
        plural: blueprint.plural,
        source: blueprint.source,
        name_fields,
        fields,
        layouts,
        views,
    })
}

fn field(app: &App, module: ModuleId, b: &FieldBlueprint, custom: bool, ids: &HashMap<String, ModuleId>) -> Result<Field, Error> {
    let field = Field {
        id: FieldId(app.id()),
        module,
        api_name: b.api_name.clone(),
        label: b.label.clone(),
        kind: kind(&b.kind, ids)?,
        required: b.required,
        unique: b.unique,
        custom,
    };
    making::check_field(&field)?;
    Ok(field)
}

fn kind(blueprint: &KindBlueprint, ids: &HashMap<String, ModuleId>) -> Result<FieldKind, Error> {
    let module = |name: &String| {
        ids.get(name)
            .copied()
            .ok_or_else(|| Error::Input("look-up", format!("a module, not {name:?}")))
    };
    Ok(match blueprint.clone() {
        KindBlueprint::Text(max) => FieldKind::Text { max },
        KindBlueprint::TextArea(max) => FieldKind::TextArea { max },
        KindBlueprint::RichText(max) => FieldKind::RichText { max },
        KindBlueprint::Email => FieldKind::Email,
        KindBlueprint::Phone => FieldKind::Phone,
        KindBlueprint::Website => FieldKind::Website,
        KindBlueprint::Picklist(options) => FieldKind::Picklist { options },
        KindBlueprint::MultiPicklist(options) => FieldKind::MultiPicklist { options },
        KindBlueprint::Integer => FieldKind::Integer,
        KindBlueprint::BigInteger => FieldKind::BigInteger,
        KindBlueprint::Decimal(scale) => FieldKind::Decimal { scale },
        KindBlueprint::Currency(scale) => FieldKind::Currency { scale },
        KindBlueprint::Percent(scale) => FieldKind::Percent { scale },
        KindBlueprint::Boolean => FieldKind::Boolean,
        KindBlueprint::Date => FieldKind::Date,
        KindBlueprint::DateTime => FieldKind::DateTime,
        KindBlueprint::Lookup(name) => FieldKind::Lookup { module: module(&name)? },
        KindBlueprint::MultiLookup(name) => FieldKind::MultiLookup { module: module(&name)? },
        KindBlueprint::Parent => FieldKind::Parent,
        KindBlueprint::Owner => FieldKind::Owner {
            module: module(&"Employees".to_owned())?,
        },
        KindBlueprint::AutoNumber(prefix) => FieldKind::AutoNumber { prefix },
        KindBlueprint::File => FieldKind::File,
        KindBlueprint::Image => FieldKind::Image,
        KindBlueprint::Attachment => FieldKind::Attachment,
        KindBlueprint::FileSize => FieldKind::FileSize,
    })
}

/// The fields that every module has.
fn given_fields(app: &App, module: ModuleId, ids: &HashMap<String, ModuleId>) -> Vec<Field> {
    let field = |api_name: &str, label: &str, kind| Field {
        id: FieldId(app.id()),
        module,
        api_name: api_name.into(),
        label: label.into(),
        kind,
        required: false,
        unique: false,
        custom: false,
    };
    let mut fields = Vec::new();
    if let Some(&employees) = ids.get("Employees") {
        fields.push(field("Owner", "Owner", FieldKind::Owner { module: employees }));
    }
    fields.push(field("Created_Time", "Created", FieldKind::CreatedTime));
    fields.push(field("Modified_Time", "Modified", FieldKind::ModifiedTime));
    fields.push(field("Created_By", "Created by", FieldKind::CreatedBy));
    fields.push(field("Modified_By", "Modified by", FieldKind::ModifiedBy));
    fields
}

/// A layout: what the record is about, its addresses, its long texts, and how it came about.
fn layout(app: &App, singular: &str, fields: &[Field]) -> Layout {
    let is_described = fields.iter().any(|f| f.api_name == "Description");
    let group = |f: &Field| {
        let part = f.api_name.rsplit('_').next().unwrap_or_default();
        match &f.kind {
            kind if kind.is_given() && !matches!(kind, FieldKind::AutoNumber { .. }) => 3,
            FieldKind::Owner { .. } => 3,
            FieldKind::TextArea { .. } | FieldKind::RichText { .. } if is_described => 2,
            _ if ["Street", "City", "State", "Code", "Country"].contains(&part) => 1,
            _ => 0,
        }
    };
    let titles = [
        singular.to_owned(),
        "Address".to_owned(),
        "Description".to_owned(),
        "About this record".to_owned(),
    ];
    let section = |(number, title): (usize, String)| Section {
        title,
        fields: fields
            .iter()
            .filter(|f| group(f) == number)
            .map(|f| LayoutField {
                id: f.id,
                required: f.required,
            })
            .collect(),
    };
    let sections = titles.into_iter().enumerate().map(section).filter(|s| !s.fields.is_empty());
    Layout {
        id: LayoutId(app.id()),
        name: "Standard".into(),
        sections: sections.collect(),
    }
}

fn view(app: &App, plural: &str, name_fields: &[FieldId], fields: &[Field]) -> View {
    let short = |f: &&Field| {
        !name_fields.contains(&f.id)
            && (f.kind.is_line() || f.kind.is_sortable() || matches!(f.kind, FieldKind::Lookup { .. } | FieldKind::Parent))
    };
    let mut columns = name_fields.to_vec();
    columns.extend(
        fields
            .iter()
            .filter(short)
            .map(|f| f.id)
            .take(COLUMNS.saturating_sub(columns.len())),
    );
    View {
        id: ViewId(app.id()),
        name: format!("All {plural}"),
        columns,
        sort: None,
    }
}
