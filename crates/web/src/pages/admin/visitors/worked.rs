//! What is open to whoever comes, as it is worked on: as it is in force, or within a draft.

use app::policies::{self, Outcome, Part, Which};
use app::{Ctx, Error};
use domain::access::{AnonymousGrant, PolicySet, SignUp};
use domain::ids::{ModuleId, PolicyDraftId, UserTypeId};
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
    #[serde(default)]
    pub module: String,
    #[serde(default)]
    pub user_type: String,
}

/// Where what is open is read from and written to.
pub struct Worked {
    pub set: PolicySet,
    /// What the one who works on it has seen: the version in force, or the revision of the draft.
    pub seen: i64,
    /// The address of the map.
    pub home: String,
    /// The draft that it belongs to, with its address. None: what is in force.
    pub draft: Option<(String, String)>,
    pub which: Which,
}

impl Worked {
    pub async fn on(visit: &Visit, at: &At) -> Result<Self, Error> {
        let ctx = visit.ctx();
        if !ctx.rights.manage_portals {
            return Err(Error::NoPermission("Manage Portals"));
        }
        match &at.draft {
            Some(draft) => Self::within(ctx, id(draft, "draft")?).await,
            None => Ok(Self {
                set: ctx.snapshot.document(),
                seen: ctx.snapshot.policy_version,
                home: "/admin/visitors".to_owned(),
                draft: None,
                which: Which::InForce,
            }),
        }
    }

    async fn within(ctx: &Ctx, draft: PolicyDraftId) -> Result<Self, Error> {
        let draft = policies::draft(ctx, draft).await?;
        let place = format!("/admin/policies/drafts/{}", draft.id);
        Ok(Self {
            set: draft.set.ok_or(Error::UnreadablePolicies)?,
            seen: draft.revision,
            home: format!("{place}/visitors"),
            draft: Some((draft.name, place)),
            which: Which::Draft(draft.id),
        })
    }

    /// What visitors see of a module.
    pub fn grant(&self, module: ModuleId) -> Option<&AnonymousGrant> {
        self.set.anonymous.iter().find(|g| g.module == module)
    }

    /// The form by which people ask to come into a user type.
    pub fn sign_up(&self, user_type: UserTypeId) -> Option<&SignUp> {
        self.set.sign_ups.iter().find(|f| f.user_type == user_type)
    }

    /// The part of the navigation that the page belongs to.
    pub fn current(&self) -> &'static str {
        if self.draft.is_some() { "policies" } else { "visitors" }
    }

    /// Saves a part, into the draft or into force; where to go then, and what is said there.
    pub async fn save(&self, ctx: &Ctx, posted: &Posted, part: Part) -> Result<(String, Done), Error> {
        let seen = posted.one("seen").parse().unwrap_or(self.seen);
        if let Which::Draft(draft) = self.which {
            policies::change_part_in_draft(ctx, draft, seen, part).await?;
            return Ok((self.home.clone(), Done::DraftSaved));
        }
        Ok(match policies::change_part(ctx, part, seen, agreed(posted)).await? {
            Outcome::Published(_) => (self.home.clone(), Done::Published),
            Outcome::Waiting(draft, _) => (format!("/admin/policies/drafts/{draft}"), Done::Waiting),
        })
    }
}
