//! Inviting people, and what is done with several of them.

use app::Settings;
use app::testing::{Bench, each_database};
use axum::http::StatusCode;
use domain::licences::LicencePolicy;
use domain::members::Status;
use store::members::Wanted;
use store::testing::Place;

use crate::browser::Browser;
use crate::office::{administrator, clients, comes_back, contact, record};

async fn statuses(bench: &Bench) -> Vec<u64> {
    let ctx = bench.system().await;
    let counts = app::members::counts(&ctx, Wanted::default()).await.unwrap();
    Status::ALL
        .iter()
        .map(|s| counts.iter().find(|(found, _)| found == s).unwrap().1)
        .collect()
}

#[tokio::test]
async fn people_are_invited_and_each_refusal_has_its_reason() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let (maria, peter) = (contact(&ctx, "maria").await, contact(&ctx, "peter").await);
        let nobody = record(&ctx, "Contacts", &[("Last_Name", "Silent")]).await;
        let place = format!("/admin/members/invite/{}", clients(&ctx));
        assert!(browser.get(&place).await.says("has no e-mail address"));
        let (maria, peter, nobody) = (maria.to_string(), peter.to_string(), nobody.to_string());
        let page = browser
            .post(&place, &[("record", &maria), ("record", &nobody), ("record", "4711")])
            .await;
        assert_eq!(page.status, StatusCode::OK);
        for says in ["1 person invited", "2 left out", "has no e-mail address", "Is not there any more."] {
            assert!(page.says(says), "{says}: {}", page.html);
        }
        let page = browser.post(&place, &[("record", &maria), ("record", &peter)]).await;
        assert!(page.says("Is in this user type already"), "{}", page.html);
        assert_eq!(statuses(&bench).await, [2, 0, 0]);
        for (wrong, says) in [
            (vec![], "Choose 1 to 1,000 people"),
            (vec![("record", "x")], "One of those chosen is not a record"),
            (vec![("everybody", "yes")], "Choose 1 to 1,000 people"),
        ] {
            comes_back(&browser.post(&place, &wrong).await, says);
        }
        assert_eq!(statuses(&bench).await, [2, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn everybody_a_search_finds_is_invited_at_once() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        for name in ["anna", "annette", "bob"] {
            contact(&ctx, name).await;
        }
        let place = format!("/admin/members/invite/{}", clients(&ctx));
        let page = browser.post(&place, &[("everybody", "yes"), ("q", "ann")]).await;
        assert!(page.says("2 people invited") && !page.says("bob"), "{}", page.html);
    })
    .await;
}

async fn one_seat(place: &Place) {
    let licences = LicencePolicy {
        name: "small".into(),
        free: Some(1),
        ..LicencePolicy::default()
    }
    .into();
    let settings = Settings {
        licences,
        ..Settings::default()
    };
    let bench = Bench::with(place, settings).await;
    let browser = administrator(&bench).await;
    let ctx = bench.system().await;
    let (maria, peter) = (contact(&ctx, "maria").await.to_string(), contact(&ctx, "peter").await.to_string());
    let place = format!("/admin/members/invite/{}", clients(&ctx));
    let page = browser.post(&place, &[("record", &maria), ("record", &peter)]).await;
    assert!(
        page.says("1 person invited") && page.says("No licence is free: 1 of 1 are in use."),
        "{}",
        page.html
    );
    assert!(page.says("The licences are used up: 1 of 1"), "{}", page.html);
    assert!(browser.get("/admin/licences").await.says("is-full"));
}

#[tokio::test]
async fn a_used_up_pool_is_said_with_its_figures() {
    store::testing::each_database(one_seat).await;
}

