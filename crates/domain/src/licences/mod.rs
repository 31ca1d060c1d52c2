//! The licence pool: the organisation's seats for portal users, shared by all user types.

mod fullness;
mod history;
mod invoice;
mod ledger;
mod money;
mod period;
mod policy;
mod pool;
mod prices;
mod promises;
mod replay;
mod rollout;
mod subscription;

pub use history::{DayChange, history};
pub use invoice::{Amounts, Bill, Standing, Tax, TaxLine, Terms};
pub use ledger::{About, CutOver, Event, Grant, Licences, Recorded, Seat};
pub use money::{Currency, Money};
pub use period::Period;
pub use policy::{BadPolicies, FreeFor, LicencePolicy, Limits, Policies, UnknownPolicy};
pub use pool::{Counts, Exhausted, Held, Pool, SeatKind};
pub use prices::{BadPrices, Cycle, Line, MAX_QUANTITY, NoPrice, PriceBook, PriceList, Quote, Slab};
pub use promises::{After, Before, Clients, Purchased, Reading};
pub use replay::{Contradiction, Replay};
pub use rollout::{Candidate, Cohort, Gain, PERCENT, RolloutOutcome, RolloutState, Staying, gains};
pub use subscription::{Charge, NoStep, Order, Side, Step, Subscription, Uncharged};
