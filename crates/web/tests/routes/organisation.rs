//! An organisation that there are two of: they differ in all that the callers of [`Organisation::callers`] may not know.
//!
//! Whatever is made has a second of its own, whether this version has it or not. As the clock decides ids and secrets,
//! what both have has the same ids and secrets in both.

use app::members::{Accepted, accept, invite};
use app::portals::{TypeDraft, create_user_type, update_user_type};
use app::testing::{ADMIN, Bench};
use app::{Ctx, Settings};
use axum::Router;
use axum::http::{HeaderName, Method, StatusCode};
use domain::ids::{IdentityId, MemberId, ProfileId, RecordId, UserTypeId};
use domain::modules::ModuleSource;
use domain::modules::standard::{FieldBlueprint, KindBlueprint, ModuleBlueprint};
use domain::orgs::{Profile, Rights};
use domain::time::Moment;
use serde_json::{Value, json};
use store::accounts::{Session, SessionKind};
use store::testing::Place;

use crate::answer::{Answer, Ask, Content};
use crate::callers::Caller;
use crate::grants;
use crate::places::Places;

/// 2026-11-24T05:00:00Z.
const BEGIN: i64 = 1_795_496_400;
pub const PASSWORD: &str = "seven-lanterns-by-the-lake";
/// A word in every record that there is.
pub const MARK: &str = "quokka";

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    One,
    Other,
}

impl Version {
    /// What is hidden, and therefore not the same.
    pub fn hides<T>(self, one: T, other: T) -> T {
        match self {
            Self::One => one,
            Self::Other => other,
        }
    }
}

/// One of the two, running.
pub struct Organisation {
    pub bench: Bench,
    pub router: Router,
    pub callers: Vec<Caller>,
    pub admin: Caller,
    /// What stands for the placeholders of addresses.
    pub places: Places,
    version: Version,
    second: i64,
}

impl Organisation {
    pub async fn new(place: &Place, version: Version) -> Self {
        let mut settings = Settings::default();
        settings.rates.sign_in_per_minute = 0;
        settings.rates.requests_per_minute = 0;
        let bench = Bench::repeatable(place, settings).await;
        let mut made = Self {
            router: web::router(bench.app.clone()),
            bench,
            callers: vec![Caller::stranger()],
            admin: Caller::stranger(),
            places: Places::default(),
            version,
            second: 0,
        };
        made.admin = Caller::by_token("the administrator", &made.token(ADMIN).await);
        made.modules().await;
        made.user_types().await;
        made.people().await;
        made.trade().await;
        made.ids().await;
        made
    }

    /// The caller with this name.
    pub fn caller(&self, name: &str) -> Caller {
        self.callers.iter().find(|caller| caller.name == name).unwrap().clone()
    }

    /// What a caller is answered to GET.
    pub async fn get(&self, caller: &Caller, address: &str) -> Answer {
        self.ask(caller, Method::GET, address, Content::Nothing).await
    }

    pub async fn ask(&self, caller: &Caller, method: Method, address: &str, content: Content) -> Answer {
        let ask = Ask {
            method,
            address: address.to_owned(),
            content,
        };
        ask.send(&self.router, caller).await
    }

    /// Everything in every table. Two equal ones: nothing was changed.
    pub async fn contents(&self) -> String {
        store::testing::contents(&self.ctx().await.tenant.db).await
    }

    /// A new customer of whom everything works: the record's id, the portal user, a cookie and a token.
    pub async fn newcomer(&mut self, email: &str) -> (String, MemberId, [Caller; 2]) {
        let record = self.contact("New", email).await;
        let clients = self.ctx().await.snapshot.user_types[0].id;
        let cookie = self.enter(clients, &record, email).await;
        let token = self.token(email).await;
        let id: RecordId = record.parse().unwrap();
        let db = self.ctx().await.tenant.db.clone();
        let member = db.read::<_, app::Error>(move |conn| Ok(store::members::of_record_in(conn, clients, id)?));
        let callers = [
            Caller::on_the_portal("a newcomer", &cookie),
            Caller::by_token("a newcomer's program", &token),
        ];
        (record, member.await.unwrap().unwrap().id, callers)
    }

