//! The operator, who looks at all organisations: whoever may run commands on the server, and whoever came in by a link that such
//! a command has printed.

use domain::ids::OrgId;
use domain::time::Moment;
use store::operators::{Kind, Operator as Kept, Whose};

use crate::licences::{Granted, Invoice};
use crate::{App, Ctx, Error};

/// How long a link works, in seconds.
const LINK_SECONDS: i64 = 15 * 60;
/// How long a session lasts, in seconds.
const SESSION_SECONDS: i64 = 12 * 3600;
/// The most characters of a name.
const MAX_NAME: usize = 60;

/// That somebody is the operator: what concerns all organisations needs it.
#[derive(Clone)]
pub struct Operator {
    app: App,
    name: String,
}

impl Operator {
    /// Whoever runs a command on the server, or the tests.
    #[must_use]
    pub fn at_the_machine(app: &App) -> Self {
        Self {
            app: app.clone(),
            name: "the command line".to_owned(),
        }
    }

    /// As whoever made the link has called them.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The running product.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// An organisation, where the operator may do everything.
    pub(crate) async fn system(&self, org: OrgId) -> Result<Ctx, Error> {
        self.app.system(org).await
    }

    /// Says in the log who has done something to whom.
    pub(crate) fn did(&self, what: &str, to: impl std::fmt::Display) {
        tracing::info!(operator = self.name, %to, "{what}");
    }
}

/// A link by which somebody comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub address: String,
    pub expires: Moment,
}

/// Who holds the secret of a session. Errors: [`Error::SignedOut`] if it is none, or over.
pub async fn enter(app: &App, session: &str) -> Result<Operator, Error> {
    let found = found(app, session, Kind::Session).await?.ok_or(Error::SignedOut)?;
    Ok(Operator {
        app: app.clone(),
        name: found.name,
    })
}

async fn found(app: &App, secret: &str, kind: Kind) -> Result<Option<Kept>, Error> {
    let (hash, now) = (signin::tokens::hash(secret), app.now());
    app.control()
        .read(move |conn| Ok(store::operators::by_hash(conn, &hash, kind, now)?))
        .await
}

/// Makes a link by which somebody comes in, once and soon. Errors: [`Error::Input`] for a name that is none.
pub async fn link(operator: &Operator, name: &str) -> Result<Link, Error> {
    let (app, name) = (operator.app(), checked(name)?);
    let (secret, since) = (app.secret(), app.now());
    let new = Kept {
        id: app.id(),
        name,
        kind: Kind::Link,
        since,
        expires: since.plus_seconds(LINK_SECONDS),
    };
    let (hash, expires) = (signin::tokens::hash(&secret), new.expires);
    app.control()
        .write::<_, Error>(move |conn| Ok(store::operators::insert(conn, &new, &hash)?))
        .await?;
    Ok(Link {
        address: format!("{}/operator/enter/{secret}", app.settings().public_url),
        expires,
    })
}

fn checked(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(Error::Input("name", format!("one line of 1 to {MAX_NAME} characters")));
    }
    Ok(name.to_owned())
}

/// For whom a link is. It still works afterwards. Errors: [`Error::LinkSpent`] if it does not, or never did.
pub async fn invited(app: &App, secret: &str) -> Result<String, Error> {
    let found = found(app, secret, Kind::Link).await?;
    found.map(|link| link.name).ok_or(Error::LinkSpent)
}

/// Uses a link up; returns the secret of the session. Errors as for [`invited`].
pub async fn come_in(app: &App, link: &str) -> Result<String, Error> {
    let (session, now) = (app.secret(), app.now());
    let (from, to) = (signin::tokens::hash(link), signin::tokens::hash(&session));
    let expires = now.plus_seconds(SESSION_SECONDS);
    let spent = app
        .control()
        .write::<_, Error>(move |conn| Ok(store::operators::spend(conn, &from, &to, now, expires)?));
    match spent.await? {
        true => Ok(session),
        false => Err(Error::LinkSpent),
    }
}

/// Ends the session with this secret. Unknown secrets are no error.
pub async fn leave(app: &App, session: &str) -> Result<(), Error> {
    let hash = signin::tokens::hash(session);
    app.control()
        .write(move |conn| Ok(store::operators::end_session(conn, &hash)?))
        .await
}

/// Who is in and who may come in, the oldest first.
pub async fn list(operator: &Operator) -> Result<Vec<Kept>, Error> {
    let now = operator.app().now();
    let listed = operator.app().control().read(move |conn| Ok(store::operators::list(conn, now)?));
    listed.await
}

/// Ends sessions and links, at once and on every server; says how many. Errors: [`Error::NotFound`] if nobody of that name is in
/// or may come in.
pub async fn end(operator: &Operator, whose: Whose) -> Result<u64, Error> {
    let now = operator.app().now();
    let is_named = matches!(whose, Whose::Named(_));
    let ended = operator
        .app()
        .control()
        .write::<_, Error>(move |conn| Ok(store::operators::end(conn, &whose, now)?))
        .await?;
    if is_named && ended == 0 {
        return Err(Error::NotFound("operator"));
    }
    Ok(ended)
}

/// Gives an organisation free seats, as [`crate::licences::grant`].
pub async fn grant(operator: &Operator, org: OrgId, seats: u64, reason: &str) -> Result<Granted, Error> {
    let granted = crate::licences::grant(&operator.system(org).await?, seats, reason).await?;
    operator.did("seats are granted", org);
    Ok(granted)
}

/// Keeps that an organisation has paid an invoice, as [`crate::licences::pay`].
pub async fn pay(operator: &Operator, org: OrgId, invoice: u64, reference: &str) -> Result<Invoice, Error> {
    let paid = crate::licences::pay(&operator.system(org).await?, invoice, reference).await?;
    operator.did("an invoice is paid", org);
    Ok(paid)
}

/// Forgets links and sessions that have expired.
pub(crate) async fn forget_expired(app: &App) -> Result<(), Error> {
    let now = app.now();
    app.control()
        .write(move |conn| Ok(store::operators::delete_expired(conn, now)?))
        .await
}
