//! The subscription: how many licences an organisation has bought, until when they are paid, and what each step costs.
//!
//! More can be bought at any time and is paid to the day; fewer are wanted from the next period on. A period that is over is
//! renewed. Nothing here looks at a clock: whoever calls says the day.

use super::{Currency, Cycle, Line, MAX_QUANTITY, Money, NoPrice, Period, PriceBook};
use crate::time::Day;

/// What an organisation has bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    pub currency: Currency,
    pub cycle: Cycle,
    /// Licences in the present period.
    pub quantity: u64,
    /// Licences from the next period on. 0: it ends.
    pub next: u64,
    /// The day on which the first period began.
    pub begun: Day,
    /// Which period is the present one, counted from 0.
    pub number: u32,
    /// Licences that a promise makes free, in the present period.
    pub uncharged: Uncharged,
    /// The same from the next period on.
    pub uncharged_next: Uncharged,
}

/// Bought licences that are not charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uncharged {
    pub quantity: u64,
    pub side: Side,
}

/// Which of the bought licences are not charged, where slabs have different prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// The first ones: those left are charged by the slabs in which they lie.
    #[default]
    First,
    /// The last ones: those left are charged from the first slab on.
    Last,
}

/// What is paid for one step, in lines that add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The days that are paid for.
    pub period: Period,
    pub cycle: Cycle,
    /// Each amount is for those days, rounded down to the currency's smallest unit.
    pub lines: Vec<Line>,
    pub total: Money,
}

/// Why a step is not taken. The subscription stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoStep {
    #[error(transparent)]
    NoPrice(#[from] NoPrice),
    #[error("expected 1 to {0} licences more: at most {MAX_QUANTITY} can be bought")]
    TooMany(u64),
    #[error("expected 0 to {0} licences: more are bought, not renewed")]
    NotFewer(u64),
    #[error("the present period lasts until {}", .0.iso())]
    NotDue(Day),
    #[error("the period ended on {}: it is renewed first", .0.iso())]
    Due(Day),
    #[error("the day is before {}, when the present period began", .0.iso())]
    Past(Day),
    #[error("no licences are bought")]
    None,
    #[error("the licences are paid {} in {}: more are bought in the same way", .cycle.name(), .currency.code())]
    Other { currency: Currency, cycle: Cycle },
}

/// Licences that somebody buys. What is not said is as the subscription has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub quantity: u64,
    pub currency: Currency,
    pub cycle: Cycle,
}

/// One step of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// More are bought, at once; the first ones begin the subscription.
    Buy(Order),
    /// So many are wanted from the next period on. 0 cancels: the subscription ends with the present period.
    Want(u64),
    /// The period is over, and the next one begins.
    Renew,
}

impl Subscription {
    /// The subscription after a step on a day. None before: there is none yet. One that has ended holds no licences.
    pub fn after(before: Option<Self>, step: Step, on: Day) -> Result<Self, NoStep> {
        let running = before.filter(|s| s.quantity > 0);
        match (step, running) {
            (Step::Buy(order), None) => Self::new(order, on).grown(order.quantity, on),
            (Step::Buy(order), Some(s)) if (order.currency, order.cycle) != (s.currency, s.cycle) => Err(NoStep::Other {
                currency: s.currency,
                cycle: s.cycle,
            }),
            (Step::Buy(order), Some(s)) => s.grown(order.quantity, on),
            (Step::Want(_) | Step::Renew, None) => Err(NoStep::None),
            (Step::Want(next), Some(s)) => s.wanting(next, on),
            (Step::Renew, Some(s)) => s.renewed(on),
        }
    }

    /// The subscription after a step, and what the step costs: more licences are paid to the day and by the prices of that
    /// day, a new period by the prices of its first day.
    pub fn take(before: Option<Self>, step: Step, on: Day, book: &PriceBook) -> Result<(Self, Charge), NoStep> {
        let after = Self::after(before, step, on)?;
        let charge = match step {
            Step::Buy(_) => after.charge(before.map_or(0, |s| s.uncharged.paid(s.quantity).1), on, book)?,
            Step::Want(_) => after.nothing(on),
            Step::Renew => after.charge(0, after.period().from, book)?,
        };
        Ok((after, charge))
    }

