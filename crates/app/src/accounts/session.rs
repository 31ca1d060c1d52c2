//! Sessions: from a secret (cookie or access token) to the one who asks.

use std::sync::Arc;

use domain::access::{PlanKey, Viewer};
use domain::accounts::{ATTEMPTS, LOCK_SECONDS, Scopes};
use domain::ids::{IdentityId, OrgId, PortalId};
use domain::members::{Status, come_in_as};
use domain::orgs::Rights;
use domain::records::normalise_email;
use domain::time::Moment;
use store::accounts::{Ending, Identity, Session, SessionKind};
use store::engine::{self, Conn};
use store::members::Member;
use store::staff::Staff;

use super::anchors::{self, enter};
use crate::{App, Ctx, Error, Snapshot, Tenant};

/// Sessions in memory, by the hash of their secret.
pub struct SessionCache(quick_cache::sync::Cache<String, Arc<SignedIn>>);

impl SessionCache {
    pub(crate) fn new(most: usize) -> Self {
        Self(quick_cache::sync::Cache::new(most))
    }
}

/// A session and whose it is.
#[derive(Debug)]
pub struct SignedIn {
    pub org: OrgId,
    pub session: Session,
    pub caller: Caller,
    /// What an access token may be used for.
    pub scopes: Scopes,
    /// The portal at whose provider the session began.
    came_from: Option<PortalId>,
    /// By which memory knows it.
    hash: String,
}

/// Whose a session is.
#[derive(Debug)]
pub enum Caller {
    Staff(Staff),
    Member { member: Member, portal: PortalId },
}

/// How sure one must be that the session still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// From memory. For use cases that only read and write records: their statements look for themselves.
    Cached,
    /// Looked up now. For everything else.
    Now,
}

/// The organisation in a secret: `17.xxxx`, or `1000.17.xxxx` for tokens of the API.
pub(crate) fn org_of(secret: &str) -> Option<OrgId> {
    let secret = secret.strip_prefix("1000.").unwrap_or(secret);
    secret.split_once('.')?.0.parse().ok()
}

/// Who holds the secret of a session.
pub async fn authenticate(app: &App, secret: &str, kinds: &[SessionKind], freshness: Freshness) -> Result<Ctx, Error> {
    let hash = signin::tokens::hash(secret);
    let now = app.now();
    let known = match freshness {
        Freshness::Cached => app.sessions().0.get(&hash),
        Freshness::Now => None,
    };
    let signed_in = match known {
        Some(signed_in) => signed_in,
        None => {
            let org = org_of(secret).ok_or(Error::SignedOut)?;
            let find = move |conn: &mut Conn| Ok(store::accounts::session(conn, &hash)?.map(|session| (session, hash)));
            let signed_in = Arc::new(look_up(app, org, find).await?);
            app.sessions().0.insert(signed_in.hash.clone(), Arc::clone(&signed_in));
            signed_in
        }
    };
    if signed_in.session.expires < now || !kinds.contains(&signed_in.session.kind) {
        return Err(Error::SignedOut);
    }
    let tenant = app.tenant(signed_in.org).await?;
    let snapshot = match freshness {
        Freshness::Cached => tenant.snapshot().await?,
        Freshness::Now => tenant.fresh().await?,
    };
    if !came_in_rightly(&snapshot, &signed_in) {
        return Err(Error::SignedOut);
    }
    Ok(context(app, tenant, snapshot, signed_in, now))
}

/// Whether a browser came into a portal as its people do: by its provider, or with a password where there is none.
fn came_in_rightly(snapshot: &Snapshot, signed_in: &SignedIn) -> bool {
    let Caller::Member { portal, .. } = signed_in.caller else {
        return true;
    };
    let at_provider = snapshot.has_provider(portal).then_some(portal);
    signed_in.session.kind != SessionKind::Portal || signed_in.came_from == at_provider
}

/// Forgets what memory knows of a session, after a statement found it out of date.
pub fn forget(app: &App, secret: &str) {
    app.sessions().0.remove(&signin::tokens::hash(secret));
}

/// The same for a session that has just ended, by whoever is signed in with it.
pub(super) fn forget_ended(app: &App, signed_in: &SignedIn) {
    app.sessions().0.remove(&signed_in.hash);
}

/// Who has ordered work in the background, as they are now, by the session that the work has.
pub(crate) async fn of_job(app: &App, org: OrgId, session: i64) -> Result<Ctx, Error> {
    let find = move |conn: &mut Conn| store::accounts::session_by_id(conn, session);
    let tenant = app.tenant(org).await?;
    // Before the person is looked up: a member's user type must be known.
    let snapshot = tenant.fresh().await?;
    let signed_in = look_up(app, org, find).await?;
    match signed_in.session.kind {
        SessionKind::Job if signed_in.session.expires > app.now() => Ok(context(app, tenant, snapshot, Arc::new(signed_in), app.now())),
        _ => Err(Error::SignedOut),
    }
}