    /// Begins the next second: one for everything that is made.
    fn tick(&mut self) {
        self.second += 1;
        self.bench.clock.set(Moment((BEGIN + self.second) * 1_000_000));
    }

    /// A moment of the walk: long after everything was made.
    pub fn step(&self, n: i64) {
        self.bench.clock.set(Moment((BEGIN + 1000) * 1_000_000 + n * 1000));
    }

    pub async fn ctx(&self) -> Ctx {
        self.bench.system().await
    }

    async fn modules(&mut self) {
        self.tick();
        let lines = vec![
            field("Line_Name", KindBlueprint::Text(100)).required(),
            field("Sales_Order", KindBlueprint::Lookup("Sales_Orders".into())),
            field("Product", KindBlueprint::Lookup("Products".into())),
            field("Quantity", KindBlueprint::Integer),
        ];
        app::modules::create(&self.ctx().await, module("Order_Lines", lines)).await.unwrap();
        let unique = FieldBlueprint {
            unique: true,
            ..field("Reference", KindBlueprint::Text(40))
        };
        self.field("Cases", unique).await;
        self.field("Cases", field("Watchers", KindBlueprint::MultiLookup("Contacts".into())))
            .await;
        // Only one of the two has these.
        self.tick();
        if self.version == Version::Other {
            let plans = vec![field("Plan_Name", KindBlueprint::Text(100)).required()];
            app::modules::create(&self.ctx().await, module("Plans", plans)).await.unwrap();
            let margin = field("Margin", KindBlueprint::Currency(2));
            self.field("Sales_Orders", margin).await;
        } else {
            self.tick();
        }
    }

    async fn field(&mut self, module: &str, field: FieldBlueprint) {
        self.tick();
        let ctx = self.ctx().await;
        let module = ctx.snapshot.catalogue.named(module).unwrap().id;
        app::modules::add_field(&ctx, module, field).await.unwrap();
    }

    async fn user_types(&mut self) {
        self.tick();
        let ctx = self.ctx().await;
        let (default, portal) = (ctx.snapshot.user_types[0].id, ctx.snapshot.portals[0].id);
        let draft = |name: &str, policy| TypeDraft {
            name: name.into(),
            active: true,
            policy,
        };
        update_user_type(&ctx, default, draft("Clients", grants::clients(&ctx)))
            .await
            .unwrap();
        let other = create_user_type(&ctx, portal, draft("Suppliers", grants::suppliers(&ctx)));
        self.places.add("type", &other.await.unwrap());
        self.places.add("type", &default);
        self.places.add("portal id", &portal);
    }

