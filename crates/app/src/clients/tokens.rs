//! Tokens: for a code, for a refresh token, and their end.

use domain::ids::OrgId;
use domain::time::Moment;
use store::accounts::{Ending, Session, SessionKind};
use store::clients::{Client, Code, Owner, Refresh, Whose};
use store::engine::Conn;

use super::token_in;
use crate::accounts::{org_of, start_session};
use crate::audit::{self, Object};
use crate::context::SYSTEM_ACTOR;
use crate::{App, Error};

/// The most refresh tokens that a client has for one person: the oldest goes.
const MOST_REFRESH: usize = 20;
/// The most access tokens that hold at a time for a refresh token: the oldest goes.
const MOST_LIVE: usize = 30;
/// How many access tokens there are for a refresh token within so many seconds.
const MOST_AT_ONCE: usize = 10;
const AT_ONCE_SECONDS: i64 = 600;

/// Why no access token was given, as OAuth names it.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("invalid_client")]
    InvalidClient,
    #[error("invalid_code")]
    InvalidCode,
    /// Too many were asked for lately.
    #[error("access_denied")]
    TooMany,
    #[error(transparent)]
    App(#[from] Error),
}

impl From<store::engine::Error> for TokenError {
    fn from(error: store::engine::Error) -> Self {
        Self::App(error.into())
    }
}

/// An access token.
#[derive(Debug, Clone)]
pub struct AccessToken {
    pub token: String,
    pub seconds: i64,
    pub scope: String,
}

/// What a client got.
#[derive(Debug, Clone)]
pub struct Granted {
    pub access: AccessToken,
    /// To be kept from now on, instead of another one.
    pub refresh_token: Option<String>,
}

/// What a client brings to get tokens for a code.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'e> {
    pub client_id: &'e str,
    pub client_secret: &'e str,
    pub code: &'e str,
    pub redirect_uri: &'e str,
    /// What the code's challenge is the hash of.
    pub verifier: &'e str,
}

/// The client that shows who it is.
fn client(conn: &mut Conn, client_id: &str, secret_hash: &str) -> Result<Client, TokenError> {
    let client = store::clients::by_client_id(conn, client_id)?.ok_or(TokenError::InvalidClient)?;
    match &client.secret_hash {
        Some(kept) if !signin::tokens::equal(kept, secret_hash) => Err(TokenError::InvalidClient),
        _ => Ok(client),
    }
}

/// Gives tokens for a code. A code that comes twice was stolen: what came from it ends.
pub async fn exchange(app: &App, wanted: Exchange<'_>) -> Result<Granted, TokenError> {
    let org = org_of(wanted.client_id).ok_or(TokenError::InvalidClient)?;
    let tenant = app.tenant(org).await.map_err(|_| TokenError::InvalidClient)?;
    let issue = Issue::new(app, org);
    let (client_id, secret_hash) = (wanted.client_id.to_owned(), signin::tokens::hash(wanted.client_secret));
    let (hash, redirect_uri) = (signin::tokens::hash(wanted.code), wanted.redirect_uri.to_owned());
    let proof = (!wanted.verifier.is_empty()).then(|| signin::tokens::hash(wanted.verifier));
    let granted = tenant.db.write::<_, TokenError>(move |conn| {
        let client = client(conn, &client_id, &secret_hash)?;
        let code = store::clients::code(conn, &hash)?.ok_or(TokenError::InvalidCode)?.code;
        let is_back = code.redirect_uri.is_empty() || code.redirect_uri == redirect_uri;
        if code.client != client.id || code.challenge != proof || !is_back {
            return Err(TokenError::InvalidCode);
        }
        let is_there = super::is_there(conn, code.owner)?;
        if !store::clients::use_code(conn, &hash, issue.now)? {
            end_all_of(conn, &hash)?;
            issue.note(conn, "client_replayed", &client.name)?;
            return Ok(None);
        }
        if !is_there || code.expires < issue.now {
            return Err(TokenError::InvalidCode);
        }
        issue.for_code(conn, &code, &hash).map(Some)
    });
    granted.await?.ok_or(TokenError::InvalidCode)
}

/// Ends what came from a code.
fn end_all_of(conn: &mut Conn, hash: &str) -> Result<(), TokenError> {
    let Some(kept) = store::clients::code(conn, hash)? else {
        return Ok(());
    };
    if let Some(refresh) = kept.refresh {
        store::clients::revoke(conn, Whose::Refresh(refresh))?;
    }
    if let Some(session) = kept.session {
        store::accounts::end_sessions(conn, Ending::Session(session))?;
    }
    Ok(())
}

/// What is needed to issue tokens in an organisation.
struct Issue {
    app: App,
    org: OrgId,
    now: Moment,
}

impl Issue {
    fn new(app: &App, org: OrgId) -> Self {
        Self {
            app: app.clone(),
            org,
            now: app.now(),
        }
    }

    /// Notes what a program has brought about by itself.
    fn note(&self, conn: &mut Conn, action: &'static str, client: &str) -> Result<(), TokenError> {
        Ok(audit::note(conn, &self.app, SYSTEM_ACTOR, action, Object::default(), client)?)
    }

    fn for_code(&self, conn: &mut Conn, code: &Code, hash: &str) -> Result<Granted, TokenError> {
        let refresh = match code.offline {
            true => Some(self.refresh_token(conn, code)?),
            false => None,
        };
        let id = refresh.as_ref().map(|(id, _)| *id);
        let (session, access) = self.access(conn, code.owner, &code.scope, id)?;
        store::clients::note_tokens(conn, hash, id, session)?;
        Ok(Granted {
            access,
            refresh_token: refresh.map(|(_, secret)| secret),
        })
    }

