//! A running `loggia serve`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::setup::{ADMIN, Setup};

/// A server on a free port. It is killed when this is dropped.
pub struct Server {
    child: Child,
    pub url: String,
    /// What it said before it listened.
    pub before: Vec<String>,
}

impl Server {
    /// Starts one and waits until it listens.
    pub fn start(setup: &Setup) -> Self {
        Self::run(setup.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    /// Waits until this command says where it listens.
    pub fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut before = Vec::new();
        let url = lines.find_map(|line| {
            let url = line.strip_prefix("Loggia listens on ").map(str::to_owned);
            before.extend(url.is_none().then_some(line));
            url
        });
        let url = url.unwrap();
        Self { child, url, before }
    }

    /// The most memory that it ever had, in MiB.
    pub fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() / 1024
    }

    /// Sends a signal: TERM, INT.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Kills it with SIGKILL, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// An access token of a program that may do what the administrator may.
    pub async fn token(&self, setup: &Setup<'_>, org: &str) -> String {
        self.token_of(setup, org, ADMIN).await
    }

    /// An access token of a program that may do what somebody may.
    pub async fn token_of(&self, setup: &Setup<'_>, org: &str, email: &str) -> String {
        let client = setup.run(&["client", "create", "--org", org, "--as", email, "--json"]).json();
        self.token_by(&client).await
    }

    /// An access token of a client, by the secrets that it was made with.
    pub async fn token_by(&self, client: &serde_json::Value) -> String {
        let mut form: Vec<(&str, &str)> = vec![("grant_type", "refresh_token")];
        form.extend(["client_id", "client_secret", "refresh_token"].map(|name| (name, client[name].as_str().unwrap())));
        let asked = reqwest::Client::new().post(format!("{}/oauth/v2/token", self.url)).form(&form);
        let answer: serde_json::Value = asked.send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// The status of a page.
    pub async fn status(&self, path: &str) -> u16 {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        answer.status().as_u16()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
