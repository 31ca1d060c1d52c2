//! Where things stand on the pages.

use krilla::Document;
use krilla::page::PageSettings;

use crate::fonts::Fonts;
use crate::pen::{Ink, Pen};
use crate::{Block, Sheet, Unprintable};

/// A4, in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const LEFT: f32 = 56.0;
const RIGHT: f32 = PAGE.0 - LEFT;
const WIDTH: f32 = RIGHT - LEFT;
const TOP: f32 = 72.0;
/// Below this nothing stands but the number of the page.
const BOTTOM: f32 = PAGE.1 - 80.0;
const SIZE: f32 = 9.5;
const SMALL: f32 = 8.0;
/// From one line to the next.
const LINE: f32 = 14.0;
const ROW: f32 = 22.0;

/// Something that is drawn, and how high it is.
type Part<'s> = (f32, Box<dyn Fn(&mut Pen, f32) + 's>);

/// Lays the sheet on as many pages as it needs.
pub fn lay(document: &mut Document, sheet: &Sheet, fonts: &Fonts) -> Result<(), Unprintable> {
    let pages = paginated(parts(sheet, fonts), || head(sheet, fonts));
    let (last, settings) = (pages.len(), PageSettings::from_wh(PAGE.0, PAGE.1));
    let settings = settings.ok_or_else(|| Unprintable::File("the page has no size".to_owned()))?;
    for (number, parts) in (1..).zip(pages) {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        let mut pen = Pen { surface: &mut surface };
        let mut y = TOP;
        for (height, draw) in parts {
            draw(&mut pen, y);
            y += height;
        }
        let foot = format!("{} · {number} / {last}", sheet.title);
        pen.text_to((RIGHT, PAGE.1 - 40.0), &fonts.regular, SMALL, Ink::Soft, &foot);
        surface.finish();
        page.finish();
    }
    Ok(())
}

/// Parts by page. A page that goes on with the table has its head again.
fn paginated<'s>(parts: Vec<(bool, Part<'s>)>, head: impl Fn() -> Part<'s>) -> Vec<Vec<Part<'s>>> {
    let mut pages: Vec<Vec<Part>> = vec![Vec::new()];
    let mut y = TOP;
    for (in_table, part) in parts {
        if y + part.0 > BOTTOM {
            let again = in_table.then(&head);
            y = TOP + again.as_ref().map_or(0.0, |again| again.0);
            pages.push(again.into_iter().collect());
        }
        y += part.0;
        if let Some(page) = pages.last_mut() {
            page.push(part);
        }
    }
    pages
}

/// Everything that stands on the sheet, in order; and whether it is a row of the table.
fn parts<'s>(sheet: &'s Sheet, fonts: &'s Fonts) -> Vec<(bool, Part<'s>)> {
    let mut parts = vec![(false, title(sheet, fonts)), (false, parties(sheet, fonts))];
    parts.extend(sheet.facts.iter().map(|(name, value)| (false, fact(fonts, name, value))));
    parts.push((false, gap(LINE)));
    parts.push((false, head(sheet, fonts)));
    parts.extend(sheet.rows.iter().map(|row| (true, cells(sheet, fonts, row))));
    let last = sheet.totals.len();
    for (number, (name, value)) in (1..).zip(&sheet.totals) {
        parts.push((true, total(fonts, name, value, number == last)));
    }
    parts.push((false, gap(LINE)));
    for note in &sheet.notes {
        let lines = fonts.regular.lines(note, SMALL, WIDTH);
        parts.extend(lines.into_iter().map(|line| (false, small(fonts, line))));
    }
    parts
}

fn gap<'s>(height: f32) -> Part<'s> {
    (height, Box::new(|_, _| {}))
}

fn title<'s>(sheet: &'s Sheet, fonts: &'s Fonts) -> Part<'s> {
    (
        48.0,
        Box::new(move |pen, y| pen.text((LEFT, y + 14.0), &fonts.bold, 20.0, Ink::Dark, &sheet.title)),
    )
}

