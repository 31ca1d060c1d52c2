//! A PostgreSQL server from the installed programs, in a directory of its own.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MISSING: &str = "PostgreSQL's server programs (initdb, pg_ctl) were not found: install PostgreSQL 15 or later \
                       (Debian: `apt install postgresql`; Fedora: `dnf install postgresql-server`; macOS: `brew install postgresql`)";

/// A running server. It is not stopped when this is dropped.
#[derive(Debug, Clone)]
pub struct Server {
    programs: PathBuf,
    directory: PathBuf,
    port: u16,
}

impl Server {
    /// Sets up and starts a server below a directory, which must exist. Waits until it answers.
    #[must_use]
    pub fn start(directory: &Path) -> Self {
        let port = free_port();
        let server = Self {
            programs: programs().expect(MISSING),
            directory: directory.to_owned(),
            port,
        };
        server.hand_over();
        server.initialise();
        let data = server.data();
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\nmax_connections = 300\n\
             fsync = on\nsynchronous_commit = on\nshared_buffers = 32MB\nlogging_collector = off\n",
            directory.display()
        );
        fs::OpenOptions::new()
            .append(true)
            .open(data.join("postgresql.conf"))
            .and_then(|mut file| file.write_all(settings.as_bytes()))
            .expect("settings");
        server.run();
        server
    }

    /// Starts the server again after [`kill`](Self::kill).
    pub fn run(&self) {
        let log = self.directory.join("log");
        let started = self
            .program("pg_ctl")
            .args(["start", "--wait", "--timeout=60", "--silent", "--log"])
            .arg(&log)
            .arg("--pgdata")
            .arg(self.data())
            .status()
            .expect("pg_ctl");
        let log = fs::read_to_string(&log).unwrap_or_default();
        assert!(started.success(), "PostgreSQL did not start: {log}");
    }

    /// Kills the server and its children with SIGKILL, as a power cut would, and waits until they are gone.
    pub fn kill(&self) {
        let master = self.process();
        let listed = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output().expect("ps");
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let children = listed.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
        let children = children
            .filter(|(_, parent)| parent.trim() == master)
            .map(|(child, _)| child.to_owned());
        let mut all: Vec<String> = vec![master.clone()];
        all.extend(children);
        let killed = Command::new("kill").arg("-KILL").args(&all).stderr(Stdio::null()).status();
        assert!(killed.is_ok(), "kill");
        let gone = |process: &String| {
            !Command::new("kill")
                .args(["-0", process])
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|s| s.success())
        };
        while !all.iter().all(gone) {
            std::thread::yield_now();
        }
    }

    /// Stops the server without ceremony. Its directory may be deleted afterwards.
    pub fn stop(&self) {
        let stopped = self
            .program("pg_ctl")
            .args(["stop", "--mode=immediate", "--silent", "--pgdata"])
            .arg(self.data())
            .status();
        assert!(stopped.is_ok(), "pg_ctl");
    }

    /// The address of one of its databases. `postgres` is always there.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        url(&self.directory, self.port, database)
    }

    /// Where it listens on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn process(&self) -> String {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).expect("postmaster.pid");
        file.lines().next().expect("a process id").trim().to_owned()
    }

    /// The server refuses to run as root: then the directory goes to the user that PostgreSQL's package has made.
    fn hand_over(&self) {
        if let Some((user, group)) = self.other_user() {
            std::os::unix::fs::chown(&self.directory, Some(user), Some(group)).expect("chown");
        }
        // Whoever gets at the socket is the superuser.
        fs::set_permissions(&self.directory, fs::Permissions::from_mode(0o700)).expect("chmod");
    }

    fn initialise(&self) {
        let init = |extra: &[&str]| {
            self.program("initdb")
                .args([
                    "--no-sync",
                    "--username=postgres",
                    "--encoding=UTF8",
                    "--auth-local=trust",
                    "--auth-host=reject",
                ])
                .args(extra)
                .arg("--pgdata")
                .arg(self.data())
                .stdout(Stdio::null())
                .status()
                .expect("initdb")
                .success()
        };
        // The order of a natural language where it can be had: the schema must not depend on the server's.
        let done = init(&["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en"]) || init(&["--locale=C.UTF-8"]) || init(&[]);
        assert!(done, "initdb failed");
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // A group of its own: the end of a test run must not take the server from other runs.
        command.process_group(0);
        if let Some((user, group)) = self.other_user() {
            command.uid(user).gid(group);
        }
        command
    }

    /// Whom to run as, if not as ourselves.
    fn other_user(&self) -> Option<(u32, u32)> {
        let me = tempfile::tempfile()
            .and_then(|file| file.metadata())
            .expect("a temporary file")
            .uid();
        if me != 0 {
            return None;
        }
        let users = fs::read_to_string("/etc/passwd").expect("/etc/passwd");
        let ids = |name: &str| {
            let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut fields = line.split(':').skip(2);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        };
        ids("postgres").or_else(|| ids("nobody"))
    }
}

/// The address of a database behind a socket.
pub(super) fn url(directory: &Path, port: u16, database: &str) -> String {
    format!("postgres://postgres@/{database}?host={}&port={port}", directory.display())
}

/// Where the server's programs are. Debian keeps them off the path, one directory per version.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let configured = || {
        let output = Command::new("pg_config").arg("--bindir").output().ok()?;
        Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
    };
    let complete = |directory: &PathBuf| directory.join("initdb").exists() && directory.join("pg_ctl").exists();
    newest
        .max()
        .map(|(_, directory)| directory)
        .filter(complete)
        .or_else(configured)
        .filter(complete)
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