async fn look_up<F>(app: &App, org: OrgId, find: F) -> Result<SignedIn, Error>
where
    F: FnOnce(&mut Conn) -> Result<Option<(Session, String)>, engine::Error> + Send + 'static,
{
    let tenant = app.tenant(org).await.map_err(|_| Error::SignedOut)?;
    let snapshot = tenant.snapshot().await?;
    let found = tenant.db.read::<_, Error>(move |conn| {
        let Some((session, hash)) = find(conn)? else {
            return Ok(None);
        };
        let caller = caller(conn, &snapshot, &session)?;
        let there = match session.kind {
            SessionKind::Portal => store::single_sign_on::of_session(conn, session.id)?,
            _ => None,
        };
        Ok(caller.map(|caller| SignedIn {
            org,
            came_from: there.map(|there| there.portal),
            // Whatever is unreadable allows nothing.
            scopes: Scopes::parse(&session.scope).unwrap_or_default(),
            session,
            caller,
            hash,
        }))
    });
    found.await?.ok_or(Error::SignedOut)
}

fn caller(conn: &mut Conn, snapshot: &Snapshot, session: &Session) -> Result<Option<Caller>, Error> {
    if let Some(id) = session.member {
        let member = store::members::by_id(conn, id)?.filter(|m| m.status == Status::Active);
        let portal = |m: &Member| snapshot.user_type(m.user_type).map(|t| t.portal);
        return Ok(member.and_then(|m| {
            Some(Caller::Member {
                portal: portal(&m)?,
                member: m,
            })
        }));
    }
    let (Some(id), Some(employees)) = (session.employee, snapshot.catalogue.employees()) else {
        return Ok(None);
    };
    let staff = store::staff::by_id(conn, employees, id)?.filter(|s| s.active);
    Ok(staff.map(Caller::Staff))
}

fn context(app: &App, tenant: Arc<Tenant>, snapshot: Arc<Snapshot>, signed_in: Arc<SignedIn>, now: Moment) -> Ctx {
    let session = Some(signed_in.session.id);
    let nothing = || Rights {
        manage_portals: false,
        manage_portal_users: false,
        manage_modules: false,
        ..Rights::administrator()
    };
    let (viewer, rights) = match &signed_in.caller {
        Caller::Member { member, .. } => {
            let viewer = Viewer {
                key: PlanKey::UserType(member.user_type),
                anchor: Some(member.record),
                actor: member.id.0,
                session,
                today: now.day(),
            };
            (viewer, nothing())
        }
        Caller::Staff(staff) => {
            let viewer = Viewer {
                key: PlanKey::Staff(staff.profile),
                anchor: None,
                actor: staff.employee.0,
                session,
                today: now.day(),
            };
            let rights = snapshot.profiles.iter().find(|p| p.id == staff.profile).map(|p| p.rights.clone());
            (viewer, rights.unwrap_or_else(nothing))
        }
    };
    Ctx {
        app: app.clone(),
        tenant,
        snapshot,
        viewer,
        rights,
        signed_in: Some(signed_in),
        now,
    }
}

/// Starts a session in a transaction; returns its secret.
pub(crate) fn start_session(conn: &mut Conn, app: &App, org: OrgId, session: Session) -> Result<String, engine::Error> {
    let prefix = if session.kind == SessionKind::Token { "1000." } else { "" };
    let secret = format!("{prefix}{org}.{}", app.secret());
    store::accounts::insert_session(conn, &session, &signin::tokens::hash(&secret))?;
    Ok(secret)
}

/// Signs a portal user in; returns the secret of the session.
///
/// Who is several portal users of the portal comes in as the one they were last, else as the oldest, and can
/// [`super::switch`]. A wrong password, an unknown address and a person who is none look the same and cost the same.
///
/// Errors: [`Error::AtProvider`] where people sign in at a provider of their own; [`Error::WrongPassword`].
pub async fn sign_in_member(app: &App, portal: &str, email: &str, password: &str) -> Result<String, Error> {
    let (tenant, portal) = crate::portals::open_by_name(app, portal).await?;
    let snapshot = tenant.fresh().await?;
    if snapshot.has_provider(portal) {
        return Err(Error::AtProvider);
    }
    let identity = verified(app, &tenant, email, password).await?;
    let (app, org, now) = (app.clone(), tenant.org.id, app.now());
    tenant
        .db
        .write::<_, Error>(move |conn| {
            let here = anchors::open(conn, &snapshot, identity)?.into_iter().filter(|a| a.portal == portal);
            let member = come_in_as(here.map(|a| (a.member.entered, a.member))).ok_or(Error::WrongPassword)?;
            store::accounts::end_sessions(conn, Ending::ExpiredBefore(now))?;
            let expires = now.plus_seconds(app.settings().sessions.portal);
            enter(conn, &app, org, &member, expires, None)?.ok_or(Error::WrongPassword)
        })
        .await
}

