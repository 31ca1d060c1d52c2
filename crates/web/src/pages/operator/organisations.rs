//! All organisations: how full, under which policy, what they owe.

use app::licences::{Line, Unread, overview};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use super::visit::Visit;
use crate::failure::PageError;
use crate::pages::admin::moments::{counted, thousands};
use crate::pages::records::address::encode;
use crate::pages::shell::Shell;
use crate::pages::show;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// What the name has in it.
    q: String,
    /// `name`, `fullness`, with a minus for the other way round.
    sort: String,
}

#[derive(Template)]
#[template(path = "operator/organisations.html")]
struct List {
    shell: Shell,
    word: String,
    sort: String,
    /// There are none at all.
    nobody: bool,
    totals: String,
    by_name: Head,
    by_fullness: Head,
    rows: Vec<Row>,
    unread: Vec<(String, String, String)>,
}

/// A column by which the table can be sorted.
struct Head {
    href: String,
    sorted: Option<&'static str>,
    icon: &'static str,
}

struct Row {
    id: String,
    name: String,
    edition: &'static str,
    portals: Portals,
    policy: String,
    seats: Seats,
    purchased: String,
    /// How it looks, and in words.
    owed: Option<(&'static str, String)>,
}

/// What an edition means for portals: how it looks, and in words.
pub struct Portals {
    pub look: &'static str,
    pub said: &'static str,
}

/// How full a pool is, as a small bar.
pub struct Seats {
    pub consumed: String,
    /// None: unlimited.
    pub allowance: Option<String>,
    pub now: u64,
    pub max: u64,
    pub percent: u64,
    /// How it looks where few or none are left, and in a word.
    pub level: Option<(&'static str, &'static str)>,
}

/// `word` as [`app::licences::word`] says it.
pub fn portals(word: &str) -> Portals {
    let (look, said) = match word {
        "open" => ("ok", "open"),
        "trial" => ("info", "on trial"),
        "closing" => ("bad", "to be deleted"),
        _ => ("muted", "kept as they are"),
    };
    Portals { look, said }
}

impl Seats {
    fn of(line: &Line) -> Self {
        let (now, all) = (line.consumed, line.allowance);
        let level = match all {
            Some(all) if now >= all => Some(("bad", "full")),
            Some(all) if now * 5 >= all * 4 => Some(("warn", "nearly full")),
            _ => None,
        };
        Self {
            consumed: thousands(now),
            allowance: all.map(thousands),
            now,
            max: all.unwrap_or(now).max(now).max(1),
            percent: fullness(line),
            level,
        }
    }
}

/// In per cent; where seats are unlimited nothing is full.
fn fullness(line: &Line) -> u64 {
    match line.allowance {
        None => 0,
        Some(0) => 100,
        Some(all) => (line.consumed.saturating_mul(100) / all).clamp(u64::from(line.consumed > 0), 100),
    }
}

/// The same without losing anything, for the order.
fn fuller(one: &Line, other: &Line) -> std::cmp::Ordering {
    let parts = |line: &Line| match line.allowance {
        None => (0, 1),
        Some(all) => (u128::from(line.consumed.max(1)), u128::from(all.max(1))),
    };
    let ((a, of_a), (b, of_b)) = (parts(one), parts(other));
    (a * of_b).cmp(&(b * of_a))
}

pub async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let all = overview(&visit.operator).await?;
    let today = visit.operator.app().now().day().iso();
    let totals = totals(&all);
    let nobody = all.is_empty();
    let word = asked.q.trim().to_lowercase();
    let fits = |name: &str| name.to_lowercase().contains(&word);
    let (mut lines, mut unread) = (Vec::new(), Vec::new());
    for one in all {
        match one {
            Ok(line) if fits(&line.name) => lines.push(line),
            Err(of) if fits(&of.name) => unread.push((of.id.to_string(), of.name, of.why)),
            _ => {}
        }
    }
    sort(&mut lines, &asked.sort);
    Ok(show(&List {
        shell: visit.shell("Organisations", ""),
        by_name: head(&asked, "name", "name"),
        by_fullness: head(&asked, "fullness", "-fullness"),
        word: asked.q.trim().to_owned(),
        sort: asked.sort,
        nobody,
        totals,
        rows: lines.into_iter().map(|line| row(line, &today)).collect(),
        unread,
    }))
}

fn sort(lines: &mut [Line], by: &str) {
    lines.sort_by_key(|line| line.name.to_lowercase());
    match by {
        "-name" => lines.reverse(),
        "fullness" => lines.sort_by(fuller),
        "-fullness" => lines.sort_by(|one, other| fuller(other, one)),
        _ => {}
    }
}

/// The head of a column: a link that sorts by it, first in the order `first`.
fn head(asked: &Asked, name: &str, first: &str) -> Head {
    let by = if asked.sort.is_empty() { "name" } else { &asked.sort };
    let sorted = match by.strip_prefix('-') {
        Some(column) if column == name => Some("descending"),
        None if by == name => Some("ascending"),
        _ => None,
    };
    let next = match sorted {
        Some("ascending") => format!("-{name}"),
        Some(_) => name.to_owned(),
        None => first.to_owned(),
    };
    let word = encode(asked.q.trim());
    Head {
        href: format!("/operator?q={word}&sort={next}"),
        sorted,
        icon: if sorted == Some("descending") {
            "sort-descending"
        } else {
            "sort-ascending"
        },
    }
}

/// Days are written so that their order is that of the texts.
fn row(line: Line, today: &str) -> Row {
    let owed = line.oldest_due.as_deref().map(|due| {
        let invoices = counted(line.owed, "invoice", "invoices");
        match due < today {
            true => ("bad", format!("{invoices}, overdue since {due}")),
            false => ("warn", format!("{invoices}, due on {due}")),
        }
    });
    Row {
        id: line.id.to_string(),
        portals: portals(line.portals),
        seats: Seats::of(&line),
        purchased: thousands(line.purchased),
        owed,
        name: line.name,
        edition: line.edition,
        policy: line.policy,
    }
}

/// All of them in a sentence.
fn totals(all: &[Result<Line, Unread>]) -> String {
    let lines: Vec<&Line> = all.iter().filter_map(|one| one.as_ref().ok()).collect();
    let sum = |of: fn(&Line) -> u64| lines.iter().map(|line| of(line)).sum::<u64>();
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let mut said = format!(
        "{}, {} in use, {} purchased, {} owed",
        counted(count(all.len()), "organisation", "organisations"),
        counted(sum(|line| line.consumed), "seat", "seats"),
        counted(sum(|line| line.purchased), "licence", "licences"),
        counted(sum(|line| line.owed), "invoice", "invoices"),
    );
    match count(all.len() - lines.len()) {
        0 => {}
        1 => said += "; one cannot be read and is not in these sums",
        n => said += &format!("; {} cannot be read and are not in these sums", thousands(n)),
    }
    said + "."
}