fn parties<'s>(sheet: &'s Sheet, fonts: &'s Fonts) -> Part<'s> {
    let width = WIDTH / 2.0 - LINE;
    let wrapped = |block: &Block| -> Vec<String> { block.lines.iter().flat_map(|line| fonts.regular.lines(line, SIZE, width)).collect() };
    let blocks = sheet.parties.each_ref().map(|block| (block.head.clone(), wrapped(block)));
    let most = blocks.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
    let draw = move |pen: &mut Pen, y: f32| {
        for ((head, lines), x) in blocks.iter().zip([LEFT, LEFT + WIDTH / 2.0]) {
            pen.text((x, y), &fonts.regular, SMALL, Ink::Soft, head);
            let mut foot = y;
            for line in lines {
                foot += LINE;
                pen.text((x, foot), &fonts.regular, SIZE, Ink::Dark, line);
            }
        }
    };
    (below(most + 2), Box::new(draw))
}

/// How high so many lines are.
fn below(lines: usize) -> f32 {
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * LINE
}

fn fact<'s>(fonts: &'s Fonts, name: &'s str, value: &'s str) -> Part<'s> {
    let draw = move |pen: &mut Pen, y: f32| {
        pen.text((LEFT, y), &fonts.regular, SIZE, Ink::Soft, name);
        pen.text((LEFT + 130.0, y), &fonts.regular, SIZE, Ink::Dark, value);
    };
    (LINE, Box::new(draw))
}

/// Where the columns behind the first end.
fn ends(columns: usize) -> Vec<f32> {
    let numbers = columns.saturating_sub(1);
    let step = WIDTH * 0.7 / f32::from(u16::try_from(numbers.max(1)).unwrap_or(u16::MAX));
    let mut ends = Vec::new();
    let mut end = RIGHT;
    for _ in 0..numbers {
        ends.push(end);
        end -= step;
    }
    ends.reverse();
    ends
}

fn head<'s>(sheet: &'s Sheet, fonts: &'s Fonts) -> Part<'s> {
    let draw = move |pen: &mut Pen, y: f32| {
        line(pen, y, &sheet.head, |pen, at, text, to_the_right| {
            if to_the_right {
                pen.text_to(at, &fonts.regular, SMALL, Ink::Soft, text);
            } else {
                pen.text(at, &fonts.regular, SMALL, Ink::Soft, text);
            }
        });
    };
    (ROW, Box::new(draw))
}

fn cells<'s>(sheet: &'s Sheet, fonts: &'s Fonts, row: &'s [String]) -> Part<'s> {
    debug_assert_eq!(row.len(), sheet.head.len(), "a row has as many cells as the head");
    let draw = move |pen: &mut Pen, y: f32| {
        line(pen, y, row, |pen, at, text, to_the_right| {
            if to_the_right {
                pen.text_to(at, &fonts.regular, SIZE, Ink::Dark, text);
            } else {
                pen.text(at, &fonts.bold, SIZE, Ink::Dark, text);
            }
        });
    };
    (ROW, Box::new(draw))
}

/// A line of the table with a rule below it.
fn line(pen: &mut Pen, y: f32, row: &[String], write: impl Fn(&mut Pen, (f32, f32), &str, bool)) {
    let foot = y + 12.0;
    if let Some((first, numbers)) = row.split_first() {
        write(pen, (LEFT, foot), first, false);
        for (text, end) in numbers.iter().zip(ends(row.len())) {
            write(pen, (end, foot), text, true);
        }
    }
    pen.rule((LEFT, y + ROW - 3.0), WIDTH);
}

fn total<'s>(fonts: &'s Fonts, name: &'s str, value: &'s str, counts: bool) -> Part<'s> {
    let weight = if counts { &fonts.bold } else { &fonts.regular };
    let draw = move |pen: &mut Pen, y: f32| {
        pen.text((LEFT, y + 12.0), weight, SIZE, Ink::Dark, name);
        pen.text_to((RIGHT, y + 12.0), weight, SIZE, Ink::Dark, value);
    };
    (ROW, Box::new(draw))
}

fn small<'s>(fonts: &'s Fonts, text: String) -> Part<'s> {
    (
        LINE - 2.0,
        Box::new(move |pen, y| pen.text((LEFT, y), &fonts.regular, SMALL, Ink::Soft, &text)),
    )
}
