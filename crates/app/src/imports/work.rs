//! An import under way: rows are read in batches, prepared, and written through the gate.

use domain::access::Access;
use domain::ids::{FieldId, ModuleId, RecordId};
use domain::notifications::Event;
use domain::records::{Draft, FieldError, Prepared, Value, from_text, prepare_change, prepare_new};
use domain::time::Moment;
use store::audit::Deed;
use store::engine::Conn;
use store::records::{WriteError, Writing};

use super::bind::{Bound, Texts};
use super::keys::{Keys, Led};
use super::matching::Finding;
use super::outcome::{Fate, RowCode, RowError, Told, shortened};
use super::rows::{Row, Rows};
use super::{ImportError, Mapping, Outcome, Progress, schema};
use crate::notifications::tell;
use crate::{Ctx, Error, Snapshot};

/// Rows in one batch: enough to make look-ups cheap, few enough to stay small.
const BATCH: usize = 500;

/// What is to be imported.
pub(crate) struct Order {
    pub(crate) ctx: Ctx,
    pub(crate) module: String,
    pub(crate) mapping: Mapping,
    pub(crate) rows: Rows,
}

/// An import under way.
pub(super) struct Work {
    ctx: Ctx,
    module: ModuleId,
    mapping: Mapping,
    rows: Rows,
    pub(super) access: Access,
    bound: Vec<Bound>,
    finding: Option<Finding>,
    keys: Keys,
    pending: Vec<Row>,
    /// Rows of the batch that are none.
    malformed: Vec<RowError>,
    /// Look-ups to records of the file itself, which are written when all records are there.
    later: Vec<Later>,
    /// What was written last, if nobody knows yet whether it stays: the answer to a commit can be lost.
    written: Option<Batch>,
    outcome: Outcome,
    /// Nothing will be written any more, only errors are looked for.
    pub(super) check_only: bool,
}

/// A look-up to be written when all records are there.
#[derive(Debug, Clone)]
struct Later {
    row: Row,
    record: RecordId,
    /// The mapped field, by its place.
    at: usize,
    text: String,
}

/// What came of a batch, to be accepted once it is in the database.
#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<Told>,
    later: Vec<Later>,
    /// An entry of the audit trail that is there if the batch is.
    mark: Option<i64>,
}

/// A row whose values were read.
pub(super) struct Read {
    pub(super) row: Row,
    pub(super) draft: Draft,
    later: Vec<(usize, String)>,
}

/// A row that can be written as far as its values go.
struct Ready {
    row: Row,
    id: RecordId,
    prepared: Prepared,
    later: Vec<(usize, String)>,
}

impl Work {
    /// Makes what is missing, and binds the mapping to it.
    pub(super) fn begin(conn: &mut Conn, order: Order) -> Result<Self, ImportError> {
        let Order {
            ctx,
            module,
            mapping,
            rows,
        } = order;
        for field in mapping.fields.iter() {
            // Before anything is made: the file may not have these columns.
            super::source::Source::of(field, &mapping, &rows)?;
        }
        let module = schema::ensure(conn, &ctx, &module, &mapping)?;
        let (access, bound) = bind(conn, &ctx, module, &mapping, &rows)?;
        let finding = Finding::of(&access, &mapping, &rows)?;
        if finding.as_ref().is_none_or(Finding::makes) && !access.plan().may_create() {
            return Err(Error::Forbidden.into());
        }
        Ok(Self {
            ctx,
            module,
            mapping,
            rows,
            access,
            bound,
            finding,
            keys: Keys::default(),
            pending: Vec::new(),
            malformed: Vec::new(),
            later: Vec::new(),
            written: None,
            outcome: Outcome::default(),
            check_only: false,
        })
    }

    /// Reads the next batch. False when there is none.
    pub(super) fn read(&mut self) -> Result<bool, ImportError> {
        let before = self.outcome.rows;
        self.pending.clear();
        self.malformed.clear();
        while self.pending.len() + self.malformed.len() < BATCH {
            let Some(row) = self.rows.next()? else { break };
            self.outcome.rows += 1;
            match row {
                Ok(row) => self.pending.push(row),
                Err(error) => self.malformed.push(error),
            }
        }
        Ok(self.outcome.rows > before)
    }

