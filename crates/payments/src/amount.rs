//! How a provider writes amounts.

use domain::licences::Money;

/// Currencies that have no smaller unit, and that Stripe writes with two digits all the same.
const AS_WITH_CENTS: [&str; 2] = ["ISK", "UGX"];

/// An amount as Stripe has it: in the currency's smallest unit, with few exceptions.
#[must_use]
pub fn charged(money: Money) -> i64 {
    if AS_WITH_CENTS.contains(&money.currency.code()) {
        money.minor.saturating_mul(100)
    } else {
        money.minor
    }
}

#[cfg(test)]
mod tests {
    use domain::licences::Currency;

    use super::*;

    #[test]
    fn amounts_are_in_the_smallest_unit() {
        for (code, text, expected) in [("USD", "26000.00", 2_600_000), ("JPY", "500", 500), ("ISK", "500", 50_000)] {
            let money = Currency::parse(code).and_then(|currency| Money::parse(text, currency)).unwrap();
            assert_eq!(charged(money), expected, "{code}");
        }
    }
}
