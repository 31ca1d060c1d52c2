//! Money: a whole number of a currency's smallest units.

use std::fmt;

use iso_currency::Currency as Iso;
use serde::{Serialize, Serializer};

/// A currency of ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(Iso);

impl Currency {
    /// The dollar of the United States.
    pub const USD: Self = Self(Iso::USD);

    /// Reads a code, whatever its case: `USD`, `eur`. None: there is no such currency.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Iso::from_code(&code.to_ascii_uppercase()).map(Self)
    }

    /// The code: `USD`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many digits stand behind the point: 2 for dollars, 0 for yen.
    #[must_use]
    pub fn digits(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    /// How many of its smallest units make one: 100 for dollars.
    fn units(self) -> i64 {
        10_i64.pow(self.digits())
    }
}

/// An amount of money. Sums and multiples are exact; what is too large for them is refused by whoever makes an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// In the currency's smallest unit: cents.
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    /// Reads a plain number in a currency: `3`, `2.50`. None: it is none, is negative, or says more than the currency's
    /// smallest unit.
    #[must_use]
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = usize::try_from(currency.digits()).ok()?;
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let fits = !whole.is_empty() && plain(whole) && plain(part) && part.len() <= digits && !text.ends_with('.');
        let minor = format!("{whole}{part:0<digits$}");
        fits.then(|| minor.parse().ok().map(|minor| Self { minor, currency })).flatten()
    }

    /// No money.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// So much of this amount as `part` is of `whole`, rounded down to the currency's smallest unit; all of it, if that is
    /// no part.
    #[must_use]
    pub fn part(self, part: u64, whole: u64) -> Self {
        if part >= whole {
            return self;
        }
        let minor = i128::from(self.minor) * i128::from(part) / i128::from(whole);
        Self {
            minor: i64::try_from(minor).unwrap_or(self.minor),
            ..self
        }
    }

    /// So many hundredths of a per cent of this amount, rounded to the nearest smallest unit, halves up.
    #[must_use]
    pub fn share(self, rate: u32) -> Self {
        let minor = (i128::from(self.minor) * i128::from(rate) + 5_000).div_euclid(10_000);
        Self {
            minor: i64::try_from(minor).unwrap_or(i64::MAX),
            ..self
        }
    }

    /// So many times this amount. None: that is too much to be counted.
    #[must_use]
    pub fn times(self, quantity: u64) -> Option<Self> {
        let minor = self.minor.checked_mul(i64::try_from(quantity).ok()?)?;
        Some(Self { minor, ..self })
    }

    /// This amount and another of the same currency. None: they are not, or that is too much to be counted.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let minor = self.minor.checked_add(other.minor)?;
        (self.currency == other.currency).then_some(Self { minor, ..self })
    }
}

/// The number alone, as programs read it: `26000.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, digits) = (self.currency.units().unsigned_abs(), self.currency.digits() as usize);
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        match digits {
            0 => write!(f, "{sign}{minor}"),
            _ => write!(f, "{sign}{}.{:0digits$}", minor / units, minor % units),
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yen() -> Currency {
        Currency::parse("jpy").unwrap()
    }

    #[test]
    fn an_amount_is_read_and_written_to_the_smallest_unit() {
        for (text, currency, minor, written) in [
            ("3", Currency::USD, 300, "3.00"),
            ("2.5", Currency::USD, 250, "2.50"),
            ("0.07", Currency::USD, 7, "0.07"),
            ("450", yen(), 450, "450"),
        ] {
            let money = Money::parse(text, currency).unwrap();
            assert_eq!((money.minor, money.to_string().as_str()), (minor, written));
        }
        let owed = Money {
            minor: -1207,
            currency: Currency::USD,
        };
        assert_eq!(owed.to_string(), "-12.07");
    }

    #[test]
    fn what_is_no_amount_of_a_currency_is_not_read_as_one() {
        for text in ["", "-1", "+1", "1,5", "1.", ".5", "1.005", "1e3", " 1", "99999999999999999999"] {
            assert_eq!(Money::parse(text, Currency::USD), None, "{text:?}");
        }
        assert_eq!(Money::parse("1.5", yen()), None, "there is no half yen");
        assert_eq!(Currency::parse("XYZ"), None);
        assert_eq!(Currency::parse("dollars"), None);
    }

    #[test]
    fn sums_and_multiples_are_exact_or_refused() {
        let money = |text| Money::parse(text, Currency::USD).unwrap();
        assert_eq!(money("0.10").times(3), Some(money("0.30")));
        assert_eq!(money("0.10").plus(money("0.20")), Some(money("0.30")));
        assert_eq!(money("90000000000000").times(u64::MAX), None);
        assert_eq!(money("90000000000000000").plus(money("90000000000000000")), None);
        assert_eq!(money("1").plus(Money::parse("1", yen()).unwrap()), None);
    }
}