#[tokio::test]
async fn several_are_worked_on_and_one_refusal_keeps_nobody_back() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let (maria, peter) = (contact(&ctx, "maria").await, contact(&ctx, "peter").await);
        let maria = app::members::invite(&ctx, clients(&ctx), maria).await.unwrap().id.to_string();
        let peter = app::members::invite(&ctx, clients(&ctx), peter).await.unwrap().id.to_string();
        let link = app::mail::unsent(&ctx).await.unwrap()[0].mail.links[0]
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned();
        app::members::accept(&bench.app, "northwind", &link, "seven-lanterns-by-the-lake")
            .await
            .unwrap();
        let act = async |action: &'static str| {
            let sent = [("action", action), ("id", &maria), ("id", &peter)];
            browser.post("/admin/members/bulk", &sent).await
        };
        let page = act("deactivate").await;
        assert!(
            page.says("1 person locked out") && page.says("has not accepted the invitation yet"),
            "{}",
            page.html
        );
        assert_eq!(statuses(&bench).await, [1, 0, 1]);
        assert!(act("activate").await.says("1 person let in again"));
        assert!(act("reinvite").await.says("1 person got a new letter"));
        assert_eq!(app::mail::latest(&ctx).await.unwrap().len(), 3);
        let asked = act("remove").await;
        assert!(
            asked.says("Remove from the portal?") && asked.says("maria@example.com"),
            "{}",
            asked.html
        );
        assert_eq!(statuses(&bench).await, [1, 1, 0], "asking changes nothing");
        let sent = [("action", "remove"), ("sure", "yes"), ("id", &maria), ("id", &peter), ("id", "12")];
        let page = browser.post("/admin/members/bulk", &sent).await;
        assert!(
            page.says("2 people taken out") && page.says("Is not there any more."),
            "{}",
            page.html
        );
        assert_eq!(statuses(&bench).await, [0, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn people_take_the_address_that_their_record_has_now() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let (maria, peter) = (contact(&ctx, "maria").await, contact(&ctx, "peter").await);
        let invite = async |record| app::members::invite(&ctx, clients(&ctx), record).await.unwrap().id.to_string();
        let (member, other) = (invite(maria).await, invite(peter).await);
        let link = async |to: &str| {
            let mails = app::mail::unsent(&ctx).await.unwrap();
            let mail = mails.into_iter().rev().find(|of| of.mail.to == to).unwrap().mail;
            mail.links[0].strip_prefix(&bench.app.settings().public_url).unwrap().to_owned()
        };
        let secret = [("password", "seven-lanterns-by-the-lake")];
        let hers = Browser::new(&bench.app);
        hers.post(&link("maria@example.com").await, &secret).await;
        let form = format!("/admin/records/Contacts/{maria}/edit");
        let new = [("Last_Name", "Anders"), ("Email", "anders@example.org")];
        let saved = browser.post(&form, &new).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        let sent = [("action", "readdress"), ("id", &member), ("id", &other)];
        let page = browser.post("/admin/members/bulk", &sent).await;
        assert!(
            page.says("1 person got a letter at the address of the record") && page.says("The record has no other address"),
            "{}",
            page.html
        );
        let link = link("anders@example.org").await;
        for _ in 0..2 {
            let looked = hers.get(&link).await;
            assert!(
                looked.says("instead of maria@example.com") && looked.says("value=\"anders@example.org\""),
                "{}",
                looked.html
            );
        }
        let wrong = hers.post(&link, &[("password", "wrong")]).await;
        assert!(
            wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.says("This is not the password"),
            "{}",
            wrong.html
        );
        let done = hers.post(&link, &secret).await;
        let sign_in = hers.get(done.leads_to()).await;
        assert!(sign_in.says("The new address counts from now on."), "{}", sign_in.html);
        let spent = hers.get(&link).await;
        assert!(
            spent.status == 404 && spent.says("A link that confirms an address"),
            "{}",
            spent.html
        );
        let list = browser.get("/admin/members").await;
        assert!(list.says("anders@example.org") && !list.says("maria@example.com"), "{}", list.html);
    })
    .await;
}

#[tokio::test]
async fn people_move_to_another_user_type_of_the_same_module() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap().id.to_string();
        let made = browser
            .post("/admin/user-types/new", &[("name", "Partners"), ("module", &contacts)])
            .await;
        let partners = made.leads_to().rsplit('/').next().unwrap().to_owned();
        let ctx = ctx.refreshed().await.unwrap();
        let maria = contact(&ctx, "maria").await;
        let maria = app::members::invite(&ctx, clients(&ctx), maria).await.unwrap().id.to_string();
        let sent = [("action", "transfer"), ("to", partners.as_str()), ("id", &maria)];
        assert!(browser.post("/admin/members/bulk", &sent).await.says("1 person moved"));
        assert!(
            browser
                .get(&format!("/admin/members?type={partners}"))
                .await
                .says("maria@example.com")
        );
        for (wrong, says) in [
            (vec![("action", "transfer"), ("to", ""), ("id", &maria)], "Choose the user type"),
            (vec![("action", "explode"), ("id", &maria)], "Expected one of: re-invite"),
            (vec![("action", "deactivate")], "Choose 1 to 1,000 people first"),
            (vec![("action", "deactivate"), ("id", "x")], "not a portal user"),
        ] {
            comes_back(&browser.post("/admin/members/bulk", &wrong).await, says);
        }
    })
    .await;
}
