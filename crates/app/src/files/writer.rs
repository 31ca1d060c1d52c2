//! Writing a file, one piece in memory at a time.

use domain::files::{CHUNK, Purpose, plain_name};
use store::engine::{Conn, Database};
use store::files::NewFile;

use crate::{Ctx, Error};

/// A file that is being written. Nobody finds it before it is finished; one that never is goes with those that expire.
#[derive(Debug)]
pub struct Writer {
    db: Database,
    id: i64,
    next: i64,
    size: i64,
    /// What does not fill a piece yet.
    rest: Vec<u8>,
}

/// Pieces that are ready to be written.
#[derive(Debug)]
pub(crate) struct Pieces {
    file: i64,
    first: i64,
    pieces: Vec<Vec<u8>>,
}

impl Writer {
    /// Begins a file of the one who asks.
    pub async fn begin(ctx: &Ctx, purpose: Purpose, name: &str, content_type: &str) -> Result<Self, Error> {
        let file = NewFile {
            id: ctx.app.id(),
            name: plain_name(name),
            content_type: content_type.to_owned(),
            purpose,
            made_by: ctx.viewer.actor,
            made: ctx.app.now(),
        };
        let (id, db) = (file.id, ctx.tenant.db.clone());
        db.write::<_, Error>(move |conn| Ok(store::files::begin(conn, &file)?)).await?;
        Ok(Self {
            db,
            id,
            next: 0,
            size: 0,
            rest: Vec::new(),
        })
    }

    /// The file's id.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Writes more; each full piece at once.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let pieces = self.take(bytes);
        if pieces.is_empty() {
            return Ok(());
        }
        self.db.write(move |conn| pieces.write(conn)).await
    }

    /// Takes more in, and gives the pieces that are full: for whoever writes them in a transaction of their own.
    pub(crate) fn take(&mut self, mut bytes: &[u8]) -> Pieces {
        let (first, mut pieces) = (self.next, Vec::new());
        self.size += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        while self.rest.len() + bytes.len() >= CHUNK {
            let (now, later) = bytes.split_at_checked(CHUNK - self.rest.len()).unwrap_or((bytes, &[]));
            self.rest.extend_from_slice(now);
            pieces.push(std::mem::take(&mut self.rest));
            self.next += 1;
            bytes = later;
        }
        self.rest.extend_from_slice(bytes);
        Pieces {
            file: self.id,
            first,
            pieces,
        }
    }

    /// The file is complete from the commit on.
    pub(crate) fn finish_in(mut self, conn: &mut Conn) -> Result<(), Error> {
        if !self.rest.is_empty() {
            store::files::append(conn, self.id, self.next, std::mem::take(&mut self.rest))?;
        }
        Ok(store::files::complete(conn, self.id, self.size)?)
    }

    /// Forgets what was written.
    pub async fn discard(self) -> Result<(), Error> {
        let id = self.id;
        self.db.write(move |conn| Ok(store::files::forget(conn, id)?)).await
    }

    /// Writes what is left; returns the file's id.
    pub async fn finish(self) -> Result<i64, Error> {
        let (id, db) = (self.id, self.db.clone());
        db.write(move |conn| self.finish_in(conn)).await?;
        Ok(id)
    }
}

impl Pieces {
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Can be done again: a piece that is there stays.
    pub(crate) fn write(&self, conn: &mut Conn) -> Result<(), Error> {
        for (number, piece) in (self.first..).zip(&self.pieces) {
            store::files::append(conn, self.file, number, piece.clone())?;
        }
        Ok(())
    }
}
