//! Making what a mapping names and the organisation does not have: the module, and fields with a type.

use domain::ids::ModuleId;
use domain::modules::standard::{FieldBlueprint, KindBlueprint, ModuleBlueprint};
use domain::modules::{Catalogue, Field, ModuleSource};
use store::engine::Conn;

use super::mapping::ID;
use super::{CreateModule, FieldMapping, ImportError, Mapping, NewKind};
use crate::Ctx;

/// The module of a mapping, made if need be, with all fields that the mapping names.
pub(super) fn ensure(conn: &mut Conn, ctx: &Ctx, module: &str, mapping: &Mapping) -> Result<ModuleId, ImportError> {
    let catalogue = store::modules::load(conn)?;
    let Some(there) = catalogue.named(module) else {
        let Some(create) = &mapping.create else {
            return Err(ImportError::NoSuchModule(module.to_owned()));
        };
        ctx.need_manage_modules()?;
        return Ok(crate::modules::create_in(conn, &ctx.app, new_module(module, create, mapping)?)?);
    };
    let mut missing = Vec::new();
    for wanted in mapping.fields.iter().filter(|wanted| wanted.field != ID) {
        match (there.field_named(&wanted.field), blueprint(wanted)) {
            (Some(field), _) => check_kind(&catalogue, field, wanted)?,
            (None, Some(blueprint)) => missing.push(blueprint),
            (None, None) => {
                return Err(ImportError::NoSuchField {
                    module: module.to_owned(),
                    field: wanted.field.clone(),
                    there: there
                        .fields
                        .iter()
                        .filter(|f| !f.kind.is_given())
                        .map(|f| f.api_name.clone())
                        .collect(),
                });
            }
        }
    }
    for blueprint in missing {
        ctx.need_manage_modules()?;
        crate::modules::add_field_in(conn, &ctx.app, there.id, &blueprint)?;
    }
    Ok(there.id)
}

fn new_module(api_name: &str, create: &CreateModule, mapping: &Mapping) -> Result<ModuleBlueprint, ImportError> {
    let mut fields = Vec::new();
    for wanted in mapping.fields.iter().filter(|f| f.field != "Owner") {
        fields.push(blueprint(wanted).ok_or_else(|| {
            ImportError::Mapping(format!(
                "the field {} needs a type, because the module {api_name} is made",
                wanted.field
            ))
        })?);
    }
    for name in &create.name {
        if !fields
            .iter()
            .any(|f| f.api_name == *name && matches!(f.kind, KindBlueprint::Text(_) | KindBlueprint::AutoNumber(_)))
        {
            return Err(ImportError::Mapping(format!(
                "[create] name: expected a text field of the mapping, not {name:?}"
            )));
        }
    }
    Ok(ModuleBlueprint {
        api_name: api_name.to_owned(),
        singular: create.singular.clone(),
        plural: create.plural.clone(),
        source: ModuleSource::Custom,
        name_fields: create.name.clone(),
        fields,
    })
}

/// A field that is there must be what the mapping thinks it is.
fn check_kind(catalogue: &Catalogue, field: &Field, wanted: &FieldMapping) -> Result<(), ImportError> {
    let Some(kind) = wanted.kind else { return Ok(()) };
    let target = field.kind.target().and_then(|id| catalogue.module(id)).map(|m| m.api_name.as_str());
    let led = wanted.module.as_deref().is_none_or(|name| target == Some(name));
    if wire(kind) == field.kind.wire() && led {
        return Ok(());
    }
    let to = target.map_or_else(String::new, |name| format!(" to {name}"));
    Err(ImportError::Mapping(format!(
        "the field {} exists already with the type {}{to}, not {}",
        field.api_name,
        field.kind.wire(),
        wire(kind)
    )))
}

/// The name of the kind in the CRM API, as [`domain::modules::FieldKind::wire`] says it.
fn wire(kind: NewKind) -> &'static str {
    match kind {
        NewKind::Text => "text",
        NewKind::TextArea | NewKind::RichText => "textarea",
        NewKind::Email => "email",
        NewKind::Phone => "phone",
        NewKind::Website => "website",
        NewKind::Picklist => "picklist",
        NewKind::MultiPicklist => "multiselectpicklist",
        NewKind::Integer => "integer",
        NewKind::BigInteger => "bigint",
        NewKind::Decimal => "double",
        NewKind::Currency => "currency",
        NewKind::Percent => "percent",
        NewKind::Boolean => "boolean",
        NewKind::Date => "date",
        NewKind::DateTime => "datetime",
        NewKind::Lookup => "lookup",
        NewKind::MultiLookup => "multiselectlookup",
        NewKind::Owner => "ownerlookup",
        NewKind::AutoNumber => "autonumber",
    }
}

fn blueprint(wanted: &FieldMapping) -> Option<FieldBlueprint> {
    let scale = wanted.scale.unwrap_or(2);
    let module = || wanted.module.clone().unwrap_or_default();
    let kind = match wanted.kind? {
        NewKind::Text => KindBlueprint::Text(wanted.max.unwrap_or(255)),
        NewKind::TextArea => KindBlueprint::TextArea(wanted.max.unwrap_or(32_000)),
        NewKind::RichText => KindBlueprint::RichText(wanted.max.unwrap_or(32_000)),
        NewKind::Email => KindBlueprint::Email,
        NewKind::Phone => KindBlueprint::Phone,
        NewKind::Website => KindBlueprint::Website,
        NewKind::Picklist => KindBlueprint::Picklist(wanted.options.clone()),
        NewKind::MultiPicklist => KindBlueprint::MultiPicklist(wanted.options.clone()),
        NewKind::Integer => KindBlueprint::Integer,
        NewKind::BigInteger => KindBlueprint::BigInteger,
        NewKind::Decimal => KindBlueprint::Decimal(scale),
        NewKind::Currency => KindBlueprint::Currency(scale),
        NewKind::Percent => KindBlueprint::Percent(scale),
        NewKind::Boolean => KindBlueprint::Boolean,
        NewKind::Date => KindBlueprint::Date,
        NewKind::DateTime => KindBlueprint::DateTime,
        NewKind::Lookup => KindBlueprint::Lookup(module()),
        NewKind::MultiLookup => KindBlueprint::MultiLookup(module()),
        NewKind::Owner => KindBlueprint::Owner,
        NewKind::AutoNumber => KindBlueprint::AutoNumber(wanted.prefix.clone().unwrap_or_default()),
    };
    Some(FieldBlueprint {
        label: wanted.label.clone().unwrap_or_else(|| wanted.field.replace('_', " ")),
        required: wanted.required,
        unique: wanted.unique,
        ..FieldBlueprint::new(&wanted.field, kind)
    })
}
