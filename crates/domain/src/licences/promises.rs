//! The cut-over: what an organisation keeps that moves from the policy of 2023 to that of 2025.
//!
//! The announcement promises two things. Who had bought licences is from the next cycle on not charged for up to a thousand
//! of them in total. Who had more than a thousand users in the Client Portal keeps that number free for ever. Both can hold
//! for one organisation, and each holds as written. Where the words can be read two ways, the reading is the operator's to
//! choose; what is chosen if nothing is said costs the customer less.

use super::{Side, Subscription, Uncharged};

/// How the promises are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    pub clients: Clients,
    pub purchased: Purchased,
    /// Which of the bought licences are not charged.
    pub uncharged: Side,
}

/// Whose number stays free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clients {
    /// All who hold a seat, those among them who were invited and have not answered.
    #[default]
    Consumed,
    /// Only those who have answered.
    Active,
}

/// What becomes of the licences that were bought before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purchased {
    /// They stay, beside the free ones, and are not charged.
    #[default]
    Kept,
    /// They were for what is free now: the free ones take their place from the next cycle on.
    Replaced,
}

/// An organisation under the policy of 2023.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Seats in the Client Portal that nobody has taken up yet.
    pub clients_invited: u64,
    /// Seats in the Client Portal that are in use.
    pub clients_active: u64,
    /// What was bought, if anything was.
    pub subscription: Option<Subscription>,
}

/// What it has under the policy of 2025.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Seats that stay free for ever; 0 where the policy gives as many to everybody.
    pub grandfathered: u64,
    pub subscription: Option<Subscription>,
}

impl Before {
    /// The cut-over to a policy with so many free seats; none: they are unlimited.
    #[must_use]
    pub fn cut_over(&self, free: Option<u64>, reading: Reading) -> After {
        let free = free.unwrap_or(u64::MAX);
        let clients = match reading.clients {
            Clients::Consumed => self.clients_active.saturating_add(self.clients_invited),
            Clients::Active => self.clients_active,
        };
        After {
            // The promise is made to those who have more than a thousand active users.
            grandfathered: if self.clients_active > free { clients } else { 0 },
            subscription: self.subscription.map(|bought| promised(bought, free, reading)),
        }
    }
}

