//! I5, I6, I7, I16, I20: what may not be written is not written, and a batch is the sum of its singles.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};
use store::testing::Place;

use crate::answer::{Answer, Content};
use crate::organisation::{Organisation, Version, alone};
use crate::walk;

/// The tables in which two states differ.
fn changed<'a>(before: &'a str, after: &str) -> BTreeSet<&'a str> {
    let lines = before.lines().zip(after.lines()).filter(|(one, two)| one != two);
    lines.filter_map(|(line, _)| line.split(':').next()).collect()
}

fn data(items: &[Value]) -> Content {
    Content::Json(json!({ "data": items }).to_string())
}

/// Every request that is refused, and every one that only reads, leaves every table as it was. A wrong password is
/// counted: that is what it changes.
#[tokio::test(flavor = "multi_thread")]
async fn i05_what_is_refused_changes_nothing() {
    alone(async |organisation| {
        let (mut before, mut refused) = (organisation.contents().await, 0);
        for route in walk::routes() {
            let reads = route.method == Method::GET;
            for name in ["a stranger", "Maria", "Maria's program", "Vera", "the clerk"] {
                let caller = organisation.caller(name);
                let asks = walk::asks(&route, &organisation.places, &caller);
                // Reading is tried by a few questions: one look at all tables costs more than many answers.
                for ask in asks.into_iter().step_by(if reads { 60 } else { 5 }) {
                    let answer = ask.send(&organisation.router, &caller).await;
                    let after = organisation.contents().await;
                    let tables = changed(&before, &after);
                    if reads || answer.status.is_client_error() {
                        let guess = ask.address.contains("/sign-in") && tables == BTreeSet::from(["identities"]);
                        assert!(tables.is_empty() || guess, "{name} asks {ask}: {} {tables:?}", answer.status);
                        refused += 1;
                    }
                    before = after;
                }
            }
        }
        assert!(refused > 1000, "{refused}");
    })
    .await;
}

/// Every name that a field, a column or a key of the product has.
async fn every_name(organisation: &Organisation) -> BTreeSet<String> {
    let keys = "id ID name created_time modified_time created_by modified_by deleted_time deleted_by owner owner_id anchor \
                account user_type user_type_id status role profile password member org";
    let ctx = organisation.ctx().await;
    let fields = ctx.snapshot.catalogue.modules().flat_map(|module| &module.fields);
    let names = fields.flat_map(|field| [field.api_name.clone(), field.column()]);
    names.chain(keys.split_whitespace().map(str::to_owned)).collect()
}

/// Every name there is, sent along with what may be written, by pages and programs.
#[tokio::test(flavor = "multi_thread")]
async fn i06_no_field_is_written_by_its_name_alone() {
    alone(async |organisation| {
        let mine = organisation.places.records("Contacts")[0].clone();
        let (maria, program) = (organisation.caller("Maria"), organisation.caller("Maria's program"));
        let (edit, call) = (
            format!("/portal/northwind/Contacts/{mine}/edit"),
            format!("/crm/v8/Contacts/{mine}"),
        );
        let before = organisation.contents().await;
        for name in every_name(organisation).await {
            let form = |text: &str| Content::Form(format!("{text}&{name}=1"));
            if !["Phone", "Mailing_City"].contains(&name.as_str()) {
                let page = organisation.ask(&maria, Method::POST, &edit, form("Phone=666")).await;
                assert_eq!(page.status, 422, "{name}: {}", page.text());
                let values = data(&[json!({"Phone": "666", &name: "1"})]);
                let answer = organisation.ask(&program, Method::PUT, &call, values).await;
                // A program may repeat the id that stands in the address; it is no field.
                // Neither is what begins as the keys of the product do: it is passed over.
                let is_passed_over = name == "id" || name.starts_with('$');
                assert_eq!(answer.status, if is_passed_over { 200 } else { 400 }, "{name}");
            }
            if !["Subject", "Priority", "Product_Name", "Watchers", "Related_To"].contains(&name.as_str()) {
                let page = organisation.ask(&maria, Method::POST, "/portal/northwind/Cases/new", form("Subject=A"));
                assert_eq!(page.await.status, 422, "{name}");
                let values = data(&[json!({"Subject": "A", &name: "1"})]);
                let answer = organisation.ask(&program, Method::POST, "/crm/v8/Cases", values).await;
                let is_passed_over = name == "id" || name.starts_with('$');
                assert_eq!(answer.status, if is_passed_over { 201 } else { 400 }, "{name}");
            }
        }
        // Only what was sent with the id of the address was written: her number, and a case that has its own id.
        let after = organisation.contents().await;
        let ctx = organisation.ctx().await;
        let table = |name: &str| ctx.snapshot.catalogue.named(name).unwrap().table();
        let tables = changed(&before, &after);
        let written = [table("Contacts"), table("Cases"), "audit".to_owned(), "counters".to_owned()];
        assert!(tables.iter().all(|name| written.iter().any(|table| table == name)), "{tables:?}");
        let contact = organisation
            .get(&organisation.admin, &format!("{call}?fields=Phone,Owner,Email,Description"))
            .await;
        assert!(
            contact.text().contains("\"Phone\":\"666\"") && contact.text().contains("whispered"),
            "{}",
            contact.text()
        );
    })
    .await;
}

