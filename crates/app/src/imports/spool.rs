//! Taking in a file: decoded, looked over, and kept aside until it is read for good.
//!
//! A slow upload must not hold a transaction open, so the file is complete before one begins. Small files stay in
//! memory, larger ones lie in a temporary file that has no name.

use std::io::{Read, Seek, Write};

use encoding_rs::{DecoderResult, Encoding, UTF_8};
use tempfile::SpooledTempFile;

use super::{ImportError, Mapping};

const IN_MEMORY: usize = 1 << 20;
const PIECE: usize = 32 << 10;
/// The most bytes of a row, and the most values in one: rows are read whole, and each name in the first is compared with the others.
const MAX_ROW: usize = 1 << 20;
const MAX_VALUES: usize = 1000;

/// A file in UTF-8, without a mark at its beginning, at its beginning.
pub(super) struct Spool {
    pub(super) file: SpooledTempFile,
    /// Rows, with the first line.
    pub(super) rows: u64,
}

pub(super) fn spool(mut csv: impl Read, mapping: &Mapping) -> Result<Spool, ImportError> {
    let label = mapping.encoding.as_deref();
    let encoding = label.and_then(|name| Encoding::for_label(name.as_bytes())).unwrap_or(UTF_8);
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut scan = Scan::new(mapping.delimiter);
    let mut file = SpooledTempFile::new(IN_MEMORY);
    let mut input = vec![0; PIECE];
    let mut output = vec![0; PIECE * 3];
    let mut kept = Vec::with_capacity(PIECE * 3);
    loop {
        let read = csv.read(&mut input).map_err(|e| unreadable(&scan, &e))?;
        let mut rest = input.get(..read).unwrap_or_default();
        loop {
            let (result, used, written) = decoder.decode_to_utf8_without_replacement(rest, &mut output, read == 0);
            let text = output.get(..written).unwrap_or_default();
            scan.take(text, &mut kept)?;
            file.write_all(&kept).map_err(|e| unreadable(&scan, &e))?;
            kept.clear();
            rest = rest.get(used..).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => return Err(undecodable(&scan, encoding, label.is_some())),
            }
        }
        if read == 0 {
            break;
        }
    }
    scan.end(&mut kept)?;
    file.write_all(&kept).map_err(|e| unreadable(&scan, &e))?;
    file.rewind().map_err(|e| unreadable(&scan, &e))?;
    Ok(Spool { file, rows: scan.rows })
}

fn unreadable(scan: &Scan, error: &std::io::Error) -> ImportError {
    ImportError::File {
        line: scan.line,
        reason: format!("the file cannot be read: {error}"),
    }
}

fn undecodable(scan: &Scan, encoding: &'static Encoding, chosen: bool) -> ImportError {
    let advice = match chosen {
        true => "",
        false => "; if it has another encoding, name it in the mapping, such as encoding = \"windows-1252\"",
    };
    ImportError::File {
        line: scan.line,
        reason: format!("expected text in {}, but some bytes are not{advice}", encoding.name()),
    }
}

/// Where a byte stands.
#[derive(Clone, Copy, PartialEq)]
enum At {
    RowStart,
    ValueStart,
    Plain,
    /// Inside quotes.
    Quoted,
    /// Behind a quote inside quotes: the end, or half of a doubled one.
    Quote,
}

/// Looks at the quotes, which the CSV reader takes as they come; counts rows; and ends every line alike, so that the
/// CSV reader's count of lines can be relied upon.
struct Scan {
    delimiter: u8,
    at: At,
    line: u64,
    /// The line of the quote that is open.
    opened: u64,
    rows: u64,
    /// How many bytes the row has so far, and how many values.
    row: usize,
    values: usize,
    /// The byte before was a carriage return that ended a line.
    returned: bool,
}

