//! `loggia operator`: who may come in to the operator's pages, and who is in.

use app::operators::Operator;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use store::operators::{Operator as Kept, Whose};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print an address by which somebody comes in to the operator's pages, once, within 15 minutes
    Link {
        /// What to call whoever comes in
        #[arg(long, value_name = "NAME")]
        name: String,
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show who is in, who may come in, and until when
    List {
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// End sessions and links at once, on every server
    End {
        #[command(flatten)]
        of: Of,
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
}

/// Whose sessions and links.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Of {
    /// Those of this name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// All of them
    #[arg(long)]
    all: bool,
}

impl Command {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        // Before the first organisation is made one can be in already: the pages say what to do then.
        let app = opening::open(settings).await?;
        let done = self.on(&Operator::at_the_machine(&app)).await;
        app.close().await;
        done
    }

    async fn on(self, operator: &Operator) -> Result<(), Failure> {
        match self {
            Self::Link { name, json } => {
                let link = app::operators::link(operator, &name).await?;
                let until = link.expires.iso();
                let document = json!({ "address": link.address, "expires": until });
                output::document(json, &document, || {
                    format!(
                        "{}\nIt works once, until {until}, and lets whoever opens it in for twelve hours.\n",
                        link.address
                    )
                })
            }
            Self::List { json } => {
                let all = app::operators::list(operator).await?;
                let document = json!({ "operators": all.iter().map(document).collect::<Vec<_>>() });
                output::document(json, &document, || table(&all))
            }
            Self::End { of, json } => {
                let ended = app::operators::end(operator, of.name.map_or(Whose::All, Whose::Named)).await?;
                output::document(json, &json!({ "ended": ended }), || format!("Sessions and links ended: {ended}\n"))
            }
        }
    }
}

fn document(of: &Kept) -> Value {
    json!({ "name": of.name, "kind": of.kind.name(), "since": of.since.iso(), "expires": of.expires.iso() })
}

fn table(all: &[Kept]) -> String {
    let row = |of: &Kept| vec![output::plain(&of.name), of.kind.name().to_owned(), of.since.iso(), of.expires.iso()];
    match all {
        [] => "Nobody is in.\n".to_owned(),
        all => output::table(&["NAME", "KIND", "SINCE", "UNTIL"], &all.iter().map(row).collect::<Vec<_>>()),
    }
}
