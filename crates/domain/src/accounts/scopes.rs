//! Scopes: what an access token may be used for, whatever the one for whom it is may do besides.

use std::fmt;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Read,
    Create,
    Update,
    Delete,
    /// What an area is for and no other has: several calls in one.
    Custom,
}

/// What it is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area<'a> {
    /// Records of a module, by its API name.
    Records {
        module: &'a str,
        is_custom: bool,
    },
    /// Something of the settings, such as `clientportal` or `fields`.
    Settings(&'a str),
    Users,
    Organisation,
    Coql,
    /// Many records at once, whatever they are of.
    Bulk,
    /// What the organisation may have how much of.
    Features,
    /// Files that records name.
    Files,
    /// Notices of what is changed.
    Notifications,
    /// Several calls in one. What each of them needs is asked besides.
    Composite,
}

/// A scope, as `ZohoCRM.modules.Contacts.READ`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    group: Group,
    /// In lower case; none is all of the group.
    thing: Option<String>,
    allows: Allows,
}

/// Scopes of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Modules,
    Settings,
    Users,
    Org,
    Bulk,
    Files,
    Notifications,
    Coql,
    Composite,
    Search,
    Features,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Allows {
    All,
    /// Create and update.
    Write,
    Only(Operation),
}

/// A scope that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no scope: expected one such as ZohoCRM.modules.ALL or ZohoCRM.settings.clientportal.READ")]
pub struct UnknownScope(pub String);

/// The most scopes of a token, and the most characters of a name in one.
const MOST: usize = 50;
const MAX_NAME: usize = 100;

impl Group {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Modules, "ZohoCRM.modules"),
        (Self::Settings, "ZohoCRM.settings"),
        (Self::Users, "ZohoCRM.users"),
        (Self::Org, "ZohoCRM.org"),
        (Self::Bulk, "ZohoCRM.bulk"),
        (Self::Files, "ZohoCRM.files"),
        (Self::Notifications, "ZohoCRM.notifications"),
        (Self::Coql, "ZohoCRM.coql"),
        (Self::Composite, "ZohoCRM.composite_requests"),
        (Self::Search, "ZohoSearch.securesearch"),
        (Self::Features, "ZohoCRM.features"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(group, _)| *group == self).map_or("", |(_, name)| name)
    }
}

impl Allows {
    const ALL: [(Self, &'static str); 7] = [
        (Self::All, "ALL"),
        (Self::Write, "WRITE"),
        (Self::Only(Operation::Read), "READ"),
        (Self::Only(Operation::Create), "CREATE"),
        (Self::Only(Operation::Update), "UPDATE"),
        (Self::Only(Operation::Delete), "DELETE"),
        (Self::Only(Operation::Custom), "CUSTOM"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(allows, _)| *allows == self).map_or("", |(_, name)| name)
    }

    fn includes(self, operation: Operation) -> bool {
        match self {
            Self::All => true,
            Self::Write => matches!(operation, Operation::Create | Operation::Update),
            Self::Only(only) => only == operation,
        }
    }
}

impl Area<'_> {
    /// The narrowest scope that allows something here.
    #[must_use]
    pub fn scope(self, operation: Operation) -> String {
        let (group, thing) = match self {
            Self::Records { module, .. } => (Group::Modules, Some(module)),
            Self::Settings(thing) => (Group::Settings, Some(thing)),
            Self::Users => (Group::Users, None),
            Self::Organisation => (Group::Org, None),
            Self::Coql => (Group::Coql, None),
            Self::Bulk => (Group::Bulk, None),
            Self::Features => (Group::Features, None),
            Self::Files => (Group::Files, None),
            Self::Notifications => (Group::Notifications, None),
            Self::Composite => (Group::Composite, None),
        };
        let allows = Allows::Only(operation).name();
        match thing {
            Some(thing) => format!("{}.{thing}.{allows}", group.name()),
            None => format!("{}.{allows}", group.name()),
        }
    }
}

