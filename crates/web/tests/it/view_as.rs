//! View as: an administrator sees what a portal user sees, byte for byte, and changes nothing.

use std::collections::BTreeSet;

use app::policies::{self, Outcome};
use app::testing::{ADMIN, Bench, PASSWORD, each_database};
use app::{Ctx, Error};
use axum::http::{Method, StatusCode, header};
use domain::access::{Actions, Ceiling, FieldAccess, FieldGrant, Grant, Policy, Scope};
use domain::ids::{PolicyDraftId, ProfileId, RecordId, UserTypeId};
use domain::orgs::{Profile, Rights};

use crate::browser::{Browser, Page, form};
use crate::world::{self, MARIA, SECRET, World};

async fn administrator(bench: &Bench) -> Browser {
    let browser = Browser::new(&bench.app);
    let page = browser.post("/admin/sign-in", &[("email", ADMIN), ("password", PASSWORD)]).await;
    assert_eq!(page.leads_to(), "/admin");
    browser
}

fn clients(ctx: &Ctx) -> UserTypeId {
    ctx.snapshot.user_types.first().unwrap().id
}

async fn base(bench: &Bench, policy: &str, person: RecordId) -> String {
    format!("/admin/view-as/{policy}/{}/{person}", clients(&bench.system().await))
}

/// Every kind of page that a portal has, of records in sight and out of it.
fn pages(world: &World) -> Vec<String> {
    let (order, foreign) = (world.orders.last().unwrap(), world.order_of_peter);
    let (maria, peter, product) = (world.maria, world.peter, world.product);
    let mut pages: Vec<String> = [
        "",
        "/profile",
        "/Contacts",
        "/Sales_Orders",
        "/Sales_Orders?q=SO-1002",
        "/Sales_Orders?sort=-Grand_Total&per=50",
        "/Sales_Orders?f=Status~is~Delivered",
        "/Sales_Orders?field=Status",
        "/Sales_Orders?sort=Description",
        "/Sales_Orders/new",
        "/Order_Lines",
        "/Cases",
        "/Cases/new",
        "/Products",
        "/Deals",
        "/Nothings",
        "/lookup/Products?q=ch",
        "/lookup/Deals",
    ]
    .map(str::to_owned)
    .to_vec();
    for (module, id) in [
        ("Contacts", maria),
        ("Contacts", peter),
        ("Sales_Orders", *order),
        ("Sales_Orders", foreign),
        ("Products", product),
        ("Deals", RecordId(9)),
    ] {
        pages.extend(["", "/edit", "/delete"].map(|end| format!("/{module}/{id}{end}")));
    }
    pages
}

/// A page without the bar and the addresses: what remains is what the person sees.
fn seen(page: &Page, base: &str) -> (StatusCode, String, String) {
    let place = page.headers.get(header::LOCATION).map_or("", |place| place.to_str().unwrap());
    let mut html = page.html.clone();
    if let Some((before, rest)) = html.split_once("<aside class=\"lo-look\"") {
        let after = rest.split_once("</aside>").unwrap().1;
        html = format!("{before}{after}").replace("<title>As Maria Anders: ", "<title>");
    }
    let lines = html.lines().map(str::trim).filter(|line| !line.is_empty());
    (
        page.status,
        place.replace(base, "…"),
        lines.collect::<Vec<_>>().join("\n").replace(base, "…"),
    )
}

async fn all_seen(browser: &Browser, base: &str, pages: &[String]) -> Vec<(String, (StatusCode, String, String))> {
    let mut all = Vec::new();
    for path in pages {
        let page = browser.get(&format!("{base}{path}")).await;
        let is_page = page.html.starts_with("<!doctype");
        if base.starts_with("/admin") && is_page {
            assert!(
                page.says("<strong>You are looking as Maria Anders</strong> (Clients), by "),
                "{path}: {}",
                page.html
            );
            assert!(
                !page.says("href=\"/portal/") && !page.says("action=\"/portal/"),
                "{path} leads out of the look"
            );
        }
        all.push((path.clone(), seen(&page, base)));
    }
    all
}

#[track_caller]
fn are_equal(one: &[(String, (StatusCode, String, String))], other: &[(String, (StatusCode, String, String))]) {
    assert_eq!(one.len(), other.len());
    for ((path, one), (_, other)) in one.iter().zip(other) {
        assert_eq!(one, other, "{path}");
    }
}

