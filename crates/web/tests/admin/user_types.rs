//! User types: making one, its permission matrix, closing and deleting it.

use app::portals::TypeDraft;
use app::testing::{Bench, each_database};
use axum::http::StatusCode;
use domain::access::{Actions, PlanKey, Scope, Viewer, first_grant};
use domain::ids::UserTypeId;
use domain::modules::standard::{FieldBlueprint, KindBlueprint};

use crate::office::{administrator, clients, comes_back, contact, version};

async fn ids(bench: &Bench, module: &str, field: &str) -> (String, String) {
    let ctx = bench.system().await;
    let module = ctx.snapshot.catalogue.named(module).unwrap();
    (module.id.to_string(), module.field_named(field).unwrap().id.to_string())
}

#[tokio::test]
async fn a_user_type_begins_with_the_name_and_address_of_ones_own_record() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let (vendors, _) = ids(&bench, "Vendors", "Email").await;
        let made = browser
            .post("/admin/user-types/new", &[("name", "Suppliers"), ("module", &vendors)])
            .await;
        let page = browser.get(made.leads_to()).await;
        assert!(page.says("Suppliers see their own vendor."), "{}", page.html);
        assert!(page.says("2 of 17 fields") || page.says("2 of "), "{}", page.html);
        let before = version(&bench).await;
        for (name, module, says) in [
            ("Suppliers", vendors.as_str(), "There is a user type of this name already."),
            ("Über", &vendors, "letters, digits and spaces."),
            ("", &vendors, "A name is needed."),
            ("Others", "", "Choose the module"),
            ("Others", "12", "Choose the module"),
        ] {
            comes_back(
                &browser.post("/admin/user-types/new", &[("name", name), ("module", module)]).await,
                says,
            );
        }
        let (deals, _) = ids(&bench, "Deals", "Stage").await;
        comes_back(
            &browser
                .post("/admin/user-types/new", &[("name", "Deals"), ("module", &deals)])
                .await,
            "People cannot come from this module",
        );
        assert_eq!(version(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_matrix_grants_what_is_ticked_and_says_what_it_means() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let place = format!("/admin/user-types/{}", clients(&ctx));
        let seen = browser.get(&place).await.value("seen").unwrap();
        let (contacts, _) = ids(&bench, "Contacts", "Email").await;
        let (orders, by_contact) = ids(&bench, "Sales_Orders", "Contact_Name").await;
        let (products, _) = ids(&bench, "Products", "Product_Name").await;
        let sent = [
            ("seen", seen.as_str()),
            ("name", "Clients"),
            (&format!("{contacts}.view"), "yes"),
            (&format!("{orders}.view"), "yes"),
            (&format!("{orders}.create"), "yes"),
            (&format!("{orders}.via"), &by_contact),
            (&format!("{products}.view"), "yes"),
            (&format!("{products}.public"), "yes"),
        ];
        assert_eq!(browser.post(&place, &sent).await.leads_to(), place);
        let page = browser.get(&place).await;
        for says in [
            "Now choose the fields",
            "Clients see their own contact.",
            "Clients see the sales orders whose Contact is themselves, and may add new ones.",
            "Clients see all products.",
        ] {
            assert!(page.says(says), "{says}: {}", page.html);
        }
        let ctx = bench.system().await;
        let policy = &ctx.snapshot.policies[&clients(&ctx)];
        assert_eq!(policy.grants.len(), 3);
        let of = |name: &str| policy.grant(ctx.snapshot.catalogue.named(name).unwrap().id).unwrap();
        assert!(matches!(&of("Sales_Orders").scope, Scope::Related { via } if via.len() == 1));
        assert_eq!(of("Products").scope, Scope::Public);
        assert_eq!(of("Contacts").fields.len(), 10, "fields that were chosen before stay");
    })
    .await;
}

