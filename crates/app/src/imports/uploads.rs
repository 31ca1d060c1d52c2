//! Files that were uploaded and wait for somebody to say how they are to be imported.
//!
//! They lie in temporary files of this process: after a restart, or on another server, the file is
//! asked for again.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::OrgId;
use domain::time::Moment;
use tempfile::NamedTempFile;

use crate::{Ctx, Error};

/// How long a file waits, in seconds.
const WAITS: i64 = 2 * 3600;
/// How many files of one organisation wait at the same time; the oldest gives way.
const MOST: usize = 20;

/// The files that wait in this process.
#[derive(Debug, Default, Clone)]
pub struct Uploads {
    waiting: Arc<Mutex<HashMap<i64, Upload>>>,
}

#[derive(Debug)]
struct Upload {
    org: OrgId,
    actor: i64,
    at: Moment,
    name: String,
    file: NamedTempFile,
}

/// A temporary file to write an upload into.
pub fn begin() -> Result<NamedTempFile, Error> {
    NamedTempFile::new().map_err(|error| no_room(&error))
}

/// Writing to a temporary file failed: mostly because the disk is full.
pub fn no_room(error: &io::Error) -> Error {
    tracing::error!(%error, "an upload cannot be kept");
    Error::Busy
}

/// Keeps an uploaded file for the one who asks; returns its id.
pub fn keep(ctx: &Ctx, name: &str, file: NamedTempFile) -> Result<i64, Error> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden);
    }
    let (id, org, now) = (ctx.app.id(), ctx.tenant.org.id, ctx.app.now());
    let mut waiting = ctx.app.uploads().lock();
    waiting.retain(|_, upload| upload.at.plus_seconds(WAITS) > now);
    let mut own: Vec<i64> = waiting.iter().filter(|(_, u)| u.org == org).map(|(id, _)| *id).collect();
    own.sort_unstable();
    for old in own.iter().take((own.len() + 1).saturating_sub(MOST)) {
        waiting.remove(old);
    }
    let upload = Upload {
        org,
        actor: ctx.viewer.actor,
        at: now,
        name: name.chars().take(120).collect(),
        file,
    };
    waiting.insert(id, upload);
    Ok(id)
}

/// A file that waits, with its name, opened from the beginning. Only for the one who uploaded it.
pub fn open(ctx: &Ctx, id: i64) -> Result<(String, File), Error> {
    let waiting = ctx.app.uploads().lock();
    let own = |u: &&Upload| u.org == ctx.tenant.org.id && u.actor == ctx.viewer.actor;
    let upload = waiting
        .get(&id)
        .filter(own)
        .ok_or(Error::NotFound("upload any more: please choose the file again"))?;
    let file = upload.file.reopen().map_err(|error| no_room(&error))?;
    Ok((upload.name.clone(), file))
}

/// Lets a file go.
pub fn forget(ctx: &Ctx, id: i64) {
    ctx.app.uploads().lock().remove(&id);
}

impl Uploads {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Upload>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
