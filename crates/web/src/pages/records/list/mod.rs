//! A list of records: columns, order, conditions, search, pages.

pub mod asked;
pub mod condition;
pub mod cursor;

use app::records::{Arrangement, arrangement};
use app::{Ctx, Error};
use askama::Template;
use domain::access::Access;
use domain::modules::FieldKind;

use self::asked::{Asked, PER_PAGE};
use self::condition::{Condition, Op, operators};
use self::cursor::Mark;
use super::form::control::{Choice, Input, filter_input};
use super::notes;
use super::site::{Place, may_make};
use super::table::{Columns, Table};
use super::text;

/// The part of the page that is changed when the list is.
const TARGET: &str = "#list";

/// A list, ready to be shown.
#[derive(Debug, Template)]
#[template(path = "records/list.html")]
pub struct ListView {
    pub title: String,
    pub singular: String,
    /// The list's address without a query.
    pub here: String,
    pub table: Table,
    pub search: String,
    pub per: u32,
    /// What the search must send along.
    pub kept: Vec<(&'static str, String)>,
    pub fields: Vec<Choice>,
    pub building: Option<FilterForm>,
    pub chips: Vec<Chip>,
    pub notices: Vec<String>,
    pub narrowed: bool,
    pub total: String,
    /// Whether there is more than the smallest page holds.
    pub several_sizes: bool,
    pub range: String,
    pub first: Option<String>,
    pub next: Option<String>,
    pub create: Option<String>,
}

/// A condition that holds.
#[derive(Debug)]
pub struct Chip {
    pub text: String,
    pub remove: String,
}

/// A condition that is being written.
#[derive(Debug)]
pub struct FilterForm {
    pub field: String,
    pub label: String,
    pub operators: Vec<Op>,
    pub op: String,
    pub input: Input,
    pub cancel: String,
}

impl ListView {
    /// Whether everything that was asked for could be had.
    #[must_use]
    pub fn is_as_asked(&self) -> bool {
        self.notices.is_empty()
    }

    /// The sizes a page can have.
    #[must_use]
    pub fn sizes(&self) -> [u32; 3] {
        PER_PAGE
    }
}

/// The list that was asked for. Fields that cannot be read are unknown: they are left out with a notice.
pub async fn view(place: Place<'_>, access: &Access, asked: Asked) -> Result<ListView, Error> {
    let ctx = place.ctx;
    let module = access.plan().module();
    let arranged = arrangement(ctx, access);
    let columns = Columns::new(access, &arranged, None);
    let query = asked.query(&arranged, columns.fields());
    let page = app::records::list(ctx, access, query.clone()).await?;
    let total = app::records::count(ctx, access, query).await?;
    let here = place.list(&module.api_name);
    let shown = u64::try_from(page.records.len()).unwrap_or(0);
    let next = page.next.map(|cursor| Mark {
        cursor,
        before: asked.before() + shown,
        sort: asked.sort_word(),
    });
    let table = Table::fill(place, access, &columns, &page.records);
    let sorted = |field: &domain::modules::Field, down| {
        let word = format!("{}{}", if down { "-" } else { "" }, field.api_name);
        asked.with(&here, "sort", &word)
    };
    Ok(ListView {
        title: module.plural.clone(),
        singular: module.singular.to_lowercase(),
        table: table.sortable(access, asked.order(&arranged), TARGET, sorted),
        per: asked.per,
        kept: asked.kept("q"),
        fields: fields(ctx, access, &arranged),
        building: filter_form(place, &asked, &here).await?,
        chips: chips(place, access, &asked, &here).await,
        narrowed: asked.is_narrowed(),
        several_sizes: total > u64::from(PER_PAGE[0]),
        total: text::counted(total, "record", "records"),
        range: range(asked.before(), shown, total),
        first: asked.is_later_page().then(|| asked.with(&here, "after", "")),
        next: next.map(|mark| asked.with(&here, "after", &mark.encode())),
        // What belongs to a record is made on the page of that record.
        create: (may_make(access) && module.parent_field().is_none()).then(|| format!("{here}/new")),
        search: asked.search,
        notices: asked.notices,
        here,
    })
}

/// `26–50 of 213`.
fn range(before: u64, shown: u64, total: u64) -> String {
    let number = |n: u64| text::whole(i64::try_from(n).unwrap_or(i64::MAX));
    if shown == 0 {
        return String::new();
    }
    format!(
        "{}–{} of {}",
        number(before + 1),
        number(before + shown),
        number(total.max(before + shown))
    )
}

/// The fields one can filter by: those of the list first. A look-up into a module that does not exist for the viewer
/// would have nothing to choose from, and that to a record of any module has too much.
fn fields(ctx: &Ctx, access: &Access, arranged: &Arrangement) -> Vec<Choice> {
    let leads = |module| ctx.snapshot.access(ctx.viewer, module).is_some();
    let choosable = |kind: &FieldKind| *kind != FieldKind::Parent && kind.target().is_none_or(leads);
    let mut columns: Vec<_> = access
        .plan()
        .columns()
        .iter()
        .filter(|c| !operators(&c.field.kind).is_empty() && choosable(&c.field.kind))
        .collect();
    columns.sort_by_key(|c| !arranged.columns.contains(&c.field.id));
    let choice = |c: &domain::access::Column| Choice::new(&c.field.api_name, &c.field.label, false);
    columns.into_iter().map(choice).collect()
}

async fn filter_form(place: Place<'_>, asked: &Asked, here: &str) -> Result<Option<FilterForm>, Error> {
    let Some(building) = &asked.building else { return Ok(None) };
    Ok(Some(FilterForm {
        field: building.field.api_name.clone(),
        label: building.field.label.clone(),
        operators: operators(&building.field.kind),
        op: building.op.clone(),
        cancel: asked.with(here, "", ""),
        input: filter_input(place, &building.field, &building.value).await?,
    }))
}

async fn chips(place: Place<'_>, access: &Access, asked: &Asked, here: &str) -> Vec<Chip> {
    let mut chips = Vec::new();
    for condition in &asked.conditions {
        let value = match named(place, access, condition).await {
            Some(name) => name,
            None => condition.shown(),
        };
        chips.push(Chip {
            text: format!("{} {} {value}", condition.field.label, condition.op.label)
                .trim_end()
                .to_owned(),
            remove: asked.without(here, condition),
        });
    }
    chips
}

/// The name of the record that a condition compares with, if the viewer may know it.
async fn named(place: Place<'_>, access: &Access, condition: &Condition) -> Option<String> {
    let (ctx, id) = (place.ctx, condition.record()?);
    let name = match condition.field.kind {
        FieldKind::Parent => notes::intended(place, access, id).await.map(|(_, name)| name),
        _ => {
            let access = ctx.snapshot.access(ctx.viewer, condition.field.kind.target()?)?;
            super::record::name(ctx, &access, id).await
        }
    };
    Some(name.unwrap_or_else(|| "another record".into()))
}
