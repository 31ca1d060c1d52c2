//! SQL in the making: text with `$n` and the values that belong to it.
//!
//! Text comes from this crate and from the catalogue's own names (`m_<id>`, `c_<id>`); what users
//! write only ever becomes a parameter.

use domain::access::{Access, Predicate, Target, Viewer};
use domain::ids::{FieldId, ModuleId, RecordId};
use domain::modules::{Field, table_of};

use super::criteria;
use super::select::Statement;
use crate::engine::{Dialect, Param};

/// A statement that is being written.
pub(super) struct Sql {
    pub text: String,
    pub params: Vec<Param>,
    pub dialect: Dialect,
    viewer: Viewer,
    holes: Holes,
    aliases: u32,
}

/// A value that is the viewer's: it differs where the text of a statement is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hole {
    Anchor,
    Actor,
    Session,
    /// So many days after the day of the request.
    Day(i32),
    /// The moment at which that day begins.
    Midnight(i32),
}

/// Where the viewer's values stand among a statement's, counted from 0.
pub(super) type Holes = Vec<(Hole, usize)>;

impl Hole {
    /// The value of a viewer; null, which equals nothing, if there is none.
    pub fn of(self, viewer: &Viewer) -> Param {
        match self {
            Self::Anchor => viewer.anchor.map(|id| id.0).into(),
            Self::Actor => viewer.actor.into(),
            Self::Session => viewer.session.into(),
            Self::Day(days) => day(viewer, days).into(),
            Self::Midnight(days) => day(viewer, days).saturating_mul(86_400_000_000).into(),
        }
    }
}

fn day(viewer: &Viewer, days: i32) -> i64 {
    viewer.today.0.saturating_add(i64::from(days))
}

impl Sql {
    pub fn new(dialect: Dialect, access: &Access) -> Self {
        Self {
            text: String::with_capacity(1024),
            params: Vec::with_capacity(8),
            dialect,
            viewer: *access.viewer(),
            holes: Holes::new(),
            aliases: 0,
        }
    }

    pub fn finish(self) -> Statement {
        Statement {
            text: self.text,
            params: self.params,
            holes: self.holes,
        }
    }

    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Writes the next `$n` and keeps its value.
    pub fn bind(&mut self, param: impl Into<Param>) -> &mut Self {
        self.params.push(param.into());
        let n = self.params.len();
        self.number(n)
    }

    fn number(&mut self, n: usize) -> &mut Self {
        self.text.push('$');
        self.text.push_str(&n.to_string());
        self
    }

    /// Writes the `$n` of the viewer's value, the same wherever it stands.
    pub fn hole(&mut self, hole: Hole) -> &mut Self {
        if let Some(&(_, at)) = self.holes.iter().find(|(known, _)| *known == hole) {
            return self.number(at + 1);
        }
        self.holes.push((hole, self.params.len()));
        self.bind(hole.of(&self.viewer))
    }

    /// Whether there is an own record of the viewer.
    pub fn has_anchor(&self) -> bool {
        self.viewer.anchor.is_some()
    }

    /// What `write` writes, taken out: a piece of text that may stand in several places of this statement.
    pub fn piece(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let before = std::mem::take(&mut self.text);
        write(self);
        std::mem::replace(&mut self.text, before)
    }