    /// Writes the batch that was read, unless it is there already; the rows that cannot be taken are left out.
    pub(super) fn write(&mut self, conn: &mut Conn) -> Result<(), ImportError> {
        if let Some(mark) = self.written.as_ref().and_then(|batch| batch.mark)
            && store::audit::is_noted(conn, mark)?
        {
            return Ok(());
        }
        self.written = Some(self.attempt_batch(conn)?);
        Ok(())
    }

    fn attempt_batch(&mut self, conn: &mut Conn) -> Result<Batch, ImportError> {
        self.keep_current(conn)?;
        let mut batch = Batch::default();
        let texts = |row: &Row| self.bound.iter().map(|field| field.text(&row.cells)).collect();
        let texts: Vec<Texts> = self.pending.iter().map(texts).collect();
        self.keys.look_up(conn, &self.bound, &texts)?;
        let mut rows = Vec::with_capacity(self.pending.len());
        for (row, texts) in self.pending.iter().zip(&texts) {
            match self.values(row, texts) {
                Ok(read) => rows.push(read),
                Err(errors) => batch.leave_out(row, errors),
            }
        }
        match &self.finding {
            Some(finding) => self.write_found(conn, finding, rows, &mut batch)?,
            None => self.make(conn, rows, &mut batch)?,
        }
        batch.add_malformed(&self.malformed);
        Ok(batch)
    }

    /// Makes a record of each row.
    pub(super) fn make(&self, conn: &mut Conn, rows: Vec<Read>, batch: &mut Batch) -> Result<(), ImportError> {
        let mut ready = Vec::with_capacity(rows.len());
        for Read { row, draft, later } in rows {
            match prepare_new(&self.access, draft) {
                Ok(prepared) => ready.push(Ready {
                    row,
                    id: RecordId(self.ctx.app.id()),
                    prepared,
                    later,
                }),
                Err(errors) => batch.leave_out(&row, self.row_errors(&row, errors)),
            }
        }
        match self.check_only {
            true => Ok(()),
            false => self.insert(conn, ready, batch),
        }
    }

    pub(super) fn now(&self) -> Moment {
        self.ctx.now
    }

    /// Somebody may have changed modules or rights since the batch before.
    fn keep_current(&mut self, conn: &mut Conn) -> Result<(), ImportError> {
        if store::records::is_current(conn, &self.access)? {
            return Ok(());
        }
        (self.access, self.bound) = bind(conn, &self.ctx, self.module, &self.mapping, &self.rows)?;
        self.finding = Finding::of(&self.access, &self.mapping, &self.rows)?;
        self.keys = Keys::default();
        match store::records::is_current(conn, &self.access)? {
            true => Ok(()),
            false => Err(Error::Stale.into()),
        }
    }

