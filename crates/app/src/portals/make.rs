//! Making a portal: its name in addresses, and the user type that it begins with.

use domain::access::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use domain::ids::{PortalId, UserTypeId};
use domain::modules::{Catalogue, Module};
use domain::portals::{Portal, UserType, default_type_name};
use store::engine::Conn;

use super::{checked_name, checked_title, give_back, take_name};
use crate::audit;
use crate::policies::{InForce, Present};
use crate::{Ctx, Error};

/// Makes a portal, open at once, with its default user type: contacts who see and keep up their own record. The user type
/// begins closed where a second administrator has to agree to what lets people see or do more. `despite`: also although so
/// many kept tests fail.
///
/// Errors: [`Error::Edition`] where the edition has no portals; [`Error::Name`] and [`Error::Input`] for a name or title that
/// cannot be one; [`Error::Exists`] for a name that a portal of anybody has; [`Error::TooManyPortals`]; [`Error::TestsFail`].
pub async fn create(ctx: &Ctx, name: &str, title: &str, despite: Option<usize>) -> Result<PortalId, Error> {
    ctx.need_manage_portals()?;
    let portal = Portal {
        id: PortalId(ctx.app.id()),
        name: checked_name(name)?,
        title: checked_title(title)?,
        active: true,
        single_sign_on: false,
    };
    take_name(&ctx.app, ctx.tenant.org.id, portal.id, &portal.name).await?;
    let (task, made) = (ctx.clone(), portal.clone());
    let written = ctx.tenant.db.write::<_, Error>(move |conn| {
        // Whoever publishes or makes another portal waits: the portals are counted under this lock.
        let present = Present::lock(conn, &task)?;
        let licensed = store::licences::pool(conn, task.licence_policies())?;
        let limits = &licensed.policy.limits;
        if store::portals::list(conn)?.len() >= limits.portals {
            return Err(Error::TooManyPortals(limits.portals));
        }
        let note = format!("Portal {}", made.title);
        let catalogue = store::modules::load(conn)?;
        begin(conn, &catalogue, &made, &present, &InForce::by(&task, &note, despite))?;
        audit::note_by(conn, &task, "portal_created", &made.title)?;
        Ok(store::state::raise(conn)?)
    });
    match written.await {
        Ok(()) => Ok(portal.id),
        Err(error) => {
            give_back(&ctx.app, portal.name).await?;
            Err(error)
        }
    }
}

/// Writes a portal with its default user type, and puts what its people may see and do into force.
pub(crate) fn begin(conn: &mut Conn, catalogue: &Catalogue, portal: &Portal, present: &Present, by: &InForce<'_>) -> Result<(), Error> {
    let contacts = catalogue.named("Contacts").ok_or(Error::NotFound("module"))?;
    let is_taken = |name: &str| present.types.iter().any(|t| t.name.eq_ignore_ascii_case(name));
    let mut user_type = UserType {
        id: UserTypeId(by.app.id()),
        portal: portal.id,
        name: default_type_name(is_taken),
        active: true,
        default: true,
        personality: contacts.id,
    };
    let mut set = present.set()?.clone();
    set.put(user_type.id, default_policy(contacts));
    user_type.active = !present.needs_second(&set, |id| id == user_type.id || present.is_open(id));
    let (actor, now) = by.created;
    store::portals::insert(conn, portal, actor, now)?;
    store::portals::insert_user_type(conn, &user_type, actor, now)?;
    present.put_in_force(conn, &set, by).map(drop)
}

fn default_policy(contacts: &Module) -> Policy {
    use FieldAccess::{ReadOnly, ReadWrite};
    let fields = [
        ("First_Name", ReadOnly),
        ("Last_Name", ReadOnly),
        ("Email", ReadOnly),
        ("Phone", ReadWrite),
        ("Mobile", ReadWrite),
        ("Mailing_Street", ReadWrite),
        ("Mailing_City", ReadWrite),
        ("Mailing_State", ReadWrite),
        ("Mailing_Code", ReadWrite),
        ("Mailing_Country", ReadWrite),
    ];
    let grant = |(name, access)| {
        Some(FieldGrant {
            field: contacts.field_named(name)?.id,
            access,
            names: false,
        })
    };
    let own = Grant {
        actions: Actions {
            view: true,
            edit: true,
            edit_shared: true,
            ..Actions::default()
        },
        fields: fields.into_iter().filter_map(grant).collect(),
        layouts: contacts.layouts.iter().map(|l| l.id).collect(),
        view: contacts.views.first().map(|v| v.id),
        ..Grant::new(contacts.id, Scope::Own)
    };
    Policy {
        personality: contacts.id,
        grants: vec![own],
    }
}
