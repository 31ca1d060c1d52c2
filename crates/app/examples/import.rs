//! How fast imports are, and how much memory they take: `cargo run --release -p loggia-app --example import [rows]`.
//!
//! Contacts with two look-ups by key, fourteen fields and an index for each key, on both databases, all or nothing
//! and in batches.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a measurement that cannot start fails")]

use std::io::Read;

use app::imports::{Mapping, OnError, Progress, run};
use app::testing::{Bench, each_database};

const ACCOUNTS: &str = r#"
[[field]]
column = "code"
field = "Code"
type = "text"
unique = true
[[field]]
column = "name"
field = "Account_Name"
"#;

const CONTACTS: &str = r#"
[[field]]
column = "n"
field = "Number"
type = "integer"
unique = true
[[field]]
template = "person-{n}@example.com"
field = "Email"
[[field]]
column = "first"
field = "First_Name"
[[field]]
column = "last"
field = "Last_Name"
[[field]]
column = "account"
field = "Account_Name"
lookup = "Code"
[[field]]
column = "owner"
field = "Owner"
[[field]]
column = "born"
field = "Date_of_Birth"
[[field]]
column = "phone"
field = "Phone"
[[field]]
column = "street"
field = "Mailing_Street"
[[field]]
column = "city"
field = "Mailing_City"
[[field]]
column = "country"
field = "Mailing_Country"
[[field]]
column = "revenue"
field = "Revenue"
type = "currency"
[[field]]
column = "stage"
field = "Stage"
type = "picklist"
options = ["New", "Old"]
[[field]]
column = "note"
field = "Description"
"#;

/// A file that is made while it is read.
struct Made {
    rows: std::ops::Range<u64>,
    line: fn(u64) -> String,
    rest: Vec<u8>,
}

impl Made {
    fn new(header: &str, rows: u64, line: fn(u64) -> String) -> Self {
        Self {
            rows: 0..rows,
            line,
            rest: header.as_bytes().to_vec(),
        }
    }
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.rest.len() < buffer.len() {
            let Some(n) = self.rows.next() else { break };
            self.rest.extend((self.line)(n).into_bytes());
        }
        let read = self.rest.as_slice().read(buffer)?;
        self.rest.drain(..read);
        Ok(read)
    }
}

fn contact(n: u64) -> String {
    format!(
        "{n},First{},\"Last {n}, née {}\",A{},admin@example.com,19{:02}-0{}-1{},+49 30 {n},Street {n},Berlin,Germany,{n}.50,{},A note of some length about the person {n}\n",
        n % 97,
        n % 13,
        n % 1000,
        n % 100,
        n % 9 + 1,
        n % 10,
        if n.is_multiple_of(2) { "New" } else { "Old" },
    )
}

/// The most memory this process has held, in MiB, since the last call.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(0);
    drop(std::fs::write("/proc/self/clear_refs", "5"));
    kib / 1024
}

#[expect(clippy::disallowed_methods, reason = "this measures time")]
async fn measure(bench: &Bench, rows: u64, on_error: OnError) {
    let ctx = bench.system().await;
    let header = "n,first,last,account,owner,born,phone,street,city,country,revenue,stage,note\n";
    let before = peak();
    let begun = std::time::Instant::now();
    let mapping = Mapping::parse(CONTACTS).unwrap();
    let csv = Made::new(
        header,
        rows,
        if on_error == OnError::Stop {
            contact
        } else {
            |n| contact(n + 10_000_000)
        },
    );
    let outcome = run(&ctx, "Contacts", &mapping, csv, on_error, |_: Progress| {}).await.unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let speed = outcome.created as f64 / seconds;
    println!(
        "{on_error:?}: {} records, {seconds:.1} s, {speed:.0} rows/s, peak {} MiB (before: {before} MiB)",
        outcome.created,
        peak()
    );
}

#[tokio::main]
async fn main() {
    let rows: u64 = std::env::args().nth(1).map_or(100_000, |n| n.parse().expect("a number of rows"));
    each_database(async |bench| {
        let ctx = bench.system().await;
        let csv = Made::new("code,name\n", 1000, |n| format!("A{n},Account {n}\n"));
        run(
            &ctx,
            "Accounts",
            &Mapping::parse(ACCOUNTS).unwrap(),
            csv,
            OnError::Stop,
            |_: Progress| {},
        )
        .await
        .unwrap();
        println!("{:?}", ctx.tenant.db.dialect());
        measure(&bench, rows, OnError::Stop).await;
        measure(&bench, rows, OnError::Skip).await;
    })
    .await;
}
