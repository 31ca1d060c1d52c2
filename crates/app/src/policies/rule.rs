//! The rule that a widening needs a second administrator. To turn it off needs one too: else it would hold nobody.

use store::engine::Conn;
use store::policies::Rule;
use store::portals::Actor;

use super::Present;
use super::publish::need_employee;
use crate::audit;
use crate::staff::administrators;
use crate::{Ctx, Error};

/// How the rule stands.
pub async fn rule(ctx: &Ctx) -> Result<Rule, Error> {
    ctx.need_manage_portals()?;
    ctx.tenant.db.read(|conn| Ok(store::policies::rule(conn)?)).await
}

/// Turns the rule on. There must be two people for it, or nothing could ever be widened again.
pub async fn turn_on(ctx: &Ctx) -> Result<(), Error> {
    change(ctx, "second_administrator_on", |conn, ctx, rule| {
        if administrators(conn, ctx)?.len() < 2 {
            return Err(Error::NoSecond);
        }
        rule.on = true;
        rule.off_asked = None;
        Ok(())
    })
    .await
}

/// Asks for the rule to be turned off. Somebody else has to agree.
pub async fn ask_for_off(ctx: &Ctx) -> Result<(), Error> {
    need_employee(ctx)?;
    change(ctx, "second_administrator_off_asked", |_, ctx, rule| {
        if rule.on && rule.off_asked.is_none() {
            let actor = Actor {
                id: ctx.viewer.actor,
                name: String::new(),
            };
            rule.off_asked = Some((actor, ctx.now));
        }
        Ok(())
    })
    .await
}

/// Agrees to turning the rule off, which turns it off.
pub async fn agree_to_off(ctx: &Ctx) -> Result<(), Error> {
    need_employee(ctx)?;
    change(ctx, "second_administrator_off", |_, ctx, rule| {
        let (asked_by, _) = rule.off_asked.take().ok_or(Error::NotWaiting)?;
        if asked_by.id == ctx.viewer.actor {
            return Err(Error::OwnWork);
        }
        rule.on = false;
        Ok(())
    })
    .await
}

/// Leaves the rule on after all: whoever asked has changed their mind, or somebody says no.
pub async fn keep_on(ctx: &Ctx) -> Result<(), Error> {
    change(ctx, "second_administrator_kept", |_, _, rule| {
        rule.off_asked = None;
        Ok(())
    })
    .await
}

/// Changes the rule under the lock that publishing takes, and notes it if it is another one then.
async fn change(
    ctx: &Ctx,
    action: &'static str,
    change: impl FnOnce(&mut Conn, &Ctx, &mut Rule) -> Result<(), Error> + Send + 'static,
) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            Present::lock(conn, &task)?;
            let mut rule = store::policies::rule(conn)?;
            let before = rule.clone();
            change(conn, &task, &mut rule)?;
            if rule == before {
                return Ok(());
            }
            store::policies::set_rule(conn, &rule)?;
            audit::note_by(conn, &task, action, "")
        })
        .await
}
