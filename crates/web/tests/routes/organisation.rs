//! An organisation that there are two of: they differ in all that the callers of [`Organisation::callers`] may not know.
//!
//! Whatever is made has a second of its own, whether this version has it or not. As the clock decides ids and secrets,
//! what both have has the same ids and secrets in both.

use app::Ctx;
use app::Settings;
use app::testing::{ADMIN, Bench};
use axum::Router;
use axum::http::{Method, StatusCode};
use domain::time::Moment;
use serde_json::{Value, json};
use store::testing::Place;

use crate::answer::{Answer, Ask, Content};
use crate::callers::Caller;
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
    pub version: Version,
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
        made.visitors().await;
        made.applicants().await;
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

    /// Begins the next second: one for everything that is made.
    pub fn tick(&mut self) {
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

    /// Makes a record; its id.
    pub async fn record(&mut self, module: &str, values: Value) -> String {
        self.tick();
        let made = self.office(Method::POST, module, &json!({ "data": [values] })).await;
        made["data"][0]["details"]["id"].as_str().unwrap().to_owned()
    }

    /// A case that Maria makes, of a product, with an attachment: one deletes only what one has made.
    pub async fn case_of_maria(&mut self) {
        let maria = self.callers.iter().find(|caller| caller.name == "Maria's program").unwrap();
        let product = json!({"id": self.places.records("Products")[0]});
        let case = json!({"Subject": "My quokka", "Priority": "Low", "Product_Name": product});
        let made = self.call(maria, Method::POST, "Cases", &json!({ "data": [case] })).await;
        let case = made["data"][0]["details"]["id"].as_str().unwrap();
        let link = format!("Cases/{case}/Attachments?attachmentUrl=https://example.com&title=My+quokka");
        let attached = self.call(maria, Method::POST, &link, &json!({})).await;
        self.places.record_first("Cases", case);
        self.places
            .record_first("Attachments", attached["data"][0]["details"]["id"].as_str().unwrap());
    }

    pub async fn office(&self, method: Method, path: &str, body: &Value) -> Value {
        self.call(&self.admin, method, path, body).await
    }

    pub async fn call(&self, caller: &Caller, method: Method, path: &str, body: &Value) -> Value {
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
