//! The whole call: what is asked, and in which order it will be carried out. All that can be found to be wrong before
//! anything is carried out is found here.

use std::collections::{BTreeSet, HashMap};

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::order;
use super::place::not_supported;
use super::reference;
use super::sub_request::SubRequest;
use super::{KEY, MOST};
use crate::api::ApiError;

/// What to carry out.
#[derive(Debug)]
pub struct Plan {
    pub requests: Vec<SubRequest>,
    /// The places of all of them, in the order in which they are carried out.
    pub order: Vec<usize>,
    /// Those that some other refers to.
    pub referred: BTreeSet<usize>,
    /// Where sub-requests with an id stand.
    pub places: HashMap<String, usize>,
}

const ROLLBACK: &str = "rollback_on_fail";
/// The same by its name of today and its older one: whether the order does not matter.
const CONCURRENT: [&str; 2] = ["concurrent_execution", "parallel_execution"];

impl Plan {
    pub fn read(mut body: Map<String, Value>) -> Result<Self, ApiError> {
        let in_given_order = in_given_order(&body)?;
        let mut requests = items(body.remove(KEY))?
            .into_iter()
            .enumerate()
            .map(|(n, item)| SubRequest::read(item, &path(n)))
            .collect::<Result<Vec<_>, _>>()?;
        let places = places(&requests)?;
        let refers = requests
            .iter_mut()
            .enumerate()
            .map(|(n, request)| refers(n, request, &places, in_given_order))
            .collect::<Result<Vec<_>, _>>()?;
        let order = order::order(&refers).map_err(|left| looping(&left, &requests, &refers))?;
        Ok(Self {
            order,
            referred: refers.into_iter().flatten().collect(),
            requests,
            places,
        })
    }
}

/// Where a sub-request stands in the body.
pub fn path(place: usize) -> String {
    format!("$.{KEY}[{place}]")
}

/// Whether sub-requests are carried out as they stand there. Errors: what is asked for and cannot be had.
fn in_given_order(body: &Map<String, Value>) -> Result<bool, ApiError> {
    let flag = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(ApiError::wrong_type(&format!("$.{name}"), "boolean")),
    };
    let rollback = flag(ROLLBACK)?.unwrap_or_default();
    let mut concurrent = None;
    for name in CONCURRENT {
        let Some(said) = flag(name)? else { continue };
        if said && rollback {
            return Err(ambiguous([ROLLBACK, name]));
        }
        if concurrent.is_some_and(|before| before != said) {
            return Err(ambiguous(CONCURRENT));
        }
        concurrent = Some(said);
    }
    if rollback {
        let message = "sub-requests are carried out one by one and are not taken back: leave rollback_on_fail out, or say false";
        return Err(not_supported(message).at(&format!("$.{ROLLBACK}")));
    }
    Ok(concurrent == Some(false))
}

fn ambiguous(names: [&str; 2]) -> ApiError {
    let due_to = names.map(|name| json!({"api_name": name, "json_path": format!("$.{name}")}));
    let message = "ambiguity while processing the request";
    ApiError::new(StatusCode::BAD_REQUEST, "AMBIGUITY_DURING_PROCESSING", message).with("ambiguity_due_to", due_to.to_vec())
}

fn items(list: Option<Value>) -> Result<Vec<Value>, ApiError> {
    let path = format!("$.{KEY}");
    match list {
        None | Some(Value::Null) => Err(ApiError::missing(&path)),
        Some(Value::Array(items)) if items.is_empty() => Err(ApiError::invalid("invalid data").with("minimum_length", 1).at(&path)),
        Some(Value::Array(items)) if items.len() > MOST => Err(ApiError::invalid("invalid data").with("maximum_length", MOST).at(&path)),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(ApiError::wrong_type(&path, "jsonarray")),
    }
}

/// Where each id stands.
fn places(requests: &[SubRequest]) -> Result<HashMap<String, usize>, ApiError> {
    let mut places = HashMap::new();
    for (n, id) in requests
        .iter()
        .enumerate()
        .filter_map(|(n, request)| Some((n, request.id.clone()?)))
    {
        if let Some(before) = places.insert(id, n) {
            return Err(ApiError::new(StatusCode::BAD_REQUEST, "DUPLICATE_DATA", "duplicate data")
                .with("sub_request_indexes", vec![before, n])
                .at(&format!("{}.sub_request_id", path(n))));
        }
    }
    Ok(places)
}

