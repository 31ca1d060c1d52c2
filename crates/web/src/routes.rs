//! The one place where an address gets its handlers: every route is also written into a table.
//!
//! The framework's router cannot be asked what it answers. Tests that promise something of every route walk the table,
//! so a new route is covered without anyone remembering.

use std::convert::Infallible;

use app::App;
use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, Route as Served};
use http::Method;
use tower::{Layer, Service};

/// A method and the address it is for, with its placeholders: `GET /portal/{portal}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub method: Method,
    pub path: String,
}

/// A router that remembers its routes.
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    table: Vec<Route>,
}

/// What is done at one address, by method.
#[derive(Default)]
pub struct Methods {
    served: MethodRouter<App>,
    names: Vec<Method>,
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an address.
    #[expect(clippy::disallowed_methods, reason = "this is where routes are written into the table")]
    pub fn route(mut self, path: &str, methods: Methods) -> Self {
        self.table.extend(methods.names.into_iter().map(|method| Route {
            method,
            path: path.to_owned(),
        }));
        self.router = self.router.route(path, methods.served);
        self
    }

    /// At an address and below it there is nothing but what has a route of its own. Placeholders would else take it for
    /// theirs. It is no route: it is not written into the table.
    #[expect(clippy::disallowed_methods, reason = "what leads nowhere is not for the table")]
    pub fn nothing_else_below(mut self, path: &str) -> Self {
        let nowhere = || axum::routing::any(async || http::StatusCode::NOT_FOUND);
        self.router = self.router.route(path, nowhere()).route(&format!("{path}/{{*rest}}"), nowhere());
        self
    }

    /// Adds all routes of another.
    pub fn merge(mut self, other: Self) -> Self {
        self.table.extend(other.table);
        self.router = self.router.merge(other.router);
        self
    }

    /// Adds all routes of another, below an address.
    #[expect(clippy::disallowed_methods, reason = "this is where routes are written into the table")]
    pub fn nest(mut self, path: &str, other: Self) -> Self {
        self.table.extend(other.table.into_iter().map(|route| Route {
            path: format!("{path}{}", route.path),
            ..route
        }));
        self.router = self.router.nest(path, other.router);
        self
    }

    /// Puts a layer around the routes so far.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Served> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Response: IntoResponse, Error: Into<Infallible>, Future: Send> + Clone + Send + Sync + 'static,
    {
        self.router = self.router.layer(layer);
        self
    }

    /// The router, to be served, and the table of its routes.
    pub fn finish(self) -> (Router<App>, Vec<Route>) {
        (self.router, self.table)
    }
}

/// GET, and with it HEAD.
pub fn get<H: Handler<T, App>, T: 'static>(handler: H) -> Methods {
    Methods::default().on(Method::GET, MethodFilter::GET, handler)
}

pub fn post<H: Handler<T, App>, T: 'static>(handler: H) -> Methods {
    Methods::default().post(handler)
}

pub fn put<H: Handler<T, App>, T: 'static>(handler: H) -> Methods {
    Methods::default().put(handler)
}

impl Methods {
    pub fn post<H: Handler<T, App>, T: 'static>(self, handler: H) -> Self {
        self.on(Method::POST, MethodFilter::POST, handler)
    }

    pub fn put<H: Handler<T, App>, T: 'static>(self, handler: H) -> Self {
        self.on(Method::PUT, MethodFilter::PUT, handler)
    }

    pub fn patch<H: Handler<T, App>, T: 'static>(self, handler: H) -> Self {
        self.on(Method::PATCH, MethodFilter::PATCH, handler)
    }

    pub fn delete<H: Handler<T, App>, T: 'static>(self, handler: H) -> Self {
        self.on(Method::DELETE, MethodFilter::DELETE, handler)
    }

    /// Lets bodies be as large as this.
    pub fn with_bodies_up_to(mut self, bytes: usize) -> Self {
        self.served = self.served.layer(axum::extract::DefaultBodyLimit::max(bytes));
        self
    }

    fn on<H: Handler<T, App>, T: 'static>(mut self, name: Method, filter: MethodFilter, handler: H) -> Self {
        self.names.push(name);
        self.served = self.served.on(filter, handler);
        self
    }
}
