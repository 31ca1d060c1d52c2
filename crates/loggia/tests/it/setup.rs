//! A place to run commands in, and what they answer.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use app::clock::{SystemClock, SystemRandom};
use app::{App, Ctx, Settings};
use domain::ids::RecordId;
use domain::records::{Draft, from_text};
use serde_json::Value;
use store::testing::Place;

pub const PASSWORD: &str = "tulip-meadow-42-lantern";
pub const ADMIN: &str = "admin@example.com";

/// An empty place, and a directory in which commands run.
pub struct Setup<'p> {
    pub place: &'p Place,
    directory: tempfile::TempDir,
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Answer {
    /// The one JSON document of a command that went well.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.status, Some(0), "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// Asserts that the command was refused, with nothing on stdout.
    #[track_caller]
    pub fn refused(&self, status: i32, message: &str) {
        assert_eq!(self.status, Some(status), "{self:?}");
        let said = self.stderr.lines().any(|line| line.starts_with("loggia: "));
        assert!(said && self.stderr.contains(message), "{}", self.stderr);
        assert_eq!(self.stdout, "");
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The binary, without any setting of whoever runs the tests.
pub fn loggia(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loggia"));
    command.env_clear().current_dir(directory).stdin(Stdio::null());
    command
}

impl<'p> Setup<'p> {
    pub fn new(place: &'p Place) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("password"), format!("{PASSWORD}\n")).unwrap();
        Self { place, directory }
    }

    /// The directory in which commands run. A file called `password` is in it.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// A command on the place.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = loggia(self.directory());
        match self.place.directory() {
            Some(directory) => command.args(arguments).arg("--data").arg(directory),
            None => command.args(arguments).args(["--database", &self.place.address()]),
        };
        command
    }

    /// Runs a command on the place.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        self.command(arguments).output().unwrap().into()
    }

    /// Makes an organisation with this name in lower case as portal; gives its id.
    pub fn org(&self, name: &str) -> String {
        self.org_with(name, &[])
    }

    /// The same with these variables.
    pub fn org_with(&self, name: &str, variables: &[(&str, &str)]) -> String {
        let portal = name.to_lowercase();
        let mut arguments = vec!["org", "create", "--name", name, "--edition", "enterprise", "--portal", &portal];
        arguments.extend(["--admin-email", ADMIN, "--admin-password-file", "password", "--json"]);
        let mut command = self.command(&arguments);
        let answer = Answer::from(command.envs(variables.iter().copied()).output().unwrap());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// The product on the place, as another process has it.
    pub async fn app(&self) -> App {
        let engine = self.place.another_engine();
        App::open(engine, Settings::default(), Box::new(SystemClock), Box::new(SystemRandom))
            .await
            .unwrap()
    }
}

/// A context that may do everything.
pub async fn system(app: &App, org: &str) -> Ctx {
    app.system(org.parse().unwrap()).await.unwrap()
}

/// A contact with an address.
pub async fn contact(ctx: &Ctx, name: &str) -> Result<RecordId, app::Error> {
    let access = app::records::access(ctx, "Contacts")?;
    let module = access.plan().module();
    let email = format!("{name}@example.com");
    let values = [("Last_Name", name), ("Email", email.as_str())];
    let parsed = values.map(|(field, text)| {
        let field = module.field_named(field).unwrap();
        (field.id, from_text(field, text).unwrap())
    });
    app::records::create(ctx, &access, parsed.into_iter().collect::<Draft>()).await
}