#[tokio::test]
async fn a_fault_stands_beside_its_module_and_nothing_is_saved() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let place = format!("/admin/user-types/{}", clients(&ctx));
        let (contacts, _) = ids(&bench, "Contacts", "Email").await;
        let (orders, _) = ids(&bench, "Sales_Orders", "Contact_Name").await;
        let (products, _) = ids(&bench, "Products", "Product_Name").await;
        let (own, view) = (format!("{contacts}.view"), format!("{orders}.view"));
        let (edit, public) = (format!("{products}.edit"), format!("{products}.public"));
        let see_products = format!("{products}.view");
        let before = version(&bench).await;
        for (ticks, says) in [
            (vec![view.as_str()], "How are its records related?"),
            (vec![&edit, &public], "tick View too"),
            (vec![&see_products, &edit, &public], "can only be viewed"),
        ] {
            let mut sent = vec![("name", "Client Portal"), (own.as_str(), "yes")];
            sent.extend(ticks.into_iter().map(|tick| (tick, "yes")));
            let page = browser.post(&place, &sent).await;
            comes_back(&page, says);
            assert!(page.says("is-faulty"), "{}", page.html);
        }
        comes_back(&browser.post(&place, &[("name", " "), (&own, "yes")]).await, "A name is needed.");
        assert_eq!(version(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_change_made_meanwhile_is_not_written_over() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let place = format!("/admin/user-types/{}", clients(&ctx));
        let seen = browser.get(&place).await.value("seen").unwrap();
        let (contacts, _) = ids(&bench, "Contacts", "Email").await;
        let own = format!("{contacts}.view");
        bench.clock.advance(60);
        browser
            .post(&place, &[("seen", &seen), ("name", "First"), (&own, "yes")])
            .await
            .leads_to();
        let page = browser.post(&place, &[("seen", &seen), ("name", "Second"), (&own, "yes")]).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.says("Somebody else changed this user type"), "{}", page.html);
        assert_eq!(bench.system().await.snapshot.user_types[0].name, "First");
    })
    .await;
}

#[tokio::test]
async fn a_user_type_is_closed_and_deleted_only_when_nobody_is_in_it() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let (contacts, _) = ids(&bench, "Contacts", "Email").await;
        let made = browser
            .post("/admin/user-types/new", &[("name", "Partners"), ("module", &contacts)])
            .await;
        let place = made.leads_to().to_owned();
        let id: UserTypeId = place.rsplit('/').next().unwrap().parse().unwrap();
        browser.post(&format!("{place}/state"), &[("active", "no")]).await.leads_to();
        assert!(browser.get(&place).await.says("Nobody of this type can sign in any more"));
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        let member = app::members::invite(&ctx, id, maria).await.unwrap();
        let page = browser.post(&format!("{place}/delete"), &[]).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.says("The user type still has portal users."), "{}", page.html);
        app::members::remove(&ctx, member.id).await.unwrap();
        assert_eq!(browser.post(&format!("{place}/delete"), &[]).await.leads_to(), "/admin/user-types");
        assert_eq!(browser.get(&place).await.status, StatusCode::NOT_FOUND);
        let default = format!("/admin/user-types/{}/delete", clients(&ctx));
        assert!(browser.post(&default, &[]).await.says("The default user type cannot be deleted."));
    })
    .await;
}

/// A new mandatory field that nobody in the portal may write takes the right to make records away, and is told.
#[tokio::test]
async fn what_does_not_fit_any_more_is_off_and_told_on_the_first_page() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let catalogue = &ctx.snapshot.catalogue;
        let cases = catalogue.named("Cases").unwrap();
        let via = cases
            .fields
            .iter()
            .find(|f| f.kind.target() == catalogue.named("Contacts").map(|m| m.id))
            .unwrap()
            .id;
        let makes = Actions {
            view: true,
            create: true,
            ..Actions::default()
        };
        let mut policy = ctx.snapshot.policies[&clients(&ctx)].clone();
        policy.grants.push(first_grant(cases, Scope::Related { via: vec![via] }, makes));
        let draft = TypeDraft {
            name: "Clients".into(),
            active: true,
            policy,
        };
        app::portals::update_user_type(&ctx, clients(&ctx), draft).await.unwrap();
        let creates = async || {
            let ctx = bench.system().await;
            let client = Viewer {
                key: PlanKey::UserType(clients(&ctx)),
                ..ctx.viewer
            };
            ctx.snapshot.access_named(client, "Cases").unwrap().plan().may_create()
        };
        assert!(creates().await && !browser.get("/admin").await.says("does not fit the modules"));

        let ctx = bench.system().await;
        let field = FieldBlueprint::new("Machine", KindBlueprint::Text(100)).required();
        app::modules::add_field(&ctx, cases.id, field).await.unwrap();
        let page = browser.get("/admin").await;
        for says in [
            "Clients",
            "does not fit the modules any more and is off",
            "Cases.Machine is mandatory",
        ] {
            assert!(page.says(says), "{says}: {}", page.html);
        }
        assert!(!creates().await, "the grant to make cases is off");
    })
    .await;
}
