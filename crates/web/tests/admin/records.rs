//! Records for employees.

use app::testing::each_database;
use axum::http::StatusCode;

use crate::office::{administrator, clients};

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
