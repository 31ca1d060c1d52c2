//! The best SQL known for the list, the same text for both databases.
//!
//! Each of the two scopes is walked along its own index, newest first, and only as far as the page goes; a deal that is
//! in both is left out of the second. Only the name of the one who asks can be shown, so it is read once.

use app::Ctx;

use crate::Done;
use crate::shape::{ASKED, PAGE, column, columns, table};

/// Parameter 1 is the contact that asks. The columns: the id, the fields asked for, the contact's name.
pub(crate) fn list(ctx: &Ctx, prefix: &str) -> Done<String> {
    let (deals, contacts) = (table(ctx, "Deals")?, table(ctx, "Contacts")?);
    let columns = columns(ctx, "Deals", &ASKED)?;
    let (contact, referrer) = (column(ctx, "Deals", "Contact_Name")?, column(ctx, "Deals", "Referred_By")?);
    let limit = PAGE + 1;
    let branch = |scope: &str| {
        format!(
            "SELECT * FROM (SELECT id, {columns} FROM {prefix}{deals} WHERE deleted_time IS NULL AND {scope} ORDER BY id DESC LIMIT {limit}) b"
        )
    };
    let theirs = branch(&format!("{contact} = $1"));
    let brought = branch(&format!("{referrer} = $1 AND ({contact} = $1) IS NOT TRUE"));
    Ok(format!(
        "SELECT t.*, a.name FROM ({theirs} UNION ALL {brought} ORDER BY id DESC LIMIT {limit}) t
         LEFT JOIN {prefix}{contacts} a ON a.id = $1 AND a.deleted_time IS NULL ORDER BY t.id DESC"
    ))
}
