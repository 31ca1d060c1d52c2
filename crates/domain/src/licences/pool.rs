//! The pool: who takes up how many seats, and whether there is one left.

use super::FreeFor;

/// The pool as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Free seats; none means unlimited.
    pub free: Option<u64>,
    /// Who may take up the free ones.
    pub free_for: FreeFor,
    /// Free seats kept from before a change of policy.
    pub grandfathered: u64,
    /// Free seats that the operator gave beyond those.
    pub granted: u64,
    pub purchased: u64,
    /// Seats held now.
    pub consumed: u64,
    /// Of these, seats of people who are in another user type than the first one of a portal.
    pub beyond: u64,
}

/// How many seats are held, whatever the allowance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub consumed: u64,
    /// Of these, seats of people who are in another user type than the first one of a portal.
    pub beyond: u64,
}

/// In which sort of user type somebody takes a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatKind {
    /// The one that a portal begins with.
    Client,
    /// Any other.
    Other,
}

/// As how many portal users one person holds their seat. None of them: they hold none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    pub memberships: u64,
    /// Those in other user types than the first one of a portal.
    pub beyond: u64,
}

/// The allowance is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("all portal licences are in use: {consumed} of {allowance}")]
pub struct Exhausted {
    pub allowance: u64,
    pub consumed: u64,
}

impl SeatKind {
    /// The sort of a user type with which a portal began, or did not.
    #[must_use]
    pub fn of(is_default: bool) -> Self {
        if is_default { Self::Client } else { Self::Other }
    }

    fn beyond(self) -> u64 {
        u64::from(self == Self::Other)
    }
}

impl Counts {
    /// What is held once a person is one portal user less. With the last one the seat is free; no policy is asked.
    #[must_use]
    pub fn release(self, held: Held, kind: SeatKind) -> (Self, Held) {
        let now = Held {
            memberships: held.memberships.saturating_sub(1),
            beyond: held.beyond.saturating_sub(kind.beyond()),
        };
        (self.after(held, now), now)
    }

    fn after(self, held: Held, now: Held) -> Self {
        let seat = |before: u64, after: u64, all: u64| match (before, after) {
            (0, 1..) => all.saturating_add(1),
            (1.., 0) => all.saturating_sub(1),
            _ => all,
        };
        Self {
            consumed: seat(held.memberships, now.memberships, self.consumed),
            beyond: seat(held.beyond, now.beyond, self.beyond),
        }
    }
}

impl Pool {
    /// Seats that cost nothing: the larger of free and grandfathered ones, and those granted. None: unlimited.
    #[must_use]
    pub fn gratis(&self) -> Option<u64> {
        self.free.map(|free| free.max(self.grandfathered).saturating_add(self.granted))
    }

    /// All seats: those that cost nothing, and those purchased. None: unlimited.
    #[must_use]
    pub fn allowance(&self) -> Option<u64> {
        self.gratis().map(|gratis| gratis.saturating_add(self.purchased))
    }

    /// How many bought licences the seats need that are held.
    #[must_use]
    pub fn least_bought(&self) -> u64 {
        let Some(gratis) = self.gratis() else { return 0 };
        let over = self.consumed.saturating_sub(gratis);
        match self.free_for {
            FreeFor::Everybody => over,
            FreeFor::Clients => over.max(self.beyond),
        }
    }

    /// The pool and what a person holds, once they are one more portal user. A person who holds a seat needs no other.
    pub fn claim(self, held: Held, kind: SeatKind) -> Result<(Self, Held), Exhausted> {
        let now = Held {
            memberships: held.memberships + 1,
            beyond: held.beyond + kind.beyond(),
        };
        Ok((self.after(held, now).within(&self)?, now))
    }

    /// The same once one of the portal users they are is in a user type of another sort.
    pub fn transfer(self, held: Held, from: SeatKind, to: SeatKind) -> Result<(Self, Held), Exhausted> {
        let now = Held {
            beyond: held.beyond.saturating_sub(from.beyond()) + to.beyond(),
            ..held
        };
        Ok((self.after(held, now).within(&self)?, now))
    }

    /// The same once one of the portal users they are is somebody else's, who holds `theirs`; both as they are then.
    pub fn hand_over(self, held: Held, theirs: Held, kind: SeatKind) -> Result<(Self, Held, Held), Exhausted> {
        let (counts, left) = self.counts().release(held, kind);
        let given = Held {
            memberships: theirs.memberships + 1,
            beyond: theirs.beyond + kind.beyond(),
        };
        let after = self.with(counts.after(theirs, given)).within(&self)?;
        Ok((after, left, given))
    }

    fn after(self, held: Held, now: Held) -> Self {
        self.with(self.counts().after(held, now))
    }

    fn with(self, Counts { consumed, beyond }: Counts) -> Self {
        Self { consumed, beyond, ..self }
    }