fn promised(bought: Subscription, free: u64, reading: Reading) -> Subscription {
    match reading.purchased {
        Purchased::Kept => Subscription {
            uncharged_next: Uncharged {
                quantity: bought.quantity.min(free),
                side: reading.uncharged,
            },
            ..bought
        },
        Purchased::Replaced => Subscription {
            next: bought.next.saturating_sub(free),
            ..bought
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licences::{Charge, Currency, Cycle, FreeFor, Order, Pool, PriceBook, Step};
    use crate::time::Day;

    const FREE: Option<u64> = Some(1000);

    fn of_2023() -> PriceBook {
        PriceBook::of_2023()
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn bought(quantity: u64, cycle: Cycle, on: &str) -> (Subscription, String) {
        let (new, charge) = Subscription::take(None, buying(quantity, cycle), day(on), &of_2023()).unwrap();
        (new, charge.total.to_string())
    }

    fn buying(quantity: u64, cycle: Cycle) -> Step {
        Step::Buy(Order {
            quantity,
            currency: Currency::USD,
            cycle,
        })
    }

    fn renew(bought: Subscription, book: &PriceBook) -> (Subscription, Charge) {
        Subscription::take(Some(bought), Step::Renew, bought.period().to, book).unwrap()
    }

    fn organisation(invited: u64, active: u64, purchased: u64) -> Before {
        Before {
            clients_invited: invited,
            clients_active: active,
            subscription: (purchased > 0).then(|| bought(purchased, Cycle::Monthly, "2027-01-10").0),
        }
    }

    fn allowance(after: &After) -> u64 {
        let pool = Pool {
            free: FREE,
            free_for: FreeFor::Everybody,
            grandfathered: after.grandfathered,
            granted: 0,
            purchased: after.subscription.map_or(0, |s| s.quantity),
            consumed: 0,
            beyond: 0,
        };
        pool.allowance().unwrap()
    }

    /// What the next invoice says under the old policy and under the new one.
    fn next_invoices(before: &Before, after: &After) -> (String, String) {
        let of = |subscription: Option<Subscription>, book: &PriceBook| match subscription {
            None => "0.00".to_owned(),
            Some(bought) => renew(bought, book).1.total.to_string(),
        };
        (of(before.subscription, &of_2023()), of(after.subscription, &PriceBook::of_2025()))
    }

    #[test]
    fn every_promise_holds_to_the_seat_and_to_the_cent() {
        for (invited, active, purchased, seats, old_invoice, new_invoice) in [
            (0, 400, 0, 1000, "0.00", "0.00"),
            (0, 1000, 0, 1000, "0.00", "0.00"),
            (0, 1001, 0, 1001, "0.00", "0.00"),
            (0, 6500, 0, 6500, "0.00", "0.00"),
            // Invited ones hold seats, and are part of the number that stays.
            (250, 6500, 0, 6750, "0.00", "0.00"),
            (600, 900, 0, 1000, "0.00", "0.00"),
            // Bought licences stay, beside the free ones; up to a thousand are not charged.
            (0, 400, 300, 1300, "1500.00", "0.00"),
            (0, 400, 1000, 2000, "5000.00", "0.00"),
            (0, 400, 1001, 2001, "5005.00", "2.00"),
            (0, 400, 2500, 3500, "12500.00", "3000.00"),
            (0, 0, 15_000, 16_000, "75000.00", "23000.00"),
            // Both promises for one organisation.
            (0, 6500, 300, 6800, "1500.00", "0.00"),
            (0, 6500, 2500, 9000, "12500.00", "3000.00"),
        ] {
            let before = organisation(invited, active, purchased);
            let after = before.cut_over(FREE, Reading::default());
            let figures = next_invoices(&before, &after);
            assert_eq!(allowance(&after), seats, "{active} clients, {purchased} bought");
            assert_eq!((figures.0.as_str(), figures.1.as_str()), (old_invoice, new_invoice));
            assert!(
                allowance(&after) >= invited + active || Some(active) <= FREE,
                "nobody is over the allowance"
            );
        }
    }

    #[test]
    fn what_is_paid_already_stays_paid_and_the_promise_begins_with_the_next_cycle() {
        let (start, paid) = bought(300, Cycle::Monthly, "2027-12-31");
        assert_eq!(paid, "1500.00");
        // Twenty more on the 16th of January: 15 of 31 days, at the old price.
        let (more, charge) = Subscription::take(Some(start), buying(20, Cycle::Monthly), day("2028-01-16"), &of_2023()).unwrap();
        assert_eq!(charge.total.to_string(), "48.38");
        let before = Before {
            subscription: Some(more),
            ..organisation(0, 400, 0)
        };
        let moved = before.cut_over(FREE, Reading::default()).subscription.unwrap();
        // After the cut-over, in the same cycle: what is bought is paid by the new prices, what was paid is not paid back.
        let (moved, charge) =
            Subscription::take(Some(moved), buying(10, Cycle::Monthly), day("2028-01-21"), &PriceBook::of_2025()).unwrap();
        assert_eq!(charge.total.to_string(), "9.67");
        // The next cycle, a February of 29 days: of 330, the 320 that were bought before are free.
        let (moved, charge) = renew(moved, &PriceBook::of_2025());
        assert_eq!((charge.period.days(), charge.total.to_string().as_str()), (29, "30.00"));
        assert_eq!(charge.period.to, day("2028-02-29"));
        let (_, charge) = renew(moved, &PriceBook::of_2025());
        assert_eq!(
            charge.period.to,
            day("2028-03-31"),
            "and the month after ends on its own last day again"
        );
    }

    #[test]
    fn a_year_that_is_paid_ends_before_the_promise_begins() {
        let (year, paid) = bought(2500, Cycle::Yearly, "2028-02-29");
        assert_eq!(paid, "150000.00");
        let before = Before {
            subscription: Some(year),
            ..organisation(0, 6500, 0)
        };
        let after = before.cut_over(FREE, Reading::default());
        let moved = after.subscription.unwrap();
        assert_eq!((moved.quantity, moved.period()), (2500, year.period()));
        let (_, charge) = renew(moved, &PriceBook::of_2025());
        assert_eq!(charge.total.to_string(), "36000.00", "1,500 at 24.00 a year");
    }

    #[test]
    fn an_operator_may_read_the_promises_otherwise() {
        let readings = |reading| {
            let before = organisation(250, 6500, 2500);
            let after = before.cut_over(FREE, reading);
            (after.grandfathered, next_invoices(&before, &after).1)
        };
        let defaults = Reading::default();
        assert_eq!(readings(defaults), (6750, "3000.00".to_owned()));
        let active = Reading {
            clients: Clients::Active,
            ..defaults
        };
        assert_eq!(readings(active), (6500, "3000.00".to_owned()));
        let last = Reading {
            uncharged: Side::Last,
            ..defaults
        };
        assert_eq!(readings(last), (6750, "4000.00".to_owned()));
        let replaced = Reading {
            purchased: Purchased::Replaced,
            ..defaults
        };
        assert_eq!(readings(replaced), (6750, "4000.00".to_owned()));
        for reading in [active, last, replaced] {
            let before = organisation(250, 6500, 2500);
            let figures = |reading| {
                let after = before.cut_over(FREE, reading);
                let (next, charge) = renew(after.subscription.unwrap(), &PriceBook::of_2025());
                (charge.total.minor, after.grandfathered + next.quantity)
            };
            let ((cost, seats), (other_cost, other_seats)) = (figures(defaults), figures(reading));
            assert!(
                cost <= other_cost && seats >= other_seats,
                "what is chosen if nothing is said costs the customer less"
            );
        }
    }
}
