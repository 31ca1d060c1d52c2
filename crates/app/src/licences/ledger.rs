//! The ledger for people to read.

use domain::ids::UserTypeId;
use domain::licences::{Event, Seat};
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
        let number = |text: String| match text.parse::<i64>() {
            Ok(number) if number > 0 => Ok(number.unsigned_abs()),
            _ => Err(Error::Input("before", "the number of an entry".into())),
        };
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

/// The user type of a seat for people to read; of somebody who was moved, from which one to which.
#[must_use]
pub fn types_of(ctx: &Ctx, seat: &Seat) -> String {
    let called = |id| match ctx.snapshot.user_type(id) {
        Some(user_type) => ctx.snapshot.called(user_type),
        None => "a user type that is gone".to_owned(),
    };
    match seat.to {
        Some(to) => format!("{} → {}", called(seat.user_type), called(to)),
        None => called(seat.user_type),
    }
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
