//! Somebody who is several portal users: as one of them at a time.

use app::portals::{TypeDraft, create_user_type};
use app::testing::{ADMIN, Bench, PASSWORD, each_database};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::access::beginning;
use domain::ids::{MemberId, RecordId, UserTypeId};

use crate::browser::{Browser, form};
use crate::world::{self, MARIA, PETER, SECRET, World, enter, record, token};

/// Maria is a client, as a contact, and a supplier, as a vendor.
struct Both {
    world: World,
    client: MemberId,
    supplier: MemberId,
    suppliers: UserTypeId,
    vendor: RecordId,
}

async fn both(bench: &Bench) -> Both {
    let world = world::build(bench).await;
    enter(bench, world.maria, MARIA).await;
    let ctx = bench.system().await;
    let suppliers = type_of(bench, "Suppliers", "Vendors").await;
    let ctx = ctx.refreshed().await.unwrap();
    let vendor = record(&ctx, "Vendors", &[("Vendor_Name", "Blue Ridge Farms"), ("Email", MARIA)]).await;
    let supplier = app::members::invite(&ctx, suppliers, vendor).await.unwrap().id;
    let client = app::members::of_record(&ctx, world.maria).await.unwrap().first().unwrap().id;
    Both {
        world,
        client,
        supplier,
        suppliers,
        vendor,
    }
}

/// A user type in the portal whose people see their own record.
async fn type_of(bench: &Bench, name: &str, people: &str) -> UserTypeId {
    let ctx = bench.system().await;
    let portal = ctx.snapshot.portals.first().unwrap().id;
    let draft = TypeDraft {
        name: name.into(),
        active: true,
        policy: beginning(ctx.snapshot.catalogue.named(people).unwrap()),
    };
    create_user_type(&ctx, portal, draft).await.unwrap()
}

#[tokio::test]
async fn one_switches_to_another_portal_of_the_organisation_too() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let ctx = bench.system().await;
        let portal = app::portals::create(&ctx, "partners", "Our partners", None).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let partners = ctx.snapshot.user_types.iter().find(|t| t.portal == portal).unwrap().id;
        let partner = app::members::invite(&ctx, partners, world.maria).await.unwrap().id;
        app::members::accept(&bench.app, "partners", &token(&ctx, MARIA).await, "")
            .await
            .unwrap();

        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let home = browser.get("/portal/northwind").await;
        assert!(
            home.says("You are here as <strong>Clients</strong>."),
            "a sign-in stays in its portal"
        );
        assert!(
            home.says("Switch to <strong>Client Portal</strong>: Maria Anders, in Our partners"),
            "{}",
            home.html
        );
        let old = cookie(&browser);
        assert_eq!(browser.post(&switch(partner), &[]).await.leads_to(), "/portal/partners");
        let home = browser.get("/portal/partners").await;
        assert!(home.says("Our partners") && home.says("Switch to <strong>Clients</strong>: Maria Anders, in Northwind Traders"));
        assert_eq!(
            browser.get("/portal/partners/Sales_Orders").await.status,
            StatusCode::NOT_FOUND,
            "never the sum of both"
        );
        assert_eq!(with_cookie(&bench, &old, "/portal/northwind").await, StatusCode::SEE_OTHER);
        assert_eq!(
            browser.get("/portal/northwind").await.leads_to(),
            "/portal/northwind/sign-in",
            "a session is of one portal"
        );

        // A closed portal is neither offered nor entered.
        browser
            .post(&format!("/portal/partners/switch/{}", client(&ctx, &world).await), &[])
            .await;
        app::portals::update(&ctx, portal, "partners", "Our partners", false).await.unwrap();
        assert!(!browser.get("/portal/northwind").await.says("/switch/"));
        assert_eq!(browser.post(&switch(partner), &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.get("/portal/northwind/Sales_Orders").await.status, StatusCode::OK);
    })
    .await;
}

/// The client that Maria is.
async fn client(ctx: &app::Ctx, world: &World) -> MemberId {
    app::members::of_record(ctx, world.maria).await.unwrap().first().unwrap().id
}

/// Accepts the latest invitation by its link, with a password that is there already.
async fn accept(bench: &Bench, browser: &Browser) {
    let link = format!("/portal/northwind/invitation/{}", token(&bench.system().await, MARIA).await);
    assert!(browser.get(&link).await.says("You have a password here already"));
    assert_eq!(browser.post(&link, &[]).await.leads_to(), "/portal/northwind/sign-in");
}

