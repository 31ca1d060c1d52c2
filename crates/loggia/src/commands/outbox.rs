//! `loggia outbox`: the mails that were not sent yet.

use clap::Args;
use serde_json::{Value, json};
use store::mail::Posted;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Args)]
pub struct Outbox {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Outbox {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let mails = app::mail::unsent(&ctx).await;
        app.close().await;
        let mails = mails?;
        let documents: Vec<Value> = mails.iter().map(document).collect();
        output::document(self.json, &json!({ "mails": documents }), || readable(&mails))
    }
}

fn document(posted: &Posted) -> Value {
    let mail = &posted.mail;
    json!({
        "id": posted.id.to_string(),
        "to": mail.to,
        "subject": mail.subject,
        "links": mail.links,
        "text": mail.text,
        "created_time": posted.created.iso(),
        "attempts": posted.attempts,
        "last_error": posted.last_error,
    })
}

fn readable(mails: &[Posted]) -> String {
    if mails.is_empty() {
        return "No mail waits.\n".into();
    }
    let one = |posted: &Posted| {
        let failed = posted.last_error.as_ref().map(|error| {
            let given_up = if posted.dead { ", given up" } else { "" };
            format!("Failed:  {} times{given_up}: {error}\n", posted.attempts)
        });
        let Posted { mail, .. } = posted;
        output::plain(&format!(
            "To:      {}\nSubject: {}\nWritten: {}\n{}\n{}\n",
            mail.to,
            mail.subject,
            posted.created.iso(),
            failed.unwrap_or_default(),
            mail.text
        ))
    };
    mails.iter().map(one).collect::<Vec<_>>().join("----\n")
}
