//! Bulk write: the rows of an uploaded file become records, or change those that are there.
//!
//! The import engine does it; what is here is the order, the file's way in, and the file that says what became of each row.

mod columns;
mod order;
mod told;
mod unpack;
mod work;

pub use columns::{Column, Origin};
pub use order::{Asked, Operation, Refused};
pub(super) use work::{carry_out, failed};

use domain::files::Purpose;
use domain::time::Moment;

use super::{State, WRITE, desk};
use crate::files::{Reader, Writer};
use crate::{Ctx, Error};
use order::Order;
use work::Ended;

/// The most bytes of an upload.
pub const MOST_BYTES: usize = 100 << 20;
/// How many uploads of one person may wait to be written.
const MOST_UPLOADS: i64 = 20;

/// An upload that was begun so many seconds ago and is not there has broken off.
const ARRIVES: i64 = 600;

/// A job that writes, as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: i64,
    pub state: State,
    pub asked: Asked,
    pub created: Moment,
    pub created_by: (i64, String),
    pub counts: Counts,
    /// The name of the file in the upload, once it was opened.
    pub file_name: Option<String>,
    /// Whether there is a file that says what became of each row.
    pub has_result: bool,
    /// Why it failed: a code, and words.
    pub error: Option<(String, String)>,
}

/// What became of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    pub added: u64,
    pub updated: u64,
    pub skipped: u64,
    pub total: u64,
}

/// Begins to take in an archive. Not for portal users.
pub async fn upload(ctx: &Ctx, name: &str) -> Result<Writer, Error> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden);
    }
    let (actor, now) = (ctx.viewer.actor, ctx.now);
    let waiting = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::files::count(conn, Purpose::ToWrite, actor, now.plus_seconds(-ARRIVES), now)?));
    if waiting.await? >= MOST_UPLOADS {
        return Err(Error::TooManyUploads(MOST_UPLOADS));
    }
    Writer::begin(ctx, Purpose::ToWrite, name, "application/zip").await
}

/// Orders that an uploaded file be written. The job's id is for [`status`].
pub async fn order(ctx: &Ctx, asked: Asked) -> Result<i64, Refused> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden.into());
    }
    asked.check(ctx)?;
    match crate::files::open(ctx, asked.file, Purpose::ToWrite).await {
        Ok(_) => Ok(desk::add(ctx, WRITE, move |session| Order { session, asked }.write()).await?),
        Err(Error::NotFound(_)) => Err(Refused::File),
        Err(other) => Err(other.into()),
    }
}

/// How a job of the one who asks stands.
pub async fn status(ctx: &Ctx, id: i64) -> Result<Job, Error> {
    let (job, name) = desk::own(ctx, id, WRITE).await?;
    let order = Order::read(&job.payload).ok_or(Error::NotFound("job"))?;
    let ended = Ended::read(&job.result);
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    let under_way = Counts {
        total: number(job.total),
        ..Counts::default()
    };
    Ok(Job {
        id,
        state: State::of(&job),
        asked: order.asked,
        created: job.created,
        created_by: (job.created_by, name),
        counts: ended.counts.unwrap_or(under_way),
        file_name: ended.file_name,
        has_result: ended.file.is_some(),
        error: ended.error,
    })
}

/// The file that says what became of each row.
pub async fn result(ctx: &Ctx, id: i64) -> Result<Reader, Error> {
    let (job, _) = desk::own(ctx, id, WRITE).await?;
    let file = Ended::read(&job.result).file.ok_or(Error::NotFound("file"))?;
    crate::files::open(ctx, file, Purpose::WriteResult).await
}
