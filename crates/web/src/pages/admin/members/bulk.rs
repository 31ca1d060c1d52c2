//! Doing something with several portal users, each on their own: one refusal keeps nobody else back.

use app::{Ctx, Error};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::{MemberId, UserTypeId};

use super::super::posted::Posted;
use super::super::visit::Visit;
use super::outcome::{self, Deed};
use crate::failure::{PageError, error_page};
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

/// The most people at once.
const MOST: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Reinvite,
    Deactivate,
    Activate,
    Remove,
    Transfer(UserTypeId),
    Readdress,
}

#[derive(Template)]
#[template(path = "admin/members/ask.html")]
struct Ask {
    shell: Shell,
    people: Vec<(MemberId, String)>,
}

impl Action {
    fn of(posted: &Posted) -> Result<Self, &'static str> {
        match posted.one("action") {
            "reinvite" => Ok(Self::Reinvite),
            "deactivate" => Ok(Self::Deactivate),
            "activate" => Ok(Self::Activate),
            "remove" => Ok(Self::Remove),
            "readdress" => Ok(Self::Readdress),
            "transfer" => posted
                .one("to")
                .parse()
                .map(Self::Transfer)
                .map_err(|_| "choose the user type that they shall move to"),
            _ => Err("expected one of: re-invite, deactivate, activate, remove, transfer, readdress"),
        }
    }

    fn deed(self) -> Deed {
        let (title, verb) = match self {
            Self::Reinvite => ("Invited again", "got a new letter"),
            Self::Deactivate => ("Deactivated", "locked out"),
            Self::Activate => ("Activated", "let in again"),
            Self::Remove => ("Removed", "taken out of the portal"),
            Self::Transfer(_) => ("Transferred", "moved to the other user type"),
            Self::Readdress => ("Another address", "got a letter at the address of the record"),
        };
        Deed {
            title,
            verb,
            back: "/admin/members".into(),
            outbox: matches!(self, Self::Reinvite | Self::Readdress),
        }
    }

    async fn apply(self, ctx: &Ctx, member: MemberId) -> Result<(), Error> {
        match self {
            Self::Reinvite => app::members::reinvite(ctx, member).await,
            Self::Deactivate => app::members::deactivate(ctx, member).await,
            Self::Activate => app::members::activate(ctx, member).await,
            Self::Remove => app::members::remove(ctx, member).await,
            Self::Readdress => app::members::readdress(ctx, member).await,
            Self::Transfer(to) => app::members::transfer(ctx, member, to).await,
        }
    }
}

fn wrong(why: &str) -> Response {
    error_page(StatusCode::UNPROCESSABLE_ENTITY, "That cannot be done", why)
}

async fn name(ctx: &Ctx, id: MemberId) -> Result<String, Error> {
    let member = app::members::one(ctx, id).await?;
    Ok(match member.name.is_empty() {
        true => member.email,
        false => format!("{} ({})", member.name, member.email),
    })
}

pub async fn carry_out(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    if !ctx.rights.manage_portal_users {
        return Err(Error::NoPermission("Manage Portal Users").into());
    }
    let action = match Action::of(&posted) {
        Ok(action) => action,
        Err(why) => return Ok(wrong(why)),
    };
    let Ok(ids) = posted.all("id").map(str::parse).collect::<Result<Vec<MemberId>, _>>() else {
        return Ok(wrong("one of those chosen is not a portal user"));
    };
    if ids.is_empty() || ids.len() > MOST {
        return Ok(wrong("choose 1 to 1,000 people first"));
    }
    // Removing cannot be undone: it is asked about, with script or without.
    if action == Action::Remove && !posted.has("sure") {
        return ask(&visit, ids).await;
    }
    let mut results = Vec::new();
    for id in ids {
        let (who, found) = match name(ctx, id).await {
            Ok(name) => (name, Ok(())),
            Err(error) => (format!("Number {id}"), Err(error)),
        };
        let result = match found {
            Ok(()) => action.apply(ctx, id).await,
            Err(error) => Err(error),
        };
        results.push((who, result));
    }
    Ok(outcome::page(&visit, action.deed(), results))
}

async fn ask(visit: &Visit, ids: Vec<MemberId>) -> Result<Response, PageError> {
    let mut people = Vec::new();
    for id in ids {
        if let Ok(name) = name(visit.ctx(), id).await {
            people.push((id, name));
        }
    }
    if people.is_empty() {
        return Err(Error::NotFound("portal user").into());
    }
    Ok(show_page(&Ask {
        shell: visit.shell("Remove from the portal", "members"),
        people,
    }))
}