/// Neither is a stranger's record made mine, nor mine a stranger's, nor is one made for a stranger.
#[tokio::test(flavor = "multi_thread")]
async fn i07_nobody_moves_a_record_to_or_from_a_stranger() {
    alone(async |organisation| {
        let people = organisation.places.records("Contacts").to_vec();
        let cases = organisation.places.records("Cases").to_vec();
        let (maria, peter) = (&people[0], &people[1]);
        let (program, page) = (organisation.caller("Maria's program"), organisation.caller("Maria"));
        let before = organisation.contents().await;
        for (case, to) in [(&cases[0], peter), (&cases[0], maria), (&cases[2], maria)] {
            let values = data(&[json!({"id": case, "Related_To": to})]);
            let many = organisation.ask(&program, Method::PUT, "/crm/v8/Cases", values).await;
            let single = data(&[json!({"Related_To": to})]);
            let one = organisation
                .ask(&program, Method::PUT, &format!("/crm/v8/Cases/{case}"), single)
                .await;
            let form = Content::Form(format!("Related_To={to}"));
            let form = organisation
                .ask(&page, Method::POST, &format!("/portal/northwind/Cases/{case}/edit"), form)
                .await;
            for answer in [many, one, form] {
                assert!(
                    answer.status.is_client_error(),
                    "{case} to {to}: {} {}",
                    answer.status,
                    answer.text()
                );
            }
        }
        let mine = data(&[json!({"Subject": "For a stranger", "Related_To": peter})]);
        let made = organisation.ask(&program, Method::POST, "/crm/v8/Cases", mine).await;
        let form = Content::Form(format!("Subject=For+a+stranger&Related_To={peter}"));
        let formed = organisation.ask(&page, Method::POST, "/portal/northwind/Cases/new", form).await;
        assert!(
            made.status.is_client_error() && formed.status.is_client_error(),
            "{} {}",
            made.text(),
            formed.status
        );
        assert_eq!(changed(&before, &organisation.contents().await), BTreeSet::new());
    })
    .await;
}

/// A portal user is told the same of a value that is taken out of sight, one that is taken in sight, and one that is free.
#[tokio::test(flavor = "multi_thread")]
async fn i16_a_unique_error_does_not_speak_of_unseen_records() {
    alone(async |organisation| {
        let case = organisation.places.records("Cases")[0].clone();
        let (program, page, admin) = (
            organisation.caller("Maria's program"),
            organisation.caller("Maria"),
            organisation.admin.clone(),
        );
        let mut answers: Vec<BTreeSet<String>> = vec![BTreeSet::new(); 4];
        for value in ["hidden-1", "case---1", "nobody-1"] {
            let said = |answer: &Answer| format!("{} {}", answer.status, answer.text().replace(value, "?"));
            let new = data(&[json!({"Subject": "Mine", "Reference": value})]);
            let change = data(&[json!({"Reference": value})]);
            let form = Content::Form(format!("Subject=Mine&Reference={value}"));
            answers[0].insert(said(&organisation.ask(&program, Method::POST, "/crm/v8/Cases", new.clone()).await));
            answers[1].insert(said(
                &organisation
                    .ask(&program, Method::PUT, &format!("/crm/v8/Cases/{case}"), change)
                    .await,
            ));
            answers[2].insert(said(
                &organisation
                    .ask(&page, Method::POST, "/portal/northwind/Cases/new", form.clone())
                    .await,
            ));
            let edit = format!("/portal/northwind/Cases/{case}/edit");
            answers[3].insert(said(&organisation.ask(&page, Method::POST, &edit, form).await));
        }
        assert!(answers.iter().all(|said| said.len() == 1), "{answers:#?}");
        // An employee, who sees all records, is told.
        let taken = organisation.ask(
            &admin,
            Method::POST,
            "/crm/v8/Cases",
            data(&[json!({"Subject": "S", "Reference": "hidden-1"})]),
        );
        assert!(taken.await.text().contains("DUPLICATE_DATA"));
    })
    .await;
}

