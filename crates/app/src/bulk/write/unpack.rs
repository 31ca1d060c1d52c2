//! Opening an uploaded archive: one CSV file, no paths, and no more of it than there should be.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config, ZipFile};

/// The most bytes of the file in an archive.
const MOST_BYTES: u64 = 2 << 30;
/// How many times as large as its archive the file may be: real tables are some ten times as large…
const RATIO: u64 = 100;
/// …and small ones may be what they like.
const ALWAYS: u64 = 16 << 20;
/// How far from the end an archive's directory is looked for: its end with the longest comment.
const TAIL: u64 = 22 + 65_535;

/// Why an archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadArchive {
    #[error("invalid file format. only zip format is supported")]
    NotZip,
    #[error("expected a zip with one csv file in it")]
    NotOne,
    #[error("expected a csv file without a path, not {0:?}")]
    Name(String),
    #[error("the file in the archive is encrypted")]
    Encrypted,
    #[error("the file in the archive is too large: at most 2 GB, and at most {RATIO} times the archive")]
    TooLarge,
}

/// An archive whose directory was read.
#[derive(Debug)]
pub(super) struct Unpacked {
    archive: ZipArchive<File>,
    pub name: String,
    most: u64,
}

impl Unpacked {
    /// Looks into an archive of so many bytes.
    pub(super) fn open(mut file: File, size: u64) -> Result<Self, BadArchive> {
        let entries = entries(&mut file, size).map_err(|_| BadArchive::NotZip)?;
        if entries != 1 {
            return Err(if entries == 0 { BadArchive::NotZip } else { BadArchive::NotOne });
        }
        let config = Config {
            archive_offset: ArchiveOffset::Known(0),
        };
        let mut archive = ZipArchive::with_config(config, file).map_err(|_| BadArchive::NotZip)?;
        if archive.len() != 1 {
            return Err(BadArchive::NotOne);
        }
        let most = size.saturating_mul(RATIO).clamp(ALWAYS, MOST_BYTES);
        let entry = archive.by_index_raw(0).map_err(|_| BadArchive::NotZip)?;
        let name = entry.name().map_err(|_| BadArchive::NotZip)?.into_owned();
        let short = || name.chars().take(100).collect();
        if entry.encrypted() {
            return Err(BadArchive::Encrypted);
        }
        if entry.is_dir() || name.contains(['/', '\\', '\0']) || !name.to_ascii_lowercase().ends_with(".csv") {
            return Err(BadArchive::Name(short()));
        }
        // What it says of itself; that it is true is seen while it is read.
        if entry.size() > most {
            return Err(BadArchive::TooLarge);
        }
        drop(entry);
        Ok(Self { archive, name, most })
    }

    /// The file, to be read once. It ends with an error where it is larger than it may be.
    pub(super) fn reader(&mut self) -> Result<Bounded<ZipFile<'_, File>>, BadArchive> {
        let left = self.most;
        let inner = self.archive.by_index(0).map_err(|_| BadArchive::NotZip)?;
        Ok(Bounded { inner, left })
    }
}

/// How many entries the end of the archive speaks of. An archive with many would have a large directory in memory; so would one
/// that has a second end with numbers of its own, which nothing of this size needs.
fn entries(file: &mut File, size: u64) -> io::Result<u16> {
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    file.rewind()?;
    let locator = |at: usize| at.checked_sub(20).and_then(|from| tail.get(from..at));
    let mut ends = tail.windows(22).enumerate().filter(|(_, window)| window.starts_with(b"PK\x05\x06"));
    match (ends.next(), ends.next()) {
        (Some((at, _)), None) if locator(at).is_some_and(|before| before.starts_with(b"PK\x06\x07")) => Ok(0),
        (Some((_, [.., low, high, _, _, _, _, _, _, _, _, _, _])), None) => Ok(u16::from_le_bytes([*low, *high])),
        _ => Ok(0),
    }
}

/// A reader that ends with an error instead of giving more than it may.
pub(super) struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(u64::try_from(read).unwrap_or(u64::MAX)) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(BadArchive::TooLarge)),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn archive(entries: &[(&str, &[u8])]) -> (File, u64) {
        let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        sized(zip.finish().unwrap())
    }

    fn sized(file: File) -> (File, u64) {
        let size = file.metadata().unwrap().len();
        (file, size)
    }

    fn refused((file, size): (File, u64)) -> String {
        Unpacked::open(file, size).unwrap_err().to_string()
    }

    #[test]
    fn one_csv_file_is_read() {
        let (file, size) = archive(&[("Leads.CSV", b"a,b\n1,2\n")]);
        let mut unpacked = Unpacked::open(file, size).unwrap();
        let mut text = String::new();
        unpacked.reader().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((unpacked.name.as_str(), text.as_str()), ("Leads.CSV", "a,b\n1,2\n"));
    }

    #[test]
    fn anything_else_is_refused() {
        let one: &[u8] = b"a\n1\n";
        for entries in [
            vec![("a.csv", one), ("b.csv", one)],
            vec![("a.csv", one); 1].into_iter().chain([("c.txt", one)]).collect(),
        ] {
            assert!(refused(archive(&entries)).contains("one csv file"));
        }
        for name in ["dir/a.csv", "../a.csv", "/a.csv", "a\\b.csv", "a.txt", "a.csv/"] {
            assert!(refused(archive(&[(name, one)])).contains("without a path"), "{name}");
        }
        let mut text = tempfile::tempfile().unwrap();
        text.write_all(b"a,b\n1,2\n").unwrap();
        assert!(refused(sized(text)).contains("only zip"));
        assert!(refused(sized(tempfile::tempfile().unwrap())).contains("only zip"));
        let mut cut = archive(&[("a.csv", one)]).0;
        cut.seek(SeekFrom::End(0)).unwrap();
        cut.write_all(b"PK\x05\x06 and so on, which is no end of an archive").unwrap();
        assert!(refused(sized(cut)).contains("only zip"));
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let bomb = archive(&[("a.csv", &vec![b'a'; 32 << 20])]);
        assert!(bomb.1 < 100_000, "{}", bomb.1);
        assert!(refused(bomb).contains("too large"));
        // One that lies about itself is found out while it is read.
        let mut read = Bounded {
            inner: io::repeat(b'a'),
            left: 1 << 20,
        };
        let error = io::copy(&mut read, &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("too large"));
    }
}
