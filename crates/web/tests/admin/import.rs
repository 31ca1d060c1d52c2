//! Importing a file in the browser.

use std::time::Duration;

use app::testing::each_database;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::browser::{Browser, Page};
use crate::office::{administrator, comes_back, version};

const LINE: &str = "----------------------------42";

async fn upload(browser: &Browser, texts: &[(&str, &str)], file: &[u8]) -> Page {
    let mut body = Vec::new();
    for (name, value) in texts {
        body.extend(format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    let head =
        format!("--{LINE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n");
    body.extend(head.bytes());
    body.extend(file);
    body.extend(format!("\r\n--{LINE}--\r\n").bytes());
    let kind = format!("multipart/form-data; boundary={LINE}");
    let request = Request::post("/admin/import")
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(body));
    browser.send(request.unwrap()).await
}

/// The page of an import, when it has ended.
async fn ended(browser: &Browser, place: &str) -> Page {
    for _ in 0..200 {
        let page = browser.get(&format!("{place}/progress")).await;
        if !page.says("every 1s") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the import does not end")
}

const PEOPLE: &[u8] = b"Last Name,Email,Mailing City,Nickname\nAnders,maria@example.com,Berlin,Mia\nLang,peter@example.com,NULL,\n";

#[tokio::test]
async fn a_file_is_uploaded_mapped_and_imported() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let made = upload(
            &browser,
            &[("module", "Contacts"), ("delimiter", "comma"), ("null", "NULL")],
            PEOPLE,
        )
        .await;
        let place = made.leads_to().to_owned();
        let page = browser.get(&place).await;
        assert!(page.says("2 rows into Contacts") && page.says("maria@example.com"), "{}", page.html);
        assert!(
            page.says(r#"<option value="Email" selected>"#),
            "guessed by its name: {}",
            page.html
        );
        let (id, _) = place.split_once('?').unwrap();
        let sent = [
            ("module", "Contacts"),
            ("delimiter", "comma"),
            ("null", "NULL"),
            ("to.0", "Last_Name"),
            ("to.1", "Email"),
            ("to.2", "Mailing_City"),
            ("to.3", "+"),
            ("on_error", "stop"),
            ("start", "yes"),
        ];
        let job = browser.post(id, &sent).await.leads_to().to_owned();
        let page = ended(&browser, &job).await;
        assert!(page.says("Imported into Contacts: 2 records."), "{}", page.html);
        assert!(browser.get("/admin/records/Contacts").await.says("Anders"));
        assert!(
            browser.get("/admin/modules/Contacts").await.says("Nickname"),
            "the new field is there"
        );
    })
    .await;
}

#[tokio::test]
async fn values_that_cannot_be_taken_are_told_with_line_and_reason() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let file = b"Last Name,Email\nAnders,maria@example.com\nLang,not an address\n";
        let place = upload(&browser, &[("module", "Contacts")], file).await.leads_to().to_owned();
        assert!(browser.get(&place).await.says("cannot be taken as they are"));
        let (id, _) = place.split_once('?').unwrap();
        let sent = |on_error| {
            [
                ("module", "Contacts"),
                ("to.0", "Last_Name"),
                ("to.1", "Email"),
                ("on_error", on_error),
                ("start", "yes"),
            ]
        };
        let job = browser.post(id, &sent("stop")).await.leads_to().to_owned();
        let page = ended(&browser, &job).await;
        assert!(
            page.says("Nothing was imported") && page.says("not an address") && page.says(">3</td>"),
            "{}",
            page.html
        );
        assert!(!browser.get("/admin/records/Contacts").await.says("Anders"));
        let job = browser.post(id, &sent("skip")).await.leads_to().to_owned();
        let page = ended(&browser, &job).await;
        assert!(
            page.says("Imported into Contacts: 1 record.") && page.says("Left out: 1 row, listed below."),
            "{}",
            page.html
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_and_nothing_changes() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let before = version(&bench).await;
        comes_back(&upload(&browser, &[("module", "Contacts")], b"").await, "not empty");
        comes_back(&upload(&browser, &[], PEOPLE).await, "Choose the module");
        comes_back(
            &browser.post("/admin/import", &[("module", "Contacts")]).await,
            "not sent as a file upload",
        );
        for (file, says) in [(&b"A,A\n1,2\n"[..], "names the column"), (&b"A\n\xff\xfe\xfa\n"[..], "line")] {
            let place = upload(&browser, &[("module", "Contacts")], file).await.leads_to().to_owned();
            let page = browser.get(&place).await;
            assert!(page.status.is_client_error() || page.says("cannot"), "{}", page.html);
            assert!(page.says(says) || page.says("cannot"), "{}", page.html);
        }
        let place = upload(&browser, &[("module", "Contacts")], PEOPLE).await.leads_to().to_owned();
        let (id, _) = place.split_once('?').unwrap();
        comes_back(&browser.post(id, &[("module", "Contacts"), ("start", "yes")]).await, "at least one");
        let twice = [("module", "Contacts"), ("to.0", "Email"), ("to.1", "Email"), ("start", "yes")];
        comes_back(&browser.post(id, &twice).await, "mapped twice");
        assert_eq!(version(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_in_plain_words() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let file = vec![b'x'; 51 * 1024 * 1024];
        let page = upload(&browser, &[("module", "Contacts")], &file).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(page.says("at most 50 MB"), "{}", page.html);
    })
    .await;
}
