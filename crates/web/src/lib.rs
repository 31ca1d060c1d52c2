//! The only place with HTTP: pages for people, the CRM API for programs.
//!
//! A handler parses, calls the use case in `app` that every other door calls, and writes the answer.

mod api;
mod assets;
mod caller;
mod cookies;
mod failure;
mod files;
mod layers;
mod limits;
mod metrics;
mod pages;
mod payments;
mod routes;
mod served;
mod sessions;
mod visitor;

use std::io;
use std::net::SocketAddr;

use app::App;
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::sync::watch;

use routes::Routes;

pub use metrics::Render;
pub use routes::Route;

/// All routes with all layers around them, without measures.
pub fn router(app: App) -> Router {
    served(app, None)
}

/// The table of all routes that [`router`] serves, for whoever must try them all. Where there is GET there is HEAD.
#[must_use]
pub fn table() -> Vec<Route> {
    routes(None).merge(api::composite_routes()).finish().1
}

/// All but calls of several calls.
fn routes(measures: Option<Render>) -> Routes {
    Routes::new()
        .merge(metrics::routes(measures))
        .merge(pages::health::routes())
        .merge(pages::portal::routes())
        .merge(pages::public::routes())
        .merge(pages::admin::routes())
        .merge(pages::operator::routes())
        .merge(pages::consent::routes())
        .merge(api::routes())
        .merge(payments::routes())
        .merge(assets::routes())
}

fn served(app: App, measures: Option<Render>) -> Router {
    let limits = limits::Limits::new(app.clone());
    let (router, _) = routes(measures).finish();
    let single = layers::around(router.fallback(pages::not_found), &app, &limits).with_state(app.clone());
    // Several calls in one are carried out by the same router, with the layers that each has by itself; that it does not
    // know of them again is why none can be in another.
    let (several, _) = api::composite_routes().layer(Extension(api::Single(single.clone()))).finish();
    layers::around(several, &app, &limits).with_state(app).merge(single)
}

/// Serves until `stop` is told, then finishes what was begun. `measures` are shown on `/metrics`.
pub async fn serve(app: App, listener: TcpListener, mut stop: watch::Receiver<bool>, measures: Option<Render>) -> io::Result<()> {
    let service = served(app, measures).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async move {
        // An error means that nobody can tell any more: that is the end too.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    axum::serve(listener, service).with_graceful_shutdown(stopped).await
}
