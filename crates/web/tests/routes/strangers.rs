//! I1, I9, I10: what is nobody's stays so.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use domain::modules::standard::KindBlueprint;

use crate::answer::Content;
use crate::callers::Caller;
use crate::organisation::{MARK, alone};
use crate::walk;

/// The doors that are open to whoever comes: to get in, to be seen to be alive, and the look of the pages.
const OPEN: [(Method, &str); 35] = [
    (Method::GET, "/"),
    (Method::GET, "/healthz"),
    (Method::GET, "/readyz"),
    (Method::GET, "/metrics"),
    (Method::GET, "/assets/{name}"),
    (Method::GET, "/admin/sign-in"),
    (Method::POST, "/admin/sign-in"),
    (Method::POST, "/admin/sign-out"),
    (Method::GET, "/portal/{portal}/sign-in"),
    (Method::POST, "/portal/{portal}/sign-in"),
    (Method::POST, "/portal/{portal}/sign-out"),
    (Method::GET, "/portal/{portal}/saml/metadata"),
    (Method::GET, "/portal/{portal}/saml/sign-in"),
    (Method::POST, "/portal/{portal}/saml/acs"),
    (Method::GET, "/portal/{portal}/saml/sign-out"),
    (Method::POST, "/portal/{portal}/saml/sign-out"),
    (Method::GET, "/portal/{portal}/public"),
    (Method::GET, "/portal/{portal}/public/{module}"),
    (Method::GET, "/portal/{portal}/public/{module}/{id}"),
    (Method::GET, "/portal/{portal}/public/{module}/{id}/file/{field}"),
    (Method::GET, "/portal/{portal}/forgot"),
    (Method::POST, "/portal/{portal}/forgot"),
    (Method::GET, "/portal/{portal}/invitation/{token}"),
    (Method::POST, "/portal/{portal}/invitation/{token}"),
    (Method::GET, "/portal/{portal}/address/{token}"),
    (Method::POST, "/portal/{portal}/address/{token}"),
    (Method::GET, "/portal/{portal}/reset/{token}"),
    (Method::POST, "/portal/{portal}/reset/{token}"),
    (Method::GET, "/portal/{portal}/sign-up"),
    (Method::GET, "/portal/{portal}/sign-up/{type}"),
    (Method::POST, "/portal/{portal}/sign-up/{type}"),
    (Method::GET, "/portal/{portal}/sign-up/proof/{token}"),
    (Method::POST, "/portal/{portal}/sign-up/proof/{token}"),
    (Method::GET, "/operator/enter/{secret}"),
    (Method::POST, "/operator/enter/{secret}"),
];

/// Redirects that say nothing of an organisation, and OAuth and the payment provider's messages, which answer whoever has no
/// secret with an error.
const OPEN_TO_PROGRAMS: [(Method, &str); 7] = [
    (Method::GET, "/oauth/v2/auth"),
    (Method::POST, "/oauth/v2/auth"),
    (Method::POST, "/oauth/v2/token"),
    (Method::POST, "/oauth/v2/token/revoke"),
    (Method::POST, "/payments/stripe"),
    (Method::GET, "/admin/records"),
    (Method::GET, "/admin/modules/{module}/records"),
];

fn is_open(method: &Method, path: &str) -> bool {
    OPEN.iter().chain(&OPEN_TO_PROGRAMS).any(|(m, p)| m == method && *p == path)
}

