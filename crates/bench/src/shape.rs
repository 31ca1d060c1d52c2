//! The deals of the company: 20 fields, of which a list asks for 12; and where they lie.

use app::Ctx;
use domain::modules::standard::{FieldBlueprint, KindBlueprint};

use crate::Done;

/// The fields a list asks for.
pub(crate) const ASKED: [&str; 12] = [
    "Deal_Name",
    "Contact_Name",
    "Referred_By",
    "Amount",
    "Stage",
    "Probability",
    "Closing_Date",
    "Next_Step",
    "Region",
    "Score",
    "Renewal",
    "Modified_Time",
];
/// How many records a page has.
pub(crate) const PAGE: u32 = 50;

/// The fields that the company adds to the fourteen every deal has.
pub(crate) fn custom_fields() -> Vec<FieldBlueprint> {
    let regions = ["North", "East", "South", "West"].map(str::to_owned).to_vec();
    vec![
        FieldBlueprint::new("Referred_By", KindBlueprint::Lookup("Contacts".into())),
        FieldBlueprint::new("Region", KindBlueprint::Picklist(regions)),
        FieldBlueprint::new("Score", KindBlueprint::Integer),
        FieldBlueprint::new("Discount", KindBlueprint::Percent(1)),
        FieldBlueprint::new("Renewal", KindBlueprint::Boolean),
        FieldBlueprint::new("Kick_Off", KindBlueprint::DateTime),
    ]
}

/// The table of a module.
pub(crate) fn table(ctx: &Ctx, module: &str) -> Done<String> {
    let module = ctx.snapshot.catalogue.named(module).ok_or_else(|| format!("no module {module}"))?;
    Ok(module.table())
}

/// The column of a field.
pub(crate) fn column(ctx: &Ctx, module: &str, field: &str) -> Done<String> {
    let found = ctx.snapshot.catalogue.named(module).and_then(|module| module.field_named(field));
    Ok(found.ok_or_else(|| format!("no field {module}.{field}"))?.column())
}

/// The columns of fields, parted by commas.
pub(crate) fn columns(ctx: &Ctx, module: &str, fields: &[&str]) -> Done<String> {
    let columns: Done<Vec<String>> = fields.iter().map(|field| column(ctx, module, field)).collect();
    Ok(columns?.join(", "))
}
