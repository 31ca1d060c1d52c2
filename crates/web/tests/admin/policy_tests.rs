//! Tests that are kept, on the pages: written, run, in the way of what they forbid, and passed over by who says so.

use app::testing::{Bench, each_database};
use app::{Error, policies};
use axum::http::StatusCode;

use crate::browser::{Browser, Page};
use crate::office::{administrator, clients, contact, version};

const TESTS: &str = "/admin/policies/tests";

const GOOD: &str = "\
tests:
  - test: clients do not read their department
    type: Client Portal
    person: { field: Email, value: maria@example.com }
    module: Contacts
    record: { field: Email, value: maria@example.com }
    allow: [view, write Phone]
    deny: [read Department]
  - test: clients see nobody else
    type: Client Portal
    person: { field: Email, value: maria@example.com }
    module: Contacts
    record: { field: Email, value: john@example.com }
    deny: [view]
";

async fn keep(browser: &Browser, text: &str, seen: &str) -> Page {
    browser.post(TESTS, &[("text", text), ("seen", seen)]).await
}

/// An administrator, two contacts, and the tests of them.
async fn kept(bench: &Bench) -> Browser {
    let browser = administrator(bench).await;
    let ctx = bench.system().await;
    contact(&ctx, "maria").await;
    contact(&ctx, "john").await;
    assert_eq!(keep(&browser, GOOD, "0").await.leads_to(), TESTS);
    browser
}

/// The form of what clients know of contacts, with all fields to be read.
async fn all_read(bench: &Bench, seen: String) -> Vec<(String, String)> {
    let ctx = bench.system().await;
    let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap();
    let fields = contacts.fields.iter().map(|f| (format!("f.{}", f.id), "read".to_owned()));
    fields.chain([("seen".to_owned(), seen)]).collect()
}

async fn post(browser: &Browser, place: &str, form: &[(String, String)], more: &[(&str, &str)]) -> Page {
    let form = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let all: Vec<(&str, &str)> = form.chain(more.iter().copied()).collect();
    browser.post(place, &all).await
}

fn stopped(page: &Page, deed: &str) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.html);
    for says in [deed, "name=\"despite\" value=\"1\"", "clients do not read their department"] {
        assert!(page.says(says), "{says}: {}", page.html);
    }
}

#[tokio::test]
async fn the_text_is_kept_only_if_it_can_be_read_and_comes_back_with_its_mistake() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let page = browser.get(TESTS).await;
        for says in [
            "No tests are kept yet.",
            "1 of 1 grants lack a test",
            "Client Portal users see their own contact",
            "no test",
        ] {
            assert!(page.says(says), "{says}: {}", page.html);
        }
        let ctx = bench.system().await;
        contact(&ctx, "maria").await;
        let before = policies::kept_tests(&ctx).await.unwrap();
        for (from, to, told) in [
            ("[view, write Phone]", "[look]", "line 7, column 13"),
            ("read Department", "read Nothing", "line 8: Contacts have no field"),
            ("type: Client Portal", "type: Nobody", "line 3: there is no user type"),
            ("tests:\n", "tests: [\n", "line"),
        ] {
            let text = GOOD.replacen(from, to, 1);
            let page = keep(&browser, &text, "0").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.says("Nothing was saved.") && page.says(told), "{told}: {}", page.html);
            assert!(page.says("clients see nobody else"), "what was written is not lost");
        }
        for seen in ["1", "", "x"] {
            let page = keep(&browser, GOOD, seen).await;
            assert_eq!(page.status, StatusCode::CONFLICT);
            assert!(page.says("changed by somebody else"), "{}", page.html);
        }
        assert_eq!(policies::kept_tests(&ctx).await.unwrap(), before, "nothing is changed");
        assert_eq!(keep(&browser, GOOD, "0").await.leads_to(), TESTS);
        let page = browser.get(TESTS).await;
        for says in [
            "1 of 2 does not hold",
            "could not be asked",
            "expected one record, and there is none",
        ] {
            assert!(page.says(says), "{says}: {}", page.html);
        }
        contact(&ctx, "john").await;
        let page = browser.get(TESTS).await;
        assert!(page.says("all 2 hold") && page.says("Every grant has its tests"), "{}", page.html);
        assert!(browser.get("/admin").await.says("changed the tests of permissions"));
    })
    .await;
}

