//! A product on a test database, with a clock that is moved by hand (feature `testing`).
#![expect(clippy::expect_used, reason = "a harness that cannot start fails its test")]

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ids::{IdentityId, OrgId};
use domain::orgs::Edition;
use domain::records::Value;
use domain::time::Moment;
use store::accounts::{Session, SessionKind};
use store::testing::Place;

use crate::accounts::{Freshness, authenticate};
use crate::clock::{Clock, Random, SystemRandom};
use crate::orgs::{Made, NewOrg};
use crate::{App, Ctx, Error, Settings};

/// The administrator of every organisation that a test makes.
pub const ADMIN: &str = "admin@example.com";
/// The administrator's password.
pub const PASSWORD: &str = "tulip-meadow-42-lantern";

/// The certificate of a provider at which people sign in. Nobody has its key.
pub const PROVIDER: &str = include_str!("testing/provider.pem");

/// A clock that stands still until it is moved.
#[derive(Debug, Clone)]
pub struct HandClock(Arc<AtomicI64>);

impl HandClock {
    /// 2026-11-24T05:00:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_795_496_400_000_000)))
    }

    /// Moves the clock.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// Sets the clock.
    pub fn set(&self, now: Moment) {
        self.0.store(now.0, Ordering::Relaxed);
    }
}

impl Default for HandClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for HandClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed))
    }

    /// Nobody waits for a clock that is moved by hand.
    fn wait(&self, _time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::task::yield_now())
    }
}

/// Randomness that follows a clock: whoever draws for the nth time at the same moment gets the same.
struct HandRandom {
    clock: HandClock,
    /// When was drawn last, and how often at that moment.
    drawn: Mutex<(Moment, u64)>,
}

impl Random for HandRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let now = self.clock.now();
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        *drawn = if drawn.0 == now { (now, drawn.1 + 1) } else { (now, 0) };
        for (byte, place) in bytes.iter_mut().zip(0..) {
            let mut hasher = DefaultHasher::new();
            (now.0, drawn.1, place).hash(&mut hasher);
            *byte = hasher.finish().to_le_bytes()[0];
        }
    }
}

/// A product with one organisation.
pub struct Bench {
    pub app: App,
    pub clock: HandClock,
    pub made: Made,
}

impl Bench {
    /// On this place, with these settings.
    pub async fn with(place: &Place, settings: Settings) -> Self {
        Self::drawing(place, settings, HandClock::new(), Box::new(SystemRandom)).await
    }

    /// Where the clock alone decides ids and secrets: who does the same at the same moments gets the same.
    pub async fn repeatable(place: &Place, settings: Settings) -> Self {
        let clock = HandClock::new();
        let random = HandRandom {
            clock: clock.clone(),
            drawn: Mutex::new((Moment(0), 0)),
        };
        Self::drawing(place, settings, clock, Box::new(random)).await
    }

    async fn drawing(place: &Place, settings: Settings, clock: HandClock, random: Box<dyn Random>) -> Self {
        let app = App::open(place.engine.clone(), settings, Box::new(clock.clone()), random)
            .await
            .expect("a product");
        let new = NewOrg {
            name: "Northwind Traders".into(),
            edition: Edition::Enterprise,
            trial_ends: None,
            data_centre: String::new(),
            admin_email: ADMIN.into(),
            admin_password: PASSWORD.into(),
            portal: Some("northwind".into()),
        };
        let made = crate::orgs::create(&app, new).await.expect("an organisation");
        Self { app, clock, made }
    }

    /// The same as another process has it that has these settings.
    pub async fn reopened(&self, place: &Place, settings: Settings) -> Self {
        let clock = Box::new(self.clock.clone());
        let opened = App::open(place.another_engine(), settings, clock, Box::new(SystemRandom)).await;
        Self {
            app: opened.expect("a product"),
            clock: self.clock.clone(),
            made: self.made.clone(),
        }
    }

    /// The organisation.
    #[must_use]
    pub fn org(&self) -> OrgId {
        self.made.org.id
    }

    /// An employee with a profile of this name who is signed in: the secret of the session.
    pub async fn employee(&self, name: &str, profile: &str) -> String {
        let ctx = self.system().await;
        let profile = ctx.snapshot.profiles.iter().find(|p| p.name == profile).expect("a profile").id;
        let employees = crate::records::access(&ctx, "Employees").expect("employees");
        let email = format!("{name}@example.com");
        let text = |field: &str, text: &str| {
            let field = employees.plan().module().field_named(field).expect("a field");
            (field.id, Value::Text(text.into()))
        };
        let draft = [text("Last_Name", name), text("Email", &email)].into_iter().collect();
        let employee = crate::records::create(&ctx, &employees, draft).await.expect("an employee");
        let secret = format!("{}.{}", self.org(), self.app.secret());
        let (hash, id, identity) = (signin::tokens::hash(&secret), self.app.id(), IdentityId(self.app.id()));
        let (name, now) = (name.to_owned(), self.app.now());
        let written = ctx.tenant.db.write::<_, Error>(move |conn| {
            let role = store::staff::roles(conn)?.first().expect("a role").0;
            let identity = store::accounts::ensure(conn, &email, identity, now)?;
            store::members::add_actor(conn, employee.0, &name, "employee")?;
            store::staff::insert(conn, employee, identity, profile, role)?;
            let session = Session {
                id,
                kind: SessionKind::Staff,
                identity,
                employee: Some(employee),
                member: None,
                refresh: None,
                scope: String::new(),
                created: now,
                expires: now.plus_seconds(86_400),
            };
            Ok(store::accounts::insert_session(conn, &session, &hash)?)
        });
        written.await.expect("an employee");
        secret
    }

    /// The context of an employee with this session, as it is now.
    pub async fn as_employee(&self, secret: &str) -> Ctx {
        let found = authenticate(&self.app, secret, &[SessionKind::Staff], Freshness::Now).await;
        found.expect("a session")
    }

    /// Does once what a running server does by itself.
    pub async fn upkeep(&self) {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        stop.send_replace(true);
        let hour = std::time::Duration::from_secs(3600);
        let pace = tokio::time::interval_at(tokio::time::Instant::now() + hour, hour);
        crate::upkeep::run(self.app.clone(), pace, stopped).await;
    }

    /// A context that may do everything.
    pub async fn system(&self) -> Ctx {
        self.app.system(self.org()).await.expect("a context")
    }
}

/// Runs a test's body on SQLite and on PostgreSQL.
pub async fn each_database(body: impl AsyncFn(Bench)) {
    store::testing::each_database(async |place| body(Bench::with(place, Settings::default()).await).await).await;
}