/// Signs an employee in; returns the secret of the session. The address alone finds the organisation.
pub async fn sign_in_staff(app: &App, email: &str, password: &str) -> Result<String, Error> {
    let address = normalise_email(email).unwrap_or_default();
    let orgs = app
        .control()
        .read::<_, Error>(move |conn| Ok(store::orgs::by_staff_email(conn, &address)?))
        .await?;
    if orgs.is_empty() {
        verify_blocking(password, None).await;
    }
    for org in orgs {
        let tenant = app.tenant(org).await?;
        match verified(app, &tenant, email, password).await {
            Ok(identity) => return start_staff_session(app, &tenant, identity).await,
            Err(Error::WrongPassword) => {}
            Err(other) => return Err(other),
        }
    }
    Err(Error::WrongPassword)
}

async fn start_staff_session(app: &App, tenant: &Tenant, identity: IdentityId) -> Result<String, Error> {
    let snapshot = tenant.fresh().await?;
    let (app, org) = (app.clone(), tenant.org.id);
    tenant
        .db
        .write::<_, Error>(move |conn| {
            let employees = snapshot.catalogue.employees().ok_or(Error::WrongPassword)?;
            let staff = store::staff::of_identity(conn, employees, identity)?
                .filter(|s| s.active)
                .ok_or(Error::WrongPassword)?;
            let lasts = app.settings().sessions.staff;
            let session = Session {
                id: app.id(),
                kind: SessionKind::Staff,
                identity,
                employee: Some(staff.employee),
                member: None,
                refresh: None,
                scope: String::new(),
                created: app.now(),
                expires: app.now().plus_seconds(lasts),
            };
            Ok(start_session(conn, &app, org, session)?)
        })
        .await
}

/// The identity with this address, if the password is right. Wrong ones are counted; after several
/// the right one waits too.
pub(crate) async fn verified(app: &App, tenant: &Tenant, email: &str, password: &str) -> Result<IdentityId, Error> {
    let now = app.now();
    let email = normalise_email(email).unwrap_or_default();
    let identity = tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::accounts::by_email(conn, &email)?))
        .await?;
    let open = identity.as_ref().filter(|i| i.locked_until <= now);
    let right = verify_blocking(password, open.and_then(|i| i.password_hash.clone())).await;
    let Some(identity) = identity else {
        return Err(Error::WrongPassword);
    };
    if !right {
        count_failure(tenant, identity, now).await?;
        return Err(Error::WrongPassword);
    }
    let id = identity.id;
    if identity.failures > 0 {
        tenant
            .db
            .write::<_, Error>(move |conn| Ok(store::accounts::set_failures(conn, id, 0, Moment(0))?))
            .await?;
    }
    Ok(id)
}

async fn count_failure(tenant: &Tenant, identity: Identity, now: Moment) -> Result<(), Error> {
    if identity.locked_until > now {
        return Ok(());
    }
    let failures = identity.failures + 1;
    let (failures, until) = if failures >= ATTEMPTS {
        (0, now.plus_seconds(LOCK_SECONDS))
    } else {
        (failures, Moment(0))
    };
    tenant
        .db
        .write::<_, Error>(move |conn| Ok(store::accounts::set_failures(conn, identity.id, failures, until)?))
        .await
}

async fn verify_blocking(password: &str, hash: Option<String>) -> bool {
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || signin::passwords::verify(&password, hash.as_deref()))
        .await
        .unwrap_or(false)
}

/// Ends the session with this secret. Unknown secrets are no error.
pub async fn sign_out(app: &App, secret: &str) -> Result<(), Error> {
    forget(app, secret);
    let Some(org) = org_of(secret) else { return Ok(()) };
    let Ok(tenant) = app.tenant(org).await else { return Ok(()) };
    let hash = signin::tokens::hash(secret);
    tenant
        .db
        .write::<_, Error>(move |conn| {
            if let Some(session) = store::accounts::session(conn, &hash)? {
                store::accounts::end_sessions(conn, Ending::Session(session.id))?;
            }
            Ok(())
        })
        .await
}
