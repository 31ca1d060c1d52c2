//! User types: kinds of people, and what each kind may see and do.

mod create;
mod faults;
mod fields;
mod list;
mod matrix;
mod permissions;
mod sentences;
mod state;

use app::{Ctx, Error};
use domain::access::Policy;
use domain::ids::UserTypeId;
use domain::portals::UserType;
use domain::time::Moment;

use super::visit::{Visit, id};

use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/user-types", get(list::show))
        .route("/admin/user-types/new", get(create::form).post(create::save))
        .route("/admin/user-types/{id}", get(permissions::show).post(permissions::save))
        .route("/admin/user-types/{id}/fields/{module}", get(fields::show).post(fields::save))
        .route("/admin/user-types/{id}/state", post(state::change))
        .route("/admin/user-types/{id}/delete", get(state::ask).post(state::delete))
}

/// A user type that is worked on.
struct Worked {
    user_type: UserType,
    policy: Policy,
    /// When it was last changed, so that nobody's change is written over unseen.
    modified: Moment,
}

impl Worked {
    async fn on(visit: &Visit, text: &str) -> Result<Self, Error> {
        let ctx = visit.ctx();
        if !ctx.rights.manage_portals {
            return Err(Error::NoPermission("Manage Portals"));
        }
        let wanted: UserTypeId = id(text, "user type")?;
        let all = app::portals::user_types(ctx).await?;
        let found = all.into_iter().find(|(t, _)| t.id == wanted);
        let (user_type, stamps) = found.ok_or(Error::NotFound("user type"))?;
        let policy = ctx.snapshot.policies.get(&wanted).cloned().ok_or(Error::NotFound("user type"))?;
        Ok(Self {
            user_type,
            policy,
            modified: stamps.modified,
        })
    }

    /// Puts a changed policy or name into force.
    async fn save(&self, ctx: &Ctx, seen: &str, name: String, active: bool, policy: Policy) -> Result<(), Error> {
        let seen = seen.parse().map_or(self.modified, Moment);
        let draft = app::portals::TypeDraft { name, active, policy };
        app::portals::update_user_type_seen(ctx, self.user_type.id, Some(seen), draft).await
    }
}

/// What the people of a user type are called in a sentence: `Clients`, `Client Portal users`.
fn people(name: &str) -> String {
    match name.ends_with('s') {
        true => name.to_owned(),
        false => format!("{name} users"),
    }
}