#[tokio::test]
async fn a_failing_test_stops_a_draft_until_it_is_passed_over_by_its_number() {
    each_database(async |bench| {
        let browser = kept(&bench).await;
        let started = browser.post("/admin/policies/drafts", &[("name", "More")]).await;
        let draft = started.leads_to().to_owned();
        let ctx = bench.system().await;
        let fields = format!("{draft}/user-types/{}/fields/Contacts", clients(&ctx));
        let form = all_read(&bench, browser.get(&fields).await.value("seen").unwrap()).await;
        post(&browser, &fields, &form, &[]).await.leads_to();
        let page = browser.get(&draft).await;
        assert!(
            page.says("1 of 2 does not hold") && page.says("read Department is allowed"),
            "{}",
            page.html
        );
        let difference = browser.get(&format!("{draft}/difference")).await;
        assert!(
            difference.says("Nobody sees more or less"),
            "nobody is there yet: {}",
            difference.html
        );

        let publish = format!("{draft}/publish");
        let asked = browser.get(&publish).await;
        assert!(asked.says("Publish although 1 of 2 tests does not hold"), "{}", asked.html);
        let seen = asked.value("seen").unwrap();
        let before = version(&bench).await;
        for despite in ["", "2", "x"] {
            let refused = browser.post(&publish, &[("seen", &seen), ("despite", despite)]).await;
            stopped(&refused, "Nothing is changed: 1 of 2 tests does not hold");
        }
        assert_eq!(version(&bench).await, before, "nothing is changed");
        let published = browser.post(&publish, &[("seen", &seen), ("despite", "1")]).await;
        assert_eq!(published.leads_to(), "/admin/policies");
        assert!(browser.get("/admin").await.says("passed over failing tests:"));

        let page = browser.get("/admin/policies/versions/2/difference").await;
        assert!(page.says("From version 1 to version 2") && page.says("Version 1"), "{}", page.html);
        let page = browser.get("/admin/policies/versions/1/difference?with=2").await;
        assert!(page.says("If you went back to version 1"), "{}", page.html);
        for nothing in [
            "/admin/policies/versions/9/difference",
            "/admin/policies/versions/1/difference?with=9",
            "/admin/policies/versions/1/difference?with=x",
            "/admin/policies/drafts/9/difference",
        ] {
            assert_eq!(browser.get(nothing).await.status, StatusCode::NOT_FOUND, "{nothing}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_difference_is_counted_for_the_people_who_are_there_in_both_directions() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        app::members::invite(&ctx, clients(&ctx), maria).await.unwrap();
        let started = browser.post("/admin/policies/drafts", &[("name", "More")]).await;
        let draft = started.leads_to().to_owned();
        let page = browser.get(&format!("{draft}/difference")).await;
        assert!(page.says("Nobody sees more or less"), "{}", page.html);
        let fields = format!("{draft}/user-types/{}/fields/Contacts", clients(&ctx));
        let form = all_read(&bench, browser.get(&fields).await.value("seen").unwrap()).await;
        post(&browser, &fields, &form, &[]).await.leads_to();

        let page = browser.get(&format!("{draft}/difference")).await;
        for says in [
            "in the place of version 1",
            "Client Portal",
            "The one person who is there was asked.",
            "Department, ",
            " on 1 record",
            "data-label=\"Lost\"></td>",
        ] {
            assert!(page.says(says), "{says}: {}", page.html);
        }
        let seen = browser.get(&format!("{draft}/publish")).await.value("seen").unwrap();
        browser.post(&format!("{draft}/publish"), &[("seen", &seen)]).await.leads_to();
        let back = browser.get("/admin/policies/versions/1/difference").await;
        for says in [
            "If you went back to version 1",
            "Department, ",
            " on 1 record",
            "data-label=\"Gained\"></td>",
        ] {
            assert!(back.says(says), "{says}: {}", back.html);
        }
    })
    .await;
}

#[tokio::test]
async fn every_form_that_puts_something_into_force_shows_the_failing_tests() {
    each_database(async |bench| {
        let browser = kept(&bench).await;
        let ctx = bench.system().await;
        let place = format!("/admin/user-types/{}", clients(&ctx));
        let fields = format!("{place}/fields/Contacts");
        let form = all_read(&bench, browser.get(&fields).await.value("seen").unwrap()).await;
        let before = version(&bench).await;
        stopped(
            &post(&browser, &fields, &form, &[]).await,
            "Save although 1 of 2 tests does not hold",
        );
        assert_eq!(version(&bench).await, before, "nothing is changed");
        post(&browser, &fields, &form, &[("despite", "1")]).await.leads_to();

        // Version 2 is in force against the tests; back to version 1 they hold, forward again they do not.
        let seen = version_in_force(&bench).await;
        let back = browser.post("/admin/policies/versions/1/roll-back", &[("seen", &seen)]).await;
        assert_eq!(back.leads_to(), "/admin/policies");
        let seen = version_in_force(&bench).await;
        let forward = "/admin/policies/versions/2/roll-back";
        stopped(
            &browser.post(forward, &[("seen", &seen)]).await,
            "Roll back although 1 of 2 tests does not hold",
        );
        browser.post(forward, &[("seen", &seen), ("despite", "1")]).await.leads_to();

        let state = format!("{place}/state");
        browser.post(&state, &[("active", "no")]).await.leads_to();
        stopped(
            &browser.post(&state, &[("active", "yes")]).await,
            "Activate although 1 of 2 tests does not hold",
        );
        assert!(!bench.system().await.snapshot.user_types[0].active);
        browser.post(&state, &[("active", "yes"), ("despite", "1")]).await.leads_to();

        let vendors = ctx.snapshot.catalogue.named("Vendors").unwrap().id.to_string();
        let new = [("name", "Suppliers"), ("module", vendors.as_str())];
        stopped(
            &browser.post("/admin/user-types/new", &new).await,
            "Create although 1 of 2 tests does not hold",
        );
        assert_eq!(bench.system().await.snapshot.user_types.len(), 1);
        browser
            .post("/admin/user-types/new", &[new[0], new[1], ("despite", "1")])
            .await
            .leads_to();

        let matrix = browser.get(&place).await;
        let seen = matrix.value("seen").unwrap();
        let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap().id;
        let view = format!("{contacts}.view");
        let form = [("name", "Client Portal"), ("seen", seen.as_str()), (view.as_str(), "yes")];
        let refused = browser.post(&place, &form).await;
        stopped(&refused, "Save although");
    })
    .await;
}

#[tokio::test]
async fn tests_that_nobody_can_read_any_more_stand_in_the_way_until_others_are_kept() {
    each_database(async |bench| {
        let browser = kept(&bench).await;
        let ctx = bench.system().await;
        let started = browser.post("/admin/policies/drafts", &[("name", "More")]).await;
        let draft = started.leads_to().to_owned();
        let fields = format!("{draft}/user-types/{}/fields/Contacts", clients(&ctx));
        let form = all_read(&bench, browser.get(&fields).await.value("seen").unwrap()).await;
        post(&browser, &fields, &form, &[]).await.leads_to();
        let spoilt = ctx.tenant.db.write::<_, Error>(|conn| {
            store::policies::keep_tests(conn, "tests: [from the future]", 1, (1, domain::time::Moment(0)))?;
            Ok(())
        });
        spoilt.await.unwrap();
        let says = "the kept tests cannot be read, keep others first";
        for place in [TESTS, &draft, &format!("{draft}/publish"), "/admin/policies/versions/1/roll-back"] {
            let page = browser.get(place).await;
            assert!(page.status == StatusCode::OK && page.says(says), "{place}: {}", page.html);
        }
        let before = version(&bench).await;
        let publish = format!("{draft}/publish");
        let seen = browser.get(&publish).await.value("seen").unwrap();
        let refused = browser.post(&publish, &[("seen", &seen), ("despite", "1")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says("The kept tests cannot be read"), "{}", refused.html);
        assert_eq!(version(&bench).await, before, "nothing is changed");
        keep(&browser, "", "2").await.leads_to();
        assert_eq!(browser.post(&publish, &[("seen", &seen)]).await.leads_to(), "/admin/policies");
    })
    .await;
}

async fn version_in_force(bench: &Bench) -> String {
    bench.system().await.snapshot.policy_version.to_string()
}