    fn values(&self, row: &Row, texts: &Texts) -> Result<Read, Vec<RowError>> {
        let (mut draft, mut later, mut errors) = (Draft::default(), Vec::new(), Vec::new());
        for (at, (field, text)) in self.bound.iter().zip(texts).enumerate() {
            let value = match text {
                Err(reason) => Err((RowCode::Invalid, reason.clone())),
                // Only of new records it is known that they may come later.
                Ok(text) if field.lookup.is_some() && !text.is_empty() => match self.keys.lead(at, field, text, self.finding.is_some()) {
                    Led::To(value) => Ok(value),
                    Led::Nowhere(reason) => Err((RowCode::NotFound, reason)),
                    Led::Later => {
                        later.push((at, text.clone()));
                        continue;
                    }
                },
                Ok(text) => from_text(&field.field, text).map_err(|e| (RowCode::of(&e.problem), e.problem.to_string())),
            };
            match value {
                Ok(value) => draft.set(field.field.id, value),
                Err((code, reason)) => errors.push(field.error(row.line, &row.cells, code, reason)),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Read {
            row: row.clone(),
            draft,
            later,
        })
    }

    pub(super) fn row_errors(&self, row: &Row, errors: Vec<FieldError>) -> Vec<RowError> {
        let told = |error: FieldError| {
            let (code, reason) = (RowCode::of(&error.problem), error.problem.to_string());
            match self.bound.iter().find(|b| b.field.api_name == error.field) {
                Some(bound) => bound.error(row.line, &row.cells, code, reason),
                None => RowError {
                    line: row.line,
                    column: None,
                    field: Some(error.field),
                    value: None,
                    code,
                    reason,
                },
            }
        };
        errors.into_iter().map(told).collect()
    }

    /// Writes rows at once, or one by one to find out which cannot be written.
    fn insert(&self, conn: &mut Conn, ready: Vec<Ready>, batch: &mut Batch) -> Result<(), ImportError> {
        let all: Vec<(RecordId, &Prepared)> = ready.iter().map(|r| (r.id, &r.prepared)).collect();
        let mut made = Vec::with_capacity(ready.len());
        match self.attempt(conn, &all) {
            Ok(()) => made = ready,
            Err(WriteError::Fields(_) | WriteError::OutOfScope) => {
                for one in ready {
                    match self.attempt(conn, &[(one.id, &one.prepared)]) {
                        Ok(()) => made.push(one),
                        Err(WriteError::Fields(errors)) => batch.leave_out(&one.row, self.row_errors(&one.row, errors)),
                        Err(WriteError::OutOfScope) => batch.leave_out(&one.row, vec![out_of_scope(&one.row)]),
                        Err(error) => return Err(Error::from(error).into()),
                    }
                }
            }
            Err(error) => return Err(Error::from(error).into()),
        }
        self.trail(
            conn,
            Event::Create,
            made.iter().map(|ready| (ready.id, ready.prepared.fields())),
            batch,
        )?;
        for Ready {
            row, id: record, later, ..
        } in made
        {
            batch.note(&row, Fate::Made(record));
            let kept = later.into_iter().map(|(at, text)| Later {
                row: row.clone(),
                record,
                at,
                text,
            });
            batch.later.extend(kept);
        }
        Ok(())
    }

    fn attempt(&self, conn: &mut Conn, records: &[(RecordId, &Prepared)]) -> Result<(), WriteError> {
        conn.attempt(|conn| Writing::begin(conn, &self.access, self.ctx.now)?.insert_many(records))
    }

    pub(super) fn trail(
        &self,
        conn: &mut Conn,
        event: Event,
        written: impl Iterator<Item = (RecordId, Vec<FieldId>)>,
        batch: &mut Batch,
    ) -> Result<(), ImportError> {
        let written: Vec<_> = written.collect();
        let deeds: Vec<Deed> = written.iter().map(|(id, _)| self.deed(Some(*id), String::new())).collect();
        batch.mark = batch.mark.or(deeds.first().map(|deed| deed.id));
        store::audit::append_many(conn, &deeds)?;
        Ok(tell(conn, &self.ctx.app, self.module, event, &written)?)
    }

    fn deed(&self, record: Option<RecordId>, detail: String) -> Deed {
        Deed {
            id: self.ctx.app.id(),
            at: self.ctx.now,
            actor: self.ctx.viewer.actor,
            action: "imported",
            module: Some(self.module),
            record,
            detail,
        }
    }

    /// What became of the rows, in their order.
    pub(super) fn accept(&mut self) -> Vec<Told> {
        let batch = self.written.take().unwrap_or_default();
        self.pending.clear();
        self.malformed.clear();
        let mut rows = batch.rows;
        rows.sort_by_key(|told| told.line);
        rows.iter().for_each(|told| self.outcome.count(told));
        self.later.extend(batch.later);
        rows
    }

    pub(super) fn has_later(&self) -> bool {
        !self.later.is_empty()
    }

    /// Writes the next look-ups to records of the file itself; returns the rows of which one cannot be written.
    pub(super) fn write_later(&mut self, conn: &mut Conn) -> Result<Vec<Told>, ImportError> {
        self.keep_current(conn)?;
        self.keys.forget_itself(&self.bound);
        let from = self.later.len().saturating_sub(BATCH);
        let chunk = self.later.get(from..).unwrap_or_default().to_vec();
        let mut texts: Vec<Texts> = Vec::with_capacity(chunk.len());
        for later in &chunk {
            let mut row: Texts = vec![Ok(String::new()); self.bound.len()];
            if let Some(place) = row.get_mut(later.at) {
                *place = Ok(later.text.clone());
            }
            texts.push(row);
        }
        self.keys.look_up(conn, &self.bound, &texts)?;
        let mut told = Vec::new();
        for later in &chunk {
            let Some(field) = self.bound.get(later.at) else { continue };
            let errors = match self.keys.lead(later.at, field, &later.text, true) {
                Led::To(value) => self.point(conn, later, field, value)?,
                Led::Nowhere(reason) => vec![field.error(later.row.line, &later.row.cells, RowCode::NotFound, reason)],
                Led::Later => Vec::new(),
            };
            if !errors.is_empty() {
                told.push(Told {
                    line: later.row.line,
                    cells: later.row.cells.clone(),
                    fate: Fate::Incomplete(later.record, errors),
                });
            }
        }
        Ok(told)
    }

    fn point(&self, conn: &mut Conn, later: &Later, field: &Bound, value: Value) -> Result<Vec<RowError>, ImportError> {
        let draft: Draft = [(field.field.id, value)].into_iter().collect();
        let prepared = match prepare_change(&self.access, draft) {
            Ok(prepared) => prepared,
            Err(errors) => return Ok(self.row_errors(&later.row, errors)),
        };
        let written = conn.attempt(|conn| Writing::begin(conn, &self.access, self.ctx.now)?.update(later.record, None, &prepared));
        match written {
            Ok(_) => Ok(Vec::new()),
            Err(WriteError::Fields(errors)) => Ok(self.row_errors(&later.row, errors)),
            Err(error) => Err(Error::from(error).into()),
        }
    }

    pub(super) fn accept_later(&mut self, told: &[Told]) {
        self.later.truncate(self.later.len().saturating_sub(BATCH));
        told.iter().for_each(|told| self.outcome.count(told));
    }

    pub(super) fn progress(&self) -> Progress {
        Progress {
            done: self.outcome.rows,
            total: self.rows.total.max(self.outcome.rows),
        }
    }

    pub(super) fn has_errors(&self) -> bool {
        self.outcome.errors_total > 0
    }

    /// Notes the import as a whole: how many records, and which fields.
    pub(super) fn sign(&mut self, conn: &mut Conn) -> Result<(), ImportError> {
        let names: Vec<&str> = self.bound.iter().map(|b| b.field.api_name.as_str()).collect();
        let written = self.outcome.created + self.outcome.changed;
        let detail = format!("{written} records: {}", names.join(", "));
        Ok(store::audit::append(conn, &self.deed(None, shortened(&detail)))?)
    }

    pub(super) fn take_outcome(&mut self) -> Outcome {
        std::mem::take(&mut self.outcome)
    }

    /// The outcome when everything is undone.
    pub(super) fn outcome_of_nothing(&mut self) -> Outcome {
        Outcome {
            created: 0,
            changed: 0,
            skipped: self.outcome.rows,
            ..self.take_outcome()
        }
    }
}

impl Batch {
    pub(super) fn leave_out(&mut self, row: &Row, errors: Vec<RowError>) {
        self.note(row, Fate::LeftOut(errors));
    }

    pub(super) fn note(&mut self, row: &Row, fate: Fate) {
        self.rows.push(Told {
            line: row.line,
            cells: row.cells.clone(),
            fate,
        });
    }

    fn add_malformed(&mut self, malformed: &[RowError]) {
        self.rows.extend(malformed.iter().map(|error| Told {
            line: error.line,
            cells: csv::StringRecord::new(),
            fate: Fate::LeftOut(vec![error.clone()]),
        }));
    }
}

pub(super) fn out_of_scope(row: &Row) -> RowError {
    RowError {
        line: row.line,
        column: None,
        field: None,
        value: None,
        code: RowCode::NotAllowed,
        reason: "the record would not be one of yours".into(),
    }
}

fn bind(conn: &mut Conn, ctx: &Ctx, module: ModuleId, mapping: &Mapping, rows: &Rows) -> Result<(Access, Vec<Bound>), ImportError> {
    let snapshot = Snapshot::load(conn)?;
    let access = snapshot.access(ctx.viewer, module).ok_or(Error::NotFound("module"))?;
    let bound = Bound::all(&snapshot, ctx.viewer, &access, mapping, rows)?;
    Ok((access, bound))
}
