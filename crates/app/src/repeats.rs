//! Calls that a program may repeat: with the same key the same call is carried out once, and answered alike each time.
//!
//! A key is its caller's own. What was answered is kept for a day, for nobody else.

use domain::repeats::{KEPT, is_key};
use store::engine::Conn;

use crate::{App, Ctx, Error};

/// A call with a key.
pub enum Turn {
    /// It is to be carried out.
    First(Claim),
    /// It was: this was answered.
    Again(Answer),
}

/// What a call is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// As HTTP has it.
    pub status: u16,
    pub body: Vec<u8>,
}

/// A key in the hands of the one call that is carried out.
pub struct Claim {
    ctx: Ctx,
    hash: String,
}

/// Looks whether the call was made before. `request` is all that it says.
///
/// Errors: [`Error::Input`] for what is no key, [`Error::KeyReused`] where something else was asked with it, [`Error::KeyInUse`]
/// where the call before has not been answered.
pub async fn begin(ctx: &Ctx, key: &str, request: &str) -> Result<Turn, Error> {
    if !is_key(key) {
        return Err(Error::Input("idempotency key", "1 to 255 visible characters".into()));
    }
    let hash = signin::tokens::hash(&format!("{} {key}", ctx.viewer.actor));
    let claim = Claim { ctx: ctx.clone(), hash };
    let (hash, request, now) = (claim.hash.clone(), signin::tokens::hash(request), ctx.app.now());
    let sought = request.clone();
    let taken = ctx
        .tenant
        .db
        .write::<_, Error>(move |conn| Ok(store::repeats::begin(conn, &hash, &sought, now.plus_seconds(-KEPT), now)?));
    match taken.await? {
        None => Ok(Turn::First(claim)),
        Some(kept) if kept.request != request => Err(Error::KeyReused),
        Some(kept) => {
            let (status, body) = kept.answer.ok_or(Error::KeyInUse)?;
            let status = u16::try_from(status).map_err(|_| Error::KeyInUse)?;
            Ok(Turn::Again(Answer { status, body }))
        }
    }
}

impl Claim {
    /// Keeps what the call was answered with.
    pub async fn answered(self, answer: Answer) -> Result<(), Error> {
        let keep = move |conn: &mut Conn| Ok(store::repeats::answer(conn, &self.hash, answer.status.into(), answer.body)?);
        self.ctx.tenant.db.write(keep).await
    }

    /// Lets the key go: nothing was done, and the call may come again.
    pub async fn refused(self) -> Result<(), Error> {
        let release = move |conn: &mut Conn| Ok(store::repeats::release(conn, &self.hash)?);
        self.ctx.tenant.db.write(release).await
    }
}

/// Forgets what was answered long ago, in all organisations.
pub(crate) async fn forget_old(app: &App) -> Result<(), Error> {
    let before = app.now().plus_seconds(-KEPT);
    for org in crate::orgs::list(app).await? {
        let forget = move |conn: &mut Conn| Ok::<_, Error>(store::repeats::forget(conn, before)?);
        app.tenant(org.id).await?.db.write(forget).await?;
    }
    Ok(())
}
