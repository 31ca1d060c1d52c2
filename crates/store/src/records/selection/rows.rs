//! The rows of a query as JSON.

use std::fmt::Write as _;

use super::Answer;
use crate::engine::{Error, Row};
use crate::records::json::{self, push_number};

/// How a column of the answer is written; `at`: where its first column stands in a row.
pub(super) enum Written {
    Value(json::Output),
    Count {
        key: Vec<u8>,
        at: usize,
    },
    /// Two columns: the upper and the lower half of a sum.
    Sum {
        key: Vec<u8>,
        scale: u8,
        at: usize,
    },
    /// Three columns: the halves of the sum, and of how many.
    Avg {
        key: Vec<u8>,
        scale: u8,
        at: usize,
    },
}

/// So many digits more than the values have are given of an average.
const AVERAGE_DIGITS: u8 = 4;

/// An answer that is as large ends: the rest is asked for by its offset.
const MOST_BYTES: usize = 16 << 20;

pub(super) struct Rows {
    outputs: Vec<Written>,
    body: Vec<u8>,
    scratch: String,
    count: u32,
    limit: u32,
    more: bool,
    current: Option<bool>,
}

impl Rows {
    pub fn new(outputs: Vec<Written>, limit: u32) -> Self {
        Self {
            outputs,
            body: b"{\"data\":[".to_vec(),
            scratch: String::new(),
            count: 0,
            limit,
            more: false,
            current: None,
        }
    }

    /// Whether the access held when the rows were read; unknown without a row.
    pub fn is_current(&self) -> Option<bool> {
        self.current
    }

    pub fn finish(mut self) -> Answer {
        self.body.push(b']');
        Answer {
            body: self.body,
            count: self.count,
            more: self.more,
        }
    }
}

pub(super) fn write(rows: &mut Rows, row: &dyn Row) -> Result<(), Error> {
    rows.current = Some(row.bool(0)?);
    if rows.count == rows.limit || rows.body.len() >= MOST_BYTES {
        rows.more = true;
        return Ok(());
    }
    if rows.count > 0 {
        rows.body.push(b',');
    }
    let begin = rows.body.len();
    for output in &rows.outputs {
        write_output(&mut rows.body, &mut rows.scratch, output, row)?;
    }
    // Every key has a comma before it: the first one gives way to the bracket.
    match rows.body.get_mut(begin) {
        Some(comma) => *comma = b'{',
        None => rows.body.push(b'{'),
    }
    rows.body.push(b'}');
    rows.count += 1;
    Ok(())
}

fn write_output(body: &mut Vec<u8>, scratch: &mut String, output: &Written, row: &dyn Row) -> Result<(), Error> {
    let (key, number, scale) = match output {
        Written::Value(value) => return json::write_value(body, scratch, value, row),
        Written::Count { key, at } => {
            body.extend_from_slice(key);
            push_number(body, row.int(*at)?);
            return Ok(());
        }
        Written::Sum { key, scale, at } => (key, sum(row, *at)?, *scale),
        Written::Avg { key, scale, at } => (key, average(row, *at)?, *scale + AVERAGE_DIGITS),
    };
    body.extend_from_slice(key);
    match number {
        Some(number) => {
            write_decimal(scratch, number, scale);
            body.extend_from_slice(match output {
                Written::Avg { .. } => scratch.trim_end_matches('0').trim_end_matches('.').as_bytes(),
                _ => scratch.as_bytes(),
            });
        }
        None => body.extend_from_slice(b"null"),
    }
    Ok(())
}

/// The sum of two halves; none where nothing was added up.
fn sum(row: &dyn Row, at: usize) -> Result<Option<i128>, Error> {
    let (high, low) = (row.opt_int(at)?, row.opt_int(at + 1)?);
    Ok(high.zip(low).map(|(high, low)| (i128::from(high) << 32) + i128::from(low)))
}

/// The average, in units of [`AVERAGE_DIGITS`] digits more; halves are rounded away from zero.
fn average(row: &dyn Row, at: usize) -> Result<Option<i128>, Error> {
    let count = i128::from(row.int(at + 2)?);
    let units = sum(row, at)?.map(|sum| sum * 10_i128.pow(u32::from(AVERAGE_DIGITS)));
    Ok(units.filter(|_| count > 0).map(|units| {
        let half = count / 2 * units.signum();
        (units + half) / count
    }))
}

/// A number in units of so many digits behind the point. Sums may be beyond what fits into a field.
fn write_decimal(into: &mut String, number: i128, scale: u8) {
    let (unit, width) = (10_u128.pow(u32::from(scale)), usize::from(scale));
    let (whole, part) = (number.unsigned_abs() / unit, number.unsigned_abs() % unit);
    let sign = if number < 0 { "-" } else { "" };
    into.clear();
    // Writing to a String cannot fail.
    let _ = match scale {
        0 => write!(into, "{sign}{whole}"),
        _ => write!(into, "{sign}{whole}.{part:0width$}"),
    };
}
