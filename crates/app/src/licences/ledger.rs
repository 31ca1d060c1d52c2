//! The ledger for people to read, and the proof that the live figures follow from it.

use std::collections::BTreeMap;

use domain::ids::UserTypeId;
use domain::licences::{Event, Replay};
use serde::Serialize;
use store::engine::Conn;
use store::licences::Entry;

use super::need_licences;
use crate::{Ctx, Error};

/// How many entries a page of the ledger has at most.
const MOST: u32 = 200;

/// Which entries are asked for; nothing said is all.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The page behind the entry with this number.
    pub before: Option<u64>,
    /// Of this person: why they hold a seat, or do not.
    pub email: Option<String>,
    pub user_type: Option<UserTypeId>,
    pub event: Option<Event>,
    /// How many; as many as a page may have, if nothing is said.
    pub limit: Option<u32>,
}

impl Asked {
    /// Reads what somebody has written; nothing is nothing said. Errors: [`Error::Input`] names what cannot be read.
    pub fn read(before: &str, email: &str, user_type: &str, event: &str) -> Result<Self, Error> {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let number = |text: String| text.parse().map_err(|_| Error::Input("before", "the number of an entry".into()));
        let id = |text: String| text.parse().map_err(|_| Error::Input("user_type", "the id of a user type".into()));
        let event = said(event).map(|name| {
            let all = Event::ALL.map(Event::name).join(", ");
            Event::parse(&name).ok_or_else(|| Error::Input("event", format!("one of {all}")))
        });
        Ok(Self {
            before: said(before).map(number).transpose()?,
            email: said(email).map(|email| email.to_lowercase()),
            user_type: said(user_type).map(id).transpose()?,
            event: event.transpose()?,
            limit: None,
        })
    }
}

/// A page of the ledger.
#[derive(Debug, Clone)]
pub struct Page {
    /// Newest first: at most 200.
    pub entries: Vec<Entry>,
    /// Of the person who was asked for: how many portal users they are that hold their seat. 0: they hold none.
    pub held: Option<u64>,
    /// There are older ones.
    pub more: bool,
}

/// What happened to the pool.
pub async fn ledger(ctx: &Ctx, asked: Asked) -> Result<Page, Error> {
    need_licences(ctx)?;
    let limit = asked.limit.unwrap_or(MOST).clamp(1, MOST);
    let wanted = store::licences::Wanted {
        before: asked.before,
        email: asked.email,
        user_type: asked.user_type,
        event: asked.event,
        limit: limit + 1,
    };
    let read = move |conn: &mut Conn| {
        let mut entries = store::licences::ledger(conn, &wanted)?;
        let more = entries.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let held = wanted.email.as_deref().map(|email| store::licences::held(conn, email));
        let held = held.transpose()?.map(|held| held.memberships);
        Ok(Page { entries, held, more })
    };
    ctx.tenant.db.snapshot(read).await
}

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
    let task = ctx.clone();
    ctx.tenant
        .db
        .snapshot(move |conn| {
            let pool = store::licences::pool(conn, task.ruling())?.pool;
            let consumed = pool.consumed;
            let (replay, mut wrong) = replay(conn)?;
            if pool.purchased != replay.purchased() {
                wrong.push(format!(
                    "the pool counts {} bought licences, by the events it is {}",
                    pool.purchased,
                    replay.purchased()
                ));
            }
            if pool.grandfathered != replay.grandfathered() {
                wrong.push(format!(
                    "{} seats stay free for ever, by the events it is {}",
                    pool.grandfathered,
                    replay.grandfathered()
                ));
            }
            if store::licences::subscription(conn)? != replay.subscription() {
                wrong.push("the subscription is another one than the events say".to_owned());
            }
            let invoices = store::licences::invoices(conn, None)?.len();
            if u64::try_from(invoices) != Ok(replay.invoices()) {
                wrong.push(format!("there are {invoices} invoices, by the events {}", replay.invoices()));
            }
            if consumed != replay.consumed() {
                wrong.push(format!(
                    "the pool counts {consumed} seats, by the events it is {}",
                    replay.consumed()
                ));
            }
            wrong.extend(differences(conn, &replay)?);
            Ok(Recomputed {
                events: replay.events(),
                by_events: replay.consumed(),
                consumed,
                purchased: replay.purchased(),
                wrong,
            })
        })
        .await
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

/// Whose seat is otherwise than the events say.
fn differences(conn: &mut Conn, replay: &Replay) -> Result<Vec<String>, Error> {
    let live: BTreeMap<String, u64> = store::licences::seats(conn)?.into_iter().collect();
    let people = live.keys().chain(replay.seats().keys().filter(|email| !live.contains_key(*email)));
    let held = |seats: &BTreeMap<String, u64>, email: &String| seats.get(email).copied().unwrap_or(0);
    let differs = people.filter(|email| held(&live, email) != held(replay.seats(), email));
    let told = |email: &String| {
        let (live, events) = (held(&live, email), held(replay.seats(), email));
        format!("{email} counts as {live} portal users, by the events as {events}")
    };
    Ok(differs.map(told).collect())
}
