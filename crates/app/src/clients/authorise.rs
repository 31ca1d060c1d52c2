//! A client asks, a person agrees: the code in between (RFC 6749, section 4.1, with PKCE, RFC 7636).

use domain::accounts::{Scopes, is_registered, redirect_with};
use domain::ids::OrgId;
use serde::{Deserialize, Serialize};
use store::accounts::SessionKind;
use store::clients::{Client, Code, Owner};

use super::token_of;
use crate::accounts::org_of;
use crate::{App, Ctx, Error, audit};

/// How long a code works that a person is led back with, in seconds; and how long, in minutes, one may that somebody copies.
const CODE_SECONDS: i64 = 120;
const COPIED_MINUTES: std::ops::RangeInclusive<i64> = 1..=10;
/// How long used codes are remembered, in seconds: who comes with one again has stolen it.
const REMEMBERED: i64 = 24 * 3600;
/// The most characters of what the client wants to be told again.
const MAX_STATE: usize = 2000;

/// What a client asks for, as it stands in the address.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    pub response_type: String,
    pub client_id: String,
    pub redirect_uri: String,
    pub scope: String,
    pub state: String,
    /// `offline`: a refresh token, too.
    pub access_type: String,
    /// The portal as whose user somebody agrees; empty: as an employee.
    pub portal: String,
    pub code_challenge: String,
    pub code_challenge_method: String,
}

/// A request that can be agreed to.
#[derive(Debug, Clone)]
pub struct Asked {
    pub org: OrgId,
    pub client: Client,
    pub scopes: Scopes,
    pub redirect_uri: String,
    pub offline: bool,
    state: String,
    challenge: Option<String>,
}

/// Why a request cannot be agreed to.
#[derive(Debug)]
pub enum Refusal {
    /// Nobody may be led to where it wants: the person is told here.
    Here(Error),
    /// The client is told: the address that the person is led to.
    There(String),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Here(error)
    }
}

/// Looks at a request. Changes nothing.
pub async fn look(app: &App, request: &Request) -> Result<Asked, Refusal> {
    let unknown = || Refusal::Here(Error::NotFound("client"));
    let org = org_of(&request.client_id).ok_or_else(unknown)?;
    let tenant = app.tenant(org).await.map_err(|_| unknown())?;
    let id = request.client_id.clone();
    let client = tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::clients::by_client_id(conn, &id)?))
        .await?;
    let client = client.ok_or_else(unknown)?;
    if !is_registered(&client.redirect_uris, &request.redirect_uri) {
        return Err(Refusal::Here(Error::Input(
            "redirect_uri",
            "an address that is registered for the client".into(),
        )));
    }
    if request.state.len() > MAX_STATE {
        return Err(Refusal::Here(Error::Input("state", format!("at most {MAX_STATE} characters"))));
    }
    let there = |error: &str| Refusal::There(told(&request.redirect_uri, error, &request.state));
    if request.response_type != "code" {
        return Err(there("unsupported_response_type"));
    }
    let scopes = Scopes::parse(&request.scope).ok().filter(|scopes| !scopes.is_empty());
    let challenge = challenge(request, &client).map_err(|()| there("invalid_request"))?;
    Ok(Asked {
        org,
        scopes: scopes.ok_or_else(|| there("invalid_scope"))?,
        client,
        redirect_uri: request.redirect_uri.clone(),
        offline: request.access_type == "offline",
        state: request.state.clone(),
        challenge,
    })
}

/// What the client has to prove to know later. One without a secret has to prove something.
fn challenge(request: &Request, client: &Client) -> Result<Option<String>, ()> {
    let is_hash = |text: &str| text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    match (request.code_challenge.as_str(), request.code_challenge_method.as_str()) {
        ("", "") if client.secret_hash.is_some() => Ok(None),
        (hash, "S256") if is_hash(hash) => Ok(Some(hash.to_owned())),
        _ => Err(()),
    }
}

fn told(redirect_uri: &str, error: &str, state: &str) -> String {
    redirect_with(redirect_uri, &[("error", error), ("state", state)]).unwrap_or_default()
}

/// The person agrees, as who they are signed in on the pages: the address that they are led back to, with a code in it. Errors:
/// [`Error::SignedOut`] for somebody of another organisation, and for tokens: they do not make more of themselves.
pub async fn agree(ctx: &Ctx, asked: &Asked) -> Result<String, Error> {
    let owner = owner(ctx).filter(|_| ctx.tenant.org.id == asked.org).ok_or(Error::SignedOut)?;
    let secret = token_of(ctx);
    let code = Code {
        client: asked.client.id,
        owner,
        scope: asked.scopes.to_string(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        offline: asked.offline,
        expires: ctx.now.plus_seconds(CODE_SECONDS),
    };
    keep(ctx, code, &secret, &asked.client.name).await?;
    let server = ctx.app.settings().public_url.as_str();
    let pairs = [("code", secret.as_str()), ("state", &asked.state), ("accounts-server", server)];
    redirect_with(&asked.redirect_uri, &pairs).ok_or(Error::SignedOut)
}

/// The person does not agree: the address that they are led back to.
#[must_use]
pub fn decline(asked: &Asked) -> String {
    told(&asked.redirect_uri, "access_denied", &asked.state)
}

/// For whom the session of a page is. Nobody's: that of a token, and whoever looks as somebody else.
pub(super) fn owner(ctx: &Ctx) -> Option<Owner> {
    let session = ctx.signed_in.as_deref().map(|of| &of.session)?;
    matches!(session.kind, SessionKind::Staff | SessionKind::Portal).then_some(Owner {
        identity: session.identity,
        employee: session.employee,
        member: session.member,
    })
}

async fn keep(ctx: &Ctx, code: Code, secret: &str, client: &str) -> Result<(), Error> {
    let (task, hash, client) = (ctx.clone(), signin::tokens::hash(secret), client.to_owned());
    let kept = ctx.tenant.db.write::<_, Error>(move |conn| {
        if !super::is_there(conn, code.owner)? {
            return Err(Error::SignedOut);
        }
        store::clients::forget_codes(conn, task.now.plus_seconds(-REMEMBERED))?;
        store::clients::insert_code(conn, &code, &hash)?;
        audit::note_by(conn, &task, "client_agreed", &client)
    });
    kept.await
}

/// A code for a client of the organisation that acts for whoever asks here; somebody copies it into a program. Errors:
/// [`Error::NotFound`] for an unknown client, [`Error::Input`] for scopes or minutes that cannot be.
pub async fn copy_code(ctx: &Ctx, client: i64, scopes: &str, minutes: i64) -> Result<String, Error> {
    let (client, _) = super::one(ctx, client).await?;
    let scopes = super::known(scopes)?;
    if !COPIED_MINUTES.contains(&minutes) {
        return Err(Error::Input("minutes", format!("1 to {}", COPIED_MINUTES.end())));
    }
    // A public client could not show that it is itself: nobody was led anywhere.
    if client.secret_hash.is_none() {
        return Err(Error::Input("client", "one with a secret".into()));
    }
    let secret = token_of(ctx);
    let code = Code {
        client: client.id,
        owner: owner(ctx).ok_or(Error::SignedOut)?,
        scope: scopes.to_string(),
        redirect_uri: String::new(),
        challenge: None,
        offline: true,
        expires: ctx.now.plus_seconds(minutes * 60),
    };
    keep(ctx, code, &secret, &client.name).await?;
    Ok(secret)
}