/// Every record has a mark in it, so that one that leaves is seen; those that are shown to everybody have it where
/// visitors do not see it. The page of an invitation names whom it invites: the
/// link is the proof of that.
#[tokio::test(flavor = "multi_thread")]
async fn i01_no_route_gives_a_stranger_a_record() {
    alone(async |organisation| {
        let mut shown = BTreeSet::new();
        let strangers: Vec<Caller> = organisation.callers.iter().filter(|c| c.is_unknown()).cloned().collect();
        assert_eq!(strangers.len(), 4);
        for route in walk::routes() {
            let invited = route.path.contains("/invitation/{token}");
            for caller in &strangers {
                for ask in walk::asks(&route, &organisation.places, caller).into_iter().filter(|_| !invited) {
                    let answer = ask.send(&organisation.router, caller).await;
                    shown.extend((0..3).filter(|n| answer.text().contains(&format!("Bridge {n} is open"))));
                    // What somebody looks for is told back to them.
                    let text = answer.text().to_lowercase().replace(&format!("value=\"{MARK}\""), "");
                    assert!(!text.contains(MARK), "{ask} by {}: {}", caller.name, answer.text());
                }
            }
        }
        assert_eq!(shown.len(), 3, "what is shown to everybody is found");
    })
    .await;
}

/// The doors that are open to strangers, whatever is granted to others: one that is added must be put there on purpose.
#[tokio::test(flavor = "multi_thread")]
async fn i09_a_stranger_reaches_the_open_doors_and_nothing_else() {
    alone(async |organisation| {
        let stranger = Caller::stranger();
        for route in walk::routes().into_iter().filter(|route| !is_open(&route.method, &route.path)) {
            for ask in walk::asks(&route, &organisation.places, &stranger) {
                let answer = ask.send(&organisation.router, &stranger).await;
                assert!(answer.is_for_strangers(), "{ask}: {} {}", answer.status, answer.text());
            }
        }
        for (method, path) in OPEN.iter().chain(&OPEN_TO_PROGRAMS) {
            let there = web::table().iter().any(|route| route.method == *method && route.path == *path);
            assert!(there, "{method} {path} is no route any more");
        }
    })
    .await;
}

/// Who follows every link that there is for strangers comes to the records that the exposure map counts, and reads the
/// fields that it names.
#[tokio::test(flavor = "multi_thread")]
async fn i09_the_exposure_map_is_what_a_stranger_finds_by_following_every_link() {
    alone(async |organisation| {
        let ctx = organisation.ctx().await;
        let map = app::policies::exposure(&ctx, app::policies::Which::InForce).await.unwrap();
        let (mut left, mut been) = (vec!["/portal/northwind/sign-in".to_owned()], BTreeSet::new());
        let (mut records, mut labels) = (BTreeMap::<String, BTreeSet<String>>::new(), BTreeSet::new());
        while let Some(address) = left.pop() {
            if !address.starts_with("/portal/") || !been.insert(address.clone()) {
                continue;
            }
            let text = organisation.get(&Caller::stranger(), &address).await.text();
            left.extend(between(&text, "href=\"", "\"").map(|href| href.replace("&amp;", "&")));
            if let ["", "portal", "northwind", "public", module, id] = *address.split('/').collect::<Vec<_>>() {
                records.entry(module.to_owned()).or_default().insert(id.to_owned());
                labels.extend(between(&text, "<dt>", "</dt>").map(str::to_owned));
            }
        }
        let found: Vec<(String, u64)> = records.into_iter().map(|(module, ids)| (module, ids.len() as u64)).collect();
        let told: Vec<(String, u64)> = map.anonymous.iter().map(|r| (r.api_name.clone(), r.records)).collect();
        assert_eq!(found, told, "{been:?}");
        assert_eq!(told, [("Deals".to_owned(), 3)]);
        let named: BTreeSet<String> = map.anonymous[0].fields.iter().cloned().collect();
        assert!(!labels.is_empty() && labels.is_subset(&named), "{labels:?} {named:?}");
    })
    .await;
}

/// What stands between two marks, wherever it does.
fn between<'t>(text: &'t str, begin: &'t str, end: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(begin).skip(1).filter_map(move |rest| rest.split(end).next())
}

