//! What people gain and lose by a draft or a version, counted person by person.

use std::collections::BTreeMap;

use app::policies::{self, Change, ModuleDifference, TypeDifference, Which};
use app::{Ctx, Error};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use domain::ids::PolicyDraftId;
use serde::Deserialize;

use super::super::visit::{Visit, id};
use super::version::number;
use super::{costly, place};
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show;

#[derive(Template)]
#[template(path = "admin/policies/difference.html")]
struct Page {
    shell: Shell,
    title: String,
    /// What is compared with what.
    between: String,
    back: String,
    back_name: String,
    /// The versions that it can be compared with; none for a draft.
    others: Vec<(String, String, bool)>,
    /// There is nothing to compare it with.
    alone: bool,
    types: Vec<TypeRow>,
    /// Lists that would cost much, as sentences.
    costly: Vec<String>,
}

struct TypeRow {
    name: String,
    /// Whom the numbers are of.
    people: String,
    whole: bool,
    modules: Vec<ModuleRow>,
}

struct ModuleRow {
    name: String,
    gained: Vec<String>,
    lost: Vec<String>,
}

fn type_row(difference: TypeDifference) -> TypeRow {
    let whole = difference.is_whole();
    let people = match (whole, difference.people.unwrap_or_default()) {
        _ if difference.people.is_none() => "They all see the same.".to_owned(),
        (true, (_, 1)) => "The one person who is there was asked.".to_owned(),
        (true, (_, n)) => format!("All {n} people who are there were asked."),
        (false, (asked, n)) => format!("Only {asked} of {n} people were asked: for the others the numbers may be higher."),
    };
    TypeRow {
        name: difference.name,
        people,
        whole,
        modules: difference.modules.into_iter().map(module_row).collect(),
    }
}

fn module_row(module: ModuleDifference) -> ModuleRow {
    ModuleRow {
        name: module.module,
        gained: lines(module.gained),
        lost: lines(module.lost),
    }
}

/// The records first, then the fields, those on equally many records together.
fn lines(change: Change) -> Vec<String> {
    let mut lines = Vec::new();
    if change.records > 0 {
        let named = match change.named.is_empty() {
            true => String::new(),
            false => format!(", such as “{}”", change.named.join("”, “")),
        };
        lines.push(format!("{}{named}", records(change.records)));
    }
    let mut fields: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (field, count) in change.fields {
        fields.entry(count).or_default().push(field);
    }
    lines.extend(
        fields
            .into_iter()
            .rev()
            .map(|(count, fields)| format!("{} on {}", fields.join(", "), records(count))),
    );
    lines
}

fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        n => format!("{n} records"),
    }
}

async fn types(ctx: &Ctx, from: Which, to: Which) -> Result<Vec<TypeRow>, Error> {
    let found = policies::difference(ctx, from, to).await?;
    Ok(found.into_iter().map(type_row).collect())
}

pub async fn of_draft(visit: Visit, Path(draft): Path<String>) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let id: PolicyDraftId = id(&draft, "draft")?;
    let ctx = visit.ctx();
    let draft = policies::draft(ctx, id).await?;
    let types = types(ctx, Which::InForce, Which::Draft(id)).await?;
    Ok(show(&Page {
        shell: visit.shell(&draft.name, "policies"),
        title: "What people gain and lose".into(),
        between: format!(
            "If the draft were published now, in the place of version {}.",
            ctx.snapshot.policy_version
        ),
        back: place(id),
        back_name: draft.name,
        alone: false,
        others: Vec::new(),
        costly: costly::sentences(ctx, Which::Draft(id)).await?,
        types,
    }))
}

/// With which version it is compared, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct With {
    with: String,
}

pub async fn of_version(visit: Visit, Path(text): Path<String>, Query(asked): Query<With>) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let ctx = visit.ctx();
    let to = number(&text)?;
    policies::version(ctx, to).await?;
    let in_force = ctx.snapshot.policy_version;
    let from = match asked.with.as_str() {
        // What is in force is compared with what was before it, all others with what is in force.
        "" if to == in_force => to.saturating_sub(1).max(1),
        "" => in_force,
        with => number(with)?,
    };
    let types = types(ctx, Which::Version(from), Which::Version(to)).await?;
    let all = policies::versions(ctx).await?;
    let other = |v: &store::policies::Version| {
        let is = if v.number == in_force { ", in force" } else { "" };
        (
            v.number.to_string(),
            format!("Version {}{is}: {}", v.number, v.note),
            v.number == from,
        )
    };
    let between = match (from == in_force, to == in_force) {
        _ if from == to => "There is no earlier version to compare it with.".to_owned(),
        (true, false) => format!("If you went back to version {to}, from version {from} which is in force."),
        _ => format!("From version {from} to version {to}, for the people and records there are now."),
    };
    Ok(show(&Page {
        shell: visit.shell(&format!("Version {to}"), "policies"),
        title: "What people gain and lose".into(),
        between,
        back: format!("/admin/policies/versions/{to}"),
        back_name: format!("Version {to}"),
        alone: all.len() == 1,
        others: all.iter().filter(|v| v.number != to).map(other).collect(),
        costly: costly::sentences(ctx, Which::Version(to)).await?,
        types,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_when_not_everybody_was_asked() {
        let row = |people| {
            let (name, modules) = ("Clients".to_owned(), Vec::new());
            type_row(TypeDifference { name, people, modules })
        };
        let part = row(Some((200, 201)));
        assert!(!part.whole);
        assert!(part.people.starts_with("Only 200 of 201 people were asked"), "{}", part.people);
        assert!(row(Some((200, 200))).whole && row(Some((0, 0))).whole);
    }

    #[test]
    fn fields_on_equally_many_records_stand_together() {
        let change = Change {
            records: 2,
            named: vec!["Order 1".into()],
            fields: [("Status".to_owned(), 2), ("Subject".to_owned(), 2), ("Total".to_owned(), 1)].into(),
        };
        assert_eq!(
            lines(change),
            ["2 records, such as “Order 1”", "Status, Subject on 2 records", "Total on 1 record"]
        );
    }
}
