//! Drafts: the values somebody wants a record to have.

use super::{FieldError, Problem, Value};
use crate::access::{Access, Creation};
use crate::ids::FieldId;
use crate::modules::{Field, Module, Storage};

/// Values for some of a module's fields, already parsed. Each field stands here at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft(Vec<(FieldId, Value)>);

impl Draft {
    /// Sets a field's value; a later one takes the place of an earlier.
    pub fn set(&mut self, field: FieldId, value: Value) {
        match self.0.iter_mut().find(|(id, _)| *id == field) {
            Some((_, old)) => *old = value,
            None => self.0.push((field, value)),
        }
    }

    /// The value wanted for a field, if one is.
    #[must_use]
    pub fn value(&self, field: FieldId) -> Option<&Value> {
        self.0.iter().find(|(id, _)| *id == field).map(|(_, value)| value)
    }

    /// All values, in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (FieldId, &Value)> {
        self.0.iter().map(|(id, value)| (*id, value))
    }

    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(FieldId, Value)> for Draft {
    fn from_iter<I: IntoIterator<Item = (FieldId, Value)>>(values: I) -> Self {
        let mut draft = Self::default();
        for (field, value) in values {
            draft.set(field, value);
        }
        draft
    }
}

/// A draft that the viewer may write as far as its fields go. Whether the record is in reach, the
/// store decides in the same transaction.
///
/// It comes from [`prepare_new`] and [`prepare_change`], and stays as it came:
///
/// ```
/// use domain::access::Access;
/// use domain::records::{Draft, Prepared, prepare_change};
/// fn prepared(access: &Access, draft: Draft) -> Option<Prepared> {
///     prepare_change(access, draft).ok()
/// }
/// ```
///
/// ```compile_fail,E0451
/// use domain::access::Access;
/// use domain::records::{Draft, Prepared, prepare_change};
/// fn prepared(_access: &Access, draft: Draft) -> Option<Prepared> {
///     Some(Prepared { draft })
/// }
/// ```
///
/// ```compile_fail,E0596
/// use domain::ids::FieldId;
/// use domain::records::{Prepared, Value};
/// fn more(prepared: &mut Prepared, field: FieldId) {
///     prepared.draft().set(field, Value::Null);
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Prepared {
    draft: Draft,
}

impl Prepared {
    /// The values to write.
    #[must_use]
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The fields that are written.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldId> {
        self.draft.iter().map(|(field, _)| field).collect()
    }
}

/// Prepares a new record: only fields the viewer may set together, all mandatory ones, look-ups that relate
/// the record to the viewer pointed at the viewer's own record.
pub fn prepare_new(access: &Access, mut draft: Draft) -> Result<Prepared, Vec<FieldError>> {
    let plan = access.plan();
    // Without any way to make a record, that is what is wrong, and the store says so.
    let Some(creation) = creation(access, &draft) else {
        return Ok(Prepared { draft });
    };
    let mut errors = Vec::new();
    for (id, _) in draft.iter().filter(|(id, _)| !creation.settable.contains(id)) {
        errors.push(problem(plan.module(), id, Problem::NotWritable));
    }
    if let Some(anchor) = access.viewer().anchor {
        for &id in &creation.anchored {
            if is_without(id, &draft) {
                draft.set(id, point_at(plan.module().field(id), anchor));
            }
        }
    }
    if let Some(shown) = creation.shown {
        draft.set(shown, Value::Bool(true));
    }
    // Of a field that the viewer does not know nothing is said; without it the plan lets nobody make a record.
    let mandatory = plan.module().fields.iter().filter(|f| f.required && !f.kind.is_given());
    for field in mandatory.filter(|f| creation.takes(f.id)) {
        if is_without(field.id, &draft) {
            errors.push(problem(plan.module(), field.id, Problem::Mandatory));
        }
    }
    let known = contents(plan.module()).filter(|f| creation.takes(f.id));
    if let Some(first) = known.clone().next()
        && known.into_iter().all(|f| is_without(f.id, &draft))
    {
        errors.push(problem(plan.module(), first.id, Problem::Mandatory));
    }
    if errors.is_empty() { Ok(Prepared { draft }) } else { Err(errors) }
}

/// The fields of which one must hold something in records that are files: the file, or where else it lies.
fn contents(module: &Module) -> impl Iterator<Item = &Field> + Clone {
    let file = module.attachment_field();
    let link = module.link_field().filter(|_| file.is_some());
    file.into_iter().chain(link)
}

fn is_without(field: FieldId, draft: &Draft) -> bool {
    draft.value(field).is_none_or(Value::is_empty)
}

/// The way in which the viewer may make this record: the first that takes all its fields, else the one that takes most.
fn creation<'a>(access: &'a Access, draft: &Draft) -> Option<&'a Creation> {
    let refused = |c: &&Creation| draft.iter().filter(|(id, _)| !c.settable.contains(id)).count();
    access.plan().creations().iter().min_by_key(refused)
}

/// Prepares a change: only fields the viewer may change, none of the mandatory ones emptied.
pub fn prepare_change(access: &Access, draft: Draft) -> Result<Prepared, Vec<FieldError>> {
    let plan = access.plan();
    let mut errors = Vec::new();
    for (id, value) in draft.iter() {
        if !plan.may_change(id) {
            errors.push(problem(plan.module(), id, Problem::NotWritable));
        } else if value.is_empty() && plan.module().field(id).is_some_and(|f| f.required) {
            errors.push(problem(plan.module(), id, Problem::Mandatory));
        }
    }
    // What takes one away brings the other.
    let mut held = contents(plan.module()).filter_map(|f| Some((f.id, draft.value(f.id)?)));
    if let Some((emptied, _)) = held.clone().find(|(_, value)| value.is_empty())
        && held.all(|(_, value)| value.is_empty())
    {
        errors.push(problem(plan.module(), emptied, Problem::Mandatory));
    }
    if errors.is_empty() { Ok(Prepared { draft }) } else { Err(errors) }
}

fn point_at(field: Option<&Field>, anchor: crate::ids::RecordId) -> Value {
    match field.map(|f| f.kind.storage()) {
        Some(Storage::Links) => Value::Refs(vec![anchor]),
        _ => Value::Ref(anchor),
    }
}

fn problem(module: &Module, field: FieldId, problem: Problem) -> FieldError {
    let field = module.field(field).map_or_else(|| field.to_string(), |f| f.api_name.clone());
    FieldError { field, problem }
}

/// A record's display name: the module's name fields joined by a space, at most 255 characters. Multi-select look-ups
/// are no part of it: their values do not lie in the record.
pub fn name_of(module: &Module, mut value: impl FnMut(FieldId) -> Option<String>) -> String {
    let parts: Vec<String> = module
        .name_fields
        .iter()
        .filter(|id| module.field(**id).is_some_and(|f| f.kind.storage() != Storage::Links))
        .filter_map(|&id| value(id))
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ").chars().take(255).collect()
}
