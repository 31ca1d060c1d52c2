//! Invoices: what is owed for the steps of a subscription, with taxes; and what becomes of an organisation that owes.

use super::{Charge, Money};
use crate::time::Day;

/// A tax that is added to what licences cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tax {
    /// As the invoice calls it: `VAT`.
    pub name: String,
    /// In hundredths of a per cent: 1900 is 19 %.
    pub rate: u32,
}

/// The highest rate of a tax: 100 %.
const MAX_RATE: u32 = 10_000;

impl Tax {
    /// Reads a rate as people write it in per cent: `19`, `7.75`. None: it is none, above 100, or more exact than a hundredth.
    #[must_use]
    pub fn parse_rate(percent: &str) -> Option<u32> {
        let (whole, part) = percent.split_once('.').unwrap_or((percent, "0"));
        let plain = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let fits = plain(whole, 3) && plain(part, 2);
        let rate: u32 = format!("{whole}{part:0<2}").parse().ok()?;
        (fits && rate <= MAX_RATE).then_some(rate)
    }

    /// The rate as [`Tax::parse_rate`] reads it.
    #[must_use]
    pub fn percent(rate: u32) -> String {
        let text = format!("{}.{:02}", rate / 100, rate % 100);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// What one tax comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxLine {
    pub name: String,
    pub rate: u32,
    pub amount: Money,
}

/// What a charge comes to with its taxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amounts {
    pub net: Money,
    pub taxes: Vec<TaxLine>,
    pub total: Money,
}

impl Amounts {
    /// Adds the taxes to a charge, each on its whole and rounded to the nearest smallest unit, halves up. None: that is too
    /// much to be counted.
    #[must_use]
    pub fn of(charge: &Charge, taxes: &[Tax]) -> Option<Self> {
        let net = charge.total;
        let line = |tax: &Tax| TaxLine {
            name: tax.name.clone(),
            rate: tax.rate,
            amount: net.share(tax.rate),
        };
        let taxes: Vec<TaxLine> = taxes.iter().map(line).collect();
        let total = taxes.iter().try_fold(net, |sum, tax| sum.plus(tax.amount))?;
        Some(Self { net, taxes, total })
    }
}

/// What is owed for a step of the subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// The invoice's number: 1 for the first of the organisation, without gaps.
    pub number: u64,
    pub charge: Charge,
    pub amounts: Amounts,
    /// The last day on which it is paid in time.
    pub due: Day,
    /// Who sells, in lines: name, address, tax number; empty if the policy does not say.
    pub seller: String,
    /// Who buys.
    pub buyer: String,
}

/// How long an organisation has to pay, and what happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Days from an invoice to the last on which it is paid in time.
    pub days_to_pay: u32,
    /// Days after that on which nothing happens yet but reminders.
    pub grace: u32,
}

impl Default for Terms {
    /// Two weeks, and two weeks more.
    fn default() -> Self {
        Self {
            days_to_pay: 14,
            grace: 14,
        }
    }
}

/// Where an organisation stands that has, or has not, paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is overdue.
    Good,
    /// Something is overdue; nothing happens until the day.
    PastDue { until: Day },
    /// It was overdue for too long: nobody is invited any more. Whoever is in stays in.
    Held { since: Day },
}

impl Standing {
    /// The first day on which nobody is invited any more, if it has come to that or will.
    #[must_use]
    pub fn held_from(self) -> Option<Day> {
        match self {
            Self::Good => None,
            Self::PastDue { until } => Some(Day(until.0.saturating_add(1))),
            Self::Held { since } => Some(since),
        }
    }
}

impl Terms {
    /// The last day on which an invoice is paid in time.
    #[must_use]
    pub fn due(self, issued: Day) -> Day {
        Day(issued.0.saturating_add(i64::from(self.days_to_pay)))
    }

    /// Where an organisation stands on a day, whose oldest unpaid invoice is due on another.
    #[must_use]
    pub fn standing(self, oldest_due: Option<Day>, today: Day) -> Standing {
        let Some(due) = oldest_due.filter(|due| *due < today) else {
            return Standing::Good;
        };
        let until = Day(due.0.saturating_add(i64::from(self.grace)));
        if today <= until {
            Standing::PastDue { until }
        } else {
            Standing::Held {
                since: Day(until.0.saturating_add(1)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licences::{Currency, Cycle, Period};

    fn charge(minor: i64) -> Charge {
        Charge {
            period: Period { from: Day(0), to: Day(30) },
            cycle: Cycle::Monthly,
            lines: Vec::new(),
            total: Money {
                minor,
                currency: Currency::USD,
            },
        }
    }

    fn tax(name: &str, rate: u32) -> Tax {
        Tax { name: name.into(), rate }
    }

    #[test]
    fn each_tax_is_on_the_whole_and_rounded_to_the_nearest_cent() {
        for (net, rate, expected) in [
            (2_600_000, 1900, "4940.00"),
            (1, 1900, "0.00"),
            (10, 500, "0.01"),
            (9, 500, "0.00"),
            (333, 775, "0.26"),
            (100, 0, "0.00"),
        ] {
            let amounts = Amounts::of(&charge(net), &[tax("VAT", rate)]).unwrap();
            assert_eq!(amounts.taxes[0].amount.to_string(), expected, "{rate} of {net}");
            assert_eq!(amounts.total.minor, net + amounts.taxes[0].amount.minor);
        }
        let both = Amounts::of(&charge(10_000), &[tax("GST", 500), tax("QST", 998)]).unwrap();
        assert_eq!(both.total.to_string(), "114.98");
        assert_eq!(Amounts::of(&charge(10_000), &[]).unwrap().total.to_string(), "100.00");
        assert_eq!(Amounts::of(&charge(i64::MAX), &[tax("VAT", 1)]), None);
    }

    #[test]
    fn rates_are_read_as_they_are_written() {
        for (text, rate) in [("19", 1900), ("7.75", 775), ("0", 0), ("0.5", 50), ("100", 10_000)] {
            assert_eq!(Tax::parse_rate(text), Some(rate), "{text}");
            assert_eq!(Tax::percent(rate), text);
        }
        for text in ["", "-1", "1.", ".5", "7.755", "100.01", "1000", "19%", "1e1", " 19"] {
            assert_eq!(Tax::parse_rate(text), None, "{text:?}");
        }
    }

    #[test]
    fn who_does_not_pay_is_reminded_and_then_invites_nobody() {
        let terms = Terms::default();
        let due = terms.due(Day(100));
        assert_eq!(due, Day(114));
        for (today, standing) in [
            (100, Standing::Good),
            (114, Standing::Good),
            (115, Standing::PastDue { until: Day(128) }),
            (128, Standing::PastDue { until: Day(128) }),
            (129, Standing::Held { since: Day(129) }),
            (9999, Standing::Held { since: Day(129) }),
        ] {
            assert_eq!(terms.standing(Some(due), Day(today)), standing, "{today}");
        }
        assert_eq!(terms.standing(None, Day(9999)), Standing::Good);
        let held_from = |today| terms.standing(Some(due), Day(today)).held_from();
        assert_eq!(
            (held_from(114), held_from(115), held_from(500)),
            (None, Some(Day(129)), Some(Day(129)))
        );
    }
}