/// A portal user reaches the modules of the user type; that somebody is signed in opens none.
#[tokio::test(flavor = "multi_thread")]
async fn i09_being_signed_in_grants_nothing_by_itself() {
    alone(async |organisation| {
        let ctx = organisation.ctx().await;
        for (name, user_type) in [("Maria's program", 0), ("Vera's program", 1)] {
            let policy = &ctx.snapshot.policies[&ctx.snapshot.user_types[user_type].id];
            let caller = organisation.caller(name);
            for module in ctx.snapshot.catalogue.modules() {
                let answer = organisation.get(&caller, &format!("/crm/v8/{}?fields=id", module.api_name)).await;
                let unknown = organisation.get(&caller, "/crm/v8/Nothings?fields=id").await;
                let granted = policy.grant(module.id).is_some();
                assert_eq!(answer.status.is_success(), granted, "{} {name}", module.api_name);
                assert!(granted || answer == unknown, "{} is as if it were not there", module.api_name);
            }
        }
    })
    .await;
}

/// Nobody registers: of what a stranger can send, only an invitation's link makes a session, and it names the record.
#[tokio::test(flavor = "multi_thread")]
async fn i10_only_an_invitation_makes_a_portal_user() {
    alone(async |organisation| {
        let stranger = Caller::stranger();
        let nora = organisation.places.records("Contacts")[2].clone();
        for (method, path) in OPEN.iter().filter(|(method, _)| *method == Method::POST) {
            for address in organisation.places.addresses(path) {
                let form = "email=somebody%40example.com&password=seven-kites-over-the-hill&name=Somebody&record=1";
                let answer = organisation
                    .ask(&stranger, method.clone(), &address, Content::Form(form.into()))
                    .await;
                let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
                let sessions = cookies.filter(|cookie| cookie.starts_with("loggia_portal=") || cookie.starts_with("loggia_staff="));
                let mut secrets = sessions.filter_map(|cookie| cookie.split(['=', ';']).nth(1));
                let secret = secrets.find(|secret| !secret.is_empty());
                let fine = answer.is_fine() && path.contains("/invitation/");
                assert_eq!(secret.is_some(), fine, "{method} {address}: {}", answer.text());
                if let Some(secret) = secret {
                    let newcomer = Caller::on_the_portal("Nora", secret);
                    let own = organisation.get(&newcomer, "/portal/northwind/Contacts").await;
                    assert_eq!(own.headers["location"], format!("/portal/northwind/Contacts/{nora}"));
                }
            }
        }
    })
    .await;
}

/// What does not exist yet cannot be a way round: no field is computed of others.
#[tokio::test(flavor = "multi_thread")]
async fn i17_no_field_is_computed_of_others() {
    alone(async |organisation| {
        let admin = organisation.admin.clone();
        for kind in ["formula", "rollup_summary", "subform"] {
            let field = serde_json::json!({"fields": [{"field_label": "Sum", "data_type": kind}]}).to_string();
            let made = organisation.ask(&admin, Method::POST, "/crm/v8/settings/fields?module=Deals", Content::Json(field));
            assert_eq!(made.await.status, 400, "{kind}");
        }
        // Whoever adds a kind of field comes by here: one that is computed needs the rule of I17.
        let is_typed_in_or_given = |kind: KindBlueprint| match kind {
            KindBlueprint::Text(_) | KindBlueprint::TextArea(_) | KindBlueprint::RichText(_) => true,
            KindBlueprint::Email | KindBlueprint::Phone | KindBlueprint::Website => true,
            KindBlueprint::Picklist(_) | KindBlueprint::MultiPicklist(_) | KindBlueprint::Boolean => true,
            KindBlueprint::Integer | KindBlueprint::BigInteger => true,
            KindBlueprint::Decimal(_) | KindBlueprint::Currency(_) | KindBlueprint::Percent(_) => true,
            KindBlueprint::Date | KindBlueprint::DateTime | KindBlueprint::AutoNumber(_) => true,
            KindBlueprint::Lookup(_) | KindBlueprint::MultiLookup(_) | KindBlueprint::Parent | KindBlueprint::Owner => true,
            KindBlueprint::File | KindBlueprint::Image | KindBlueprint::Attachment => true,
            // Of the file itself, and granted as a field of its own, as the time of a change is.
            KindBlueprint::FileSize => true,
        };
        assert!(is_typed_in_or_given(KindBlueprint::Date));
    })
    .await;
}
