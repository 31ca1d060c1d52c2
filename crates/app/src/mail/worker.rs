//! Sending: takes due mails with a lease, hands them to the mail server, notes what came of it.
//!
//! At least once: a process that dies between the two leaves the mail to be sent again.

use std::time::Duration;

use domain::ids::OrgId;
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use store::mail::Posted;

use crate::settings::Smtp;
use crate::{App, Error};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How long a taken mail is left to the one who took it, in seconds.
const LEASE_SECONDS: i64 = 120;
const AT_ONCE: u32 = 20;

/// Why the mail server's settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the mail settings cannot be used: {0}")]
pub struct BadSmtp(String);

fn transport(smtp: &Smtp) -> Result<(Transport, Mailbox), BadSmtp> {
    let transport = Transport::from_url(&smtp.url).map_err(|e| BadSmtp(e.to_string()))?;
    let from = smtp.from.parse().map_err(|_| BadSmtp(format!("{:?} is not a sender", smtp.from)))?;
    Ok((transport.timeout(Some(Duration::from_secs(30))).build(), from))
}

/// Sends what is due, in all organisations, until `stop` is told. Returns at once without a mail server.
pub async fn run(app: App, mut stop: tokio::sync::watch::Receiver<bool>) -> Result<(), BadSmtp> {
    let Some(smtp) = app.settings().smtp.clone() else { return Ok(()) };
    let (transport, from) = transport(&smtp)?;
    loop {
        match crate::orgs::list(&app).await {
            Ok(orgs) => {
                for org in orgs {
                    if let Err(error) = deliver_with(&app, org.id, &transport, &from).await {
                        tracing::warn!(org = org.id.0, error = error.in_full(), "mail was not sent");
                    }
                }
            }
            Err(error) => tracing::warn!(error = error.in_full(), "the organisations cannot be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
            _ = stop.changed() => return Ok(()),
        }
    }
}

/// Sends what is due in one organisation; returns how many mails left.
pub async fn deliver(app: &App, org: OrgId) -> Result<usize, Error> {
    let Some(smtp) = app.settings().smtp.clone() else { return Ok(0) };
    let (transport, from) = transport(&smtp).map_err(|e| Error::Input("smtp", e.to_string()))?;
    deliver_with(app, org, &transport, &from).await
}

async fn deliver_with(app: &App, org: OrgId, transport: &Transport, from: &Mailbox) -> Result<usize, Error> {
    let tenant = app.tenant(org).await?;
    let mut left = 0;
    loop {
        let now = app.now();
        let due = tenant
            .db
            .write::<_, Error>(move |conn| Ok(store::mail::claim(conn, now, now.plus_seconds(LEASE_SECONDS), AT_ONCE)?));
        let due = due.await?;
        if due.is_empty() {
            return Ok(left);
        }
        for posted in due {
            let outcome = send(transport, from, &posted).await;
            left += usize::from(outcome.is_ok());
            note(app, &tenant, &posted, outcome.err()).await?;
        }
    }
}

async fn send(transport: &Transport, from: &Mailbox, posted: &Posted) -> Result<(), String> {
    let mail = &posted.mail;
    let to: Mailbox = mail.to.parse().map_err(|_| format!("{:?} is not an address", mail.to))?;
    let body = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    let message = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(mail.subject.clone())
        .multipart(body);
    let message = message.map_err(|e| e.to_string())?;
    transport.send(message).await.map(drop).map_err(|e| e.to_string())
}

async fn note(app: &App, tenant: &crate::Tenant, posted: &Posted, error: Option<String>) -> Result<(), Error> {
    let (id, now) = (posted.id, app.now());
    let attempt = usize::try_from(posted.attempts).unwrap_or(usize::MAX);
    let next = app
        .settings()
        .mail_retry_seconds
        .get(attempt)
        .map(|&seconds| now.plus_seconds(seconds));
    tenant
        .db
        .write::<_, Error>(move |conn| match error {
            None => Ok(store::mail::sent(conn, id, now)?),
            Some(error) => Ok(store::mail::failed(conn, id, &error, next)?),
        })
        .await
}
