//! Contacts and deals in bulk, written into the product's own tables by the databases themselves.

use app::{Ctx, Error};
use domain::ids::{RecordId, compose};
use store::engine::Param;

use crate::shape::{column, columns, table};
use crate::{Done, company};

/// From one id to the next: a millisecond.
pub(crate) const STEP: i64 = 1 << 22;
/// The numbers from 0 to below `$1`, as `i`.
pub(crate) const NUMBERS: &str = "WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)";
/// The columns that every record has. Their values are `$2` (the first id), `$3` (the first moment) and the product.
pub(crate) const GIVEN: &str = "id, created_time, modified_time, created_by, modified_by";

pub(crate) fn given() -> String {
    format!("$2 + i * {STEP}, $3 + i * 1000000, $3 + i * 1000000, 1, 1")
}

/// Makes the records; returns the contacts.
pub(crate) async fn generate(ctx: &Ctx, deals: i64) -> Done<Vec<RecordId>> {
    let (contacts, accounts) = ((deals / 5).max(1000), 1000);
    // Earlier than any id that is made from now on.
    let earliest = compose(ctx.now.millis() - 4 * (deals + contacts), 0, 0);
    let first_account = earliest;
    let first_contact = first_account + accounts * STEP;
    let first_deal = first_contact + contacts * STEP;
    insert(
        ctx,
        account_sql(ctx)?,
        vec![accounts.into(), first_account.into(), ctx.now.0.into()],
    )
    .await?;
    insert(
        ctx,
        contact_sql(ctx)?,
        vec![contacts.into(), first_contact.into(), ctx.now.0.into()],
    )
    .await?;
    let numbers = [deals, first_deal, ctx.now.0, first_contact, contacts, first_account, accounts];
    insert(ctx, deal_sql(ctx)?, numbers.map(Param::from).to_vec()).await?;
    Ok((0..contacts).map(|i| RecordId(first_contact + i * STEP)).collect())
}

pub(crate) async fn insert(ctx: &Ctx, sql: String, params: Vec<Param>) -> Done {
    let written = ctx.tenant.db.write::<_, Error>(move |conn| Ok(conn.execute(&sql, &params)?));
    written.await?;
    Ok(())
}

fn account_sql(ctx: &Ctx) -> Done<String> {
    let (table, columns, given) = (
        table(ctx, "Accounts")?,
        columns(ctx, "Accounts", &["Account_Name", "Industry"])?,
        given(),
    );
    Ok(format!(
        "INSERT INTO :db.{table} ({GIVEN}, name, {columns}) {NUMBERS}
         SELECT {given}, 'Company ' || i, 'Company ' || i, 'Trade' FROM n"
    ))
}

fn contact_sql(ctx: &Ctx) -> Done<String> {
    let fields = ["First_Name", "Last_Name", "Email", "Phone", "Mailing_City"];
    let (table, columns, given) = (table(ctx, "Contacts")?, columns(ctx, "Contacts", &fields)?, given());
    Ok(format!(
        "INSERT INTO :db.{table} ({GIVEN}, name, {columns}) {NUMBERS}
         SELECT {given}, 'Zoë Person ' || i, 'Zoë', 'Person ' || i, 'person' || i || '@example.com', '+49 30 ' || i, 'Berlin' FROM n"
    ))
}

/// One deal in ten is a portal user's; another was brought by one; one in a hundred is both.
fn deal_sql(ctx: &Ctx) -> Done<String> {
    let people = company::PEOPLE;
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
    let more = [
        "Next_Step",
        "Description",
        "Region",
        "Score",
        "Discount",
        "Renewal",
        "Kick_Off",
        "Owner",
    ];
    let (table, given) = (table(ctx, "Deals")?, given());
    let (columns, more) = (columns(ctx, "Deals", &fields)?, columns(ctx, "Deals", &more)?);
    let (employees, employee) = (self::table(ctx, "Employees")?, column(ctx, "Employees", "Email")?);
    let theirs = format!("(i / 10 + i / 10 / {people}) % {people}");
    let brought = format!("(i / 10 * 73 + i / 2000 + 31) % {people}");
    let others = |factor: i64| format!("{people} + i * {factor} % ($5 - {people})");
    let (contact, referrer) = (others(48_271), others(69_621));
    Ok(format!(
        "INSERT INTO :db.{table} ({GIVEN}, name, {columns}, {more}) {NUMBERS}
         SELECT {given}, 'Deal ' || i, 'Deal ' || i, $6 + i % $7 * {STEP},
             $4 + {STEP} * CASE WHEN i % 10 = 0 THEN {theirs} ELSE {contact} END,
             CASE WHEN i % 100 = 0 THEN $4 + {STEP} * ({theirs}) WHEN i % 10 = 5 THEN $4 + {STEP} * ({brought})
                  WHEN i % 3 = 0 THEN NULL ELSE $4 + {STEP} * ({referrer}) END,
             i * 7919 % 100000000 - 1000000,
             CASE i % 4 WHEN 0 THEN 'Qualification' WHEN 1 THEN 'Proposal' WHEN 2 THEN 'Negotiation' ELSE 'Closed Won' END,
             i % 101, CASE WHEN i % 11 = 0 THEN NULL ELSE 20000 + i % 1000 END,
             CASE WHEN i % 7 = 0 THEN 'Ask for \"number ' || i || '\"' ELSE 'Call back about the offer ' || i END,
             'The customer wrote in some detail about what is wanted, and until when, and that it be blue: ' || i,
             CASE i % 5 WHEN 0 THEN 'North' WHEN 1 THEN 'East' WHEN 2 THEN 'South' WHEN 3 THEN 'West' END,
             i * 31 % 1000, i % 50, i % 2, $3 + i * 1000000, (SELECT min(id) FROM :db.{employees} WHERE {employee} IS NOT NULL)
         FROM n"
    ))
}