#[tokio::test]
async fn what_is_looked_at_is_what_the_person_sees_themselves() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        world::enter(&bench, world.maria, MARIA).await;
        let (office, maria) = (administrator(&bench).await, Browser::signed_in(&bench.app, MARIA, SECRET).await);
        let pages = pages(&world);
        let herself = all_seen(&maria, "/portal/northwind", &pages).await;
        let fine = herself.iter().filter(|(_, (status, ..))| *status == StatusCode::OK).count();
        assert!(fine > 15, "only {fine} pages are there");
        let looked = all_seen(&office, &base(&bench, "now", world.maria).await, &pages).await;
        are_equal(&looked, &herself);
        // The second page of a list, by its own link.
        let (mine, looks) = (
            maria.get("/portal/northwind/Sales_Orders").await,
            base(&bench, "now", world.maria).await,
        );
        let next = mine.link("id=\"next\"").unwrap();
        let second = next.replace("/portal/northwind", &looks);
        assert_eq!(
            seen(&office.get(&second).await, &looks),
            seen(&maria.get(&next).await, "/portal/northwind")
        );
    })
    .await;
}

/// What clients may see and do, changed in every way: a field more and one less, an action, a module, a ceiling.
fn changed(ctx: &Ctx) -> (Policy, Ceiling) {
    let mut policy = ctx.snapshot.policies.get(&clients(ctx)).unwrap().clone();
    let module = |name: &str| ctx.snapshot.catalogue.named(name).unwrap();
    let orders = module("Sales_Orders");
    let field = |name: &str| FieldGrant {
        field: orders.field_named(name).unwrap().id,
        access: FieldAccess::ReadOnly,
        names: false,
    };
    let total = field("Grand_Total").field;
    for grant in policy.grants.iter_mut().filter(|g| g.module == orders.id) {
        grant.fields.retain(|f| f.field != total);
        grant.fields.push(field("Description"));
        grant.actions = Actions {
            edit: true,
            edit_shared: true,
            delete: true,
            ..grant.actions
        };
    }
    let vendors = module("Vendors");
    policy.grants.push(Grant {
        actions: Actions {
            view: true,
            ..Actions::default()
        },
        fields: vec![FieldGrant {
            field: vendors.field_named("Vendor_Name").unwrap().id,
            ..field("Subject")
        }],
        ..Grant::new(vendors.id, Scope::Public)
    });
    let ceiling = Ceiling {
        name: "No lines".into(),
        binds: domain::access::Bound::Everybody,
        module: module("Order_Lines").id,
        forbids: domain::access::Forbidden::Module,
    };
    (policy, ceiling)
}

/// A draft that changes much; nobody sees it.
async fn draft(bench: &Bench) -> PolicyDraftId {
    let ctx = bench.system().await;
    let id = policies::start(&ctx, "More for clients", None).await.unwrap();
    let (policy, ceiling) = changed(&ctx);
    policies::change_type(&ctx, id, 1, clients(&ctx), policy).await.unwrap();
    let written = ctx.tenant.db.write::<_, Error>(move |conn| {
        let mut draft = store::policies::lock_draft(conn, id)?.unwrap();
        draft.set.as_mut().unwrap().ceilings.push(ceiling);
        Ok(store::policies::save_draft(conn, &draft)?)
    });
    written.await.unwrap();
    id
}

#[tokio::test]
async fn what_a_draft_shows_is_what_the_person_sees_once_it_is_published_and_a_version_what_they_saw() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        world::enter(&bench, world.maria, MARIA).await;
        world::record(&bench.system().await, "Vendors", &[("Vendor_Name", "Lantern works")]).await;
        let (office, maria) = (administrator(&bench).await, Browser::signed_in(&bench.app, MARIA, SECRET).await);
        let mut pages = pages(&world);
        pages.push("/Vendors".into());
        let before = all_seen(&maria, "/portal/northwind", &pages).await;
        let old = bench.system().await.snapshot.policy_version;
        let id = draft(&bench).await;
        let by_draft = all_seen(&office, &base(&bench, &format!("draft-{id}"), world.maria).await, &pages).await;
        let different = by_draft.iter().zip(&before).filter(|(one, other)| one != other).count();
        assert!(different > 8, "the draft changes {different} pages");
        // Neither what is in force nor what is kept for it has become the draft's.
        are_equal(&all_seen(&maria, "/portal/northwind", &pages).await, &before);
        are_equal(&all_seen(&office, &base(&bench, "now", world.maria).await, &pages).await, &before);

        let asked = policies::Asked {
            revision: 2,
            ..policies::Asked::default()
        };
        let published = policies::publish(&bench.system().await, id, asked).await.unwrap();
        assert_eq!(published, Outcome::Published(old + 1));
        are_equal(&by_draft, &all_seen(&maria, "/portal/northwind", &pages).await);
        let by_version = all_seen(&office, &base(&bench, &format!("version-{old}"), world.maria).await, &pages).await;
        are_equal(&by_version, &before);
        let gone = office.get(&base(&bench, &format!("draft-{id}"), world.maria).await).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        assert!(
            gone.says("There is no such draft.") && gone.says("href=\"/admin/view-as\""),
            "{}",
            gone.html
        );
    })
    .await;
}

