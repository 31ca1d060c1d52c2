//! Accounts, contacts and deals in bulk.
//!
//! The first [`PEOPLE`] contacts are portal users, of each type as many. 400,000 deals are theirs, 40 each, and they
//! brought 250,000, 25 each. The other 40,000 contacts report to them, four to each, and have 15 deals each. An account
//! has 500 deals; of four accounts three belong to the first.

use app::Ctx;
use domain::ids::{RecordId, compose};
use store::engine::Param;

use super::company::KINDS;
use super::{DEALS, PEOPLE};
use crate::Done;
use crate::company::records::{GIVEN, NUMBERS, STEP, given, insert};
use crate::shape::{columns, table};

const ACCOUNTS: i64 = 2000;
const CONTACTS: i64 = 50_000;

/// Makes the records; returns the contacts.
pub(super) async fn generate(ctx: &Ctx) -> Done<Vec<RecordId>> {
    // Earlier than any id that is made from now on.
    let account = compose(ctx.now.millis() - 4 * (DEALS + CONTACTS), 0, 0);
    let (contact, deal) = (account + ACCOUNTS * STEP, account + (ACCOUNTS + CONTACTS) * STEP);
    let now = ctx.now.0;
    for (sql, params) in [
        (accounts(ctx)?, vec![ACCOUNTS, account, now]),
        (contacts(ctx)?, vec![CONTACTS, contact, now, account]),
        (deals(ctx)?, vec![DEALS, deal, now, account, contact]),
    ] {
        insert(ctx, sql, params.into_iter().map(Param::from).collect()).await?;
    }
    Ok((0..CONTACTS).map(|i| RecordId(contact + i * STEP)).collect())
}

/// The contacts that are the portal users of a type. Those of each type are in accounts of their own.
pub(super) fn people(contacts: &[RecordId], kind: usize) -> impl Iterator<Item = RecordId> {
    let (accounts, kinds) = (ACCOUNTS.unsigned_abs() as usize, KINDS.len());
    let of_kind = move |(i, _): &(usize, &RecordId)| i % accounts / (accounts / kinds) == kind;
    contacts.iter().take(PEOPLE).enumerate().filter(of_kind).map(|(_, id)| *id)
}

fn accounts(ctx: &Ctx) -> Done<String> {
    let (table, columns, given) = (
        table(ctx, "Accounts")?,
        columns(ctx, "Accounts", &["Account_Name", "Belongs_To"])?,
        given(),
    );
    Ok(format!(
        "INSERT INTO :db.{table} ({GIVEN}, name, {columns}) {NUMBERS}
         SELECT {given}, 'Company ' || i, 'Company ' || i, CASE WHEN i % 4 > 0 THEN $2 + {STEP} * (i - i % 4) END FROM n"
    ))
}

fn contacts(ctx: &Ctx) -> Done<String> {
    let fields = ["First_Name", "Last_Name", "Email", "Account_Name", "Reports_To"];
    let (table, columns, given) = (table(ctx, "Contacts")?, columns(ctx, "Contacts", &fields)?, given());
    Ok(format!(
        "INSERT INTO :db.{table} ({GIVEN}, name, {columns}) {NUMBERS}
         SELECT {given}, 'Zoë Person ' || i, 'Zoë', 'Person ' || i, 'person' || i || '@example.com', $4 + {STEP} * (i % {ACCOUNTS}),
             CASE WHEN i >= {PEOPLE} THEN $2 + {STEP} * (i % {PEOPLE}) END
         FROM n"
    ))
}

fn deals(ctx: &Ctx) -> Done<String> {
    let fields = [
        "Deal_Name",
        "Account_Name",
        "Contact_Name",
        "Referred_By",
        "Amount",
        "Stage",
        "Probability",
        "Closing_Date",
    ];
    let more = ["Next_Step", "Description", "Region", "Score", "Renewal"];
    let (table, given) = (table(ctx, "Deals")?, given());
    let (columns, more) = (columns(ctx, "Deals", &fields)?, columns(ctx, "Deals", &more)?);
    let others = CONTACTS - i64::try_from(PEOPLE)?;
    // Of five deals the first two are a portal user's, the others another contact's; factors mix who has which.
    let theirs = format!("(i / 5 * 2 + i % 5) * 7919 % {PEOPLE}");
    let another = format!("{PEOPLE} + (i / 5 * 3 + i % 5) * 7919 % {others}");
    Ok(format!(
        "INSERT INTO :db.{table} ({GIVEN}, name, {columns}, {more}) {NUMBERS}
         SELECT {given}, 'Deal ' || i, 'Deal ' || i, $4 + {STEP} * (i * 1237 % {ACCOUNTS}),
             $5 + {STEP} * CASE WHEN i % 5 < 2 THEN {theirs} ELSE {another} END,
             CASE WHEN i % 4 = 1 THEN $5 + {STEP} * (i / 4 * 73 % {PEOPLE}) END,
             i * 7919 % 100000000 - 1000000,
             CASE i % 4 WHEN 0 THEN 'Qualification' WHEN 1 THEN 'Proposal' WHEN 2 THEN 'Negotiation' ELSE 'Closed Won' END,
             i % 101, CASE WHEN i % 11 = 0 THEN NULL ELSE 20000 + i % 1000 END,
             'Call back about the offer ' || i,
             'The customer wrote in some detail about what is wanted, and until when, and that it be blue: ' || i,
             CASE i % 5 WHEN 0 THEN 'North' WHEN 1 THEN 'East' WHEN 2 THEN 'South' WHEN 3 THEN 'West' END,
             i * 31 % 1000, i % 2
         FROM n"
    ))
}
