//! The running product, and the context in which a use case runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::access::{PlanKey, Viewer};
use domain::accounts::{Area, Operation};
use domain::ids::{OrgId, ProfileId};
use domain::licences::Policies;
use domain::modules::{Module, ModuleSource};
use domain::orgs::Rights;
use domain::time::Moment;
use store::accounts::SessionKind;
use store::engine::{Database, Engine};
use store::orgs::Org;

use crate::accounts::{SessionCache, SignedIn};
use crate::clock::{Clock, Ids, Random};
use crate::{Error, Settings, Snapshot, Tenant};

/// The id under which the product itself acts: the command line and jobs.
pub const SYSTEM_ACTOR: i64 = 1;

/// The database that knows the organisations.
const CONTROL: &str = "control";

/// The running product. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    engine: Engine,
    control: Database,
    clock: Box<dyn Clock>,
    random: Box<dyn Random>,
    ids: Ids,
    tenants: Mutex<HashMap<OrgId, Arc<Tenant>>>,
    sessions: SessionCache,
    imports: crate::imports::Running,
    uploads: crate::imports::uploads::Uploads,
    payments: Option<payments::Stripe>,
    /// Told when a roll-out was begun or resumed here.
    rolling: tokio::sync::Notify,
    /// Told when a job was ordered here.
    bulk: tokio::sync::Notify,
    webhooks: webhooks::Client,
    /// Told when a message was put into the outbox here.
    posting: tokio::sync::Notify,
}

impl App {
    /// Whether there is a product in this place already. Nothing is made.
    pub async fn is_set_up(engine: &Engine) -> Result<bool, store::engine::Error> {
        engine.exists(CONTROL).await
    }

    /// Opens the product over a database engine.
    pub async fn open(engine: Engine, settings: Settings, clock: Box<dyn Clock>, random: Box<dyn Random>) -> Result<Self, Error> {
        let control = engine.open(CONTROL, store::schema::CONTROL).await?;
        let node = control.write::<_, Error>(|conn| Ok(store::orgs::next_node(conn)?)).await?;
        let inner = Inner {
            payments: settings.payments.clone().map(payments::Stripe::new),
            settings,
            engine,
            control,
            clock,
            random,
            ids: Ids::new(node),
            tenants: Mutex::default(),
            sessions: SessionCache::new(100_000),
            imports: crate::imports::Running::default(),
            uploads: crate::imports::uploads::Uploads::default(),
            rolling: tokio::sync::Notify::new(),
            bulk: tokio::sync::Notify::new(),
            webhooks: webhooks::Client::default(),
            posting: tokio::sync::Notify::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The operator's settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.inner.clock.now()
    }

    /// Waits, as the clock says.
    pub(crate) async fn wait(&self, time: Duration) {
        self.inner.clock.wait(time).await;
    }

    /// A new id.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.inner.ids.next(self.now())
    }

    /// A new secret that can stand in a URL.
    #[must_use]
    pub fn secret(&self) -> String {
        let mut bytes = [0; signin::tokens::BYTES];
        self.fill(&mut bytes);
        signin::tokens::encode(&bytes)
    }

    /// Fills bytes with randomness fit for secrets.
    pub(crate) fn fill(&self, bytes: &mut [u8]) {
        self.inner.random.fill(bytes);
    }

