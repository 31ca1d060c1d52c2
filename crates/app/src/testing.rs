//! A product on a test database, with a clock that is moved by hand (feature `testing`).
#![expect(clippy::expect_used, reason = "a harness that cannot start fails its test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::ids::{IdentityId, OrgId};
use domain::orgs::Edition;
use domain::records::Value;
use domain::time::Moment;
use store::accounts::{Session, SessionKind};
use store::testing::Place;

use crate::accounts::{Freshness, authenticate};
use crate::clock::{Clock, SystemRandom};
use crate::orgs::{Made, NewOrg};
use crate::{App, Ctx, Error, Settings};

/// The administrator of every organisation that a test makes.
pub const ADMIN: &str = "admin@example.com";
/// The administrator's password.
pub const PASSWORD: &str = "tulip-meadow-42-lantern";

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
        let clock = HandClock::new();
        let app = App::open(place.engine.clone(), settings, Box::new(clock.clone()), Box::new(SystemRandom))
            .await
            .expect("a product");
        let new = NewOrg {
            name: "Northwind Traders".into(),
            edition: Edition::Enterprise,
            admin_email: ADMIN.into(),
            admin_password: PASSWORD.into(),
            portal: Some("northwind".into()),
        };
        let made = crate::orgs::create(&app, new).await.expect("an organisation");
        Self { app, clock, made }
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

    /// A context that may do everything.
    pub async fn system(&self) -> Ctx {
        self.app.system(self.org()).await.expect("a context")
    }
}

/// Runs a test's body on SQLite and on PostgreSQL.
pub async fn each_database(body: impl AsyncFn(Bench)) {
    store::testing::each_database(async |place| body(Bench::with(place, Settings::default()).await).await).await;
}
