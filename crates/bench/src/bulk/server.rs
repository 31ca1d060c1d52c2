//! The real server, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::http::Client;
use crate::{Done, Place};

const ADMINISTRATOR: &str = "admin@example.com";
const PASSWORD: &str = "tulip-meadow-42-lantern";

/// A running server. It is killed when this is dropped.
pub(super) struct Server {
    child: Child,
    address: std::net::SocketAddr,
    pub org: String,
    directory: tempfile::TempDir,
}

/// The binary beside this one, on a place, without any setting of whoever measures.
fn loggia(place: &Place, arguments: &[&str]) -> Done<Command> {
    let binary: PathBuf = std::env::current_exe()?.with_file_name("loggia");
    if !binary.exists() {
        return Err(format!("there is no {}: build it first, in release", binary.display()).into());
    }
    let mut command = Command::new(binary);
    command.env_clear().args(arguments).stdin(Stdio::null());
    match (place.directory(), place.url()) {
        (Some(directory), _) => command.arg("--data").arg(directory),
        (None, Some(url)) => command.args(["--database", &url]),
        (None, None) => return Err("a place without an address".into()),
    };
    Ok(command)
}

/// What a command answers.
fn json(mut command: Command) -> Done<Value> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(serde_json::from_slice(&output.stdout)?);
    }
    Err(String::from_utf8_lossy(&output.stderr).into())
}

impl Server {
    /// Makes an organisation, and serves it.
    pub(super) fn start(place: &Place) -> Done<Self> {
        let directory = tempfile::tempdir()?;
        std::fs::write(directory.path().join("password"), PASSWORD)?;
        let create = "org create --name Bench --edition enterprise --portal benchportal --admin-password-file password --json";
        let mut arguments: Vec<&str> = create.split(' ').collect();
        arguments.extend(["--admin-email", ADMINISTRATOR]);
        let mut command = loggia(place, &arguments)?;
        command.current_dir(directory.path());
        let org = json(command)?;
        let mut command = loggia(place, &["serve", "--listen", "127.0.0.1:0"])?;
        let mut child = command.current_dir(directory.path()).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("no output")?)
            .lines()
            .map_while(Result::ok);
        let address = lines
            .filter_map(|line| line.strip_prefix("Loggia listens on http://").and_then(|rest| rest.parse().ok()))
            .next();
        Ok(Self {
            address: address.ok_or("the server does not listen")?,
            child,
            org: org.get("id").and_then(Value::as_str).ok_or("no organisation")?.to_owned(),
            directory,
        })
    }

    /// A program that may do everything here.
    pub(super) fn client(&self, place: &Place) -> Done<Client> {
        let mut command = loggia(place, &["client", "create", "--org", &self.org, "--as", ADMINISTRATOR, "--json"])?;
        command.current_dir(self.directory.path());
        let made = json(command)?;
        let of = |name: &str| made.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut client = Client {
            address: self.address,
            token: String::new(),
        };
        let (id, secret, refresh) = (of("client_id"), of("client_secret"), of("refresh_token"));
        let asked = format!("/oauth/v2/token?grant_type=refresh_token&client_id={id}&client_secret={secret}&refresh_token={refresh}");
        let answer = client.post(&asked, &Value::Null)?;
        client.token = answer.get("access_token").and_then(Value::as_str).ok_or("no token")?.to_owned();
        Ok(client)
    }

    /// The most memory that it ever had, in MiB.
    pub(super) fn peak(&self) -> Done<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        Ok(kib.ok_or("no VmHWM")? / 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
