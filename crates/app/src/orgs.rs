//! Organisations: making one with everything it begins with.

mod closing;
mod tenure;

use domain::access::{Access, PlanKey, Viewer};
use domain::ids::{IdentityId, OrgId, PortalId, ProfileId, RecordId, RoleId};
use domain::modules::{Catalogue, standard};
use domain::orgs::{Edition, Profile, Rights, Tenure};
use domain::portals::{Portal, check_portal_name, name_from_company};
use domain::records::{Draft, Value, normalise_email, prepare_new};
use domain::time::Day;
use store::engine::Conn;
use store::orgs::Org;
use store::records::Writing;

use crate::context::{SYSTEM_ACTOR, database_name};
use crate::policies::{InForce, Present};
use crate::{App, Error, Snapshot};

pub use closing::{close, close_due};
pub use tenure::{Standing, set_edition, standing};
pub(crate) use tenure::{need_portals, need_portals_of, trial_ends};

/// An organisation to be made.
#[derive(Debug, Clone)]
pub struct NewOrg {
    pub name: String,
    pub edition: Edition,
    pub admin_email: String,
    pub admin_password: String,
    /// The day on which its trial ends; none: it has the edition for good.
    pub trial_ends: Option<Day>,
    /// The database cluster that holds it, as the operator calls it.
    pub data_centre: String,
    /// The portal's name in its address; made of the organisation's name if there is none.
    pub portal: Option<String>,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    pub org: Org,
    /// None in an edition without portals.
    pub portal: Option<Portal>,
}

/// All organisations, oldest first.
pub async fn list(app: &App) -> Result<Vec<Org>, Error> {
    app.control().read(|conn| Ok(store::orgs::list(conn)?)).await
}

/// The organisation with this id or name.
pub async fn find(app: &App, id_or_name: &str) -> Result<Org, Error> {
    let text = id_or_name.to_owned();
    let found = app.control().read::<_, Error>(move |conn| {
        let by_id = match text.parse::<OrgId>() {
            Ok(id) => store::orgs::by_id(conn, id)?,
            Err(_) => None,
        };
        match by_id {
            Some(org) => Ok(Some(org)),
            None => Ok(store::orgs::by_name(conn, &text)?),
        }
    });
    found.await?.ok_or(Error::NotFound("organisation"))
}

/// Makes an organisation: its database, the standard modules, an administrator, and in editions
/// with portals a portal with its default user type.
pub async fn create(app: &App, new: NewOrg) -> Result<Made, Error> {
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Error::Input("name", "1 to 120 characters".into()));
    }
    let email =
        normalise_email(&new.admin_email).ok_or_else(|| Error::Input("admin e-mail", "an address such as anna@example.com".into()))?;
    let portal = portal(app, &new, &name)?;
    let hash = crate::accounts::hash_blocking(app, &new.admin_password, &[&email, &name]).await?;
    let org = Org {
        id: OrgId(app.id()),
        name,
        edition: new.edition,
        data_centre: data_centre(&new.data_centre)?,
        created: app.now(),
    };
    register(app, &org, &email, portal.as_ref(), new.portal.is_some()).await?;
    match fill(app, &org, new.trial_ends, (&email, &hash), portal.as_ref()).await {
        Ok(()) => Ok(Made { org, portal }),
        Err(error) => {
            let id = org.id;
            app.control()
                .write::<_, Error>(move |conn| Ok(store::orgs::delete(conn, id)?))
                .await?;
            app.engine().drop(&database_name(id)).await?;
            Err(error)
        }
    }
}

/// The most characters of what an operator calls a database cluster.
const MAX_DATA_CENTRE: usize = 60;

/// The data centre by its name; where there is one only it need not have one.
fn data_centre(name: &str) -> Result<String, Error> {
    match name.trim() {
        "" => Ok("default".into()),
        name if name.chars().count() <= MAX_DATA_CENTRE => Ok(name.to_owned()),
        _ => Err(Error::Input("data centre", format!("at most {MAX_DATA_CENTRE} characters"))),
    }
}

fn portal(app: &App, new: &NewOrg, company: &str) -> Result<Option<Portal>, Error> {
    let (policy, today) = (app.settings().licences.on(app.now().day()), app.now().day());
    tenure::check(policy, new.edition, new.trial_ends, today)?;
    if new.trial_ends.is_none() && !policy.limits.editions.contains(&new.edition) {
        return match new.portal {
            Some(_) => Err(Error::Edition(new.edition.name())),
            None => Ok(None),
        };
    }
    let name = new.portal.clone().unwrap_or_else(|| name_from_company(company));
    check_portal_name(&name).map_err(|why| Error::Name { name: "portal name", why })?;
    Ok(Some(Portal {
        id: PortalId(app.id()),
        name,
        title: company.to_owned(),
        active: true,
        single_sign_on: false,
    }))
}

