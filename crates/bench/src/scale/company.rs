//! The large company: five user types over the same deals.

use app::portals::TypeDraft;
use app::{App, Ctx};
use domain::access::{Criteria, Grant, Hop, Policy, Scope, Wanted};
use domain::ids::{FieldId, ModuleId, PortalId, RecordId, UserTypeId};
use domain::modules::Module;
use domain::modules::standard::{FieldBlueprint, KindBlueprint};
use domain::records::Operator;

use super::{ASKING, PEOPLE, people, records};
use crate::company::{ADMINISTRATOR, Founded, found, reading};
use crate::place::Place;
use crate::{Done, shape};

/// The user types, and what deals their people see.
pub(super) const KINDS: [&str; 5] = [
    // Those that are theirs, or that they brought.
    "related",
    // Those of their account.
    "account",
    // Those of their account and of the accounts below it.
    "account tree",
    // Those of the contacts who report to them.
    "path",
    // Their own that are still open; of those of their account some fields.
    "paired",
];

/// A large company that is being served.
pub(super) struct Company {
    pub(super) app: App,
    /// A context that may do everything.
    pub(super) ctx: Ctx,
    pub(super) administrator: String,
    /// The tokens of those who ask, for each of [`KINDS`].
    pub(super) tokens: Vec<Vec<String>>,
}

impl Company {
    pub(super) async fn found(place: &Place) -> Done<Self> {
        let Founded { app, org, portal } = found(place).await?;
        let mut ctx = app.system(org).await?;
        add_fields(&ctx).await?;
        ctx = ctx.refreshed().await?;
        let contacts = records::generate(&ctx).await?;
        let mut tokens = Vec::new();
        for (i, name) in KINDS.iter().enumerate() {
            let user_type = create_type(&ctx, portal.id, name).await?;
            ctx = ctx.refreshed().await?;
            let anchors: Vec<RecordId> = records::people(&contacts, i).collect();
            let joined = people::join(&ctx, &portal.name, user_type, &anchors).await?;
            let mut asking = Vec::new();
            for (_, email) in joined.iter().step_by(PEOPLE / KINDS.len() / ASKING) {
                asking.push(people::token(&ctx, email).await?);
            }
            tokens.push(asking);
        }
        Ok(Self {
            administrator: people::token(&ctx, ADMINISTRATOR).await?,
            ctx: ctx.refreshed().await?,
            app,
            tokens,
        })
    }
}

async fn add_fields(ctx: &Ctx) -> Done {
    let to = |name, module: &str| FieldBlueprint::new(name, KindBlueprint::Lookup(module.into()));
    let mut wanted = vec![
        ("Contacts", to("Reports_To", "Contacts")),
        ("Accounts", to("Belongs_To", "Accounts")),
    ];
    wanted.extend(shape::custom_fields().into_iter().map(|field| ("Deals", field)));
    for (module, field) in wanted {
        app::modules::add_field(ctx, named(ctx, module)?.id, field).await?;
    }
    Ok(())
}

async fn create_type(ctx: &Ctx, portal: PortalId, name: &str) -> Done<UserTypeId> {
    let draft = TypeDraft {
        name: name.to_owned(),
        active: true,
        policy: Policy {
            personality: named(ctx, "Contacts")?.id,
            grants: grants(ctx, name)?,
        },
    };
    Ok(app::portals::create_user_type(ctx, portal, draft).await?)
}

fn grants(ctx: &Ctx, name: &str) -> Done<Vec<Grant>> {
    let (contacts, deals) = (named(ctx, "Contacts")?, named(ctx, "Deals")?);
    let all = |scope| reading(deals.id, scope, deals.fields.iter().map(|f| f.id));
    let account = |parent| -> Done<Scope> {
        Ok(Scope::Account {
            account: field(contacts, "Account_Name")?,
            parent,
            hops: vec![Hop::From(field(deals, "Account_Name")?)],
        })
    };
    let theirs = field(deals, "Contact_Name")?;
    let of_deals = match name {
        "related" => vec![all(Scope::Related {
            via: vec![theirs, field(deals, "Referred_By")?],
        })],
        "account" => vec![all(account(None)?)],
        "account tree" => vec![all(account(Some(field(named(ctx, "Accounts")?, "Belongs_To")?))?)],
        "path" => vec![all(Scope::Path {
            hops: vec![Hop::From(field(contacts, "Reports_To")?), Hop::From(theirs)],
        })],
        _ => {
            let open = Criteria::Is {
                field: field(deals, "Stage")?,
                operator: Operator::NotEquals,
                value: Wanted::Text("Closed Won".into()),
            };
            let few = ["Deal_Name", "Stage", "Closing_Date", "Modified_Time"].map(|name| field(deals, name));
            let few: Vec<FieldId> = few.into_iter().collect::<Done<_>>()?;
            let own = Grant {
                criteria: Some(open),
                ..all(Scope::Related { via: vec![theirs] })
            };
            vec![own, reading(deals.id, account(None)?, few.into_iter())]
        }
    };
    let name = [field(contacts, "Last_Name")?];
    let own: (ModuleId, _) = (contacts.id, name.into_iter());
    Ok(std::iter::once(reading(own.0, Scope::Own, own.1)).chain(of_deals).collect())
}

fn named<'a>(ctx: &'a Ctx, module: &str) -> Done<&'a Module> {
    Ok(ctx.snapshot.catalogue.named(module).ok_or_else(|| format!("no module {module}"))?)
}

fn field(module: &Module, name: &str) -> Done<FieldId> {
    Ok(module.field_named(name).ok_or_else(|| format!("no field {name}"))?.id)
}
