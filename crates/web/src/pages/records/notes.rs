//! What belongs to a record and is said about it: notes, and files that are attached to it, the latest first, and a form for one more.

use app::Error;
use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, FieldKind};
use domain::records::Value;
use store::records::{Record, Shown};

use super::related::latest;
use super::site::{Place, may_make};
use super::value::Cell;

/// How many notes stand on a record's page.
const SHOWN: u32 = 20;

/// The notes of a record, ready to be shown.
#[derive(Debug)]
pub struct Notes {
    pub id: String,
    pub label: String,
    pub icon: &'static str,
    pub total: u64,
    pub notes: Vec<Note>,
    /// All of them, as a list of their own; where the page does not show all.
    pub all: Option<String>,
    pub form: Option<NoteForm>,
}

/// A note.
#[derive(Debug)]
pub struct Note {
    pub href: String,
    pub title: Option<String>,
    pub content: Cell,
    pub by: Option<String>,
    pub when: Option<String>,
    /// Whether portal users see it; nothing, where the viewer need not know.
    pub shown: Option<bool>,
}

/// The form for a new note.
#[derive(Debug)]
pub struct NoteForm {
    pub action: String,
    pub singular: String,
    /// The field that says to which record it belongs, and the record.
    pub parent: (String, String),
    pub content: Content,
    /// Why the last one was not taken.
    pub problem: Option<String>,
    /// Where it is said that portal users see it.
    pub shown: Option<String>,
}

/// What a new one is.
#[derive(Debug)]
pub enum Content {
    Text(Area),
    File,
}

/// A field for several lines.
#[derive(Debug)]
pub struct Area {
    pub name: String,
    pub label: String,
    pub max: Option<u32>,
}

/// The fields of a note that its reader may know.
struct Parts {
    columns: Vec<FieldId>,
    title: Vec<FieldId>,
    content: Option<Field>,
    file: Option<FieldId>,
    link: Option<FieldId>,
    size: Option<FieldId>,
    by: Option<FieldId>,
    when: Option<FieldId>,
    shown: Option<FieldId>,
}

impl Parts {
    fn of(listed: &Access) -> Self {
        let plan = listed.plan();
        let readable = |field: &Field| plan.column(field.id).is_some();
        let first = |is: fn(&FieldKind) -> bool| {
            let mut fields = plan.module().fields.iter().filter(|f| readable(f));
            fields.find(|f| is(&f.kind)).cloned()
        };
        let id = |is| first(is).map(|field| field.id);
        let content = first(|kind| matches!(kind, FieldKind::TextArea { .. } | FieldKind::RichText { .. }));
        let names = plan.module().name_fields.iter().copied();
        let mut parts = Self {
            columns: Vec::new(),
            title: names.filter(|id| plan.column(*id).is_some()).collect(),
            content,
            file: id(|kind| *kind == FieldKind::Attachment),
            link: plan.module().link_field().filter(|f| readable(f)).map(|f| f.id),
            size: id(|kind| *kind == FieldKind::FileSize),
            by: id(|kind| *kind == FieldKind::CreatedBy),
            when: id(|kind| *kind == FieldKind::CreatedTime),
            shown: plan.module().shown_to_client().filter(|f| readable(f)).map(|f| f.id),
        };
        let single = [
            parts.content.as_ref().map(|f| f.id),
            parts.file,
            parts.link,
            parts.size,
            parts.by,
            parts.when,
            parts.shown,
        ];
        parts.columns = parts.title.iter().copied().chain(single.into_iter().flatten()).collect();
        parts
    }

