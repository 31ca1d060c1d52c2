//! Modules, fields, layouts and lists.

use app::testing::each_database;
use axum::http::StatusCode;

use crate::office::{administrator, comes_back, version};

#[tokio::test]
async fn a_module_is_made_and_gets_fields_of_every_kind() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let sent = [("singular", "Carrier"), ("plural", "Carriers"), ("people", "yes")];
        assert_eq!(
            browser.post("/admin/modules/new", &sent).await.leads_to(),
            "/admin/modules/Carriers"
        );
        for kind in [
            "text",
            "textarea",
            "rich_text",
            "email",
            "phone",
            "website",
            "picklist",
            "multi_picklist",
            "integer",
            "big_integer",
            "decimal",
            "currency",
            "percent",
            "boolean",
            "date",
            "date_time",
            "lookup",
            "multi_lookup",
            "owner",
            "auto_number",
            "file",
            "image",
        ] {
            let label = format!("The {}", kind.replace('_', " "));
            let sent = [
                ("label", label.as_str()),
                ("kind", kind),
                ("options", "red\r\nblue\r\n"),
                ("target", "Contacts"),
            ];
            let page = browser.post("/admin/modules/Carriers/fields/new", &sent).await;
            assert_eq!(page.leads_to(), "/admin/modules/Carriers", "{kind}");
        }
        let page = browser.get("/admin/modules/Carriers").await;
        assert!(
            page.says("The_multi_lookup") && page.says("red, blue") && page.says("to Contacts"),
            "{}",
            page.html
        );
        assert!(
            browser.get("/admin/user-types/new").await.says("Carriers"),
            "people can come from it"
        );
    })
    .await;
}

#[tokio::test]
async fn a_wrong_field_or_module_is_said_at_its_place() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let before = version(&bench).await;
        for (sent, says) in [
            (vec![("label", "Colour")], "Choose what the field holds."),
            (vec![("label", ""), ("api_name", "Colour"), ("kind", "text")], "The label must have"),
            (
                vec![("label", "Colour"), ("api_name", "a b"), ("kind", "text")],
                "cannot be an API name",
            ),
            (vec![("label", "Phone"), ("kind", "text")], "This field exists already."),
            (vec![("label", "Colour"), ("kind", "picklist")], "needs 1 to 500 options"),
            (
                vec![("label", "Colour"), ("kind", "picklist"), ("options", "a\na")],
                "each option once",
            ),
            (
                vec![("label", "Colour"), ("kind", "lookup")],
                "Choose the module that the look-up leads to.",
            ),
            (
                vec![("label", "Colour"), ("kind", "lookup"), ("target", "Nothing")],
                "a module, not",
            ),
            (vec![("label", "Colour"), ("kind", "text"), ("max", "many")], "whole number from 1"),
            (vec![("label", "Colour"), ("kind", "text"), ("max", "0")], "must be 1 to 2000"),
            (vec![("label", "Colour"), ("kind", "decimal"), ("scale", "12")], "At most 9 digits"),
            (
                vec![("label", "Colour"), ("kind", "boolean"), ("unique", "yes")],
                "cannot be kept unique",
            ),
        ] {
            let page = browser.post("/admin/modules/Contacts/fields/new", &sent).await;
            comes_back(&page, says);
        }
        for (sent, says) in [
            (vec![("singular", "Deal"), ("plural", "Deals")], "This module exists already."),
            (vec![("singular", ""), ("plural", "Things")], "Both names are needed"),
            (
                vec![("singular", "T"), ("plural", "Ts"), ("api_name", "1a")],
                "cannot be an API name",
            ),
        ] {
            comes_back(&browser.post("/admin/modules/new", &sent).await, says);
        }
        assert_eq!(version(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_layout_is_moved_about_without_script_and_then_saved() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let tasks = ctx.snapshot.catalogue.named("Tasks").unwrap().clone();
        let id = |name: &str| tasks.field_named(name).unwrap().id.to_string();
        let (subject, status, due) = (id("Subject"), id("Status"), id("Due_Date"));
        let place = "/admin/modules/Tasks/layout";
        let before = version(&bench).await;
        let mut sent = vec![
            ("section", "Main"),
            ("field", subject.as_str()),
            ("field", status.as_str()),
            ("section", "More"),
            ("field", &due),
        ];
        let up = format!("up.{due}");
        sent.push(("press", &up));
        let page = browser.post(place, &sent).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says("Moved, but not saved yet."), "{}", page.html);
        assert_eq!(version(&bench).await, before);
        sent.pop();
        let (into, required) = (format!("into.{status}"), format!("required.{due}"));
        sent.extend([(into.as_str(), "1"), (&required, "yes"), ("save", "yes")]);
        assert_eq!(browser.post(place, &sent).await.leads_to(), place);
        let ctx = bench.system().await;
        let layout = &ctx.snapshot.catalogue.named("Tasks").unwrap().layouts[0];
        let shape: Vec<(&str, usize)> = layout.sections.iter().map(|s| (s.title.as_str(), s.fields.len())).collect();
        assert_eq!(shape, [("Main", 1), ("More", 2)]);
        assert!(layout.sections[1].fields[0].required && !layout.sections[1].fields[1].required);
        let before = version(&bench).await;
        for (wrong, says) in [
            (
                vec![("save", "yes"), ("section", "Main"), ("field", due.as_str())],
                "Subject is mandatory",
            ),
            (vec![("save", "yes"), ("section", ""), ("field", &subject)], "title must have"),
            (
                vec![("save", "yes"), ("section", "A"), ("field", &subject), ("field", "7")],
                "no field with the id 7",
            ),
            (
                vec![("save", "yes"), ("section", "A"), ("field", &subject), ("field", &subject)],
                "stands there twice",
            ),
        ] {
            comes_back(&browser.post(place, &wrong).await, says);
        }
        assert_eq!(version(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_list_gets_its_columns_and_order() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let tasks = ctx.snapshot.catalogue.named("Tasks").unwrap().clone();
        let id = |name: &str| tasks.field_named(name).unwrap().id;
        let place = "/admin/modules/Tasks/view";
        let (status, subject, due) = (
            format!("column.{}", id("Status")),
            format!("column.{}", id("Subject")),
            id("Due_Date").to_string(),
        );
        let sent = [(status.as_str(), "2"), (&subject, "1"), ("sort", &due), ("order", "down")];
        assert_eq!(browser.post(place, &sent).await.leads_to(), place);
        let ctx = bench.system().await;
        let view = &ctx.snapshot.catalogue.named("Tasks").unwrap().views[0];
        assert_eq!(view.columns, [id("Subject"), id("Status")]);
        assert_eq!(view.sort, Some((id("Due_Date"), true)));
        comes_back(&browser.post(place, &[]).await, "A list needs 1 to 20 columns.");
        let description = id("Description").to_string();
        comes_back(
            &browser.post(place, &[(&subject, "1"), ("sort", &description)]).await,
            "cannot be sorted by Description",
        );
    })
    .await;
}

