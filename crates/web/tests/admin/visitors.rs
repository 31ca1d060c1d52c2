//! What visitors see: the map of it, the form, and the pages that they get.

use app::testing::{Bench, each_database};
use axum::http::StatusCode;

use crate::browser::Browser;
use crate::office::{administrator, comes_back, record, version};

async fn product(bench: &Bench, name: &str) {
    record(
        &bench.system().await,
        "Products",
        &[("Product_Name", name), ("Description", "kept inside")],
    )
    .await;
}

/// The name of the box that shows a field.
async fn tick(bench: &Bench, name: &str) -> String {
    let ctx = bench.system().await;
    let module = ctx.snapshot.catalogue.named("Products").unwrap();
    format!("f.{}", module.field_named(name).unwrap().id)
}

#[tokio::test]
async fn what_is_shown_to_everybody_is_on_the_map_and_on_the_pages_of_visitors() {
    each_database(async |bench| {
        product(&bench, "Chai").await;
        let (browser, stranger) = (administrator(&bench).await, Browser::new(&bench.app));
        let map = browser.get("/admin/visitors").await;
        assert!(map.says("Visitors see nothing"), "{}", map.html);
        assert_eq!(stranger.get("/portal/northwind/public").await.status, StatusCode::NOT_FOUND);
        assert!(!stranger.get("/portal/northwind/sign-in").await.says("Look around"));
        let form = browser.get(browser.get("/admin/visitors?module=Products").await.leads_to()).await;
        let (seen, name) = (form.value("seen").unwrap(), tick(&bench, "Product_Name").await);
        let sent = [
            ("seen", seen.as_str()),
            ("records", "every"),
            ("at_most", "20"),
            (name.as_str(), "yes"),
        ];
        assert_eq!(browser.post("/admin/visitors/Products", &sent).await.leads_to(), "/admin/visitors");
        let map = browser.get("/admin/visitors").await;
        for says in [
            "Visitors see all products, 20 at most.",
            "<strong>1 of 1</strong>",
            "Chai",
            "Published.",
        ] {
            assert!(map.html.contains(says), "{says}: {}", map.html);
        }
        assert!(
            stranger
                .get("/portal/northwind/sign-in")
                .await
                .says("Look around without signing in")
        );
        for place in ["/portal/northwind/public", "/portal/northwind/public/Products"] {
            let page = stranger.get(place).await;
            assert!(
                page.says("Chai") && page.says("Sign in") && !page.says("kept inside"),
                "{}",
                page.html
            );
            assert!(!page.says("Sign out") && !page.says("New product"), "{}", page.html);
        }
        // There is no way to write, and none to other modules.
        for place in ["/portal/northwind/public/Products/new", "/portal/northwind/public/Contacts"] {
            assert_eq!(stranger.get(place).await.status, StatusCode::NOT_FOUND, "{place}");
        }
        let removed = browser.post("/admin/visitors/Products/remove", &[]).await;
        assert_eq!(removed.leads_to(), "/admin/visitors");
        assert_eq!(
            stranger.get("/portal/northwind/public/Products").await.status,
            StatusCode::NOT_FOUND
        );
        let versions = browser.get("/admin/policies").await;
        assert!(versions.says("Visitors see nothing of Products any more"), "{}", versions.html);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_filled_in_wrong_comes_back_and_changes_nothing() {
    each_database(async |bench| {
        product(&bench, "Chai").await;
        product(&bench, "Tofu").await;
        let browser = administrator(&bench).await;
        let before = version(&bench).await;
        let name = tick(&bench, "Product_Name").await;
        let wrong: [(&[(&str, &str)], &str); 7] = [
            (
                &[("at_most", "5"), (&name, "yes")],
                "Expected a choice: only some records, or every record.",
            ),
            (
                &[("records", "some"), ("at_most", "5"), (&name, "yes")],
                "Expected which records: a condition.",
            ),
            (
                &[
                    ("records", "some"),
                    ("criteria", "(Price:equals:1)"),
                    ("at_most", "5"),
                    (&name, "yes"),
                ],
                "has no field &#34;Price&#34;",
            ),
            (
                &[
                    ("records", "some"),
                    ("criteria", "(Owner:equals:${ME})"),
                    ("at_most", "5"),
                    (&name, "yes"),
                ],
                "are nobody",
            ),
            (&[("records", "every"), ("at_most", "0"), (&name, "yes")], "Expected a whole number"),
            (&[("records", "every"), ("at_most", "5")], "Expected at least one field."),
            (
                &[("records", "every"), ("at_most", "1"), (&name, "yes")],
                "2 Products would be within everybody",
            ),
        ];
        for (sent, says) in wrong {
            comes_back(&browser.post("/admin/visitors/Products", sent).await, says);
        }
        let stale = browser
            .post(
                "/admin/visitors/Products",
                &[("seen", "77"), ("records", "every"), ("at_most", "5"), (&name, "yes")],
            )
            .await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.says("Somebody else published"), "{}", stale.html);
        assert_eq!(browser.get("/admin/visitors/Nothings").await.status, StatusCode::NOT_FOUND);
        assert_eq!(version(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_draft_has_its_own_map() {
    each_database(async |bench| {
        product(&bench, "Chai").await;
        let browser = administrator(&bench).await;
        let draft = browser.post("/admin/policies/drafts", &[("name", "A catalogue")]).await;
        let place = format!("{}/visitors", draft.leads_to());
        let name = tick(&bench, "Product_Name").await;
        let sent = [("records", "every"), ("at_most", "5"), (name.as_str(), "yes")];
        assert_eq!(browser.post(&format!("{place}/Products"), &sent).await.leads_to(), place);
        assert!(browser.get(&place).await.says("Visitors see all products, 5 at most."));
        assert!(browser.get("/admin/visitors").await.says("Visitors see nothing"));
        let page = browser.get(draft.leads_to()).await;
        assert!(page.says("Visitors who are not signed in"), "{}", page.html);
    })
    .await;
}
