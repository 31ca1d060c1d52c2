//! A zip with one CSV file, written as a stream: what is ready can be taken away at any time.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use store::engine;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

use crate::Error;

/// What is ready.
#[derive(Clone, Default)]
struct Pile(Arc<Mutex<Vec<u8>>>);

impl Pile {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive that is being written.
pub(super) struct Archive {
    csv: csv::Writer<ZipWriter<StreamWriter<Pile>>>,
    pile: Pile,
}

impl Archive {
    /// Begins with the names of the columns.
    pub(super) fn begin(name: &str, header: &[String]) -> Result<Self, Error> {
        let pile = Pile::default();
        let mut zip = ZipWriter::new_stream(pile.clone());
        zip.start_file(name, SimpleFileOptions::default().large_file(true))
            .map_err(broken)?;
        let mut csv = csv::Writer::from_writer(zip);
        csv.write_record(header).map_err(broken)?;
        Ok(Self { csv, pile })
    }

    /// Adds rows, beside whatever else waits to be done here; returns what is ready.
    pub(super) async fn add(mut self, rows: Vec<Vec<String>>) -> Result<(Self, Vec<u8>), Error> {
        let added = tokio::task::spawn_blocking(move || {
            for row in rows {
                self.csv.write_record(&row).map_err(broken)?;
            }
            let ready = self.pile.take();
            Ok((self, ready))
        });
        added.await.unwrap_or_else(|error| Err(broken(error)))
    }

    /// Ends it; returns what is left.
    pub(super) fn finish(self) -> Result<Vec<u8>, Error> {
        let zip = self.csv.into_inner().map_err(|error| broken(error.error()))?;
        zip.finish().map_err(broken)?;
        Ok(self.pile.take())
    }
}

/// Writing into memory does not fail, unless we are wrong.
fn broken(error: impl Display) -> Error {
    Error::Internal(engine::Error::Database(format!("an archive cannot be written: {error}")))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;

    #[tokio::test]
    async fn what_is_taken_away_piece_by_piece_is_one_archive() {
        let mut archive = Archive::begin("rows.csv", &["Id".into(), "Name".into()]).unwrap();
        let mut bytes = Vec::new();
        for n in 0..5000 {
            let (next, ready) = archive.add(vec![vec![n.to_string(), "a, \"b\"\nc".into()]]).await.unwrap();
            archive = next;
            bytes.extend(ready);
        }
        bytes.extend(archive.finish().unwrap());
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        zip.by_name("rows.csv").unwrap().read_to_string(&mut text).unwrap();
        let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 5000);
        assert_eq!(rows.last(), Some(&csv::StringRecord::from(vec!["4999", "a, \"b\"\nc"])));
    }
}
