//! A user type that is worked on: as it is in force, or within a draft.

use app::portals::Seen;
use app::{Ctx, Error, policies, portals};
use axum::http::StatusCode;
use domain::access::Policy;
use domain::ids::{PolicyDraftId, UserTypeId};
use domain::portals::UserType;
use domain::time::Moment;
use serde::Deserialize;

use super::super::policies::agreed;
use super::super::posted::Posted;
use super::super::visit::{Visit, id};
use crate::pages::done::Done;

/// Where a page is: the parts of its address that it has.
#[derive(Debug, Deserialize)]
pub struct At {
    #[serde(default)]
    draft: Option<String>,
    id: String,
    #[serde(default)]
    pub module: String,
}

impl At {
    /// A page of what is in force.
    pub fn in_force(user_type: String) -> Self {
        Self {
            draft: None,
            id: user_type,
            module: String::new(),
        }
    }
}

/// Where a policy is read from and written to, as a page says it.
#[derive(Debug, Clone)]
pub struct Source {
    /// The address of the user type's page.
    pub place: String,
    /// The draft that the page belongs to, with its address. None: what is in force.
    pub draft: Option<(String, String)>,
}

/// A user type that is worked on.
pub struct Worked {
    pub user_type: UserType,
    pub policy: Policy,
    /// What the one who works on it has seen, so that nobody's change is written over unseen: when the user type was last
    /// changed, or the revision of the draft.
    pub seen: i64,
    pub source: Source,
    draft: Option<PolicyDraftId>,
}

/// What has become of a change.
pub enum Saved {
    InForce,
    InDraft,
    /// It needs a second administrator: this draft waits for one.
    Waiting(PolicyDraftId),
}

impl Worked {
    pub async fn on(visit: &Visit, at: &At) -> Result<Self, Error> {
        let ctx = visit.ctx();
        if !ctx.rights.manage_portals {
            return Err(Error::NoPermission("Manage Portals"));
        }
        let wanted: UserTypeId = id(&at.id, "user type")?;
        let all = portals::user_types(ctx).await?;
        let found = all.into_iter().find(|(t, _)| t.id == wanted);
        let (user_type, stamps) = found.ok_or(Error::NotFound("user type"))?;
        match &at.draft {
            Some(draft) => Self::within(ctx, draft, user_type).await,
            None => Ok(Self {
                policy: ctx.snapshot.policy(&user_type),
                seen: stamps.modified.0,
                source: Source {
                    place: format!("/admin/user-types/{}", user_type.id),
                    draft: None,
                },
                draft: None,
                user_type,
            }),
        }
    }

    async fn within(ctx: &Ctx, draft: &str, user_type: UserType) -> Result<Self, Error> {
        let draft = policies::draft(ctx, id(draft, "draft")?).await?;
        let home = format!("/admin/policies/drafts/{}", draft.id);
        let set = draft.set.ok_or(Error::UnreadablePolicies)?;
        let nothing = Policy {
            personality: user_type.personality,
            grants: Vec::new(),
        };
        Ok(Self {
            policy: set.get(user_type.id).cloned().unwrap_or(nothing),
            seen: draft.revision,
            source: Source {
                place: format!("{home}/user-types/{}", user_type.id),
                draft: Some((draft.name, home)),
            },
            draft: Some(draft.id),
            user_type,
        })
    }

    /// The part of the navigation that the page belongs to.
    pub fn current(&self) -> &'static str {
        if self.draft.is_some() { "policies" } else { "user-types" }
    }

    /// Saves a changed policy or name: into the draft, or into force. A draft has no name and state for a user type.
    pub async fn save(&self, ctx: &Ctx, posted: &Posted, name: String, active: bool, policy: Policy) -> Result<Saved, Error> {
        let seen = posted.one("seen").parse().unwrap_or(self.seen);
        let id = self.user_type.id;
        if let Some(draft) = self.draft {
            policies::change_type(ctx, draft, seen, id, policy).await?;
            return Ok(Saved::InDraft);
        }
        let draft = portals::TypeDraft { name, active, policy };
        let seen = Seen {
            changed: Some(Moment(seen)),
            failing: agreed(posted),
        };
        match portals::update_user_type_seen(ctx, id, seen, draft.clone()).await {
            Ok(()) => Ok(Saved::InForce),
            Err(Error::NeedsSecond) => Ok(Saved::Waiting(policies::propose(ctx, id, draft).await?)),
            Err(other) => Err(other),
        }
    }

    /// Where to go after a change, and what is said there. `in_force` is what is said where it is in force.
    pub fn after(&self, saved: &Saved, in_force: Done) -> (String, Done) {
        match saved {
            Saved::InForce => (self.source.place.clone(), in_force),
            Saved::InDraft if in_force == Done::ModulesGranted => (self.source.place.clone(), in_force),
            Saved::InDraft => (self.source.place.clone(), Done::DraftSaved),
            Saved::Waiting(draft) => (format!("/admin/policies/drafts/{draft}"), Done::Waiting),
        }
    }
}

/// What is said when two work on the same thing, and with which status.
pub fn changed_meanwhile(error: &Error) -> Option<(StatusCode, &'static str)> {
    match error {
        Error::TypeChanged => Some((
            StatusCode::CONFLICT,
            "Somebody else changed this user type while you worked on it. Nothing was saved: open it again to see how it is now.",
        )),
        Error::DraftChanged => Some((
            StatusCode::CONFLICT,
            "Somebody else changed this draft while you worked on it. Nothing was saved: open it again to see how it is now.",
        )),
        _ => None,
    }
}
