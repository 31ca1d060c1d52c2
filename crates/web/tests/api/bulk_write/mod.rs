//! Bulk write: uploads, orders, how they stand, what became of each row.

mod files;
mod refused;
mod written;

use std::io::{Cursor, Write as _};

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::bulk_read::{download, rows};
use crate::site::{Answer, Site};

/// An archive with these files.
pub fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An upload, with these headers and this as its part `file`.
pub async fn send(site: &Site, token: &str, headers: &[(&str, &str)], part: &str, file: &[u8]) -> Answer {
    let mut body = format!("--edge\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"rows.zip\"\r\n\r\n").into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let mut request = Request::post("/crm/v8/upload")
        .header(header::AUTHORIZATION, format!("Zoho-oauthtoken {token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::from(body)).unwrap()).await
}

/// Uploads an archive; the file's id.
pub async fn upload(site: &Site, file: &[u8]) -> String {
    let org = site.bench.org().to_string();
    let headers = [("feature", "bulk-write"), ("X-CRM-ORG", org.as_str())];
    let answer = send(site, &site.admin, &headers, "file", file).await.expect(200);
    assert_eq!(answer.body["code"], "FILE_UPLOAD_SUCCESS");
    answer.body["details"]["file_id"].as_str().unwrap().to_owned()
}

pub async fn call(site: &Site, token: &str, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let body = body.map_or_else(Body::empty, |json| Body::from(json.to_string()));
    let request = Request::builder()
        .method(method)
        .uri(format!("/crm/bulk/v8/write{path}"))
        .header(header::AUTHORIZATION, format!("Zoho-oauthtoken {token}"));
    site.send(request.body(body).unwrap()).await
}

/// An order for contacts; `resource` holds what is said of them.
pub fn order(operation: &str, file: &str, resource: Value) -> Value {
    let mut wanted = json!({"type": "data", "module": {"api_name": "Contacts"}, "file_id": file});
    for (key, value) in resource.as_object().unwrap() {
        wanted[key] = value.clone();
    }
    json!({"operation": operation, "resource": [wanted]})
}

/// Uploads a table of contacts, orders, works: how the job stands.
pub async fn write(site: &Site, operation: &str, csv: &str, resource: Value) -> Value {
    let file = upload(site, &zip(&[("rows.csv", csv)])).await;
    let made = call(site, &site.admin, Method::POST, "", Some(&order(operation, &file, resource)))
        .await
        .expect(201);
    assert_eq!(made.body["message"], "success");
    let id = made.body["details"]["id"].as_str().unwrap();
    app::bulk::work_off(&site.bench.app).await.unwrap();
    call(site, &site.admin, Method::GET, &format!("/{id}"), None).await.expect(200).body
}

/// What became of each row: without the records' ids, which are new each time.
pub async fn told(site: &Site, job: &Value) -> Vec<(String, String)> {
    assert_eq!(job["status"], "COMPLETED", "{job}");
    let url = job["result"]["download_url"].as_str().unwrap();
    let path = url.strip_prefix(&site.bench.app.settings().public_url).unwrap();
    let (status, bytes) = download(site, &site.admin, path).await;
    assert_eq!(status, 200);
    let rows = rows(bytes, "rows.csv");
    assert_eq!(rows[0][..3], ["STATUS", "RECORD_ID", "ERRORS"]);
    rows[1..].iter().map(|row| (row[0].clone(), row[2].clone())).collect()
}

/// Added, updated, skipped, all.
pub fn counts(job: &Value) -> [u64; 4] {
    let file = &job["resource"][0]["file"];
    ["added_count", "updated_count", "skipped_count", "total_count"].map(|key| file[key].as_u64().unwrap())
}
