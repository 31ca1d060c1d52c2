//! What of a record stands in a statement, and the records behind look-ups that it is read from.

use domain::access::Predicate;
use domain::modules::{Field, FieldKind, Storage};
use domain::records::QueryError;
use domain::records::coql::{Reference, Selection, What};

use crate::records::filter::guarded_on;
use crate::records::parents;
use crate::records::select::{Slot, named};
use crate::records::sql::{Sql, column};

/// The columns of a query, each written once: what is grouped by is found again by its text.
pub(super) struct Columns<'q> {
    selection: &'q Selection,
    shown: Vec<(Reference, Shown)>,
    values: Vec<(Reference, String)>,
    /// Those who made and changed records: the alias of a row of theirs, and the column that points at it.
    actors: Vec<(String, String)>,
}

/// A column as it is answered.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub kind: FieldKind,
    /// As many as its slot has columns.
    pub texts: Vec<String>,
    /// Says whether the field is there on the record. Only on those that are asked for themselves: behind look-ups it is null.
    pub guard: Option<String>,
    form: Form,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Plain,
    Lookup,
    Parent,
    Actor,
}

impl Shown {
    /// Where the texts stand in a row, the first at `at`.
    pub fn slot(&self, at: usize) -> Slot {
        match self.form {
            Form::Plain => Slot::Plain { at },
            Form::Actor => Slot::Actor { at },
            Form::Parent => Slot::Parent { at },
            Form::Lookup => Slot::Lookup {
                at,
                named: true,
                names_only: false,
            },
        }
    }
}

/// The alias of a source's rows.
pub(super) fn alias(source: usize) -> String {
    if source == 0 { "t".to_owned() } else { format!("s{source}") }
}

impl<'q> Columns<'q> {
    pub fn new(selection: &'q Selection) -> Self {
        Self {
            selection,
            shown: Vec::new(),
            values: Vec::new(),
            actors: Vec::new(),
        }
    }

