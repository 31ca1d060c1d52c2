//! The licence meter: how full the pool is, and with whom.

use app::licences::Report;

use super::moments::{counted, thousands};

/// The pool as a bar.
pub struct Meter {
    pub consumed: String,
    /// None: unlimited.
    pub allowance: Option<String>,
    pub free: String,
    pub level: &'static str,
    pub now: u64,
    pub max: u64,
    /// When the last seat will be taken, at the present rate.
    pub forecast: Option<String>,
    /// How many signed up and get the next seats.
    pub waiting: Option<String>,
    pub parts: Vec<Part>,
}

/// What a user type takes up of the bar.
pub struct Part {
    pub name: String,
    pub seats: String,
    pub hue: usize,
    pub percent: u64,
}

impl Meter {
    pub fn new(report: &Report) -> Self {
        let max = report.allowance.unwrap_or(report.consumed).max(1);
        let part = |(i, t): (usize, &app::licences::TypeReport)| {
            let seats = t.invited + t.active;
            Part {
                name: t.name.clone(),
                seats: thousands(seats),
                hue: i % 8,
                percent: percent(seats, max),
            }
        };
        let filled = report.by_user_type.iter().enumerate().filter(|(_, t)| t.invited + t.active > 0);
        Self {
            consumed: thousands(report.consumed),
            allowance: report.allowance.map(thousands),
            free: thousands(report.allowance.map_or(0, |all| all.saturating_sub(report.consumed))),
            level: level(report),
            now: report.consumed,
            max,
            forecast: report.days_left.map(forecast),
            waiting: (report.waiting > 0).then(|| counted(report.waiting, "person waits", "people wait")),
            parts: filled.map(part).collect(),
        }
    }
}

fn forecast(days: u64) -> String {
    match days {
        0 => "At the rate of the last thirty days the last one is taken within a day.".to_owned(),
        1 => "At the rate of the last thirty days the last one is taken in about a day.".to_owned(),
        2..=3650 => format!(
            "At the rate of the last thirty days the last one is taken in about {} days.",
            thousands(days)
        ),
        _ => "At the rate of the last thirty days they last for more than ten years.".to_owned(),
    }
}

/// At least one per cent of what is there at all, so that it can be seen.
fn percent(seats: u64, max: u64) -> u64 {
    (seats * 100 / max).clamp(u64::from(seats > 0), 100)
}

fn level(report: &Report) -> &'static str {
    match report.allowance {
        Some(all) if report.consumed >= all => "is-full",
        Some(all) if report.consumed * 5 >= all * 4 => "is-near",
        _ => "",
    }
}
