//! Many records through a running server: in by bulk write, out by bulk read, and little memory for it.
//! A million of them: `cargo xtask bench bulk`.

use std::io::{Cursor, Write as _};
use std::time::Duration;

use serde_json::{Value, json};
use store::testing::{Place, each_database};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::server::Server;
use crate::setup::Setup;

const ROWS: u64 = 20_000;
/// The server may hold so many MiB in memory at its highest.
const MOST_MIB: u64 = 300;

struct Program {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Program {
    async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let request = request.header("Authorization", format!("Zoho-oauthtoken {}", self.token));
        request.send().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        self.send(request).await.json().await.unwrap()
    }

    async fn get(&self, address: &str) -> reqwest::Response {
        let url = if address.starts_with('/') {
            format!("{}{address}", self.url)
        } else {
            address.to_owned()
        };
        self.send(self.http.get(url)).await
    }

    async fn upload(&self, org: &str, file: &[u8]) -> Value {
        let mut body = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.zip\"\r\n\r\n".to_vec();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = self.http.post(format!("{}/crm/v8/upload", self.url)).body(body);
        let request = request.header("Content-Type", "multipart/form-data; boundary=edge");
        let request = request.header("feature", "bulk-write").header("X-CRM-ORG", org);
        let answer: Value = self.send(request).await.json().await.unwrap();
        answer["details"]["file_id"].clone()
    }

    /// How a job stands at its end.
    async fn end(&self, path: &str, state: &str) -> Value {
        let mut pace = tokio::time::interval(Duration::from_millis(50));
        loop {
            pace.tick().await;
            let job: Value = self.get(path).await.json().await.unwrap();
            match job.pointer(state).and_then(Value::as_str).unwrap() {
                "ADDED" | "IN PROGRESS" => {}
                "COMPLETED" => return job,
                _ => panic!("{job}"),
            }
        }
    }
}

fn table() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("contacts.csv", SimpleFileOptions::default()).unwrap();
    writeln!(zip, "Last_Name,Email,Phone").unwrap();
    for n in 0..ROWS {
        writeln!(zip, "Person {n},p{n}@example.com,{}", n * 7919).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The rows of the only table of an archive.
fn rows(zip: Vec<u8>) -> Vec<csv::StringRecord> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut reader = csv::Reader::from_reader(archive.by_index(0).unwrap());
    reader.records().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_records_go_in_and_out_again_with_little_memory() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let org = setup.org("Northwind");
        let server = Server::start(&setup);
        let program = Program {
            http: reqwest::Client::new(),
            url: server.url.clone(),
            token: server.token(&setup, &org).await,
        };
        let file = program.upload(&org, &table()).await;
        let order = json!({"operation": "insert", "resource": [{"type": "data", "module": {"api_name": "Contacts"}, "file_id": file}]});
        let made = program.post("/crm/bulk/v8/write", &order).await;
        let path = format!("/crm/bulk/v8/write/{}", made["details"]["id"].as_str().unwrap());
        let job = program.end(&path, "/status").await;
        assert_eq!(job["resource"][0]["file"]["added_count"], ROWS, "{job}");
        let told = rows(
            program
                .get(job["result"]["download_url"].as_str().unwrap())
                .await
                .bytes()
                .await
                .unwrap()
                .to_vec(),
        );
        assert!(told.len() as u64 == ROWS && told.iter().all(|row| &row[0] == "ADDED"));

        let query = json!({"query": {"module": {"api_name": "Contacts"}, "fields": ["Last_Name", "Email"]}});
        let made = program.post("/crm/bulk/v8/read", &query).await;
        let path = format!("/crm/bulk/v8/read/{}", made["data"][0]["details"]["id"].as_str().unwrap());
        let job = program.end(&path, "/data/0/state").await;
        let url = job["data"][0]["result"]["download_url"].as_str().unwrap();
        let read = rows(program.get(url).await.bytes().await.unwrap().to_vec());
        let same = |(told, read): (&csv::StringRecord, &csv::StringRecord)| told[1] == read[0] && told[3] == read[1] && told[4] == read[2];
        assert!(read.len() as u64 == ROWS && told.iter().zip(&read).all(same));
        assert!(server.peak_mib() <= MOST_MIB, "{} MiB", server.peak_mib());
        server.kill();
    })
    .await;
}
