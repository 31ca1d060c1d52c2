//! How a text calls a user type: by its name, or as `portal/name` where several portals have one of that name.

use super::{Portal, UserType};

/// Why a text names no user type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unnamed {
    #[error("there is no portal {0:?}: expected the name of one")]
    NoPortal(String),
    #[error("there is no user type {0:?}: expected the name of one")]
    NoType(String),
    #[error("several portals have a user type {0:?}: expected portal/name")]
    Several(String),
}

/// The portal of a text `portal/name`, if it says one, and the name. Portals are found whatever the case.
pub fn split_name<'p, 't>(portals: &'p [Portal], text: &'t str) -> Result<(Option<&'p Portal>, &'t str), Unnamed> {
    let Some((portal, name)) = text.split_once('/') else {
        return Ok((None, text));
    };
    let known = portals.iter().find(|p| p.name.eq_ignore_ascii_case(portal));
    known.map(|p| (Some(p), name)).ok_or_else(|| Unnamed::NoPortal(portal.to_owned()))
}

/// The one user type that a text names, whatever the case.
pub fn user_type_named<'u>(types: &'u [UserType], portals: &[Portal], text: &str) -> Result<&'u UserType, Unnamed> {
    let (portal, name) = split_name(portals, text)?;
    let is = |t: &&UserType| t.name.eq_ignore_ascii_case(name) && portal.is_none_or(|p| p.id == t.portal);
    let mut found = types.iter().filter(is);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(Unnamed::Several(name.to_owned())),
        (None, _) => Err(Unnamed::NoType(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ModuleId, PortalId, UserTypeId};

    fn portal(id: i64, name: &str) -> Portal {
        Portal {
            id: PortalId(id),
            name: name.into(),
            title: String::new(),
            active: true,
            single_sign_on: false,
        }
    }

    fn user_type(id: i64, portal: i64, name: &str) -> UserType {
        UserType {
            id: UserTypeId(id),
            portal: PortalId(portal),
            name: name.into(),
            active: true,
            default: false,
            personality: ModuleId(1),
        }
    }

    #[test]
    fn a_name_alone_is_enough_where_it_is_the_only_one() {
        let portals = [portal(1, "shop"), portal(2, "service")];
        let types = [user_type(10, 1, "Client"), user_type(11, 2, "client"), user_type(12, 2, "Vendor")];
        let found = |text| user_type_named(&types, &portals, text).map(|t| t.id.0);
        assert_eq!(found("VENDOR"), Ok(12));
        assert_eq!(found("Client"), Err(Unnamed::Several("Client".into())));
        assert_eq!((found("Shop/client"), found("service/CLIENT")), (Ok(10), Ok(11)));
        assert_eq!(found("shop/Vendor"), Err(Unnamed::NoType("shop/Vendor".into())));
        assert_eq!(found("other/Vendor"), Err(Unnamed::NoPortal("other".into())));
        assert_eq!(found(""), Err(Unnamed::NoType(String::new())));
    }
}
