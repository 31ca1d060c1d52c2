//! Price books: what purchased licences cost. Data, not code: an operator writes their own.

use serde::{Deserialize, Serialize};

use super::money::{Currency, Money};
use crate::time::Day;

/// The most licences that can be bought.
pub const MAX_QUANTITY: u64 = 100_000_000;

/// The highest price of one licence, in a currency's smallest unit: so many of them can still be summed.
const MAX_PRICE: i64 = 1_000_000_000;

/// How often purchased licences are paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cycle {
    Monthly,
    Yearly,
}

impl Cycle {
    /// Reads `monthly` or `yearly`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Monthly, Self::Yearly].into_iter().find(|cycle| cycle.name() == text)
    }

    /// How many months it has.
    #[must_use]
    pub fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Yearly => 12,
        }
    }

    /// `monthly`, `yearly`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }
}

/// Licences at one price, up to how many in all. None: however many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slab {
    pub to: Option<u64>,
    pub price: Money,
}

/// What licences cost for one cycle in one currency, from a day on. Each slab has its own price: the first thousand bought
/// cost what the first slab says, however many more are bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    pub currency: Currency,
    pub cycle: Cycle,
    pub from: Day,
    pub slabs: Vec<Slab>,
}

/// All price lists of a policy. One that contradicts itself cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceBook {
    lists: Vec<PriceList>,
}

/// What is wrong with a price book. Lists and slabs are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPrices {
    #[error("prices {0}: expected at least one slab")]
    NoSlab(usize),
    #[error("prices {list}, slab {slab}: it ends where the one before has ended: expected `to` above {after}")]
    Overlap { list: usize, slab: usize, after: u64 },
    #[error("prices {list}, slab {slab}: expected `to`, for only the last slab is without end")]
    Endless { list: usize, slab: usize },
    #[error("prices {0}: the last slab ends: expected one without `to`, or nobody could buy more")]
    Ends(usize),
    #[error("prices {list}, slab {slab}: expected a price from 0 to {}", Money { minor: MAX_PRICE, currency: *.currency })]
    Price { list: usize, slab: usize, currency: Currency },
    #[error("prices {0} and {1} are both for the same currency, cycle and day")]
    Twice(usize, usize),
}

/// Why licences have no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    #[error("expected 1 to {MAX_QUANTITY} licences")]
    Quantity,
    #[error("there are no {} prices in {} on that day", .cycle.name(), .currency.code())]
    NoList { currency: Currency, cycle: Cycle },
}

/// What licences cost, slab by slab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quote {
    pub lines: Vec<Line>,
    pub total: Money,
    pub currency: Currency,
    pub cycle: Cycle,
}

/// The licences of one slab: the one numbered `from` to the one numbered `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Line {
    pub from: u64,
    pub to: u64,
    pub quantity: u64,
    pub unit_price: Money,
    pub amount: Money,
}

impl PriceBook {
    /// Checks price lists.
    pub fn new(lists: Vec<PriceList>) -> Result<Self, BadPrices> {
        for (at, list) in lists.iter().enumerate() {
            check(at + 1, list)?;
            let twin = |other: &PriceList| (other.currency, other.cycle, other.from) == (list.currency, list.cycle, list.from);
            if let Some(first) = lists.iter().take(at).position(twin) {
                return Err(BadPrices::Twice(first + 1, at + 1));
            }
        }
        Ok(Self { lists })
    }

    /// All lists, in the book's order.
    #[must_use]
    pub fn lists(&self) -> &[PriceList] {
        &self.lists
    }

    /// What `quantity` purchased licences cost for one cycle, by the prices of a day.
    pub fn quote(&self, quantity: u64, currency: Currency, cycle: Cycle, on: Day) -> Result<Quote, NoPrice> {
        if quantity == 0 {
            return Err(NoPrice::Quantity);
        }
        self.between(0, quantity, currency, cycle, on)
    }

    /// What the purchased licences beyond the first `had` cost for one cycle, up to `quantity` of them: each at the price of
    /// the slab in which it lies. None beyond is no line.
    pub fn between(&self, had: u64, quantity: u64, currency: Currency, cycle: Cycle, on: Day) -> Result<Quote, NoPrice> {
        if quantity > MAX_QUANTITY {
            return Err(NoPrice::Quantity);
        }
        let list = self.list(currency, cycle, on).ok_or(NoPrice::NoList { currency, cycle })?;
        let mut quote = Quote {
            lines: Vec::new(),
            total: Money { minor: 0, currency },
            currency,
            cycle,
        };
        let mut sold = had;
        for slab in &list.slabs {
            let to = slab.to.map_or(quantity, |to| to.min(quantity));
            if to <= sold {
                continue;
            }
            let amount = slab.price.times(to - sold).ok_or(NoPrice::Quantity)?;
            quote.total = quote.total.plus(amount).ok_or(NoPrice::Quantity)?;
            quote.lines.push(Line {
                from: sold + 1,
                to,
                quantity: to - sold,
                unit_price: slab.price,
                amount,
            });
            sold = to;
        }
        Ok(quote)
    }