    /// A new refresh token: its id and secret.
    fn refresh_token(&self, conn: &mut Conn, code: &Code) -> Result<(i64, String), TokenError> {
        let before = store::clients::of_person(conn, code.client, code.owner.identity)?;
        for oldest in before.iter().take((before.len() + 1).saturating_sub(MOST_REFRESH)) {
            store::clients::revoke(conn, Whose::Refresh(oldest.id))?;
        }
        let secret = token_in(&self.app, self.org);
        let refresh = Refresh {
            id: self.app.id(),
            client: code.client,
            owner: code.owner,
            scope: code.scope.clone(),
            created: self.now,
        };
        store::clients::insert_refresh(conn, &refresh, &signin::tokens::hash(&secret))?;
        Ok((refresh.id, secret))
    }

    /// A new access token, and the id of its session.
    fn access(&self, conn: &mut Conn, owner: Owner, scope: &str, refresh: Option<i64>) -> Result<(i64, AccessToken), TokenError> {
        let seconds = self.app.settings().sessions.token;
        let session = Session {
            id: self.app.id(),
            kind: SessionKind::Token,
            identity: owner.identity,
            employee: owner.employee,
            member: owner.member,
            refresh,
            scope: scope.to_owned(),
            created: self.now,
            expires: self.now.plus_seconds(seconds),
        };
        let id = session.id;
        let access = AccessToken {
            token: start_session(conn, &self.app, self.org, session)?,
            seconds,
            scope: scope.to_owned(),
        };
        Ok((id, access))
    }

    /// Ends the oldest access token where there are many; refuses where many were asked for lately.
    fn make_room(&self, conn: &mut Conn, refresh: i64) -> Result<(), TokenError> {
        let live = store::clients::live_tokens(conn, refresh, self.now)?;
        let since = self.now.plus_seconds(-AT_ONCE_SECONDS);
        if live.iter().filter(|(_, created)| *created > since).count() >= MOST_AT_ONCE {
            return Err(TokenError::TooMany);
        }
        for (oldest, _) in live.iter().take((live.len() + 1).saturating_sub(MOST_LIVE)) {
            store::accounts::end_sessions(conn, Ending::Session(*oldest))?;
        }
        Ok(())
    }
}

/// Gives an access token for a refresh token. A public client gets another refresh token with it, and whoever comes with one from
/// before has stolen one of them: then all end.
pub async fn refresh(app: &App, client_id: &str, client_secret: &str, refresh_token: &str) -> Result<Granted, TokenError> {
    let org = org_of(client_id).ok_or(TokenError::InvalidClient)?;
    let tenant = app.tenant(org).await.map_err(|_| TokenError::InvalidClient)?;
    let issue = Issue::new(app, org);
    let (client_id, secret_hash) = (client_id.to_owned(), signin::tokens::hash(client_secret));
    let hash = signin::tokens::hash(refresh_token);
    let granted = tenant.db.write::<_, TokenError>(move |conn| {
        let client = client(conn, &client_id, &secret_hash)?;
        let owner = store::clients::owner_of(conn, &hash)?.ok_or(TokenError::InvalidCode)?;
        if !super::is_there(conn, owner)? {
            return Err(TokenError::InvalidCode);
        }
        let found = store::clients::refresh(conn, &hash)?.filter(|of| of.refresh.client == client.id);
        let found = found.ok_or(TokenError::InvalidCode)?;
        if found.is_spent {
            store::clients::revoke(conn, Whose::Refresh(found.refresh.id))?;
            issue.note(conn, "client_replayed", &client.name)?;
            return Ok(None);
        }
        issue.make_room(conn, found.refresh.id)?;
        let refresh = found.refresh;
        let refresh_token = match client.secret_hash {
            Some(_) => None,
            None => Some(rotate(conn, &issue, refresh.id, &hash)?),
        };
        let (_, access) = issue.access(conn, refresh.owner, &refresh.scope, Some(refresh.id))?;
        Ok(Some(Granted { access, refresh_token }))
    });
    granted.await?.ok_or(TokenError::InvalidCode)
}

fn rotate(conn: &mut Conn, issue: &Issue, refresh: i64, from: &str) -> Result<String, TokenError> {
    let secret = token_in(&issue.app, issue.org);
    match store::clients::rotate(conn, refresh, from, &signin::tokens::hash(&secret), issue.now)? {
        true => Ok(secret),
        false => Err(TokenError::InvalidCode),
    }
}

/// Ends a refresh token and the access tokens that came from it.
pub async fn revoke(app: &App, refresh_token: &str) -> Result<(), TokenError> {
    let org = org_of(refresh_token).ok_or(TokenError::InvalidCode)?;
    let tenant = app.tenant(org).await.map_err(|_| TokenError::InvalidCode)?;
    let (hash, issue) = (signin::tokens::hash(refresh_token), Issue::new(app, org));
    let revoked = tenant.db.write::<_, TokenError>(move |conn| {
        let found = store::clients::refresh(conn, &hash)?.ok_or(TokenError::InvalidCode)?;
        store::clients::revoke(conn, Whose::Refresh(found.refresh.id))?;
        let client = store::clients::by_id(conn, found.refresh.client)?.map_or_else(String::new, |client| client.name);
        issue.note(conn, "client_revoked", &client)
    });
    revoked.await
}
