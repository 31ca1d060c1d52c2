//! Several portal users in one person: as whom they are here, and coming in as another one.

use app::Error;
use app::accounts::Anchor;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use domain::access::PlanKey;
use domain::ids::MemberId;

use crate::caller::PortalUser;
use crate::cookies;
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::routes::{Routes, post};

pub fn routes() -> Routes {
    Routes::new().route("/portal/{portal}/switch/{member}", post(switch))
}

/// What the account menu of somebody who is several portal users offers.
#[derive(Debug, Clone)]
pub struct Switcher {
    /// The user type as which they are here.
    pub here: String,
    pub others: Vec<Other>,
}

/// Another portal user that they are.
#[derive(Debug, Clone)]
pub struct Other {
    pub action: String,
    pub user_type: String,
    pub name: String,
    /// The portal's title if it is another portal.
    pub portal: Option<String>,
}

impl Switcher {
    /// For somebody in the portal that begins at `base`. None if they are no one else.
    #[must_use]
    pub fn new(user: &PortalUser, base: &str) -> Option<Self> {
        let here = match user.ctx.viewer.key {
            PlanKey::UserType(id) => user.ctx.snapshot.user_type(id)?,
            PlanKey::Staff(_) | PlanKey::Anonymous | PlanKey::SignUp(_) => return None,
        };
        let other = |anchor: &Anchor| Other {
            action: format!("{base}/switch/{}", anchor.member.id),
            user_type: anchor.user_type.clone(),
            name: [&anchor.member.name, &anchor.member.email]
                .into_iter()
                .find(|name| !name.is_empty())
                .cloned()
                .unwrap_or_default(),
            portal: user
                .ctx
                .snapshot
                .portal(anchor.portal)
                .filter(|p| p.id != user.portal.id)
                .map(|p| p.title.clone()),
        };
        let others: Vec<Other> = user.others.iter().map(other).collect();
        (!others.is_empty()).then(|| Self {
            here: here.name.clone(),
            others,
        })
    }
}

async fn switch(user: PortalUser, Path((_, member)): Path<(String, String)>, cookies: CookieJar) -> Result<Response, PageError> {
    let member: MemberId = member.parse().map_err(|_| Error::NotFound("portal user"))?;
    let entered = app::accounts::switch(&user.ctx, member).await?;
    let cookies = cookies.add(cookies::session(&user.ctx.app, cookies::PORTAL, entered.secret));
    let home = format!("/portal/{}", entered.portal.name);
    Ok((cookies, lead_to(&home, Done::Switched)).into_response())
}
