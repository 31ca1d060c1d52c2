//! A table of records: on a list's page, below a record, on a first page.

use app::records::Arrangement;
use askama::Template;
use domain::access::Access;
use domain::ids::FieldId;
use domain::modules::{Field, FieldKind};
use domain::records::{Order, SortKey};
use store::records::Record;

use super::site::Place;
use super::value::Cell;

/// The columns of a table. The fields that name a record are one column, which leads to its page.
#[derive(Debug, Clone)]
pub struct Columns {
    lead: Vec<FieldId>,
    rest: Vec<FieldId>,
}

impl Columns {
    /// The arranged columns, without `hidden`.
    #[must_use]
    pub fn new(access: &Access, arrangement: &Arrangement, hidden: Option<FieldId>) -> Self {
        let module = access.plan().module();
        let wanted: Vec<FieldId> = arrangement.columns.iter().copied().filter(|id| Some(*id) != hidden).collect();
        let names: Vec<FieldId> = module.name_fields.iter().copied().filter(|id| wanted.contains(id)).collect();
        let whole_name = !names.is_empty() && names.len() == module.name_fields.len();
        let lead = if whole_name {
            names
        } else {
            wanted.first().copied().into_iter().collect()
        };
        let rest = wanted.into_iter().filter(|id| !lead.contains(id)).collect();
        Self { lead, rest }
    }

    /// With at most `most` columns beside the name.
    #[must_use]
    pub fn short(mut self, most: usize) -> Self {
        self.rest.truncate(most);
        self
    }

    /// The fields to ask for, in the order in which [`Table::fill`] expects their values.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldId> {
        self.lead.iter().chain(&self.rest).copied().collect()
    }
}

/// The head of a column.
#[derive(Debug)]
pub struct Head {
    pub id: String,
    pub label: String,
    pub number: bool,
    /// Where a click leads, where one can sort by the column.
    pub href: Option<String>,
    /// `ascending` or `descending`, where the table is sorted by the column.
    pub sorted: Option<&'static str>,
}

impl Head {
    /// The icon that shows the order.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        match self.sorted {
            Some("descending") => "sort-descending",
            _ => "sort-ascending",
        }
    }
}

/// A record as a row.
#[derive(Debug)]
pub struct Row {
    pub href: String,
    pub name: String,
    /// One for each head but the first.
    pub cells: Vec<Cell>,
}

/// A table of records.
#[derive(Debug, Template)]
#[template(path = "records/table.html")]
pub struct Table {
    pub label: String,
    pub heads: Vec<Head>,
    pub rows: Vec<Row>,
    /// Where the links of the heads put the table they lead to; none where they load the page.
    pub target: Option<&'static str>,
}

impl Table {
    /// The table of these records, which were asked for with [`Columns::fields`].
    #[must_use]
    pub fn fill(place: Place<'_>, access: &Access, columns: &Columns, records: &[Record]) -> Self {
        let module = access.plan().module();
        let named = columns.lead.len() > 1;
        let lead_label = if named { "Name".to_owned() } else { String::new() };
        let lead = columns.lead.last().and_then(|id| module.field(*id));
        let heads = lead.into_iter().map(|field| head(field, &lead_label));
        let rest: Vec<&Field> = columns.rest.iter().filter_map(|id| module.field(*id)).collect();
        Self {
            label: module.plural.clone(),
            heads: heads.chain(rest.iter().map(|field| head(field, ""))).collect(),
            rows: records.iter().map(|record| row(place, access, columns, record)).collect(),
            target: None,
        }
    }

    /// The cells of a row under their heads, without the first, which is the record's name.
    fn pairs<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a Head, &'a Cell)> {
        self.heads.iter().skip(1).zip(&row.cells)
    }

    /// Makes the heads links that sort: `href` says where to, for a field, from the highest down or not.
    #[must_use]
    pub fn sortable(mut self, access: &Access, order: Order, target: &'static str, href: impl Fn(&Field, bool) -> String) -> Self {
        for head in &mut self.heads {
            let Some(field) = access.plan().module().field_named(&head.id).filter(|f| f.kind.is_sortable()) else {
                continue;
            };
            let here = order.key == SortKey::Field(field.id);
            head.sorted = here.then_some(if order.descending { "descending" } else { "ascending" });
            head.href = Some(href(field, here && !order.descending));
        }
        self.target = Some(target);
        self
    }
}

fn head(field: &Field, label: &str) -> Head {
    Head {
        id: field.api_name.clone(),
        label: if label.is_empty() { field.label.clone() } else { label.to_owned() },
        number: is_number(&field.kind),
        href: None,
        sorted: None,
    }
}

fn row(place: Place<'_>, access: &Access, columns: &Columns, record: &Record) -> Row {
    let module = access.plan().module();
    let fields = columns.lead.iter().chain(&columns.rest);
    let mut cells = fields
        .zip(&record.values)
        .filter_map(|(id, shown)| Some(Cell::new(place, &module.field(*id)?.kind, shown)));
    let names: Vec<String> = cells.by_ref().take(columns.lead.len()).map(|cell| cell.plain()).collect();
    Row {
        href: place.record(&module.api_name, record.id),
        name: joined(&names).unwrap_or_else(|| format!("{} without a name", module.singular)),
        cells: cells.collect(),
    }
}

/// The parts of a name with a space between, if any part is there.
#[must_use]
pub fn joined(parts: &[String]) -> Option<String> {
    let there: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    (!there.is_empty()).then(|| there.join(" "))
}

fn is_number(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Integer | FieldKind::BigInteger | FieldKind::Decimal { .. } | FieldKind::Currency { .. } | FieldKind::Percent { .. }
    )
}
