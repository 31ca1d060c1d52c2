//! API clients: programs that act for somebody, within scopes.
//!
//! A client gets its tokens by a command, or by asking: the person is led here, agrees, and is led back with a code.

mod authorise;
mod mine;
mod tokens;

pub use authorise::{Asked, Refusal, Request, agree, copy_code, decline, look};
pub use mine::{Program, end_mine, mine};
pub use tokens::{AccessToken, Exchange, Granted, TokenError, exchange, refresh, revoke};

use domain::accounts::{MOST_REDIRECTS, Scopes, check_redirect};
use domain::members::Status;
use domain::records::normalise_email;
use serde::Serialize;
use store::clients::{Client, Owner, Refresh, Token, Whose};

use crate::{App, Ctx, Error, audit};

/// The scopes of a client that may do whatever the one may for whom it acts.
pub const EVERYTHING: &str = "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.users.ALL,ZohoCRM.org.ALL,ZohoCRM.coql.READ,ZohoCRM.bulk.ALL,ZohoCRM.features.READ,ZohoCRM.files.ALL,ZohoCRM.notifications.ALL,ZohoCRM.composite_requests.CUSTOM";
/// The most characters of a client's name, and the most clients of an organisation.
const MAX_NAME: usize = 80;
const MOST_CLIENTS: usize = 200;

/// A new client's secrets: shown once.
#[derive(Debug, Clone, Serialize)]
pub struct NewClient {
    pub client_id: String,
    pub client_secret: String,
    pub refresh_token: String,
}

/// Makes a client that acts for the employee or portal user with this address, within some scopes. Errors: [`Error::NotFound`] if
/// there is nobody with the address, [`Error::Input`] for what is no address, no name or no scope.
pub async fn create(ctx: &Ctx, name: &str, email: &str, scopes: &str) -> Result<NewClient, Error> {
    ctx.need_manage_portals()?;
    let scopes = known(scopes)?;
    let email = normalise_email(email).ok_or_else(|| Error::Input("e-mail", "an address such as anna@example.com".into()))?;
    let (client, client_secret) = fresh(ctx, name, Vec::new(), false)?;
    let refresh_token = token_of(ctx);
    let new = NewClient {
        client_id: client.client_id.clone(),
        client_secret: client_secret.unwrap_or_default(),
        refresh_token,
    };
    let (task, refresh_hash) = (ctx.clone(), signin::tokens::hash(&new.refresh_token));
    let db = ctx.tenant.db.clone();
    db.write::<_, Error>(move |conn| {
        let refresh = Refresh {
            id: task.app.id(),
            client: client.id,
            owner: owner(conn, &task, &email)?,
            scope: scopes.to_string(),
            created: task.now,
        };
        insert(conn, &task, &client)?;
        Ok(store::clients::insert_refresh(conn, &refresh, &refresh_hash)?)
    })
    .await?;
    Ok(new)
}

/// Scopes that are said: at least one, and none that there is not.
fn known(text: &str) -> Result<Scopes, Error> {
    let such = "scopes such as ZohoCRM.modules.ALL or ZohoCRM.settings.clientportal.READ";
    let scopes = Scopes::parse(text).map_err(|unknown| Error::Input("scope", format!("{such}, and not {:?}", unknown.0)))?;
    match scopes.is_empty() {
        true => Err(Error::Input("scope", "at least one scope".into())),
        false => Ok(scopes),
    }
}

/// Whoever has an address: as an employee, if they are both.
fn owner(conn: &mut store::engine::Conn, ctx: &Ctx, email: &str) -> Result<Owner, Error> {
    const NOBODY: Error = Error::NotFound("employee or portal user");
    let identity = store::accounts::by_email(conn, email)?.ok_or(NOBODY)?.id;
    let employees = ctx.snapshot.catalogue.employees().ok_or(Error::NotFound("module"))?;
    let staff = store::staff::of_identity(conn, employees, identity)?.filter(|s| s.active);
    if let Some(staff) = staff {
        return Ok(Owner {
            identity,
            employee: Some(staff.employee),
            member: None,
        });
    }
    let members = store::members::of_identity(conn, identity)?;
    let member = members.into_iter().find(|m| m.status == Status::Active).ok_or(NOBODY)?;
    Ok(Owner {
        identity,
        employee: None,
        member: Some(member.id),
    })
}

/// Whether a token can still be for somebody: a portal user who is active, with the address that they had. They are locked until the
/// transaction ends, before anything that leads to them: so does whoever locks them out.
fn is_there(conn: &mut store::engine::Conn, owner: Owner) -> Result<bool, Error> {
    let Some(member) = owner.member else { return Ok(true) };
    let member = store::members::lock(conn, member)?;
    Ok(member.is_some_and(|member| member.status == Status::Active && member.identity == owner.identity))
}

