//! Bulk read: the records of a question, as a file.

mod order;
mod work;

pub use order::{Asked, Refused};
pub(super) use work::{carry_out, failed};

use domain::time::Moment;
use serde_json::Value;

use super::{READ, State, desk};
use crate::files::Reader;
use crate::{Ctx, Error};
use order::Order;
use work::Ended;

/// The most records of a job: a page, of which there may be more.
pub const PER_PAGE: u64 = 200_000;
/// How far pages go by their number.
pub const MOST_PAGES: u32 = 50;

/// A job that reads, as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: i64,
    pub state: State,
    pub module: String,
    pub fields: Vec<String>,
    pub criteria: Option<Value>,
    pub page: u32,
    pub callback: Option<String>,
    pub created: Moment,
    pub created_by: (i64, String),
    /// Once it is completed.
    pub found: Option<Found>,
    /// Why it failed.
    pub error: Option<String>,
}

/// What a job has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub count: u64,
    /// The last record of the page, if there are more behind it.
    pub last: Option<i64>,
}

/// Orders a file. Its id is for [`status`].
pub async fn order(ctx: &Ctx, asked: Asked) -> Result<i64, Refused> {
    asked.check(ctx)?;
    Ok(desk::add(ctx, READ, move |session| Order { session, asked }.write()).await?)
}

/// How a job of the one who asks stands.
pub async fn status(ctx: &Ctx, id: i64) -> Result<Job, Error> {
    let (job, name) = desk::own(ctx, id, READ).await?;
    let order = Order::read(&job.payload).ok_or(Error::NotFound("job"))?;
    let ended = Ended::read(&job.result);
    Ok(Job {
        id,
        state: State::of(&job),
        module: order.asked.module,
        fields: order.asked.fields,
        criteria: order.asked.criteria,
        page: order.asked.page,
        callback: order.asked.callback,
        created: job.created,
        created_by: (job.created_by, name),
        found: ended.file.map(|_| Found {
            count: ended.count,
            last: ended.last,
        }),
        error: ended.error,
    })
}

/// The file of a completed job of the one who asks.
pub async fn result(ctx: &Ctx, id: i64) -> Result<Reader, Error> {
    let (job, _) = desk::own(ctx, id, READ).await?;
    let file = Ended::read(&job.result).file.ok_or(Error::NotFound("file"))?;
    crate::files::open(ctx, file, domain::files::Purpose::ReadResult).await
}
