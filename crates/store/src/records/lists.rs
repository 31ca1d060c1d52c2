//! Lists that were written before: the text of a statement depends on the plan and on the form of the question, not on
//! who asks.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use domain::access::{Access, PlanKey};
use domain::ids::{FieldId, ModuleId};
use domain::records::{Order, Query, QueryError};

use super::json::Outputs;
use super::select;
use super::sql::Holes;
use crate::engine::{Database, Param};

/// How many forms of questions are kept.
const KEPT: usize = 1000;
/// How many bytes an answer is thought to have before there was one.
const SIZE: usize = 8 * 1024;

/// The statements of one database that were written before.
pub struct Lists(quick_cache::sync::Cache<Form, Arc<List>>);

/// What the text of a statement depends on, if it asks for nothing but a first page.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Form {
    plan: PlanKey,
    module: ModuleId,
    version: i64,
    /// Whether the viewer has a record and a session.
    has: (bool, bool),
    columns: Vec<FieldId>,
    order: Order,
    limit: u32,
}

/// A statement that lacks only what is the viewer's.
pub(super) struct List {
    pub text: Arc<str>,
    pub outputs: Outputs,
    /// How many bytes its longest answer so far had.
    pub size: AtomicUsize,
    params: Vec<Param>,
    holes: Holes,
}

impl Lists {
    /// The statement for a question, written now or before.
    pub(super) fn get(&self, db: &Database, access: &Access, query: &Query) -> Result<Arc<List>, QueryError> {
        let Some(form) = Form::of(access, query) else {
            return Ok(Arc::new(List::write(db, access, query)?));
        };
        if let Some(list) = self.0.get(&form) {
            return Ok(list);
        }
        let list = Arc::new(List::write(db, access, query)?);
        self.0.insert(form, Arc::clone(&list));
        Ok(list)
    }
}

impl Form {
    /// None where the question holds values of its own.
    fn of(access: &Access, query: &Query) -> Option<Self> {
        let plain = query.filter.is_none() && query.search.is_none() && query.ids.is_empty() && query.after.is_none();
        let viewer = access.viewer();
        plain.then(|| Self {
            plan: viewer.key,
            module: access.plan().module().id,
            version: access.version(),
            has: (viewer.anchor.is_some(), viewer.session.is_some()),
            columns: query.columns.clone(),
            order: query.order,
            limit: query.limit,
        })
    }
}

impl List {
    fn write(db: &Database, access: &Access, query: &Query) -> Result<Self, QueryError> {
        let (statement, shape) = select::list(db.dialect(), access, query)?;
        let mut params = statement.params;
        // Whatever is the viewer's is left out, so that it cannot be found by another.
        for (_, at) in &statement.holes {
            if let Some(param) = params.get_mut(*at) {
                *param = Param::Null;
            }
        }
        Ok(Self {
            text: db.resolve(&statement.text),
            outputs: Outputs::of(access, query, shape),
            size: AtomicUsize::new(SIZE),
            params,
            holes: statement.holes,
        })
    }

    /// The values of the statement for a viewer.
    pub fn params(&self, access: &Access) -> Vec<Param> {
        let mut params = self.params.clone();
        for (hole, at) in &self.holes {
            if let Some(param) = params.get_mut(*at) {
                *param = hole.of(access.viewer());
            }
        }
        params
    }
}

impl Default for Lists {
    fn default() -> Self {
        Self(quick_cache::sync::Cache::new(KEPT))
    }
}

impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lists").field("kept", &self.0.len()).finish()
    }
}
