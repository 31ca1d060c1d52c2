//! Making a form for a record that is there, or for a new one.

use app::Error;
use app::records::arrangement;
use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, FieldKind, LayoutField};
use domain::records::FieldError;
use store::records::{RecordRights, Shown};

use super::control::{Control, has_control, input, linked_of, texts_of};
use super::sent::{Sent, together};
use super::{FormSection, FormView};
use crate::pages::records::notes;
use crate::pages::records::site::{Place, own_record};
use crate::pages::records::text;
use crate::pages::records::value::Cell;

/// The fields that a form for a new record holds: those the viewer may set and that are not pointed at the viewer anyway. It asks for
/// them, but for the record that the new one belongs to: on the page of that one it began.
#[must_use]
pub fn settable(access: &Access, id: FieldId) -> bool {
    let plan = access.plan();
    let given = plan.is_anchored(id) && access.viewer().anchor.is_some();
    let is_held = |kind: &FieldKind| has_control(kind) || *kind == FieldKind::Parent;
    plan.may_set(id) && !given && plan.column(id).is_some_and(|c| is_held(&c.field.kind))
}

/// Of the fields that the viewer may change on a record, those that a form can.
#[must_use]
pub fn changeable(access: &Access, rights: &RecordRights) -> Vec<FieldId> {
    let has_control = |id: &FieldId| access.plan().column(*id).is_some_and(|c| has_control(&c.field.kind));
    rights.changeable.iter().copied().filter(has_control).collect()
}

/// What a form is filled with, and what is wrong with it.
pub struct Filling<'a> {
    /// What was typed, or asked for in the address.
    pub sent: &'a Sent,
    pub errors: &'a [FieldError],
    /// The form was made before the record was last changed.
    pub stale: bool,
}

impl<'a> From<&'a Sent> for Filling<'a> {
    fn from(sent: &'a Sent) -> Self {
        Self {
            sent,
            errors: &[],
            stale: false,
        }
    }
}

/// A form for a new record.
pub async fn new_form(place: Place<'_>, access: &Access, filling: Filling<'_>) -> Result<FormView, Error> {
    let module = access.plan().module();
    let mut sections = Vec::new();
    for section in arrangement(place.ctx, access).sections {
        let mut controls = Vec::new();
        for at in section.fields.iter().filter(|f| settable(access, f.id)) {
            let Some(field) = module.field(at.id).filter(|f| has_control(&f.kind)) else {
                continue;
            };
            let texts = filling.sent.texts(field).unwrap_or_default();
            controls.push(Control {
                input: input(place, field, &texts, &[]).await?,
                ..control(field, at, filling.errors)
            });
        }
        sections.push(FormSection {
            title: section.title,
            controls,
        });
    }
    let parent = parent(access, filling.sent);
    let beside = match &parent {
        Some((_, id)) => notes::intended(place, access, *id).await,
        None => None,
    };
    let above = beside.unwrap_or_else(|| place.above(access));
    Ok(FormView {
        parent: parent.map(|(name, id)| (name, id.to_string())),
        title: format!("New {}", module.singular.to_lowercase()),
        action: format!("{}/new", place.list(&module.api_name)),
        back: above.0.clone(),
        above,
        submit: "Create",
        modified: None,
        errors: general(&sections, access, filling.errors),
        sections: without_empty(sections),
        stale: false,
    })
}

