//! `loggia access explain`: why a portal user may do something, or may not.

use app::explain::{Asked, Explained, Line, Mark};
use clap::Args;
use domain::ids::PolicyDraftId;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Args)]
pub struct Explain {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The user type, by name or id; portal/name where several portals have one of that name
    #[arg(long = "type", value_name = "TYPE")]
    user_type: String,
    /// The person: their address, or the id of the record that they are
    #[arg(long, value_name = "PERSON")]
    person: String,
    /// The module, by its API name
    #[arg(long, value_name = "MODULE")]
    module: String,
    /// The record's id
    #[arg(long, value_name = "ID")]
    record: String,
    /// A field, by its API name
    #[arg(long, value_name = "FIELD", default_value = "")]
    field: String,
    /// view, edit or delete; of a field read or write [default: view; read with --field]
    #[arg(long, value_name = "ACTION", default_value = "", hide_default_value = true)]
    action: String,
    /// By what a draft of the policies says, instead of what is in force
    #[arg(long, value_name = "ID")]
    draft: Option<PolicyDraftId>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let asked = Asked {
            user_type: self.user_type,
            person: self.person,
            module: self.module,
            record: self.record,
            field: self.field,
            action: self.action,
            draft: self.draft,
        };
        let record = asked.record.clone();
        let explained = app::explain::explain(&ctx, asked).await;
        app.close().await;
        let explained = explained.map_err(|error| match error {
            app::Error::NotFound("record") => Failure::Undone(format!("there is no record {record} in that module")),
            other => other.into(),
        })?;
        output::document(self.json, &explained, || output::plain(&readable(&explained)))
    }
}

fn readable(explained: &Explained) -> String {
    let mut text = format!("{}: {}\n", if explained.allowed { "Yes" } else { "No" }, explained.answer);
    for barrier in &explained.barriers {
        text += &format!("- {barrier}\n");
    }
    if !explained.complete {
        text += "There is more to look at than one explanation reads: the answer is right, the reasons may not be.\n";
    }
    text += "\nGrants\n";
    if explained.grants.is_empty() {
        text += "  None is about this module.\n";
    }
    tree(&mut text, &explained.grants, 1);
    if !explained.ceilings.is_empty() {
        text += "\nCeilings\n";
        tree(&mut text, &explained.ceilings, 1);
    }
    text += if explained.allowed {
        "\nIt would not be allowed any more, if you\n"
    } else {
        "\nIt would be allowed, if you\n"
    };
    for (at, ways) in explained.changes.iter().enumerate() {
        text += &format!("  {}{}\n", if at == 0 { "" } else { "or " }, ways.join(",\n    and "));
    }
    match &explained.final_because {
        Some(why) => text
            .rsplit_once("\nIt would")
            .map_or(text.clone(), |(before, _)| format!("{before}\n{why}\n")),
        None => text,
    }
}

fn tree(text: &mut String, lines: &[Line], depth: usize) {
    for line in lines {
        let mark = match line.mark {
            Mark::Yes => '+',
            Mark::No => '-',
            Mark::Note => '.',
        };
        *text += &format!("{}{mark} {}\n", "  ".repeat(depth), line.text);
        tree(text, &line.parts, depth + 1);
    }
}
