//! Records and people that tests need.

use app::{Ctx, records};
use domain::access::Access;
use domain::ids::{RecordId, UserTypeId};
use domain::records::{Draft, from_text};

/// A draft of texts by API name.
pub fn draft(access: &Access, values: &[(&str, &str)]) -> Draft {
    let field = |name: &str| {
        access
            .plan()
            .module()
            .field_named(name)
            .unwrap_or_else(|| panic!("no field {name}"))
    };
    values
        .iter()
        .map(|(name, text)| (field(name).id, from_text(field(name), text).unwrap()))
        .collect()
}

/// A record made by the product itself.
pub async fn record(ctx: &Ctx, module: &str, values: &[(&str, &str)]) -> RecordId {
    let access = records::access(ctx, module).unwrap();
    records::create(ctx, &access, draft(&access, values)).await.unwrap()
}

/// A contact with an address.
pub async fn contact(ctx: &Ctx, name: &str) -> RecordId {
    record(ctx, "Contacts", &[("Last_Name", name), ("Email", &format!("{name}@example.com"))]).await
}

/// The default user type.
pub fn client_type(ctx: &Ctx) -> UserTypeId {
    ctx.snapshot.user_types[0].id
}

/// The token in the latest mail to somebody.
pub async fn token(ctx: &Ctx, email: &str) -> String {
    let mails = app::mail::unsent(ctx).await.unwrap();
    let mail = mails
        .iter()
        .rev()
        .find(|m| m.mail.to == email)
        .unwrap_or_else(|| panic!("no mail to {email}"));
    mail.mail.links[0].rsplit('/').next().unwrap().to_owned()
}
