//! Forms: making and changing records, without script.

use app::records;
use app::testing::{Bench, each_database};
use axum::http::StatusCode;
use domain::ids::RecordId;

use crate::browser::Browser;
use crate::world::{self, MARIA, SECRET, draft, enter};

/// Somebody in the office changes a record.
async fn office_changes(bench: &Bench, module: &str, id: RecordId, values: &[(&str, &str)]) {
    let ctx = bench.system().await;
    let access = records::access(&ctx, module).unwrap();
    records::update(&ctx, &access, id, None, draft(&access, values)).await.unwrap();
}

#[tokio::test]
async fn a_permitted_field_is_changed_and_the_rest_stays() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let own = format!("/portal/northwind/Contacts/{}", world.maria);
        let form = browser.get(&format!("{own}/edit")).await;
        assert!(form.says("type=\"tel\"") && form.says("type=\"date\"") && form.says("value=\"1980-02-29\""));
        assert!(
            !form.says("name=\"Last_Name\"") && !form.says("name=\"Email\""),
            "what may not be changed is not asked for"
        );
        let modified = form.value("_modified").unwrap();
        let saved = browser
            .post(
                &format!("{own}/edit"),
                &[("_modified", &modified), ("Phone", "030-999"), ("_was.Phone", "030-0074321")],
            )
            .await;
        assert_eq!(saved.leads_to(), own);
        let page = browser.get(&own).await;
        assert!(page.says("030-999") && page.says("Berlin") && page.says("Saved."));
        assert!(!browser.get(&own).await.says("Saved."), "it is said once");
    })
    .await;
}

#[tokio::test]
async fn a_forbidden_an_unknown_and_an_empty_mandatory_field_are_refused_alike_and_nothing_changes() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let own = format!("/portal/northwind/Contacts/{}", world.maria);
        let mut answers = Vec::new();
        for name in ["Department", "Nonsense", "Owner"] {
            let refused = browser.post(&format!("{own}/edit"), &[("Phone", "1"), (name, "x")]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            answers.push(refused.html.replace(name, "?"));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "hidden and unknown fields look the same: {answers:#?}");
        let read_only = browser.post(&format!("{own}/edit"), &[("Email", "other@example.com")]).await;
        assert_eq!(read_only.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = browser.get(&own).await;
        assert!(page.says(MARIA) && page.says("030-0074321"));
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_is_kept_beside_each_error() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let own = format!("/portal/northwind/Contacts/{}", world.maria);
        let long = "1".repeat(31);
        let wrong = browser
            .post(
                &format!("{own}/edit"),
                &[("Phone", &long), ("Date_of_Birth", "yesterday"), ("Mailing_City", "Paris")],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says("At most 30 characters") && wrong.says(&long) && wrong.says("Expected a date"));
        assert!(wrong.says("value=\"Paris\"") && wrong.says("aria-invalid=\"true\""));
        let empty = browser
            .post(
                "/portal/northwind/Cases/new",
                &[("Subject", " "), ("Description", "It <b>broke</b>")],
            )
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.says("Please fill this in") && empty.says("It &#60;b&#62;broke&#60;/b&#62;"));
    })
    .await;
}

#[tokio::test]
async fn a_stale_form_is_not_saved_and_shows_what_changed() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let own = format!("/portal/northwind/Contacts/{}", world.maria);
        let form = browser.get(&format!("{own}/edit")).await;
        let modified = form.value("_modified").unwrap();
        bench.clock.advance(60);
        office_changes(&bench, "Contacts", world.maria, &[("Mailing_City", "Hamburg"), ("Phone", "040-1")]).await;
        let fields = [
            ("_modified", modified.as_str()),
            ("Phone", "030-222"),
            ("_was.Phone", "030-0074321"),
            ("Mailing_City", "Berlin"),
            ("_was.Mailing_City", "Berlin"),
        ];
        let stale = browser.post(&format!("{own}/edit"), &fields).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.says("Somebody else changed this record") && stale.says("Now: 040-1") && stale.says("Now: Hamburg"));
        assert!(stale.says("value=\"030-222\""), "what was typed is kept");
        assert_eq!(
            stale.value("Mailing_City").as_deref(),
            Some("Hamburg"),
            "what was not touched is as it is now"
        );
        let again = [
            ("_modified", stale.value("_modified").unwrap()),
            ("Phone", "030-222".into()),
            ("_was.Phone", stale.value("_was.Phone").unwrap()),
        ];
        let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(browser.post(&format!("{own}/edit"), &again).await.leads_to(), own);
        let page = browser.get(&own).await;
        assert!(page.says("030-222") && page.says("Hamburg"));
    })
    .await;
}

#[tokio::test]
async fn a_case_is_made_with_every_kind_of_field_and_changed_without_losing_any() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let form = browser.get("/portal/northwind/Cases/new").await;
        assert!(form.says("type=\"checkbox\"") && form.says("type=\"datetime-local\"") && form.says("<select class=\"form-select\""));
        assert!(
            form.says("data-lookup=\"/portal/northwind/lookup/Products\"") && form.says("Gorgonzola"),
            "a plain select without script"
        );
        assert!(!form.says("name=\"Related_To\""), "it is hers anyway");
        let product = world.product.to_string();
        let fields = [
            ("Subject", "Broken jar"),
            ("Priority", "High"),
            ("Product_Name", product.as_str()),
            ("_there", "Call_back"),
            ("Call_back", "true"),
            ("_there", "Topics"),
            ("Topics", "Delivery"),
            ("Topics", "Quality"),
            ("Happened", "2026-11-20T14:30"),
            ("Report", "javascript:alert(1)"),
            ("Description", "Line one\r\nLine two"),
        ];
        let made = browser.post("/portal/northwind/Cases/new", &fields).await;
        let case = made.leads_to().to_owned();
        let page = browser.get(&case).await;
        for text in [
            "Broken jar",
            "High",
            "Chai",
            "Yes",
            "Delivery",
            "Quality",
            "20 Nov 2026, 14:30 UTC",
            "Line one\nLine two",
            "Maria Anders",
        ] {
            assert!(page.says(text), "{text}");
        }
        assert!(!page.says("href=\"javascript"), "no link to a script");
        let unchecked = [("_there", "Call_back"), ("_there", "Topics"), ("Topics", "Invoice")];
        browser.post(&format!("{case}/edit"), &unchecked).await.leads_to();
        let page = browser.get(&case).await;
        assert!(page.says("Invoice") && !page.says("Quality") && page.says("<dd>No</dd>"));
        assert!(
            page.says("Broken jar") && page.says("14:30"),
            "what was not in the form is untouched"
        );
    })
    .await;
}

#[tokio::test]
async fn a_look_up_cannot_be_pointed_at_what_one_does_not_see() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let stranger = world.peter.to_string();
        for (name, value) in [
            ("Product_Name", stranger.as_str()),
            ("Product_Name", "x"),
            ("Related_To", stranger.as_str()),
        ] {
            let refused = browser
                .post("/portal/northwind/Cases/new", &[("Subject", "S"), (name, value)])
                .await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}={value}");
        }
        assert!(browser.get("/portal/northwind/Cases").await.says("No cases yet"));
    })
    .await;
}
