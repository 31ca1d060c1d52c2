//! Who is in the organisation, and how they got in.

use app::members::{Accepted, accept, invite};
use axum::http::HeaderName;
use domain::ids::{IdentityId, MemberId, ProfileId, RecordId, UserTypeId};
use domain::orgs::{Profile, Rights};
use serde_json::json;
use store::accounts::{Session, SessionKind};

use crate::callers::Caller;
use crate::organisation::{MARK, Organisation, PASSWORD, Version};

impl Organisation {
    pub async fn people(&mut self) {
        let version = self.version;
        let maria = self.contact("Maria", "maria@example.com").await;
        let stranger = version.hides("Peter", "Petronella");
        let peter = self.contact(stranger, "peter@example.com").await;
        let vera = self
            .record("Vendors", json!({"Vendor_Name": "Vera's quokka farm", "Email": "vera@example.com"}))
            .await;
        let nora = self.contact("Nora", "nora@example.com").await;
        let clients = self.ctx().await.snapshot.user_types[0].id;
        let suppliers = self.ctx().await.snapshot.user_types[1].id;
        let cookie = self.enter(clients, &maria, "maria@example.com").await;
        let token = self.token("maria@example.com").await;
        let tag = HeaderName::from_static("hx-request");
        self.callers.extend([
            Caller::on_the_portal("a stranger with a made-up cookie", "1.bm90LWEtc2Vzc2lvbg"),
            Caller::by_token("a stranger with a made-up token", "1000.1.bm90LWEtdG9rZW4"),
            Caller::in_the_office("a stranger in the office with a portal's cookie", &cookie),
            Caller::on_the_portal("Maria", &cookie),
            Caller::on_the_portal("Maria", &cookie).and("Maria, a part of the page", tag, "true"),
            Caller::by_token("Maria's program", &token),
        ]);
        let cookie = self.enter(suppliers, &vera, "vera@example.com").await;
        let token = self.token("vera@example.com").await;
        self.callers.push(Caller::on_the_portal("Vera", &cookie));
        self.callers.push(Caller::by_token("Vera's program", &token));
        self.enter(clients, &peter, "peter@example.com").await;
        let stranger = self.member(clients, &peter).await;
        self.places.add("stranger's membership", &stranger);
        let waiting = self.invited(clients, &nora, "nora@example.com").await;
        self.places.add("token", &waiting);
        self.clerk().await;
        for record in [&maria, &peter, &nora] {
            self.places.record("Contacts", record);
        }
        self.places.record("Vendors", &vera);
        // Somebody whom only the other organisation knows.
        if version == Version::Other {
            let ghost = self.contact("Ghost", "ghost@example.com").await;
            self.enter(clients, &ghost, "ghost@example.com").await;
        } else {
            (0..3).for_each(|_| self.tick());
        }
    }

    pub async fn contact(&mut self, name: &str, email: &str) -> String {
        let phone = self.version.hides("030-1234", "030-9876");
        let description = self.version.hides("whispered quokka", "shouted quokka");
        let phone = if name == "Maria" { "030-0074321" } else { phone };
        self.record(
            "Contacts",
            json!({"First_Name": name, "Last_Name": MARK, "Email": email, "Phone": phone, "Description": description}),
        )
        .await
    }

    /// A new customer of whom everything works: the record's id, the portal user, a cookie and a token.
    pub async fn newcomer(&mut self, email: &str) -> (String, MemberId, [Caller; 2]) {
        let record = self.contact("New", email).await;
        let clients = self.ctx().await.snapshot.user_types[0].id;
        let cookie = self.enter(clients, &record, email).await;
        let token = self.token(email).await;
        let member = self.member(clients, &record).await;
        let callers = [
            Caller::on_the_portal("a newcomer", &cookie),
            Caller::by_token("a newcomer's program", &token),
        ];
        (record, member, callers)
    }

    /// The portal user that a record is.
    pub async fn member(&self, user_type: UserTypeId, record: &str) -> MemberId {
        let id: RecordId = record.parse().unwrap();
        let db = self.ctx().await.tenant.db.clone();
        let found = db.read::<_, app::Error>(move |conn| Ok(store::members::of_record_in(conn, user_type, id)?));
        found.await.unwrap().unwrap().id
    }

    /// Invites somebody; the secret of the link.
    pub async fn invited(&mut self, user_type: UserTypeId, record: &str, email: &str) -> String {
        self.tick();
        let ctx = self.ctx().await;
        invite(&ctx, user_type, record.parse().unwrap()).await.unwrap();
        let mails = app::mail::unsent(&ctx).await.unwrap();
        let mail = mails.iter().rev().find(|m| m.mail.to == email).unwrap();
        mail.mail.links[0].rsplit('/').next().unwrap().to_owned()
    }

    /// Invites somebody who accepts; the secret of the session.
    pub async fn enter(&mut self, user_type: UserTypeId, record: &str, email: &str) -> String {
        let token = self.invited(user_type, record, email).await;
        self.tick();
        match accept(&self.bench.app, "northwind", &token, PASSWORD).await.unwrap() {
            Accepted::SignedIn(secret) => secret,
            Accepted::SignInNext => panic!("{email} has a password"),
        }
    }

    /// A program's access token for somebody.
    pub async fn token(&mut self, email: &str) -> String {
        self.tick();
        let client = app::clients::create(&self.ctx().await, "tests", email, app::clients::EVERYTHING)
            .await
            .unwrap();
        let token = app::clients::refresh(&self.bench.app, &client.client_id, &client.client_secret, &client.refresh_token);
        token.await.unwrap().access.token
    }

    /// An employee whose profile shows tasks and nothing else.
    pub async fn clerk(&mut self) {
        let employee = self
            .record("Employees", json!({"Last_Name": "Clerk", "Email": "clerk@example.com"}))
            .await;
        self.tick();
        let ctx = self.ctx().await;
        let tasks = ctx.snapshot.catalogue.named("Tasks").unwrap().id;
        let profile = Profile {
            id: ProfileId(self.bench.app.id()),
            name: "Clerk".into(),
            rights: Rights {
                modules: vec![(tasks, Rights::administrator().others)],
                others: domain::access::Actions::default(),
                ..Rights::standard()
            },
        };
        let secret = format!("{}.{}", self.bench.org(), self.bench.app.secret());
        let (hash, app, employee) = (
            signin::tokens::hash(&secret),
            self.bench.app.clone(),
            employee.parse::<RecordId>().unwrap(),
        );
        let write = ctx.tenant.db.write::<_, app::Error>(move |conn| {
            store::access::insert_profile(conn, &profile)?;
            let role = store::staff::roles(conn)?[0].0;
            let identity = store::accounts::ensure(conn, "clerk@example.com", IdentityId(app.id()), app.now())?;
            store::members::add_actor(conn, employee.0, "Clerk", "employee")?;
            store::staff::insert(conn, employee, identity, profile.id, role)?;
            let session = Session {
                id: app.id(),
                kind: SessionKind::Staff,
                identity,
                employee: Some(employee),
                member: None,
                refresh: None,
                scope: String::new(),
                created: app.now(),
                expires: app.now().plus_seconds(24 * 3600),
            };
            store::accounts::insert_session(conn, &session, &hash)?;
            Ok(store::state::raise(conn)?)
        });
        write.await.unwrap();
        self.callers.push(Caller::in_the_office("the clerk", &secret));
        self.places.add("employee", &employee);
    }
}
