//! Channels: opened, changed, closed by whose they are.

use domain::accounts::Operation;
use domain::notifications::{Condition, MAX_TOKEN, MOST_CHANNELS, MOST_WATCHES, Watch, expiry};
use domain::time::Moment;
use store::engine::Conn;
use store::notifications::{self, Channel};
use webhooks::{SECRET_BYTES, Secret};

use crate::{Ctx, Error, authority};

/// A channel as somebody wants it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// By which its owner calls it.
    pub number: i64,
    /// Where messages are posted.
    pub url: String,
    /// What is said in each message, so that its receiver knows that it comes from here.
    pub token: Option<String>,
    /// Until when it stands; an hour if nothing is said, a week at most.
    pub expires: Option<Moment>,
    /// Whether the values of what was changed are told.
    pub with_values: bool,
    pub with_related: bool,
    /// At most one for each module.
    pub watches: Vec<Watch>,
}

/// What is changed of a channel; what is not said stays.
#[derive(Debug, Clone, Default)]
pub struct Amendment {
    pub number: i64,
    pub url: Option<String>,
    pub token: Option<String>,
    pub expires: Option<Moment>,
    pub with_values: Option<bool>,
    pub with_related: Option<bool>,
    /// Added to what is watched, or taken away from it.
    pub watches: Vec<Watch>,
    pub take_away: bool,
}

/// The caller's channels that stand, in the order of their numbers. Secrets are in them: they are told when a channel is opened.
pub async fn mine(ctx: &Ctx) -> Result<Vec<Channel>, Error> {
    need_employee(ctx)?;
    let (owner, now) = (ctx.viewer.actor, ctx.now);
    ctx.tenant.db.read(move |conn| Ok(notifications::of_owner(conn, owner, now)?)).await
}

/// Opens a channel, in place of the one that has its number. It gets a new secret.
///
/// Errors: [`Error::Input`] for an address that nothing may be posted to and for what is out of bounds, [`Error::NotFound`] for a
/// module that the caller does not see, [`Error::ScopeMismatch`] for one that the token may not read, [`Error::TooManyChannels`].
pub async fn open(ctx: &Ctx, wanted: Wanted) -> Result<Channel, Error> {
    let fresh = fresh(ctx, wanted.number);
    let opened = save(ctx, wanted.number, move |_, now| Ok(Some(filled(fresh, wanted, now)?)));
    opened.await?.ok_or(Error::NotFound("channel"))
}

/// Writes a channel over the one that has its number; it keeps its secret. What is not said is as if it had never been.
///
/// Errors: as of [`open`], and [`Error::NotFound`] if there is no such channel.
pub async fn replace(ctx: &Ctx, wanted: Wanted) -> Result<Channel, Error> {
    let replaced = save(ctx, wanted.number, move |known, now| {
        let known = known.ok_or(Error::NotFound("channel"))?;
        Ok(Some(filled(known, wanted, now)?))
    });
    replaced.await?.ok_or(Error::NotFound("channel"))
}

/// Events a channel. One that watches nothing any more is closed: none is returned then.
///
/// Errors: as of [`replace`].
pub async fn amend(ctx: &Ctx, wanted: Amendment) -> Result<Option<Channel>, Error> {
    save(ctx, wanted.number, move |known, now| {
        let mut channel = known.ok_or(Error::NotFound("channel"))?;
        if let Some(at) = wanted.expires {
            channel.expires = end(Some(at), now)?;
        }
        channel.url = wanted.url.unwrap_or(channel.url);
        channel.token = wanted.token.or(channel.token);
        channel.with_values = wanted.with_values.unwrap_or(channel.with_values);
        channel.with_related = wanted.with_related.unwrap_or(channel.with_related);
        for watch in wanted.watches {
            match wanted.take_away {
                true => take_away(&mut channel.watches, &watch),
                false => add(&mut channel.watches, watch),
            }
        }
        Ok(Some(channel).filter(|channel| !channel.watches.is_empty()))
    })
    .await
}

/// Closes a channel. Errors: [`Error::NotFound`] if there is no such channel.
pub async fn close(ctx: &Ctx, number: i64) -> Result<(), Error> {
    save(ctx, number, |known, _| match known {
        Some(_) => Ok(None),
        None => Err(Error::NotFound("channel")),
    })
    .await
    .map(drop)
}

fn fresh(ctx: &Ctx, number: i64) -> Channel {
    let mut bytes = [0; SECRET_BYTES];
    ctx.app.fill(&mut bytes);
    Channel {
        id: ctx.app.id(),
        owner: ctx.viewer.actor,
        number,
        session: None,
        url: String::new(),
        token: None,
        secret: Secret::new(&bytes).written(),
        with_values: false,
        with_related: false,
        expires: ctx.now,
        last_error: None,
        watches: Vec::new(),
    }
}