/// The tables in which two states differ.
fn tables(before: &str, after: &str) -> BTreeSet<String> {
    let lines = before.lines().zip(after.lines()).filter(|(one, two)| one != two);
    lines.filter_map(|(line, _)| Some(line.split(':').next()?.to_owned())).collect()
}

/// Whatever is sent to any page of a look is refused with a page that says so, below the bar.
async fn refuses_all_that_is_sent(office: &Browser, looks: &str, user_type: UserTypeId, person: RecordId) {
    for route in web::table()
        .into_iter()
        .filter(|r| r.path.starts_with("/admin/view-as/") && r.method != Method::GET)
    {
        let address = [("{policy}", "now"), ("{module}", "Cases")];
        let mut path = address.iter().fold(route.path.clone(), |path, (name, is)| path.replace(name, is));
        path = path
            .replace("{type}", &user_type.to_string())
            .replace("{person}", &person.to_string());
        path = path.replace("Cases/{id}", &format!("Contacts/{}", person));
        for body in [
            "",
            "Phone=666&Subject=Bitten&old=seven-lanterns-by-the-lake&new=nine-kites-over-the-hill",
        ] {
            let refused = office.send(form(&path, body.to_owned())).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.html);
            for says in [
                "You only look",
                "nothing can be changed here, and nothing was",
                "You are looking as",
                &format!("href=\"{looks}\""),
            ] {
                assert!(refused.says(says), "{path} does not say {says:?}: {}", refused.html);
            }
        }
    }
}

#[tokio::test]
async fn a_look_changes_nothing_but_the_trail_which_says_who_looked_as_whom() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        world::enter(&bench, world.maria, MARIA).await;
        let (ctx, office) = (bench.system().await, administrator(&bench).await);
        let looks = base(&bench, "now", world.maria).await;
        let before = store::testing::contents(&ctx.tenant.db).await;
        refuses_all_that_is_sent(&office, &looks, clients(&ctx), world.maria).await;
        assert_eq!(
            store::testing::contents(&ctx.tenant.db).await,
            before,
            "also before anything was looked at"
        );
        for path in pages(&world) {
            office.get(&format!("{looks}{path}")).await;
        }
        let after = store::testing::contents(&ctx.tenant.db).await;
        assert_eq!(tables(&before, &after), BTreeSet::from(["audit".to_owned()]));
        let noted = app::audit::latest(&ctx, 3).await.unwrap();
        assert_eq!((noted[0].action.as_str(), noted[0].record), ("viewed_as", Some(world.maria)));
        assert_ne!(noted[1].action, "viewed_as", "one visit is one line");
        let overview = office.get("/admin").await;
        assert!(
            overview.says("looked at the portal as") && overview.says("contact Maria Anders"),
            "{}",
            overview.html
        );
        refuses_all_that_is_sent(&office, &looks, clients(&ctx), world.maria).await;
        assert_eq!(store::testing::contents(&ctx.tenant.db).await, after);
        // Somebody who looks again later has looked twice.
        bench.clock.advance(3600);
        office.get(&looks).await;
        let noted = app::audit::latest(&ctx, 2).await.unwrap();
        assert!(noted.iter().all(|n| n.action == "viewed_as"), "{noted:?}");
    })
    .await;
}

