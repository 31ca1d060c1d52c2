//! API clients: who they act for, and the tokens they get.

use domain::members::Status;
use domain::records::normalise_email;
use serde::Serialize;
use store::accounts::{Session, SessionKind};
use store::clients::{Client, Refresh};

use crate::accounts::{org_of, start_session};
use crate::{App, Ctx, Error};

/// A new client's secrets: shown once.
#[derive(Debug, Clone, Serialize)]
pub struct NewClient {
    pub client_id: String,
    pub client_secret: String,
    pub refresh_token: String,
}

/// Makes a client that acts for the employee or portal user with this address.
pub async fn create(ctx: &Ctx, name: &str, email: &str) -> Result<NewClient, Error> {
    ctx.need_manage_portals()?;
    let email = normalise_email(email).ok_or_else(|| Error::Input("e-mail", "an address such as anna@example.com".into()))?;
    let (app, org) = (&ctx.app, ctx.tenant.org.id);
    let new = NewClient {
        client_id: format!("1000.{org}.{}", app.id()),
        client_secret: app.secret(),
        refresh_token: format!("1000.{org}.{}", app.secret()),
    };
    let client = Client {
        id: app.id(),
        client_id: new.client_id.clone(),
        secret_hash: signin::tokens::hash(&new.client_secret),
        name: name.to_owned(),
    };
    let (ctx, refresh_hash) = (ctx.clone(), signin::tokens::hash(&new.refresh_token));
    let db = ctx.tenant.db.clone();
    db.write::<_, Error>(move |conn| {
        let identity = store::accounts::by_email(conn, &email)?.ok_or(Error::NotFound("employee or portal user"))?;
        let employees = ctx.snapshot.catalogue.employees().ok_or(Error::NotFound("module"))?;
        let employee = store::staff::of_identity(conn, employees, identity.id)?
            .filter(|s| s.active)
            .map(|s| s.employee);
        let member = store::members::of_identity(conn, identity.id)?
            .into_iter()
            .find(|m| m.status == Status::Active)
            .map(|m| m.id);
        if employee.is_none() && member.is_none() {
            return Err(Error::NotFound("employee or portal user"));
        }
        let refresh = Refresh {
            id: ctx.app.id(),
            client: client.id,
            identity: identity.id,
            employee,
            // Somebody who is both acts as an employee.
            member: member.filter(|_| employee.is_none()),
            scope: "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.users.ALL,ZohoCRM.org.ALL".into(),
        };
        store::clients::insert(conn, &client, ctx.viewer.actor, ctx.now)?;
        Ok(store::clients::insert_refresh(conn, &refresh, &refresh_hash, ctx.now)?)
    })
    .await?;
    Ok(new)
}

/// Why no access token was given, as OAuth names it.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("invalid_client")]
    InvalidClient,
    #[error("invalid_code")]
    InvalidCode,
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

/// Gives an access token for a refresh token.
pub async fn refresh(app: &App, client_id: &str, client_secret: &str, refresh_token: &str) -> Result<AccessToken, TokenError> {
    let org = org_of(client_id).ok_or(TokenError::InvalidClient)?;
    let tenant = app.tenant(org).await.map_err(|_| TokenError::InvalidClient)?;
    let (client_id, secret_hash) = (client_id.to_owned(), signin::tokens::hash(client_secret));
    let (refresh_hash, app) = (signin::tokens::hash(refresh_token), app.clone());
    tenant
        .db
        .write(move |conn| {
            let client = store::clients::by_client_id(conn, &client_id)?.ok_or(TokenError::InvalidClient)?;
            if !signin::tokens::equal(&client.secret_hash, &secret_hash) {
                return Err(TokenError::InvalidClient);
            }
            let refresh = store::clients::refresh(conn, &refresh_hash)?.filter(|r| r.client == client.id);
            let refresh = refresh.ok_or(TokenError::InvalidCode)?;
            let (now, seconds) = (app.now(), app.settings().sessions.token);
            let session = Session {
                id: app.id(),
                kind: SessionKind::Token,
                identity: refresh.identity,
                employee: refresh.employee,
                member: refresh.member,
                refresh: Some(refresh.id),
                scope: refresh.scope.clone(),
                created: now,
                expires: now.plus_seconds(seconds),
            };
            let token = start_session(conn, &app, org, session)?;
            Ok(AccessToken {
                token,
                seconds,
                scope: refresh.scope,
            })
        })
        .await
}

/// Ends a refresh token and the access tokens that came from it.
pub async fn revoke(app: &App, refresh_token: &str) -> Result<(), TokenError> {
    let org = org_of(refresh_token).ok_or(TokenError::InvalidCode)?;
    let tenant = app.tenant(org).await.map_err(|_| TokenError::InvalidCode)?;
    let hash = signin::tokens::hash(refresh_token);
    tenant
        .db
        .write(move |conn| {
            let refresh = store::clients::refresh(conn, &hash)?.ok_or(TokenError::InvalidCode)?;
            Ok(store::clients::revoke(conn, refresh.id)?)
        })
        .await
}
