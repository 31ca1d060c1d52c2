//! The document of the API: it names every route, and every answer is as it says.

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::{Method, StatusCode};
use serde_json::Value;
use web::Route;

use crate::callers::Caller;
use crate::contract::Contract;
use crate::organisation::{Organisation, alone};
use crate::walk;

/// What the document says to somebody.
async fn contract(organisation: &Organisation, caller: &Caller) -> Contract {
    let answer = organisation.get(caller, "/crm/v8/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    Contract::new(serde_json::from_slice(&answer.body).unwrap())
}

fn routes() -> Vec<Route> {
    let is_ours = |route: &Route| route.path.starts_with("/crm/") || route.path.starts_with("/oauth/v2/token");
    walk::routes().into_iter().filter(is_ours).collect()
}

/// Whether an operation is what a route serves: its placeholders may be written out.
fn is_of(route: &Route, method: &str, path: &str) -> bool {
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (route.path.split('/').collect(), path.split('/').collect());
    let same = |(ours, theirs): (&&str, &&str)| ours == theirs || ours.starts_with('{');
    route.method.as_str().eq_ignore_ascii_case(method) && ours.len() == theirs.len() && ours.iter().zip(&theirs).all(same)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_names_every_route_and_nothing_else() {
    alone(async |organisation| {
        let document = contract(organisation, &organisation.admin).await.document;
        let (mut served, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let all = routes();
                let fits = all.iter().filter(|route| is_of(route, method, path));
                // Of several the router takes that with the most parts written out.
                let route = fits.min_by_key(|route| route.path.matches('{').count());
                let route = route.unwrap_or_else(|| panic!("{method} {path} is in the document, but there is no such route"));
                served.insert(format!("{} {}", route.method, route.path));
                let id = operation["operationId"].as_str().unwrap();
                assert!(ids.insert(id.to_owned()), "two operations are called {id}");
            }
        }
        let missing: Vec<String> = routes()
            .iter()
            .map(|r| format!("{} {}", r.method, r.path))
            .filter(|r| !served.contains(r))
            .collect();
        assert!(
            missing.is_empty(),
            "the document does not describe these routes; describe them in the file of their noun in src/api/openapi: {missing:#?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_the_document_of_its_caller_says() {
    alone(async |organisation| {
        let callers = organisation
            .callers
            .iter()
            .filter(|caller| caller.belongs_at("/crm/v8/openapi.json"));
        // What the administrator takes away is missed by nobody: they come last.
        let callers: Vec<Caller> = callers.cloned().chain([organisation.admin.clone()]).collect();
        assert_eq!(callers.len(), 3, "two portal users and the administrator");
        let (mut seen, mut faults) = (BTreeSet::new(), BTreeSet::new());
        for caller in &callers {
            let mut told = contract(organisation, caller).await;
            for route in routes() {
                // Every third: how an answer looks depends little on which record is asked for.
                for ask in walk::asks(&route, &organisation.places, caller).into_iter().step_by(3) {
                    let answer = ask.send(&organisation.router, caller).await;
                    let path = ask.address.split('?').next().unwrap();
                    if let Some(fault) = told.fault(&ask.method, path, answer.status, &answer.headers, &answer.body) {
                        faults.insert(format!(
                            "{} {} is answered with {}: {fault}",
                            route.method, route.path, answer.status
                        ));
                    }
                    seen.insert((route.method.to_string(), answer.status.as_u16()));
                    // What was made or changed may be told of from now on.
                    if route.path.contains("/settings/") && route.method != Method::GET && answer.status.is_success() {
                        told = contract(organisation, caller).await;
                    }
                }
            }
        }
        assert!(
            faults.is_empty(),
            "{} answers are not as the document says: {faults:#?}",
            faults.len()
        );
        for (method, status) in [
            ("GET", 200),
            ("GET", 204),
            ("GET", 400),
            ("GET", 404),
            ("POST", 201),
            ("POST", 207),
            ("PUT", 200),
            ("PUT", 400),
            ("DELETE", 200),
            ("DELETE", 400),
        ] {
            assert!(
                seen.contains(&(method.to_owned(), status)),
                "{method} {status} is not among {seen:?}"
            );
        }
    })
    .await;
}

/// The codes of errors that a part of the document speaks of.
fn codes(part: &Value, found: &mut BTreeSet<String>) {
    match part {
        Value::Object(object) => {
            let named = object.get("code").and_then(|code| code.get("enum")).and_then(Value::as_array);
            found.extend(named.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| codes(value, found));
        }
        Value::Array(all) => all.iter().for_each(|value| codes(value, found)),
        _ => {}
    }
}

/// Everything that stands in the tests of the API.
fn tests() -> String {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")];
    let mut all = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                None => folders.push(path),
                Some(ext) if ext == "rs" => all += &std::fs::read_to_string(path).unwrap(),
                Some(_) => {}
            }
        }
    }
    all
}

/// Our own mistakes and a database that is out of reach are not provoked here: tests of those look at the status. What takes
/// too long is tried in src/api/composite/running.rs.
const NOT_PROVOKED: [&str; 3] = ["INTERNAL_ERROR", "REQUEST_TIMEOUT", "SERVICE_UNAVAILABLE"];

#[tokio::test(flavor = "multi_thread")]
async fn every_code_that_is_documented_has_a_test_that_names_it() {
    alone(async |organisation| {
        let mut documented = BTreeSet::new();
        codes(&contract(organisation, &organisation.admin).await.document, &mut documented);
        assert!(documented.len() > 40, "{documented:?}");
        let tests = tests();
        let is_tested = |code: &&String| tests.contains(&format!("\"{code}\"")) || NOT_PROVOKED.contains(&code.as_str());
        let untested: Vec<&String> = documented.iter().filter(|code| !is_tested(code)).collect();
        assert!(untested.is_empty(), "no test in this folder names {untested:?}");
    })
    .await;
}

/// Whether a document has an operation that a route serves.
fn has(told: &Contract, route: &Route) -> bool {
    let paths = told.document["paths"].as_object().unwrap();
    let mut operations = paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| (method, path)));
    operations.any(|(method, path)| *path == route.path && route.method.as_str().eq_ignore_ascii_case(method))
}

