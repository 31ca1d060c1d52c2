//! Asking: somebody fills in the form, and gets a link that proves their address.

use domain::access::Access;
use domain::ids::{FieldId, SignUpId, UserTypeId};
use domain::members::sign_up::{MAX_PROOFS, Stage};
use domain::modules::Module;
use domain::orgs::Rights;
use domain::portals::{Portal, UserType};
use domain::records::{Draft, FieldError, Problem, from_texts, name_of, normalise_email, prepare_new};
use store::sign_ups::{Answers, SignUp};

use super::form_of;
use crate::mail::{self, Letter};
use crate::portals::open_by_name;
use crate::{App, Ctx, Error};

/// A form that a portal has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub user_type: UserTypeId,
    pub name: String,
}

/// A form that somebody fills in.
#[derive(Clone)]
pub struct Receiving {
    pub ctx: Ctx,
    pub portal: Portal,
    pub user_type: UserType,
    /// What is asked, and nothing else: records with it can be made.
    pub access: Access,
}

/// The forms of a portal. Errors: no such portal; it is closed.
pub async fn offers(app: &App, portal: &str) -> Result<Vec<Offer>, Error> {
    let (tenant, portal) = open_by_name(app, portal).await?;
    let snapshot = tenant.snapshot().await?;
    let today = app.now().day();
    let here = snapshot.user_types.iter().filter(|t| t.portal == portal);
    let open = here.filter(|t| form_of(&snapshot, today, t.id).is_some());
    let offer = |user_type: &UserType| Offer {
        user_type: user_type.id,
        name: user_type.name.clone(),
    };
    Ok(open.map(offer).collect())
}

/// The form of a user type. Errors: no such portal; it is closed; it has no such form.
pub async fn receive(app: &App, portal: &str, user_type: UserTypeId) -> Result<Receiving, Error> {
    let (tenant, portal) = open_by_name(app, portal).await?;
    let (snapshot, now) = (tenant.fresh().await?, app.now());
    let found = form_of(&snapshot, now.day(), user_type).filter(|(of, ..)| of.id == portal);
    let (portal, user_type, access) = found.ok_or(Error::NotFound("page"))?;
    let ctx = Ctx {
        app: app.clone(),
        tenant,
        snapshot,
        viewer: *access.viewer(),
        rights: Rights::none(),
        signed_in: None,
        now,
    };
    Ok(Receiving {
        ctx,
        portal,
        user_type,
        access,
    })
}

/// Notes what somebody has filled in, and sends them a link that proves their address. What happens is the same, whoever
/// the address belongs to; to one that has several such links no more are sent.
///
/// Errors: [`Error::Fields`] for what cannot be a record.
pub async fn ask(to: &Receiving, answers: Answers) -> Result<(), Error> {
    let module = to.access.plan().module();
    let draft = draft(&to.access, &answers)?;
    let name = name_of(module, |id| Some(draft.value(id)?.to_text(&module.field(id)?.kind)));
    let email = module.email_field().map_or("", |f| typed(&answers, f.id));
    let email = normalise_email(email).ok_or_else(|| no_address(module));
    let missing = prepare_new(&to.access, draft).err().unwrap_or_default();
    let email = match email {
        Ok(email) if missing.is_empty() => email,
        Ok(_) => return Err(Error::Fields(missing)),
        Err(address) => return Err(Error::Fields(address.into_iter().chain(missing).collect())),
    };
    let to = to.clone();
    let db = to.ctx.tenant.db.clone();
    db.write::<_, Error>(move |conn| {
        let ctx = &to.ctx;
        if store::sign_ups::unproven(conn, to.user_type.id, &email, ctx.now)? >= MAX_PROOFS {
            return Ok(());
        }
        let token = ctx.app.secret();
        let new = SignUp {
            id: SignUpId(ctx.app.id()),
            user_type: to.user_type.id,
            email,
            name,
            answers,
            stage: Stage::Unproven,
            asked: ctx.now,
            proven: None,
            record: None,
            decided_by: None,
            trouble: None,
        };
        store::sign_ups::insert(conn, &new, &signin::tokens::hash(&token))?;
        mail::post(conn, &ctx.app, &new.email, &letter(&to, &token))
    })
    .await
}

/// The record that the answers make.
pub(super) fn draft(access: &Access, answers: &Answers) -> Result<Draft, Error> {
    let module = access.plan().module();
    let (mut draft, mut errors) = (Draft::default(), Vec::new());
    for (id, texts) in answers {
        let Some(field) = module.field(*id).filter(|_| access.plan().may_set(*id)) else {
            continue;
        };
        match from_texts(field, texts) {
            Ok(value) => draft.set(*id, value),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(draft) } else { Err(Error::Fields(errors)) }
}

fn typed(answers: &Answers, field: FieldId) -> &str {
    answers.get(&field).and_then(|texts| texts.first()).map_or("", String::as_str)
}

/// A record may do without an address, somebody who signs up may not.
fn no_address(module: &Module) -> Option<FieldError> {
    let field = module.email_field()?;
    Some(FieldError {
        field: field.api_name.clone(),
        problem: Problem::Mandatory,
    })
}

fn letter(to: &Receiving, token: &str) -> Letter {
    let title = &to.portal.title;
    let settings = to.ctx.app.settings();
    Letter {
        subject: format!("Is this your address? {title}"),
        paragraphs: vec![
            format!("Somebody, probably you, asked for access to {title} with this address."),
            "The link works once, for one day. If it was not you, there is nothing to do: without it nothing happens.".to_owned(),
        ],
        action: (
            "Yes, this is my address".to_owned(),
            format!("{}/portal/{}/sign-up/proof/{token}", settings.public_url, to.portal.name),
        ),
    }
}
