//! Versions and drafts: the way from a draft into force and back, and the second administrator.

use app::testing::{Bench, each_database};
use axum::http::StatusCode;

use crate::browser::{Browser, Page};
use crate::office::{administrator, ask, clients, version};

/// What is in force for the default user type: the fields of Contacts.
async fn fields(bench: &Bench) -> usize {
    let ctx = bench.system().await;
    ctx.snapshot.policies[&clients(&ctx)].grants[0].fields.len()
}

async fn start(browser: &Browser, name: &str) -> String {
    let started = browser.post("/admin/policies/drafts", &[("name", name)]).await;
    started.leads_to().to_owned()
}

/// Lets clients read everything of themselves, on the page of the fields below this address.
async fn let_read_all(bench: &Bench, browser: &Browser, place: &str) -> Page {
    let page = browser.get(&format!("{place}/fields/Contacts")).await;
    let seen = page.value("seen").unwrap();
    let ctx = bench.system().await;
    let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap();
    let names: Vec<String> = contacts.fields.iter().map(|f| format!("f.{}", f.id)).collect();
    let mut sent: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "read")).collect();
    sent.push(("seen", &seen));
    browser.post(&format!("{place}/fields/Contacts"), &sent).await
}

async fn seen(browser: &Browser, place: &str) -> String {
    browser.get(place).await.value("seen").unwrap()
}

/// Lets clients see all products and read everything of themselves, within a draft.
async fn edit(bench: &Bench, browser: &Browser, user_type: &str) {
    let ctx = bench.system().await;
    let matrix = browser.get(user_type).await;
    assert!(matrix.says("You are editing a draft: nobody sees this yet."), "{}", matrix.html);
    assert!(matrix.says(&format!("{user_type}/fields/Contacts")) && !matrix.says("/state\""));

    // The matrix is saved in the draft.
    let products = ctx.snapshot.catalogue.named("Products").unwrap().id;
    let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap().id;
    let (own, view, public) = (format!("{contacts}.view"), format!("{products}.view"), format!("{products}.public"));
    let sent = [
        ("seen", matrix.value("seen").unwrap()),
        (own.as_str(), "yes".into()),
        (&view, "yes".into()),
        (&public, "yes".into()),
    ];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.post(user_type, &sent).await.leads_to(), user_type);
    let stale = browser.post(user_type, &sent).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.says("Somebody else changed this draft"), "{}", stale.html);
    assert_eq!(let_read_all(bench, browser, user_type).await.leads_to(), user_type);
    assert!(browser.get(user_type).await.says("Saved in the draft."));
}

/// Goes from version 2 back to version 1, in which clients know of so many fields.
async fn roll_back(bench: &Bench, browser: &Browser, before: usize) {
    let one = browser.get("/admin/policies/versions/2").await;
    assert!(one.says("Client Portal users see all products."), "{}", one.html);
    let back = "/admin/policies/versions/1/roll-back";
    let asked = browser.get(back).await;
    assert!(asked.says("Products: taken away"), "{}", asked.html);
    let seen = asked.value("seen").unwrap();
    assert_eq!(browser.post(back, &[("seen", &seen)]).await.leads_to(), "/admin/policies");
    assert_eq!(fields(bench).await, before);
    let again = browser.post(back, &[("seen", &seen)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.says("Somebody else published in the meantime."), "{}", again.html);
    assert!(browser.get("/admin").await.says("went back to version"));
}

#[tokio::test]
async fn a_draft_is_edited_on_the_pages_of_its_user_types_published_and_rolled_back() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        assert!(browser.get("/admin/policies").await.says("No draft"));
        let place = start(&browser, "More for clients").await;
        let ctx = bench.system().await;
        let (before, begun) = (fields(&bench).await, version(&bench).await);
        let user_type = format!("{place}/user-types/{}", clients(&ctx));
        edit(&bench, &browser, &user_type).await;
        assert_eq!((fields(&bench).await, version(&bench).await), (before, begun), "nobody sees it");

        let page = browser.get(&place).await;
        assert!(
            page.says("Products: added") && page.says("Contacts: changed") && page.says("Client Portal users see all products."),
            "{}",
            page.html
        );
        let publish = format!("{place}/publish");
        let asked = browser.get(&publish).await;
        assert!(asked.says("Products: added"), "{}", asked.html);
        let sent = [("seen", asked.value("seen").unwrap()), ("note", "The shop opens".into())];
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(browser.post(&publish, &sent).await.leads_to(), "/admin/policies");
        let list = browser.get("/admin/policies").await;
        for says in [
            "Published. It is in force for everybody.",
            "The shop opens",
            "Version 2",
            "No draft",
        ] {
            assert!(list.says(says), "{says}: {}", list.html);
        }
        assert!(fields(&bench).await > before);
        assert_eq!(browser.get(&place).await.status, StatusCode::NOT_FOUND);
        roll_back(&bench, &browser, before).await;
    })
    .await;
}