/// A client that is not kept yet, and its secret, if it has one.
fn fresh(ctx: &Ctx, name: &str, redirect_uris: Vec<String>, is_public: bool) -> Result<(Client, Option<String>), Error> {
    let name = name.trim();
    if !(1..=MAX_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Error::Input("name", format!("one line of 1 to {MAX_NAME} characters")));
    }
    let (app, org) = (&ctx.app, ctx.tenant.org.id);
    let secret = (!is_public).then(|| app.secret());
    let client = Client {
        id: app.id(),
        client_id: format!("1000.{org}.{}", app.id()),
        secret_hash: secret.as_deref().map(signin::tokens::hash),
        name: name.to_owned(),
        redirect_uris,
        created: ctx.now,
        created_by: ctx.viewer.actor,
    };
    Ok((client, secret))
}

/// The secret of a new refresh token.
fn token_of(ctx: &Ctx) -> String {
    token_in(&ctx.app, ctx.tenant.org.id)
}

/// Secrets say in which organisation they are looked up.
fn token_in(app: &App, org: domain::ids::OrgId) -> String {
    format!("1000.{org}.{}", app.secret())
}

fn insert(conn: &mut store::engine::Conn, ctx: &Ctx, client: &Client) -> Result<(), Error> {
    if store::clients::list(conn)?.len() >= MOST_CLIENTS {
        return Err(Error::Input(
            "clients",
            format!("at most {MOST_CLIENTS} of them: delete one that is not used"),
        ));
    }
    store::clients::insert(conn, client)?;
    audit::note_by(conn, ctx, "client_made", &client.name)
}

/// A client that was registered.
#[derive(Debug, Clone)]
pub struct Registered {
    pub id: i64,
    pub client_id: String,
    /// Shown once. None: the client is public.
    pub secret: Option<String>,
}

/// Registers a client that asks people, and has them led back to one of these addresses; one that is public has no secret. Errors:
/// [`Error::Input`] names what cannot be.
pub async fn register(ctx: &Ctx, name: &str, redirect_uris: &[String], is_public: bool) -> Result<Registered, Error> {
    ctx.need_manage_portals()?;
    if redirect_uris.len() > MOST_REDIRECTS {
        return Err(Error::Input("redirect_uris", format!("at most {MOST_REDIRECTS} addresses")));
    }
    for address in redirect_uris {
        check_redirect(address).map_err(|expected| Error::Input("redirect_uris", format!("{expected}: {address}")))?;
    }
    let (client, secret) = fresh(ctx, name, redirect_uris.to_vec(), is_public)?;
    let registered = Registered {
        id: client.id,
        client_id: client.client_id.clone(),
        secret,
    };
    let task = ctx.clone();
    ctx.tenant.db.write::<_, Error>(move |conn| insert(conn, &task, &client)).await?;
    Ok(registered)
}

/// All clients, the newest first, each with how many refresh tokens it has.
pub async fn list(ctx: &Ctx) -> Result<Vec<(Client, u64)>, Error> {
    ctx.need_manage_portals()?;
    ctx.tenant.db.read::<_, Error>(|conn| Ok(store::clients::list(conn)?)).await
}

/// A client, and its refresh tokens, the newest first. Errors: [`Error::NotFound`].
pub async fn one(ctx: &Ctx, id: i64) -> Result<(Client, Vec<Token>), Error> {
    ctx.need_manage_portals()?;
    let read = ctx.tenant.db.read::<_, Error>(move |conn| {
        let client = store::clients::by_id(conn, id)?.ok_or(Error::NotFound("client"))?;
        Ok((client, store::clients::tokens(conn, id)?))
    });
    read.await
}

/// Takes a client away: its tokens and codes are void at once, on every server. Errors: [`Error::NotFound`].
pub async fn delete(ctx: &Ctx, id: i64) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    let deleted = ctx.tenant.db.write::<_, Error>(move |conn| {
        let client = store::clients::by_id(conn, id)?.ok_or(Error::NotFound("client"))?;
        store::clients::delete(conn, id)?;
        audit::note_by(conn, &task, "client_deleted", &client.name)
    });
    deleted.await
}

/// Ends one refresh token of a client, and the access tokens that came from it. Errors: [`Error::NotFound`].
pub async fn end(ctx: &Ctx, client: i64, refresh: i64) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    let ended = ctx.tenant.db.write::<_, Error>(move |conn| {
        let tokens = store::clients::tokens(conn, client)?;
        let token = tokens.iter().find(|of| of.refresh.id == refresh).ok_or(Error::NotFound("token"))?;
        store::clients::revoke(conn, Whose::Refresh(refresh))?;
        audit::note_by(conn, &task, "client_ended", &token.email)
    });
    ended.await
}
