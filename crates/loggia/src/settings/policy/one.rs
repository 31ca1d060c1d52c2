//! One policy of a policy file. What it does not say is as in the policy of the product that it is like.

use domain::licences::{Clients, FreeFor, LicencePolicy, Limits, Purchased, Reading, Side};
use domain::orgs::Edition;
use domain::time::Day;
use serde::Deserialize;
use toml::{Table, Value};

use super::{bills, of_file, prices};
use crate::settings::values;

/// What a policy may say.
pub const KEYS: [&str; 17] = [
    "name",
    "formerly",
    "like",
    "since",
    "free",
    "free_for",
    "own_domain",
    "employees",
    "user_types",
    "portals",
    "editions",
    "trial",
    "prices",
    "promises",
    "taxes",
    "terms",
    "seller",
];

/// How long the text may be that says who sells.
const MAX_SELLER: usize = 1000;
/// The most seats of a trial.
const MAX_TRIAL: u64 = 1_000_000;

/// A setting that no policy has.
pub fn stranger(table: &Table) -> Option<String> {
    table.keys().find(|key| !KEYS.contains(&key.as_str())).cloned()
}

/// Reads a policy. Errors say what was expected where.
pub fn policy(table: &Table) -> Result<LicencePolicy, String> {
    let like = said(table, "like", text)?;
    let usual = match &like {
        None => LicencePolicy::default(),
        Some(name) => LicencePolicy::built_in(name).ok_or_else(|| format!("like: expected 2023, 2025 or unlimited, found {name:?}"))?,
    };
    let free = said(table, "free", seats)?;
    Ok(LicencePolicy {
        name: match said(table, "name", text)? {
            Some(name) => name,
            None => like.clone().ok_or("name: expected a text, the name of the policy")?,
        },
        formerly: said(table, "formerly", names)?.unwrap_or_default(),
        since: said(table, "since", day)?.unwrap_or(usual.since),
        free: match free {
            Some(free) => free,
            None if like.is_some() => usual.free,
            None => return Err(format!("free: expected {SEATS}")),
        },
        free_for: said(table, "free_for", free_for)?.unwrap_or(usual.free_for),
        limits: limits(table, usual.limits)?,
        prices: said(table, "prices", prices::book)?.unwrap_or(usual.prices),
        taxes: match table.get("taxes") {
            Some(taxes) => bills::taxes(taxes)?,
            None => usual.taxes,
        },
        terms: match table.get("terms") {
            Some(terms) => bills::terms(terms)?,
            None => usual.terms,
        },
        seller: said(table, "seller", seller)?.unwrap_or(usual.seller),
        reading: said(table, "promises", reading)?.unwrap_or(usual.reading),
    })
}

fn limits(table: &Table, usual: Limits) -> Result<Limits, String> {
    let most = |name, most: usize| said(table, name, |value| number(value, most));
    Ok(Limits {
        own_domain: said(table, "own_domain", truth)?.unwrap_or(usual.own_domain),
        employees: said(table, "employees", truth)?.unwrap_or(usual.employees),
        user_types: most("user_types", 1000)?.unwrap_or(usual.user_types),
        portals: most("portals", 1000)?.unwrap_or(usual.portals),
        editions: said(table, "editions", editions)?.unwrap_or(usual.editions),
        trial: said(table, "trial", trial)?.unwrap_or(usual.trial),
    })
}

/// What a policy says of something, read; the name of what cannot be read stands before what was expected.
fn said<T>(table: &Table, name: &str, read: impl FnOnce(&Value) -> Result<T, String>) -> Result<Option<T>, String> {
    let value = table.get(name).map(read).transpose();
    // What is wrong within a list of prices is placed there.
    value.map_err(|why| if name == "prices" { why } else { format!("{name}: {why}") })
}

const SEATS: &str = "a whole number of seats, or \"unlimited\"";

fn seats(value: &Value) -> Result<Option<u64>, String> {
    let seats = match value {
        Value::Integer(seats) => u64::try_from(*seats).ok().map(Some),
        Value::String(text) => values::seats(text),
        _ => None,
    };
    seats.ok_or_else(|| format!("expected {SEATS}"))
}

fn text(value: &Value) -> Result<String, String> {
    let text = value.as_str().map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned)
        .ok_or_else(|| "expected a text, the name of a policy".to_owned())
}

fn names(value: &Value) -> Result<Vec<String>, String> {
    let names = value.as_array().map(|names| names.iter().map(text).collect());
    names.unwrap_or_else(|| Err("expected a list of names of policies".to_owned()))
}

fn day(value: &Value) -> Result<Day, String> {
    let day = value.as_str().and_then(Day::parse);
    day.ok_or_else(|| format!("expected a day like \"2027-01-31\", found {value}"))
}

fn truth(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("expected true or false, found {value}"))
}

fn number(value: &Value, most: usize) -> Result<usize, String> {
    let number = value.as_integer().and_then(|n| usize::try_from(n).ok());
    let fits = number.filter(|n| (1..=most).contains(n));
    fits.ok_or_else(|| format!("expected a whole number from 1 to {most}, found {value}"))
}

fn trial(value: &Value) -> Result<u64, String> {
    let seats = value.as_integer().and_then(|n| u64::try_from(n).ok());
    let fits = seats.filter(|n| *n <= MAX_TRIAL);
    fits.ok_or_else(|| format!("expected a whole number of seats from 0 to {MAX_TRIAL}, found {value}"))
}

fn seller(value: &Value) -> Result<String, String> {
    let lines = value.as_str().filter(|lines| lines.chars().count() <= MAX_SELLER);
    let lines = lines.ok_or_else(|| format!("expected a text of at most {MAX_SELLER} characters"))?;
    Ok(lines.trim().to_owned())
}

fn free_for(value: &Value) -> Result<FreeFor, String> {
    let named = |who: &FreeFor| value.as_str() == Some(who.name());
    let found = [FreeFor::Everybody, FreeFor::Clients].into_iter().find(named);
    found.ok_or_else(|| format!("expected everybody or clients, found {value}"))
}

fn editions(value: &Value) -> Result<Vec<Edition>, String> {
    let names = value.as_array().ok_or("expected a list of editions")?;
    let edition = |name: &Value| name.as_str().unwrap_or_default().parse::<Edition>().map_err(|why| why.to_string());
    names.iter().map(edition).collect()
}

/// How the promises of a cut-over are read, as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenReading {
    clients: String,
    purchased: String,
    uncharged: String,
}

impl Default for WrittenReading {
    fn default() -> Self {
        let [clients, purchased, uncharged] = ["consumed", "kept", "first"].map(str::to_owned);
        Self {
            clients,
            purchased,
            uncharged,
        }
    }
}

fn reading(value: &Value) -> Result<Reading, String> {
    let written: WrittenReading = of_file(value)?;
    Ok(Reading {
        clients: match written.clients.as_str() {
            "consumed" => Clients::Consumed,
            "active" => Clients::Active,
            other => return Err(format!("clients: expected consumed or active, found {other:?}")),
        },
        purchased: match written.purchased.as_str() {
            "kept" => Purchased::Kept,
            "replaced" => Purchased::Replaced,
            other => return Err(format!("purchased: expected kept or replaced, found {other:?}")),
        },
        uncharged: match written.uncharged.as_str() {
            "first" => Side::First,
            "last" => Side::Last,
            other => return Err(format!("uncharged: expected first or last, found {other:?}")),
        },
    })
}
