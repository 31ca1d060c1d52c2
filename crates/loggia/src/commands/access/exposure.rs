//! `loggia access exposure`: everything that is within everybody's reach.

use app::policies::{self, Exposure as Map, OfType, Reached, VISITORS, Which};
use clap::Args;
use domain::access::Admission;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Args)]
pub struct Exposure {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// Write JSON, with samples of the records
    #[arg(long)]
    json: bool,
}

impl Exposure {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let map = policies::exposure(&ctx, Which::InForce).await;
        app.close().await;
        let map = map?;
        output::document(self.json, &map, || readable(&map))
    }
}

fn readable(map: &Map) -> String {
    let part = |whose: &str, reached: &[Reached]| {
        let lines: String = reached.iter().map(line).collect();
        format!("{}:\n{lines}", output::plain(whose))
    };
    let visitors = match map.anonymous.is_empty() {
        true => "Visitors who are not signed in see nothing.\n".to_owned(),
        false => part(VISITORS, &map.anonymous),
    };
    let types = map.types.iter().map(
        |of| match (format!("Everybody of {}{}", of.name, comes_in(of)), of.reached.is_empty()) {
            (whose, false) => part(&whose, &of.reached),
            (whose, true) => format!("{}: nothing but what is their own.\n", output::plain(&whose)),
        },
    );
    std::iter::once(visitors).chain(types).collect()
}

fn comes_in(of: &OfType) -> &'static str {
    match of.sign_up {
        None => "",
        Some(Admission::Checked) => ", who signed up and were let in",
        Some(Admission::Open) => ", WHOEVER SIGNS UP",
    }
}

fn line(reached: &Reached) -> String {
    let of = reached.of.map_or_else(String::new, |all| format!(" of {all}"));
    let allowed = reached.at_most.map_or_else(String::new, |most| format!(", {most} allowed"));
    let beyond = if reached.is_beyond() { " (MORE THAN ALLOWED)" } else { "" };
    let faults: String = reached.faults.iter().map(|f| format!("  ! {}\n", output::plain(f))).collect();
    let (name, fields) = (output::plain(&reached.name), output::plain(&reached.fields.join(", ")));
    format!(
        "- {name}: {}{of} records{allowed}{beyond}; fields: {fields}\n{faults}",
        reached.records
    )
}