impl Scope {
    /// Reads one; letters may be large or small.
    fn parse(text: &str) -> Option<Self> {
        let after = |(group, name): &(Group, &str)| {
            let head = text.get(..name.len())?;
            let rest = text.get(name.len()..)?.strip_prefix('.')?;
            head.eq_ignore_ascii_case(name).then(|| (*group, rest.to_owned()))
        };
        let (group, rest) = Group::ALL.iter().find_map(after)?;
        let (thing, allows) = match rest.rsplit_once('.') {
            Some((thing, allows)) => (Some(thing.to_ascii_lowercase()), allows),
            None => (None, rest.as_str()),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        if thing
            .as_ref()
            .is_some_and(|thing| thing.is_empty() || thing.len() > MAX_NAME || !thing.chars().all(is_name))
        {
            return None;
        }
        // Only of these there are several things.
        if thing.is_some() && !matches!(group, Group::Modules | Group::Settings) {
            return None;
        }
        let (allows, _) = Allows::ALL.iter().find(|(_, name)| name.eq_ignore_ascii_case(allows))?;
        Some(Self {
            group,
            thing,
            allows: *allows,
        })
    }

    fn allows(&self, area: Area<'_>, operation: Operation) -> bool {
        let is = |thing: &str| self.thing.as_ref().is_none_or(|named| named.eq_ignore_ascii_case(thing));
        let fits = match (self.group, area) {
            (Group::Modules, Area::Records { module, is_custom }) => is(module) || (is_custom && is("custom")),
            (Group::Settings, Area::Settings(thing)) => is(thing),
            (Group::Users, Area::Users) | (Group::Org, Area::Organisation) => true,
            (Group::Coql, Area::Coql) | (Group::Bulk, Area::Bulk) => true,
            (Group::Features, Area::Features) | (Group::Files, Area::Files) | (Group::Composite, Area::Composite) => true,
            (Group::Notifications, Area::Notifications) => true,
            _ => false,
        };
        fits && self.allows.includes(operation)
    }
}

impl Scope {
    /// What it allows, in words: `see records of contacts`.
    #[must_use]
    pub fn words(&self) -> String {
        let verb = match self.allows {
            Allows::All => "see, make, change and delete",
            Allows::Write => "make and change",
            Allows::Only(Operation::Read) => "see",
            Allows::Only(Operation::Create) => "make",
            Allows::Only(Operation::Update) => "change",
            Allows::Only(Operation::Delete) => "delete",
            Allows::Only(Operation::Custom) => "use",
        };
        let what = match (self.group, self.thing.as_deref()) {
            (Group::Modules, None) => "records of all modules".to_owned(),
            (Group::Modules, Some("custom")) => "records of the modules that the organisation has made".to_owned(),
            (Group::Modules, Some(module)) => format!("records of {module}"),
            (Group::Settings, None) => "all settings, portals and portal users".to_owned(),
            (Group::Settings, Some("clientportal")) => "portals, their user types and users, and licences".to_owned(),
            (Group::Settings, Some(thing)) => format!("settings: {thing}"),
            (Group::Users, _) => "employees".to_owned(),
            (Group::Org, _) => "details of the organisation".to_owned(),
            (Group::Bulk, _) => "many records at once".to_owned(),
            (Group::Files, _) => "files".to_owned(),
            (Group::Notifications, _) => "notices of what is changed".to_owned(),
            (Group::Coql, _) => "records by queries".to_owned(),
            (Group::Composite, _) => "several calls in one".to_owned(),
            (Group::Search, _) => "what searches find".to_owned(),
            (Group::Features, _) => "how much there is of what is limited".to_owned(),
        };
        format!("{verb} {what}")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.group.name())?;
        if let Some(thing) = &self.thing {
            write!(f, "{thing}.")?;
        }
        f.write_str(self.allows.name())
    }
}

impl Scopes {
    /// Reads scopes that are parted by commas or spaces; each stands once. Errors: one that there is not, or more than 50.
    pub fn parse(text: &str) -> Result<Self, UnknownScope> {
        let mut scopes = Vec::new();
        for part in text.split([',', ' ']).filter(|part| !part.is_empty()) {
            let scope = Scope::parse(part).ok_or_else(|| UnknownScope(part.to_owned()))?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
            if scopes.len() > MOST {
                return Err(UnknownScope(part.to_owned()));
            }
        }
        Ok(Self(scopes))
    }