#[tokio::test]
async fn a_draft_whose_base_is_gone_says_so_and_leaves_the_choice() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let (one, two) = (start(&browser, "One").await, start(&browser, "Two").await);
        let user_type = format!("/user-types/{}", clients(&ctx));
        let_read_all(&bench, &browser, &format!("{one}{user_type}")).await.leads_to();
        let publish = format!("{one}/publish");
        let asked = seen(&browser, &publish).await;
        browser.post(&publish, &[("seen", &asked)]).await.leads_to();

        let page = browser.get(&two).await;
        assert!(page.says("begun from version 1; version 2 is in force now"), "{}", page.html);
        let publish = format!("{two}/publish");
        let before = version(&bench).await;
        let refused = browser.post(&publish, &[("seen", "1")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.says("Version 2 is in force meanwhile"), "{}", refused.html);
        assert_eq!(version(&bench).await, before);
        assert_eq!(browser.post(&format!("{two}/update"), &[("seen", "1")]).await.leads_to(), two);
        assert!(browser.get(&two).await.says("Nothing is different from what is in force."));
        let discard = format!("{two}/discard");
        assert_eq!(browser.post(&discard, &[]).await.status, StatusCode::CONFLICT);
        let asked = seen(&browser, &discard).await;
        assert_eq!(browser.post(&discard, &[("seen", &asked)]).await.leads_to(), "/admin/policies");
    })
    .await;
}

