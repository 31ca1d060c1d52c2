//! Queries in COQL: one statement over several modules, each as its plan shows it.

mod columns;
mod conditions;
mod rows;
mod statement;

use domain::records::coql::Selection;

use super::{ReadError, gate};
use crate::engine::{Database, Error};

/// The rows that a query finds, as JSON.
#[derive(Debug)]
pub struct Answer {
    /// `{"data":[{…},{…}]`: open at its end.
    pub body: Vec<u8>,
    pub count: u32,
    pub more: bool,
}

/// Answers a query. Of records, fields and look-ups that the viewer does not see, nothing is found, counted or compared.
pub async fn answer(db: &Database, selection: &Selection) -> Result<Answer, ReadError> {
    let (statement, outputs) = statement::write(db.dialect(), selection)?;
    let text = db.resolve(&statement.text);
    let rows = rows::Rows::new(outputs, selection.limit);
    let rows = db.stream(text, statement.params, rows, rows::write).await?;
    let current = match rows.is_current() {
        Some(current) => current,
        // Without a row nothing has said it.
        None => match selection.sources.first() {
            Some(asked) => {
                let access = asked.access.clone();
                db.read::<_, Error>(move |conn| gate::is_current(conn, &access)).await?
            }
            None => false,
        },
    };
    if current { Ok(rows.finish()) } else { Err(ReadError::Stale) }
}
