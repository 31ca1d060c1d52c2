//! Modules, and what belongs to one as a whole: layouts, related lists, custom views.

use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{Access, Predicate};
use domain::modules::standard::{FieldBlueprint, KindBlueprint, ModuleBlueprint};
use domain::modules::{Module, ModuleSource, naming, related};
use serde_json::{Map, Value, json};

use super::request::{JsonBody, Params, text};
use super::{ApiError, answer, fields};
use crate::caller::{SettingsCaller, StaffCaller};
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/settings/modules", get(list).post(create))
        .route("/settings/modules/{module}", get(one))
        .route("/settings/layouts", get(layouts))
        .route("/settings/layouts/{id}", get(layout))
        .route("/settings/related_lists", get(related_lists))
        .route("/settings/custom_views", get(views))
        .route("/settings/custom_views/{id}", get(view))
}

/// The caller's access to a module by its API name or id.
pub fn find(ctx: &Ctx, name: &str) -> Result<Access, ApiError> {
    let by_id = || ctx.snapshot.access(ctx.viewer, name.parse().ok()?);
    let found = ctx.snapshot.access_named(ctx.viewer, name).or_else(by_id);
    Ok(found.ok_or(Error::NotFound("module"))?)
}

async fn list(SettingsCaller(ctx): SettingsCaller) -> Response {
    let accesses = ctx.snapshot.accesses(ctx.viewer);
    answer::list(
        "modules",
        accesses.iter().enumerate().map(|(n, access)| module(&ctx, access, n)).collect(),
    )
}

async fn one(SettingsCaller(ctx): SettingsCaller, Path(name): Path<String>) -> Result<Response, ApiError> {
    let access = find(&ctx, &name)?;
    let id = access.plan().module().id;
    let position = ctx.snapshot.accesses(ctx.viewer).iter().position(|a| a.plan().module().id == id);
    Ok(answer::list("modules", vec![module(&ctx, &access, position.unwrap_or(0))]))
}

fn module(ctx: &Ctx, access: &Access, position: usize) -> Value {
    let (plan, module) = (access.plan(), access.plan().module());
    let custom = module.source == ModuleSource::Custom;
    let profiles = ctx.snapshot.profiles.iter().map(|p| json!({"id": p.id, "name": p.name}));
    let profiles: Vec<Value> = if ctx.is_portal_user() { Vec::new() } else { profiles.collect() };
    let display = module.name_fields.last().and_then(|id| plan.column(*id));
    json!({
        "id": module.id,
        "api_name": module.api_name,
        "module_name": module.plural,
        "singular_label": module.singular,
        "plural_label": module.plural,
        "generated_type": if custom { "custom" } else { "default" },
        "status": "visible",
        "api_supported": true,
        "creatable": plan.may_create(),
        "editable": *plan.edit() != Predicate::Never,
        "deletable": *plan.delete() != Predicate::Never,
        "viewable": true,
        "visible": true,
        "show_as_tab": true,
        "sequence_number": position + 1,
        "display_field": display.map(|c| json!({"id": c.field.id, "api_name": c.field.api_name})),
        "profiles": profiles,
        "parent_module": {},
        "modified_by": null,
        "modified_time": null,
    })
}

async fn create(StaffCaller(ctx): StaffCaller, body: JsonBody) -> Result<Response, ApiError> {
    let blueprint = blueprint(body.only("modules")?);
    let made = match blueprint {
        Ok(blueprint) => app::modules::create(&ctx, blueprint).await.map_err(refused),
        Err(error) => Err(error),
    };
    let item = made.map(|id| answer::success(json!({ "id": id }), "module created"));
    Ok(answer::actions("modules", StatusCode::CREATED, vec![item]))
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::Exists("module") => ApiError::new(StatusCode::BAD_REQUEST, "DUPLICATE_DATA", "this module exists already"),
        Error::ApiName(why) => ApiError::invalid(why.to_string()),
        other => return other.into(),
    }
    .at("$.modules[0].api_name")
}

fn blueprint(wanted: &Map<String, Value>) -> Result<ModuleBlueprint, ApiError> {
    let path = "$.modules[0]";
    let label = |key: &str| {
        let label = text(wanted, key, path)?.map(str::trim).filter(|label| !label.is_empty());
        let label = label.ok_or_else(|| ApiError::missing(&format!("{path}.{key}")))?;
        fields::label(label, &format!("{path}.{key}"))
    };
    let (singular, plural) = (label("singular_label")?, label("plural_label")?);
    let api_name = text(wanted, "api_name", path)?.map_or_else(|| naming::from_label(&plural), str::to_owned);
    let display = wanted.get("display_field").and_then(Value::as_object);
    let name_label = match display {
        Some(field) => text(field, "field_label", "$.modules[0].display_field")?.map_or_else(|| format!("{singular} Name"), str::to_owned),
        None => format!("{singular} Name"),
    };
    let kind = match display.and_then(|d| d.get("data_type")).and_then(Value::as_str) {
        Some("autonumber") => KindBlueprint::AutoNumber(String::new()),
        _ => KindBlueprint::Text(120),
    };
    let name = FieldBlueprint {
        label: fields::label(&name_label, "$.modules[0].display_field.field_label")?,
        required: kind == KindBlueprint::Text(120),
        ..FieldBlueprint::new("Name", kind)
    };
    Ok(ModuleBlueprint {
        api_name,
        singular,
        plural,
        source: ModuleSource::Custom,
        name_fields: vec![name.api_name.clone()],
        fields: vec![name],
    })
}

