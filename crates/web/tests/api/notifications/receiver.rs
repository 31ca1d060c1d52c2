//! A program that is told: a real server on a port of its own.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// What came, and what is answered.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    came: Vec<(HeaderMap, Value)>,
    answer: StatusCode,
    held: Option<(oneshot::Sender<()>, oneshot::Receiver<StatusCode>)>,
}

/// The next message: when it has come, and by what it is answered.
pub struct Held {
    pub came: oneshot::Receiver<()>,
    pub answer: oneshot::Sender<StatusCode>,
}

impl Receiver {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Inner {
            came: Vec::new(),
            answer: StatusCode::OK,
            held: None,
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

    /// Lets the next message wait for its answer.
    pub fn holds(&self) -> Held {
        let ((come, came), (answer, answered)) = (oneshot::channel(), oneshot::channel());
        self.inner.lock().unwrap().held = Some((come, answered));
        Held { came, answer }
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
    let held = receiver.inner.lock().unwrap().held.take();
    let held = match held {
        Some((come, answered)) => {
            come.send(()).unwrap();
            Some(answered.await.unwrap())
        }
        None => None,
    };
    let mut inner = receiver.inner.lock().unwrap();
    inner.came.push((headers, serde_json::from_slice(&body).unwrap()));
    held.unwrap_or(inner.answer)
}
