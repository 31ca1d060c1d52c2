//! Policies and profiles: what plans are compiled from.

use domain::access::Policy;
use domain::ids::{ProfileId, UserTypeId};
use domain::orgs::Profile;

use crate::document;
use crate::engine::{Conn, Error};

/// The policy of each user type, and whether the type and its portal are open.
///
/// A policy that cannot be read grants nothing: it is left out.
pub fn policies(conn: &mut Conn) -> Result<Vec<(UserTypeId, Policy, bool)>, Error> {
    let rows = conn.rows(
        "SELECT u.id, u.policy, CASE WHEN u.active = 1 AND p.active = 1 THEN 1 ELSE 0 END
         FROM :db.user_types u JOIN :db.portals p ON p.id = u.portal_id ORDER BY u.id",
        &[],
        |row| Ok((UserTypeId(row.int(0)?), row.text(1)?, row.bool(2)?)),
    )?;
    let mut policies = Vec::with_capacity(rows.len());
    for (id, text, open) in rows {
        match document::read(&text) {
            Ok(policy) => policies.push((id, policy, open)),
            Err(error) => tracing::error!(user_type = id.0, %error, "the policy cannot be read and grants nothing"),
        }
    }
    Ok(policies)
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
