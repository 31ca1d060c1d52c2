//! Moments and days as the product stores them: whole numbers.
//!
//! A moment is microseconds since the Unix epoch, UTC; a day is days since 1970-01-01. Whole
//! numbers compare, sort and index alike in both databases.

use std::ops::Range;

use jiff::civil::Date;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

/// A moment: microseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

/// A day: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

/// The microseconds of a day.
const DAY: i64 = 86_400_000_000;
const EPOCH: Date = Date::constant(1970, 1, 1);
/// The days of the years 0 to 9999.
const DAYS: Range<i64> = -719_528..2_932_897;
/// From the first of March of the year 0 to the epoch.
const MARCH_OF_YEAR_0: i64 = 719_468;

impl Moment {
    /// This moment, `seconds` later (earlier if negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// The UTC day that holds this moment.
    #[must_use]
    pub fn day(self) -> Day {
        Day(self.0.div_euclid(DAY))
    }

    /// ISO 8601 in UTC, to the second: `2026-11-24T05:00:00+00:00`, as the CRM API writes it.
    #[must_use]
    pub fn iso(self) -> String {
        let mut text = String::with_capacity(25);
        self.write_iso(&mut text);
        text
    }

    /// Appends [`Moment::iso`] to `out`.
    pub fn write_iso(self, out: &mut String) {
        let seconds = self.0.div_euclid(1_000_000);
        self.day().write_iso(out);
        let of_day = seconds.rem_euclid(86_400);
        out.push('T');
        push_two(out, of_day / 3600);
        out.push(':');
        push_two(out, of_day / 60 % 60);
        out.push(':');
        push_two(out, of_day % 60);
        out.push_str("+00:00");
    }

    /// Reads ISO 8601 with a zone or offset (`2026-11-24T06:00:00+01:00`, `…Z`), or without one
    /// (then UTC), with `T` or a space, with or without a fraction.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        static PARSER: DateTimeParser = DateTimeParser::new();
        if let Ok(at) = PARSER.parse_timestamp(text) {
            return Some(Self(at.as_microsecond()));
        }
        let civil = PARSER.parse_datetime(text).ok()?;
        let at = TimeZone::UTC.to_timestamp(civil).ok()?;
        Some(Self(at.as_microsecond()))
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

impl Day {
    /// Its first moment.
    #[must_use]
    pub fn start(self) -> Moment {
        Moment(self.0.saturating_mul(DAY))
    }

    /// `2026-11-24`.
    #[must_use]
    pub fn iso(self) -> String {
        let mut text = String::with_capacity(10);
        self.write_iso(&mut text);
        text
    }

    /// Appends [`Day::iso`] to `out`. A day that no text leads to is written as the epoch.
    pub fn write_iso(self, out: &mut String) {
        let (year, month, day) = self.civil();
        push_two(out, year / 100);
        push_two(out, year % 100);
        out.push('-');
        push_two(out, month);
        out.push('-');
        push_two(out, day);
    }

    /// So many months later, on the same day of the month; on the month's last day where it has no such day. Beyond the
    /// last day of the calendar it stays there.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let date = EPOCH.saturating_add(SignedDuration::from_hours(self.0.saturating_mul(24)));
        // More months than the calendar has.
        let span = Span::new().try_months(months.min(120_000)).unwrap_or_default();
        let days = date.saturating_add(span).since(EPOCH).map(|since| since.get_days());
        days.map_or(self, |days| Self(days.into()))
    }

    /// Year, month and day in the Gregorian calendar. Lists write hundreds of them, so it is done with a few divisions:
    /// counted from the first of March of the year 0, a leap day is the last of its year.
    fn civil(self) -> (i64, i64, i64) {
        let days = if DAYS.contains(&self.0) { self.0 } else { 0 } + MARCH_OF_YEAR_0;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let months = (5 * of_year + 2) / 153;
        let month = if months < 10 { months + 3 } else { months - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        (year, month, of_year - (153 * months + 2) / 5 + 1)
    }

    /// Reads `YYYY-MM-DD`, or the day of an ISO 8601 date-time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date: Date = if text.len() <= 10 {
            text.parse().ok()?
        } else {
            text.replacen(' ', "T", 1).parse::<jiff::civil::DateTime>().ok()?.date()
        };
        let hours = date.since(EPOCH).ok()?;
        Some(Self(i64::from(hours.get_days())))
    }
}

fn push_two(out: &mut String, n: i64) {
    out.push(char::from(b'0' + u8::try_from(n / 10 % 10).unwrap_or(0)));
    out.push(char::from(b'0' + u8::try_from(n % 10).unwrap_or(0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_go_out_as_they_came_in() {
        for (text, iso) in [
            ("2026-11-24T06:00:00+01:00", "2026-11-24T05:00:00+00:00"),
            ("2026-11-24T05:00:00Z", "2026-11-24T05:00:00+00:00"),
            ("1996-07-04 00:00:00.000", "1996-07-04T00:00:00+00:00"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59+00:00"),
        ] {
            assert_eq!(Moment::parse(text).map(Moment::iso).as_deref(), Some(iso), "{text}");
        }
        assert_eq!(Moment::parse("yesterday"), None);
    }

    #[test]
    fn every_day_is_the_one_of_the_calendar() {
        let from_epoch = |days: i64| EPOCH.checked_add(jiff::SignedDuration::from_hours(days * 24)).unwrap();
        for days in DAYS
            .step_by(13)
            .chain([DAYS.start, DAYS.end - 1, -1, 0, 11_016, 11_017, -719_469, -719_468])
        {
            let date = from_epoch(days);
            let civil = (date.year().into(), date.month().into(), date.day().into());
            assert_eq!(Day(days).civil(), civil, "{days}");
        }
        for nonsense in [i64::MIN, DAYS.start - 1, DAYS.end, i64::MAX] {
            assert_eq!(Day(nonsense).iso(), "1970-01-01");
        }
    }

    #[test]
    fn months_later_it_is_the_same_day_or_the_last_of_the_month() {
        let later = |day: &str, months| Day::parse(day).unwrap().plus_months(months).iso();
        for (day, months, expected) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2028-01-31", 2, "2028-03-31"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2028-02-29", 48, "2032-02-29"),
            ("2026-11-15", 2, "2027-01-15"),
            ("2026-11-15", 0, "2026-11-15"),
            ("1969-12-31", 1, "1970-01-31"),
            ("9999-12-31", 1, "9999-12-31"),
        ] {
            assert_eq!(later(day, months), expected, "{day} and {months} months");
        }
        assert_eq!(later("2026-01-01", u32::MAX), "9999-12-31");
    }

    #[test]
    fn days_go_out_as_they_came_in() {
        assert_eq!(Day(-3).start().day(), Day(-3));
        assert_eq!(Moment(Day(4).start().0 - 1).day(), Day(3));
        for (text, iso) in [
            ("1996-07-04", "1996-07-04"),
            ("1996-07-04 00:00:00.000", "1996-07-04"),
            ("1948-12-08", "1948-12-08"),
            ("2096-02-29", "2096-02-29"),
        ] {
            assert_eq!(Day::parse(text).map(Day::iso).as_deref(), Some(iso), "{text}");
        }
        for bad in ["2026-02-30", "24.11.2026", "", "2026-1-1"] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }
}
