//! Writes without end and says what was acknowledged: the victim of `cargo xtask power-loss`.
//!
//! `acknowledge write DIR FROM` prints `ack N` for each write that was acknowledged, from FROM on; `acknowledge list DIR`
//! prints every N that is there.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a victim that fails must be seen to fail")]

use std::io::Write as _;

use store::engine::{Engine, Error, Migration};

static THINGS: &[Migration] = &[Migration {
    number: 1,
    name: "things",
    sql: "CREATE TABLE :db.things (id BIGINT PRIMARY KEY, text TEXT NOT NULL) :strict;",
}];

const WRITERS: i64 = 16;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", directory, from] => write(directory, from.parse().unwrap()).await,
        ["list", directory] => list(directory).await,
        _ => panic!("expected write DIR FROM or list DIR"),
    }
}

async fn write(directory: &str, from: i64) {
    let database = Engine::sqlite(directory).unwrap().open("org_1", THINGS).await.unwrap();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let database = database.clone();
            tokio::spawn(async move {
                for n in 0.. {
                    let id = from + n * WRITERS + writer;
                    let text = "x".repeat(usize::try_from(id % 300).unwrap());
                    let sql = "INSERT INTO :db.things (id, text) VALUES ($1, $2)";
                    database
                        .write::<_, Error>(move |conn| conn.execute(sql, &[id.into(), text.into()]))
                        .await
                        .unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "ack {id}").and_then(|()| out.flush()).unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn list(directory: &str) {
    let database = Engine::sqlite(directory).unwrap().open("org_1", THINGS).await.unwrap();
    let ids = database
        .read::<_, Error>(|conn| conn.rows("SELECT id FROM :db.things ORDER BY id", &[], |row| row.int(0)))
        .await
        .unwrap();
    for id in ids {
        println!("{id}");
    }
}
