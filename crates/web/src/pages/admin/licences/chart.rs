//! How many seats each user type had over the last days, one upon another.

use std::fmt::Write as _;

use app::Ctx;
use app::licences::{History, Report};
use domain::time::Day;

use super::super::moments::thousands;
use super::called;

/// Over how many days one can look, and how they are called.
const SPANS: [(u16, &str); 3] = [(30, "30 days"), (90, "90 days"), (365, "A year")];
/// How many rows the table has at most.
const ROWS: usize = 14;
/// The height of the drawing, in its own units; a day is one unit wide.
const HEIGHT: u64 = 10_000;

pub struct Chart {
    pub days: u16,
    pub height: u64,
    /// Days, label, whether it is chosen.
    pub spans: Vec<(u16, &'static str, bool)>,
    pub from: String,
    pub to: String,
    /// What the upper edge, the middle and the lower edge stand for.
    pub marks: [String; 3],
    /// The lowest first. None: nobody had a seat.
    pub areas: Vec<Area>,
    pub table: Vec<Row>,
}

/// What one user type had.
pub struct Area {
    pub name: String,
    /// None: user types that are gone.
    pub hue: Option<usize>,
    /// The outline, as an SVG path has it.
    pub path: String,
}

pub struct Row {
    pub day: String,
    /// One for each area, and all together.
    pub seats: Vec<(String, String)>,
}

/// The span that is asked for; ninety days if it is none of ours.
pub fn span(asked: &str) -> u16 {
    let known = asked.parse().ok().filter(|days| SPANS.iter().any(|(span, _)| span == days));
    known.unwrap_or(90)
}

/// A user type's line with its name and colour.
struct Line {
    name: String,
    hue: Option<usize>,
    seats: Vec<u64>,
}

impl Chart {
    pub fn new(ctx: &Ctx, report: &Report, history: &History, days: u16) -> Self {
        let lines = lines(ctx, report, history);
        let all = |day: usize| lines.iter().filter_map(|line| line.seats.get(day)).sum::<u64>();
        let top = round((0..usize::from(days)).map(all).max().unwrap_or(0));
        let mut below = vec![0; usize::from(days)];
        let areas = lines.iter().map(|line| {
            let above: Vec<u64> = below.iter().zip(&line.seats).map(|(below, seats)| below + seats).collect();
            let path = outline(&std::mem::replace(&mut below, above.clone()), &above, top);
            Area {
                name: line.name.clone(),
                hue: line.hue,
                path,
            }
        });
        Self {
            days,
            height: HEIGHT,
            spans: SPANS.map(|(span, label)| (span, label, span == days)).into(),
            from: history.from.clone(),
            to: history.to.clone(),
            marks: [thousands(top), thousands(top / 2), "0".to_owned()],
            areas: areas.collect(),
            table: table(&lines, ctx.now.day(), days),
        }
    }
}

/// Everybody's lines who had a seat on one of the days, in the colours of the meter; those of user types that are gone in one.
fn lines(ctx: &Ctx, report: &Report, history: &History) -> Vec<Line> {
    let mut gone = Line {
        name: "User types that are gone".to_owned(),
        hue: None,
        seats: Vec::new(),
    };
    let mut lines = Vec::new();
    for of in history.user_types.iter().filter(|of| of.seats.iter().any(|seats| *seats > 0)) {
        match report.by_user_type.iter().enumerate().find(|(_, t)| t.id == of.id) {
            Some((at, known)) => lines.push(Line {
                name: called(ctx, known),
                hue: Some(at % 8),
                seats: of.seats.clone(),
            }),
            None if gone.seats.is_empty() => gone.seats.clone_from(&of.seats),
            None => gone.seats.iter_mut().zip(&of.seats).for_each(|(all, seats)| *all += seats),
        }
    }
    if !gone.seats.is_empty() {
        lines.push(gone);
    }
    lines
}

/// The next even number that is one digit and zeros: the middle can be said too.
fn round(most: u64) -> u64 {
    let mut step: u64 = 1;
    while step.saturating_mul(10) <= most {
        step = step.saturating_mul(10);
    }
    let mut good = (1..=10).map(|times| step.saturating_mul(times));
    good.find(|good| *good >= most.max(2) && good.is_multiple_of(2)).unwrap_or(most)
}

/// Along the upper edge from left to right, day by day, and back along the lower one.
fn outline(below: &[u64], above: &[u64], top: u64) -> String {
    let y = |seats: u64| HEIGHT - seats.saturating_mul(HEIGHT) / top.max(1);
    let mut path = String::new();
    for (day, seats) in above.iter().enumerate() {
        let word = if day == 0 { 'M' } else { 'L' };
        // Writing to a string cannot fail.
        let _ = write!(path, "{word}{day} {0}H{1}", y(*seats), day + 1);
    }
    for (day, seats) in below.iter().enumerate().rev() {
        let _ = write!(path, "V{}H{day}", y(*seats));
    }
    path.push('Z');
    path
}

fn table(lines: &[Line], today: Day, days: u16) -> Vec<Row> {
    let days = usize::from(days);
    let step = days.div_ceil(ROWS).max(1);
    let row = |ago: usize| {
        let at = days.saturating_sub(1).checked_sub(ago)?;
        let of = |line: &Line| line.seats.get(at).copied().unwrap_or(0);
        let all: u64 = lines.iter().map(of).sum();
        let mut seats: Vec<(String, String)> = lines.iter().map(|line| (line.name.clone(), thousands(of(line)))).collect();
        seats.push(("Together".to_owned(), thousands(all)));
        let day = Day(today.0 - i64::try_from(ago).unwrap_or(0)).iso();
        Some(Row { day, seats })
    };
    (0..days).step_by(step).map_while(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_edge_is_good_to_read_and_not_below_the_highest_day() {
        let rounded = [0, 1, 2, 3, 9, 10, 11, 21, 99, 101, 6_500].map(round);
        assert_eq!(rounded, [2, 2, 2, 4, 10, 10, 20, 30, 100, 200, 7_000]);
    }

    #[test]
    fn areas_lie_upon_each_other() {
        assert_eq!(outline(&[0, 0], &[1, 2], 2), "M0 5000H1L1 0H2V10000H1V10000H0Z");
        assert_eq!(outline(&[1, 2], &[2, 2], 2), "M0 0H1L1 0H2V0H1V5000H0Z");
    }

    #[test]
    fn a_span_that_is_not_offered_is_ninety_days() {
        assert_eq!(["30", "365", "31", "", "-1"].map(span), [30, 365, 90, 90, 90]);
    }
}
