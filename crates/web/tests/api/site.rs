//! A running site and those who call it.

use app::members::{Accepted, accept, invite};
use app::testing::{ADMIN, Bench};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use domain::ids::RecordId;
use serde_json::{Value, json};
use tower::ServiceExt as _;

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
}

impl Site {
    pub async fn new(bench: Bench) -> Self {
        let router = web::router(bench.app.clone());
        let mut site = Self {
            bench,
            router,
            admin: String::new(),
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

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        if !bytes.is_empty() {
            let kind = parts.headers[header::CONTENT_TYPE].to_str().unwrap();
            assert!(kind.starts_with("application/json"), "{kind}");
        }
        Answer {
            status: parts.status,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
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
