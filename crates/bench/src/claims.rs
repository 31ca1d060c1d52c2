//! `cargo xtask bench claims`: what a seat costs to take, in a pool of which ten are held and in one of which a million are.
//!
//! Two organisations of one product: in both the same people are invited and removed again, in turn, so that whatever else
//! the machine does befalls both. The figure that counts is the ratio.

use std::time::{Duration, Instant};

use app::orgs::NewOrg;
use app::{App, Ctx};
use domain::ids::{RecordId, UserTypeId, compose};
use domain::orgs::Edition;
use domain::records::{Draft, from_text};
use store::engine::Param;

use crate::company::records::{NUMBERS, STEP, insert};
use crate::company::{ADMINISTRATOR, Founded, found};
use crate::duel::spread;
use crate::{Arguments, Done, Kind, Place};

/// How many seats are held.
const FEW: i64 = 10;
const MANY: i64 = 1_000_000;
/// How many people are invited in a round.
const PEOPLE: usize = 50;
/// A seat of the many may cost so many times one of the few.
const DEAREST: f64 = 1.2;

/// Whether a seat costs about the same in both pools.
pub(crate) fn measure(kind: Kind, arguments: &Arguments) -> Done<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let place = runtime.block_on(Place::of(kind))?;
    println!("{kind:?}: filling a pool with {MANY} seats");
    let Founded { app, org, .. } = runtime.block_on(found(&place))?;
    let times = runtime.block_on(async {
        let few = Pool::filled(app.system(org).await?, FEW).await?;
        let many = Pool::filled(another(&app).await?, MANY).await?;
        place.settle().await?;
        let mut ratios = Vec::new();
        // The first round warms up.
        for round in 0..=arguments.pairs() {
            let (one, other) = (few.round().await?, many.round().await?);
            let ratio = other.as_secs_f64() / one.as_secs_f64();
            println!("round {round:2}  {one:7.2?} among few  {other:7.2?} among many  ratio {ratio:.3}");
            ratios.extend((round > 0).then_some(ratio));
        }
        let (least, middle, most) = spread(&mut ratios);
        println!("{kind:?}: a seat of many costs {middle:.3} times one of few (from {least:.3} to {most:.3})");
        app.close().await;
        Done::Ok(middle)
    })?;
    Ok(times <= DEAREST)
}

async fn another(app: &App) -> Done<Ctx> {
    let new = NewOrg {
        name: "Crowded Limited".into(),
        edition: Edition::Enterprise,
        trial_ends: None,
        data_centre: String::new(),
        admin_email: ADMINISTRATOR.into(),
        admin_password: app.secret(),
        portal: Some("crowdedportal".into()),
    };
    let made = app::orgs::create(app, new).await?;
    Ok(app.system(made.org.id).await?)
}

/// An organisation, and people who are not in its pool.
struct Pool {
    ctx: Ctx,
    user_type: UserTypeId,
    people: Vec<RecordId>,
}

impl Pool {
    async fn filled(ctx: Ctx, seats: i64) -> Done<Self> {
        let user_type = ctx.snapshot.user_types.first().ok_or("no user type")?;
        let (id, module) = (user_type.id, user_type.personality);
        // Earlier than any id that is made from now on.
        let first = compose(ctx.now.millis() - 2 * seats, 0, 0);
        let email = "'held' || i || '@example.com'";
        let (now, actor) = (ctx.now.0, ctx.viewer.actor);
        for (into, values) in [
            ("seats (email, memberships)", format!("{email}, 1")),
            (
                "identities (id, email, created_time)",
                format!("{first} + i * {STEP}, {email}, {now}"),
            ),
            (
                "members (id, user_type_id, module_id, record_id, identity_id, email, name, status, invited_time, invited_by, changed_time)",
                format!("{first} + i * {STEP}, {id}, {module}, -i, {first} + i * {STEP}, {email}, 'Held', 'active', {now}, {actor}, {now}"),
            ),
            (
                "ledger (id, number, at, event, actor, member_id, user_type_id, email, consumed)",
                format!("{first} + i * {STEP}, i + 1, {now}, 'invited', {actor}, {first} + i * {STEP}, {id}, {email}, i + 1"),
            ),
        ] {
            let sql = format!("INSERT INTO :db.{into} {NUMBERS} SELECT {values} FROM n");
            insert(&ctx, sql, vec![Param::from(seats)]).await?;
        }
        let sql = "UPDATE :db.pool SET consumed = $1, events = $1".to_owned();
        insert(&ctx, sql, vec![Param::from(seats)]).await?;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            people.push(contact(&ctx, number).await?);
        }
        Ok(Self {
            ctx,
            user_type: id,
            people,
        })
    }

    /// Invites everybody, which is timed, and removes them again.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    async fn round(&self) -> Done<Duration> {
        let ctx = self.ctx.refreshed().await?;
        let mut members = Vec::new();
        let begun = Instant::now();
        for person in &self.people {
            members.push(app::members::invite(&ctx, self.user_type, *person).await?.id);
        }
        let took = begun.elapsed();
        for member in members {
            app::members::remove(&ctx, member).await?;
        }
        Ok(took)
    }
}

async fn contact(ctx: &Ctx, number: usize) -> Done<RecordId> {
    let access = app::records::access(ctx, "Contacts")?;
    let mut draft = Draft::default();
    for (name, text) in [
        ("Last_Name", format!("Person {number}")),
        ("Email", format!("free{number}@example.com")),
    ] {
        let field = access.plan().module().field_named(name).ok_or("no such field")?;
        draft.set(field.id, from_text(field, &text).map_err(|e| e.to_string())?);
    }
    Ok(app::records::create(ctx, &access, draft).await?)
}
