//! The only place with HTTP: pages for people, the CRM API for programs.
//!
//! A handler parses, calls the use case in `app` that every other door calls, and writes the answer.

mod api;
mod assets;
mod caller;
mod cookies;
mod failure;
mod layers;
mod limits;
mod metrics;
mod pages;
mod served;
mod sessions;
mod visitor;

use std::io;
use std::net::SocketAddr;

use app::App;
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use metrics::Render;

/// All routes with all layers around them, without measures.
pub fn router(app: App) -> Router {
    routes(app, None)
}

fn routes(app: App, measures: Option<Render>) -> Router {
    let routes = Router::new()
        .merge(metrics::routes(measures))
        .merge(pages::health::routes())
        .merge(pages::portal::routes(app.clone()))
        .merge(pages::admin::routes(app.clone()))
        .merge(api::routes(app.clone()))
        .merge(assets::routes())
        .fallback(pages::not_found);
    layers::around(routes, &app).with_state(app)
}

/// Serves until `stop` is told, then finishes what was begun. `measures` are shown on `/metrics`.
pub async fn serve(app: App, listener: TcpListener, mut stop: watch::Receiver<bool>, measures: Option<Render>) -> io::Result<()> {
    let service = routes(app, measures).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async move {
        // An error means that nobody can tell any more: that is the end too.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    axum::serve(listener, service).with_graceful_shutdown(stopped).await
}
