//! Price lists of a policy file.

use domain::licences::{Currency, Cycle, Money, PriceBook, PriceList, Slab};
use domain::time::Day;
use serde::Deserialize;

use super::of_file;

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

pub(super) fn book(prices: &toml::Value) -> Result<PriceBook, String> {
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
