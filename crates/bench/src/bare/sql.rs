//! The best SQL known for the list, tried out on each database.
//!
//! Each of the two scopes is walked along its own index, newest first, and only as far as the page goes; a deal that is
//! in both is left out of the second. Only the name of the one who asks can be shown, so it is read once.
//!
//! Parameter 1 is the contact that asks. The columns: the id, the fields asked for, the contact's name.

use app::Ctx;

use crate::Done;
use crate::shape::{ASKED, PAGE, column, columns, table};

/// SQLite merges the branches of a compound as they come, and stops both at the limit; limits of their own would cost
/// a sort each.
pub(crate) fn sqlite(ctx: &Ctx) -> Done<String> {
    let contacts = table(ctx, "Contacts")?;
    let person = format!(", (SELECT name FROM {contacts} WHERE id = $1 AND deleted_time IS NULL)");
    let [theirs, brought] = branches(ctx, "", &person)?;
    let limit = PAGE + 1;
    Ok(format!("{theirs} UNION ALL {brought} ORDER BY id DESC LIMIT {limit}"))
}

/// PostgreSQL walks an index in order only as far as a limit promises that it will not be far.
pub(crate) fn postgres(ctx: &Ctx, schema: &str) -> Done<String> {
    let contacts = table(ctx, "Contacts")?;
    let limit = PAGE + 1;
    let [theirs, brought] =
        branches(ctx, &format!("{schema}."), "")?.map(|branch| format!("SELECT * FROM ({branch} ORDER BY id DESC LIMIT {limit}) b"));
    Ok(format!(
        "SELECT t.*, a.name FROM ({theirs} UNION ALL {brought} ORDER BY id DESC LIMIT {limit}) t
         LEFT JOIN {schema}.{contacts} a ON a.id = $1 AND a.deleted_time IS NULL ORDER BY t.id DESC"
    ))
}

fn branches(ctx: &Ctx, prefix: &str, more: &str) -> Done<[String; 2]> {
    let (deals, columns) = (table(ctx, "Deals")?, columns(ctx, "Deals", &ASKED)?);
    let (contact, referrer) = (column(ctx, "Deals", "Contact_Name")?, column(ctx, "Deals", "Referred_By")?);
    let scopes = [
        format!("{contact} = $1"),
        format!("{referrer} = $1 AND {contact} IS DISTINCT FROM $1"),
    ];
    Ok(scopes.map(|scope| format!("SELECT id, {columns}{more} FROM {prefix}{deals} WHERE deleted_time IS NULL AND {scope}")))
}