/// To which others a sub-request refers.
fn refers(n: usize, request: &mut SubRequest, places: &HashMap<String, usize>, in_given_order: bool) -> Result<BTreeSet<usize>, ApiError> {
    let mut all = BTreeSet::new();
    request.each_reference(&path(n), &mut |reference| {
        let invalid = |message| Err(reference::invalid(message, reference.text));
        match places.get(reference.id) {
            None => invalid("there is no sub-request with this id"),
            Some(to) if *to == n => invalid("a sub-request cannot refer to itself"),
            Some(to) if in_given_order && *to > n => invalid("the sub-request that is referred to comes later"),
            Some(to) => {
                all.insert(*to);
                Ok(())
            }
        }
    })?;
    Ok(all)
}

fn looping(left: &[usize], requests: &[SubRequest], refers: &[BTreeSet<usize>]) -> ApiError {
    let id = |n: &usize| requests.get(*n).and_then(|request| request.id.as_deref());
    let told = |n: &usize| {
        let referred: Vec<&str> = refers.get(*n).into_iter().flatten().filter_map(id).collect();
        Some(json!({"sub_request_id": id(n)?, "referred_sub_request_ids": referred}))
    };
    let data: Vec<Value> = left.iter().filter_map(told).collect();
    ApiError::new(StatusCode::BAD_REQUEST, "LOOPING_FOUND", "sub-requests refer to each other").with("dependent_data", data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Result<Plan, Value> {
        let Value::Object(body) = body else { panic!("{body}") };
        Plan::read(body).map_err(|error| error.item())
    }

    fn one(id: &str, uri: &str) -> Value {
        json!({"sub_request_id": id, "method": "GET", "uri": uri})
    }

    fn refused(body: Value) -> (String, Value) {
        let item = read(body).unwrap_err();
        (item["code"].as_str().unwrap().to_owned(), item["details"].clone())
    }

    #[test]
    fn the_order_follows_references_unless_it_is_said_to_be_the_given_one() {
        let both = || [one("a", "/crm/v8/Leads/@{b:$.data[0].id}"), one("b", "/crm/v8/Leads")];
        let plan = read(json!({ KEY: both() })).unwrap();
        assert_eq!((plan.order, plan.referred), (vec![1, 0], BTreeSet::from([1])));
        for name in CONCURRENT {
            let plan = read(json!({ name: true, KEY: both(), ROLLBACK: false })).unwrap();
            assert_eq!(plan.order, [1, 0]);
            let (code, details) = refused(json!({ name: false, KEY: both() }));
            let place = json!({"reference": "@{b:$.data[0].id}", "api_name": "uri", "json_path": "$.__composite_requests[0].uri"});
            assert_eq!((code.as_str(), details), ("INVALID_REFERENCE", place));
        }
    }

    #[test]
    fn a_loop_says_who_refers_to_whom() {
        let loops = [
            one("a", "/crm/v8/Leads/@{b:$.x}"),
            json!({"sub_request_id": "b", "method": "POST", "uri": "/crm/v8/Leads", "body": {"data": [{"x": "@{a:$.x}"}]}}),
            json!({"method": "GET", "uri": "/crm/v8/Leads/@{a:$.x}"}),
            one("d", "/crm/v8/Leads"),
        ];
        let (code, details) = refused(json!({ KEY: loops }));
        assert_eq!(code, "LOOPING_FOUND");
        let data = json!([
            {"sub_request_id": "a", "referred_sub_request_ids": ["b"]},
            {"sub_request_id": "b", "referred_sub_request_ids": ["a"]},
        ]);
        assert_eq!(details["dependent_data"], data);
    }

    #[test]
    fn what_cannot_be_had_is_refused() {
        let some = || [one("a", "/crm/v8/Leads")];
        let both = json!({ROLLBACK: true, "concurrent_execution": true, KEY: some()});
        let (code, details) = refused(both);
        assert_eq!(code, "AMBIGUITY_DURING_PROCESSING");
        assert_eq!(
            details["ambiguity_due_to"][0],
            json!({"api_name": ROLLBACK, "json_path": "$.rollback_on_fail"})
        );
        let differ = json!({"concurrent_execution": true, "parallel_execution": false, KEY: some()});
        assert_eq!(refused(differ).0, "AMBIGUITY_DURING_PROCESSING");
        for more in [json!({}), json!({"parallel_execution": false})] {
            let mut body = json!({ROLLBACK: true, KEY: some()});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert_eq!(refused(body).0, "NOT_SUPPORTED");
        }
    }
}
