//! Profiles: what employees may do.

use app::Ctx;
use axum::extract::Path;
use axum::response::Response;
use domain::modules::Module;
use domain::orgs::Profile;
use serde_json::{Value, json};

use super::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/settings/profiles", get(list))
        .route("/settings/profiles/{id}", get(one))
}

async fn list(StaffCaller(ctx): StaffCaller) -> Response {
    answer::list("profiles", ctx.snapshot.profiles.iter().map(profile).collect())
}

async fn one(StaffCaller(ctx): StaffCaller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let profiles = ctx.snapshot.profiles.iter().map(|profile| in_full(&ctx, profile)).collect();
    answer::only("profiles", profiles, &id, 2)
}

/// With its rights.
fn in_full(ctx: &Ctx, of: &Profile) -> Value {
    let mut shown = profile(of);
    if let Some(object) = shown.as_object_mut() {
        object.insert("permissions_details".into(), json!(permissions(ctx, of)));
    }
    shown
}

fn profile(profile: &Profile) -> Value {
    json!({
        "id": profile.id,
        "name": profile.name,
        "display_label": profile.name,
        "description": null,
        "type": "normal_profile",
        "custom": false,
    })
}

/// The rights one by one: those of the settings, then those in each module that whoever asks sees.
fn permissions(ctx: &Ctx, profile: &Profile) -> Vec<Value> {
    let rights = &profile.rights;
    let settings = [
        ("Crm_Implied_Manage_ClientPortal", "Manage Portals", rights.manage_portals),
        (
            "Crm_Implied_Manage_ClientPortal_Users",
            "Manage Portal Users",
            rights.manage_portal_users,
        ),
        ("Crm_Implied_Manage_Modules", "Manage Modules", rights.manage_modules),
    ];
    let settings = settings.map(|(name, label, enabled)| permission(name, label, None, enabled));
    let seen = ctx.snapshot.accesses(ctx.viewer);
    let modules = seen.iter().flat_map(|access| in_module(profile, access.plan().module()));
    settings.into_iter().chain(modules).collect()
}

fn in_module(profile: &Profile, module: &Module) -> [Value; 4] {
    let may = profile.rights.of(module.id);
    let all = [
        ("View", may.view),
        ("Create", may.create),
        ("Edit", may.edit),
        ("Delete", may.delete),
    ];
    all.map(|(verb, enabled)| {
        let name = format!("Crm_Implied_{verb}_{}", module.api_name);
        permission(&name, &format!("{verb} {}", module.plural), Some(&module.api_name), enabled)
    })
}

fn permission(name: &str, label: &str, module: Option<&str>, enabled: bool) -> Value {
    json!({"name": name, "display_label": label, "module": module, "enabled": enabled})
}
