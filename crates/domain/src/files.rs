//! Files: what they are for, and how long they stay.

use crate::time::Moment;

/// The most bytes of a file that lie in one row.
pub const CHUNK: usize = 256 * 1024;

/// The most bytes of a record's file.
pub const MOST_BYTES: usize = 20 << 20;

const DAY: i64 = 24 * 3600;

/// What a file is for. Whoever asks for it for something else does not get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Records that somebody has uploaded, to be written.
    ToWrite,
    /// Records that were read.
    ReadResult,
    /// What became of records that were written.
    WriteResult,
    /// Uploaded, to become the file of a record.
    ForRecord,
    /// The file of a record.
    OfRecord,
}

impl Purpose {
    pub const ALL: [Self; 5] = [Self::ToWrite, Self::ReadResult, Self::WriteResult, Self::ForRecord, Self::OfRecord];

    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ToWrite => "to_write",
            Self::ReadResult => "read_result",
            Self::WriteResult => "write_result",
            Self::ForRecord => "for_record",
            Self::OfRecord => "of_record",
        }
    }

    /// The purpose with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// Until when such a file stays that is made now. That of a record stays as long as it is that.
    #[must_use]
    pub fn end(self, now: Moment) -> Moment {
        match self {
            Self::ToWrite | Self::ReadResult | Self::ForRecord => now.plus_seconds(DAY),
            Self::WriteResult => now.plus_seconds(2 * DAY),
            Self::OfRecord => Moment(i64::MAX),
        }
    }
}

/// A name that can stand in a header and on any disk: without paths, at most 120 characters.
#[must_use]
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !"\"<>:|?*".contains(*c))
        .take(120)
        .collect();
    match plain.trim().trim_matches('.') {
        "" => "file".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path_and_no_header() {
        for (given, plain) in [
            ("contacts.zip", "contacts.zip"),
            ("../../etc/passwd", "passwd"),
            ("C:\\files\\a.csv", "a.csv"),
            ("a\r\nb\".csv", "ab.csv"),
            ("..", "file"),
            ("", "file"),
        ] {
            assert_eq!(plain_name(given), plain);
        }
        assert_eq!(plain_name(&"ä".repeat(200)).chars().count(), 120);
    }

    #[test]
    fn every_purpose_is_found_by_its_name() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::named(purpose.name()), Some(purpose));
        }
        assert_eq!(Purpose::named("nonsense"), None);
    }
}
