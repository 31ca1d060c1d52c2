//! Moments and days as the product stores them: whole numbers.
//!
//! A moment is microseconds since the Unix epoch, UTC; a day is days since 1970-01-01. Whole
//! numbers compare, sort and index alike in both databases.

use jiff::civil::Date;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A moment: microseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

/// A day: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

const EPOCH: Date = Date::constant(1970, 1, 1);

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
        Day(self.0.div_euclid(86_400_000_000))
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
    /// `2026-11-24`.
    #[must_use]
    pub fn iso(self) -> String {
        let mut text = String::with_capacity(10);
        self.write_iso(&mut text);
        text
    }

    /// Appends [`Day::iso`] to `out`.
    pub fn write_iso(self, out: &mut String) {
        let date = EPOCH
            .checked_add(SignedDuration::from_hours(self.0.saturating_mul(24)))
            .unwrap_or(EPOCH);
        let year = i64::from(date.year());
        push_two(out, year / 100);
        push_two(out, year % 100);
        out.push('-');
        push_two(out, i64::from(date.month()));
        out.push('-');
        push_two(out, i64::from(date.day()));
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
    fn days_go_out_as_they_came_in() {
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
