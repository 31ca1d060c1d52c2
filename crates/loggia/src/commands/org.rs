//! `loggia org`: makes and lists organisations.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use app::orgs::{Made, NewOrg, Standing};
use clap::{Args, Subcommand};
use domain::orgs::{Availability, Edition};
use domain::time::Day;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Subcommand)]
pub enum Org {
    /// Make an organisation with an administrator and, in the editions that have them, a portal
    Create(Create),
    /// Give an organisation an edition, and perhaps a trial, from today on
    Edition(Change),
    /// List the organisations, oldest first
    List {
        /// One JSON document instead of a table
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct Create {
    /// The organisation's name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// free, standard, professional, enterprise or ultimate; the last two have portals
    #[arg(long, value_name = "EDITION")]
    edition: Edition,
    /// It is on trial until this day, with portals but few seats; then it has the edition
    #[arg(long, value_name = "DATE", value_parser = day)]
    trial_until: Option<Day>,
    /// The data centre, as you call it, by which roll-outs can choose
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    data_centre: String,
    /// The administrator's address, to sign in with
    #[arg(long, value_name = "EMAIL")]
    admin_email: String,
    /// A file with the administrator's password; - reads it from stdin
    #[arg(long, value_name = "FILE")]
    admin_password_file: PathBuf,
    /// The portal's name in its address; made of the organisation's name if left out
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct Change {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// free, standard, professional, enterprise or ultimate
    #[arg(long, value_name = "EDITION")]
    edition: Edition,
    /// It is on trial until this day; then it has the edition
    #[arg(long, value_name = "DATE", value_parser = day)]
    trial_until: Option<Day>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "expected a day like 2027-01-31".to_owned())
}

impl Change {
    async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let set = app::orgs::set_edition(&ctx, self.edition, self.trial_until).await;
        app.close().await;
        let Standing { tenure, availability } = set?;
        let portals = app::licences::word(availability);
        let until = match availability {
            Availability::Trial { ends: until } | Availability::Closing { on: until } => Some(until),
            Availability::Open | Availability::Kept => None,
        };
        let until = until.map(Day::iso);
        let document = json!({ "edition": tenure.edition.name(), "since": tenure.since.iso(), "portals": portals, "until": until });
        output::document(self.json, &document, || {
            let until = until.map(|day| format!(" until {day}")).unwrap_or_default();
            format!("Edition  {}\nPortals  {portals}{until}\n", tenure.edition.name())
        })
    }
}

impl Org {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(settings).await,
            Self::Edition(change) => change.run(settings).await,
            Self::List { json } => list(settings, json).await,
        }
    }
}

impl Create {
    async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let new = NewOrg {
            name: self.name,
            edition: self.edition,
            trial_ends: self.trial_until,
            data_centre: self.data_centre,
            admin_password: password(&self.admin_password_file)?,
            admin_email: self.admin_email.clone(),
            portal: self.portal,
        };
        let app = opening::open(settings).await?;
        let made = app::orgs::create(&app, new).await;
        app.close().await;
        let document = document(&made?, &settings.product.public_url, &self.admin_email);
        output::document(self.json, &document, || readable(&document))
    }
}

/// The password in a file: its first line.
fn password(file: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::Undone(format!("the password file {} cannot be read: {error}", file.display()));
    let mut text = String::new();
    // A password of megabytes is a wrong file.
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(65_536).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(65_536).read_to_string(&mut text))
    };
    read.map_err(unreadable)?;
    let password = text.lines().next().unwrap_or_default();
    if password.is_empty() {
        return Err(Failure::Undone(format!(
            "the password file {} is empty: expected the password in its first line",
            file.display()
        )));
    }
    Ok(password.to_owned())
}

fn document(made: &Made, public_url: &str, admin_email: &str) -> Value {
    let portal = made.portal.as_ref().map(|portal| portal.name.as_str());
    json!({
        "id": made.org.id,
        "name": made.org.name,
        "edition": made.org.edition.name(),
        "portal": portal,
        "portal_url": portal.map(|name| format!("{public_url}/portal/{name}")),
        "admin_url": format!("{public_url}/admin"),
        "admin_email": admin_email,
    })
}

fn readable(document: &Value) -> String {
    let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or("none").to_owned();
    format!(
        "Organisation   {} ({}), id {}\nAdministrator  {}, signs in at {}\nPortal         {}\n",
        text("name"),
        text("edition"),
        text("id"),
        text("admin_email"),
        text("admin_url"),
        text("portal_url"),
    )
}

async fn list(settings: &Settings, json: bool) -> Result<(), Failure> {
    let orgs = match opening::open_existing(settings).await? {
        None => Vec::new(),
        Some(app) => {
            let orgs = app::orgs::list(&app).await;
            app.close().await;
            orgs?
        }
    };
    let rows = orgs.iter().map(|org| {
        let id = org.id.to_string();
        [
            id,
            org.name.clone(),
            org.edition.name().into(),
            org.data_centre.clone(),
            org.created.iso(),
        ]
    });
    let rows: Vec<[String; 5]> = rows.collect();
    let names = ["id", "name", "edition", "data_centre", "created_time"];
    let objects: Vec<Value> = rows
        .iter()
        .map(|row| names.iter().zip(row).map(|(k, v)| ((*k).to_owned(), json!(v))).collect())
        .collect();
    output::document(json, &json!({ "orgs": objects }), || {
        let rows: Vec<Vec<String>> = rows.into_iter().map(Vec::from).collect();
        output::table(&["ID", "NAME", "EDITION", "DATA CENTRE", "CREATED"], &rows)
    })
}