#[tokio::test]
async fn a_field_is_changed_and_deleted_where_nothing_needs_it() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        for sent in [
            vec![("label", "Colour"), ("kind", "picklist"), ("options", "red\nblue")],
            vec![("label", "Sign"), ("kind", "text"), ("max", "10")],
        ] {
            browser.post("/admin/modules/Contacts/fields/new", &sent).await.leads_to();
        }
        let ctx = bench.system().await;
        let module = ctx.snapshot.catalogue.named("Contacts").unwrap().clone();
        let page = |name: &str| format!("/admin/modules/Contacts/fields/{}", module.field_named(name).unwrap().id);
        let form = browser.get(&page("Colour")).await;
        assert!(
            form.says("red\nblue") && form.says("Mandatory") && !form.says("Greatest length"),
            "{}",
            form.html
        );

        let before = version(&bench).await;
        for (name, sent, says) in [
            ("Colour", vec![("label", "Colour"), ("options", "")], "needs 1 to 500 options"),
            ("Colour", vec![("label", " "), ("options", "red")], "The label must have"),
            ("Sign", vec![("label", "Sign"), ("max", "9")], "only be made longer"),
            ("Sign", vec![("label", "Sign"), ("max", "many")], "Expected a whole number."),
        ] {
            comes_back(&browser.post(&page(name), &sent).await, says);
        }
        let standard = format!("{}/delete", page("Last_Name"));
        comes_back(&browser.post(&standard, &[]).await, "it cannot be deleted");
        assert!(browser.get(&page("Last_Name")).await.says("came with Loggia"));
        assert_eq!(version(&bench).await, before);

        let sent = [("label", "Hue"), ("options", "green\nblue"), ("required", "yes")];
        assert_eq!(browser.post(&page("Colour"), &sent).await.leads_to(), "/admin/modules/Contacts");
        let list = browser.get("/admin/modules/Contacts").await;
        assert!(list.says("Hue") && list.says("green, blue"), "{}", list.html);
        let deleted = browser.post(&format!("{}/delete", page("Sign")), &[]).await;
        assert_eq!(deleted.leads_to(), "/admin/modules/Contacts");
        assert_eq!(browser.get(&page("Sign")).await.status, StatusCode::NOT_FOUND);
        assert!(browser.get("/admin").await.says("deleted a field of"));
    })
    .await;
}
