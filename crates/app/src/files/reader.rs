//! Reading a file, one piece in memory at a time.

use std::io::Write;

use domain::files::plain_name;
use store::engine::Database;
use store::files::File;

use crate::Error;

/// A file that is being read.
#[derive(Debug)]
pub struct Reader {
    db: Database,
    file: File,
    next: i64,
    left: i64,
}

impl Reader {
    pub(super) fn new(db: Database, file: File) -> Self {
        Self {
            db,
            left: file.size,
            file,
            next: 0,
        }
    }

    /// What it is called, what is in it, how large it is.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The same file under another name.
    #[must_use]
    pub(super) fn called(mut self, name: &str) -> Self {
        self.file.name = plain_name(name);
        self
    }

    /// The next piece; none at the end. A file that was forgotten meanwhile ends with an error, never early.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if self.left <= 0 {
            return Ok(None);
        }
        let (id, number) = (self.file.id, self.next);
        let found = self.db.read::<_, Error>(move |conn| Ok(store::files::chunk(conn, id, number)?));
        let bytes = found.await?.ok_or(Error::NotFound("file any more"))?;
        self.next += 1;
        self.left -= i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        Ok(Some(bytes))
    }

    /// Writes all of it. For temporary files, which the system's memory takes at once.
    pub async fn copy(mut self, to: &mut impl Write) -> Result<(), Error> {
        while let Some(bytes) = self.next().await? {
            to.write_all(&bytes).map_err(|error| crate::imports::uploads::no_room(&error))?;
        }
        Ok(())
    }
}
