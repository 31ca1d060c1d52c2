//! A company inside the product: made by its use cases, but for the records, which come in bulk.

mod people;
mod records;

use app::clock::{SystemClock, SystemRandom};
use app::orgs::NewOrg;
use app::portals::TypeDraft;
use app::{App, Ctx, Settings};
use domain::access::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use domain::ids::{OrgId, UserTypeId};
use domain::orgs::Edition;

pub(crate) use people::Person;

use crate::place::Place;
use crate::{Done, shape};

/// How many portal users there are.
const PEOPLE: usize = 200;

/// A company that is being served.
pub(crate) struct Company {
    pub(crate) app: App,
    pub(crate) org: OrgId,
    /// A context that may do everything.
    pub(crate) ctx: Ctx,
    pub(crate) people: Vec<Person>,
}

impl Company {
    /// Founds it in an empty place.
    pub(crate) async fn found(place: &Place, deals: i64) -> Done<Self> {
        let app = App::open(
            place.engine.clone(),
            Settings::default(),
            Box::new(SystemClock),
            Box::new(SystemRandom),
        )
        .await?;
        let new = NewOrg {
            name: "Bench Limited".into(),
            edition: Edition::Enterprise,
            admin_email: "admin@example.com".into(),
            admin_password: app.secret(),
            portal: Some("benchportal".into()),
        };
        let made = app::orgs::create(&app, new).await?;
        let portal = made.portal.ok_or("no portal")?;
        let mut ctx = app.system(made.org.id).await?;
        let module = ctx.snapshot.catalogue.named("Deals").ok_or("no deals")?.id;
        for field in shape::custom_fields() {
            app::modules::add_field(&ctx, module, field).await?;
        }
        ctx = ctx.refreshed().await?;
        let draft = TypeDraft {
            name: "Clients".into(),
            active: true,
            policy: policy(&ctx)?,
        };
        let clients: UserTypeId = app::portals::create_user_type(&ctx, portal.id, draft).await?;
        ctx = ctx.refreshed().await?;
        let contacts = records::generate(&ctx, deals).await?;
        let people = people::invite(&ctx, &portal.name, clients, contacts.into_iter().take(PEOPLE).collect()).await?;
        Ok(Self {
            app,
            org: made.org.id,
            ctx: ctx.refreshed().await?,
            people,
        })
    }
}

/// Clients see their own record, and the deals that are theirs or that they brought.
fn policy(ctx: &Ctx) -> Done<Policy> {
    let contacts = ctx.snapshot.catalogue.named("Contacts").ok_or("no contacts")?;
    let deals = ctx.snapshot.catalogue.named("Deals").ok_or("no deals")?;
    let field = |name: &str| deals.field_named(name).map(|field| field.id);
    let via = [field("Contact_Name"), field("Referred_By")].into_iter().flatten().collect();
    let own = ["First_Name", "Last_Name", "Email"];
    let own = own.iter().filter_map(|name| contacts.field_named(name)).map(|field| field.id);
    let all = deals.fields.iter().map(|field| field.id);
    let grant = |module, scope, fields: Vec<_>| Grant {
        actions: Actions {
            view: true,
            ..Actions::default()
        },
        fields,
        ..Grant::new(module, scope)
    };
    let readable = |field| FieldGrant {
        field,
        access: FieldAccess::ReadOnly,
        names: false,
    };
    Ok(Policy {
        personality: contacts.id,
        grants: vec![
            grant(contacts.id, Scope::Own, own.map(readable).collect()),
            grant(deals.id, Scope::Related { via }, all.map(readable).collect()),
        ],
    })
}
