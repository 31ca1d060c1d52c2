//! A portal's address, title and state.

use app::testing::each_database;

use crate::office::{administrator, comes_back, version};

#[tokio::test]
async fn a_portal_moves_to_another_address_and_closes() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let portal = bench.made.portal.clone().unwrap().id;
        let place = format!("/admin/portals/{portal}");
        let sent = [("title", "Northwind"), ("name", "north-wind"), ("active", "yes")];
        assert_eq!(browser.post(&place, &sent).await.leads_to(), "/admin/portals");
        assert!(browser.get("/admin/portals").await.says("/portal/north-wind"));
        assert_eq!(browser.get("/portal/north-wind/sign-in").await.status, 200);
        assert_eq!(browser.get("/portal/northwind/sign-in").await.status, 404);
        browser.post(&place, &[("title", "Northwind"), ("name", "north-wind")]).await;
        assert!(browser.get("/admin/portals").await.says("closed"));
        assert_eq!(browser.get("/portal/north-wind/sign-in").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_address_or_title_is_said_at_its_place() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let portal = bench.made.portal.clone().unwrap().id;
        let before = version(&bench).await;
        for (name, title, says) in [
            ("north", "X", "too short: expected at least 6"),
            ("", "X", "A name is needed."),
            ("north/wind", "X", "letters, digits and hyphens."),
            ("northwind", " ", "Expected 1 to 100 characters."),
            (&"x".repeat(31), "X", "at most 30 characters"),
        ] {
            let page = browser
                .post(&format!("/admin/portals/{portal}"), &[("title", title), ("name", name)])
                .await;
            comes_back(&page, says);
            assert!(page.says("aria-invalid"), "{}", page.html);
        }
        assert_eq!(version(&bench).await, before);
    })
    .await;
}
