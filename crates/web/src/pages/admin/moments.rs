//! Moments and numbers as people read them.

use domain::time::Moment;

/// A moment beside now: how long ago for people, the exact time behind it.
#[derive(Debug, Clone)]
pub struct When {
    pub iso: String,
    pub exact: String,
    pub text: String,
}

impl When {
    pub fn new(now: Moment, at: Moment) -> Self {
        let iso = at.iso();
        let minute = iso.get(..16).unwrap_or(&iso).replace('T', " ");
        Self {
            text: ago(now, at).unwrap_or_else(|| iso.get(..10).unwrap_or(&iso).to_owned()),
            exact: format!("{minute} UTC"),
            iso,
        }
    }
}

fn ago(now: Moment, at: Moment) -> Option<String> {
    let seconds = (now.0 - at.0) / 1_000_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    Some(match seconds {
        ..0 => return None,
        0..60 => "just now".into(),
        60..120 => "a minute ago".into(),
        120..3600 => format!("{minutes} minutes ago"),
        3600..7200 => "an hour ago".into(),
        7200..86_400 => format!("{hours} hours ago"),
        86_400..172_800 => "yesterday".into(),
        172_800..604_800 => format!("{days} days ago"),
        _ => return None,
    })
}

/// `12,345`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 person`, `12 people`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    let word = if n == 1 { one } else { many };
    format!("{} {word}", thousands(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_how_long_ago_until_a_week_has_passed() {
        let now = Moment(1_795_496_400_000_000);
        for (seconds, text) in [
            (5, "just now"),
            (300, "5 minutes ago"),
            (90_000, "yesterday"),
            (700_000, "2026-11-16"),
        ] {
            assert_eq!(When::new(now, now.plus_seconds(-seconds)).text, text);
        }
        assert_eq!(When::new(now, now).exact, "2026-11-24 05:00 UTC");
    }

    #[test]
    fn numbers_have_commas_between_thousands() {
        for (n, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(n), text);
        }
    }
}