/// Puts the organisation into the control database; its names must be free.
async fn register(app: &App, org: &Org, email: &str, portal: Option<&Portal>, chosen: bool) -> Result<(), Error> {
    let (org, email, portal) = (org.clone(), email.to_owned(), portal.cloned());
    let registered = app.control().write::<_, Error>(move |conn| {
        if store::orgs::by_name(conn, &org.name)?.is_some() {
            return Err(Error::Exists("organisation"));
        }
        if let Some(portal) = &portal
            && store::orgs::by_portal_name(conn, &portal.name)?.is_some()
        {
            return Err(Error::Exists("portal name"));
        }
        store::orgs::insert(conn, &org)?;
        store::orgs::add_staff_email(conn, &email, org.id)?;
        if let Some(portal) = portal {
            store::orgs::take_portal_name(conn, &portal.name, org.id, portal.id)?;
        }
        Ok(())
    });
    registered.await.map_err(|error| match error {
        Error::Exists("portal name") if !chosen => Error::Input(
            "portal",
            "a name of your own choice, because the one made of the organisation's name is taken".into(),
        ),
        Error::Internal(engine) if engine.is_unique() => Error::Exists("organisation"),
        other => other,
    })
}

async fn fill(app: &App, org: &Org, trial_ends: Option<Day>, admin: (&str, &str), portal: Option<&Portal>) -> Result<(), Error> {
    let db = app.engine().open(&database_name(org.id), store::schema::ORG).await?;
    let (app, org, portal) = (app.clone(), org.clone(), portal.cloned());
    let (email, hash) = (admin.0.to_owned(), admin.1.to_owned());
    db.write(move |conn| {
        let policy = app.settings().licences.on(org.created.day());
        store::licences::begin(conn, &policy.name)?;
        let modules = crate::modules::materialise(&app, &Catalogue::default(), standard::modules())?;
        for (module, position) in modules.iter().zip(1..) {
            store::modules::create(conn, module, position)?;
        }
        let profiles = profiles(&app);
        for profile in &profiles {
            store::access::insert_profile(conn, profile)?;
        }
        let (top, below) = (RoleId(app.id()), RoleId(app.id()));
        store::staff::insert_role(conn, top, "CEO", None)?;
        store::staff::insert_role(conn, below, "Manager", Some(top))?;
        let administrator = profiles.first().map(|p| p.id).ok_or(Error::NotFound("profile"))?;
        administrator_record(conn, &app, administrator, top, &email, &hash)?;
        if trial_ends.is_some() {
            let (edition, since) = (org.edition, org.created.day());
            tenure::put(
                conn,
                &app,
                SYSTEM_ACTOR,
                Tenure {
                    edition,
                    since,
                    trial_ends,
                },
            )?;
        }
        if let Some(portal) = portal {
            let by = (SYSTEM_ACTOR, app.now());
            let founding = InForce {
                app: &app,
                rights: &Rights::administrator(),
                despite: None,
                note: "As the organisation began",
                created: by,
                published: by,
            };
            let present = Present::lock_anyway(conn)?;
            crate::portals::begin(conn, &Catalogue::new(modules), &portal, &present, &founding)?;
        }
        Ok(store::state::raise(conn)?)
    })
    .await
}

fn profiles(app: &App) -> [Profile; 2] {
    [("Administrator", Rights::administrator()), ("Standard", Rights::standard())].map(|(name, rights)| Profile {
        id: ProfileId(app.id()),
        name: name.into(),
        rights,
    })
}

/// The first employee, who signs in as administrator.
fn administrator_record(
    conn: &mut Conn,
    app: &App,
    profile: ProfileId,
    role: RoleId,
    email: &str,
    password_hash: &str,
) -> Result<(), Error> {
    let snapshot = Snapshot::load(conn)?;
    let viewer = Viewer {
        key: PlanKey::Staff(profile),
        anchor: None,
        actor: SYSTEM_ACTOR,
        session: None,
        today: app.now().day(),
    };
    let employees = snapshot.catalogue.employees().ok_or(Error::NotFound("module"))?;
    let access = snapshot.access(viewer, employees.id).ok_or(Error::NotFound("module"))?;
    let employee = RecordId(app.id());
    let prepared = prepare_new(&access, named(&access, email)).map_err(Error::Fields)?;
    Writing::begin(conn, &access, app.now())?.insert(employee, &prepared)?;
    store::members::add_actor(conn, employee.0, "Administrator", "employee")?;
    let identity = store::accounts::ensure(conn, email, IdentityId(app.id()), app.now())?;
    store::accounts::set_password(conn, identity, password_hash)?;
    Ok(store::staff::insert(conn, employee, identity, profile, role)?)
}

fn named(access: &Access, email: &str) -> Draft {
    let module = access.plan().module();
    let values = [("Last_Name", "Administrator"), ("Email", email)];
    values
        .into_iter()
        .filter_map(|(name, text)| Some((module.field_named(name)?.id, Value::Text(text.into()))))
        .collect()
}
