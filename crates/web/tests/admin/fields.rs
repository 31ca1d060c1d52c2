//! The field matrix.

use app::testing::each_database;
use axum::http::StatusCode;
use domain::access::FieldAccess;

use crate::office::{administrator, clients, comes_back, version};

#[tokio::test]
async fn fields_are_hidden_read_or_written_and_make_the_list() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap().clone();
        let id = |name: &str| contacts.field_named(name).unwrap().id;
        let place = format!("/admin/user-types/{}/fields/Contacts", clients(&ctx));
        let sent = [
            (format!("f.{}", id("Last_Name")), "read"),
            (format!("f.{}", id("Phone")), "write"),
            (format!("f.{}", id("Account_Name")), "read"),
            (format!("f.{}", id("Created_Time")), "write"),
            (format!("names.{}", id("Account_Name")), "yes"),
            (format!("column.{}", id("Phone")), "1"),
            (format!("column.{}", id("Last_Name")), "2"),
        ];
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        browser.post(&place, &sent).await.leads_to();
        let ctx = bench.system().await;
        let grant = ctx.snapshot.policies[&clients(&ctx)].grant(contacts.id).unwrap().clone();
        let access = |name: &str| grant.fields.iter().find(|f| f.field == id(name)).map(|f| f.access);
        assert_eq!(grant.fields.len(), 4);
        assert_eq!(access("Phone"), Some(FieldAccess::ReadWrite));
        assert_eq!(access("Created_Time"), Some(FieldAccess::ReadOnly), "the product alone writes it");
        assert!(grant.fields.iter().any(|f| f.names && f.field == id("Account_Name")));
        assert_eq!(grant.columns, [id("Phone"), id("Last_Name")]);
    })
    .await;
}

#[tokio::test]
async fn a_hidden_column_is_refused_and_filling_in_saves_nothing() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let phone = ctx.snapshot.catalogue.named("Contacts").unwrap().field_named("Phone").unwrap().id;
        let place = format!("/admin/user-types/{}/fields/Contacts", clients(&ctx));
        let before = version(&bench).await;
        let page = browser.post(&place, &[(&format!("column.{phone}"), "1")]).await;
        comes_back(&page, "A column of the list is a field that is hidden");
        let page = browser.post(&place, &[("all", "write")]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says("not saved yet"), "{}", page.html);
        assert_eq!(version(&bench).await, before);
        assert_eq!(browser.get(&place.replace("Contacts", "Deals")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
