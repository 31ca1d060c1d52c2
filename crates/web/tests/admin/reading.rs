//! Every page answers the administrator.

use app::testing::{Bench, each_database};
use axum::http::StatusCode;

use crate::office::{administrator, clients, contact};

/// Every page that can be opened, with something it says.
pub async fn pages(bench: &Bench) -> Vec<(String, &'static str)> {
    let ctx = bench.system().await;
    let (clients, portal) = (clients(&ctx), ctx.snapshot.portals[0].id);
    let maria = contact(&ctx, "maria").await;
    app::members::invite(&ctx, clients, maria).await.unwrap();
    let letter = app::mail::latest(&ctx).await.unwrap()[0].id;
    let draft = format!(
        "/admin/policies/drafts/{}",
        app::policies::start(&ctx, "A draft", None).await.unwrap()
    );
    let page = |path: &str, says| (path.to_owned(), says);
    vec![
        page("/admin", "What to do next"),
        page("/admin/portals", "northwind"),
        (format!("/admin/portals/{portal}"), "6 to 30 letters"),
        page("/admin/user-types", "Client Portal"),
        page("/admin/user-types/new", "Who are these people?"),
        (
            format!("/admin/user-types/{clients}"),
            "Client Portal users see their own contact, and may edit it.",
        ),
        (format!("/admin/user-types/{clients}/fields/Contacts"), "Mailing Street"),
        (format!("/admin/user-types/{clients}/delete"), "Delete Client Portal?"),
        page("/admin/policies", "As the organisation began"),
        page("/admin/policies/versions/1", "Client Portal users see their own contact"),
        page("/admin/policies/versions/1/roll-back", "Roll back to version 1?"),
        (draft.clone(), "User types in this draft"),
        (format!("{draft}/publish"), "Nothing is different"),
        (format!("{draft}/discard"), "gone for good"),
        (format!("{draft}/user-types/{clients}"), "You are editing a draft"),
        (format!("{draft}/user-types/{clients}/fields/Contacts"), "You are editing a draft"),
        page("/admin/explain", "the smallest change that would turn it round"),
        (
            format!("/admin/explain?type={clients}&person={maria}&module=Contacts&record={maria}&action=read&field=Department"),
            "name the field Department in the grant for their own record",
        ),
        page("/admin/members", "maria@example.com"),
        page("/admin/members?status=active", "Nobody like that"),
        page("/admin/members?q=mari%25", "Nobody like that"),
        page("/admin/members/invite", "from Contacts"),
        (format!("/admin/members/invite/{clients}"), "invited"),
        page("/admin/licences", "of 1,000 licences in use"),
        page("/admin/modules", "Sales Orders"),
        page("/admin/modules/new", "One of them is a"),
        page("/admin/modules/Contacts", "Last_Name"),
        page("/admin/modules/Contacts/fields/new", "Several of a list"),
        page("/admin/modules/Contacts/layout", "Another section"),
        page("/admin/modules/Contacts/view", "Newest first"),
        page("/admin/records/Contacts", "maria"),
        (format!("/admin/records/Contacts/{maria}"), "In the portal"),
        page("/admin/records/Contacts/bin", "Empty"),
        page("/admin/import", "At most 50 MB"),
        page("/admin/outbox", "No mail server is set up"),
        (format!("/admin/outbox/{letter}"), "Accept the invitation"),
        page("/admin/profile", "Administrator"),
    ]
}

#[tokio::test]
async fn every_page_answers_an_administrator() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        for (path, says) in pages(&bench).await {
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.html);
            assert!(page.says(says), "{path} does not say {says:?}: {}", page.html);
            assert!(!page.says("style=\"") && !page.says("<script>"), "{path} has something inline");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        for path in [
            "/admin/portals/1",
            "/admin/portals/x",
            "/admin/user-types/99",
            "/admin/user-types/-1",
            "/admin/user-types/x/delete",
            "/admin/members/invite/7",
            "/admin/modules/Nothing",
            "/admin/modules/Nothing/layout",
            "/admin/records/Nothing",
            "/admin/records/Contacts/abc",
            "/admin/outbox/12",
            "/admin/import/12",
            "/admin/import/jobs/12",
            "/admin/import/jobs/x/progress",
        ] {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}: {}", page.html);
        }
    })
    .await;
}