    /// How many seats are held.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            consumed: self.consumed,
            beyond: self.beyond,
        }
    }

    /// Nothing that has grown since may be more than there is. What was more already stays.
    fn within(self, before: &Self) -> Result<Self, Exhausted> {
        let limited = self.free_for == FreeFor::Clients && self.free.is_some();
        if limited && self.beyond > before.beyond && self.beyond > self.purchased {
            return Err(Exhausted {
                allowance: self.purchased,
                consumed: before.beyond,
            });
        }
        match self.allowance() {
            Some(allowance) if self.consumed > before.consumed && self.consumed > allowance => Err(Exhausted {
                allowance,
                consumed: before.consumed,
            }),
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(free: Option<u64>, grandfathered: u64, purchased: u64, consumed: u64) -> Pool {
        Pool {
            free,
            free_for: FreeFor::Everybody,
            grandfathered,
            granted: 0,
            purchased,
            consumed,
            beyond: 0,
        }
    }

    const NOBODY: Held = Held { memberships: 0, beyond: 0 };

    #[test]
    fn the_allowance_is_the_larger_promise_and_what_was_bought() {
        assert_eq!(pool(Some(1000), 0, 0, 0).allowance(), Some(1000));
        assert_eq!(pool(Some(1000), 6500, 300, 0).allowance(), Some(6800));
        assert_eq!(pool(None, 0, 0, 0).allowance(), None);
        let given = Pool {
            granted: 20,
            ..pool(Some(1000), 6500, 300, 6600)
        };
        assert_eq!(
            (given.gratis(), given.allowance(), given.least_bought()),
            (Some(6520), Some(6820), 80)
        );
    }

    #[test]
    fn a_seat_is_refused_at_the_allowance_with_both_figures() {
        let claim = |pool: Pool| pool.claim(NOBODY, SeatKind::Client).map(|(after, _)| after.consumed);
        assert_eq!(claim(pool(Some(1000), 0, 0, 999)), Ok(1000));
        assert_eq!(
            claim(pool(Some(1000), 0, 0, 1000)),
            Err(Exhausted {
                allowance: 1000,
                consumed: 1000
            })
        );
        assert!(claim(pool(None, 0, 0, u64::from(u32::MAX))).is_ok());
    }

    #[test]
    fn a_person_holds_one_seat_however_many_portal_users_they_are() {
        let full = pool(Some(3), 0, 0, 3);
        let one = Held { memberships: 1, beyond: 0 };
        let (after, both) = full.claim(one, SeatKind::Other).unwrap();
        assert_eq!((after.consumed, after.beyond, both.memberships, both.beyond), (3, 1, 2, 1));
        let (after, left) = after.counts().release(both, SeatKind::Client);
        assert_eq!((after.consumed, after.beyond, left.memberships, left.beyond), (3, 1, 1, 1));
        let (after, left) = after.release(left, SeatKind::Other);
        assert_eq!((after.consumed, after.beyond, left), (2, 0, NOBODY));
    }

    #[test]
    fn a_seat_goes_over_to_another_address_as_long_as_that_makes_no_more_seats() {
        let one = Held { memberships: 1, beyond: 0 };
        let two = Held { memberships: 2, beyond: 1 };
        let over = pool(Some(3), 0, 0, 5);
        let (after, left, given) = over.hand_over(one, NOBODY, SeatKind::Client).unwrap();
        assert_eq!((after.consumed, left, given), (5, NOBODY, one));
        let (fewer, left, given) = over.hand_over(one, two, SeatKind::Client).unwrap();
        assert_eq!((fewer.consumed, left, given.memberships), (4, NOBODY, 3));
        assert!(
            over.hand_over(two, NOBODY, SeatKind::Client).is_err(),
            "the old address keeps its seat"
        );
        let (more, left, given) = pool(None, 0, 0, 5).hand_over(two, NOBODY, SeatKind::Other).unwrap();
        assert_eq!((more.consumed, left, given), (6, one, Held { memberships: 1, beyond: 1 }));
    }

    /// Before the change free seats were for clients alone: whoever else came needed one that was bought.
    #[test]
    fn where_free_seats_are_for_clients_others_need_bought_ones() {
        let before = |purchased, consumed, beyond| Pool {
            free_for: FreeFor::Clients,
            beyond,
            ..pool(Some(10), 0, purchased, consumed)
        };
        let claim = |pool: Pool, kind| pool.claim(NOBODY, kind).map(|(after, _)| (after.consumed, after.beyond));
        let full = |allowance, consumed| Err(Exhausted { allowance, consumed });
        assert_eq!(claim(before(0, 9, 0), SeatKind::Client), Ok((10, 0)));
        assert_eq!(claim(before(0, 0, 0), SeatKind::Other), full(0, 0));
        assert_eq!(claim(before(2, 1, 1), SeatKind::Other), Ok((2, 2)));
        assert_eq!(claim(before(2, 2, 2), SeatKind::Other), full(2, 2));
        assert_eq!(claim(before(2, 12, 1), SeatKind::Other), full(12, 12));
        assert_eq!(
            claim(before(2, 11, 1), SeatKind::Client),
            Ok((12, 1)),
            "clients may take up bought ones too"
        );
        let least = [before(0, 4, 0), before(9, 12, 1), before(9, 12, 7)].map(|pool| pool.least_bought());
        assert_eq!(least, [0, 2, 7]);
        let client = Held { memberships: 1, beyond: 0 };
        let moved = |pool: Pool| {
            pool.transfer(client, SeatKind::Client, SeatKind::Other)
                .map(|(after, _)| after.beyond)
        };
        assert_eq!(moved(before(2, 5, 1)), Ok(2));
        assert!(moved(before(2, 5, 2)).is_err());
        let (back, held) = before(2, 5, 3)
            .transfer(Held { memberships: 1, beyond: 1 }, SeatKind::Other, SeatKind::Client)
            .unwrap();
        assert_eq!(
            (back.beyond, back.consumed, held),
            (2, 5, client),
            "who is over the limit may become less"
        );
    }
}
