//! The licence pool: the organisation's seats for portal users, shared by all user types.

mod fullness;
mod invoice;
mod ledger;
mod money;
mod period;
mod prices;
mod promises;
mod subscription;

pub use invoice::{Amounts, Bill, Standing, Tax, TaxLine, Terms};
pub use ledger::{About, Contradiction, Event, Licences, Recorded, Replay, Seat};
pub use money::{Currency, Money};
pub use period::Period;
pub use prices::{BadPrices, Cycle, Line, MAX_QUANTITY, NoPrice, PriceBook, PriceList, Quote, Slab};
pub use promises::{After, Before, Clients, Purchased, Reading};
pub use subscription::{Charge, NoStep, Order, Side, Step, Subscription, Uncharged};

/// How many seats an organisation has, why, and what more cost. Data, not code: read from the policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicencePolicy {
    /// The policy's name, as the ledger records it.
    pub name: String,
    /// Seats that cost nothing. None means unlimited.
    pub free: Option<u64>,
    /// What purchased licences cost.
    pub prices: PriceBook,
    /// What is added to that.
    pub taxes: Vec<Tax>,
    pub terms: Terms,
    /// Who sells, in lines, as invoices say it.
    pub seller: String,
}

impl Default for LicencePolicy {
    /// The policy of 2025: a thousand free seats over all user types.
    fn default() -> Self {
        Self {
            name: "2025".into(),
            free: Some(1000),
            prices: PriceBook::of_2025(),
            taxes: Vec::new(),
            terms: Terms::default(),
            seller: String::new(),
        }
    }
}

/// The pool as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Free seats; none means unlimited.
    pub free: Option<u64>,
    /// Free seats kept from before a change of policy.
    pub grandfathered: u64,
    pub purchased: u64,
    /// Seats held now.
    pub consumed: u64,
}

/// The allowance is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("all portal licences are in use: {consumed} of {allowance}")]
pub struct Exhausted {
    pub allowance: u64,
    pub consumed: u64,
}

impl Pool {
    /// All seats: the larger of free and grandfathered ones, and those purchased. None: unlimited.
    #[must_use]
    pub fn allowance(&self) -> Option<u64> {
        self.free.map(|free| free.max(self.grandfathered).saturating_add(self.purchased))
    }

    /// The pool after one more seat is taken.
    pub fn claim(self) -> Result<Self, Exhausted> {
        match self.allowance() {
            Some(allowance) if self.consumed >= allowance => Err(Exhausted {
                allowance,
                consumed: self.consumed,
            }),
            _ => Ok(Self {
                consumed: self.consumed + 1,
                ..self
            }),
        }
    }

    /// The pool after a seat is given back.
    #[must_use]
    pub fn release(self) -> Self {
        Self {
            consumed: self.consumed.saturating_sub(1),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(free: Option<u64>, grandfathered: u64, purchased: u64, consumed: u64) -> Pool {
        Pool {
            free,
            grandfathered,
            purchased,
            consumed,
        }
    }

    #[test]
    fn the_allowance_is_the_larger_promise_and_what_was_bought() {
        assert_eq!(pool(Some(1000), 0, 0, 0).allowance(), Some(1000));
        assert_eq!(pool(Some(1000), 6500, 300, 0).allowance(), Some(6800));
        assert_eq!(pool(None, 0, 0, 0).allowance(), None);
    }

    #[test]
    fn a_seat_is_refused_at_the_allowance_with_both_figures() {
        assert!(pool(Some(1000), 0, 0, 999).claim().is_ok());
        assert_eq!(
            pool(Some(1000), 0, 0, 1000).claim(),
            Err(Exhausted {
                allowance: 1000,
                consumed: 1000
            })
        );
        assert!(pool(None, 0, 0, u64::from(u32::MAX)).claim().is_ok());
    }
}
