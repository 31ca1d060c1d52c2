//! The licence policy: how many seats for portal users are free, and what more cost.

use std::path::Path;

use domain::licences::{Currency, Cycle, LicencePolicy, Money, PriceBook, PriceList, Slab};
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

fn read(file: &Path) -> Result<LicencePolicy, Bad> {
    let table = super::document::read(file)?;
    let bad = |why: &str| Bad::File {
        file: file.to_owned(),
        why: why.to_owned(),
    };
    if let Some(stranger) = table.keys().find(|key| !matches!(key.as_str(), "name" | "free" | "prices")) {
        return Err(Bad::Unknown {
            place: file.display().to_string(),
            name: stranger.clone(),
            known: "name, free, prices".into(),
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
    })
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
    let written: WrittenPrices = prices
        .clone()
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned())?;
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
