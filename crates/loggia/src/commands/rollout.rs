//! `loggia rollout`: moves organisations from one licence policy to another.

mod table;

use app::App;
use app::operators::Operator;
use clap::{Args, Subcommand};
use domain::licences::{Cohort, PERCENT};
use domain::orgs::Edition;
use serde_json::json;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what would change for each organisation; changes nothing
    Plan {
        #[command(flatten)]
        taken: Taken,
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Begin, and move the organisations one after another; a running server goes on with what was broken off
    Start {
        #[command(flatten)]
        taken: Taken,
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show how far the latest roll-out is
    Status {
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Stop after the organisation that is being moved, until it is resumed
    Pause,
    /// Go on with what was paused or broken off, and try again what failed
    Resume {
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// End it where it is: who was moved stays moved
    Stop,
    /// Keep an organisation as it is, whatever is rolled out
    Hold {
        /// The organisation, by id or name
        #[arg(long, value_name = "ORG")]
        org: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Let an organisation that was held be moved again
    Release {
        /// The organisation, by id or name
        #[arg(long, value_name = "ORG")]
        org: String,
    },
}

/// Where organisations are moved, and which.
#[derive(Debug, Args)]
pub struct Taken {
    /// The licence policy to which they are moved, by its name
    #[arg(long, value_name = "POLICY")]
    to: String,
    /// Only organisations of this data centre; may be said several times
    #[arg(long, value_name = "NAME")]
    data_centre: Vec<String>,
    /// Only organisations of this edition; may be said several times
    #[arg(long, value_name = "EDITION")]
    edition: Vec<Edition>,
    /// Only organisations that hold at least so many seats
    #[arg(long, value_name = "SEATS", default_value_t = 0, hide_default_value = true)]
    least: u64,
    /// Only organisations that hold at most so many seats
    #[arg(long, value_name = "SEATS")]
    most: Option<u64>,
    /// Only so many of a hundred, always the same ones: whoever is among 10 is also among 50
    #[arg(long, value_name = "N", default_value_t = PERCENT, hide_default_value = true)]
    percent: u8,
}

impl Taken {
    fn cohort(self) -> Cohort {
        Cohort {
            data_centres: self.data_centre,
            editions: self.edition,
            least: self.least,
            most: self.most,
            percent: self.percent,
        }
    }
}

impl Command {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let app = opening::open_existing(settings).await?;
        let app = app.ok_or_else(|| Failure::Undone(format!("there are no organisations: nothing is set up in {}", settings.place)))?;
        let done = self.on(&app).await;
        app.close().await;
        done
    }

    async fn on(self, app: &App) -> Result<(), Failure> {
        let operator = &Operator::at_the_machine(app);
        match self {
            Self::Plan { taken, json } => {
                let to = taken.to.clone();
                let planned = app::rollouts::plan(operator, &to, taken.cohort()).await?;
                output::document(json, &json!({ "organisations": planned }), || table::planned(&planned))
            }
            Self::Start { taken, json } => {
                let to = taken.to.clone();
                app::rollouts::start(operator, &to, taken.cohort()).await?;
                carry_on(operator, json).await
            }
            Self::Status { json } => status(operator, json).await,
            Self::Pause => Ok(app::rollouts::pause(operator).await?),
            Self::Resume { json } => {
                app::rollouts::resume(operator).await?;
                carry_on(operator, json).await
            }
            Self::Stop => Ok(app::rollouts::stop(operator).await?),
            Self::Hold { org, reason } => {
                let org = app::orgs::find(app, &org).await?;
                Ok(app::rollouts::hold(operator, org.id, &reason).await?)
            }
            Self::Release { org } => {
                let org = app::orgs::find(app, &org).await?;
                Ok(app::rollouts::release(operator, org.id).await?)
            }
        }
    }
}

async fn carry_on(operator: &Operator, json: bool) -> Result<(), Failure> {
    app::rollouts::carry_on(operator.app()).await?;
    status(operator, json).await?;
    match app::rollouts::progress(operator).await?.map(|progress| progress.failed) {
        Some(failed) if failed > 0 => {
            let organisations = output::counted(usize::try_from(failed).unwrap_or(usize::MAX), "organisation");
            Err(Failure::Undone(format!(
                "{organisations} could not be moved: see to it, then `loggia rollout resume`"
            )))
        }
        _ => Ok(()),
    }
}

async fn status(operator: &Operator, json: bool) -> Result<(), Failure> {
    let progress = app::rollouts::progress(operator).await?;
    let holds = app::rollouts::holds(operator).await?;
    let held = holds
        .iter()
        .map(|hold| json!({ "id": hold.org, "reason": hold.reason, "since": hold.since.iso() }));
    let document = json!({ "rollout": progress, "held": held.collect::<Vec<_>>() });
    output::document(json, &document, || table::progress(progress.as_ref(), &holds))
}