    fn new(order: Order, on: Day) -> Self {
        Self {
            currency: order.currency,
            cycle: order.cycle,
            quantity: 0,
            next: 0,
            begun: on,
            number: 0,
            uncharged: Uncharged::default(),
            uncharged_next: Uncharged::default(),
        }
    }

    /// The present period.
    #[must_use]
    pub fn period(&self) -> Period {
        Period::numbered(self.begun, self.cycle, self.number)
    }

    fn grown(self, more: u64, on: Day) -> Result<Self, NoStep> {
        self.within(on)?;
        let left = MAX_QUANTITY.saturating_sub(self.quantity);
        if more == 0 || more > left {
            return Err(NoStep::TooMany(left));
        }
        Ok(Self {
            quantity: self.quantity + more,
            next: self.next + more,
            ..self
        })
    }

    fn wanting(self, next: u64, on: Day) -> Result<Self, NoStep> {
        self.within(on)?;
        if next > self.quantity {
            return Err(NoStep::NotFewer(self.quantity));
        }
        Ok(Self { next, ..self })
    }

    fn renewed(self, on: Day) -> Result<Self, NoStep> {
        let due = self.period().to;
        if on < due {
            return Err(NoStep::NotDue(due));
        }
        Ok(Self {
            quantity: self.next,
            number: self.number + 1,
            uncharged: self.uncharged_next,
            ..self
        })
    }

    fn within(&self, on: Day) -> Result<(), NoStep> {
        let period = self.period();
        match on {
            on if on < period.from => Err(NoStep::Past(period.from)),
            on if on >= period.to => Err(NoStep::Due(period.to)),
            _ => Ok(()),
        }
    }

    /// What the licences that are paid cost beyond the first `had` of them, from a day to the end of the present period.
    fn charge(&self, had: u64, on: Day, book: &PriceBook) -> Result<Charge, NoStep> {
        let (free, paid) = self.uncharged.paid(self.quantity);
        let (had, mut charge) = (had.max(free), self.nothing(on));
        if paid > had {
            let quote = book.between(had, paid, self.currency, self.cycle, on)?;
            for line in quote.lines {
                let amount = line.amount.part(charge.period.days(), self.period().days());
                charge.total = charge.total.plus(amount).ok_or(NoPrice::Quantity)?;
                charge.lines.push(Line { amount, ..line });
            }
        }
        Ok(charge)
    }

    fn nothing(&self, on: Day) -> Charge {
        let to = self.period().to;
        Charge {
            period: Period { from: on, to },
            cycle: self.cycle,
            lines: Vec::new(),
            total: Money::zero(self.currency),
        }
    }
}

