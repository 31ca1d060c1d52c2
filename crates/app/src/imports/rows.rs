//! The rows of a file, one after the other.

use std::io::{BufReader, Read};

use csv::StringRecord;
use tempfile::SpooledTempFile;

use super::outcome::{RowCode, RowError};
use super::spool::{Spool, spool};
use super::{ImportError, Mapping};

/// A file that was taken in, read up to its first line.
pub(crate) struct Rows {
    reader: csv::Reader<BufReader<SpooledTempFile>>,
    pub(crate) headers: Vec<String>,
    /// Rows, without the first line.
    pub(super) total: u64,
    unquoted_commas: bool,
    delimiter: char,
}

/// A row with as many values as there are columns.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) cells: StringRecord,
}

impl Rows {
    /// Takes a file in and reads its first line.
    pub(crate) fn open(csv: impl Read, mapping: &Mapping) -> Result<Self, ImportError> {
        let Spool { file, rows } = spool(csv, mapping)?;
        let delimiter = mapping.delimiter.unwrap_or(',');
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .from_reader(BufReader::new(file));
        let mut first = StringRecord::new();
        if !reader.read_record(&mut first).map_err(|e| broken(&e))? {
            return Err(ImportError::Empty);
        }
        let headers: Vec<String> = first.iter().map(|name| name.trim().to_owned()).collect();
        let twin = headers
            .iter()
            .enumerate()
            .find(|(n, name)| !name.is_empty() && headers.iter().take(*n).any(|h| h == *name));
        if let Some((_, name)) = twin {
            return Err(ImportError::HeaderTwice(name.clone()));
        }
        Ok(Self {
            reader,
            headers,
            total: rows.saturating_sub(1),
            unquoted_commas: mapping.unquoted_commas,
            delimiter,
        })
    }

    /// The next row; an error inside is about this row alone.
    pub(super) fn next(&mut self) -> Result<Option<Result<Row, RowError>>, ImportError> {
        let mut cells = StringRecord::new();
        if !self.reader.read_record(&mut cells).map_err(|e| broken(&e))? {
            return Ok(None);
        }
        // The reader's own word for where a record begins does not know of empty lines before it. Every line has its end.
        let inside = cells.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        let line = self.reader.position().line().saturating_sub(1 + u64::try_from(inside).unwrap_or(0));
        let wanted = self.headers.len();
        if cells.len() > wanted && self.unquoted_commas {
            cells = self.joined(&cells).unwrap_or(cells);
        }
        if cells.len() == wanted {
            return Ok(Some(Ok(Row { line, cells })));
        }
        Ok(Some(Err(RowError {
            line,
            column: None,
            field: None,
            value: None,
            code: RowCode::Invalid,
            reason: self.wrong_length(&cells),
        })))
    }

    fn wrong_length(&self, cells: &StringRecord) -> String {
        let looks_unquoted = cells.len() > self.headers.len() && self.joined(cells).is_some();
        let advice = match looks_unquoted {
            true => "; a value with a comma in it must be quoted, or the mapping say unquoted_commas = true",
            false => "",
        };
        format!("expected {} values, found {}{advice}", self.headers.len(), cells.len())
    }

    /// The row with the values that begin with a space joined to the one before, if that makes it the right length.
    fn joined(&self, cells: &StringRecord) -> Option<StringRecord> {
        let mut values: Vec<String> = Vec::with_capacity(self.headers.len());
        for cell in cells {
            match values.last_mut() {
                Some(before) if cell.starts_with(' ') => {
                    before.push(self.delimiter);
                    before.push_str(cell);
                }
                _ => values.push(cell.to_owned()),
            }
        }
        (values.len() == self.headers.len()).then(|| StringRecord::from(values))
    }

    /// A place, if there is a column.
    pub(super) fn place(&self, index: usize) -> Result<usize, ImportError> {
        let missing = ImportError::NoSuchPlace {
            index,
            columns: self.headers.len(),
        };
        (index < self.headers.len()).then_some(index).ok_or(missing)
    }

    /// The place of a column.
    pub(super) fn column(&self, name: &str) -> Result<usize, ImportError> {
        let missing = || ImportError::NoSuchColumn {
            column: name.to_owned(),
            there: self.headers.clone(),
        };
        self.headers.iter().position(|h| h == name.trim()).ok_or_else(missing)
    }
}

fn broken(error: &csv::Error) -> ImportError {
    ImportError::File {
        line: error.position().map_or(1, csv::Position::line),
        reason: error.to_string(),
    }
}
