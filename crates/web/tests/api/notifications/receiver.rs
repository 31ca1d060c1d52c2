//! A program that is told: a real server on a port of its own.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;

/// What came, and what is answered.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    came: Vec<(HeaderMap, Value)>,
    answer: StatusCode,
}

impl Receiver {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Inner {
            came: Vec::new(),
            answer: StatusCode::OK,
        };
        let receiver = Self {
            url: format!("http://{}/hook?key=a%20b", listener.local_addr().unwrap()),
            inner: Arc::new(Mutex::new(inner)),
        };
        #[expect(clippy::disallowed_methods, reason = "this is somebody else's server")]
        let router = Router::new().route("/hook", post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// What is answered from now on.
    pub fn answers(&self, status: u16) {
        self.inner.lock().unwrap().answer = StatusCode::from_u16(status).unwrap();
    }

    /// What has come since the last look.
    pub fn came(&self) -> Vec<(HeaderMap, Value)> {
        std::mem::take(&mut self.inner.lock().unwrap().came)
    }

    /// The same without headers.
    pub fn told(&self) -> Vec<Value> {
        self.came().into_iter().map(|(_, body)| body).collect()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut inner = receiver.inner.lock().unwrap();
    inner.came.push((headers, serde_json::from_slice(&body).unwrap()));
    inner.answer
}