/// Portal users' programs are told of everything that is for employees that it is not for them, whatever else is wrong with the call.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_employees_is_refused_to_portal_users() {
    alone(async |organisation| {
        let all = contract(organisation, &organisation.admin).await;
        for name in ["Maria's program", "Vera's program"] {
            let caller = organisation.caller(name);
            let own = contract(organisation, &caller).await;
            let mut refused = 0;
            for route in routes().into_iter().filter(|route| has(&all, route) && !has(&own, route)) {
                let asks = walk::asks(&route, &organisation.places, &caller).into_iter();
                // HEAD has nothing to say.
                for ask in asks.filter(|ask| ask.method != Method::HEAD).step_by(5) {
                    let answer = ask.send(&organisation.router, &caller).await;
                    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{ask} by {name}: {}", answer.text());
                    assert!(answer.text().contains("API_NOT_SUPPORTED"), "{ask} by {name}: {}", answer.text());
                }
                refused += 1;
            }
            assert!(refused >= 40, "{name} is refused {refused} operations");
        }
    })
    .await;
}

/// What a supplier's program is told: what it may, and no more.
#[tokio::test(flavor = "multi_thread")]
async fn the_document_of_a_portal_user_names_what_they_may_and_no_more() {
    alone(async |organisation| {
        let document = contract(organisation, &organisation.caller("Vera's program")).await.document;
        let text = serde_json::to_string_pretty(&document).unwrap();
        for hidden in ["Sales_Orders", "Qty_in_Stock", "/settings/portals", "createFields", "delete_"] {
            assert!(!text.contains(hidden), "{hidden} is named");
        }
        assert!(document["paths"]["/crm/v8/Purchase_Orders/{id}"]["put"].is_object());
        assert!(document["paths"]["/crm/v8/Products"]["post"].is_null());
        insta::assert_snapshot!(text);
    })
    .await;
}
