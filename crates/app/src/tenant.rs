//! An organisation that is being served: its database, and its metadata and plans in memory.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::access::{Access, AnonymousGrant, Ceiling, Plan, PlanKey, Plans, Policy, PolicySet, SignUp, Viewer};
use domain::ids::{ModuleId, PortalId, UserTypeId};
use domain::modules::Catalogue;
use domain::orgs::Profile;
use domain::portals::{Portal, UserType};
use store::engine::{Conn, Database, Error};
use store::orgs::Org;
use store::records::Lists;
use tokio::sync::Semaphore;

/// One version of an organisation's metadata and policies, compiled. Immutable.
#[derive(Debug)]
pub struct Snapshot {
    pub version: i64,
    pub catalogue: Arc<Catalogue>,
    pub portals: Vec<Portal>,
    pub user_types: Vec<UserType>,
    pub policies: HashMap<UserTypeId, Policy>,
    /// The version of the policies that is published; 0 where none ever was.
    pub policy_version: i64,
    /// The user types whose policy cannot be read: they are granted nothing.
    pub unreadable: Vec<UserTypeId>,
    /// What visitors see who are not signed in.
    pub anonymous: Vec<AnonymousGrant>,
    /// What no policy can cross.
    pub ceilings: Vec<Ceiling>,
    /// The forms by which people ask to come in.
    pub sign_ups: Vec<SignUp>,
    pub profiles: Vec<Profile>,
    /// The statements that were written for this version.
    pub(crate) lists: Lists,
    plans: Plans,
}

impl Snapshot {
    /// Reads and compiles the present version. Call it where several reads see one state.
    pub fn load(conn: &mut Conn) -> Result<Self, Error> {
        let version = store::state::version(conn)?;
        let catalogue = Arc::new(store::modules::load(conn)?);
        let portals: Vec<Portal> = store::portals::list(conn)?.into_iter().map(|(portal, _)| portal).collect();
        let user_types: Vec<UserType> = store::portals::user_types(conn)?
            .into_iter()
            .map(|(user_type, _)| user_type)
            .collect();
        // A closed portal closes every door of its people, not its pages alone.
        let is_shut = |id: UserTypeId| {
            user_types
                .iter()
                .any(|t| t.id == id && portals.iter().any(|p| p.id == t.portal && !p.active))
        };
        let in_force = store::access::in_force(conn)?;
        let profiles = store::access::profiles(conn)?;
        let open = in_force.policies.iter().filter(|(id, _, open)| *open && !is_shut(*id));
        let open: HashMap<UserTypeId, &Policy> = open.map(|(id, policy, _)| (*id, policy)).collect();
        let types = open.iter().map(|(id, policy)| (*id, *policy));
        let plans = Plans::of(version, &catalogue, types, in_force.ceilings.as_slice(), profiles.iter())
            .with_anonymous(&in_force.anonymous, &in_force.ceilings)
            .with_sign_ups(&in_force.sign_ups, &in_force.ceilings, |id| open.get(&id).copied());
        let policies = in_force.policies.into_iter().map(|(id, policy, _)| (id, policy)).collect();
        Ok(Self {
            version,
            catalogue,
            portals,
            user_types,
            policies,
            policy_version: in_force.version,
            unreadable: in_force.unreadable,
            anonymous: in_force.anonymous,
            ceilings: in_force.ceilings,
            sign_ups: in_force.sign_ups,
            profiles,
            lists: Lists::default(),
            plans,
        })
    }

    /// The same organisation by another document of policies, for one user type as somebody sees it who sees some modules
    /// only. `open` says whose people come in.
    ///
    /// For one request: its statements are kept with it alone, never among those of what is in force.
    #[must_use]
    pub(crate) fn by(&self, set: &PolicySet, open: impl Fn(UserTypeId) -> bool, only: UserTypeId, sees: impl Fn(ModuleId) -> bool) -> Self {
        let known = || set.policies().filter(|(id, _)| self.user_type(*id).is_some());
        let counting = known().filter(|(id, _)| open(*id));
        let plans = Plans::of(self.version, &self.catalogue, counting, &set.ceilings, std::iter::empty());
        let turned = |user_type: &UserType| UserType {
            personality: set.get(user_type.id).map_or(user_type.personality, |p| p.personality),
            ..user_type.clone()
        };
        Self {
            version: self.version,
            catalogue: Arc::clone(&self.catalogue),
            portals: self.portals.clone(),
            user_types: self.user_types.iter().map(turned).collect(),
            policies: known().map(|(id, policy)| (id, policy.clone())).collect(),
            policy_version: self.policy_version,
            unreadable: set.unreadable().collect(),
            anonymous: set.anonymous.clone(),
            ceilings: set.ceilings.clone(),
            sign_ups: set.sign_ups.clone(),
            profiles: Vec::new(),
            lists: Lists::default(),
            plans: plans.seen_by(PlanKey::UserType(only), sees),
        }
    }

    /// What a kind of viewer may see and do in a module. None: nothing.
    #[must_use]
    pub(crate) fn plan(&self, key: PlanKey, module: ModuleId) -> Option<&Arc<Plan>> {
        self.plans.plan(key, module)
    }

