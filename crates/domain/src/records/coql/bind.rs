//! Names become columns of what the one who asks may read.

use super::error::CoqlError;
use super::selection::{Condition, Function, Key, Output, Reference, Selection, Source, What};
use super::syntax::{Comparison, Expression, Item, Operand, Parsed, Path};
use super::{MAX_COLUMNS, MAX_SOURCES, compare};
use crate::access::{Access, Column};
use crate::ids::ModuleId;
use crate::modules::{Field, FieldKind, Storage};

impl Parsed {
    /// The query over records of the module that is asked, and of those that look-ups lead to (`reach`: what of a module the one who asks
    /// may see, if anything).
    pub fn bind(self, access: Access, reach: impl Fn(ModuleId) -> Option<Access>) -> Result<Selection, CoqlError> {
        let selection = Selection {
            sources: vec![Source { access, through: None }],
            outputs: Vec::new(),
            condition: None,
            groups: Vec::new(),
            order: Vec::new(),
            limit: self.limit,
            offset: self.offset,
        };
        let mut binder = Binder { selection, reach };
        for item in &self.items {
            binder.output(item)?;
        }
        for path in &self.groups {
            let of = binder.reference(path)?;
            binder.check(of, path, "group by", is_groupable)?;
            binder.selection.groups.push(of);
        }
        for (operand, descending) in &self.order {
            let by = binder.key(operand, &self.items)?;
            binder.selection.order.push(Key {
                by,
                descending: *descending,
            });
        }
        if let Some(condition) = self.condition {
            binder.selection.condition = Some(binder.condition(condition)?);
        }
        binder.check_groups()?;
        binder.check_ids()?;
        Ok(binder.selection)
    }
}

struct Binder<R> {
    selection: Selection,
    reach: R,
}

impl<R: Fn(ModuleId) -> Option<Access>> Binder<R> {
    fn output(&mut self, item: &Item) -> Result<(), CoqlError> {
        let mut output = self.operand(&item.operand)?;
        if let Some(alias) = &item.alias {
            output.name.clone_from(alias);
        }
        let known = &self.selection.outputs;
        if known.iter().any(|o| o.name == output.name) {
            return Err(match item.alias {
                Some(_) => CoqlError::SameAlias(output.name),
                None => CoqlError::SameColumn(output.name),
            });
        }
        // Under another name too: what is long would come as often as it is named.
        if known.iter().any(|o| (o.function, o.of) == (output.function, output.of)) {
            return Err(CoqlError::SameColumn(item.operand.text()));
        }
        if known.len() == MAX_COLUMNS {
            return Err(CoqlError::TooMuch {
                what: "columns",
                limit: MAX_COLUMNS,
            });
        }
        self.selection.outputs.push(output);
        Ok(())
    }

    fn operand(&mut self, operand: &Operand) -> Result<Output, CoqlError> {
        let of = operand.path.as_ref().map(|path| self.reference(path)).transpose()?;
        if let (Some(of), Some(path)) = (of, &operand.path) {
            let suits = |kind: &FieldKind| operand.function.is_none_or(|function| takes(function, kind));
            self.check(of, path, operand.function.map_or("select", Function::name), suits)?;
        }
        let takes_ids = matches!(operand.function, None | Some(Function::Count));
        match of {
            Some(Reference { what: What::Id, .. }) if !takes_ids => Err(CoqlError::Unsuitable {
                column: operand.text(),
                data_type: "bigint",
                by: operand.function.map_or("", Function::name).to_owned(),
            }),
            _ => Ok(Output {
                name: operand.text(),
                function: operand.function,
                of,
            }),
        }
    }

    /// What is ordered by: a column by the other name it was given, or a column.
    fn key(&mut self, operand: &Operand, items: &[Item]) -> Result<Output, CoqlError> {
        let named =
            |item: &&Item| operand.function.is_none() && item.alias.is_some() && operand.path.as_ref().map(Path::text) == item.alias;
        let operand = items.iter().find(named).map_or(operand, |item| &item.operand);
        let by = self.operand(operand)?;
        if let (None, Some(of), Some(path)) = (by.function, by.of, &operand.path) {
            self.check(of, path, "order by", FieldKind::is_sortable)?;
        }
        Ok(by)
    }

    /// The column that a path leads to.
    fn reference(&mut self, path: &Path) -> Result<Reference, CoqlError> {
        let unknown = || CoqlError::NoColumn(path.text().chars().take(200).collect());
        let Some((last, hops)) = path.0.split_last() else {
            return Err(unknown());
        };
        let mut source = 0;
        for hop in hops {
            let column = self.named(source, hop).ok_or_else(unknown)?;
            source = self.behind(source, &column)?.ok_or_else(unknown)?;
        }
        if last == "id" {
            return Ok(Reference { source, what: What::Id });
        }
        let column = self.named(source, last).ok_or_else(unknown)?;
        // What a look-up shows stands in the record that it leads to.
        self.behind(source, &column)?;
        Ok(Reference {
            source,
            what: What::Field(column.field.id),
        })
    }