    /// The latest list that holds on a day.
    fn list(&self, currency: Currency, cycle: Cycle, on: Day) -> Option<&PriceList> {
        let fits = |list: &&PriceList| (list.currency, list.cycle) == (currency, cycle) && list.from <= on;
        self.lists.iter().filter(fits).max_by_key(|list| list.from)
    }

    /// The currencies and cycles that have a price on a day, in the book's order.
    #[must_use]
    pub fn offers(&self, on: Day) -> Vec<(Currency, Cycle)> {
        let mut offers = Vec::new();
        for list in self.lists.iter().filter(|list| list.from <= on) {
            if !offers.contains(&(list.currency, list.cycle)) {
                offers.push((list.currency, list.cycle));
            }
        }
        offers
    }

    /// The prices that came with the free seats for all user types, in dollars: of purchased licences the first 1,000 cost 3
    /// a month, the next 9,000 cost 2, all beyond cost 1. A year is twelve months.
    #[must_use]
    pub fn of_2025() -> Self {
        Self {
            lists: [Cycle::Monthly, Cycle::Yearly].map(of_2025).to_vec(),
        }
    }

    /// The price before: five dollars a licence and month, however many.
    #[must_use]
    pub fn of_2023() -> Self {
        Self {
            lists: [Cycle::Monthly, Cycle::Yearly].map(of_2023).to_vec(),
        }
    }
}

/// The day on which the prices of 2025 came into force.
const SINCE: Day = Day(19_936);
/// The day from which the price before is known.
const SINCE_2023: Day = Day(19_358);

fn of_2023(cycle: Cycle) -> PriceList {
    PriceList {
        currency: Currency::USD,
        cycle,
        from: SINCE_2023,
        slabs: vec![slab(None, 5, cycle)],
    }
}

fn of_2025(cycle: Cycle) -> PriceList {
    PriceList {
        currency: Currency::USD,
        cycle,
        from: SINCE,
        slabs: vec![slab(Some(1000), 3, cycle), slab(Some(10_000), 2, cycle), slab(None, 1, cycle)],
    }
}

/// Licences at so many dollars a month.
fn slab(to: Option<u64>, dollars: i64, cycle: Cycle) -> Slab {
    Slab {
        to,
        price: Money {
            minor: dollars * 100 * i64::from(cycle.months()),
            currency: Currency::USD,
        },
    }
}

