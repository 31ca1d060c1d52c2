//! Saving what a form has sent.

use app::Error;
use app::records::arrangement;
use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::records::{Draft, FieldError, Problem, Value, from_texts};
use store::records::{Linked, Shown};

use super::FormView;
use super::make::{Filling, changeable, edit_form, new_form, settable};
use super::sent::{Sent, together};
use crate::pages::records::site::{Place, may_make};

/// How saving ended.
#[derive(Debug)]
pub enum Saved {
    Done(RecordId),
    /// Something is wrong with what was typed.
    Wrong(FormView),
    /// Somebody else has changed the record meanwhile.
    Stale(FormView),
}

/// Makes a record of what was sent.
pub async fn create(place: Place<'_>, access: &Access, sent: &Sent) -> Result<Saved, Error> {
    if !may_make(access) {
        return Err(Error::Forbidden);
    }
    let (mut draft, mut errors) = (Draft::default(), refused(access, sent, settable));
    for column in access.plan().columns().iter().filter(|c| settable(access, c.field.id)) {
        let texts = sent.texts(&column.field).unwrap_or_default();
        match from_texts(&column.field, &texts) {
            Ok(value) if value.is_empty() => {}
            Ok(value) => draft.set(column.field.id, value),
            Err(error) => errors.push(error),
        }
    }
    let empty = |id| draft.value(id).is_none_or(Value::is_empty) && settable(access, id);
    errors.extend(missing(place, access, empty));
    let errors = if errors.is_empty() {
        match app::records::create(place.ctx, access, draft).await {
            Ok(id) => return Ok(Saved::Done(id)),
            Err(error) => fields(error)?,
        }
    } else {
        errors
    };
    let filling = Filling {
        sent,
        errors: &errors,
        stale: false,
    };
    Ok(Saved::Wrong(new_form(place, access, filling).await?))
}

/// Changes a record by what was sent: only the fields whose text differs from what the form began with.
pub async fn change(place: Place<'_>, access: &Access, id: RecordId, sent: &Sent) -> Result<Saved, Error> {
    let rights = app::records::rights(place.ctx, access, id).await?;
    if !rights.edit {
        return Err(Error::Forbidden);
    }
    let expected = sent
        .modified()
        .map_err(|_| Error::Input("_modified", "the value that the form came with".into()))?;
    let columns = changeable(access, &rights);
    let record = app::records::get(place.ctx, access, id, columns.clone()).await?;
    let (mut draft, mut errors) = (Draft::default(), refused(access, sent, |_, field| columns.contains(&field)));
    for (field, shown) in columns.iter().zip(&record.values) {
        let Some(field) = access.plan().module().field(*field) else {
            continue;
        };
        let Some(texts) = sent.texts(field) else { continue };
        if sent.was(field).is_some_and(|was| was == together(&texts)) {
            continue;
        }
        match from_texts(field, &texts) {
            Ok(value) if is_same(&value, shown) => {}
            Ok(value) => draft.set(field.id, value),
            Err(error) => errors.push(error),
        }
    }
    errors.extend(missing(place, access, |id| draft.value(id).is_some_and(Value::is_empty)));
    let stale = expected.is_some_and(|at| at != record.modified);
    if errors.is_empty() && !stale {
        if draft.is_empty() {
            return Ok(Saved::Done(id));
        }
        match app::records::update(place.ctx, access, id, expected, draft).await {
            Ok(_) => return Ok(Saved::Done(id)),
            Err(Error::Changed) => return Ok(Saved::Stale(again(place, access, id, sent, &[], true).await?)),
            Err(error) => errors = fields(error)?,
        }
    }
    let form = again(place, access, id, sent, &errors, stale).await?;
    Ok(if stale { Saved::Stale(form) } else { Saved::Wrong(form) })
}

async fn again(
    place: Place<'_>,
    access: &Access,
    id: RecordId,
    sent: &Sent,
    errors: &[FieldError],
    stale: bool,
) -> Result<FormView, Error> {
    edit_form(place, access, id, Filling { sent, errors, stale }).await
}

/// Whether a value is what stands there already; what is out of sight counts as nothing.
fn is_same(value: &Value, shown: &Shown) -> bool {
    let ids = |all: &[Linked]| all.iter().filter_map(|l| l.id).collect::<Vec<_>>();
    match shown {
        Shown::Absent => value.is_empty(),
        Shown::Link(Linked { id: Some(id), .. }) => *value == Value::Ref(*id),
        Shown::Link(_) => value.is_empty(),
        Shown::Links(all) => {
            let mut there = ids(all);
            there.sort_unstable();
            match value {
                Value::Refs(wanted) => *wanted == there,
                other => other.is_empty() && there.is_empty(),
            }
        }
        Shown::File(file) => *value == Value::Int(file.id),
        Shown::Value(there) => value == there || (value.is_empty() && there.is_empty()),
    }
}

/// What was sent for fields that the viewer may not write or that do not exist: all look the same.
fn refused(access: &Access, sent: &Sent, may: impl Fn(&Access, FieldId) -> bool) -> Vec<FieldError> {
    let allowed = |name: &str| access.plan().column_named(name).is_some_and(|c| may(access, c.field.id));
    let names = sent.names().filter(|name| !allowed(name));
    names
        .map(|name| error(&name.chars().take(60).collect::<String>(), Problem::NotWritable))
        .collect()
}

/// The fields that the layout makes mandatory and that are empty.
fn missing(place: Place<'_>, access: &Access, is_empty: impl Fn(FieldId) -> bool) -> Vec<FieldError> {
    let arranged = arrangement(place.ctx, access);
    let module = access.plan().module();
    let places = arranged.sections.iter().flat_map(|s| &s.fields);
    let fields = places.filter_map(|at| Some((at, module.field(at.id)?)));
    let needed = fields.filter(|(at, field)| (at.required || field.required) && is_empty(field.id));
    needed.map(|(_, field)| error(&field.api_name, Problem::Mandatory)).collect()
}

fn error(field: &str, problem: Problem) -> FieldError {
    FieldError {
        field: field.to_owned(),
        problem,
    }
}

/// The errors of fields; any other error stays one.
fn fields(error: Error) -> Result<Vec<FieldError>, Error> {
    match error {
        Error::Fields(errors) => Ok(errors),
        other => Err(other),
    }
}
