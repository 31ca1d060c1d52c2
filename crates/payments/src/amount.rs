//! How a provider writes amounts.

use domain::licences::Money;

/// Currencies that have no smaller unit, and that Stripe writes with two digits all the same.
const AS_WITH_CENTS: [&str; 2] = ["ISK", "UGX"];
/// Currencies that have a smaller unit, which Stripe does not know.
const AS_WITHOUT_CENTS: [&str; 1] = ["MGA"];
/// Currencies with three digits, of which Stripe takes two: the last is nought.
const LAST_IS_NOUGHT: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// An amount as Stripe has it: in the currency's smallest unit, with few exceptions. None: Stripe has no such amount.
#[must_use]
pub fn charged(money: Money) -> Option<i64> {
    let (code, minor) = (money.currency.code(), money.minor);
    if AS_WITH_CENTS.contains(&code) {
        minor.checked_mul(100)
    } else if AS_WITHOUT_CENTS.contains(&code) {
        (minor % 100 == 0).then_some(minor / 100)
    } else if LAST_IS_NOUGHT.contains(&code) {
        (minor % 10 == 0).then_some(minor)
    } else {
        Some(minor)
    }
}

#[cfg(test)]
mod tests {
    use domain::licences::Currency;

    use super::*;

    #[test]
    fn amounts_are_in_the_smallest_unit() {
        for (code, text, expected) in [
            ("USD", "26000.00", Some(2_600_000)),
            ("JPY", "500", Some(500)),
            ("ISK", "500", Some(50_000)),
            ("MGA", "500.00", Some(500)),
            ("MGA", "500.20", None),
            ("KWD", "1.230", Some(1230)),
            ("KWD", "1.234", None),
        ] {
            let money = Currency::parse(code).and_then(|currency| Money::parse(text, currency)).unwrap();
            assert_eq!(charged(money), expected, "{code}");
        }
    }
}
