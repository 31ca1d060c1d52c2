//! The company's portal users: of each type one who can sign in, some who are invited, some who were locked out.

use domain::access::NamedPolicy;
use domain::ids::{PortalId, RecordId, UserTypeId};
use domain::records::{Order, Query, SortKey, Value};
use serde::Deserialize;
use store::records::Shown;

use super::{DemoPerson, PORTAL, the_one};
use crate::members::{accept, deactivate, invite};
use crate::portals::{TypeDraft, create_user_type, update_user_type};
use crate::{Ctx, Error, mail, records};

const PASSWORD: &str = "lamp-orchard-17-harbour";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Types {
    #[serde(rename = "type")]
    types: Vec<Kind>,
}

/// A user type and how many people are in it.
#[derive(Deserialize)]
struct Kind {
    name: String,
    /// Field and value of the record that can sign in.
    key: [String; 2],
    invited: usize,
    deactivated: usize,
    #[serde(flatten)]
    policy: NamedPolicy,
}

/// Makes the user types and their people.
pub(super) async fn invite_all(ctx: &Ctx, portal: PortalId) -> Result<Vec<DemoPerson>, Error> {
    let types: Types = toml::from_str(include_str!("data/types.toml")).map_err(unusable)?;
    let mut made = Vec::new();
    for kind in types.types {
        made.push((user_type(ctx, portal, &kind).await?, kind));
    }
    let ctx = ctx.refreshed().await?;
    let mut people = Vec::new();
    for (id, kind) in made {
        people.push(members(&ctx, id, &kind).await?);
    }
    Ok(people)
}

fn unusable(error: impl std::fmt::Display) -> Error {
    Error::Input("demonstration", format!("user types that fit, but {error}"))
}

async fn user_type(ctx: &Ctx, portal: PortalId, kind: &Kind) -> Result<UserTypeId, Error> {
    let policy = kind.policy.resolve(&ctx.snapshot.catalogue).map_err(unusable)?;
    let default = ctx.snapshot.user_types.iter().find(|t| t.default && t.portal == portal);
    let default = default.filter(|t| t.personality == policy.personality).map(|t| t.id);
    let draft = TypeDraft {
        name: kind.name.clone(),
        active: true,
        policy,
    };
    match default {
        Some(id) => update_user_type(ctx, id, draft).await.map(|()| id),
        None => create_user_type(ctx, portal, draft).await,
    }
}

async fn members(ctx: &Ctx, user_type: UserTypeId, kind: &Kind) -> Result<DemoPerson, Error> {
    let first = the_one(ctx, &kind.policy.people, &kind.key).await?;
    let person = join(ctx, user_type, first).await?;
    let others = others(ctx, kind, first).await?;
    let (locked_out, invited) = others.split_at(kind.deactivated.min(others.len()));
    for &record in locked_out {
        let member = invite(ctx, user_type, record).await?;
        accept(&ctx.app, PORTAL, &token(ctx, &member.email).await?, PASSWORD).await?;
        deactivate(ctx, member.id).await?;
    }
    for &record in invited {
        invite(ctx, user_type, record).await?;
    }
    Ok(DemoPerson {
        user_type: kind.name.clone(),
        ..person
    })
}

/// As many other people as are wanted, oldest records first, without the administrator and those without an address.
async fn others(ctx: &Ctx, kind: &Kind, first: RecordId) -> Result<Vec<RecordId>, Error> {
    let access = records::access(ctx, &kind.policy.people)?;
    let email = access.plan().module().email_field().map(|f| f.id).ok_or(Error::NoAddress)?;
    let query = Query {
        order: Order {
            key: SortKey::Id,
            descending: false,
        },
        ..Query::newest(vec![email], 200)
    };
    let page = records::list(ctx, &access, query).await?;
    let suits = |record: &&store::records::Record| match record.values.first() {
        Some(Shown::Value(Value::Text(email))) => record.id != first && email != super::ADMIN,
        _ => false,
    };
    let ids = page.records.iter().filter(suits).map(|r| r.id);
    Ok(ids.take(kind.invited + kind.deactivated).collect())
}

async fn join(ctx: &Ctx, user_type: UserTypeId, record: RecordId) -> Result<DemoPerson, Error> {
    let member = invite(ctx, user_type, record).await?;
    accept(&ctx.app, PORTAL, &token(ctx, &member.email).await?, PASSWORD).await?;
    Ok(DemoPerson {
        user_type: String::new(),
        name: member.name,
        email: member.email,
        password: PASSWORD.into(),
    })
}

/// The token in the latest letter to somebody.
async fn token(ctx: &Ctx, email: &str) -> Result<String, Error> {
    let letters = mail::unsent(ctx).await?;
    let link = letters.iter().rev().find(|m| m.mail.to == email).and_then(|m| m.mail.links.first());
    let token = link.and_then(|link| link.rsplit('/').next());
    token.map(str::to_owned).ok_or(Error::NotFound("invitation"))
}
