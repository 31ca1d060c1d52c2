//! Rows that become records, and records that rows change.

use app::testing::each_database;
use serde_json::{Value, json};

use super::{counts, told, write};
use crate::site::Site;

/// The contacts by last name, with some of their fields.
async fn contacts(site: &Site) -> Vec<Value> {
    let list = "Contacts?fields=Last_Name,Email,Phone,Department,Date_of_Birth,Account_Name&sort_by=Last_Name&sort_order=asc";
    let found = site.get(&site.admin, list).await.expect(200);
    found.body["data"].as_array().unwrap().clone()
}

fn column(contacts: &[Value], field: &str) -> Vec<String> {
    contacts
        .iter()
        .map(|contact| contact[field].as_str().unwrap_or("-").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_become_records_and_each_is_told_what_became_of_it() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        site.record("Accounts", json!({"Account_Name": "Kontor"})).await;
        let csv = "Name,Mail,Firm,Born\nAnders,anna@example.com,Kontor,31.01.1990\nBrook,not-an-address,Kontor,\n,nobody@example.com,,\n\
                   Cole,cole@example.com,Nowhere,\nDean,dean@example.com,,yesterday\nEve\n\"Fox, \"\"F\"\"\",fox@example.com,,\n";
        let mappings = json!({"field_mappings": [
            {"api_name": "Last_Name", "index": 0},
            {"api_name": "Email", "index": 1},
            {"api_name": "Account_Name", "index": 2, "find_by": "Account_Name"},
            {"api_name": "Date_of_Birth", "index": 3, "format": "dd.MM.yyyy"},
            {"api_name": "Department", "default_value": {"value": "Sales"}},
        ]});
        let job = write(&site, "insert", csv, mappings).await;
        assert_eq!(counts(&job), [2, 0, 5, 7]);
        assert_eq!(
            (&job["operation"], &job["resource"][0]["file"]["name"]),
            (&json!("insert"), &json!("rows.csv"))
        );
        let told = told(&site, &job).await;
        let statuses: Vec<&str> = told.iter().map(|(status, _)| status.as_str()).collect();
        assert_eq!(statuses, ["ADDED", "SKIPPED", "SKIPPED", "SKIPPED", "SKIPPED", "SKIPPED", "ADDED"]);
        for (n, beginning) in [
            (1, "INVALID_DATA:Email:"),
            (2, "MANDATORY_NOT_FOUND:Last_Name:"),
            (3, "RESOURCE_NOT_FOUND:Account_Name:"),
            (4, "INVALID_DATA:Date_of_Birth:"),
            (5, "INVALID_DATA::line 7: expected 4 values"),
        ] {
            assert!(told[n].1.starts_with(beginning), "{:?}", told[n]);
        }
        let made = contacts(&site).await;
        assert_eq!(column(&made, "Last_Name"), ["Anders", "Fox, \"F\""]);
        assert_eq!(column(&made, "Department"), ["Sales", "Sales"]);
        assert_eq!(column(&made, "Date_of_Birth"), ["1990-01-31", "-"]);
        assert_eq!(made[0]["Account_Name"]["name"], "Kontor");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_finds_records_by_their_id_or_by_a_field() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let anna = site
            .record(
                "Contacts",
                json!({"Last_Name": "Anders", "Email": "anna@example.com", "Phone": "1"}),
            )
            .await;
        site.record("Contacts", json!({"Last_Name": "Brook", "Email": "b@example.com", "Phone": "2"}))
            .await;
        for email in ["t1@example.com", "t2@example.com"] {
            site.record("Contacts", json!({"Last_Name": "Twin", "Email": email})).await;
        }
        let csv = format!("id,Phone,Department\n{anna},11,Sales\n12,0,Sales\nx,0,Sales\n,0,Sales\n");
        let job = write(&site, "update", &csv, json!({})).await;
        assert_eq!(counts(&job), [0, 1, 3, 4]);
        let said: Vec<String> = told(&site, &job).await.into_iter().map(|(_, errors)| errors).collect();
        for (n, beginning) in [(1, "RESOURCE_NOT_FOUND:id"), (2, "INVALID_DATA:id"), (3, "MANDATORY_NOT_FOUND:id")] {
            assert!(said[n].starts_with(beginning), "{said:?}");
        }
        let csv = "Last_Name,Phone,Department\nbrook,,Legal\nBrook,,Legal\nTwin,5,\nNobody,5,\n";
        let by_name = json!({"find_by": "Last_Name", "ignore_empty": true});
        let job = write(&site, "update", csv, by_name).await;
        let said = told(&site, &job).await;
        assert_eq!((counts(&job), said[1].0.as_str()), ([0, 1, 3, 4], "UPDATED"), "{said:?}");
        assert!(said[2].1.starts_with("AMBIGUITY_DURING_PROCESSING:Last_Name"), "{said:?}");
        assert!(said[3].1.starts_with("RESOURCE_NOT_FOUND:Last_Name"), "{said:?}");
        let found = contacts(&site).await;
        assert_eq!(column(&found, "Phone")[..2], ["11", "2"], "what is empty is left alone");
        assert_eq!(column(&found, "Department")[..2], ["Sales", "Legal"]);
        let job = write(&site, "update", "Last_Name,Phone\nBrook,\n", json!({"find_by": "Last_Name"})).await;
        assert_eq!(counts(&job), [0, 1, 0, 1]);
        assert_eq!(
            column(&contacts(&site).await, "Phone")[1],
            "-",
            "without ignore_empty it is emptied"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upsert_changes_what_is_there_and_makes_the_rest_once() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        site.record(
            "Contacts",
            json!({"Last_Name": "Anders", "Email": "anna@example.com", "Phone": "1"}),
        )
        .await;
        let csv = "Email,Last_Name,Phone\nAnna@Example.com,Anders,2\nnew@example.com,New,3\nnew@example.com,New,4\n\
                   bad@example.com,,5\nbad@example.com,Good,6\n,Nameless,7\n,Nameless,8\n";
        let job = write(&site, "upsert", csv, json!({"find_by": "Email"})).await;
        let said = told(&site, &job).await;
        let statuses: Vec<&str> = said.iter().map(|(status, _)| status.as_str()).collect();
        assert_eq!(
            statuses,
            ["UPDATED", "ADDED", "UPDATED", "SKIPPED", "ADDED", "ADDED", "ADDED"],
            "{said:?}"
        );
        assert_eq!(counts(&job), [4, 2, 1, 7]);
        let found = contacts(&site).await;
        assert_eq!(column(&found, "Last_Name"), ["Anders", "Good", "Nameless", "Nameless", "New"]);
        assert_eq!(column(&found, "Phone")[4], "4");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_whose_look_up_leads_nowhere_is_told_after_the_record_was_made() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let csv = "Last_Name,First_Name,Reports_To\nAnders,one,Berg\nBerg,two,Nobody\n";
        let boss = json!({"api_name": "Reports_To", "index": 2, "find_by": "Last_Name"});
        let resource = json!({"module": {"api_name": "Employees"}, "field_mappings": [
            {"api_name": "Last_Name", "index": 0}, {"api_name": "First_Name", "index": 1}, boss]});
        let job = write(&site, "insert", csv, resource).await;
        assert_eq!(counts(&job), [2, 0, 0, 2], "{job}");
        let told = told(&site, &job).await;
        let statuses: Vec<&str> = told.iter().map(|(status, _)| status.as_str()).collect();
        assert_eq!(statuses, ["ADDED", "ADDED", "SKIPPED"]);
        assert!(told[2].1.starts_with("RESOURCE_NOT_FOUND:Reports_To:"), "{told:?}");
        assert!(told[2].1.ends_with("the record was imported without it"), "{told:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_in_bulk_can_be_written_in_bulk() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let account = site.record("Accounts", json!({"Account_Name": "Kontor"})).await;
        for n in 0..3 {
            let contact = json!({"Last_Name": format!("N {n}"), "Account_Name": account, "Date_of_Birth": "1990-01-31"});
            site.record("Contacts", contact).await;
        }
        let query = json!({"module": {"api_name": "Contacts"}, "fields": ["Last_Name", "Account_Name", "Date_of_Birth"]});
        let mut rows = crate::bulk_read::read(&site, &site.admin, query).await;
        rows[0][0] = "id".into();
        for row in &mut rows[1..] {
            row[1] += " changed";
        }
        let text: String = rows.iter().map(|row| row.join(",") + "\n").collect();
        let job = write(&site, "update", &text, json!({})).await;
        assert_eq!(counts(&job), [0, 3, 0, 3], "{:?}", told(&site, &job).await);
        assert_eq!(
            column(&contacts(&site).await, "Last_Name"),
            ["N 0 changed", "N 1 changed", "N 2 changed"]
        );
    })
    .await;
}
