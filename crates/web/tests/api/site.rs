//! A running site and those who call it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use app::members::{Accepted, accept, invite};
use app::testing::{ADMIN, Bench};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use domain::ids::RecordId;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::contract::Contract;

/// What the API answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// The code of the failure, or of the first item.
    #[track_caller]
    pub fn code(&self) -> &str {
        let item = self.body.as_object().expect("an object").values().find_map(|v| v.get(0));
        item.unwrap_or(&self.body)["code"]
            .as_str()
            .unwrap_or_else(|| panic!("no code in {self:?}"))
    }

    /// The details of the failure, or of the first item.
    pub fn details(&self) -> &Value {
        let item = self.body.as_object().expect("an object").values().find_map(|v| v.get(0));
        &item.unwrap_or(&self.body)["details"]
    }

    /// What the failure, or the first item, says to people.
    #[track_caller]
    pub fn message(&self) -> &str {
        let item = self.body.as_object().expect("an object").values().find_map(|v| v.get(0));
        item.unwrap_or(&self.body)["message"]
            .as_str()
            .unwrap_or_else(|| panic!("no message in {self:?}"))
    }

    /// The id of the first item.
    #[track_caller]
    pub fn id(&self) -> String {
        self.details()["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id in {self:?}"))
            .to_owned()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.code(), code, "{answer:?}");
        answer
    }
}

/// The product behind its router, with an administrator's access token.
pub struct Site {
    pub bench: Bench,
    pub router: Router,
    pub admin: String,
    /// What the API's document said to a token at a version of the organisation.
    contracts: Mutex<HashMap<(String, i64), Arc<Contract>>>,
}

impl Site {
    pub async fn new(bench: Bench) -> Self {
        let router = web::router(bench.app.clone());
        let mut site = Self {
            bench,
            router,
            admin: String::new(),
            contracts: Mutex::default(),
        };
        site.admin = site.token(ADMIN).await;
        site
    }

    /// A client's access token for the person with this address.
    pub async fn token(&self, email: &str) -> String {
        self.token_for(email, app::clients::EVERYTHING).await
    }

    /// The same for some of the scopes.
    pub async fn token_for(&self, email: &str, scope: &str) -> String {
        let ctx = self.bench.system().await;
        let client = app::clients::create(&ctx, "tests", email, scope).await.unwrap();
        let form = format!(
            "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
            client.client_id, client.client_secret, client.refresh_token
        );
        let request = Request::post("/oauth/v2/token").body(Body::from(form)).unwrap();
        let answer = self.send(request).await.expect(200);
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    /// Sends it, and holds the answer against the document of the API.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let scheme = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = scheme.and_then(|value| value.split_once(' ')).map_or("", |(_, token)| token);
        let contract = self.contract(token).await;
        let (status, headers, bytes) = self.raw(request).await;
        if let Some(fault) = contract.and_then(|contract| contract.fault(&method, &path, status, &headers, &bytes)) {
            let body = String::from_utf8_lossy(&bytes);
            panic!("{method} {path} is not answered as the document of the API says: {fault}\n{status} {body}");
        }
        if !bytes.is_empty() {
            let kind = headers[header::CONTENT_TYPE].to_str().unwrap();
            assert!(kind.starts_with("application/json"), "{kind}");
        }
        Answer {
            status,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }

    /// Sends it as it is.
    pub async fn raw(&self, request: Request<Body>) -> (StatusCode, HeaderMap, Bytes) {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap())
    }

    /// What the document says to a token. Whoever gets none is told what the administrator is told.
    async fn contract(&self, token: &str) -> Option<Arc<Contract>> {
        let version = self.bench.system().await.snapshot.version;
        for token in [token, &self.admin] {
            let key = (token.to_owned(), version);
            let known = self.contracts.lock().unwrap().get(&key).cloned();
            if known.is_some() {
                return known;
            }
            let ask = Request::get("/crm/v8/openapi.json").header(header::AUTHORIZATION, format!("Bearer {token}"));
            let (status, _, bytes) = self.raw(ask.body(Body::empty()).unwrap()).await;
            if status == StatusCode::OK {
                let made = Arc::new(Contract::new(serde_json::from_slice(&bytes).unwrap()));
                self.contracts.lock().unwrap().insert(key, Arc::clone(&made));
                return Some(made);
            }
        }
        None
    }

    /// A call below `/crm/v8`, without a content type, as the SDKs make it.
    pub async fn call(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let body = body
            .filter(|json| !json.is_null())
            .map_or_else(Body::empty, |json| Body::from(json.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(format!("/crm/v8/{path}"))
            .header(header::AUTHORIZATION, format!("Zoho-oauthtoken {token}"));
        self.send(request.body(body).unwrap()).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(token, Method::GET, path, None).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call(token, Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call(token, Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, token: &str, path: &str) -> Answer {
        self.call(token, Method::DELETE, path, None).await
    }

    /// A record made by the administrator; its id.
    pub async fn record(&self, module: &str, values: Value) -> String {
        self.post(&self.admin, module, json!({"data": [values]})).await.expect(201).id()
    }

    /// A contact who is a portal user of the default type; its id and access token.
    pub async fn client(&self, name: &str) -> (String, String) {
        let email = format!("{name}@example.com");
        let id = self
            .record("Contacts", json!({"Last_Name": name, "Email": email, "Department": "Purchasing"}))
            .await;
        let ctx = self.bench.system().await;
        let record: RecordId = id.parse().unwrap();
        invite(&ctx, ctx.snapshot.user_types[0].id, record).await.unwrap();
        (id, self.accept(&email).await)
    }

    /// Accepts the latest invitation to this address; the person's access token.
    pub async fn accept(&self, email: &str) -> String {
        let ctx = self.bench.system().await;
        let mails = app::mail::unsent(&ctx).await.unwrap();
        let mail = mails.iter().rev().find(|m| m.mail.to == email).unwrap();
        let link = mail.mail.links[0].rsplit('/').next().unwrap().to_owned();
        let accepted = accept(&self.bench.app, "northwind", &link, "seven-lanterns-by-the-lake")
            .await
            .unwrap();
        assert!(matches!(accepted, Accepted::SignedIn(_)));
        self.token(email).await
    }
}
