//! Carries the sub-requests out, one after the other.

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use super::answers::Outcome;
use super::filling;
use super::plan::{Plan, path};
use super::sending::Sender;
use crate::layers;

/// How long all of them may take together: whoever calls is told what was carried out before the whole call is given up.
pub const LONGEST: Duration = layers::LONGEST.saturating_sub(Duration::from_secs(10));

/// What became of each, in the order in which they stand in the call.
pub async fn run(plan: Plan, sender: &Sender, longest: Duration) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = plan.requests.iter().map(|_| Outcome::late(false)).collect();
    // What is not answered by then says so already.
    let _ = timeout(longest, one_by_one(plan, sender, &mut outcomes)).await;
    outcomes
}

async fn one_by_one(plan: Plan, sender: &Sender, outcomes: &mut [Outcome]) {
    let Plan {
        requests,
        order,
        referred,
        places,
    } = plan;
    let mut requests: Vec<_> = requests.into_iter().map(Some).collect();
    for n in order {
        let Some(mut request) = requests.get_mut(n).and_then(Option::take) else {
            continue;
        };
        let told = |id: &str| answer(places.get(id).and_then(|of| outcomes.get(*of)));
        let filled = filling::fill(&mut request, &path(n), &told).and_then(|()| sender.request(&request, &path(n)));
        let outcome = match filled {
            Err(why) => Outcome::refused(why),
            Ok(request) => {
                put(outcomes, n, Outcome::late(true));
                sender.send(request, referred.contains(&n)).await
            }
        };
        put(outcomes, n, outcome);
    }
}

fn put(outcomes: &mut [Outcome], n: usize, outcome: Outcome) {
    if let Some(place) = outcomes.get_mut(n) {
        *place = outcome;
    }
}

/// What a reference looks into.
fn answer(outcome: Option<&Outcome>) -> Result<&Value, &'static str> {
    match outcome.map(|outcome| &outcome.told) {
        Some(Ok(told)) if told.status.is_success() => told
            .value
            .as_ref()
            .ok_or("the sub-request that is referred to was answered with nothing"),
        _ => Err("the sub-request that is referred to has failed"),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::response::Response;
    use serde_json::json;

    use super::*;

    /// Answers nothing but what ends with `now`.
    async fn slow(request: axum::extract::Request) -> Response {
        if request.uri().path().ends_with("now") {
            return Response::new("{}".into());
        }
        std::future::pending().await
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up_and_what_was_answered_is_told() {
        let one = |uri: &str| json!({"method": "GET", "uri": uri});
        let body = json!({super::super::KEY: [one("/crm/v8/now"), one("/crm/v8/later"), one("/crm/v8/now")]});
        let plan = Plan::read(body.as_object().unwrap().clone()).unwrap();
        let sender = Sender::to(Router::new().fallback(slow));
        let outcomes = run(plan, &sender, Duration::from_millis(50)).await;
        let told: Vec<(bool, String)> = outcomes
            .iter()
            .map(|outcome| match &outcome.told {
                Ok(told) => (outcome.called, told.status.to_string()),
                Err(why) => (outcome.called, why.item()["code"].as_str().unwrap().to_owned()),
            })
            .collect();
        let late = "REQUEST_TIMEOUT".to_owned();
        // `Response::new("text".into())` has no content type: nothing says that it is a file.
        assert_eq!(told, [(true, "200 OK".into()), (true, late.clone()), (false, late)]);
    }
}
