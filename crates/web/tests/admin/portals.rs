//! Portals: their addresses, titles and states, and how there come to be several.

use app::testing::each_database;

use crate::browser::Browser;
use crate::office::{administrator, ask, comes_back, standard, version};

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
        let page = browser.get("/admin/portals").await;
        assert!(page.says(">closed<") && page.says("Nobody can sign in to it"));
        for (path, form) in [
            ("sign-in", &[("email", "a@example.com"), ("password", "x")][..]),
            ("forgot", &[("email", "a@example.com")]),
        ] {
            let path = format!("/portal/north-wind/{path}");
            for page in [browser.get(&path).await, browser.post(&path, form).await] {
                assert_eq!(page.status, 404);
                assert!(
                    page.says("This portal is closed at the moment: nobody can sign in."),
                    "{}",
                    page.html
                );
                assert!(!page.says("Back to the start"), "it would lead back here");
            }
        }
        let clients = bench.system().await.snapshot.user_types[0].id;
        let invite = browser.get(&format!("/admin/members/invite/{clients}")).await;
        assert!(invite.says("cannot sign in until it is opened"), "{}", invite.html);
        browser
            .post(&place, &[("title", "Northwind"), ("name", "north-wind"), ("active", "yes")])
            .await;
        assert!(browser.get("/admin/portals").await.says("Its people can sign in"));
        assert_eq!(browser.get("/portal/north-wind/sign-in").await.status, 200);
        let trail = browser.get("/admin").await;
        assert!(trail.says("closed the portal") && trail.says("opened the portal"));
    })
    .await;
}

#[tokio::test]
async fn a_second_portal_is_made_with_user_types_of_its_own() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        assert!(browser.get("/admin/portals").await.says("href=\"/admin/portals/new\""));
        assert_eq!(browser.get("/admin/portals/new").await.status, 200);
        let made = browser
            .post("/admin/portals/new", &[("title", "Our partners"), ("name", "partners")])
            .await;
        let place = made.leads_to().to_owned();
        let page = browser.get(&place).await;
        assert!(page.says("Our partners") && page.says("Client Portal 2") && page.says("The portal is there, and open."));
        assert!(!page.says(">Client Portal<"), "the other portal's user types stand on its own page");
        let list = browser.get("/admin/portals").await;
        assert!(list.says("/portal/northwind") && list.says("/portal/partners") && list.says("Client Portal 2"));
        assert!(browser.get("/portal/partners/sign-in").await.says("Our partners"));

        // A user type in the portal that is chosen; where there are several, none is guessed.
        let portal = place.rsplit('/').next().unwrap();
        let new = format!("/admin/user-types/new?portal={portal}");
        assert!(page.says(&format!("href=\"{new}\"")));
        let form = browser.get(&new).await;
        assert!(
            form.says(&format!("<option value=\"{portal}\" selected>Our partners</option>")),
            "{}",
            form.html
        );
        let contacts = bench.system().await.snapshot.catalogue.named("Contacts").unwrap().id.to_string();
        let before = version(&bench).await;
        for wrong in ["", "17", "northwind"] {
            let fields = [("name", "Resellers"), ("module", contacts.as_str()), ("portal", wrong)];
            let page = browser.post("/admin/user-types/new", &fields).await;
            comes_back(&page, "Choose the portal");
        }
        assert_eq!(version(&bench).await, before);
        let fields = [("name", "Resellers"), ("module", contacts.as_str()), ("portal", portal)];
        browser.post("/admin/user-types/new", &fields).await.leads_to();
        assert!(browser.get(&place).await.says("Resellers"));
        let members = browser.get("/admin/members/invite").await;
        assert!(
            members.says("Resellers (partners)") && members.says("Client Portal (northwind)"),
            "{}",
            members.html
        );
    })
    .await;
}

#[tokio::test]
async fn a_portal_that_cannot_be_made_is_said_at_its_place() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let before = version(&bench).await;
        for (name, title, says) in [
            ("north", "X", "too short: expected at least 6"),
            ("", "X", "A name is needed."),
            ("Northwind", "X", "This address is taken."),
            ("another", " ", "Expected 1 to 100 characters."),
        ] {
            let page = browser.post("/admin/portals/new", &[("title", title), ("name", name)]).await;
            comes_back(&page, says);
            assert!(page.says("aria-invalid"), "{}", page.html);
            assert!(page.says(&format!("value=\"{name}\"")), "what was typed is kept");
        }
        let ctx = bench.system().await;
        for n in 2..=domain::portals::MAX_PORTALS {
            app::portals::create(&ctx, &format!("portal-{n}"), "Another", None).await.unwrap();
        }
        let full = browser.post("/admin/portals/new", &[("title", "X"), ("name", "another")]).await;
        comes_back(&full, "An organisation can have at most 20 portals.");
        assert!(version(&bench).await > before);
        let (clerk, stranger) = (standard(&bench).await, Browser::new(&bench.app));
        for sent in [None, Some("title=X&name=another")] {
            assert_eq!(ask(&stranger, "/admin/portals/new", &clerk, sent).await.status, 403);
        }
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
