//! A company inside the product: made by its use cases, but for the records, which come in bulk.

pub(crate) mod people;
pub(crate) mod records;

use app::clock::{SystemClock, SystemRandom};
use app::orgs::NewOrg;
use app::portals::TypeDraft;
use app::{App, Ctx, Settings};
use domain::access::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use domain::ids::{FieldId, ModuleId, OrgId, UserTypeId};
use domain::licences::LicencePolicy;
use domain::orgs::Edition;
use domain::portals::Portal;

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
        let Founded { app, org, portal } = found(place).await?;
        let mut ctx = app.system(org).await?;
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
        let asking: Vec<_> = contacts.into_iter().take(PEOPLE).collect();
        let people = people::invite(&ctx, &portal.name, clients, &asking).await?;
        Ok(Self {
            app,
            org,
            ctx: ctx.refreshed().await?,
            people,
        })
    }
}

/// An organisation with a portal and nothing in it.
pub(crate) struct Founded {
    pub(crate) app: App,
    pub(crate) org: OrgId,
    pub(crate) portal: Portal,
}

/// The address of the administrator.
pub(crate) const ADMINISTRATOR: &str = "admin@example.com";

/// Founds an organisation in an empty place.
pub(crate) async fn found(place: &Place) -> Done<Founded> {
    let settings = Settings {
        licences: LicencePolicy {
            name: "bench".into(),
            free: None,
            ..LicencePolicy::default()
        }
        .into(),
        ..Settings::default()
    };
    let app = App::open(place.engine.clone(), settings, Box::new(SystemClock), Box::new(SystemRandom)).await?;
    let new = NewOrg {
        name: "Bench Limited".into(),
        edition: Edition::Enterprise,
        trial_ends: None,
        data_centre: String::new(),
        admin_email: ADMINISTRATOR.into(),
        admin_password: app.secret(),
        portal: Some("benchportal".into()),
    };
    let made = app::orgs::create(&app, new).await?;
    Ok(Founded {
        app,
        org: made.org.id,
        portal: made.portal.ok_or("no portal")?,
    })
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
    Ok(Policy {
        personality: contacts.id,
        grants: vec![
            reading(contacts.id, Scope::Own, own),
            reading(deals.id, Scope::Related { via }, all),
        ],
    })
}

/// A grant of viewing these records, with these fields.
pub(crate) fn reading(module: ModuleId, scope: Scope, fields: impl Iterator<Item = FieldId>) -> Grant {
    let readable = |field| FieldGrant {
        field,
        access: FieldAccess::ReadOnly,
        names: false,
    };
    Grant {
        actions: Actions {
            view: true,
            ..Actions::default()
        },
        fields: fields.map(readable).collect(),
        ..Grant::new(module, scope)
    }
}