    fn note(&self, place: Place<'_>, listed: &Access, record: &Record) -> Note {
        let module = listed.plan().module();
        let value = |id: FieldId| {
            let at = self.columns.iter().position(|column| *column == id)?;
            record.values.get(at)
        };
        let cell = |id: FieldId| {
            let field = module.field(id)?;
            let cell = Cell::new(place, &field.kind, value(id)?);
            Some(cell.at(|| place.file(&module.api_name, record.id, &field.api_name)))
        };
        let plain = |id: FieldId| cell(id).map(|cell| cell.plain()).filter(|text| !text.is_empty());
        let titles: Vec<String> = self.title.iter().filter_map(|id| plain(*id)).collect();
        let contents = [self.content.as_ref().map(|field| field.id), self.file, self.link];
        let content = contents.into_iter().flatten().filter_map(cell).find(|cell| !cell.is_empty());
        let title = Some(titles.join(" ")).filter(|title| !title.is_empty());
        let content = content.unwrap_or(Cell::Empty).known_as(title.as_deref(), self.size.and_then(plain));
        // What is called as it is already needs no title.
        let title = title.filter(|title| *title != content.plain());
        Note {
            href: place.record(&module.api_name, record.id),
            title,
            content,
            by: self.by.and_then(plain),
            when: self.when.and_then(plain),
            shown: self.shown.map(|id| value(id) == Some(&Shown::Value(Value::Bool(true)))),
        }
    }
}

/// The notes of a record; `field` says to which record each belongs.
pub async fn view(
    place: Place<'_>,
    above: &Access,
    listed: &Access,
    field: &Field,
    label: String,
    record: RecordId,
) -> Result<Notes, Error> {
    let (module, parts) = (listed.plan().module(), Parts::of(listed));
    let latest = latest(place, listed, field, record, parts.columns.clone(), SHOWN).await?;
    Ok(Notes {
        id: module.api_name.clone(),
        icon: crate::pages::shell::module_icon(&module.api_name),
        notes: latest.records.iter().map(|record| parts.note(place, listed, record)).collect(),
        all: latest.all,
        form: form(place, above, listed, field, &parts, record),
        label,
        total: latest.total,
    })
}

fn form(place: Place<'_>, above: &Access, listed: &Access, field: &Field, parts: &Parts, record: RecordId) -> Option<NoteForm> {
    let (plan, module) = (listed.plan(), listed.plan().module());
    let file = parts.file.filter(|field| plan.may_set(*field)).map(|_| Content::File);
    let text = parts.content.as_ref().filter(|field| plan.may_set(field.id)).map(|content| {
        Content::Text(Area {
            name: content.api_name.clone(),
            label: content.label.clone(),
            max: content.kind.max_length(),
        })
    });
    let content = file.or(text)?;
    if !may_make(listed) || !plan.may_set(field.id) {
        return None;
    }
    let beside = plan.shown_beside().contains(&above.plan().module().id);
    let shown = module.shown_to_client().filter(|field| beside && plan.may_set(field.id));
    Some(NoteForm {
        action: match content {
            Content::File => format!("{}/attach", place.record(&above.plan().module().api_name, record)),
            Content::Text(_) => format!("{}/new", place.list(&module.api_name)),
        },
        problem: None,
        singular: module.singular.to_lowercase(),
        parent: (field.api_name.clone(), record.to_string()),
        content,
        shown: shown.map(|field| field.api_name.clone()),
    })
}

/// The page of the record that one belongs to, and what that record is called; none for what belongs to none that the viewer sees.
pub async fn above(place: Place<'_>, access: &Access, id: RecordId) -> Result<Option<(String, String)>, Error> {
    let Some(field) = access.plan().module().parent_field() else {
        return Ok(None);
    };
    if access.plan().column(field.id).is_none() {
        return Ok(None);
    }
    let record = app::records::get(place.ctx, access, id, vec![field.id]).await?;
    let Some(Shown::Link(parent)) = record.values.first() else {
        return Ok(None);
    };
    let href = parent.module.zip(parent.id).and_then(|(module, id)| place.linked(module, id));
    Ok(href.map(|href| (href, parent.name.clone().unwrap_or_else(|| "Record".into()))))
}

/// The same of the record that a new one shall belong to, of whatever module it is.
pub async fn intended(place: Place<'_>, access: &Access, parent: RecordId) -> Option<(String, String)> {
    let column = access
        .plan()
        .module()
        .parent_field()
        .and_then(|field| access.plan().column(field.id))?;
    for lookup in &column.parents {
        let Some(above) = place.ctx.snapshot.access(place.ctx.viewer, lookup.module) else {
            continue;
        };
        if let Some(name) = super::record::name(place.ctx, &above, parent).await {
            return Some((place.record(&above.plan().module().api_name, parent), name));
        }
    }
    None
}

/// The part of a record's page where its notes are.
#[must_use]
pub fn part(access: &Access) -> String {
    format!("#related-{}", access.plan().module().api_name)
}