impl Scan {
    fn new(delimiter: Option<char>) -> Self {
        Self {
            delimiter: delimiter.and_then(|d| u8::try_from(d).ok()).unwrap_or(b','),
            at: At::RowStart,
            line: 1,
            opened: 1,
            rows: 0,
            row: 0,
            values: 1,
            returned: false,
        }
    }

    fn take(&mut self, text: &[u8], kept: &mut Vec<u8>) -> Result<(), ImportError> {
        for &byte in text {
            let quoted = self.at == At::Quoted;
            let ends = !quoted && (byte == b'\n' || byte == b'\r');
            if std::mem::take(&mut self.returned) && byte == b'\n' {
                continue;
            }
            self.returned = ends && byte == b'\r';
            if self.at == At::RowStart {
                (self.row, self.values) = (0, 1);
                self.rows += u64::from(!ends);
            }
            self.measure(byte, quoted)?;
            self.at = self.after(byte, ends)?;
            self.line += u64::from(ends || byte == b'\n');
            kept.push(if ends { b'\n' } else { byte });
        }
        Ok(())
    }

    /// Refuses a row that is too long to be read as a whole.
    fn measure(&mut self, byte: u8, quoted: bool) -> Result<(), ImportError> {
        self.row += 1;
        self.values += usize::from(!quoted && byte == self.delimiter);
        let reason = match (self.row > MAX_ROW, self.values > MAX_VALUES) {
            (true, _) => "the row that begins or goes on here is longer than 1 MB",
            (_, true) => "the row has more than 1000 values",
            _ => return Ok(()),
        };
        Err(ImportError::File {
            line: self.line,
            reason: reason.into(),
        })
    }

    fn after(&mut self, byte: u8, ends: bool) -> Result<At, ImportError> {
        Ok(match (self.at, byte) {
            (At::Quoted, b'"') => At::Quote,
            (At::Quoted, _) | (At::Quote, b'"') => At::Quoted,
            _ if ends => At::RowStart,
            (_, b) if b == self.delimiter => At::ValueStart,
            (At::RowStart | At::ValueStart, b'"') => {
                self.opened = self.line;
                At::Quoted
            }
            (At::Quote, _) => {
                return Err(ImportError::File {
                    line: self.line,
                    reason: "a quoted value goes on behind its closing quote: expected a quote inside it to be doubled".into(),
                });
            }
            _ => At::Plain,
        })
    }

    fn end(&self, kept: &mut Vec<u8>) -> Result<(), ImportError> {
        if self.at == At::Quoted {
            return Err(ImportError::File {
                line: self.opened,
                reason: "a quote that opens here is never closed".into(),
            });
        }
        if self.at != At::RowStart {
            kept.push(b'\n');
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(csv: &str) -> (u64, String) {
        match spool(csv.as_bytes(), &Mapping::default()) {
            Err(ImportError::File { line, reason }) => (line, reason),
            Err(other) => panic!("{other}"),
            Ok(spool) => panic!("{} rows were taken", spool.rows),
        }
    }

    #[test]
    fn rows_that_are_too_long_are_refused_before_they_are_read_whole() {
        let long = "x".repeat(MAX_ROW + 1);
        let (line, reason) = refused(&format!("a,b\n1,2\n3,\"{long}\n"));
        assert_eq!((line, reason.contains("1 MB")), (3, true), "{reason}");
        let (line, reason) = refused(&format!("a{}\n", ",b".repeat(MAX_VALUES)));
        assert_eq!((line, reason.contains("1000 values")), (1, true), "{reason}");
    }

    #[test]
    fn commas_within_quotes_part_nothing_and_each_row_is_measured_by_itself() {
        let commas = format!("a,b\n\"{}\",2\n", ",".repeat(MAX_VALUES + 1));
        assert_eq!(spool(commas.as_bytes(), &Mapping::default()).unwrap().rows, 2);
        let half = "x".repeat(MAX_ROW / 2);
        let rows = format!("a\n{half}\n{half}\n{half}\n");
        assert_eq!(spool(rows.as_bytes(), &Mapping::default()).unwrap().rows, 4);
    }
}
