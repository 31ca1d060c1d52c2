//! An import under way: rows are read in batches, prepared, and written through the gate.

use domain::access::Access;
use domain::ids::{ModuleId, RecordId};
use domain::records::{Draft, FieldError, Prepared, Value, from_text, prepare_change, prepare_new};
use store::audit::Deed;
use store::engine::Conn;
use store::records::{WriteError, Writing};

use super::bind::{Bound, Texts};
use super::keys::{Keys, Led};
use super::outcome::{RowError, shortened};
use super::rows::{Row, Rows};
use super::{ImportError, Mapping, Outcome, Progress, schema};
use crate::{Ctx, Error, Snapshot};

/// Rows in one batch: enough to make look-ups cheap, few enough to stay small.
const BATCH: usize = 500;

/// What is to be imported.
pub(super) struct Order {
    pub(super) ctx: Ctx,
    pub(super) module: String,
    pub(super) mapping: Mapping,
    pub(super) rows: Rows,
}

/// An import under way.
pub(super) struct Work {
    ctx: Ctx,
    module: ModuleId,
    mapping: Mapping,
    rows: Rows,
    access: Access,
    bound: Vec<Bound>,
    keys: Keys,
    pending: Vec<Row>,
    /// Look-ups to records of the file itself, which are written when all records are there.
    later: Vec<Later>,
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
    created: u64,
    skipped: u64,
    errors: Vec<RowError>,
    later: Vec<Later>,
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
        if !access.plan().may_create() {
            return Err(Error::Forbidden.into());
        }
        Ok(Self {
            ctx,
            module,
            mapping,
            rows,
            access,
            bound,
            keys: Keys::default(),
            pending: Vec::new(),
            later: Vec::new(),
            outcome: Outcome::default(),
            check_only: false,
        })
    }

    /// Reads the next batch. False when there is none.
    pub(super) fn read(&mut self) -> Result<bool, ImportError> {
        let before = self.outcome.rows;
        self.pending.clear();
        while self.pending.len() < BATCH {
            let Some(row) = self.rows.next()? else { break };
            self.outcome.rows += 1;
            match row {
                Ok(row) => self.pending.push(row),
                Err(error) => {
                    self.outcome.skipped += 1;
                    self.outcome.report(error);
                }
            }
        }
        Ok(self.outcome.rows > before)
    }

    /// Writes the batch that was read; the rows that cannot be taken are left out.
    pub(super) fn write(&mut self, conn: &mut Conn) -> Result<Batch, ImportError> {
        self.keep_current(conn)?;
        let mut batch = Batch::default();
        let texts = |row: &Row| self.bound.iter().map(|field| field.text(&row.cells)).collect();
        let texts: Vec<Texts> = self.pending.iter().map(texts).collect();
        self.keys.look_up(conn, &self.bound, &texts)?;
        let mut ready = Vec::with_capacity(self.pending.len());
        for (row, texts) in self.pending.iter().zip(&texts) {
            match self.prepare(row, texts) {
                Ok(row) => ready.push(row),
                Err(errors) => batch.leave_out(errors),
            }
        }
        if !self.check_only {
            self.insert(conn, ready, &mut batch)?;
        }
        Ok(batch)
    }

    /// Somebody may have changed modules or rights since the batch before.
    fn keep_current(&mut self, conn: &mut Conn) -> Result<(), ImportError> {
        if store::records::is_current(conn, &self.access)? {
            return Ok(());
        }
        (self.access, self.bound) = bind(conn, &self.ctx, self.module, &self.mapping, &self.rows)?;
        self.keys = Keys::default();
        match store::records::is_current(conn, &self.access)? {
            true => Ok(()),
            false => Err(Error::Stale.into()),
        }
    }

    fn prepare(&self, row: &Row, texts: &Texts) -> Result<Ready, Vec<RowError>> {
        let (mut draft, mut later, mut errors) = (Draft::default(), Vec::new(), Vec::new());
        for (at, (field, text)) in self.bound.iter().zip(texts).enumerate() {
            let value = match text {
                Err(reason) => Err(reason.clone()),
                Ok(text) if field.lookup.is_some() && !text.is_empty() => match self.keys.lead(at, field, text, false) {
                    Led::To(value) => Ok(value),
                    Led::Nowhere(reason) => Err(reason),
                    Led::Later => {
                        later.push((at, text.clone()));
                        continue;
                    }
                },
                Ok(text) => from_text(&field.field, text).map_err(|e| e.problem.to_string()),
            };
            match value {
                Ok(value) => draft.set(field.field.id, value),
                Err(reason) => errors.push(field.error(row.line, &row.cells, reason)),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let prepared = prepare_new(&self.access, draft).map_err(|errors| self.row_errors(row, errors))?;
        Ok(Ready {
            row: row.clone(),
            id: RecordId(self.ctx.app.id()),
            prepared,
            later,
        })
    }

    fn row_errors(&self, row: &Row, errors: Vec<FieldError>) -> Vec<RowError> {
        let told = |error: FieldError| {
            let reason = error.problem.to_string();
            match self.bound.iter().find(|b| b.field.api_name == error.field) {
                Some(bound) => bound.error(row.line, &row.cells, reason),
                None => RowError {
                    line: row.line,
                    column: None,
                    field: Some(error.field),
                    value: None,
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
                        Err(WriteError::Fields(errors)) => batch.leave_out(self.row_errors(&one.row, errors)),
                        Err(WriteError::OutOfScope) => batch.leave_out(vec![out_of_scope(&one.row)]),
                        Err(error) => return Err(Error::from(error).into()),
                    }
                }
            }
            Err(error) => return Err(Error::from(error).into()),
        }
        self.trail(conn, &made)?;
        batch.created += u64::try_from(made.len()).unwrap_or(0);
        for Ready {
            row, id: record, later, ..
        } in made
        {
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

    fn trail(&self, conn: &mut Conn, made: &[Ready]) -> Result<(), ImportError> {
        let deeds: Vec<Deed> = made.iter().map(|row| self.deed(Some(row.id), String::new())).collect();
        Ok(store::audit::append_many(conn, &deeds)?)
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

    pub(super) fn accept(&mut self, batch: Batch) {
        self.pending.clear();
        self.outcome.created += batch.created;
        self.outcome.skipped += batch.skipped;
        batch.errors.into_iter().for_each(|error| self.outcome.report(error));
        self.later.extend(batch.later);
    }

    pub(super) fn has_later(&self) -> bool {
        !self.later.is_empty()
    }

    /// Writes the next look-ups to records of the file itself.
    pub(super) fn write_later(&mut self, conn: &mut Conn) -> Result<Vec<RowError>, ImportError> {
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
        let mut errors = Vec::new();
        for later in &chunk {
            let Some(field) = self.bound.get(later.at) else { continue };
            match self.keys.lead(later.at, field, &later.text, true) {
                Led::To(value) => errors.extend(self.point(conn, later, field, value)?),
                Led::Nowhere(reason) => errors.push(field.error(later.row.line, &later.row.cells, reason)),
                Led::Later => {}
            }
        }
        Ok(errors)
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

    /// `nothing_stays`: the records are undone as well.
    pub(super) fn accept_later(&mut self, errors: Vec<RowError>, nothing_stays: bool) {
        self.later.truncate(self.later.len().saturating_sub(BATCH));
        for mut error in errors {
            if !nothing_stays {
                error.reason += "; the record was imported without it";
            }
            self.outcome.report(error);
        }
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
        let detail = format!("{} records: {}", self.outcome.created, names.join(", "));
        Ok(store::audit::append(conn, &self.deed(None, shortened(&detail)))?)
    }

    pub(super) fn take_outcome(&mut self) -> Outcome {
        std::mem::take(&mut self.outcome)
    }

    /// The outcome when everything is undone.
    pub(super) fn outcome_of_nothing(&mut self) -> Outcome {
        Outcome {
            created: 0,
            skipped: self.outcome.rows,
            ..self.take_outcome()
        }
    }
}

impl Batch {
    fn leave_out(&mut self, errors: Vec<RowError>) {
        self.skipped += 1;
        self.errors.extend(errors);
    }
}

fn out_of_scope(row: &Row) -> RowError {
    RowError {
        line: row.line,
        column: None,
        field: None,
        value: None,
        reason: "the record would not be one of yours".into(),
    }
}

fn bind(conn: &mut Conn, ctx: &Ctx, module: ModuleId, mapping: &Mapping, rows: &Rows) -> Result<(Access, Vec<Bound>), ImportError> {
    let snapshot = Snapshot::load(conn)?;
    let access = snapshot.access(ctx.viewer, module).ok_or(Error::NotFound("module"))?;
    let bound = Bound::all(&snapshot, ctx.viewer, &access, mapping, rows)?;
    Ok((access, bound))
}
