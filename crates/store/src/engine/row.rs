//! The values that come out of a statement.

use super::Error;

/// A value in a result row, borrowed from the database's buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// An integer; booleans are 0 and 1.
    Int(i64),
    /// A floating-point number.
    Real(f64),
    /// Text.
    Text(&'a str),
    /// A piece of a file.
    Bytes(&'a [u8]),
}

impl Cell<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "an integer",
            Self::Real(_) => "a real",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// One row of a result. Columns are counted from 0.
pub trait Row {
    /// The value in a column.
    fn cell(&self, i: usize) -> Result<Cell<'_>, Error>;

    /// How many columns the row has.
    fn len(&self) -> usize;

    /// Has the row no columns at all?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The integer in a column.
    fn int(&self, i: usize) -> Result<i64, Error> {
        self.opt_int(i)?.ok_or_else(|| Error::decode(i, "an integer", "null"))
    }

    /// The integer in a column that may be empty.
    fn opt_int(&self, i: usize) -> Result<Option<i64>, Error> {
        match self.cell(i)? {
            Cell::Null => Ok(None),
            Cell::Int(value) => Ok(Some(value)),
            other => Err(Error::decode(i, "an integer", other.kind())),
        }
    }

    /// The number in a column.
    fn real(&self, i: usize) -> Result<f64, Error> {
        self.opt_real(i)?.ok_or_else(|| Error::decode(i, "a real", "null"))
    }

    /// The number in a column that may be empty.
    fn opt_real(&self, i: usize) -> Result<Option<f64>, Error> {
        match self.cell(i)? {
            Cell::Null => Ok(None),
            Cell::Real(value) => Ok(Some(value)),
            other => Err(Error::decode(i, "a real", other.kind())),
        }
    }

    /// The text in a column, borrowed.
    fn str(&self, i: usize) -> Result<&str, Error> {
        match self.cell(i)? {
            Cell::Text(value) => Ok(value),
            other => Err(Error::decode(i, "text", other.kind())),
        }
    }

    /// The text in a column.
    fn text(&self, i: usize) -> Result<String, Error> {
        self.str(i).map(ToOwned::to_owned)
    }

    /// The text in a column that may be empty.
    fn opt_text(&self, i: usize) -> Result<Option<String>, Error> {
        match self.cell(i)? {
            Cell::Null => Ok(None),
            Cell::Text(value) => Ok(Some(value.to_owned())),
            other => Err(Error::decode(i, "text", other.kind())),
        }
    }

    /// The bytes in a column.
    fn bytes(&self, i: usize) -> Result<Vec<u8>, Error> {
        match self.cell(i)? {
            Cell::Bytes(value) => Ok(value.to_vec()),
            other => Err(Error::decode(i, "bytes", other.kind())),
        }
    }

    /// The truth value in a column.
    fn bool(&self, i: usize) -> Result<bool, Error> {
        match self.int(i)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(Error::decode(i, "0 or 1", other.to_string())),
        }
    }
}
