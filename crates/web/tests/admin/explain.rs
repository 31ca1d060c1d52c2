//! Why: the page that explains, and what it says to bad questions.

use app::testing::each_database;
use axum::http::StatusCode;

use crate::browser::Browser;
use crate::office::{administrator, ask, clients, contact, record, standard};

#[tokio::test]
async fn an_administrator_asks_why_and_is_told_the_reasons_and_the_smallest_change() {
    each_database(async |bench| {
        let (ctx, browser) = (bench.system().await, administrator(&bench).await);
        let (maria, paul) = (
            contact(&ctx, "maria").await,
            record(&ctx, "Contacts", &[("Last_Name", "<b>paul")]).await,
        );
        let question = |person: &str, record: &str, more: &str| {
            format!(
                "/admin/explain?type={}&person={person}&module=Contacts&record={record}{more}",
                clients(&ctx)
            )
        };
        let own = browser.get(&question(&maria.to_string(), &maria.to_string(), "&action=view")).await;
        assert_eq!(own.status, StatusCode::OK);
        assert!(
            own.says("The grant for their own record allows it.") && own.says("invite them first"),
            "{}",
            own.html
        );
        let other = browser
            .get(&question(&maria.to_string(), &paul.to_string(), "&action=edit&field=Email"))
            .await;
        assert!(
            other.says("“&#60;b&#62;paul” (Contacts") && !other.says("<b>paul"),
            "{}",
            other.html
        );
        assert!(
            other.says("is not “maria”") && other.says("What would turn it round"),
            "{}",
            other.html
        );
        let from_record = browser.get(&format!("/admin/records/Contacts/{maria}")).await;
        assert!(
            from_record.says(&format!("/admin/explain?module=Contacts&#38;record={maria}")),
            "{}",
            from_record.html
        );
        let begun = browser.get(&format!("/admin/explain?module=Contacts&record={maria}")).await;
        assert!(
            begun.status == StatusCode::OK && begun.says(&format!("value=\"{maria}\"")),
            "{}",
            begun.html
        );
    })
    .await;
}

#[tokio::test]
async fn bad_questions_come_back_with_what_was_expected_and_nobody_asks_without_the_right() {
    each_database(async |bench| {
        let (ctx, browser) = (bench.system().await, administrator(&bench).await);
        let maria = contact(&ctx, "maria").await;
        let good = format!("type=Client+Portal&person={maria}&module=Contacts&record={maria}&action=view");
        let bad = |part: &str, with: &str| {
            let parts = good.split('&').filter(|p| !p.starts_with(&format!("{part}=")));
            format!("/admin/explain?{}&{part}={with}", parts.collect::<Vec<_>>().join("&"))
        };
        for (path, status, says) in [
            (bad("type", "Nobody"), 422, "the name or id of a user type"),
            (
                bad("person", "nobody%40example.com"),
                422,
                "the address of a portal user of Client Portal",
            ),
            (bad("module", "Nothing"), 422, "the API name of a module"),
            (bad("record", "x"), 422, "the id of a record"),
            (bad("record", "99"), 404, "There is no such record"),
            (bad("action", "eat"), 422, "view, edit or delete"),
            (
                format!("{}&field=Nothing", bad("action", "read")),
                422,
                "the API name of a field of Contacts",
            ),
            (bad("draft", "9"), 404, "There is no such draft"),
            (bad("draft", "x"), 404, "no such draft"),
        ] {
            let page = browser.get(&path).await;
            assert_eq!(page.status.as_u16(), status, "{path}: {}", page.html);
            assert!(page.says(says), "{path} does not say {says:?}: {}", page.html);
        }
        let clerk = standard(&bench).await;
        let path = format!("/admin/explain?{good}");
        let refused = ask(&Browser::new(&bench.app), &path, &clerk, None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.says("Manage Portals") && !refused.says("maria"), "{}", refused.html);
        let stranger = Browser::new(&bench.app).get(&path).await;
        assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    })
    .await;
}
