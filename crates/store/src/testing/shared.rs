//! One server for all test processes of a checkout.
//!
//! The first process that needs it starts it, under a lock; a watchdog stops it when no test process has been there
//! for some seconds. So a run pays for one start, whether its tests are threads or processes.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_postgres::NoTls;

use super::server::{self, Server};

/// `$1` is the directory of the checkout, `$2` that of the server.
///
/// It withdraws the server's address before it looks for users one last time, and users register before they read the
/// address: either it sees them, or they find no address and start another server.
const WATCHDOG: &str = r#"
used() {
    found=1
    for user in "$1"/users/*; do
        [ -e "$user" ] || continue
        if kill -0 "${user##*/}" 2>/dev/null; then found=0; else rm -f "$user"; fi
    done
    return $found
}
idle=0
while [ $idle -lt 10 ]; do
    sleep 1
    if used "$1"; then idle=0; else idle=$((idle + 1)); fi
done
if grep -qF "$2" "$1/current" 2>/dev/null; then mv "$1/current" "$2.withdrawn"; fi
while used "$1"; do sleep 1; done
kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")"
while [ -e "$2/data/postmaster.pid" ] && kill -0 "$(head -n 1 "$2/data/postmaster.pid")" 2>/dev/null; do sleep 1; done
rm -rf "$2" "$2.withdrawn"
"#;

/// An empty database on the shared server.
pub(super) async fn create_database() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let (directory, port) = tokio::task::spawn_blocking(find).await.expect("a server");
    let name = format!("t_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let control = server::url(&directory, port, "postgres");
    statement(&control, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    statement(&control, &format!("CREATE DATABASE {name}")).await;
    server::url(&directory, port, &name)
}

/// Deletes what [`create_database`] made.
pub(super) async fn drop_database(url: &str) {
    let (before, after) = url.split_once("@/").expect("our own address");
    let (name, after) = after.split_once('?').expect("our own address");
    statement(
        &format!("{before}@/postgres?{after}"),
        &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
    )
    .await;
}

async fn statement(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the shared server");
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.expect("the statement");
    drop(client);
    drop(connection.await);
}

/// The directory and port of the running server.
fn find() -> (PathBuf, u16) {
    let base = base();
    let users = base.join("users");
    fs::create_dir_all(&users).expect("a directory for users");
    fs::write(users.join(std::process::id().to_string()), "").expect("a registration");
    let lock = File::create(base.join("lock")).expect("a lock file");
    lock.lock().expect("the lock");
    running(&base).unwrap_or_else(|| start(&base))
}

/// One per checkout and user, on a short path: the length of a socket's is bounded.
fn base() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    std::env::current_exe()
        .ok()
        .and_then(|path| path.parent().map(Path::to_owned))
        .hash(&mut hasher);
    std::env::temp_dir().join(format!("loggia-pg-{:016x}", hasher.finish()))
}

fn running(base: &Path) -> Option<(PathBuf, u16)> {
    let address = fs::read_to_string(base.join("current")).ok()?;
    let (directory, port) = address.trim().split_once('\n')?;
    let port: u16 = port.parse().ok()?;
    std::net::TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), Duration::from_secs(5)).ok()?;
    Some((directory.into(), port))
}

#[expect(clippy::zombie_processes, reason = "the watchdog outlives us")]
fn start(base: &Path) -> (PathBuf, u16) {
    let directory = base.join(format!("server-{}", std::process::id()));
    drop(fs::remove_dir_all(&directory));
    fs::create_dir_all(&directory).expect("a directory for the server");
    let server = Server::start(&directory);
    let address = base.join("current.new");
    fs::write(&address, format!("{}\n{}", directory.display(), server.port())).expect("the address");
    fs::rename(&address, base.join("current")).expect("the address");
    Command::new("sh")
        .args(["-c", WATCHDOG, "watchdog"])
        .arg(base)
        .arg(&directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("a watchdog");
    (directory, server.port())
}
