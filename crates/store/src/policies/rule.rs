//! The rule that a widening needs a second administrator.

use domain::time::Moment;

use crate::engine::{Conn, Error};
use crate::portals::Actor;

/// How the rule stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub on: bool,
    /// Who wants it off, and since when: somebody else has to agree.
    pub off_asked: Option<(Actor, Moment)>,
}

/// How the rule stands.
pub fn rule(conn: &mut Conn) -> Result<Rule, Error> {
    let found = conn.row(
        "SELECT r.second_administrator, r.off_asked_time, r.off_asked_by, coalesce(a.name, '')
         FROM :db.policy_rule r LEFT JOIN :db.actors a ON a.id = r.off_asked_by WHERE r.id = 1",
        &[],
        |row| {
            let asked = match (row.opt_int(1)?, row.opt_int(2)?) {
                (Some(at), Some(id)) => Some((Actor { id, name: row.text(3)? }, Moment(at))),
                _ => None,
            };
            Ok(Rule {
                on: row.bool(0)?,
                off_asked: asked,
            })
        },
    )?;
    // Where nobody can say whether the rule holds, it does.
    Ok(found.unwrap_or(Rule { on: true, off_asked: None }))
}

/// Sets the rule.
pub fn set_rule(conn: &mut Conn, rule: &Rule) -> Result<(), Error> {
    let (by, at) = match &rule.off_asked {
        Some((actor, at)) => (Some(actor.id), Some(at.0)),
        None => (None, None),
    };
    conn.execute(
        "UPDATE :db.policy_rule SET second_administrator = $1, off_asked_time = $2, off_asked_by = $3 WHERE id = 1",
        &[rule.on.into(), at.into(), by.into()],
    )
    .map(drop)
}
