//! Waiting for Portal Access: those who have proven their address, and are not let in yet.

use domain::ids::{FieldId, RecordId, SignUpId, UserTypeId};
use domain::members::sign_up::Stage;
use domain::time::Moment;
use store::engine::Conn;
use store::sign_ups::SignUp;

use super::admit::admit_waiting;
use super::{called, form_of, with_address};
use crate::audit;
use crate::{Ctx, Error};

/// How many are shown at once.
const SHOWN: u32 = 50;

/// Those who stand in line, the longest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub applicants: Vec<Applicant>,
    pub counts: Counts,
}

/// How many stand in line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// About whom an employee has to decide.
    pub asking: u64,
    /// Who wait for a seat.
    pub waiting: u64,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub fn all(self) -> u64 {
        self.asking.saturating_add(self.waiting)
    }
}

/// Somebody who stands in line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    pub id: SignUpId,
    pub user_type: UserTypeId,
    pub name: String,
    pub email: String,
    /// By which field, what they have typed beside their address.
    pub answers: Vec<(String, String)>,
    pub stage: Stage,
    pub since: Moment,
    /// Records with the same address, as far as the one who asks sees them: they may be one of these.
    pub twins: Vec<Twin>,
    /// Why they could not be let in.
    pub trouble: Option<String>,
    /// Whether they can be let in at all: the form is there.
    pub open: bool,
}

/// A record that somebody may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    pub record: RecordId,
    pub name: String,
}

/// How many stand in line.
pub async fn counts(ctx: &Ctx) -> Result<Counts, Error> {
    ctx.need_manage_portal_users()?;
    ctx.tenant.db.read(counts_in).await
}

fn counts_in(conn: &mut Conn) -> Result<Counts, Error> {
    let (asking, waiting) = store::sign_ups::counts(conn)?;
    Ok(Counts { asking, waiting })
}

/// Those who stand in line.
pub async fn line(ctx: &Ctx) -> Result<Line, Error> {
    ctx.need_manage_portal_users()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .snapshot(move |conn| {
            let found = store::sign_ups::in_line(conn, SHOWN)?;
            let applicants = found.into_iter().map(|found| applicant(conn, &task, found));
            Ok(Line {
                applicants: applicants.collect::<Result<_, Error>>()?,
                counts: counts_in(conn)?,
            })
        })
        .await
}

fn applicant(conn: &mut Conn, ctx: &Ctx, found: SignUp) -> Result<Applicant, Error> {
    let twins = match found.stage {
        Stage::Asking => twins(conn, ctx, found.user_type, &found.email)?,
        _ => Vec::new(),
    };
    let module = ctx
        .snapshot
        .user_type(found.user_type)
        .and_then(|t| ctx.snapshot.catalogue.module(t.personality));
    let address = module.and_then(|m| m.email_field()).map(|f| f.id);
    let label = |(id, texts): (&FieldId, &Vec<String>)| {
        let field = module?.field(*id).filter(|f| Some(f.id) != address)?;
        let text = texts.join(", ");
        (!text.is_empty()).then(|| (field.label.clone(), text))
    };
    Ok(Applicant {
        id: found.id,
        user_type: found.user_type,
        answers: found.answers.iter().filter_map(label).collect(),
        name: found.name,
        email: found.email,
        stage: found.stage,
        since: found.proven.unwrap_or(found.asked),
        twins,
        trouble: found.trouble,
        open: form_of(&ctx.snapshot, ctx.now.day(), found.user_type).is_some(),
    })
}

/// The records with an address that the one who asks sees.
fn twins(conn: &mut Conn, ctx: &Ctx, user_type: UserTypeId, email: &str) -> Result<Vec<Twin>, Error> {
    let personality = ctx.snapshot.user_type(user_type).map(|t| t.personality);
    let Some(access) = personality.and_then(|id| ctx.snapshot.access(ctx.viewer, id)) else {
        return Ok(Vec::new());
    };
    let ids = with_address(conn, &access, email)?;
    let named = crate::members::named_all(conn, &access, &ids)?;
    Ok(named.into_iter().map(|(record, _, name)| Twin { record, name }).collect())
}

/// Lets somebody in: as a record that has their address, or as a new one. Without a free seat they wait for the next one.
/// True: they are in.
///
/// Errors: nobody of this id stands in line; `record` where it is not one of theirs.
pub async fn accept(ctx: &Ctx, id: SignUpId, record: Option<RecordId>) -> Result<bool, Error> {
    ctx.need_manage_portal_users()?;
    let task = ctx.clone();
    let accepted = ctx.tenant.db.write::<_, Error>(move |conn| {
        let found = store::sign_ups::lock(conn, id)?.ok_or(Error::NotFound("sign-up"))?;
        if form_of(&task.snapshot, task.now.day(), found.user_type).is_none() {
            return Err(Error::NotFound("form"));
        }
        if let Some(record) = record
            && !twins(conn, &task, found.user_type, &found.email)?
                .iter()
                .any(|t| t.record == record)
        {
            return Err(Error::Input("record", "one that has the address with which they signed up".into()));
        }
        store::sign_ups::accept(conn, id, record, task.viewer.actor)?;
        audit::note_by(conn, &task, "sign_up_accepted", &called(&task, found.user_type))
    });
    accepted.await?;
    let task = ctx.clone();
    let admitted = ctx.tenant.db.write(move |conn| admit_waiting(conn, &task)).await?;
    if admitted.iter().any(|(admitted, _)| *admitted == id) {
        return Ok(true);
    }
    let after = ctx.tenant.db.read::<_, Error>(move |conn| Ok(store::sign_ups::by_id(conn, id)?));
    match after.await? {
        Some(SignUp { trouble: Some(why), .. }) => Err(Error::NotLetIn(why)),
        // Another server was faster.
        None => Ok(true),
        Some(_) => Ok(false),
    }
}

/// Turns somebody away: what they typed is forgotten. They are not written to.
pub async fn decline(ctx: &Ctx, id: SignUpId) -> Result<(), Error> {
    ctx.need_manage_portal_users()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let found = store::sign_ups::lock(conn, id)?.ok_or(Error::NotFound("sign-up"))?;
            store::sign_ups::delete(conn, id)?;
            audit::note_by(conn, &task, "sign_up_declined", &called(&task, found.user_type))
        })
        .await
}