fn check(list: usize, prices: &PriceList) -> Result<(), BadPrices> {
    let last = prices.slabs.len().checked_sub(1).ok_or(BadPrices::NoSlab(list))?;
    let mut after = 0;
    for (at, slab) in prices.slabs.iter().enumerate() {
        let number = at + 1;
        if !(0..=MAX_PRICE).contains(&slab.price.minor) || slab.price.currency != prices.currency {
            return Err(BadPrices::Price {
                list,
                slab: number,
                currency: prices.currency,
            });
        }
        match slab.to {
            Some(to) if to <= after => return Err(BadPrices::Overlap { list, slab: number, after }),
            Some(_) if at == last => return Err(BadPrices::Ends(list)),
            Some(to) => after = to,
            None if at != last => return Err(BadPrices::Endless { list, slab: number }),
            None => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: Day = Day(20_000);

    fn dollars(text: &str) -> Money {
        Money::parse(text, Currency::USD).unwrap()
    }

    fn list(from: i64, slabs: &[(Option<u64>, &str)]) -> PriceList {
        let slab = |(to, price): &(Option<u64>, &str)| Slab {
            to: *to,
            price: dollars(price),
        };
        PriceList {
            currency: Currency::USD,
            cycle: Cycle::Monthly,
            from: Day(from),
            slabs: slabs.iter().map(slab).collect(),
        }
    }

    fn monthly(quantity: u64) -> Quote {
        let book = PriceBook::of_2025();
        book.quote(quantity, Currency::USD, Cycle::Monthly, ON).unwrap()
    }

    #[test]
    fn each_licence_costs_what_its_own_slab_says() {
        for (quantity, total) in [
            (1, "3.00"),
            (999, "2997.00"),
            (1000, "3000.00"),
            (1001, "3002.00"),
            (10_000, "21000.00"),
            (10_001, "21001.00"),
            (15_000, "26000.00"),
            (MAX_QUANTITY, "100011000.00"),
        ] {
            let quote = monthly(quantity);
            assert_eq!(quote.total.to_string(), total, "{quantity}");
            assert_eq!(quote.lines.iter().map(|l| l.quantity).sum::<u64>(), quantity);
        }
    }

    #[test]
    fn a_quote_shows_its_slabs() {
        let shown: Vec<_> = monthly(15_000)
            .lines
            .iter()
            .map(|l| (l.from, l.to, l.quantity, l.unit_price.to_string(), l.amount.to_string()))
            .collect();
        let line = |from, to, quantity, price: &str, amount: &str| (from, to, quantity, price.to_owned(), amount.to_owned());
        assert_eq!(
            shown,
            [
                line(1, 1000, 1000, "3.00", "3000.00"),
                line(1001, 10_000, 9000, "2.00", "18000.00"),
                line(10_001, 15_000, 5000, "1.00", "5000.00"),
            ]
        );
        assert_eq!(monthly(1000).lines.len(), 1, "a slab that nothing is bought of is no line");
    }

    #[test]
    fn a_year_costs_twelve_months() {
        let book = PriceBook::of_2025();
        let yearly = book.quote(15_000, Currency::USD, Cycle::Yearly, ON).unwrap();
        assert_eq!(yearly.total.to_string(), "312000.00");
    }

    #[test]
    fn licences_beyond_those_one_has_cost_what_their_own_slabs_say() {
        let book = PriceBook::of_2025();
        let more = |had, quantity| book.between(had, quantity, Currency::USD, Cycle::Monthly, ON).unwrap();
        for had in [0, 1, 999, 1000, 1001, 10_000, 14_999] {
            let before = if had == 0 { 0 } else { monthly(had).total.minor };
            assert_eq!(more(had, 15_000).total.minor, monthly(15_000).total.minor - before, "{had}");
        }
        let lines = more(900, 1200).lines;
        assert_eq!(
            lines.iter().map(|l| (l.from, l.to)).collect::<Vec<_>>(),
            [(901, 1000), (1001, 1200)]
        );
        assert!(more(500, 500).lines.is_empty() && more(500, 400).lines.is_empty());
    }

    #[test]
    fn what_has_no_price_is_said() {
        let book = PriceBook::of_2025();
        let quote = |quantity, on| book.quote(quantity, Currency::USD, Cycle::Monthly, on).unwrap_err();
        assert_eq!(quote(0, ON), NoPrice::Quantity);
        assert_eq!(quote(MAX_QUANTITY + 1, ON), NoPrice::Quantity);
        assert_eq!(
            quote(1, Day(SINCE.0 - 1)).to_string(),
            "there are no monthly prices in USD on that day"
        );
        let euro = Currency::parse("EUR").unwrap();
        let none = book.quote(1, euro, Cycle::Yearly, ON).unwrap_err();
        assert_eq!(none.to_string(), "there are no yearly prices in EUR on that day");
    }

    #[test]
    fn prices_hold_from_their_day_on() {
        let book = PriceBook::new(vec![
            list(100, &[(None, "5")]),
            list(200, &[(None, "4")]),
            list(150, &[(None, "6")]),
        ])
        .unwrap();
        let price = |on| book.quote(1, Currency::USD, Cycle::Monthly, Day(on)).map(|q| q.total.to_string());
        assert!(price(99).is_err());
        for (on, expected) in [
            (100, "5.00"),
            (149, "5.00"),
            (150, "6.00"),
            (199, "6.00"),
            (200, "4.00"),
            (9999, "4.00"),
        ] {
            assert_eq!(price(on).unwrap(), expected, "{on}");
        }
        assert_eq!(book.offers(Day(99)), []);
        assert_eq!(book.offers(ON), [(Currency::USD, Cycle::Monthly)]);
    }

    #[test]
    fn a_price_book_that_contradicts_itself_is_refused_with_the_place() {
        let all = |lists: &[PriceList]| PriceBook::new(lists.to_vec()).unwrap_err().to_string();
        let one = |slabs: &[(Option<u64>, &str)]| all(&[list(0, slabs)]);
        let last = (None, "1");
        assert_eq!(one(&[]), "prices 1: expected at least one slab");
        let overlap = "prices 1, slab 2: it ends where the one before has ended: expected `to` above 1000";
        assert_eq!(one(&[(Some(1000), "3"), (Some(1000), "2"), last]), overlap);
        assert_eq!(one(&[(Some(1000), "3"), (Some(10), "2"), last]), overlap);
        assert!(one(&[(Some(0), "3"), last]).contains("slab 1"));
        assert!(one(&[last, last]).starts_with("prices 1, slab 1: expected `to`"));
        assert!(one(&[(Some(10), "3")]).starts_with("prices 1: the last slab ends"));
        assert!(one(&[(None, "10000000.01")]).ends_with("expected a price from 0 to 10000000.00"));
        let mut negative = list(0, &[last]);
        negative.slabs[0].price.minor = -1;
        assert!(all(&[negative]).contains("slab 1: expected a price"));
        let twice = all(&[list(7, &[last]), list(8, &[last]), list(7, &[last])]);
        assert_eq!(twice, "prices 1 and 3 are both for the same currency, cycle and day");
        assert!(PriceBook::new(vec![list(0, &[(None, "10000000")]), list(1, &[(None, "0")])]).is_ok());
    }

    #[test]
    fn the_built_in_prices_are_a_price_book() {
        assert!(PriceBook::new(PriceBook::of_2025().lists).is_ok());
        assert!(PriceBook::new(PriceBook::of_2023().lists).is_ok());
        assert_eq!(SINCE.iso(), "2024-08-01");
    }
}
