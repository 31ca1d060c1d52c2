//! How records are laid out for the one who asks: the list's columns and the record's sections.
//!
//! It only arranges. What may be read the plan decides; what it does not hold is left out here.

use std::borrow::Cow;

use domain::access::{Access, Grant, PlanKey, Predicate, Target};
use domain::ids::FieldId;
use domain::modules::{FieldKind, LayoutField, Module, Section, View};

use crate::Ctx;

/// How many columns a list has where nobody chose them.
const COLUMNS: usize = 6;

/// The arrangement of a module's pages. Holds readable fields only.
#[derive(Debug, Clone)]
pub struct Arrangement {
    pub columns: Vec<FieldId>,
    /// What a list is sorted by at first, and whether from the highest down.
    pub sort: Option<(FieldId, bool)>,
    pub sections: Vec<Section>,
}

/// The arrangement for the one who asks: as the grant says, else as the module does.
#[must_use]
pub fn arrangement(ctx: &Ctx, access: &Access) -> Arrangement {
    let module = access.plan().module();
    let grant = grant(ctx, module);
    let grant = grant.as_deref();
    let view = view(module, grant);
    let readable = |id: &FieldId| access.plan().column(*id).is_some();
    let chosen = grant.map(|g| &g.columns).filter(|columns| !columns.is_empty());
    let same = the_same_everywhere(access).filter(|_| chosen.is_none());
    let wanted = chosen.or(view.map(|v| &v.columns));
    let mut columns: Vec<FieldId> = wanted.map_or_else(Vec::new, |ids| ids.iter().copied().filter(readable).collect());
    columns.retain(|id| Some(*id) != same);
    if columns.is_empty() {
        let short = access.plan().columns().iter().filter(|c| fits_a_column(&c.field.kind));
        columns = short.map(|c| c.field.id).take(COLUMNS).collect();
    }
    Arrangement {
        columns,
        sort: view.and_then(|v| v.sort).filter(|(id, _)| readable(id)),
        sections: sections(access, module, grant),
    }
}

/// The look-up that points at the viewer in every record they see: a column of it would say the same in every row.
fn the_same_everywhere(access: &Access) -> Option<FieldId> {
    access.viewer().anchor?;
    match access.plan().view() {
        Predicate::Refers {
            field,
            target: Target::Anchor,
        } => Some(*field),
        _ => None,
    }
}

/// The grant that made the access of a portal user or a visitor; none for employees.
fn grant<'a>(ctx: &'a Ctx, module: &Module) -> Option<Cow<'a, Grant>> {
    match ctx.viewer.key {
        PlanKey::UserType(id) => ctx.snapshot.policies.get(&id)?.grant(module.id).map(Cow::Borrowed),
        PlanKey::Anonymous => {
            let shown = ctx.snapshot.anonymous.iter().find(|g| g.module == module.id)?;
            Some(Cow::Owned(shown.grant(module)))
        }
        PlanKey::Staff(_) | PlanKey::SignUp(_) => None,
    }
}

fn view<'a>(module: &'a Module, grant: Option<&Grant>) -> Option<&'a View> {
    let granted = grant.and_then(|g| g.view).and_then(|id| module.views.iter().find(|v| v.id == id));
    granted.or(module.views.first())
}

fn sections(access: &Access, module: &Module, grant: Option<&Grant>) -> Vec<Section> {
    // A form asks for what it asks for, in its own order.
    if matches!(access.viewer().key, PlanKey::SignUp(_)) {
        return vec![everything(access, module)];
    }
    let granted = grant.and_then(|g| module.layouts.iter().find(|l| g.layouts.contains(&l.id)));
    let Some(layout) = granted.or(module.layouts.first()) else {
        return vec![everything(access, module)];
    };
    let kept = layout.sections.iter().map(|section| Section {
        title: section.title.clone(),
        fields: section
            .fields
            .iter()
            .copied()
            .filter(|f| access.plan().column(f.id).is_some())
            .collect(),
    });
    let kept: Vec<Section> = kept.filter(|section| !section.fields.is_empty()).collect();
    // A layout that shows nothing the viewer may read would leave a page without a word.
    if kept.is_empty() { vec![everything(access, module)] } else { kept }
}

fn everything(access: &Access, module: &Module) -> Section {
    let place = |id| LayoutField { id, required: false };
    Section {
        title: module.singular.clone(),
        fields: access.plan().columns().iter().map(|c| place(c.field.id)).collect(),
    }
}

fn fits_a_column(kind: &FieldKind) -> bool {
    kind.is_sortable() || matches!(kind, FieldKind::Lookup { .. } | FieldKind::Parent | FieldKind::Owner { .. })
}
