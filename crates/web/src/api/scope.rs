//! What a call needs of its token's scopes. Calls that are not named here need one that nobody has.

use app::Ctx;
use domain::accounts::{Area, Operation};
use domain::modules::{Module, ModuleSource};
use http::Method;
use store::accounts::SessionKind;

use super::ApiError;

/// Where all of them begin.
pub const ROOT: &str = "/crm/v8";
/// Where many records at once are read and written.
const BULK: &str = "/crm/bulk/v8";
/// Portals, their user types and users, invitations, licences.
const PORTALS: Area<'_> = Area::Settings("clientportal");

/// Refuses what the token's scopes do not allow. `route` is the address with its placeholders, `path` without. Whoever comes with the
/// cookie of a page has no scopes, and does not need them.
pub fn check(ctx: &Ctx, method: &Method, route: &str, path: &str) -> Result<(), ApiError> {
    let Some(signed_in) = ctx.signed_in.as_deref().filter(|of| of.session.kind == SessionKind::Token) else {
        return Ok(());
    };
    let is_custom = |module: &str| {
        ctx.snapshot
            .catalogue
            .named(module)
            .is_some_and(|module| module.source == ModuleSource::Custom)
    };
    let allowed = needed(method, route, path, is_custom).is_some_and(|(area, needs)| {
        let is_allowed = |operation: &Operation| signed_in.scopes.allow(area, *operation);
        match needs {
            Needs::Either(operations) => operations.iter().any(is_allowed),
            Needs::Both(operations) => operations.iter().all(is_allowed),
        }
    });
    allowed.then_some(()).ok_or_else(ApiError::scope_mismatch)
}

/// The same for records of another module than the one that the address begins with.
pub fn check_records(ctx: &Ctx, module: &Module, operation: Operation) -> Result<(), ApiError> {
    ctx.is_in_scope(module, operation)
        .then_some(())
        .ok_or_else(ApiError::scope_mismatch)
}

/// The scopes by which a call is allowed: all of one of these. None: it has no need of a token.
pub fn choices(method: &Method, route: &str, path: &str, is_custom: impl Fn(&str) -> bool) -> Vec<Vec<String>> {
    match needed(method, route, path, is_custom) {
        None => Vec::new(),
        Some((area, Needs::Either(operations))) => operations.iter().map(|operation| vec![area.scope(*operation)]).collect(),
        Some((area, Needs::Both(operations))) => vec![operations.iter().map(|operation| area.scope(*operation)).collect()],
    }
}

/// Which operations have to be allowed: one of these, or both.
#[derive(Debug, PartialEq, Eq)]
enum Needs {
    Either(&'static [Operation]),
    Both([Operation; 2]),
}

/// What a call does, to what.
fn needed<'a>(method: &Method, route: &str, path: &'a str, is_custom: impl Fn(&str) -> bool) -> Option<(Area<'a>, Needs)> {
    let by_method = Needs::Either(operations(method)?);
    if let Some(route) = route.strip_prefix(BULK) {
        // An order to read makes nothing but a file. Of which module, `check_records` asks besides.
        let needs = match (route, method) {
            ("/read", &Method::POST) => Needs::Either(&[Operation::Read, Operation::Create]),
            _ => by_method,
        };
        return Some((Area::Bulk, needs));
    }
    let (route, path) = (route.strip_prefix(ROOT)?, path.strip_prefix(ROOT)?);
    let mut parts = path.split('/').skip(1);
    Some(match route {
        // Zoho's documents do not agree which of them it is.
        "/settings/portals/{portal}/user_type/{id}/users/action/transfer" => {
            (PORTALS, Needs::Either(&[Operation::Update, Operation::Create]))
        }
        _ if route.starts_with("/settings/portals") || route.ends_with("/actions/portal_invite") => (PORTALS, by_method),
        _ if route.starts_with("/settings/") => (Area::Settings(parts.nth(1)?), by_method),
        "/upload" => (Area::Bulk, by_method),
        // Of which module a record's file is, `check_records` asks besides.
        "/files" => (Area::Files, by_method),
        // Of which modules is told, `check_records` asks besides.
        "/actions/watch" => (Area::Notifications, by_method),
        "/users" | "/users/{id}" => (Area::Users, by_method),
        // What is read is looked at record by record: see `check_records`.
        "/coql" => (Area::Coql, Needs::Either(&[Operation::Read])),
        // What each of the calls in it needs is asked when its turn comes.
        "/__composite_requests" => (Area::Composite, Needs::Either(&[Operation::Custom])),
        "/org" => (Area::Organisation, by_method),
        "/__features" | "/__features/{feature}" => (Area::Features, by_method),
        // It tells what modules there are, and their fields.
        "/openapi.json" => (Area::Settings("modules"), by_method),
        _ if route.starts_with("/{module}") => {
            let module = parts.next()?;
            let is_custom = is_custom(module);
            // Each record may have to be made, and may have to be changed.
            let needs = match route {
                "/{module}/upsert" => Needs::Both([Operation::Create, Operation::Update]),
                // What is made is of another module: see `check_records`.
                "/{module}/{id}/{list}" if *method == Method::POST => Needs::Either(&[Operation::Read]),
                _ if route.starts_with("/{module}/{id}/Attachments") => Needs::Either(&[Operation::Read]),
                // A record is changed; Zoho's documents name what is done to its photo.
                // It is a body that makes a question of it.
                "/{module}/{id}/actions/get_related_records_count" => Needs::Either(&[Operation::Read]),
                "/{module}/{id}/photo" if *method == Method::POST => Needs::Either(&[Operation::Update, Operation::Create]),
                "/{module}/{id}/photo" if *method == Method::DELETE => Needs::Either(&[Operation::Update, Operation::Delete]),
                _ => by_method,
            };
            (Area::Records { module, is_custom }, needs)
        }
        _ => return None,
    })
}

