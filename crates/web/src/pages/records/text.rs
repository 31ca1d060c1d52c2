//! Numbers, days and reasons as people read them.

use domain::records::{Problem, decimal_text};
use domain::time::{Day, Moment};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `1,234,567`.
#[must_use]
pub fn whole(n: i64) -> String {
    grouped(&n.to_string())
}

/// `1,234.50`.
#[must_use]
pub fn decimal(units: i64, scale: u8) -> String {
    grouped(&decimal_text(units, scale))
}

fn grouped(text: &str) -> String {
    let (sign, body) = text.strip_prefix('-').map_or(("", text), |rest| ("−", rest));
    let (digits, part) = body.split_once('.').map_or((body, None), |(digits, part)| (digits, Some(part)));
    let mut out = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(part) = part {
        out.push('.');
        out.push_str(part);
    }
    out
}

/// `24 Nov 2026`.
#[must_use]
pub fn day(day: Day) -> String {
    let iso = day.iso();
    let mut parts = iso.split('-');
    let (year, month, of_month) = (parts.next(), parts.next(), parts.next());
    let month = month
        .and_then(|m| m.parse::<usize>().ok())
        .and_then(|m| MONTHS.get(m.checked_sub(1)?));
    match (year, month, of_month) {
        (Some(year), Some(month), Some(of_month)) => format!("{} {month} {year}", of_month.trim_start_matches('0')),
        _ => iso,
    }
}

/// `24 Nov 2026, 05:00 UTC`.
#[must_use]
pub fn moment(at: Moment) -> String {
    let iso = at.iso();
    let time = iso.get(11..16).unwrap_or_default();
    format!("{}, {time} UTC", day(at.day()))
}

/// `820 bytes`, `48.2 KB`, `1.3 MB`.
#[must_use]
pub fn size(bytes: i64) -> String {
    let tenths = |unit: i64| decimal((bytes.saturating_mul(10) + unit / 2) / unit, 1);
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", tenths(1_000)),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

/// `1 record`, `2 records`.
#[must_use]
pub fn counted(n: u64, one: &str, many: &str) -> String {
    let shown = whole(i64::try_from(n).unwrap_or(i64::MAX));
    format!("{shown} {}", if n == 1 { one } else { many })
}

/// A text that can be looked for: without control characters, which the databases do not take alike.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// What is wrong with a value, for the one who typed it.
#[must_use]
pub fn problem(problem: &Problem) -> String {
    let text = match problem {
        Problem::Mandatory => "Please fill this in",
        Problem::NotAnOption { .. } => "Please choose one of the options",
        Problem::NoSuchFile => "There is no such file, or it is none that can stand here: please upload it again",
        Problem::NoSuchRecord => "There is no such record: please choose one from the list",
        Problem::NotUnique => "Another record has this value already",
        Problem::WrongType { expected } => match *expected {
            "email" => "Expected an e-mail address such as anna@example.com",
            "date" => "Expected a date such as 2026-11-24",
            "datetime" => "Expected a date and time such as 2026-11-24 09:30",
            "integer" => "Expected a whole number such as 42",
            "double" => "Expected a number such as 12.50",
            "bigint" => "Please choose one from the list",
            other => return format!("Expected {other}"),
        },
        other => {
            let text = other.to_string();
            let mut rest = text.chars();
            return rest
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect());
        }
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (units, scale, text) in [
            (0, 2, "0.00"),
            (123_456_789, 2, "1,234,567.89"),
            (-100_000, 2, "−1,000.00"),
            (999, 0, "999"),
        ] {
            assert_eq!(decimal(units, scale), text);
        }
        assert_eq!(whole(1_000_000), "1,000,000");
        assert_eq!(counted(1, "record", "records"), "1 record");
    }

    #[test]
    fn days_and_moments_are_written_out() {
        assert_eq!(day(Day::parse("1996-07-04").unwrap()), "4 Jul 1996");
        assert_eq!(moment(Moment::parse("2026-11-24T05:07:00Z").unwrap()), "24 Nov 2026, 05:07 UTC");
    }

    #[test]
    fn reasons_begin_with_a_capital_letter() {
        assert_eq!(problem(&Problem::TooLong { max: 30 }), "At most 30 characters are allowed");
    }
}
