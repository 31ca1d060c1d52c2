//! What is bought, what is owed for it, and what was paid.

use domain::licences::{Bill, Licences, Subscription, Uncharged};
use domain::time::Day;

use super::{count, steps, whole};
use crate::document;
use crate::engine::{Conn, Error, Param, Row};

/// The subscription, if anything was ever bought.
pub fn subscription(conn: &mut Conn) -> Result<Option<Subscription>, Error> {
    let sql = "SELECT currency, cycle, quantity, next, begun, number, uncharged, uncharged_side, uncharged_next, uncharged_next_side
        FROM :db.subscription WHERE id = 1";
    conn.row(sql, &[], |row| {
        let cycle = domain::licences::Cycle::parse(&row.text(1)?);
        Ok(Subscription {
            currency: steps::currency(&row.text(0)?)?,
            cycle: cycle.ok_or_else(|| document::unreadable("an unknown cycle"))?,
            quantity: count(row.int(2)?),
            next: count(row.int(3)?),
            begun: Day(row.int(4)?),
            number: u32::try_from(row.int(5)?).unwrap_or(0),
            uncharged: uncharged(row, 6)?,
            uncharged_next: uncharged(row, 8)?,
        })
    })
}

fn uncharged(row: &dyn Row, at: usize) -> Result<Uncharged, Error> {
    Ok(Uncharged {
        quantity: count(row.int(at)?),
        side: steps::side(&row.text(at + 1)?)?,
    })
}

/// Puts the subscription in its place, and its licences into the pool.
pub fn put_subscription(conn: &mut Conn, bought: &Subscription) -> Result<(), Error> {
    let quantity = whole(bought.quantity);
    let params: [Param; 10] = [
        bought.currency.code().into(),
        bought.cycle.name().into(),
        quantity.into(),
        whole(bought.next).into(),
        bought.begun.0.into(),
        i64::from(bought.number).into(),
        whole(bought.uncharged.quantity).into(),
        steps::side_name(bought.uncharged.side).into(),
        whole(bought.uncharged_next.quantity).into(),
        steps::side_name(bought.uncharged_next.side).into(),
    ];
    conn.execute(
        "INSERT INTO :db.subscription
            (id, currency, cycle, quantity, next, begun, number, uncharged, uncharged_side, uncharged_next, uncharged_next_side)
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET currency = $1, cycle = $2, quantity = $3, next = $4, begun = $5, number = $6,
            uncharged = $7, uncharged_side = $8, uncharged_next = $9, uncharged_next_side = $10",
        &params,
    )?;
    conn.execute("UPDATE :db.pool SET purchased = $1 WHERE id = 1", &[quantity.into()])
        .map(drop)
}

/// The number of the next invoice. It is taken: whoever asks writes the invoice, or ends the transaction without.
pub fn next_invoice(conn: &mut Conn) -> Result<u64, Error> {
    next(conn, "invoices")
}

fn next(conn: &mut Conn, what: &str) -> Result<u64, Error> {
    let sql = format!("UPDATE :db.pool SET {what} = {what} + 1 WHERE id = 1 RETURNING {what}");
    let number = conn.row(&sql, &[], |row| row.int(0))?;
    number.map(count).ok_or_else(|| document::unreadable("the pool has no row"))
}

/// Keeps that an invoice is to be paid; what it says stands in a ledger entry.
pub fn insert_invoice(conn: &mut Conn, bill: &Bill, entry: u64) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.invoices (number, entry, due, reference) VALUES ($1, $2, $3, '')",
        &[whole(bill.number).into(), whole(entry).into(), bill.due.0.into()],
    )?;
    note_oldest(conn)
}

/// What is neither paid nor taken back.
const OWED: &str = "FROM :db.invoices i WHERE i.paid IS NULL
    AND NOT EXISTS (SELECT 1 FROM :db.credit_notes c WHERE c.invoice = i.number)";

/// How many invoices are neither paid nor taken back, and when the oldest of them is due.
pub fn owed(conn: &mut Conn) -> Result<(u64, Option<Day>), Error> {
    let found = conn.row(&format!("SELECT count(*), min(i.due) {OWED}"), &[], |row| {
        Ok((count(row.int(0)?), row.opt_int(1)?.map(Day)))
    })?;
    Ok(found.unwrap_or((0, None)))
}

/// Writes beside the pool when the oldest invoice was due that is neither paid nor taken back.
fn note_oldest(conn: &mut Conn) -> Result<(), Error> {
    let sql = format!("UPDATE :db.pool SET oldest_due = (SELECT min(i.due) {OWED}) WHERE id = 1");
    conn.execute(&sql, &[]).map(drop)
}

/// An invoice, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    pub bill: Bill,
    pub issued: Day,
    /// The ledger entry from which it follows.
    pub entry: u64,
    pub paid: Option<Day>,
    /// What whoever took the money wrote beside it.
    pub reference: String,
    /// The credit note by which it was taken back.
    pub credited: Option<CreditNote>,
}

/// An invoice is taken back as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditNote {
    /// 1 for the first of the organisation, without gaps.
    pub number: u64,
    pub issued: Day,
    pub reason: String,
}

/// Invoices, the newest first: the one with a number, or all.
pub fn invoices(conn: &mut Conn, number: Option<u64>) -> Result<Vec<Invoice>, Error> {
    let sql = format!(
        "SELECT i.entry, i.paid, i.reference, c.number, c.issued, c.reason, l.licences
         FROM :db.invoices i JOIN :db.ledger l ON l.number = i.entry LEFT JOIN :db.credit_notes c ON c.invoice = i.number
         {} ORDER BY i.number DESC",
        if number.is_some() { "WHERE i.number = $1" } else { "" }
    );
    let params: Vec<Param> = number.map(|number| whole(number).into()).into_iter().collect();
    conn.rows(&sql, &params, |row| {
        let Licences { on, bill, .. } = steps::read(&row.text(6)?)?;
        let credit = row.opt_int(3)?.map(|number| -> Result<CreditNote, Error> {
            Ok(CreditNote {
                number: count(number),
                issued: Day(row.int(4)?),
                reason: row.text(5)?,
            })
        });
        Ok(Invoice {
            bill: bill.ok_or_else(|| document::unreadable("an invoice without a bill"))?,
            issued: on,
            entry: count(row.int(0)?),
            paid: row.opt_int(1)?.map(Day),
            reference: row.text(2)?,
            credited: credit.transpose()?,
        })
    })
}

/// Keeps that an invoice was paid.
pub fn pay(conn: &mut Conn, number: u64, on: Day, reference: &str, actor: i64) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.invoices SET paid = $2, reference = $3, settled_by = $4 WHERE number = $1",
        &[whole(number).into(), on.0.into(), reference.into(), actor.into()],
    )?;
    note_oldest(conn)
}

/// Takes an invoice back; returns the number of the credit note.
pub fn credit(conn: &mut Conn, invoice: u64, on: Day, reason: &str, actor: i64) -> Result<u64, Error> {
    let number = next(conn, "credit_notes")?;
    conn.execute(
        "INSERT INTO :db.credit_notes (number, invoice, issued, reason, actor) VALUES ($1, $2, $3, $4, $5)",
        &[
            whole(number).into(),
            whole(invoice).into(),
            on.0.into(),
            reason.into(),
            actor.into(),
        ],
    )?;
    note_oldest(conn)?;
    Ok(number)
}