    /// A table alias not used before in this statement.
    pub fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("x{}", self.aliases)
    }

    /// Writes a predicate on the row `alias`. The row itself must be known to be live.
    pub fn predicate(&mut self, alias: &str, predicate: &Predicate) {
        match predicate {
            Predicate::Always => drop(self.push("1 = 1")),
            Predicate::Never => drop(self.push("1 = 0")),
            Predicate::IsAnchor => self.equals_anchor(&format!("{alias}.id")),
            Predicate::MadeByViewer => {
                self.push(alias).push(".created_by = ").hole(Hole::Actor);
            }
            Predicate::SharedWithAnchor => self.shared(alias),
            Predicate::Person { module, predicate } => self.person(*module, predicate),
            Predicate::Referred {
                module,
                field,
                linked,
                predicate,
            } => self.referred(alias, *module, *field, *linked, predicate),
            Predicate::Below { module, parent, top } => self.below(alias, *module, *parent, top),
            Predicate::Compare(condition) => criteria::write(self, alias, condition),
            Predicate::Refers { field, target } => self.refers(&format!("{alias}.c_{field}"), target),
            Predicate::Links { field, target } => self.links(alias, *field, target),
            Predicate::All(parts) => self.joined(alias, parts, " AND ", "1 = 1"),
            Predicate::Any(parts) => self.joined(alias, parts, " OR ", "1 = 0"),
            // A look-up to nothing makes a comparison NULL, which NOT would leave NULL.
            Predicate::Not(part) => {
                self.push("(");
                self.predicate(alias, part);
                self.push(") IS NOT TRUE");
            }
        }
    }

    /// Writes a column for each predicate on the row `t`: 1 where it holds, 0 where not.
    pub fn decisions<'p>(&mut self, predicates: impl IntoIterator<Item = &'p Predicate>) {
        for predicate in predicates {
            self.push(", CASE WHEN ");
            self.predicate("t", predicate);
            self.push(" THEN 1 ELSE 0 END");
        }
    }

    fn joined(&mut self, alias: &str, parts: &[Predicate], word: &str, none: &str) {
        if parts.is_empty() {
            self.push(none);
            return;
        }
        self.push("(");
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                self.push(word);
            }
            self.predicate(alias, part);
        }
        self.push(")");
    }

    /// Without an anchor nothing equals it.
    fn equals_anchor(&mut self, column: &str) {
        match self.viewer.anchor {
            Some(_) => drop(self.push(column).push(" = ").hole(Hole::Anchor)),
            None => drop(self.push("1 = 0")),
        }
    }

    fn refers(&mut self, column: &str, target: &Target) {
        match target {
            Target::Anchor => self.equals_anchor(column),
            // Any record of the module will do: the one that is pointed at is looked for, not all of them read.
            Target::Within { module, predicate } if **predicate == Predicate::Always => {
                let there = self.alias();
                self.push("EXISTS (SELECT 1 FROM ");
                self.live(&there, *module);
                self.push(" AND ").push(&there).push(".id = ").push(column).push(")");
            }
            Target::Within { module, predicate } => {
                self.push(column).push(one_of(predicate.is_of_one()));
                self.ids(*module, predicate);
                self.push(")");
            }
        }
    }

    /// Writes the condition that a column of ids is one of these.
    pub fn among(&mut self, place: &str, ids: &[RecordId]) {
        if let [id] = ids {
            self.push(place).push(" = ").bind(id.0);
            return;
        }
        let ids = serde_json::to_string(&ids.iter().map(|id| id.0).collect::<Vec<_>>()).unwrap_or_default();
        self.params.push(ids.into());
        let condition = self.dialect.in_ints(place, self.params.len());
        self.push(&condition);
    }

    /// Writes the query for the ids, in one column, of a module's live records that satisfy the predicate.
    pub fn ids(&mut self, module: ModuleId, predicate: &Predicate) {
        if let Predicate::Below { module: tree, parent, top } = predicate
            && *tree == module
        {
            // They are live already: nothing but their ids is wanted.
            return self.tree(module, *parent, top);
        }
        let alias = self.alias();
        self.push("SELECT ").push(&alias).push(".id FROM ");
        self.live(&alias, module);
        self.push(" AND ");
        self.predicate(&alias, predicate);
    }

    fn shared(&mut self, alias: &str) {
        if self.viewer.anchor.is_none() {
            self.push("1 = 0");
            return;
        }
        let share = self.alias();
        self.push(alias)
            .push(".id IN (SELECT ")
            .push(&share)
            .push(".record_id FROM :db.shares ");
        self.push(&share).push(" WHERE ");
        self.equals_anchor(&format!("{share}.anchor_id"));
        self.push(")");
    }

    /// The viewer's own record satisfies the predicate.
    fn person(&mut self, module: ModuleId, predicate: &Predicate) {
        let own = self.alias();
        self.push("EXISTS (SELECT 1 FROM ");
        self.live(&own, module);
        self.push(" AND ");
        self.equals_anchor(&format!("{own}.id"));
        self.push(" AND ");
        self.predicate(&own, predicate);
        self.push(")");
    }

    /// Writes the live rows of a module: table, alias, `WHERE`.
    pub fn live(&mut self, alias: &str, module: ModuleId) {
        self.push(":db.").push(&table_of(module)).push(" ").push(alias).push(" WHERE ");
        self.push(alias).push(".deleted_time IS NULL");
    }

    /// A record that satisfies the predicate points at the row.
    fn referred(&mut self, alias: &str, module: ModuleId, field: FieldId, linked: bool, predicate: &Predicate) {
        let from = self.alias();
        self.push(alias)
            .push(".id")
            .push(one_of(!linked && predicate.is_of_one()))
            .push("SELECT ");
        if linked {
            let link = self.alias();
            self.push(&link).push(".target_id FROM :db.l_").push(&field.to_string());
            self.push(" ")
                .push(&link)
                .push(" WHERE ")
                .push(&link)
                .push(".record_id IN (SELECT ");
            self.push(&from).push(".id FROM ");
        } else {
            self.push(&from).push(".c_").push(&field.to_string()).push(" FROM ");
        }
        self.live(&from, module);
        self.push(" AND ");
        self.predicate(&from, predicate);
        self.push(if linked { "))" } else { ")" });
    }

    /// The row, or one that it leads up to, satisfies `top`.
    fn below(&mut self, alias: &str, module: ModuleId, parent: FieldId, top: &Predicate) {
        self.push(alias).push(".id IN (");
        self.tree(module, parent, top);
        self.push(")");
    }

    /// Writes the query for the ids of live records that satisfy `top`, and of those below them. From the top down, so that
    /// it ends at the trees' ends.
    fn tree(&mut self, module: ModuleId, parent: FieldId, top: &Predicate) {
        let (tree, first, next) = (self.alias(), self.alias(), self.alias());
        self.push("WITH RECURSIVE ").push(&tree);
        self.push("(id) AS (SELECT ").push(&first).push(".id FROM ");
        self.live(&first, module);
        self.push(" AND ");
        self.predicate(&first, top);
        self.push(" UNION SELECT ").push(&next).push(".id FROM ").push(&tree);
        self.push(" JOIN :db.").push(&table_of(module)).push(" ").push(&next);
        self.push(" ON ").push(&next).push(".c_").push(&parent.to_string());
        self.push(" = ")
            .push(&tree)
            .push(".id AND ")
            .push(&next)
            .push(".deleted_time IS NULL) SELECT id FROM ");
        self.push(&tree);
    }

    fn links(&mut self, alias: &str, field: FieldId, target: &Target) {
        let link = self.alias();
        self.push(alias)
            .push(".id IN (SELECT ")
            .push(&link)
            .push(".record_id FROM :db.l_")
            .push(&field.to_string())
            .push(" ")
            .push(&link);
        self.push(" WHERE ");
        self.refers(&format!("{link}.target_id"), target);
        self.push(")");
    }
}

/// The comparison with what a subquery finds. Where that is one value at most, an index that has the order of the list
/// after the column has the order of what is found.
fn one_of(is_one: bool) -> &'static str {
    if is_one { " = (" } else { " IN (" }
}

/// The column of a field on the row `alias`.
pub(super) fn column(alias: &str, field: &Field) -> String {
    format!("{alias}.{}", field.column())
}