#[tokio::test]
async fn somebody_who_was_never_invited_can_be_looked_as_and_the_bar_says_so() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        let office = administrator(&bench).await;
        let looks = base(&bench, "now", world.peter).await;
        let home = office.get(&looks).await;
        for says in [
            "You are looking as Peter Lang",
            "This person is no portal user yet",
            "Hello Peter Lang",
            "1 record<",
            "Stop looking",
            "by what is in force (version 2)",
        ] {
            assert!(home.says(says), "{says}: {}", home.html);
        }
        let before = office.get(&format!("{looks}/Sales_Orders")).await;
        assert!(before.says("SO-10031") && !before.says("SO-10001"), "{}", before.html);
        let members = bench.system().await;
        let none = members
            .tenant
            .db
            .read::<_, Error>(|conn| Ok(store::members::counts(conn, &store::members::Wanted::default())?));
        assert!(none.await.unwrap().iter().all(|(_, n)| *n == 0), "nobody was invited by it");
        // What was imagined is what is seen after the invitation.
        world::enter(&bench, world.peter, world::PETER).await;
        let peter = Browser::signed_in(&bench.app, world::PETER, SECRET).await;
        for path in ["", "/Sales_Orders", "/Products", "/Cases"] {
            let (one, two) = (
                office.get(&format!("{looks}{path}")).await,
                peter.get(&format!("/portal/northwind{path}")).await,
            );
            let without = |page: &Page, base: &str| seen(page, base).2.replace("<title>As Peter Lang: ", "<title>");
            assert_eq!(without(&one, &looks), without(&two, "/portal/northwind"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn bad_addresses_say_what_is_wrong_and_only_those_who_manage_portals_look() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        world::enter(&bench, world.maria, MARIA).await;
        let (ctx, office) = (bench.system().await, administrator(&bench).await);
        let before = store::testing::contents(&ctx.tenant.db).await;
        let (clients, maria) = (clients(&ctx), world.maria);
        for (path, says) in [
            (
                format!("now/{clients}/999"),
                "There is nobody like that among the people of this user type",
            ),
            (format!("now/{clients}/x"), "There is nobody like that"),
            // A record, but an order.
            (format!("now/{clients}/{}", world.order_of_peter), "There is nobody like that"),
            (format!("now/999/{maria}"), "There is no such user type"),
            (format!("now/x/{maria}"), "There is no such user type"),
            (format!("draft-9/{clients}/{maria}"), "There is no such draft"),
            (format!("draft-x/{clients}/{maria}"), "There is no such draft"),
            (format!("version-99/{clients}/{maria}"), "There is no such version"),
            (format!("version-0/{clients}/{maria}"), "There is no such version"),
            (format!("version--1/{clients}/{maria}"), "There is no such version"),
            (format!("soon/{clients}/{maria}"), "There is no such version or draft"),
        ] {
            for end in ["", "/Sales_Orders"] {
                let page = office.get(&format!("/admin/view-as/{path}{end}")).await;
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}: {}", page.html);
                assert!(page.says(says) && page.says("Choose as whom to look"), "{path}: {}", page.html);
            }
            let sent = office.post(&format!("/admin/view-as/{path}/Cases/new"), &[("Subject", "x")]).await;
            assert_eq!(sent.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(store::testing::contents(&ctx.tenant.db).await, before);
        let looks = base(&bench, "now", maria).await;
        let clerk = format!("loggia_staff={}", bench.employee("clerk", "Standard").await);
        let portal = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let before = store::testing::contents(&ctx.tenant.db).await;
        for path in [looks.clone(), format!("{looks}/Sales_Orders"), "/admin/view-as".into()] {
            let mut request = axum::http::Request::get(&path).body(axum::body::Body::empty()).unwrap();
            request.headers_mut().insert(header::COOKIE, clerk.parse().unwrap());
            let refused = Browser::new(&bench.app).send(request).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
            assert!(refused.says("Manage Portals") && !refused.says("Maria"), "{}", refused.html);
            for stranger in [&portal, &Browser::new(&bench.app)] {
                assert!(stranger.get(&path).await.leads_to().starts_with("/admin/sign-in"), "{path}");
            }
        }
        assert_eq!(store::testing::contents(&ctx.tenant.db).await, before);
    })
    .await;
}

/// An employee who may manage portals, and whose profile hides orders.
async fn half_blind(bench: &Bench) -> String {
    let ctx = bench.system().await;
    let orders = ctx.snapshot.catalogue.named("Sales_Orders").unwrap().id;
    let profile = Profile {
        id: ProfileId(bench.app.id()),
        name: "No orders".into(),
        rights: Rights {
            modules: vec![(orders, Actions::default())],
            ..Rights::administrator()
        },
    };
    let made = ctx.tenant.db.write::<_, Error>(move |conn| {
        store::access::insert_profile(conn, &profile)?;
        Ok(store::state::raise(conn)?)
    });
    made.await.unwrap();
    format!("loggia_staff={}", bench.employee("anna", "No orders").await)
}

#[tokio::test]
async fn nobody_sees_through_another_person_what_their_own_profile_hides() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        let cookie = half_blind(&bench).await;
        let looks = base(&bench, "now", world.maria).await;
        let browser = Browser::new(&bench.app);
        let get = async |path: &str| {
            let mut request = axum::http::Request::get(format!("{looks}{path}"))
                .body(axum::body::Body::empty())
                .unwrap();
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            browser.send(request).await
        };
        let home = get("").await;
        assert!(
            home.says("Left out, as your own profile hides them: Sales Orders."),
            "{}",
            home.html
        );
        assert!(!home.says("SO-1") && home.says("Order lines"), "{}", home.html);
        assert_eq!(get("/Sales_Orders").await.status, StatusCode::NOT_FOUND);
        let lines = get("/Order_Lines").await;
        assert!(
            lines.says("Line 12") && lines.says("Chai") && !lines.says("SO-100"),
            "{}",
            lines.html
        );
    })
    .await;
}