    pub(crate) fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.fill(&mut salt);
        salt
    }

    /// Wakes the upkeep of this process for a roll-out.
    pub(crate) fn rolling(&self) -> &tokio::sync::Notify {
        &self.inner.rolling
    }

    /// Wakes who works on jobs in this process.
    pub(crate) fn bulk(&self) -> &tokio::sync::Notify {
        &self.inner.bulk
    }

    /// Wakes who posts messages in this process.
    pub(crate) fn posting(&self) -> &tokio::sync::Notify {
        &self.inner.posting
    }

    pub(crate) fn webhooks(&self) -> &webhooks::Client {
        &self.inner.webhooks
    }

    /// Where invoices are paid, if that is anywhere.
    pub(crate) fn payments(&self) -> Option<&payments::Stripe> {
        self.inner.payments.as_ref()
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    pub(crate) fn control(&self) -> &Database {
        &self.inner.control
    }

    pub(crate) fn sessions(&self) -> &SessionCache {
        &self.inner.sessions
    }

    pub(crate) fn uploads(&self) -> &crate::imports::uploads::Uploads {
        &self.inner.uploads
    }

    pub(crate) fn imports(&self) -> &crate::imports::Running {
        &self.inner.imports
    }

    /// Whether the databases answer.
    pub async fn is_ready(&self) -> bool {
        self.control()
            .read::<_, Error>(|conn| Ok(store::orgs::by_name(conn, "")?))
            .await
            .is_ok()
    }

    /// Finishes what was begun and closes the databases.
    pub async fn close(&self) {
        self.engine().close().await;
    }

    /// The organisation with this id, opened.
    pub async fn tenant(&self, id: OrgId) -> Result<Arc<Tenant>, Error> {
        if let Some(tenant) = self.tenants().get(&id) {
            return Ok(Arc::clone(tenant));
        }
        let org = self
            .control()
            .read::<_, Error>(move |conn| Ok(store::orgs::by_id(conn, id)?))
            .await?;
        let org = org.ok_or(Error::NotFound("organisation"))?;
        let db = self.engine().open(&database_name(id), store::schema::ORG).await?;
        self.begin_licences(&org, &db).await?;
        let tenant = Arc::new(Tenant::new(org, db));
        Ok(Arc::clone(self.tenants().entry(id).or_insert(tenant)))
    }

    /// Organisations that are older than that have no licence policy by name yet. Whoever only looks at one writes nothing.
    async fn begin_licences(&self, org: &Org, db: &Database) -> Result<(), Error> {
        let has_policy = db.read::<_, Error>(|conn| Ok(store::licences::has_policy(conn)?));
        if has_policy.await? {
            return Ok(());
        }
        let policy = self.settings().licences.on(org.created.day()).name.clone();
        db.write::<_, Error>(move |conn| Ok(store::licences::begin(conn, &policy)?)).await
    }

    fn tenants(&self) -> std::sync::MutexGuard<'_, HashMap<OrgId, Arc<Tenant>>> {
        self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The context of the command line and of jobs: may do everything in the organisation.
    pub async fn system(&self, org: OrgId) -> Result<Ctx, Error> {
        let tenant = self.tenant(org).await?;
        let snapshot = tenant.fresh().await?;
        let profile = snapshot.profiles.first().map_or(ProfileId(0), |p| p.id);
        let viewer = Viewer {
            key: PlanKey::Staff(profile),
            anchor: None,
            actor: SYSTEM_ACTOR,
            session: None,
            today: self.now().day(),
        };
        Ok(Ctx {
            app: self.clone(),
            tenant,
            snapshot,
            viewer,
            rights: Rights::administrator(),
            signed_in: None,
            now: self.now(),
        })
    }
}

/// The database of an organisation.
pub(crate) fn database_name(id: OrgId) -> String {
    format!("org_{id}")
}

/// Who asks, when, in which organisation, under which version of its policies. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    pub app: App,
    pub tenant: Arc<Tenant>,
    pub snapshot: Arc<Snapshot>,
    pub viewer: Viewer,
    /// What an employee may do beside records; portal users have none of it.
    pub rights: Rights,
    /// Who is signed in; none for the command line and jobs.
    pub signed_in: Option<Arc<SignedIn>>,
    pub now: Moment,
}

impl Ctx {
    /// Whether a token's scopes allow this with records of a module. Whoever comes without a token has no scopes, and needs none.
    #[must_use]
    pub fn is_in_scope(&self, module: &Module, operation: Operation) -> bool {
        let area = Area::Records {
            module: &module.api_name,
            is_custom: module.source == ModuleSource::Custom,
        };
        let token = self.signed_in.as_deref().filter(|of| of.session.kind == SessionKind::Token);
        token.is_none_or(|of| of.scopes.allow(area, operation))
    }

    /// Whether somebody from outside asks: a portal user, or a visitor who is not signed in.
    #[must_use]
    pub fn is_portal_user(&self) -> bool {
        !matches!(self.viewer.key, PlanKey::Staff(_))
    }

    /// The licence policies of the installation. The organisation's pool has the name of the one that holds.
    pub(crate) fn licence_policies(&self) -> &Policies {
        &self.app.settings().licences
    }

    /// For what only whoever runs the server may do: from its command line.
    pub(crate) fn need_operator(&self) -> Result<(), Error> {
        if self.viewer.actor == SYSTEM_ACTOR {
            Ok(())
        } else {
            Err(Error::NoPermission("of the operator"))
        }
    }

    pub(crate) fn need_manage_portals(&self) -> Result<(), Error> {
        if self.rights.manage_portals {
            Ok(())
        } else {
            Err(Error::NoPermission("Manage Portals"))
        }
    }

    pub(crate) fn need_manage_portal_users(&self) -> Result<(), Error> {
        if self.rights.manage_portal_users {
            Ok(())
        } else {
            Err(Error::NoPermission("Manage Portal Users"))
        }
    }

    pub(crate) fn need_manage_modules(&self) -> Result<(), Error> {
        if self.rights.manage_modules {
            Ok(())
        } else {
            Err(Error::NoPermission("Manage Modules"))
        }
    }

    /// The same context with the present version of metadata and policies, after a change or when
    /// a statement found this one out of date.
    pub async fn refreshed(&self) -> Result<Self, Error> {
        Ok(Self {
            snapshot: self.tenant.fresh().await?,
            now: self.app.now(),
            ..self.clone()
        })
    }
}