    /// Whether something may be done with the token. No scopes allow nothing.
    #[must_use]
    pub fn allow(&self, area: Area<'_>, operation: Operation) -> bool {
        self.0.iter().any(|scope| scope.allows(area, operation))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&all.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::Operation::{Create, Custom, Delete, Read, Update};
    use super::*;

    const CONTACTS: Area<'_> = Area::Records {
        module: "Contacts",
        is_custom: false,
    };
    const MINE: Area<'_> = Area::Records {
        module: "Mine",
        is_custom: true,
    };
    const EACH: [Operation; 5] = [Read, Create, Update, Delete, Custom];

    fn allowed(text: &str, area: Area<'_>) -> Vec<Operation> {
        let scopes = Scopes::parse(text).unwrap();
        EACH.into_iter().filter(|operation| scopes.allow(area, *operation)).collect()
    }

    #[test]
    fn a_scope_allows_what_it_names_and_nothing_else() {
        assert_eq!(allowed("ZohoCRM.modules.ALL", CONTACTS), EACH);
        assert_eq!(allowed("ZohoCRM.modules.READ", CONTACTS), [Read]);
        assert_eq!(allowed("zohocrm.Modules.contacts.write", CONTACTS), [Create, Update]);
        assert_eq!(
            allowed("ZohoCRM.modules.contacts.READ,ZohoCRM.modules.Contacts.DELETE", CONTACTS),
            [Read, Delete]
        );
        assert_eq!(allowed("ZohoCRM.modules.accounts.ALL ZohoCRM.settings.ALL", CONTACTS), []);
        assert_eq!(allowed("ZohoCRM.modules.custom.ALL", CONTACTS), []);
        assert_eq!(allowed("ZohoCRM.modules.custom.READ", MINE), [Read]);
        assert_eq!(
            allowed("ZohoCRM.settings.clientportal.UPDATE", Area::Settings("clientportal")),
            [Update]
        );
        assert_eq!(allowed("ZohoCRM.settings.fields.ALL", Area::Settings("clientportal")), []);
        assert_eq!(allowed("ZohoCRM.settings.ALL", Area::Settings("clientportal")), EACH);
        assert_eq!(allowed("ZohoCRM.users.READ,ZohoCRM.org.READ", Area::Users), [Read]);
        assert_eq!(allowed("ZohoCRM.users.ALL", Area::Organisation), []);
        assert_eq!(allowed("ZohoCRM.composite_requests.CUSTOM", CONTACTS), []);
        assert_eq!(allowed("ZohoCRM.composite_requests.CUSTOM", Area::Composite), [Custom]);
        assert_eq!(allowed("ZohoCRM.modules.ALL,ZohoCRM.settings.ALL", Area::Composite), []);
        assert_eq!(allowed("", CONTACTS), []);
    }

    #[test]
    fn the_narrowest_scope_allows_that_and_nothing_else() {
        for area in [
            CONTACTS,
            MINE,
            Area::Settings("fields"),
            Area::Users,
            Area::Organisation,
            Area::Composite,
        ] {
            for operation in EACH {
                assert_eq!(allowed(&area.scope(operation), area), [operation], "{}", area.scope(operation));
            }
        }
        assert_eq!(CONTACTS.scope(Read), "ZohoCRM.modules.Contacts.READ");
        assert_eq!(Area::Composite.scope(Custom), "ZohoCRM.composite_requests.CUSTOM");
        assert_eq!(allowed(&CONTACTS.scope(Read), MINE), []);
    }

    #[test]
    fn what_is_no_scope_is_refused_and_each_stands_once() {
        for text in [
            "ZohoCRM",
            "ZohoCRM.modules",
            "ZohoCRM.modules.",
            "ZohoCRM.modules..READ",
            "ZohoCRM.modules.Contacts",
            "ZohoCRM.modules.a'b.READ",
            "ZohoCRM.secrets.READ",
            "ZohoCRM.users.some.READ",
            "ZohoCRM.modulesALL",
            "ÄohoCRM.modules.READ",
            "openid",
        ] {
            assert_eq!(Scopes::parse(text), Err(UnknownScope(text.into())));
        }
        let many: String = (0..60).map(|n| format!("ZohoCRM.modules.m{n}.READ,")).collect();
        assert!(Scopes::parse(&many).is_err());
        let read = Scopes::parse("ZohoCRM.org.read,, ZohoCRM.ORG.READ ZohoCRM.modules.Contacts.ALL").unwrap();
        let words: Vec<String> = read.iter().map(Scope::words).collect();
        assert_eq!(
            words,
            [
                "see details of the organisation",
                "see, make, change and delete records of contacts"
            ]
        );
        assert_eq!(read.to_string(), "ZohoCRM.org.READ,ZohoCRM.modules.contacts.ALL");
        assert_eq!(Scopes::parse(&read.to_string()), Ok(read));
    }
}
