//! What programs may call: each of them in a minute, those of an organisation together in a day and at the same time.
//!
//! Counted by this process. Who calls is known when their token is: whoever looks it up [admits](admit) the call.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::Ctx;
use app::settings::Rates;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::ids::OrgId;
use domain::time::Moment;
use store::accounts::SessionKind;

use super::Window;
use crate::api::ApiError;

/// In an answer, once half of the day's calls are used.
const REMAINING: HeaderName = HeaderName::from_static("x-api-credits-remaining");
/// A day in hours, and an hour in microseconds.
const DAY: i64 = 24;
const HOUR: i64 = 3_600_000_000;

/// What was called, and is being called.
pub(super) struct Calls {
    by_edition: bool,
    per_minute: Window<(OrgId, i64)>,
    organisations: Mutex<HashMap<OrgId, Used>>,
}

/// What the programs of an organisation have used.
#[derive(Default)]
struct Used {
    /// By the hour, the oldest first.
    hours: VecDeque<(i64, u32)>,
    open: u32,
}

/// A call on its way: known to the layer, to whoever admits it, and to the answer.
#[derive(Clone)]
pub(super) struct Call {
    calls: Arc<Calls>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    admitted: Option<Open>,
    remaining: Option<u32>,
    /// In how many seconds it may come again.
    wait: Option<i64>,
}

/// Puts into a request what its caller is to be counted with.
pub(super) fn begin(calls: &Arc<Calls>, request: &mut Request) -> Option<Call> {
    let limits = calls.by_edition || calls.per_minute.limits();
    if !limits || !crate::api::is_below(request.uri().path()) {
        return None;
    }
    let call = Call {
        calls: Arc::clone(calls),
        state: Arc::default(),
    };
    request.extensions_mut().insert(call.clone());
    Some(call)
}

/// Says in the answer what is left, or when to come again.
pub(super) fn end(call: Option<Call>, mut answer: Response) -> Response {
    let Some(call) = call else { return answer };
    let state = call.state();
    let told = [(REMAINING, state.remaining.map(i64::from)), (header::RETRY_AFTER, state.wait)];
    for (name, number) in told {
        if let Some(number) = number {
            answer.headers_mut().insert(name, HeaderValue::from(number));
        }
    }
    drop(state);
    answer
}

/// Counts a call by token. Errors: 429 where there were too many.
pub fn admit(parts: &Parts, ctx: &Ctx) -> Result<(), ApiError> {
    let Some(call) = parts.extensions.get::<Call>() else {
        return Ok(());
    };
    let session = ctx.signed_in.as_deref().map(|signed_in| &signed_in.session);
    let Some(session) = session.filter(|session| session.kind == SessionKind::Token) else {
        return Ok(());
    };
    let mut state = call.state();
    // A request may be answered twice over, from memory first.
    if state.admitted.is_some() {
        return Ok(());
    }
    let (org, now) = (&ctx.tenant.org, ctx.app.now());
    let program = (org.id, session.refresh.unwrap_or(session.id));
    let admitted = call.calls.count(program, org.edition.calls(), now);
    match admitted {
        Ok(remaining) => {
            let calls = Arc::clone(&call.calls);
            state.admitted = Some(Open { calls, org: org.id });
            state.remaining = remaining;
        }
        Err(wait) => {
            state.wait = Some(wait);
            return Err(ApiError::of_status(StatusCode::TOO_MANY_REQUESTS));
        }
    }
    Ok(())
}

impl Calls {
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            by_edition: rates.calls_by_edition,
            per_minute: Window::new(rates.calls_per_minute),
            organisations: Mutex::default(),
        }
    }

    /// Counts a call: what is left of the day where that is half or less. Err: in how many seconds it may come again.
    fn count(&self, program: (OrgId, i64), most: domain::orgs::Calls, now: Moment) -> Result<Option<u32>, i64> {
        if self.per_minute.is_full(&program, now) {
            return Err(60);
        }
        let remaining = match self.by_edition {
            true => self.organisations().entry(program.0).or_default().count(most, now)?,
            false => None,
        };
        if self.per_minute.limits() {
            self.per_minute.count(program, now);
        }
        Ok(remaining)
    }

    fn organisations(&self) -> MutexGuard<'_, HashMap<OrgId, Used>> {
        self.organisations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Used {
    fn count(&mut self, most: domain::orgs::Calls, now: Moment) -> Result<Option<u32>, i64> {
        let hour = now.0.div_euclid(HOUR);
        while self.hours.front().is_some_and(|(then, _)| *then <= hour - DAY) {
            self.hours.pop_front();
        }
        if self.open >= most.at_once {
            return Err(1);
        }
        let used: u32 = self.hours.iter().map(|(_, count)| count).sum();
        if let (Some(per_day), Some((oldest, _))) = (most.per_day, self.hours.front())
            && used >= per_day
        {
            return Err(((oldest + DAY) * HOUR - now.0).div_euclid(1_000_000).max(1));
        }
        match self.hours.back_mut().filter(|(then, _)| *then == hour) {
            Some((_, count)) => *count += 1,
            None => self.hours.push_back((hour, 1)),
        }
        self.open += 1;
        let left = most.per_day.map(|per_day| per_day - used - 1);
        Ok(left.filter(|left| most.per_day.is_some_and(|per_day| *left <= per_day / 2)))
    }
}

impl Call {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open call of an organisation. Over when it is dropped: answered, or left by whoever asked.
struct Open {
    calls: Arc<Calls>,
    org: OrgId,
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(used) = self.calls.organisations().get_mut(&self.org) {
            used.open = used.open.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::orgs::Edition;

    use super::*;

    const NOON: Moment = Moment(12 * HOUR);

    #[test]
    fn a_day_s_calls_come_back_hour_by_hour() {
        let (mut used, most) = (Used::default(), Edition::Free.calls());
        for call in 0..5000 {
            let left = used.count(most, NOON).unwrap();
            assert_eq!(left, (call >= 2499).then_some(4999 - call), "{call}");
            used.open = 0;
        }
        assert_eq!(used.count(most, NOON), Err(24 * 3600));
        assert_eq!(used.count(most, Moment(NOON.0 + 24 * HOUR - 1_000_000)), Err(1));
        assert_eq!(used.count(most, Moment(NOON.0 + 24 * HOUR)), Ok(None));
    }

    #[test]
    fn so_many_are_open_at_the_same_time() {
        let (mut used, most) = (Used::default(), Edition::Ultimate.calls());
        for _ in 0..25 {
            assert_eq!(used.count(most, NOON), Ok(None));
        }
        assert_eq!(used.count(most, NOON), Err(1));
        used.open -= 1;
        assert_eq!(used.count(most, NOON), Ok(None));
    }
}
