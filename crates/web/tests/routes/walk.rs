//! The walk: every route, every address it has, every question.

use axum::http::Method;
use web::Route;

use crate::answer::{Ask, Content};
use crate::callers::Caller;
use crate::places::Places;
use crate::questions;

/// Everything that somebody asks of a route: each query with the first body, each body without a query.
///
/// Where the answer hardly depends on the question only the first is asked: of those who are nobody there, of another
/// portal, of modules that are like others.
pub fn asks(route: &Route, places: &Places, caller: &Caller) -> Vec<Ask> {
    let programs = route.path.starts_with("/crm");
    let queries = if programs {
        questions::of_programs(places)
    } else {
        questions::of_people(places)
    };
    let bodies = match (route.method.clone(), programs) {
        (Method::GET | Method::DELETE, _) => vec![Content::Nothing],
        (_, true) if route.path.ends_with("/coql") => questions::selections(places),
        (_, true) if route.path.ends_with("/get_related_records_count") => questions::counts(places),
        (_, true) if route.path.ends_with("/__composite_requests") => questions::compositions(places),
        (_, true) => questions::documents(places),
        (_, false) => questions::forms(places),
    };
    let mut asks = Vec::new();
    for address in places.addresses(&route.path) {
        let mut add = |method: &Method, query: &str, content: &Content| {
            asks.push(Ask {
                method: method.clone(),
                address: if query.is_empty() {
                    address.clone()
                } else {
                    format!("{address}?{query}")
                },
                content: content.clone(),
            });
        };
        let first = &bodies[0];
        add(&route.method, &queries[0], first);
        if !caller.belongs_at(&route.path) || address.contains("elsewhere") {
            continue;
        }
        if route.method == Method::GET {
            add(&Method::HEAD, &queries[0], first);
        }
        if !LIKE_OTHERS.iter().chain(&WITHOUT_QUESTIONS).any(|part| address.contains(part)) {
            // A single record does not depend on how it was looked for.
            let is_single = route.path.contains("{id}") && !route.path.ends_with("{list}");
            let stride = if is_single { 11 } else { 1 };
            // But what becomes of a file is said in the query.
            let of_files = route.path.ends_with("/download_fields_attachment") || route.path.ends_with("/Attachments");
            let names_file = |query: &str| query.starts_with("id=") || query.starts_with("attachmentUrl=");
            let asked = |(n, query): &(usize, &String)| n % stride == 0 || (of_files && names_file(query));
            let queries = queries.iter().skip(1).enumerate().filter(asked);
            queries.for_each(|(_, query)| add(&route.method, query, first));
        }
        let stride = if WORKED_ON.iter().any(|part| address.contains(part)) {
            1
        } else {
            9
        };
        bodies.iter().skip(1).step_by(stride).for_each(|body| add(&route.method, "", body));
        let takes_file = ["/attach", "/files", "/photo"].iter().any(|end| route.path.ends_with(end));
        if takes_file && route.method == Method::POST {
            add(&route.method, "", &Content::File("A quokka was filed".into()));
        }
    }
    asks
}

/// Modules whose records somebody may change, and calls that lead to them.
const WORKED_ON: [&str; 5] = ["/Cases", "/Contacts", "/Notes", "/Purchase_Orders", "/__composite_requests"];

/// Modules with records behind a look-up, as others have them too.
const LIKE_OTHERS: [&str; 3] = ["/Order_Lines", "/Vendors", "/Nothings"];

/// Pages that take no query, and are dear to make: the document of the API for whoever asks.
const WITHOUT_QUESTIONS: [&str; 1] = ["/developers"];

/// Whether a route takes records away.
pub fn deletes(route: &Route) -> bool {
    route.method == Method::DELETE || route.path.ends_with("/delete")
}

/// The table of routes, those that take something away last: who signs out sees nothing any more.
pub fn routes() -> Vec<Route> {
    let mut routes = web::table();
    routes.sort_by_key(|route| {
        let leaves = ["sign-out", "/password", "/sessions", "/reset"]
            .iter()
            .any(|end| route.path.contains(end));
        (leaves, deletes(route), route.method != Method::GET)
    });
    routes
}
