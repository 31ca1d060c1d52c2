//! How many seats each user type had, day by day.

use domain::ids::UserTypeId;
use domain::time::Day;
use serde::Serialize;
use store::engine::Conn;

use super::need_licences;
use crate::{Ctx, Error};

/// Over how many days at most.
pub const MOST_DAYS: u16 = 366;

/// Portal users who are invited or active, by user type, at the end of each day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct History {
    /// The first and the last day, which is today.
    pub from: String,
    pub to: String,
    pub user_types: Vec<TypeHistory>,
}

/// One user type's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeHistory {
    pub id: UserTypeId,
    /// None: the user type is gone.
    pub name: Option<String>,
    /// One number for each day, the first day first.
    pub seats: Vec<u64>,
}

/// What each user type had over so many days up to today. Errors: [`Error::Input`] for less than 2 days or more than
/// [`MOST_DAYS`].
pub async fn history(ctx: &Ctx, days: u16) -> Result<History, Error> {
    need_licences(ctx)?;
    if !(2..=MOST_DAYS).contains(&days) {
        return Err(Error::Input("days", format!("2 to {MOST_DAYS}")));
    }
    let today = ctx.now.day();
    let from = Day(today.0 - i64::from(days) + 1);
    let read = move |conn: &mut Conn| {
        let (types, changes) = (store::licences::by_type(conn)?, store::licences::changes(conn, from)?);
        let now: Vec<(UserTypeId, u64)> = types.iter().map(|t| (t.id, t.invited + t.active)).collect();
        let lines = domain::licences::history(&now, &changes, today, days);
        let name = |id| types.iter().find(|t| t.id == id).map(|t| t.name.clone());
        Ok(History {
            from: from.iso(),
            to: today.iso(),
            user_types: lines
                .into_iter()
                .map(|(id, seats)| TypeHistory { id, name: name(id), seats })
                .collect(),
        })
    };
    ctx.tenant.db.snapshot(read).await
}