    fn named(&self, source: usize, name: &str) -> Option<Column> {
        self.selection.sources.get(source)?.access.plan().column_named(name).cloned()
    }

    /// The records behind a look-up; none where it is no look-up to one record, or leads to what the one who asks knows nothing of.
    fn behind(&mut self, source: usize, column: &Column) -> Result<Option<usize>, CoqlError> {
        let field = &column.field;
        let Some(lookup) = column.lookup.as_ref().filter(|_| field.kind.storage() != Storage::Links) else {
            return Ok(None);
        };
        if let Some(known) = self.selection.behind(source, field.id) {
            return Ok(Some(known));
        }
        let Some(access) = (self.reach)(lookup.module) else {
            return Ok(None);
        };
        if self.selection.sources.len() > MAX_SOURCES {
            return Err(CoqlError::TooMuch {
                what: "look-ups",
                limit: MAX_SOURCES,
            });
        }
        self.selection.sources.push(Source {
            access,
            through: Some((source, field.id)),
        });
        Ok(Some(self.selection.sources.len() - 1))
    }

    /// Refuses a column whose kind does not suit; a list of look-ups suits nothing. An id suits everything.
    fn check(&self, of: Reference, path: &Path, by: &str, suits: impl Fn(&FieldKind) -> bool) -> Result<(), CoqlError> {
        match self.selection.field(of) {
            Some(field) if field.kind.storage() == Storage::Links || !suits(&field.kind) => Err(unsuitable(field, path, by)),
            _ => Ok(()),
        }
    }

    fn condition(&mut self, expression: Expression) -> Result<Condition, CoqlError> {
        let mut all = |parts: Vec<Expression>| parts.into_iter().map(|part| self.condition(part)).collect::<Result<_, _>>();
        match expression {
            Expression::All(parts) => Ok(Condition::All(all(parts)?)),
            Expression::Any(parts) => Ok(Condition::Any(all(parts)?)),
            Expression::Not(part) => Ok(Condition::Not(Box::new(self.condition(*part)?))),
            Expression::Compare { path, comparison } => {
                let of = self.reference(&path)?;
                let by = match &comparison {
                    Comparison::Sign(sign, _) => sign,
                    Comparison::Like(_) => "like",
                    Comparison::In(_) => "in",
                    Comparison::Between(..) => "between",
                    Comparison::IsNull => "is null",
                };
                self.check(of, &path, by, |kind| compare::suits(by, kind))?;
                compare::condition(of, self.selection.field(of), &path, comparison)
            }
        }
    }

    /// Records have their id under this name: nothing else may take it.
    fn check_ids(&self) -> Result<(), CoqlError> {
        let is_id = |output: &Output| output.function.is_none() && output.of == Some(Reference { source: 0, what: What::Id });
        let mut taken = self.selection.outputs.iter().filter(|output| output.name == "id" && !is_id(output));
        match taken.next() {
            Some(_) if !self.selection.is_summary() => Err(CoqlError::BadAlias("id".to_owned())),
            _ => Ok(()),
        }
    }

    /// Where rows stand for several records, each column is the same in all of them or a function of them.
    fn check_groups(&self) -> Result<(), CoqlError> {
        let selection = &self.selection;
        if !selection.is_summary() {
            let counted = selection.order.iter().find(|key| key.by.function.is_some());
            return counted.map_or(Ok(()), |key| Err(CoqlError::NotGrouped(key.by.name.clone())));
        }
        let columns = selection.outputs.iter().chain(selection.order.iter().map(|key| &key.by));
        let mut alone = columns.filter(|output| output.function.is_none() && output.of.is_none_or(|of| !selection.groups.contains(&of)));
        alone
            .next()
            .map_or(Ok(()), |output| Err(CoqlError::NotGrouped(output.name.clone())))
    }
}

pub(super) fn unsuitable(field: &Field, path: &Path, by: &str) -> CoqlError {
    CoqlError::Unsuitable {
        column: path.text(),
        data_type: field.kind.wire(),
        by: by.to_owned(),
    }
}

fn is_number(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Integer | FieldKind::BigInteger | FieldKind::Decimal { .. } | FieldKind::Currency { .. } | FieldKind::Percent { .. }
    )
}

fn takes(function: Function, kind: &FieldKind) -> bool {
    let is_time = || {
        matches!(
            kind,
            FieldKind::Date | FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime
        )
    };
    match function {
        Function::Count => true,
        Function::Sum | Function::Avg => is_number(kind),
        Function::Min | Function::Max => is_number(kind) || is_time(),
    }
}

/// Whether records can be put together by it: not by long text, lists and files.
fn is_groupable(kind: &FieldKind) -> bool {
    kind.is_sortable()
        || matches!(
            kind,
            FieldKind::Lookup { .. } | FieldKind::Parent | FieldKind::Owner { .. } | FieldKind::CreatedBy | FieldKind::ModifiedBy
        )
}
