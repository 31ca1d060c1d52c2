//! Policies and profiles: what plans are compiled from.

use domain::access::{AnonymousGrant, Ceiling, Policy, SignUp};
use domain::ids::{ProfileId, UserTypeId};
use domain::orgs::Profile;

use crate::document;
use crate::engine::{Conn, Error};

/// What plans are compiled from.
#[derive(Debug)]
pub struct InForce {
    /// The published version; 0 where nothing was ever published.
    pub version: i64,
    /// The policy of each user type, and whether the type and its portal are open.
    pub policies: Vec<(UserTypeId, Policy, bool)>,
    /// What visitors see who are not signed in.
    pub anonymous: Vec<AnonymousGrant>,
    /// What no policy can cross.
    pub ceilings: Vec<Ceiling>,
    /// The forms by which people ask to come in.
    pub sign_ups: Vec<SignUp>,
    /// The user types whose policy cannot be read: they are granted nothing.
    pub unreadable: Vec<UserTypeId>,
}

/// The policies of the published version. A user type that it does not name, or not readably, is granted nothing; one
/// that is not there any more is left out.
pub fn in_force(conn: &mut Conn) -> Result<InForce, Error> {
    let (version, set) = crate::policies::published(conn)?;
    let types = conn.rows(
        "SELECT u.id, CASE WHEN u.active = 1 AND p.active = 1 THEN 1 ELSE 0 END
         FROM :db.user_types u JOIN :db.portals p ON p.id = u.portal_id ORDER BY u.id",
        &[],
        |row| Ok((UserTypeId(row.int(0)?), row.bool(1)?)),
    )?;
    let unreadable: Vec<UserTypeId> = match &set {
        Some(set) => set.unreadable().filter(|id| types.iter().any(|(t, _)| t == id)).collect(),
        None => types.iter().map(|(id, _)| *id).collect(),
    };
    for user_type in &unreadable {
        tracing::error!(version, user_type = user_type.0, "the policy cannot be read and grants nothing");
    }
    let policy = |(id, open)| Some((id, set.as_ref()?.get(id)?.clone(), open));
    Ok(InForce {
        version,
        policies: types.into_iter().filter_map(policy).collect(),
        anonymous: set.as_ref().map(|s| s.anonymous.clone()).unwrap_or_default(),
        ceilings: set.as_ref().map(|s| s.ceilings.clone()).unwrap_or_default(),
        sign_ups: set.map(|s| s.sign_ups).unwrap_or_default(),
        unreadable,
    })
}

/// All profiles, oldest first.
pub fn profiles(conn: &mut Conn) -> Result<Vec<Profile>, Error> {
    let rows = conn.rows("SELECT id, name, rights FROM :db.profiles ORDER BY id", &[], |row| {
        Ok((ProfileId(row.int(0)?), row.text(1)?, row.text(2)?))
    })?;
    rows.into_iter()
        .map(|(id, name, rights)| {
            Ok(Profile {
                id,
                name,
                rights: document::read(&rights)?,
            })
        })
        .collect()
}

/// Adds a profile.
pub fn insert_profile(conn: &mut Conn, profile: &Profile) -> Result<(), Error> {
    let rights = document::write(&profile.rights)?;
    conn.execute(
        "INSERT INTO :db.profiles (id, name, rights) VALUES ($1, $2, $3)",
        &[profile.id.0.into(), profile.name.as_str().into(), rights.into()],
    )
    .map(drop)
}
