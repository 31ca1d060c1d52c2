//! How many portal users with a seat each user type had, day by day: worked out backwards from how many it has now.

use std::collections::BTreeMap;

use crate::ids::UserTypeId;
use crate::time::Day;

/// How many portal users with a seat a user type got more on a day than it lost, less than 0 if it lost more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayChange {
    pub user_type: UserTypeId,
    pub day: Day,
    pub change: i64,
}

/// What each user type has at the end of each of the `days` days up to `today`, the earliest first.
///
/// `now` is what each has after all changes; a user type that is not there any more has nothing now. Changes before the first
/// of these days do not matter.
#[must_use]
pub fn history(now: &[(UserTypeId, u64)], changes: &[DayChange], today: Day, days: u16) -> BTreeMap<UserTypeId, Vec<u64>> {
    let by_day: BTreeMap<(UserTypeId, Day), i64> = changes.iter().map(|c| ((c.user_type, c.day), c.change)).collect();
    let mut counts: BTreeMap<UserTypeId, i64> = changes.iter().map(|c| (c.user_type, 0)).collect();
    counts.extend(now.iter().map(|(id, count)| (*id, i64::try_from(*count).unwrap_or(i64::MAX))));
    let backwards = |(id, last): (UserTypeId, i64)| {
        let mut count = last;
        let mut line: Vec<u64> = (0..i64::from(days))
            .map(|ago| {
                let end_of_day = count;
                count -= by_day.get(&(id, Day(today.0 - ago))).copied().unwrap_or(0);
                u64::try_from(end_of_day).unwrap_or(0)
            })
            .collect();
        line.reverse();
        (id, line)
    };
    counts.into_iter().map(backwards).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_is_what_is_without_what_changed_since() {
        let (clients, partners, gone) = (UserTypeId(1), UserTypeId(2), UserTypeId(3));
        let change = |user_type, day, change| DayChange {
            user_type,
            day: Day(day),
            change,
        };
        let changes = [
            change(clients, 99, 2),
            change(clients, 100, -1),
            change(partners, 100, 1),
            change(gone, 98, 4),
            change(gone, 99, -4),
            change(clients, 50, 7),
        ];
        let seen = history(&[(clients, 11), (partners, 1)], &changes, Day(100), 4);
        let expected = [
            (clients, vec![10, 10, 12, 11]),
            (partners, vec![0, 0, 0, 1]),
            (gone, vec![0, 4, 0, 0]),
        ];
        assert_eq!(seen, expected.into());
        assert!(history(&[], &[], Day(100), 4).is_empty());
    }
}