/// A form for a record as it is now. What was typed stands in it where it differs from what the form began with.
pub async fn edit_form(place: Place<'_>, access: &Access, id: RecordId, filling: Filling<'_>) -> Result<FormView, Error> {
    let module = access.plan().module();
    let rights = app::records::rights(place.ctx, access, id).await?;
    let columns = changeable(access, &rights);
    let record = app::records::get(place.ctx, access, id, columns.clone()).await?;
    let shown = |id: FieldId| columns.iter().position(|c| *c == id).and_then(|at| record.values.get(at));
    let mut sections = Vec::new();
    for section in arrangement(place.ctx, access).sections {
        let mut controls = Vec::new();
        for at in section.fields.iter().filter(|f| columns.contains(&f.id)) {
            let (Some(field), Some(shown)) = (module.field(at.id), shown(at.id)) else {
                continue;
            };
            controls.push(filled(place, field, at, shown, &filling).await?);
        }
        sections.push(FormSection {
            title: section.title,
            controls,
        });
    }
    let back = place.record(&module.api_name, id);
    let name = match own_record(access) {
        Some(_) => Some("My details".to_owned()),
        None => crate::pages::records::record::name(place.ctx, access, id).await,
    };
    Ok(FormView {
        parent: None,
        title: match own_record(access) {
            Some(_) => "Edit my details".into(),
            None => format!("Edit {}", module.singular.to_lowercase()),
        },
        action: format!("{back}/edit"),
        above: (back.clone(), name.unwrap_or_default()),
        back,
        submit: "Save",
        modified: Some(record.modified.0),
        errors: general(&sections, access, filling.errors),
        sections: without_empty(sections),
        stale: filling.stale,
    })
}

/// The field of the record that a new one belongs to, and that record, as it was sent.
#[must_use]
pub fn parent(access: &Access, sent: &Sent) -> Option<(String, RecordId)> {
    let field = access.plan().module().parent_field()?;
    let id = sent.texts(field)?.first()?.parse().ok()?;
    Some((field.api_name.clone(), id))
}

async fn filled(place: Place<'_>, field: &Field, at: &LayoutField, shown: &Shown, filling: &Filling<'_>) -> Result<Control, Error> {
    let now = texts_of(&field.kind, shown);
    let was = filling.sent.was(field);
    let typed = filling.sent.texts(field);
    // What was typed counts where it differs from what the form began with; the rest is shown as it is now.
    let mine = typed.filter(|texts| was.is_none_or(|was| together(texts) != was));
    let foreign = filling.stale && was.is_some_and(|was| was != together(&now));
    let written = || Some(Cell::new(place, &field.kind, shown).plain()).filter(|text| !text.is_empty());
    let texts = mine.as_deref().unwrap_or(&now);
    Ok(Control {
        input: input(place, field, texts, &linked_of(shown)).await?,
        was: together(&now),
        now: foreign.then(|| written().unwrap_or_else(|| "empty".into())),
        ..control(field, at, filling.errors)
    })
}

fn control(field: &Field, at: &LayoutField, errors: &[FieldError]) -> Control {
    let error = errors.iter().find(|e| e.field == field.api_name);
    Control {
        name: field.api_name.clone(),
        label: field.label.clone(),
        required: (field.required || at.required) && field.kind != FieldKind::Boolean,
        hint: match field.kind {
            FieldKind::DateTime => Some("In UTC"),
            FieldKind::Percent { .. } => Some("In percent"),
            FieldKind::RichText { .. } => Some("HTML is allowed"),
            _ => None,
        },
        error: error.map(|e| text::problem(&e.problem)),
        was: String::new(),
        now: None,
        input: super::Input::Check { checked: false },
    }
}

/// What is wrong with fields that the form does not show.
fn general(sections: &[FormSection], access: &Access, errors: &[FieldError]) -> Vec<String> {
    let shown = |name: &str| sections.iter().flat_map(|s| &s.controls).any(|c| c.name == name);
    let label = |name: &str| {
        access
            .plan()
            .column_named(name)
            .map_or_else(|| name.to_owned(), |c| c.field.label.clone())
    };
    let unseen = errors.iter().filter(|e| !shown(&e.field));
    unseen
        .map(|e| format!("{}: {}", label(&e.field), text::problem(&e.problem)))
        .collect()
}

fn without_empty(mut sections: Vec<FormSection>) -> Vec<FormSection> {
    sections.retain(|section| !section.controls.is_empty());
    sections
}