#[tokio::test]
async fn the_page_to_choose_finds_people_invited_or_not() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        world::enter(&bench, world.maria, MARIA).await;
        let (ctx, office) = (bench.system().await, administrator(&bench).await);
        let id = draft(&bench).await;
        let first = office.get("/admin/view-as").await;
        let maria = format!("/admin/view-as/now/{}/{}", clients(&ctx), world.maria);
        for says in [
            maria.as_str(),
            "View as Maria Anders",
            "lo-status-active",
            "not invited",
            "View as Peter Lang",
            "More for clients",
            "Version 1",
        ] {
            assert!(first.says(says), "{says}: {}", first.html);
        }
        let found = async |word: &str| {
            office
                .get(&format!("/admin/view-as?type={}&by=draft-{id}&person={word}", clients(&ctx)))
                .await
        };
        for word in ["peter%40", "Lang", "peter", &world.peter.to_string()] {
            let page = found(word).await;
            assert!(
                page.says(&format!("/admin/view-as/draft-{id}/{}/{}", clients(&ctx), world.peter)),
                "{word}: {}",
                page.html
            );
            assert!(!page.says("View as Maria"), "{word}: {}", page.html);
        }
        let nobody = found("nobody%3Cb%3E%00").await;
        assert_eq!(nobody.status, StatusCode::OK);
        assert!(
            nobody.says("Nobody like that") && nobody.says("nobody&#60;b&#62;"),
            "{}",
            nobody.html
        );
    })
    .await;
}

#[tokio::test]
async fn the_page_to_choose_says_what_is_wrong_and_other_pages_lead_to_looks() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        world::enter(&bench, world.maria, MARIA).await;
        let (ctx, office) = (bench.system().await, administrator(&bench).await);
        let id = draft(&bench).await;
        let maria = format!("/admin/view-as/now/{}/{}", clients(&ctx), world.maria);
        for (query, says) in [
            ("type=99", "There is no such user type."),
            ("type=x", "There is no such user type."),
            ("by=draft-9", "This draft is not there any more"),
            ("by=version-99", "There is no such version."),
            ("by=soon", "There is no such version or draft."),
        ] {
            let page = office.get(&format!("/admin/view-as?{query}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{query}");
            assert!(page.says(says) && page.says("aria-invalid=\"true\""), "{query}: {}", page.html);
        }
        // The ways to it from other pages.
        for path in [format!("/admin/records/Contacts/{}", world.maria), "/admin/members".into()] {
            assert!(office.get(&path).await.says(&format!("href=\"{maria}\"")), "{path}");
        }
        let why = format!(
            "/admin/explain?type={}&person={}&module=Contacts&record={}&draft={id}",
            clients(&ctx),
            world.maria,
            world.maria
        );
        let why = office.get(&why).await;
        assert!(why.says(&maria.replace("now", &format!("draft-{id}"))), "{}", why.html);
        assert!(
            office
                .get(&format!("/admin/policies/drafts/{id}"))
                .await
                .says(&format!("/admin/view-as?by=draft-{id}"))
        );
        assert!(office.get("/admin/policies/versions/1").await.says("/admin/view-as?by=version-1"));
    })
    .await;
}
