//! The licence policy: how many seats for portal users are free, and what more cost.

use std::path::Path;

use domain::licences::{Currency, Cycle, LicencePolicy, Money, PriceBook, PriceList, Slab, Tax, Terms};
use domain::time::Day;
use serde::Deserialize;

use super::layers::Bad;
use super::{keys, layers::Layers, values};

/// The policy in force: the number of free seats, else the file, else the product's own.
pub fn merged(layers: &Layers) -> Result<LicencePolicy, Bad> {
    let file = layers.get(&keys::POLICY_FILE);
    let policy = file.map(|entry| read(Path::new(&entry.text))).transpose()?;
    Ok(match layers.read(&keys::FREE_SEATS, values::seats)? {
        None => policy.unwrap_or_default(),
        Some(free) => LicencePolicy {
            free,
            ..policy.unwrap_or_else(|| LicencePolicy {
                name: "own".to_owned(),
                ..LicencePolicy::default()
            })
        },
    })
}

/// What a policy file may say.
const KEYS: [&str; 6] = ["name", "free", "prices", "taxes", "terms", "seller"];

fn read(file: &Path) -> Result<LicencePolicy, Bad> {
    let table = super::document::read(file)?;
    let bad = |why: &str| Bad::File {
        file: file.to_owned(),
        why: why.to_owned(),
    };
    if let Some(stranger) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(Bad::Unknown {
            place: file.display().to_string(),
            name: stranger.clone(),
            known: KEYS.join(", "),
        });
    }
    let name = table
        .get("name")
        .and_then(toml::Value::as_str)
        .filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| bad("name: expected a text, the name of the policy"))?;
    let free = match table.get("free") {
        Some(toml::Value::Integer(seats)) => u64::try_from(*seats).ok().map(Some),
        Some(toml::Value::String(text)) => values::seats(text),
        _ => None,
    };
    Ok(LicencePolicy {
        name: name.to_owned(),
        free: free.ok_or_else(|| bad("free: expected a whole number of seats, or \"unlimited\""))?,
        prices: match table.get("prices") {
            Some(prices) => book(prices).map_err(|why| bad(&why))?,
            None => PriceBook::of_2025(),
        },
        taxes: match table.get("taxes") {
            Some(taxes) => self::taxes(taxes).map_err(|why| bad(&why))?,
            None => Vec::new(),
        },
        terms: match table.get("terms") {
            Some(terms) => self::terms(terms).map_err(|why| bad(&why))?,
            None => Terms::default(),
        },
        seller: match table.get("seller") {
            Some(toml::Value::String(lines)) if lines.chars().count() <= MAX_SELLER => lines.trim().to_owned(),
            Some(_) => return Err(bad(&format!("seller: expected a text of at most {MAX_SELLER} characters"))),
            None => String::new(),
        },
    })
}

/// How long the text may be that says who sells.
const MAX_SELLER: usize = 1000;

/// A tax as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTax {
    name: String,
    percent: String,
}

fn taxes(taxes: &toml::Value) -> Result<Vec<Tax>, String> {
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

fn terms(terms: &toml::Value) -> Result<Terms, String> {
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

fn of_file<T: serde::de::DeserializeOwned>(value: &toml::Value) -> Result<T, String> {
    value
        .clone()
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned())
}

/// A price list as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPrices {
    currency: String,
    cycle: Cycle,
    from: String,
    slabs: Vec<WrittenSlab>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSlab {
    /// The last licence at this price; none for however many.
    to: Option<u64>,
    price: String,
}

fn book(prices: &toml::Value) -> Result<PriceBook, String> {
    let toml::Value::Array(prices) = prices else {
        return Err("prices: expected a list, [[prices]]".to_owned());
    };
    let list = |(at, one): (usize, &toml::Value)| list(one).map_err(|why| format!("prices {}: {why}", at + 1));
    let lists = prices.iter().enumerate().map(list).collect::<Result<_, _>>()?;
    PriceBook::new(lists).map_err(|why| why.to_string())
}

fn list(prices: &toml::Value) -> Result<PriceList, String> {
    let written: WrittenPrices = of_file(prices)?;
    let currency = Currency::parse(&written.currency);
    let currency = currency.ok_or_else(|| format!("currency: expected a code of ISO 4217, found {:?}", written.currency))?;
    let slab = |(at, slab): (usize, &WrittenSlab)| {
        let price = Money::parse(&slab.price, currency);
        let price = price.ok_or_else(|| {
            let digits = currency.digits();
            format!(
                "slab {}: expected a price like \"3\" with at most {digits} digits behind the point, found {:?}",
                at + 1,
                slab.price
            )
        });
        Ok::<_, String>(Slab {
            to: slab.to,
            price: price?,
        })
    };
    Ok(PriceList {
        currency,
        cycle: written.cycle,
        from: Day::parse(&written.from).ok_or_else(|| format!("from: expected a day like 2027-01-31, found {:?}", written.from))?,
        slabs: written.slabs.iter().enumerate().map(slab).collect::<Result<_, _>>()?,
    })
}
