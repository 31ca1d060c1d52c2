//! Coming in: to the provider, and back with its answer.

use std::sync::Arc;

use domain::accounts::SIGN_IN_SECONDS;
use domain::members::come_in_as;
use domain::portals::Portal;
use domain::time::Moment;
use signin::saml::{self, Refused, SKEW, Verified};
use store::accounts::Ending;
use store::engine::Conn;
use store::members::Member;
use store::single_sign_on::ProviderSession;

use super::{Site, site};
use crate::accounts::{enter, open};
use crate::{App, Error, Snapshot, Tenant};

/// A browser on its way to the provider.
#[derive(Debug)]
pub struct Sending {
    /// Where it goes.
    pub place: String,
    /// What it keeps until it comes back: who has it began the sign-in.
    pub secret: String,
}

/// Somebody who comes from the provider.
#[derive(Debug)]
pub enum Came {
    /// Signed in: the secret of the session.
    In(String),
    /// The provider sends them without having been asked, as when somebody begins there. It is asked then: an answer counts only
    /// in the browser that asked.
    Unasked,
}

/// The name of a request, by what the browser keeps: it says nothing of the secret, and is a name in XML.
fn request(secret: &str) -> String {
    format!("_{}", signin::tokens::hash(secret))
}

/// When a sign-in was begun, by what the browser keeps: another moment would be another request.
fn begun(secret: &str) -> Option<Moment> {
    secret.split_once('.')?.0.parse().ok().map(Moment)
}

/// Sends a browser to the provider of a portal. Changes nothing.
///
/// Errors: [`Error::NotFound`] where people sign in with passwords.
pub async fn begin(app: &App, portal: &str) -> Result<Sending, Error> {
    let site = site(app, portal).await?;
    let secret = format!("{}.{}", app.now().0, app.secret());
    let place = saml::ask(&site.here, &site.there, &request(&secret), app.now())?;
    Ok(Sending { place, secret })
}

/// Signs somebody in by what their provider says. `kept` is what the browser keeps of [`begin`].
///
/// Errors: [`Error::NotBegun`] in another browser than the one that began; [`Error::Provider`] for an answer that is not
/// what the provider has signed for this portal now, and for one that says not what it answers when something was asked; [`Error::NotInvited`] for somebody who is no portal user here;
/// [`Error::NotFound`] where people sign in with passwords.
pub async fn finish(app: &App, portal: &str, answer: String, kept: Option<&str>) -> Result<Came, Error> {
    let site = site(app, portal).await?;
    let (kept, now) = (kept.map(str::to_owned), app.now());
    let read = tokio::task::spawn_blocking(move || read(site, &answer, kept.as_deref(), now));
    let Some(answer) = read.await.map_err(|_| Error::Busy)?? else {
        return Ok(Came::Unasked);
    };
    let tenant = Arc::clone(&answer.tenant);
    let snapshot = tenant.fresh().await?;
    let app = app.clone();
    let entered = tenant.db.write(move |conn| admit(conn, &app, &snapshot, answer, now));
    entered.await.map(Came::In)
}

/// What a provider has answered to the request of this browser, and what was believed.
struct Answer {
    tenant: Arc<Tenant>,
    portal: Portal,
    request: String,
    /// By which certificate.
    trusted: String,
    verified: Verified,
}

/// Reads and verifies an answer. None if nothing was asked.
fn read(site: Site, answer: &str, kept: Option<&str>, now: Moment) -> Result<Option<Answer>, Error> {
    let Some(request) = asked(saml::answers(answer)?, kept, now)? else {
        return Ok(None);
    };
    let verified = saml::verify(&site.here, &site.there, answer, &request, now)?;
    Ok(Some(Answer {
        tenant: site.tenant,
        portal: site.portal,
        request,
        trusted: site.there.certificate.pem().to_owned(),
        verified,
    }))
}

/// Lets somebody in, once, if what was believed is believed still. The secret of the session.
fn admit(conn: &mut Conn, app: &App, snapshot: &Snapshot, answer: Answer, now: Moment) -> Result<String, Error> {
    let Answer { portal, verified, .. } = &answer;
    let trusted = store::single_sign_on::trusted(conn, portal.id)?.ok_or(Error::NotFound("page"))?;
    let forgotten = now.plus_seconds(SIGN_IN_SECONDS + SKEW);
    if trusted != answer.trusted {
        return Err(Refused::NotNow("another certificate has come to be trusted").into());
    }
    if !store::single_sign_on::answer(conn, &answer.request, now, forgotten)? {
        return Err(Refused::NotNow("it was used already").into());
    }
    let member = member(conn, snapshot, portal, &verified.email)?;
    store::accounts::end_sessions(conn, Ending::ExpiredBefore(now))?;
    let longest = now.plus_seconds(app.settings().sessions.portal);
    let expires = verified.until.map_or(longest, |until| until.min(longest));
    let there = ProviderSession {
        portal: portal.id,
        name_id: verified.name_id.clone(),
        index: verified.session.clone(),
    };
    let entered = enter(conn, app, answer.tenant.org.id, &member, expires, Some(&there))?;
    entered.ok_or_else(|| Error::NotInvited(verified.email.clone()))
}

/// The request that this browser has made and the provider answers; none if neither knows of one. A provider that does not say what
/// it answers is not asked again and again: whoever has just been there is told.
fn asked(answered: Option<String>, kept: Option<&str>, now: Moment) -> Result<Option<String>, Error> {
    let in_time = |kept: &&str| {
        let begun = begun(kept);
        begun.is_some_and(|begun| begun <= now.plus_seconds(SKEW) && begun.plus_seconds(SIGN_IN_SECONDS) >= now)
    };
    match (answered, kept.filter(in_time).map(request)) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Refused::NotForUs("it does not say which request it answers").into()),
        (Some(answered), Some(made)) if answered == made => Ok(Some(answered)),
        _ => Err(Error::NotBegun),
    }
}

/// The portal user with the address that the provider vouches for.
fn member(conn: &mut Conn, snapshot: &Snapshot, portal: &Portal, address: &str) -> Result<Member, Error> {
    let unknown = || Error::NotInvited(address.to_owned());
    let email = domain::records::normalise_email(address).ok_or_else(unknown)?;
    let identity = store::accounts::by_email(conn, &email)?.ok_or_else(unknown)?;
    let here = open(conn, snapshot, identity.id)?.into_iter().filter(|a| a.portal == portal.id);
    come_in_as(here.map(|a| (a.member.entered, a.member))).ok_or_else(unknown)
}

#[cfg(test)]
mod tests;
