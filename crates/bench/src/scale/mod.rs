//! `cargo xtask bench scale`: what access costs in a large company.
//!
//! 1,000,000 deals and 10,000 portal users of five user types, each with another kind of scope. The first pages of people
//! of every type are measured in turn with pages of the administrator's list, which knows no restriction; then publishing
//! is timed. Both have bounds, and the run fails beyond them.
//!
//! The administrator turns as many pages as there are people who ask: one page alone would lie in the processor's own
//! memory, and the two would differ by where their rows are and not by what access costs.

mod company;
mod publishing;
mod records;

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;

use crate::company::people;
use crate::duel::{self, Side};
use crate::{Arguments, Done, Kind, Place, STATEMENTS, load, product, serve};
use company::{Company, KINDS};

/// How many deals there are.
const DEALS: i64 = 1_000_000;
/// How many portal users there are.
const PEOPLE: usize = 10_000;
/// How many of each type ask.
const ASKING: usize = 100;
/// A restricted list may cost so many times the administrator's.
const DEAREST: f64 = 1.3;
/// Publishing may take so long.
const LONGEST: Duration = Duration::from_millis(100);

/// Whether everything on a fresh database is within its bounds.
pub(crate) fn measure(kind: Kind, arguments: &Arguments) -> Done<bool> {
    let server = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let place = server.block_on(Place::of(kind))?;
    println!("{kind:?}: generating {DEALS} deals and {PEOPLE} portal users");
    let company = server.block_on(Company::found(&place))?;
    server.block_on(place.settle())?;
    let address = server.block_on(serve(product::router(company.app.clone())))?;
    let administrator = Side {
        name: "administrator",
        address,
        requests: pages(address, &company.administrator)?,
    };
    let mut good = true;
    for (name, tokens) in KINDS.iter().zip(&company.tokens) {
        let people = Side {
            name,
            address,
            requests: tokens.iter().map(|token| product::list(token, None)).collect(),
        };
        full_pages(&people)?;
        let statements = people.statements(&company.ctx)?;
        let times = 1.0 / duel::fight(&people, &administrator, arguments.pairs(), arguments.slice())?;
        println!("{kind:?}: {name}: {times:.2} times the administrator's list, {statements:.2} statements per request");
        good &= times <= DEAREST && statements <= STATEMENTS;
    }
    let longest = server.block_on(publishing::time(&company))?;
    println!("{kind:?}: publishing took {} ms at most", longest.as_millis());
    server.block_on(company.app.close());
    Ok(good && longest <= LONGEST)
}

/// Requests for as many pages of the administrator's list as people ask, each with the token that the one before gave.
fn pages(address: SocketAddr, token: &str) -> Done<Vec<Vec<u8>>> {
    let mut requests = vec![product::list(token, None)];
    while requests.len() < ASKING {
        let body = load::once(address, requests.get(requests.len() - 1..).unwrap_or_default())?;
        let answer: Value = serde_json::from_slice(body.first().ok_or("no answer")?)?;
        let next = answer.pointer("/info/next_page_token").and_then(Value::as_str);
        requests.push(product::list(token, Some(next.ok_or("no next page")?)));
    }
    Ok(requests)
}

/// Everybody gets a full page with more to come, as the administrator does.
fn full_pages(people: &Side) -> Done {
    for body in load::once(people.address, &people.requests)? {
        let answer: Value = serde_json::from_slice(&body)?;
        if answer.pointer("/data/49/id").is_none() || answer.pointer("/info/more_records") != Some(&Value::Bool(true)) {
            return Err(format!("{}: not a full page with more to come: {answer}", people.name).into());
        }
    }
    Ok(())
}