fn switch(to: MemberId) -> String {
    format!("/portal/northwind/switch/{to}")
}

/// The cookie that a browser has.
fn cookie(browser: &Browser) -> String {
    browser.cookie("loggia_portal").unwrap()
}

/// What is answered to a browser that has this cookie.
async fn with_cookie(bench: &Bench, secret: &str, path: &str) -> StatusCode {
    let request = Request::get(path).header(header::COOKIE, format!("loggia_portal={secret}"));
    Browser::new(&bench.app).send(request.body(Body::empty()).unwrap()).await.status
}

#[tokio::test]
async fn somebody_who_is_several_is_one_at_a_time_and_switches() {
    each_database(async |bench| {
        let both = both(&bench).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let home = browser.get("/portal/northwind").await;
        assert!(
            !home.says("/switch/") && !home.says("You are here as"),
            "who is one portal user sees no switcher"
        );
        bench.clock.advance(60);
        accept(&bench, &browser).await;

        // What was accepted last is where the sign-in leads.
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let home = browser.get("/portal/northwind").await;
        assert!(home.says("Hello Blue Ridge Farms"), "{}", home.html);
        assert!(home.says("You are here as <strong>Suppliers</strong>."), "{}", home.html);
        assert!(home.says("Switch to <strong>Clients</strong>: Maria Anders"), "{}", home.html);
        assert!(home.says(&format!("action=\"{}\"", switch(both.client))));
        let (order, vendor) = (
            "/portal/northwind/Sales_Orders",
            format!("/portal/northwind/Vendors/{}", both.vendor),
        );
        assert_eq!(browser.get(order).await.status, StatusCode::NOT_FOUND, "never the sum of both");
        assert_eq!(browser.get(&vendor).await.status, StatusCode::OK);

        let old = cookie(&browser);
        bench.clock.advance(60);
        assert_eq!(browser.post(&switch(both.client), &[]).await.leads_to(), "/portal/northwind");
        assert_ne!(cookie(&browser), old, "a new session has a new secret");
        let home = browser.get("/portal/northwind").await;
        assert!(home.says("Hello Maria Anders") && home.says("You are here as <strong>Clients</strong>.") && home.says("Switched."));
        assert!(home.says("Switch to <strong>Suppliers</strong>: Blue Ridge Farms"));
        assert_eq!(browser.get(order).await.status, StatusCode::OK);
        assert_eq!(browser.get(&vendor).await.status, StatusCode::NOT_FOUND, "never the sum of both");
        for path in ["/portal/northwind", "/portal/northwind/profile", &vendor] {
            assert_eq!(
                with_cookie(&bench, &old, path).await,
                StatusCode::SEE_OTHER,
                "the old session has ended: {path}"
            );
        }

        // And whom one was last is where the next sign-in leads.
        browser.post("/portal/northwind/sign-out", &[]).await;
        let home = Browser::signed_in(&bench.app, MARIA, SECRET).await.get("/portal/northwind").await;
        assert!(home.says("Hello Maria Anders"));
    })
    .await;
}

#[tokio::test]
async fn i08_one_switches_to_what_one_is_oneself_and_to_nobody_else() {
    each_database(async |bench| {
        let both = both(&bench).await;
        enter(&bench, both.world.peter, PETER).await;
        let ctx = bench.system().await;
        let peter = app::members::of_record(&ctx, both.world.peter).await.unwrap().first().unwrap().id;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let before = store::testing::contents(&ctx.tenant.db).await;
        // A stranger, nobody, no id, and what one is not yet.
        let unknown = browser.post("/portal/northwind/switch/999999999999999999", &[]).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        for to in [peter.to_string(), "me".into(), both.supplier.to_string()] {
            let page = browser.post(&format!("/portal/northwind/switch/{to}"), &[]).await;
            assert_eq!((page.status, page.html), (StatusCode::NOT_FOUND, unknown.html.clone()), "{to}");
        }
        assert_eq!(store::testing::contents(&ctx.tenant.db).await, before);
        let home = browser.get("/portal/northwind").await;
        assert!(home.says("Hello Maria Anders") && !home.says("/switch/"));

        // Nor can one whose own is closed: locked out, a type that is closed, a record in the recycle bin.
        accept(&bench, &browser).await;
        assert!(browser.get("/portal/northwind").await.says(&switch(both.supplier)));
        let user_type = ctx.snapshot.user_type(both.suppliers).unwrap().clone();
        let draft = |active| TypeDraft {
            name: user_type.name.clone(),
            active,
            policy: ctx.snapshot.policy(&user_type),
        };
        app::portals::update_user_type(&ctx, both.suppliers, draft(false)).await.unwrap();
        is_shut(&browser, &both, &unknown.html).await;
        app::portals::update_user_type(&ctx, both.suppliers, draft(true)).await.unwrap();
        app::members::deactivate(&ctx, both.supplier).await.unwrap();
        is_shut(&browser, &both, &unknown.html).await;
        app::members::activate(&ctx, both.supplier).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let vendors = app::records::access(&ctx, "Vendors").unwrap();
        app::records::delete(&ctx, &vendors, both.vendor).await.unwrap();
        is_shut(&browser, &both, &unknown.html).await;
    })
    .await;
}