    pub fn selection(&self) -> &'q Selection {
        self.selection
    }

    /// The kind of a column's values; an id is a number.
    pub fn kind(&self, of: Reference) -> FieldKind {
        self.selection.field(of).map_or(FieldKind::BigInteger, |field| field.kind.clone())
    }

    /// The value that is compared, counted and added up: null where the viewer may not read it, or does not see what it points at.
    pub fn value(&mut self, sql: &mut Sql, of: Reference) -> Result<String, QueryError> {
        if let Some((_, known)) = self.values.iter().find(|(known, _)| *known == of) {
            return Ok(known.clone());
        }
        let value = self.guarded(sql, of)?;
        self.values.push((of, value.clone()));
        Ok(value)
    }

    /// The value, written anew.
    pub fn guarded(&self, sql: &mut Sql, of: Reference) -> Result<String, QueryError> {
        let alias = alias(of.source);
        let What::Field(id) = of.what else {
            return Ok(format!("{alias}.id"));
        };
        let col = self.selection.column(of).ok_or_else(|| QueryError::NoSuchField(id.to_string()))?;
        if col.field.kind == FieldKind::Parent {
            let seen = parents::shown_id(sql, &alias, col);
            return Ok(guarded_on(sql, &alias, col, &seen));
        }
        if is_lookup(&col.field) {
            return Ok(self.behind(of, &col.field));
        }
        Ok(guarded_on(sql, &alias, col, &column(&alias, &col.field)))
    }

    /// The id of the record behind a look-up, as far as the viewer sees that there is one.
    fn behind(&self, of: Reference, field: &Field) -> String {
        match self.selection.behind(of.source, field.id) {
            Some(source) => format!("{}.id", alias(source)),
            None => {
                let raw = column(&alias(of.source), field);
                format!("NULLIF({raw}, {raw})")
            }
        }
    }

    /// The look-up's own column in the records asked for, which has an index: who equals the record behind it equals this too.
    pub fn indexed(&self, of: Reference) -> Option<String> {
        let through = match of.what {
            What::Id => self.selection.sources.get(of.source)?.through?,
            What::Field(field) => (of.source, field),
        };
        let field = self.selection.field(Reference {
            source: through.0,
            what: What::Field(through.1),
        })?;
        let leads = is_lookup(field) || field.kind == FieldKind::Parent;
        (through.0 == 0 && leads).then(|| column("t", field))
    }

    /// What a list is sorted by where it is sorted by this value.
    pub fn sortable(&self, value: &str, of: Reference) -> String {
        match self.kind(of).storage() {
            Storage::Text => format!("lower({value})"),
            _ => value.to_owned(),
        }
    }

    /// The column as it is answered.
    pub fn shown(&mut self, sql: &mut Sql, of: Reference) -> Result<Shown, QueryError> {
        if let Some((_, known)) = self.shown.iter().find(|(known, _)| *known == of) {
            return Ok(known.clone());
        }
        let value = self.value(sql, of)?;
        let kind = self.kind(of);
        let (texts, form) = match &kind {
            FieldKind::CreatedBy | FieldKind::ModifiedBy => {
                let actor = format!("a{}", self.actors.len());
                let texts = vec![format!("{actor}.id"), format!("{actor}.name")];
                self.actors.push((actor, value));
                (texts, Form::Actor)
            }
            FieldKind::Lookup { .. } | FieldKind::Owner { .. } => (self.lookup(sql, of, value)?, Form::Lookup),
            FieldKind::Parent => (self.parent(sql, of, value)?, Form::Parent),
            _ => (vec![value], Form::Plain),
        };
        let guard = self.guard(sql, of);
        let shown = Shown { kind, texts, guard, form };
        self.shown.push((of, shown.clone()));
        Ok(shown)
    }

    /// The id that is there, the id that is seen, and its name. What is out of sight shows only in a record that is asked for itself, as
    /// an absent value.
    fn lookup(&self, sql: &mut Sql, of: Reference, value: String) -> Result<Vec<String>, QueryError> {
        let unknown = || QueryError::NoSuchField(format!("{:?}", of.what));
        let col = self.selection.column(of).ok_or_else(unknown)?;
        let is_asked = of.source == 0 && !self.selection.is_summary();
        let raw = if is_asked { column("t", &col.field) } else { value.clone() };
        let source = self.selection.behind(of.source, col.field.id);
        let name = match (source, &col.lookup) {
            (Some(source), Some(lookup)) if lookup.named != Predicate::Never => named(sql, &alias(source), lookup),
            // Nothing, of the type of a name; a bare one can be neither grouped nor ordered by.
            _ => format!("CAST(NULLIF({value}, {value}) AS TEXT)"),
        };
        Ok(vec![raw, value, name])
    }

    /// The id that is there, the module and the id of what is seen, and its name.
    fn parent(&self, sql: &mut Sql, of: Reference, value: String) -> Result<Vec<String>, QueryError> {
        let unknown = || QueryError::NoSuchField(format!("{:?}", of.what));
        let col = self.selection.column(of).ok_or_else(unknown)?;
        let alias = alias(of.source);
        let is_asked = of.source == 0 && !self.selection.is_summary();
        let raw = if is_asked { column("t", &col.field) } else { value.clone() };
        let module = format!(
            "CASE WHEN {value} IS NOT NULL THEN {} END",
            parents::module_column(&alias, &col.field)
        );
        let name = parents::shown_name(sql, &alias, col);
        Ok(vec![raw, module, value, guarded_on(sql, &alias, col, &name)])
    }

    fn guard(&self, sql: &mut Sql, of: Reference) -> Option<String> {
        let readable = &self.selection.column(of)?.readable;
        if of.source != 0 || self.selection.is_summary() || *readable == Predicate::Always {
            return None;
        }
        let condition = sql.piece(|sql| sql.predicate("t", readable));
        Some(format!("CASE WHEN {condition} THEN 1 ELSE 0 END"))
    }

    /// Writes the joins: live records behind look-ups that may be read, as far as they are seen; and who made or changed records.
    pub fn write_joins(&self, sql: &mut Sql) -> Result<(), QueryError> {
        for (n, source) in self.selection.sources.iter().enumerate().skip(1) {
            let (col, lookup) = self.selection.lookup(source).ok_or(QueryError::TooComplex)?;
            let (from, own) = (alias(source.through.map_or(0, |(from, _)| from)), alias(n));
            let table = source.access.plan().module().table();
            let on = format!(
                " LEFT JOIN :db.{table} {own} ON {own}.deleted_time IS NULL AND {own}.id = {}",
                column(&from, &col.field)
            );
            sql.push(&on);
            let mut conditions = vec![(&from, &col.readable), (&own, &lookup.visible)];
            if source.access.plan().view() != &lookup.visible {
                conditions.push((&own, source.access.plan().view()));
            }
            for (alias, predicate) in conditions.into_iter().filter(|(_, p)| **p != Predicate::Always) {
                sql.push(" AND ");
                sql.predicate(alias, predicate);
            }
        }
        for (actor, column) in &self.actors {
            sql.push(&format!(" LEFT JOIN :db.actors {actor} ON {actor}.id = {column}"));
        }
        Ok(())
    }
}

fn is_lookup(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Lookup { .. } | FieldKind::Owner { .. })
}
