//! The licence policies of the installation, what licences cost under them, and a calculator.

use app::licences::{Wanted, price};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use domain::licences::{Clients, FreeFor, LicencePolicy, PriceList, Purchased, Quote, Reading, Side, Slab, Tax};
use domain::time::Day;
use serde::Deserialize;

use super::visit::Visit;
use crate::failure::PageError;
use crate::pages::admin::licences::quote::{Row, each, money, refused};
use crate::pages::admin::moments::thousands;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The one that holds today, if none is named.
    policy: String,
    quantity: String,
    currency: String,
    cycle: String,
}

#[derive(Template)]
#[template(path = "operator/prices.html")]
struct Prices {
    shell: Shell,
    policies: Vec<Policy>,
    calculator: Calculator,
}

struct Policy {
    name: String,
    since: String,
    /// Organisations that begin today begin under it.
    is_present: bool,
    /// Name and value, in words.
    facts: Vec<(&'static str, String)>,
    seller: String,
    lists: Vec<List>,
}

struct List {
    title: String,
    each: &'static str,
    slabs: Vec<(String, String)>,
}

struct Calculator {
    quantity: String,
    policies: Vec<(String, String, bool)>,
    currencies: Vec<(String, String, bool)>,
    cycles: Vec<(String, String, bool)>,
    priced: Option<Priced>,
    problem: Option<String>,
}

struct Priced {
    lines: Vec<Row>,
    total: String,
    each: &'static str,
    /// What taxes are added on an invoice.
    taxes: Option<String>,
}

pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (policies, today) = (&visit.operator.app().settings().licences, visit.operator.app().now().day());
    let present = policies.on(today);
    let chosen = policies.named(&asked.policy).unwrap_or(present);
    let all: Vec<&LicencePolicy> = policies.all().collect();
    Ok(show_page(&Prices {
        shell: visit.shell("Policies and prices", "prices"),
        policies: all.iter().rev().map(|policy| told(policy, policy.name == present.name)).collect(),
        calculator: calculator(&all, chosen, &asked, today)?,
    }))
}

fn calculator(all: &[&LicencePolicy], chosen: &LicencePolicy, asked: &Asked, today: Day) -> Result<Calculator, PageError> {
    let choice = |value: &str, chosen: &str| (value.to_owned(), value.to_owned(), value == chosen);
    let lists = || all.iter().flat_map(|policy| policy.prices.lists());
    let mut currencies: Vec<&str> = lists().map(|list| list.currency.code()).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let quantity = asked.quantity.trim();
    let quoted = (!quantity.is_empty()).then(|| {
        let wanted = Wanted::read(quantity, &asked.currency, &asked.cycle)?;
        price(chosen, wanted, today)
    });
    let (priced, problem) = match quoted {
        None => (None, None),
        Some(Ok(quote)) => (Some(priced(&quote, &chosen.taxes)), None),
        Some(Err(error)) => (None, Some(refused(error)?)),
    };
    Ok(Calculator {
        quantity: quantity.to_owned(),
        policies: all.iter().rev().map(|policy| choice(&policy.name, &chosen.name)).collect(),
        currencies: currencies.into_iter().map(|code| choice(code, &asked.currency)).collect(),
        cycles: ["monthly", "yearly"].map(|name| choice(name, &asked.cycle)).to_vec(),
        priced,
        problem,
    })
}

fn priced(quote: &Quote, taxes: &[Tax]) -> Priced {
    Priced {
        lines: quote.lines.iter().map(Row::of).collect(),
        total: money(quote.total),
        each: each(quote.cycle),
        taxes: (!taxes.is_empty()).then(|| rates(taxes)),
    }
}

fn rates(taxes: &[Tax]) -> String {
    let one = |tax: &Tax| format!("{} {} %", tax.name, Tax::percent(tax.rate));
    taxes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn told(policy: &LicencePolicy, is_present: bool) -> Policy {
    let (limits, terms) = (&policy.limits, policy.terms);
    let editions: Vec<&str> = limits.editions.iter().map(|edition| edition.name()).collect();
    let yes_no = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let count = |n: usize| thousands(u64::try_from(n).unwrap_or(u64::MAX));
    let free = policy.free.map_or_else(|| "unlimited".to_owned(), thousands);
    let whom = match policy.free_for {
        FreeFor::Everybody => "for everybody",
        FreeFor::Clients => "for clients, everybody else needs a purchased one",
    };
    let facts = vec![
        ("Free seats", format!("{free}, {whom}")),
        ("People of the own domain", yes_no(limits.own_domain)),
        ("Employees as portal users", yes_no(limits.employees)),
        ("Editions with portals", editions.join(", ")),
        ("Portals", count(limits.portals)),
        ("User types in a portal", count(limits.user_types)),
        ("Seats on trial", thousands(limits.trial)),
        ("Invoices are due after", days(terms.days_to_pay)),
        ("Then only reminders for", days(terms.grace)),
        (
            "Taxes",
            if policy.taxes.is_empty() {
                "none".to_owned()
            } else {
                rates(&policy.taxes)
            },
        ),
        ("Whoever comes from another policy", promises(policy.reading)),
    ];
    Policy {
        name: policy.name.clone(),
        since: policy.since.iso(),
        is_present,
        facts,
        seller: policy.seller.clone(),
        lists: policy.prices.lists().iter().map(list).collect(),
    }
}

fn days(n: u32) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

/// How the promises are read.
fn promises(reading: Reading) -> String {
    let clients = match reading.clients {
        Clients::Consumed => "keeps the number of clients who hold a seat free",
        Clients::Active => "keeps the number of active clients free",
    };
    let purchased = match (reading.purchased, reading.uncharged) {
        (Purchased::Replaced, _) => "free seats take the place of bought licences",
        (Purchased::Kept, Side::First) => "keeps bought licences, the first of them not charged",
        (Purchased::Kept, Side::Last) => "keeps bought licences, the last of them not charged",
    };
    format!("{clients}; {purchased}")
}

fn list(list: &PriceList) -> List {
    let mut from = 1;
    let slab = |slab: &Slab| {
        let licences = match slab.to {
            Some(to) => format!("{} to {}", thousands(from), thousands(to)),
            None => format!("{} and more", thousands(from)),
        };
        from = slab.to.map_or(from, |to| to + 1);
        (licences, money(slab.price))
    };
    List {
        slabs: list.slabs.iter().map(slab).collect(),
        title: format!("{} {}, from {} on", list.currency.code(), list.cycle.name(), list.from.iso()),
        each: each(list.cycle),
    }
}