/// What is not open any more is not offered, and answered as what nobody has.
async fn is_shut(browser: &Browser, both: &Both, unknown: &str) {
    assert!(!browser.get("/portal/northwind").await.says("/switch/"));
    let page = browser.post(&switch(both.supplier), &[]).await;
    assert_eq!((page.status, page.html.as_str()), (StatusCode::NOT_FOUND, unknown));
    assert_eq!(browser.get("/portal/northwind/Sales_Orders").await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_of_several_ends_alone_and_a_new_password_ends_all() {
    each_database(async |bench| {
        let both = both(&bench).await;
        let (client, supplier) = (
            Browser::signed_in(&bench.app, MARIA, SECRET).await,
            Browser::signed_in(&bench.app, MARIA, SECRET).await,
        );
        accept(&bench, &supplier).await;
        assert_eq!(supplier.post(&switch(both.supplier), &[]).await.leads_to(), "/portal/northwind");
        let vendor = format!("/portal/northwind/Vendors/{}", both.vendor);
        assert_eq!(supplier.get(&vendor).await.status, StatusCode::OK);
        let ctx = bench.system().await;
        app::members::deactivate(&ctx, both.supplier).await.unwrap();
        assert!(supplier.get(&vendor).await.status.is_redirection());
        assert_eq!(client.get("/portal/northwind/Sales_Orders").await.status, StatusCode::OK);
        let home = Browser::signed_in(&bench.app, MARIA, SECRET).await.get("/portal/northwind").await;
        assert!(home.says("Hello Maria Anders") && !home.says("/switch/"));

        app::members::activate(&ctx, both.supplier).await.unwrap();
        let supplier = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        supplier.post(&switch(both.supplier), &[]).await;
        assert_eq!(supplier.get(&vendor).await.status, StatusCode::OK);
        let passwords = [("old", SECRET), ("new", "nine-kites-over-the-hill")];
        assert!(
            client
                .post("/portal/northwind/profile/password", &passwords)
                .await
                .status
                .is_redirection()
        );
        assert!(supplier.get(&vendor).await.status.is_redirection(), "of all that they are");
        assert_eq!(
            client.get("/portal/northwind/Sales_Orders").await.status,
            StatusCode::OK,
            "but this one"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_only_looks_as_somebody_cannot_switch() {
    each_database(async |bench| {
        let both = both(&bench).await;
        let maria = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        accept(&bench, &maria).await;
        assert!(maria.get("/portal/northwind").await.says("/switch/"));
        let office = Browser::new(&bench.app);
        office.post("/admin/sign-in", &[("email", ADMIN), ("password", PASSWORD)]).await;
        let base = format!("/admin/view-as/now/{}/{}", both.suppliers, both.vendor);
        let home = office.get(&base).await;
        assert!(home.says("Hello Blue Ridge Farms"), "{}", home.html);
        assert!(!home.says("/switch/") && !home.says("Switch to") && !home.says("You are here as"));
        let there = office.post(&format!("{base}/switch/{}", both.client), &[]).await;
        assert_eq!(there.status, StatusCode::METHOD_NOT_ALLOWED, "there is no such door");
        let here = office.post(&switch(both.client), &[]).await;
        assert_eq!(
            here.leads_to(),
            "/portal/northwind/sign-in",
            "an employee's session is none of a portal"
        );
        let mut elsewhere = form(&switch(both.supplier), String::new());
        elsewhere.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(maria.send(elsewhere).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}
