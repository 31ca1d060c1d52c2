//! `cargo xtask bench bulk`: 1,000,000 records in and out again, and how much memory the server needs for it.
//!
//! The server is the real one, a process of its own: a table is uploaded and written by bulk write, then read back by bulk
//! read, page by page. What counts is that nothing is lost and that the server's memory at its highest stays below a bound.

mod http;
mod server;
mod table;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Arguments, Done, Kind, Place};
use http::Client;
use server::Server;

/// The server may hold so many MiB in memory at its highest.
const MOST_MIB: u64 = 300;
/// How long a job may take.
const PATIENCE: Duration = Duration::from_secs(3600);
/// How often it is asked how a job stands.
const PACE: Duration = Duration::from_millis(200);

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

/// Whether a server on a fresh database stays within its bounds.
pub(crate) fn measure(kind: Kind, arguments: &Arguments) -> Done<bool> {
    let records = arguments.records;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let place = runtime.block_on(Place::of(kind))?;
    let server = Server::start(&place)?;
    let client = server.client(&place)?;
    let table = table::zipped(records)?;
    println!("{kind:?}: {records} rows in {:.1} MB, zipped", megabytes(table.len()));

    let begun = now();
    let file = client.upload(&server.org, &table)?;
    println!("{kind:?}: uploaded in {:.1} s", begun.elapsed().as_secs_f64());
    drop(table);
    runtime.block_on(write(&client, &file, records))?;
    told(kind, "written", records, begun.elapsed());
    let after_writing = server.peak()?;

    let begun = now();
    let read = runtime.block_on(read(&client))?;
    told(kind, "read back", read, begun.elapsed());
    let peak = server.peak()?;
    println!("{kind:?}: at its highest the server had {after_writing} MiB in memory while it wrote, {peak} MiB in all");
    if read != records {
        return Err(format!("{records} records were written, {read} read back").into());
    }
    Ok(peak <= MOST_MIB)
}

fn told(kind: Kind, what: &str, records: u64, took: Duration) {
    let seconds = took.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate in words")]
    let rate = records as f64 / seconds;
    println!("{kind:?}: {what} in {seconds:.1} s: {rate:.0} records a second");
}

#[expect(clippy::cast_precision_loss, reason = "a size in words")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// Orders that the rows become records, and waits for it.
async fn write(client: &Client, file: &str, records: u64) -> Done {
    let fields = table::FIELDS.iter().enumerate();
    let mappings: Vec<Value> = fields.map(|(index, field)| json!({"api_name": field, "index": index})).collect();
    let resource = json!({"type": "data", "module": {"api_name": "Contacts"}, "file_id": file, "field_mappings": mappings});
    let made = client.post("/crm/bulk/v8/write", &json!({"operation": "insert", "resource": [resource]}))?;
    let id = made.pointer("/details/id").and_then(Value::as_str).ok_or("no job")?;
    let job = client.wait(&format!("/crm/bulk/v8/write/{id}"), "/status").await?;
    let added = job.pointer("/resource/0/file/added_count").and_then(Value::as_u64);
    if added == Some(records) {
        return Ok(());
    }
    Err(format!("not all rows became records: {job}").into())
}

/// Reads everything, page by page; returns how many records there were.
async fn read(client: &Client) -> Done<u64> {
    let (mut all, mut token) = (0, None);
    loop {
        let query = json!({"module": {"api_name": "Contacts"}, "fields": table::FIELDS, "page_token": token});
        let made = client.post("/crm/bulk/v8/read", &json!({ "query": query }))?;
        let id = made.pointer("/data/0/details/id").and_then(Value::as_str).ok_or("no job")?;
        let job = client.wait(&format!("/crm/bulk/v8/read/{id}"), "/data/0/state").await?;
        let result = job.pointer("/data/0/result").ok_or("no result")?;
        let url = result.get("download_url").and_then(Value::as_str).ok_or("no file")?;
        let rows = table::rows(client.get(url)?)?;
        if result.get("count").and_then(Value::as_u64) != Some(rows) {
            return Err(format!("{rows} rows in the file of {result}").into());
        }
        all += rows;
        token = result.get("next_page_token").cloned();
        if token.is_none() {
            return Ok(all);
        }
    }
}
