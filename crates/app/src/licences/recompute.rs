//! Whether every figure of the pool follows from the events of the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use domain::ids::UserTypeId;
use domain::licences::{Counts, Replay, SeatKind};
use serde::Serialize;
use store::engine::Conn;
use store::licences::{OfType, State};

use super::need_licences;
use crate::{Ctx, Error};

/// The live figures beside those that follow from the events alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recomputed {
    pub events: u64,
    /// Seats held by the events.
    pub by_events: u64,
    /// Seats held as the pool counts them.
    pub consumed: u64,
    /// Licences bought by the events.
    pub purchased: u64,
    /// Where they differ, and which entries contradict each other: nothing, if all is well.
    pub wrong: Vec<String>,
}

/// Works every figure of the pool out from the first event on. Changes nothing.
pub async fn recompute(ctx: &Ctx) -> Result<Recomputed, Error> {
    need_licences(ctx)?;
    let read = |conn: &mut Conn| {
        let state = store::licences::look(conn)?;
        let (replay, mut wrong) = replay(conn)?;
        wrong.extend(figures(conn, &state, &replay)?);
        wrong.extend(by_type(&store::licences::by_type(conn)?, &replay, state.counts));
        wrong.extend(people(conn, &replay)?);
        Ok(Recomputed {
            events: replay.events(),
            by_events: replay.consumed(),
            consumed: state.counts.consumed,
            purchased: replay.purchased(),
            wrong,
        })
    };
    ctx.tenant.db.snapshot(read).await
}

fn replay(conn: &mut Conn) -> Result<(Replay, Vec<String>), Error> {
    let (mut replay, mut wrong) = (Replay::default(), Vec::new());
    store::licences::each(conn, |entry| {
        if let Err(contradiction) = replay.take(entry) {
            wrong.push(contradiction.to_string());
        }
    })?;
    Ok((replay, wrong))
}

/// Says so where a figure is another one by the events.
fn compare<T: PartialEq + Display>(what: &str, live: T, by_events: T) -> Option<String> {
    (live != by_events).then(|| format!("{what}: {live}, by the events {by_events}"))
}

fn figures(conn: &mut Conn, state: &State, replay: &Replay) -> Result<Vec<String>, Error> {
    let invoices = u64::try_from(store::licences::invoices(conn, None)?.len()).unwrap_or(u64::MAX);
    let same_subscription = store::licences::subscription(conn)? == replay.subscription();
    let tenure = replay.tenure();
    let same_tenure = state.edition == tenure.map(|t| (t.edition, t.since)) && state.trial_ends == tenure.and_then(|t| t.trial_ends);
    let told = [
        compare("seats", state.counts.consumed, replay.consumed()),
        compare("bought licences", state.purchased, replay.purchased()),
        compare("seats that stay free", state.grandfathered, replay.grandfathered()),
        compare("granted seats", state.granted, replay.granted()),
        compare("invoices", invoices, replay.invoices()),
        compare("policy", state.policy.as_str(), replay.policy().unwrap_or(&state.policy)),
        (!same_subscription).then(|| "the subscription is another one than the events say".to_owned()),
        (!same_tenure).then(|| "the edition or its trial is another one than the events say".to_owned()),
    ];
    Ok(told.into_iter().flatten().collect())
}

/// The same for each user type, and for how many people are in others than the first one of a portal.
fn by_type(types: &[OfType], replay: &Replay, counts: Counts) -> Vec<String> {
    let mut held: BTreeMap<UserTypeId, u64> = BTreeMap::new();
    let mut beyond = BTreeSet::new();
    for (email, user_type) in replay.holding() {
        *held.entry(user_type).or_default() += 1;
        if types.iter().any(|t| t.id == user_type && t.kind == SeatKind::Other) {
            beyond.insert(email);
        }
    }
    let beyond = u64::try_from(beyond.len()).unwrap_or(u64::MAX);
    let mut told: Vec<String> = types
        .iter()
        .filter_map(|t| {
            compare(
                &format!("portal users in {}", t.name),
                t.invited + t.active,
                held.remove(&t.id).unwrap_or(0),
            )
        })
        .collect();
    told.extend(
        held.into_iter()
            .map(|(id, held)| format!("user type {id} is gone, but has {held} portal users by the events")),
    );
    told.extend(compare("people beside clients", counts.beyond, beyond));
    told
}

/// Whose seat is otherwise than the events say.
fn people(conn: &mut Conn, replay: &Replay) -> Result<Vec<String>, Error> {
    let live: BTreeMap<String, u64> = store::licences::seats(conn)?.into_iter().collect();
    let everybody = live.keys().chain(replay.seats().keys().filter(|email| !live.contains_key(*email)));
    let held = |seats: &BTreeMap<String, u64>, email: &String| seats.get(email).copied().unwrap_or(0);
    let told = everybody.filter_map(|email| {
        let what = format!("{email} as portal users");
        compare(&what, held(&live, email), held(replay.seats(), email))
    });
    Ok(told.collect())
}
