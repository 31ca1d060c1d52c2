//! `loggia demo`: an invented company, ready to click.
//!
//! It is made once. Its sign-ins are kept beside the data, so that later starts can print them too.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use app::App;
use clap::Args;
use domain::ids::OrgId;
use serde::{Deserialize, Serialize};

use super::serve;
use crate::cli::flag;
use crate::failure::Failure;
use crate::settings::{Flags, Settings, keys};
use crate::{opening, output};

/// Where the demo lives unless somebody says otherwise.
const DATA: &str = "./data/demo";

#[derive(Debug, Args)]
pub struct Demo {
    /// Where to listen [env: LOGGIA_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

/// The sign-ins of the demo, as they are kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    org: OrgId,
    portal: String,
    people: Vec<Person>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Person {
    what: String,
    name: String,
    email: String,
    password: String,
}

impl Demo {
    pub fn flags(&self) -> Flags {
        flag(&keys::LISTEN, "--listen", self.listen.as_ref()).into_iter().collect()
    }

    pub async fn run(self, settings: Settings) -> Result<(), Failure> {
        let mut settings = settings.with_usual_data(DATA);
        let listener = serve::listen(&mut settings).await?;
        let app = opening::open(&settings).await?;
        match kept_or_made(&app, &settings).await {
            Ok(kept) => serve::serve(app, listener, &readable(&kept, &settings)).await,
            Err(failure) => {
                app.close().await;
                Err(failure)
            }
        }
    }
}

async fn kept_or_made(app: &App, settings: &Settings) -> Result<Kept, Failure> {
    let file = settings.data.join("demo.json");
    if let Some(kept) = read(&file)?
        && app::orgs::find(app, &kept.org.to_string()).await.is_ok()
    {
        return Ok(kept);
    }
    tracing::info!("making the demo company, which takes some seconds");
    let made = app::demo::create(app).await.map_err(|error| match error {
        app::Error::Exists(_) => Failure::Undone(format!(
            "there is a demo in {} already, or the beginning of one, but not its sign-ins, {}: name another directory with --data",
            settings.place,
            file.display()
        )),
        other => other.into(),
    })?;
    let kept = Kept::of(made);
    write(&file, &kept)?;
    Ok(kept)
}

impl Kept {
    fn of(made: app::demo::Demo) -> Self {
        let administrator = Person {
            what: "Administrator".into(),
            name: "Administrator".into(),
            email: made.admin_email,
            password: made.admin_password,
        };
        let people = made.people.into_iter().map(|person| Person {
            what: person.user_type,
            name: person.name,
            email: person.email,
            password: person.password,
        });
        Self {
            org: made.org.id,
            portal: made.portal,
            people: std::iter::once(administrator).chain(people).collect(),
        }
    }
}

fn read(file: &Path) -> Result<Option<Kept>, Failure> {
    let unreadable = |error: &dyn std::error::Error| Failure::Undone(format!("{} cannot be read: {error}", file.display()));
    match std::fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| unreadable(&error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Writes the sign-ins for the owner alone, whole or not at all.
fn write(file: &Path, kept: &Kept) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(kept).map_err(|error| Failure::of(&error))?;
    let unwritable = |error: std::io::Error| Failure::Undone(format!("{} cannot be written: {error}", file.display()));
    let beside: PathBuf = file.with_extension("new");
    if let Some(directory) = file.parent() {
        std::fs::create_dir_all(directory).map_err(unwritable)?;
    }
    let mut options = std::fs::OpenOptions::new();
    let mut new = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .map_err(unwritable)?;
    new.write_all(&text).and_then(|()| new.sync_all()).map_err(unwritable)?;
    std::fs::rename(&beside, file).map_err(unwritable)
}

fn readable(kept: &Kept, settings: &Settings) -> String {
    let url = &settings.product.public_url;
    let rows = kept.people.iter().map(|person| {
        let Person {
            what,
            name,
            email,
            password,
        } = person;
        vec![what.clone(), name.clone(), email.clone(), password.clone()]
    });
    format!(
        "Administration  {url}/admin\nPortal          {url}/portal/{}\n\n{}\n{}",
        kept.portal,
        output::table(&["SIGN IN AS", "NAME", "E-MAIL", "PASSWORD"], &rows.collect::<Vec<_>>()),
        serve::ready(settings),
    )
}