    /// A viewer's access to a module. None: for the viewer there is no such module.
    #[must_use]
    pub fn access(&self, viewer: Viewer, module: ModuleId) -> Option<Access> {
        self.plans.bind(viewer, module)
    }

    /// A viewer's access to a module by its API name.
    #[must_use]
    pub fn access_named(&self, viewer: Viewer, api_name: &str) -> Option<Access> {
        self.access(viewer, self.catalogue.named(api_name)?.id)
    }

    /// A viewer's access to every module that exists for the viewer, in the catalogue's order.
    #[must_use]
    pub fn accesses(&self, viewer: Viewer) -> Vec<Access> {
        self.catalogue.modules().filter_map(|m| self.access(viewer, m.id)).collect()
    }

    /// The policy of a user type; one that is granted nothing has an empty one.
    #[must_use]
    pub fn policy(&self, user_type: &UserType) -> Policy {
        let nothing = || Policy {
            personality: user_type.personality,
            grants: Vec::new(),
        };
        self.policies.get(&user_type.id).cloned().unwrap_or_else(nothing)
    }

    /// The policies that can be read, as one document.
    #[must_use]
    pub fn document(&self) -> PolicySet {
        let mut set = PolicySet::default();
        for (id, policy) in &self.policies {
            set.put(*id, policy.clone());
        }
        set.anonymous.clone_from(&self.anonymous);
        set.ceilings.clone_from(&self.ceilings);
        set.sign_ups.clone_from(&self.sign_ups);
        set
    }

    /// The portal with this name, whatever its case.
    #[must_use]
    pub fn portal_named(&self, name: &str) -> Option<&Portal> {
        self.portals.iter().find(|p| p.name.eq_ignore_ascii_case(name))
    }

    /// How a user type is called where those of several portals stand together: with its portal, if there are several.
    #[must_use]
    pub fn called(&self, user_type: &UserType) -> String {
        match self.portal(user_type.portal) {
            Some(portal) if self.portals.len() > 1 => format!("{} ({})", user_type.name, portal.name),
            _ => user_type.name.clone(),
        }
    }

    /// The portal with this id.
    #[must_use]
    pub fn portal(&self, id: PortalId) -> Option<&Portal> {
        self.portals.iter().find(|p| p.id == id)
    }

    /// Whether the people of a portal sign in at a provider of their own.
    #[must_use]
    pub fn has_provider(&self, portal: PortalId) -> bool {
        self.portal(portal).is_some_and(|portal| portal.single_sign_on)
    }

    /// The user type with this id.
    #[must_use]
    pub fn user_type(&self, id: UserTypeId) -> Option<&UserType> {
        self.user_types.iter().find(|t| t.id == id)
    }
}

/// An organisation that is being served.
#[derive(Debug)]
pub struct Tenant {
    pub org: Org,
    pub db: Database,
    /// Whose turn it is to ask in COQL. One at a time: such questions may be slow, and lists have to go on.
    pub(crate) questions: Semaphore,
    snapshot: RwLock<Option<Arc<Snapshot>>>,
}

impl Tenant {
    pub(crate) fn new(org: Org, db: Database) -> Self {
        Self {
            org,
            db,
            questions: Semaphore::new(1),
            snapshot: RwLock::new(None),
        }
    }

    /// The same organisation to be looked at by what a snapshot says: nothing can be written.
    pub(crate) fn looking(&self, snapshot: &Arc<Snapshot>) -> Self {
        Self {
            org: self.org.clone(),
            db: self.db.looking(),
            questions: Semaphore::new(1),
            snapshot: RwLock::new(Some(Arc::clone(snapshot))),
        }
    }

    /// The version in memory, read from the database if there is none. It may be out of date: the
    /// statements that read records find out.
    pub async fn snapshot(&self) -> Result<Arc<Snapshot>, Error> {
        let kept = self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone();
        match kept {
            Some(snapshot) => Ok(snapshot),
            None => self.reload().await,
        }
    }

    /// The version that the database has now.
    pub async fn fresh(&self) -> Result<Arc<Snapshot>, Error> {
        let kept = self.snapshot().await?;
        let version = self.db.read::<_, Error>(store::state::version).await?;
        if kept.version == version { Ok(kept) } else { self.reload().await }
    }

    /// Reads the present version into memory.
    pub async fn reload(&self) -> Result<Arc<Snapshot>, Error> {
        // What is looked at may be a draft: it is not exchanged for what is in force while somebody looks.
        if self.db.is_looking() {
            return Err(Error::OnlyLooking);
        }
        let fresh = Arc::new(self.db.snapshot::<_, Error>(Snapshot::load).await?);
        let mut kept = self.snapshot.write().unwrap_or_else(PoisonError::into_inner);
        // Another task may have read a later one meanwhile.
        match kept.as_ref().filter(|k| k.version > fresh.version) {
            Some(later) => Ok(Arc::clone(later)),
            None => {
                *kept = Some(Arc::clone(&fresh));
                Ok(fresh)
            }
        }
    }
}