/// The access to the module named in the query.
fn asked(ctx: &Ctx, params: &Params) -> Result<Access, ApiError> {
    find_asked(ctx, params.needed("module")?)
}

/// The access to a module that a parameter names.
pub fn find_asked(ctx: &Ctx, name: &str) -> Result<Access, ApiError> {
    let named = |error: ApiError| {
        error
            .without("resource_path_index")
            .with("param_name", "module")
            .with("param", "module")
    };
    find(ctx, name).map_err(named)
}

async fn layouts(SettingsCaller(ctx): SettingsCaller, params: Params) -> Result<Response, ApiError> {
    Ok(answer::list("layouts", layouts_of(&asked(&ctx, &params)?)))
}

async fn layout(SettingsCaller(ctx): SettingsCaller, Path(id): Path<String>, params: Params) -> Result<Response, ApiError> {
    let layouts = layouts_of(&asked(&ctx, &params)?);
    answer::only("layouts", layouts, &id, 2)
}

/// The layouts with the fields that exist for the caller.
fn layouts_of(access: &Access) -> Vec<Value> {
    let module = access.plan().module();
    let section = |(n, section): (usize, &domain::modules::Section)| {
        let fields = section.fields.iter().filter_map(|placed| {
            let column = access.plan().column(placed.id)?;
            let mut field = fields::field(access, column);
            if let Some(object) = field.as_object_mut() {
                object.insert("required".into(), json!(placed.required || column.field.required));
            }
            Some(field)
        });
        json!({
            "id": (n + 1).to_string(),
            "name": section.title,
            "display_label": section.title,
            "api_name": naming::from_label(&section.title),
            "sequence_number": n + 1,
            "column_count": 2,
            "isSubformSection": false,
            "fields": fields.collect::<Vec<_>>(),
        })
    };
    let layout = |layout: &domain::modules::Layout| {
        json!({
            "id": layout.id,
            "name": layout.name,
            "api_name": layout.name,
            "display_label": layout.name,
            "status": "active",
            "visible": true,
            "sections": layout.sections.iter().enumerate().map(section).collect::<Vec<_>>(),
        })
    };
    module.layouts.iter().map(layout).collect()
}

/// Lists of other modules' records, as far as the caller sees those modules and the look-ups in them.
async fn related_lists(SettingsCaller(ctx): SettingsCaller, params: Params) -> Result<Response, ApiError> {
    let access = asked(&ctx, &params)?;
    let module = access.plan().module();
    let lists = related::lists(&ctx.snapshot.catalogue, module).into_iter();
    let list = |(n, list): (usize, related::RelatedList)| {
        json!({
            "id": list.field.id,
            "api_name": list.api_name,
            "name": list.label,
            "display_label": list.label,
            "sequence_number": (n + 1).to_string(),
            "type": "default",
            "href": format!("{}/{{ENTITYID}}/{}", module.api_name, list.api_name),
            "module": {"api_name": list.module.api_name, "id": list.module.id},
            "action": null,
            "status": "visible",
            "visible": true,
            "customize_sort": false,
            "customize_fields": false,
            "customize_display_label": false,
            "fields": [],
            "sort_by": null,
            "sort_order": null,
        })
    };
    let seen = lists.filter(|l| {
        ctx.snapshot
            .access(ctx.viewer, l.module.id)
            .is_some_and(|a| a.plan().column(l.field.id).is_some())
    });
    Ok(answer::list("related_lists", seen.enumerate().map(list).collect()))
}

async fn views(SettingsCaller(ctx): SettingsCaller, params: Params) -> Result<Response, ApiError> {
    let views = views_of(&asked(&ctx, &params)?);
    let Some(first) = views.first() else {
        return Ok(answer::nothing());
    };
    let info = json!({"per_page": 200, "count": views.len(), "page": 1, "more_records": false, "default": first.get("id")});
    Ok(answer::json(StatusCode::OK, &json!({"custom_views": views, "info": info})))
}

async fn view(SettingsCaller(ctx): SettingsCaller, Path(id): Path<String>, params: Params) -> Result<Response, ApiError> {
    answer::only("custom_views", views_of(&asked(&ctx, &params)?), &id, 2)
}

fn views_of(access: &Access) -> Vec<Value> {
    let module: &Module = access.plan().module();
    let view = |(n, view): (usize, &domain::modules::View)| {
        let columns = view.columns.iter().filter_map(|id| access.plan().column(*id));
        let sorted = view.sort.and_then(|(id, descending)| Some((access.plan().column(id)?, descending)));
        json!({
            "id": view.id,
            "name": view.name,
            "display_value": view.name,
            "system_name": naming::from_label(&view.name).to_uppercase(),
            "module": {"api_name": module.api_name, "name": module.api_name, "id": module.id},
            "access_type": "public",
            "default": n == 0,
            "system_defined": true,
            "category": "public_views",
            "fields": columns.map(|c| json!({"id": c.field.id, "api_name": c.field.api_name})).collect::<Vec<_>>(),
            "sort_by": sorted.as_ref().map(|(c, _)| json!({"id": c.field.id, "api_name": c.field.api_name})),
            "sort_order": sorted.map(|(_, descending)| if descending { "desc" } else { "asc" }),
        })
    };
    module.views.iter().enumerate().map(view).collect()
}
