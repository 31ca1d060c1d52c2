//! A record's page: its sections, what one may do with it, what points at it.

use app::records::arrangement;
use app::{Ctx, Error};
use askama::Template;
use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::modules::Section;
use store::records::Record;

use super::notes::{self, Content, Notes};
use super::related::{self, Related};
use super::site::{Place, own_record};
use super::table::joined;
use super::value::Cell;

/// A record, ready to be shown.
#[derive(Debug, Template)]
#[template(path = "records/record.html")]
pub struct RecordView {
    pub title: String,
    pub singular: String,
    /// The way back: address and label.
    pub above: (String, String),
    pub edit: Option<String>,
    pub delete: Option<String>,
    /// What the site says about the record, as HTML.
    pub about: String,
    pub sections: Vec<SectionView>,
    pub notes: Vec<Notes>,
    pub related: Vec<Related>,
}

/// A titled group of values.
#[derive(Debug)]
pub struct SectionView {
    pub title: String,
    pub fields: Vec<FieldView>,
}

/// A value under its label.
#[derive(Debug)]
pub struct FieldView {
    pub label: String,
    pub cell: Cell,
}

impl RecordView {
    /// Says beside the form for files why the one that was sent was not taken.
    pub fn refuse(&mut self, problem: &str) {
        for form in self.notes.iter_mut().filter_map(|list| list.form.as_mut()) {
            if matches!(form.content, Content::File) {
                form.problem = Some(problem.to_owned());
            }
        }
    }
}

/// The record's page, if the viewer sees the record.
pub async fn view(place: Place<'_>, access: &Access, id: RecordId) -> Result<RecordView, Error> {
    let (ctx, module) = (place.ctx, access.plan().module());
    let rights = app::records::rights(ctx, access, id).await?;
    let (title, sections) = contents(place, access, id).await?;
    let here = place.record(&module.api_name, id);
    let (notes, related) = related::lists(place, access, id).await?;
    Ok(RecordView {
        title,
        singular: module.singular.clone(),
        above: notes::above(place, access, id).await?.unwrap_or_else(|| place.above(access)),
        edit: (rights.edit && !rights.changeable.is_empty()).then(|| format!("{here}/edit")),
        delete: rights.delete.then(|| format!("{here}/delete")),
        about: String::new(),
        sections,
        notes,
        related,
    })
}

/// The record's name and its sections, without what may be done and what points at it.
pub async fn contents(place: Place<'_>, access: &Access, id: RecordId) -> Result<(String, Vec<SectionView>), Error> {
    let module = access.plan().module();
    let arranged = arrangement(place.ctx, access);
    let names = readable_names(access);
    let mut columns = names.clone();
    columns.extend(arranged.sections.iter().flat_map(|s| &s.fields).map(|f| f.id));
    let record = app::records::get(place.ctx, access, id, columns.clone()).await?;
    let cells = cells(place, access, &columns, &record);
    let parts: Vec<String> = cells.iter().take(names.len()).map(|(_, cell)| cell.plain()).collect();
    let title = match own_record(access) {
        Some(_) => "My details".to_owned(),
        None => joined(&parts).unwrap_or_else(|| module.singular.clone()),
    };
    let sections = arranged.sections.iter().map(|section| section_view(access, section, &cells));
    Ok((title, sections.collect()))
}

/// The name of a record, as far as the viewer may read it. None if the viewer does not see the record.
pub async fn name(ctx: &Ctx, access: &Access, id: RecordId) -> Option<String> {
    let names = readable_names(access);
    let record = app::records::get(ctx, access, id, names.clone()).await.ok()?;
    let place = Place { ctx, base: "" };
    let parts: Vec<String> = cells(place, access, &names, &record).iter().map(|(_, cell)| cell.plain()).collect();
    joined(&parts).or_else(|| Some(access.plan().module().singular.clone()))
}

fn readable_names(access: &Access) -> Vec<FieldId> {
    let names = access.plan().module().name_fields.iter();
    names.copied().filter(|id| access.plan().column(*id).is_some()).collect()
}

fn cells(place: Place<'_>, access: &Access, columns: &[FieldId], record: &Record) -> Vec<(FieldId, Cell)> {
    let module = access.plan().module();
    let cell = |(id, shown): (&FieldId, _)| {
        let field = module.field(*id)?;
        let cell = Cell::new(place, &field.kind, shown);
        Some((*id, cell.at(|| place.file(&module.api_name, record.id, &field.api_name))))
    };
    columns.iter().zip(&record.values).filter_map(cell).collect()
}

fn section_view(access: &Access, section: &Section, cells: &[(FieldId, Cell)]) -> SectionView {
    let field = |id: FieldId| {
        let (_, cell) = cells.iter().find(|(found, _)| *found == id)?;
        Some(FieldView {
            label: access.plan().module().field(id)?.label.clone(),
            cell: cell.clone(),
        })
    };
    SectionView {
        title: section.title.clone(),
        fields: section.fields.iter().filter_map(|f| field(f.id)).collect(),
    }
}
