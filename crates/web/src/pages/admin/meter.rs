//! The licence meter: how full the pool is, and with whom.

use app::licences::Report;

use super::moments::thousands;

/// The pool as a bar.
pub struct Meter {
    pub consumed: String,
    /// None: unlimited.
    pub allowance: Option<String>,
    pub free: String,
    pub level: &'static str,
    pub now: u64,
    pub max: u64,
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
            parts: filled.map(part).collect(),
        }
    }
}

/// At least one per cent of what is there at all, so that it can be seen.
fn percent(seats: u64, max: u64) -> u64 {
    (seats * 100 / max).clamp(u64::from(seats > 0), 100)
}

fn level(report: &Report) -> &'static str {
    match report.allowance {
        Some(all) if report.consumed >= all => "is-full",
        Some(all) if report.consumed * 10 >= all * 9 => "is-near",
        _ => "",
    }
}