    async fn people(&mut self) {
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

    async fn trade(&mut self) {
        let version = self.version;
        let people = self.places.records("Contacts");
        let (maria, peter) = (people[0].clone(), people[1].clone());
        let vera = self.places.records("Vendors")[0].clone();
        let mut accounts = Vec::new();
        for name in ["Acme quokka", "Brill quokka"] {
            accounts.push(self.record("Accounts", json!({ "Account_Name": name })).await);
        }
        let account = version.hides(&accounts[0], &accounts[1]).clone();
        let stock = version.hides("7", "70000");
        for (name, price) in [("Chai quokka", "18"), ("Tofu quokka", "23.25")] {
            let product = json!({"Product_Name": name, "Unit_Price": price, "Vendor_Name": vera, "Qty_in_Stock": stock,
                                 "Product_Code": name, "Description": version.hides("a quokka", "two quokkas")});
            let made = self.record("Products", product).await;
            self.places.record("Products", &made);
        }
        for n in 0..5 {
            self.order(n, &maria, &account, "delivered to the quokka").await;
        }
        for n in 5..8 {
            self.order(n, &peter, &account, version.hides("for a quokka", "for no quokka"))
                .await;
        }
        for (n, who) in [(0, &maria), (1, &maria), (2, &peter)] {
            self.case(n, who, &peter).await;
        }
        for n in 0..3 {
            let buyer = version.hides(&maria, &peter);
            let order = json!({"Subject": format!("Purchase {n} quokka"), "Vendor_Name": vera, "Contact_Name": buyer,
                               "Grand_Total": version.hides("100", "900")});
            let made = self.record("Purchase_Orders", order).await;
            self.places.record("Purchase_Orders", &made);
        }
        let task = json!({"Subject": "Feed the quokka", "Who_Id": version.hides(&maria, &peter)});
        let made = self.record("Tasks", task).await;
        self.places.record("Tasks", &made);
        self.hidden(&peter).await;
    }

    async fn order(&mut self, n: usize, contact: &str, account: &str, subject: &str) {
        let hidden = self.version.hides(["whispered", "Berlin"], ["shouted", "Rome"]);
        let order = json!({
            "Subject": format!("Order {n} {subject} quokka"),
            "Contact_Name": contact,
            "Account_Name": account,
            "Status": if n % 2 == 0 { "Created" } else { "Approved" },
            "Due_Date": format!("2026-12-{:02}", n + 1),
            "Grand_Total": format!("{}.5", n * 100),
            "Description": format!("{} {n}", hidden[0]),
            "Shipping_City": hidden[1],
        });
        let made = self.record("Sales_Orders", order).await;
        self.places.record("Sales_Orders", &made);
        let product = self.places.records("Products")[n % 2].clone();
        let line = json!({"Line_Name": format!("Line {n} {subject} quokka"), "Sales_Order": made, "Product": product, "Quantity": n});
        let made = self.record("Order_Lines", line).await;
        self.places.record("Order_Lines", &made);
    }

    /// A case whose watchers are the customer and somebody out of the customer's sight.
    async fn case(&mut self, n: usize, who: &str, stranger: &str) {
        let nora = self.places.records("Contacts")[2].clone();
        let watcher = self.version.hides(stranger, &nora).to_owned();
        let subject = match n {
            2 => self.version.hides("About a quokka", "About nothing"),
            _ => "A quokka bites",
        };
        let reference = match n {
            2 => self.version.hides("hidden-1", "hidden-2").to_owned(),
            n => format!("case-{n}"),
        };
        let case = json!({
            "Subject": subject,
            "Related_To": who,
            "Reference": reference,
            "Watchers": [who, watcher],
            "Solution": self.version.hides("none, quokka", "plenty"),
            "Priority": "High",
        });
        let made = self.record("Cases", case).await;
        self.places.record("Cases", &made);
    }

    /// Records that nobody but the administrator sees: their number is not the same either.
    async fn hidden(&mut self, peter: &str) {
        let deal = self
            .record("Deals", json!({"Deal_Name": "A deal with a quokka", "Amount": "17"}))
            .await;
        self.places.record("Deals", &deal);
        for n in 0..6 {
            if self.version == Version::Other {
                let order = json!({"Subject": format!("Lantern {n} quokka"), "Contact_Name": peter, "Status": "Approved"});
                self.record("Sales_Orders", order).await;
                self.record("Deals", json!({"Deal_Name": "More quokka", "Amount": n})).await;
                self.record("Employees", json!({"Last_Name": "Quokka keeper"})).await;
            } else {
                (0..3).for_each(|_| self.tick());
            }
        }
        let gone = self.places.records("Sales_Orders")[7].clone();
        self.tick();
        if self.version == Version::Other {
            self.office(Method::DELETE, &format!("Sales_Orders/{gone}"), &Value::Null).await;
        }
        self.tick();
    }

    /// Makes a record; its id.
    async fn record(&mut self, module: &str, values: Value) -> String {
        self.tick();
        let made = self.office(Method::POST, module, &json!({ "data": [values] })).await;
        made["data"][0]["details"]["id"].as_str().unwrap().to_owned()
    }

    /// A case that Maria makes: one deletes only what one has made.
    pub async fn case_of_maria(&mut self) {
        let maria = self.callers.iter().find(|caller| caller.name == "Maria's program").unwrap();
        let case = json!({"Subject": "My quokka", "Priority": "Low"});
        let made = self.call(maria, Method::POST, "Cases", &json!({ "data": [case] })).await;
        self.places
            .record_first("Cases", made["data"][0]["details"]["id"].as_str().unwrap());
    }

    async fn office(&self, method: Method, path: &str, body: &Value) -> Value {
        self.call(&self.admin, method, path, body).await
    }

    async fn call(&self, caller: &Caller, method: Method, path: &str, body: &Value) -> Value {
        let ask = Ask {
            method,
            address: format!("/crm/v8/{path}"),
            content: Content::Json(body.to_string()),
        };
        let answer = ask.send(&self.router, caller).await;
        assert!(
            answer.status.is_success() && answer.status != StatusCode::MULTI_STATUS,
            "{ask}: {}",
            answer.text()
        );
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// Invites somebody; the secret of the link.
    pub async fn invited(&mut self, user_type: UserTypeId, record: &str, email: &str) -> String {
        self.tick();
        let ctx = self.ctx().await;
        invite(&ctx, user_type, record.parse().unwrap()).await.unwrap();
        let mails = app::mail::unsent(&ctx).await.unwrap();
        let mail = mails.iter().rev().find(|m| m.mail.to == email).unwrap();
        let token = mail.mail.links[0].rsplit('/').next().unwrap().to_owned();
        token
    }

    /// Invites somebody who accepts; the secret of the session.
    async fn enter(&mut self, user_type: UserTypeId, record: &str, email: &str) -> String {
        let token = self.invited(user_type, record, email).await;
        self.tick();
        match accept(&self.bench.app, "northwind", &token, PASSWORD).await.unwrap() {
            Accepted::SignedIn(secret) => secret,
            Accepted::SignInNext => panic!("{email} has a password"),
        }
    }

    /// A program's access token for somebody.
    async fn token(&mut self, email: &str) -> String {
        self.tick();
        let client = app::clients::create(&self.ctx().await, "tests", email).await.unwrap();
        let token = app::clients::refresh(&self.bench.app, &client.client_id, &client.client_secret, &client.refresh_token);
        token.await.unwrap().token
    }

    /// An employee whose profile shows tasks and nothing else.
    async fn clerk(&mut self) {
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

    /// The ids of settings, seen and hidden ones.
    async fn ids(&mut self) {
        self.tick();
        let ctx = self.ctx().await;
        for name in ["Sales_Orders", "Deals", "Products", "Tasks"] {
            let module = ctx.snapshot.catalogue.named(name).unwrap();
            self.places.add("layout", &module.layouts[0].id);
            self.places.add("view", &module.views[0].id);
            for field in ["Subject", "Description", "Product_Name"] {
                if let Some(field) = module.field_named(field) {
                    self.places.add("field", &field.id);
                }
            }
        }
        for portal_user in ctx
            .tenant
            .db
            .read(|conn| store::members::list(conn, &store::members::Wanted::default()))
            .await
            .unwrap()
        {
            if ["maria@example.com", "peter@example.com"].contains(&portal_user.email.as_str()) {
                self.places.add("portal user", &portal_user.id);
            }
        }
    }
}

/// Tries something in one organisation.
pub async fn alone(body: impl AsyncFnOnce(&mut Organisation)) {
    let place = Place::sqlite();
    let mut organisation = Organisation::new(&place, Version::One).await;
    organisation.step(0);
    body(&mut organisation).await;
    organisation.bench.app.close().await;
    place.finish().await;
}

fn field(name: &str, kind: KindBlueprint) -> FieldBlueprint {
    FieldBlueprint::new(name, kind)
}

fn module(name: &str, fields: Vec<FieldBlueprint>) -> ModuleBlueprint {
    ModuleBlueprint {
        api_name: name.into(),
        singular: name.into(),
        plural: name.into(),
        source: ModuleSource::Custom,
        name_fields: vec![fields[0].api_name.clone()],
        fields,
    }
}
