//! Portal users: invited, accepted, and with an access token of the API.

use std::collections::HashMap;

use app::{App, Ctx, clients, mail, members};
use domain::ids::{RecordId, UserTypeId};

use crate::Done;

/// How many people accept at the same time.
const AT_ONCE: usize = 2;

/// A portal user.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The contact that they are.
    pub(crate) anchor: RecordId,
    /// Their access token.
    pub(crate) token: String,
}

/// Makes portal users of contacts, all with a token.
pub(crate) async fn invite(ctx: &Ctx, portal: &str, user_type: UserTypeId, contacts: &[RecordId]) -> Done<Vec<Person>> {
    let joined = join(ctx, portal, user_type, contacts).await?;
    let mut people = Vec::with_capacity(joined.len());
    for (anchor, email) in joined {
        let token = token(ctx, &email).await?;
        people.push(Person { anchor, token });
    }
    Ok(people)
}

/// Makes portal users of contacts, who accept; returns who they are and their addresses.
pub(crate) async fn join(ctx: &Ctx, portal: &str, user_type: UserTypeId, contacts: &[RecordId]) -> Done<Vec<(RecordId, String)>> {
    let mut emails = Vec::with_capacity(contacts.len());
    for (record, invited) in members::invite_many(ctx, user_type, contacts).await {
        emails.push((record, invited?.email));
    }
    let mails = mail::unsent(ctx).await?;
    let links: HashMap<&str, &str> = mails
        .iter()
        .filter_map(|posted| Some((posted.mail.to.as_str(), posted.mail.links.first()?.rsplit('/').next()?)))
        .collect();
    for batch in emails.chunks(AT_ONCE) {
        let running: Vec<_> = batch
            .iter()
            .map(|(_, email)| {
                let link = links.get(email.as_str()).copied().unwrap_or_default().to_owned();
                tokio::spawn(accept(ctx.app.clone(), portal.to_owned(), link))
            })
            .collect();
        for accepted in running {
            accepted.await??;
        }
    }
    Ok(emails)
}

async fn accept(app: App, portal: String, link: String) -> Done {
    members::accept(&app, &portal, &link, &app.secret()).await?;
    Ok(())
}

/// An access token for the employee or portal user with this address.
pub(crate) async fn token(ctx: &Ctx, email: &str) -> Done<String> {
    let client = clients::create(ctx, "bench", email, clients::EVERYTHING).await?;
    let token = clients::refresh(&ctx.app, &client.client_id, &client.client_secret, &client.refresh_token).await?;
    Ok(token.access.token)
}
