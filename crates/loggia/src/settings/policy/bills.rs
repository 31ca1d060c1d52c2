//! Taxes and terms of a policy file: how invoices are written.

use domain::licences::{Tax, Terms};
use serde::Deserialize;

use super::of_file;

/// A tax as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTax {
    name: String,
    percent: String,
}

pub(super) fn taxes(taxes: &toml::Value) -> Result<Vec<Tax>, String> {
    let toml::Value::Array(taxes) = taxes else {
        return Err("taxes: expected a list, [[taxes]]".to_owned());
    };
    let tax = |(at, tax): (usize, &toml::Value)| tax_of(tax).map_err(|why| format!("taxes {}: {why}", at + 1));
    taxes.iter().enumerate().map(tax).collect()
}

fn tax_of(tax: &toml::Value) -> Result<Tax, String> {
    let written: WrittenTax = of_file(tax)?;
    let name = written.name.trim();
    if !(1..=50).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err("name: expected 1 to 50 characters, as invoices call the tax".to_owned());
    }
    let rate = Tax::parse_rate(&written.percent);
    let rate = rate.ok_or_else(|| format!("percent: expected 0 to 100 like \"19\" or \"7.75\", found {:?}", written.percent))?;
    Ok(Tax {
        name: name.to_owned(),
        rate,
    })
}

/// Terms as the file has them. What is not said is as without a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTerms {
    days_to_pay: Option<u32>,
    grace: Option<u32>,
}

/// The longest time, in days, that somebody may have to pay.
const MAX_DAYS: u32 = 3650;

pub(super) fn terms(terms: &toml::Value) -> Result<Terms, String> {
    let written: WrittenTerms = of_file(terms).map_err(|why| format!("terms: {why}"))?;
    let usual = Terms::default();
    let days = |name: &str, said: Option<u32>, usual: u32| match said.unwrap_or(usual) {
        days if days <= MAX_DAYS => Ok(days),
        days => Err(format!("terms: {name}: expected 0 to {MAX_DAYS} days, found {days}")),
    };
    Ok(Terms {
        days_to_pay: days("days_to_pay", written.days_to_pay, usual.days_to_pay)?,
        grace: days("grace", written.grace, usual.grace)?,
    })
}
