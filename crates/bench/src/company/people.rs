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

/// Makes portal users of contacts.
pub(crate) async fn invite(ctx: &Ctx, portal: &str, user_type: UserTypeId, contacts: Vec<RecordId>) -> Done<Vec<Person>> {
    let mut emails = Vec::with_capacity(contacts.len());
    for (record, invited) in members::invite_many(ctx, user_type, &contacts).await {
        emails.push((record, invited?.email));
    }
    let mails = mail::unsent(ctx).await?;
    let links: HashMap<&str, &str> = mails
        .iter()
        .filter_map(|posted| Some((posted.mail.to.as_str(), posted.mail.links.first()?.rsplit('/').next()?)))
        .collect();
    let mut people = Vec::with_capacity(emails.len());
    for batch in emails.chunks(AT_ONCE) {
        let running: Vec<_> = batch
            .iter()
            .map(|(record, email)| {
                let link = links.get(email.as_str()).copied().unwrap_or_default().to_owned();
                tokio::spawn(join(ctx.clone(), portal.to_owned(), *record, email.clone(), link))
            })
            .collect();
        for person in running {
            people.push(person.await??);
        }
    }
    Ok(people)
}

async fn join(ctx: Ctx, portal: String, anchor: RecordId, email: String, link: String) -> Done<Person> {
    let app: &App = &ctx.app;
    members::accept(app, &portal, &link, &app.secret()).await?;
    let client = clients::create(&ctx, "bench", &email).await?;
    let token = clients::refresh(app, &client.client_id, &client.client_secret, &client.refresh_token).await?;
    Ok(Person {
        anchor,
        token: token.token,
    })
}