fn operations(method: &Method) -> Option<&'static [Operation]> {
    Some(match *method {
        Method::GET | Method::HEAD => &[Operation::Read],
        Method::POST => &[Operation::Create],
        Method::PUT | Method::PATCH => &[Operation::Update],
        Method::DELETE => &[Operation::Delete],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::Route;

    #[test]
    fn every_call_of_the_api_says_what_it_needs() {
        for Route { method, path } in crate::table() {
            if path.starts_with("/crm") {
                assert!(needed(&method, &path, &path, |_| false).is_some(), "{method} {path}");
            }
        }
    }

    #[test]
    fn what_a_call_needs_is_what_zoho_documents() {
        let of = |method: Method, route: &str, path| needed(&method, route, path, |name| name == "Mine");
        let records = |module, is_custom| Area::Records { module, is_custom };
        for (route, path, area) in [
            ("/crm/v8/{module}/search", "/crm/v8/Contacts/search", records("Contacts", false)),
            ("/crm/v8/{module}/{id}", "/crm/v8/Mine/12", records("Mine", true)),
            (
                "/crm/v8/{module}/actions/portal_invite",
                "/crm/v8/Contacts/actions/portal_invite",
                PORTALS,
            ),
            ("/crm/v8/settings/portals/{portal}", "/crm/v8/settings/portals/northwind", PORTALS),
            ("/crm/v8/settings/fields", "/crm/v8/settings/fields", Area::Settings("fields")),
            ("/crm/v8/org", "/crm/v8/org", Area::Organisation),
            ("/crm/v8/__features", "/crm/v8/__features", Area::Features),
            ("/crm/v8/openapi.json", "/crm/v8/openapi.json", Area::Settings("modules")),
        ] {
            assert_eq!(
                of(Method::GET, route, path),
                Some((area, Needs::Either(&[Operation::Read]))),
                "{path}"
            );
        }
        let deleted = Needs::Either(&[Operation::Delete]);
        let both = Needs::Both([Operation::Create, Operation::Update]);
        assert_eq!(
            of(Method::POST, "/crm/v8/{module}/upsert", "/crm/v8/Deals/upsert"),
            Some((records("Deals", false), both))
        );
        assert_eq!(
            of(Method::DELETE, "/crm/v8/{module}", "/crm/v8/Deals"),
            Some((records("Deals", false), deleted))
        );
        let several = "/crm/v8/__composite_requests";
        let custom = Needs::Either(&[Operation::Custom]);
        assert_eq!(of(Method::POST, several, several), Some((Area::Composite, custom)));
        assert_eq!(of(Method::GET, "/crm/v8/unknown/thing", "/crm/v8/unknown/thing"), None);
        assert_eq!(of(Method::OPTIONS, "/crm/v8/org", "/crm/v8/org"), None);
    }
}