impl Uncharged {
    /// Which of so many licences are paid: those beyond the first of the pair, up to the second.
    fn paid(self, quantity: u64) -> (u64, u64) {
        match self.side {
            Side::First => (self.quantity.min(quantity), quantity),
            Side::Last => (0, quantity.saturating_sub(self.quantity)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn book() -> PriceBook {
        PriceBook::of_2025()
    }

    fn buying(quantity: u64, cycle: Cycle) -> Step {
        Step::Buy(Order {
            quantity,
            currency: Currency::USD,
            cycle,
        })
    }

    fn buy(before: Subscription, more: u64, on: Day) -> Result<(Subscription, Charge), NoStep> {
        Subscription::take(Some(before), buying(more, before.cycle), on, &book())
    }

    fn want(before: Subscription, next: u64, on: &str) -> Result<Subscription, NoStep> {
        Subscription::take(Some(before), Step::Want(next), day(on), &book()).map(|(after, charge)| {
            assert_eq!(charge.total.minor, 0);
            after
        })
    }

    fn renew(before: Subscription, on: Day) -> Result<(Subscription, Charge), NoStep> {
        Subscription::take(Some(before), Step::Renew, on, &book())
    }

    fn begun(quantity: u64, cycle: Cycle, on: &str) -> Subscription {
        let (new, charge) = Subscription::take(None, buying(quantity, cycle), day(on), &book()).unwrap();
        assert_eq!(charge.period, new.period(), "the first period is paid in full");
        new
    }

    /// What more licences cost on a day.
    fn more(before: Subscription, more: u64, on: &str) -> (Subscription, String) {
        let (after, charge) = buy(before, more, day(on)).unwrap();
        assert_eq!(charge.lines.iter().map(|l| l.amount.minor).sum::<i64>(), charge.total.minor);
        (after, charge.total.to_string())
    }

    #[test]
    fn what_is_bought_within_a_period_is_paid_to_the_day() {
        for (cycle, begin, quantity, on, bought, cost) in [
            // 30 days: on the last of them one is left.
            (Cycle::Monthly, "2026-11-01", 10, "2026-11-01", 10, "30.00"),
            (Cycle::Monthly, "2026-11-01", 10, "2026-11-16", 10, "15.00"),
            (Cycle::Monthly, "2026-11-01", 10, "2026-11-30", 10, "1.00"),
            (Cycle::Monthly, "2026-11-01", 10, "2026-11-30", 1, "0.10"),
            // 31 days: a 31st of 3.00 is 9.67 cents.
            (Cycle::Monthly, "2026-12-01", 10, "2026-12-31", 1, "0.09"),
            // February of a common year and of a leap year.
            (Cycle::Monthly, "2027-02-01", 10, "2027-02-15", 28, "42.00"),
            (Cycle::Monthly, "2028-02-01", 10, "2028-02-15", 29, "45.00"),
            // From the end of January to the end of February.
            (Cycle::Monthly, "2027-01-31", 10, "2027-02-27", 28, "3.00"),
            // Over the end of a slab: 5 at 3.00 and 5 at 2.00, each line by itself.
            (Cycle::Monthly, "2026-11-01", 995, "2026-11-16", 10, "12.50"),
            (Cycle::Monthly, "2026-11-01", 9990, "2026-11-21", 30, "13.32"),
            // A year, and one with a leap day.
            (Cycle::Yearly, "2026-01-01", 10, "2026-07-02", 365, "6588.00"),
            (Cycle::Yearly, "2028-01-01", 10, "2028-07-01", 366, "6624.00"),
            (Cycle::Yearly, "2026-01-01", 10, "2026-12-31", 1, "0.09"),
        ] {
            let (after, paid) = more(begun(quantity, cycle, begin), bought, on);
            assert_eq!(paid, cost, "{bought} more than {quantity} on {on}");
            assert_eq!((after.quantity, after.next), (quantity + bought, quantity + bought));
        }
    }

    #[test]
    fn fewer_are_wanted_from_the_next_period_on() {
        let fewer = want(begun(1500, Cycle::Monthly, "2026-11-10"), 200, "2026-11-20").unwrap();
        assert_eq!((fewer.quantity, fewer.next), (1500, 200));
        let (both, _) = more(fewer, 50, "2026-11-25");
        assert_eq!((both.quantity, both.next), (1550, 250), "what is bought stays bought");
        let (next, charge) = renew(both, day("2026-12-10")).unwrap();
        assert_eq!((next.quantity, next.next, charge.total.to_string().as_str()), (250, 250, "750.00"));
        assert_eq!(
            (charge.period.from.iso().as_str(), charge.period.to.iso().as_str()),
            ("2026-12-10", "2027-01-10")
        );
        assert_eq!(want(both, 1551, "2026-11-25"), Err(NoStep::NotFewer(1550)));
        assert_eq!(want(both, 1550, "2026-11-25").map(|s| s.next), Ok(1550), "it is taken back");
    }

    #[test]
    fn who_wants_none_any_more_has_none_after_the_period_and_pays_nothing() {
        let none = want(begun(10, Cycle::Yearly, "2026-11-10"), 0, "2026-11-10").unwrap();
        let nothing_sold = PriceBook::new(Vec::new()).unwrap();
        let (ended, charge) = Subscription::take(Some(none), Step::Renew, day("2027-11-10"), &nothing_sold).unwrap();
        assert_eq!((ended.quantity, charge.lines.len(), charge.total.minor), (0, 0, 0));
        assert_eq!(renew(ended, day("2029-01-01")), Err(NoStep::None));
        let (again, charge) = Subscription::take(Some(ended), buying(5, Cycle::Monthly), day("2028-03-01"), &book()).unwrap();
        assert_eq!(
            (again.begun, again.quantity, charge.total.to_string().as_str()),
            (day("2028-03-01"), 5, "15.00")
        );
    }

    #[test]
    fn a_period_is_renewed_when_it_is_over_however_late_and_not_before() {
        let first = begun(10, Cycle::Monthly, "2027-01-31");
        assert_eq!(renew(first, day("2027-02-27")), Err(NoStep::NotDue(day("2027-02-28"))));
        let late = day("2027-06-01");
        assert_eq!(buy(first, 1, late), Err(NoStep::Due(day("2027-02-28"))));
        assert_eq!(want(first, 1, "2027-06-01"), Err(NoStep::Due(day("2027-02-28"))));
        let mut ends = Vec::new();
        let mut now = first;
        while let Ok((next, charge)) = renew(now, late) {
            assert_eq!(charge.total.to_string(), "30.00", "whatever the length of the month");
            ends.push(next.period().to.iso());
            now = next;
        }
        assert_eq!(ends, ["2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30"]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let some = begun(10, Cycle::Monthly, "2026-11-01");
        let more = |more| buy(some, more, day("2026-11-02")).unwrap_err();
        for quantity in [0, MAX_QUANTITY, 1_000_000_000_000, u64::MAX] {
            assert_eq!(more(quantity), NoStep::TooMany(MAX_QUANTITY - 10), "{quantity}");
        }
        assert_eq!(
            Subscription::after(None, buying(0, Cycle::Monthly), day("2026-11-01")),
            Err(NoStep::TooMany(MAX_QUANTITY))
        );
        let before = buy(some, 1, day("2026-10-31")).unwrap_err();
        assert_eq!(before.to_string(), "the day is before 2026-11-01, when the present period began");
        let euro = Currency::parse("EUR").unwrap();
        let order = |cycle| {
            Step::Buy(Order {
                quantity: 1,
                currency: euro,
                cycle,
            })
        };
        let none = Subscription::take(None, order(Cycle::Monthly), day("2026-11-01"), &book()).unwrap_err();
        assert_eq!(none.to_string(), "there are no monthly prices in EUR on that day");
        let other = Subscription::after(Some(some), order(Cycle::Monthly), day("2026-11-02")).unwrap_err();
        assert_eq!(
            other.to_string(),
            "the licences are paid monthly in USD: more are bought in the same way"
        );
        for step in [Step::Want(0), Step::Renew] {
            assert_eq!(Subscription::after(None, step, day("2026-11-01")), Err(NoStep::None));
        }
    }

    #[test]
    fn licences_that_a_promise_makes_free_are_not_charged() {
        let promised = |quantity, side| Uncharged { quantity, side };
        for (uncharged, next, cost) in [
            (promised(1000, Side::First), 300, "0.00"),
            (promised(1000, Side::First), 1000, "0.00"),
            (promised(1000, Side::First), 1001, "2.00"),
            (promised(1000, Side::First), 2500, "3000.00"),
            (promised(1000, Side::Last), 1001, "3.00"),
            (promised(1000, Side::Last), 2500, "4000.00"),
            (promised(1000, Side::Last), 300, "0.00"),
            (promised(300, Side::First), 310, "30.00"),
        ] {
            let before = Subscription {
                next,
                uncharged_next: uncharged,
                ..begun(2500, Cycle::Monthly, "2026-11-01")
            };
            let (after, charge) = renew(before, day("2026-12-01")).unwrap();
            assert_eq!(charge.total.to_string(), cost, "{next} with {uncharged:?}");
            let (_, added) = more(after, 10, "2026-12-01");
            let ten_more = Subscription { next: next + 10, ..before };
            let (_, whole) = renew(ten_more, day("2026-12-01")).unwrap();
            let whole = whole.total.minor - charge.total.minor;
            assert_eq!(
                added,
                Money {
                    minor: whole,
                    currency: Currency::USD
                }
                .to_string(),
                "ten more on the first day"
            );
        }
    }
}