/// What an item of a batch says, without what is new each time: ids, and its place in the batch.
fn item(answer: &Value) -> Value {
    let mut item = answer.clone();
    let details = item["details"].as_object_mut().unwrap();
    details.remove("id");
    for key in ["Created_Time", "Modified_Time"] {
        details.remove(key);
    }
    if let Some(Value::String(path)) = details.get_mut("json_path") {
        let (_, rest) = path.split_once(']').unwrap();
        *path = format!("$.data[0]{rest}");
    }
    item
}

/// The subjects and priorities of a list of cases.
fn cases(list: &Answer) -> Vec<[Value; 2]> {
    let body: Value = serde_json::from_slice(&list.body).unwrap();
    let cases = body["data"].as_array().unwrap().iter();
    cases.map(|case| [case["Subject"].clone(), case["Priority"].clone()]).collect()
}

/// How many rows each table has.
fn rows(contents: &str) -> Vec<usize> {
    contents.lines().map(|line| line.matches("], [").count()).collect()
}

/// The same items one by one in one organisation, together in its twin.
#[tokio::test(flavor = "multi_thread")]
async fn i20_a_batch_is_the_sum_of_its_singles() {
    let (place, second) = (Place::sqlite(), Place::sqlite());
    let (singly, together) = tokio::join!(Organisation::new(&place, Version::One), Organisation::new(&second, Version::One));
    let program = singly.caller("Maria's program");
    let (mine, people) = (singly.places.records("Cases").to_vec(), singly.places.records("Contacts").to_vec());
    let made = [
        json!({"Subject": "One", "Priority": "Low"}),
        json!({"Subject": ""}),
        json!({"Subject": "Hidden", "Solution": "x"}),
        json!({"Subject": "A stranger's", "Related_To": people[1]}),
        json!({"Subject": "Two", "Watchers": [people[1]]}),
        json!({"Subject": "Three"}),
        json!(3),
    ];
    let changes = [
        json!({"id": mine[0], "Subject": "Changed"}),
        json!({"id": mine[2], "Subject": "Not mine"}),
        json!({"id": "12", "Subject": "Nobody's"}),
        json!({"id": mine[0], "Priority": "Low", "Solution": "x"}),
        json!({"id": mine[1], "Priority": "Low"}),
        json!({"Subject": "Which?"}),
    ];
    for (method, items) in [(Method::POST, &made[..]), (Method::PUT, &changes[..])] {
        let batch = together.ask(&program, method.clone(), "/crm/v8/Cases", data(items)).await;
        let batch: Value = serde_json::from_slice(&batch.body).unwrap();
        let batch = batch["data"].as_array().unwrap();
        assert_eq!(batch.len(), items.len());
        for (wanted, in_batch) in items.iter().zip(batch) {
            let alone = singly
                .ask(&program, method.clone(), "/crm/v8/Cases", data(std::slice::from_ref(wanted)))
                .await;
            let alone: Value = serde_json::from_slice(&alone.body).unwrap();
            assert_eq!(item(&alone["data"][0]), item(in_batch), "{method} {wanted}");
        }
    }
    let ids = format!("{},{},12", mine[0], mine[2]);
    let batch = together
        .ask(&program, Method::DELETE, &format!("/crm/v8/Cases?ids={ids}"), Content::Nothing)
        .await;
    let batch: Value = serde_json::from_slice(&batch.body).unwrap();
    for (id, in_batch) in ids.split(',').zip(batch["data"].as_array().unwrap()) {
        let alone = singly
            .ask(&program, Method::DELETE, &format!("/crm/v8/Cases/{id}"), Content::Nothing)
            .await;
        let alone: Value = serde_json::from_slice(&alone.body).unwrap();
        assert_eq!(item(&alone["data"][0]), item(in_batch), "delete {id}");
    }
    // The same rows, but for the ids of the trail: as many in every table, and the same cases.
    let list = "/crm/v8/Cases?fields=Subject,Priority,Related_To,Watchers&sort_by=Subject&sort_order=asc";
    let (one, two) = (singly.get(&program, list).await, together.get(&program, list).await);
    assert_eq!(cases(&one), cases(&two));
    assert_eq!(rows(&singly.contents().await), rows(&together.contents().await));
    place.finish().await;
    second.finish().await;
}