#[tokio::test]
async fn what_lets_people_see_more_waits_for_somebody_else() {
    each_database(async |bench| {
        let anna = administrator(&bench).await;
        let alone = anna.post("/admin/policies/rule", &[("do", "on")]).await;
        assert_eq!(alone.status, StatusCode::CONFLICT);
        let bert = format!("loggia_staff={}", bench.employee("bert", "Administrator").await);
        assert_eq!(
            anna.post("/admin/policies/rule", &[("do", "on")]).await.leads_to(),
            "/admin/policies"
        );
        let before = fields(&bench).await;
        let ctx = bench.system().await;
        // The page of the user type makes a draft that waits.
        let place = let_read_all(&bench, &anna, &format!("/admin/user-types/{}", clients(&ctx))).await;
        let place = place.leads_to().to_owned();
        assert!(place.starts_with("/admin/policies/drafts/"), "{place}");
        let page = anna.get(&place).await;
        for says in [
            "waits until a second administrator",
            "has to approve it",
            "people may see or do more",
            "Shown from now on: ",
            "Only to be read from now on: ",
        ] {
            assert!(page.says(says), "{says}: {}", page.html);
        }
        assert!(!page.says("Approve and publish"));
        let approve = format!("{place}/approve");
        let own = anna.post(&approve, &[("seen", "1")]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
        assert!(own.says("Somebody who has not worked on it has to agree."), "{}", own.html);
        assert_eq!(fields(&bench).await, before);
        let page = ask(&Browser::new(&bench.app), &place, &bert, None).await;
        assert!(
            page.says("Approve and publish") && page.says("You are asked to look at it."),
            "{}",
            page.html
        );
        assert_eq!(
            ask(&Browser::new(&bench.app), &approve, &bert, Some("seen=1")).await.leads_to(),
            "/admin/policies"
        );
        assert!(fields(&bench).await > before);
        assert!(anna.get("/admin/policies").await.says("Administrator, approved by bert"));
    })
    .await;
}

#[tokio::test]
async fn a_user_type_is_opened_and_the_rule_turned_off_by_two() {
    each_database(async |bench| {
        let anna = administrator(&bench).await;
        let bert = format!("loggia_staff={}", bench.employee("bert", "Administrator").await);
        anna.post("/admin/policies/rule", &[("do", "on")]).await.leads_to();
        let ctx = bench.system().await;
        // A new user type begins closed: it is opened by two.
        let vendors = ctx.snapshot.catalogue.named("Vendors").unwrap().id.to_string();
        let made = anna
            .post("/admin/user-types/new", &[("name", "Suppliers"), ("module", &vendors)])
            .await;
        let made = made.leads_to().to_owned();
        assert!(anna.get(&made).await.says("deactivated"));
        let opened = anna.post(&format!("{made}/state"), &[("active", "yes")]).await;
        let draft = opened.leads_to().to_owned();
        assert!(anna.get(&draft).await.says("is activated"));
        ask(&Browser::new(&bench.app), &format!("{draft}/approve"), &bert, Some("seen=1"))
            .await
            .leads_to();
        assert!(anna.get(&made).await.says("Deactivate"));

        // And so is the rule turned off.
        anna.post("/admin/policies/rule", &[("do", "ask-for-off")]).await.leads_to();
        let alone = anna.post("/admin/policies/rule", &[("do", "agree-to-off")]).await;
        assert_eq!(alone.status, StatusCode::FORBIDDEN);
        assert!(
            ask(&Browser::new(&bench.app), "/admin/policies", &bert, None)
                .await
                .says("Agree: turn it off")
        );
        let agreed = ask(&Browser::new(&bench.app), "/admin/policies/rule", &bert, Some("do=agree-to-off")).await;
        assert_eq!(agreed.leads_to(), "/admin/policies");
        assert!(anna.get("/admin/policies").await.says("Turn it on"));
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_changes_nothing() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let place = start(&browser, "A draft").await;
        let before = version(&bench).await;
        for path in [
            "/admin/policies/drafts/12",
            "/admin/policies/drafts/x/publish",
            "/admin/policies/versions/9",
            "/admin/policies/versions/-1/roll-back",
            "/admin/policies/versions/99999999999999999999",
            "/admin/policies/drafts/12/user-types/12",
            &format!("{place}/user-types/12"),
            &format!("{place}/user-types/{}/fields/Nothing", clients(&bench.system().await)),
        ] {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for name in ["", " ", &"x".repeat(101)] {
            let page = browser.post("/admin/policies/drafts", &[("name", name)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.says("1 to 100 characters"), "{}", page.html);
        }
        for (path, status) in [
            ("publish", StatusCode::CONFLICT),
            ("update", StatusCode::CONFLICT),
            ("approve", StatusCode::CONFLICT),
            ("withdraw", StatusCode::CONFLICT),
        ] {
            for sent in [vec![], vec![("seen", "x")], vec![("seen", "7")]] {
                let page = browser.post(&format!("{place}/{path}"), &sent).await;
                assert_eq!(page.status, status, "{path}: {}", page.html);
            }
        }
        let long = "x".repeat(201);
        let page = browser.post(&format!("{place}/publish"), &[("seen", "1"), ("note", &long)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let word = browser.post("/admin/policies/rule", &[("do", "what")]).await;
        assert_eq!(word.status, StatusCode::UNPROCESSABLE_ENTITY);
        let here = browser.post("/admin/policies/versions/1/roll-back", &[("seen", "1")]).await;
        assert_eq!(here.status, StatusCode::UNPROCESSABLE_ENTITY, "it is in force already");
        assert_eq!(version(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn policies_that_cannot_be_read_are_reported_and_a_way_back_is_there() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let place = format!("/admin/user-types/{}", clients(&ctx));
        let_read_all(&bench, &browser, &place).await.leads_to();
        let broken = ctx.tenant.db.write::<_, app::Error>(|conn| {
            conn.execute("UPDATE :db.policy_versions SET document = 'x' WHERE number = 2", &[])?;
            Ok(store::state::raise(conn)?)
        });
        broken.await.unwrap();
        let list = browser.get("/admin/policies").await;
        assert!(list.says("cannot be read for Client Portal"), "{}", list.html);
        assert!(browser.get("/admin/policies/versions/2").await.says("This version cannot be read"));
        assert_eq!(browser.get(&place).await.status, StatusCode::OK, "the page is there, and empty");
        let refused = browser.post("/admin/policies/drafts", &[("name", "New")]).await;
        assert!(refused.says("go back to a version that can"), "{}", refused.html);
        let back = browser.post("/admin/policies/versions/1/roll-back", &[("seen", "2")]).await;
        assert_eq!(back.leads_to(), "/admin/policies");
        assert!(!browser.get("/admin/policies").await.says("cannot be read for"));
    })
    .await;
}
