//! A browser without script: keeps cookies, sends forms, reads pages.

use std::collections::HashMap;
use std::sync::Mutex;

use app::App;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt as _;

/// A browser.
pub struct Browser {
    router: Router,
    cookies: Mutex<HashMap<String, String>>,
}

/// An answer.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    /// Where it leads.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert!(self.status.is_redirection(), "{} {}", self.status, self.html);
        self.headers.get(header::LOCATION).unwrap().to_str().unwrap()
    }

    /// Whether the page says so.
    pub fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// The value of a form's field that is there by name.
    pub fn value(&self, name: &str) -> Option<String> {
        let (_, rest) = self.html.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    }

    /// The address of the first link whose tag holds `mark`.
    pub fn link(&self, mark: &str) -> Option<String> {
        let tag = self.html.split("<a ").skip(1).find_map(|tag| {
            let tag = tag.split_once('>')?.0;
            tag.contains(mark).then_some(tag)
        })?;
        Some(
            tag.split_once("href=\"")?
                .1
                .split_once('"')?
                .0
                .replace("&#38;", "&")
                .replace("&amp;", "&"),
        )
    }
}

impl Browser {
    pub fn new(app: &App) -> Self {
        Self {
            router: web::router(app.clone()),
            cookies: Mutex::default(),
        }
    }

    /// Somebody who signs in.
    pub async fn signed_in(app: &App, email: &str, password: &str) -> Self {
        let browser = Self::new(app);
        let page = browser
            .post("/portal/northwind/sign-in", &[("email", email), ("password", password)])
            .await;
        assert_eq!(page.leads_to(), "/portal/northwind");
        browser
    }

    /// The cookie with this name.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let body = body.collect::<Vec<_>>().join("&");
        self.send(form(path, body)).await
    }

    pub async fn send(&self, mut request: Request<Body>) -> Page {
        let cookies: Vec<String> = self.cookies.lock().unwrap().iter().map(|(n, v)| format!("{n}={v}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split_once(';').unwrap_or((line, "")).0.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            match line.contains("Max-Age=0") {
                true => cookies.remove(name),
                false => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let html = String::from_utf8(to_bytes(body, 10_000_000).await.unwrap().to_vec()).unwrap();
        Page {
            status: parts.status,
            headers: parts.headers,
            html,
        }
    }
}

/// A form that is sent.
pub fn form(path: &str, body: String) -> Request<Body> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(body)).unwrap()
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}
