//! A calendar, by counting.

/// Year, month and day of a day counted from 1970-01-01, by counting.
pub fn date(mut day: i64) -> (i64, i64, i64) {
    for year in 1970.. {
        for month in 1..=12 {
            let long = length(year, month);
            if day < long {
                return (year, month, day + 1);
            }
            day -= long;
        }
    }
    unreachable!()
}

pub fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day counted from 1970-01-01.
pub fn number(year: i64, month: i64, day: i64) -> i64 {
    let years: i64 = (1970..year).map(|y| 337 + length(y, 2)).sum();
    years + (1..month).map(|m| length(year, m)).sum::<i64>() + day - 1
}

#[test]
fn the_models_calendar_is_the_calendar() {
    for day in (0..80_000).step_by(7) {
        let (year, month, of_month) = date(day);
        assert_eq!(domain::time::Day(day).iso(), format!("{year:04}-{month:02}-{of_month:02}"));
        assert_eq!(number(year, month, of_month), day);
    }
}
