//! Records for employees.

use app::testing::each_database;
use axum::http::StatusCode;

use app::portals::TypeDraft;
use app::testing::Bench;
use domain::access::{Actions, Grant, Scope};

use crate::office::{administrator, clients, comes_back, contact, record};

#[tokio::test]
async fn a_record_is_made_invited_deleted_and_restored() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let sent = [("Last_Name", "Anders"), ("Email", "maria@example.com")];
        let made = browser.post("/admin/records/Contacts/new", &sent).await;
        let place = made.leads_to().to_owned();
        let id = place.rsplit('/').next().unwrap().to_owned();
        let page = browser.get(&place).await;
        assert!(page.says("not invited") && page.says("Invite into Client Portal"), "{}", page.html);
        let ctx = bench.system().await;
        let invite = format!("/admin/members/invite/{}", clients(&ctx));
        assert!(browser.post(&invite, &[("record", &id)]).await.says("1 person invited"));
        let page = browser.get(&place).await;
        assert!(page.says("lo-status-invited") && page.says("What was done"), "{}", page.html);
        browser.post(&format!("{place}/delete"), &[]).await.leads_to();
        assert_eq!(browser.get(&place).await.status, StatusCode::NOT_FOUND);
        assert!(browser.get("/admin/records/Contacts/bin").await.says("Anders"));
        assert_eq!(browser.post(&format!("{place}/restore"), &[]).await.leads_to(), place);
        assert_eq!(browser.get(&place).await.status, StatusCode::OK);
        assert_eq!(
            browser.post("/admin/records/Contacts/4711/restore", &[]).await.status,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}

/// Clients are granted deals that are shared with them.
async fn grant_shared_deals(bench: &Bench) {
    let ctx = bench.system().await;
    let user_type = ctx.snapshot.user_types[0].clone();
    let deals = ctx.snapshot.catalogue.named("Deals").unwrap();
    let mut policy = ctx.snapshot.policy(&user_type);
    policy.grants.push(Grant {
        actions: Actions {
            view: true,
            ..Actions::default()
        },
        ..Grant::new(deals.id, Scope::Shared)
    });
    let draft = TypeDraft {
        name: user_type.name.clone(),
        active: true,
        policy,
    };
    app::portals::update_user_type(&ctx, user_type.id, draft).await.unwrap();
}

#[tokio::test]
async fn a_record_is_shared_on_a_page_of_its_own_and_not_any_more() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await.to_string();
        let deal = record(&ctx, "Deals", &[("Deal_Name", "Roof")]).await;
        let place = format!("/admin/records/Deals/{deal}");
        assert!(
            !browser.get(&place).await.says("Shared with"),
            "nobody is granted deals that are shared"
        );
        let page = browser.get(&format!("{place}/share")).await;
        assert!(page.says("No open user type is granted records of Deals"), "{}", page.html);

        grant_shared_deals(&bench).await;
        let page = browser.get(&place).await;
        assert!(page.says("Shared with") && page.says("nobody"), "{}", page.html);
        let page = browser.get(&format!("{place}/share")).await;
        assert!(
            page.says("Nobody yet") && page.says("Client Portal") && page.says("maria"),
            "{}",
            page.html
        );

        let share = format!("{place}/share");
        let sent = [("person", maria.as_str()), ("among", "Contacts")];
        assert_eq!(browser.post(&share, &sent).await.leads_to(), share);
        assert!(browser.get(&share).await.says("maria@example.com"));
        assert!(browser.get(&place).await.says("Change"));
        browser.post(&format!("{place}/unshare"), &[("person", &maria)]).await.leads_to();
        assert!(browser.get(&share).await.says("Nobody yet"));
        let page = browser.post(&format!("{place}/unshare"), &[("person", &maria)]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_person_comes_back_with_what_was_expected() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let deal = record(&bench.system().await, "Deals", &[("Deal_Name", "Roof")]).await;
        grant_shared_deals(&bench).await;
        let share = format!("/admin/records/Deals/{deal}/share");
        for person in ["", "maria", "4711", "99999999999999999999"] {
            let page = browser.post(&share, &[("person", person), ("among", "Contacts")]).await;
            comes_back(&page, "Nothing was shared");
            assert!(page.says("error-Contacts") && page.says("Nobody yet"), "{}", page.html);
        }
        let page = browser.post("/admin/records/Deals/4711/share", &[("person", "1")]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    })
    .await;
}