fn filled(channel: Channel, wanted: Wanted, now: Moment) -> Result<Channel, Error> {
    let mut watches = Vec::new();
    wanted.watches.into_iter().for_each(|watch| add(&mut watches, watch));
    Ok(Channel {
        url: wanted.url,
        token: wanted.token,
        with_values: wanted.with_values,
        with_related: wanted.with_related,
        expires: end(wanted.expires, now)?,
        watches,
        ..channel
    })
}

fn end(wanted: Option<Moment>, now: Moment) -> Result<Moment, Error> {
    expiry(wanted, now).ok_or_else(|| Error::Input("channel_expiry", "a time to come".into()))
}

fn add(watches: &mut Vec<Watch>, new: Watch) {
    match watches.iter_mut().find(|watch| watch.module == new.module) {
        Some(watch) => {
            watch.events = watch.events.and(new.events);
            watch.condition = new.condition.or(watch.condition.take());
        }
        None => watches.push(new),
    }
}

fn take_away(watches: &mut Vec<Watch>, old: &Watch) {
    watches.retain_mut(|watch| {
        let left = match watch.module == old.module {
            true => watch.events.without(old.events),
            false => Some(watch.events),
        };
        watch.events = left.unwrap_or(watch.events);
        left.is_some()
    });
}

/// Writes what becomes of the channel with this number, if that is good; none closes it.
async fn save<F>(ctx: &Ctx, number: i64, change: F) -> Result<Option<Channel>, Error>
where
    F: FnOnce(Option<Channel>, Moment) -> Result<Option<Channel>, Error> + Send + 'static,
{
    need_employee(ctx)?;
    let (task, db) = (ctx.clone(), ctx.tenant.db.clone());
    db.write(move |conn| {
        let (owner, now) = (task.viewer.actor, task.app.now());
        let there = notifications::lock(conn, owner, number)?;
        let (known, session) = (there.as_ref().map(|c| c.id), there.as_ref().and_then(|c| c.session));
        let wanted = change(there.filter(|channel| channel.expires > now), now)?;
        let written = wanted.map(|channel| put(conn, &task, known, channel)).transpose()?;
        if let (None, Some(id)) = (&written, known) {
            notifications::delete(conn, id)?;
        }
        authority::end(conn, session)?;
        Ok(written)
    })
    .await
}

/// Writes a channel, in the place of another or as a new one, with the rights that whoever asks has now.
fn put(conn: &mut Conn, ctx: &Ctx, known: Option<i64>, mut channel: Channel) -> Result<Channel, Error> {
    check(ctx, &channel)?;
    let now = ctx.app.now();
    if let Some(lent) = authority::lend(conn, ctx, channel.expires)? {
        channel.session = Some(lent.session);
        channel.expires = lent.expires;
    }
    channel.last_error = None;
    if let Some(id) = known {
        channel.id = id;
        notifications::update(conn, &channel)?;
        return Ok(channel);
    }
    if notifications::of_owner(conn, channel.owner, now)?.len() >= MOST_CHANNELS {
        return Err(Error::TooManyChannels(MOST_CHANNELS));
    }
    match notifications::insert(conn, &channel)? {
        true => Ok(channel),
        // Somebody with the same rights was faster by a moment.
        false => Err(Error::Busy),
    }
}

fn check(ctx: &Ctx, channel: &Channel) -> Result<(), Error> {
    super::target(&ctx.app, "notify_url", &channel.url)?;
    if channel.token.as_ref().is_some_and(|token| token.chars().count() > MAX_TOKEN) {
        return Err(Error::Input("token", format!("at most {MAX_TOKEN} characters")));
    }
    if channel.watches.is_empty() || channel.watches.len() > MOST_WATCHES {
        return Err(Error::Input("events", format!("events of 1 to {MOST_WATCHES} modules")));
    }
    for watch in &channel.watches {
        let access = ctx.snapshot.access(ctx.viewer, watch.module).ok_or(Error::NotFound("module"))?;
        let module = access.plan().module();
        // Also of what another token has opened: whoever moves a channel is told by it.
        if !ctx.is_in_scope(module, Operation::Read) {
            return Err(Error::ScopeMismatch);
        }
        // One that was deleted since changes no more, and keeps nobody from renewing the channel.
        let is_hidden = |field| module.field(field).is_some() && access.plan().column(field).is_none();
        if watch.condition.iter().flat_map(Condition::fields).any(is_hidden) {
            return Err(Error::NotFound("field"));
        }
    }
    Ok(())
}

/// What is told elsewhere is told of to employees only: portal users are many, and each change would be looked at for each of them.
fn need_employee(ctx: &Ctx) -> Result<(), Error> {
    if ctx.is_portal_user() { Err(Error::Forbidden) } else { Ok(()) }
}
