//! Periods: from when until when licences are paid.

use super::Cycle;
use crate::time::Day;

/// The days from `from` on and before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Day,
    pub to: Day,
}

impl Period {
    /// The period with a number, counted from 0, of those of which the first began on a day. They follow each other without
    /// gaps, and begin on that day of the month, or on the month's last day where it has no such day.
    #[must_use]
    pub fn numbered(begun: Day, cycle: Cycle, number: u32) -> Self {
        let begin = |number: u32| begun.plus_months(number.saturating_mul(cycle.months()));
        Self {
            from: begin(number),
            to: begin(number.saturating_add(1)),
        }
    }

    /// How many days it has.
    #[must_use]
    pub fn days(self) -> u64 {
        u64::try_from(self.to.0 - self.from.0).unwrap_or(0)
    }

    /// How many of its days are left on a day, this day among them.
    #[must_use]
    pub fn left(self, on: Day) -> u64 {
        let from = on.clamp(self.from, self.to);
        Self { from, ..self }.days()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn periods_follow_each_other_whatever_the_months_length() {
        let begun = day("2027-12-31");
        let months: Vec<(String, u64)> = (0..4)
            .map(|n| Period::numbered(begun, Cycle::Monthly, n))
            .map(|p| (p.from.iso(), p.days()))
            .collect();
        let month = |from: &str, days| (from.to_owned(), days);
        assert_eq!(
            months,
            [
                month("2027-12-31", 31),
                month("2028-01-31", 29),
                month("2028-02-29", 31),
                month("2028-03-31", 30)
            ]
        );
        let year = Period::numbered(day("2028-02-29"), Cycle::Yearly, 1);
        assert_eq!((year.from, year.to, year.days()), (day("2029-02-28"), day("2030-02-28"), 365));
    }

    #[test]
    fn what_is_left_of_a_period_counts_the_day_itself() {
        let february = Period::numbered(day("2028-02-01"), Cycle::Monthly, 0);
        for (on, left) in [
            ("2028-02-01", 29),
            ("2028-02-29", 1),
            ("2028-03-01", 0),
            ("2027-01-01", 29),
            ("2030-01-01", 0),
        ] {
            assert_eq!(february.left(day(on)), left, "{on}");
        }
    }
}
