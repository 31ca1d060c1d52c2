//! Sheets that are longer than a page, and texts that are longer than a line. The fonts are those of the built front end.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use paper::{Block, Fonts, Sheet, Unprintable, print};

fn fonts() -> Fonts {
    let file = |name: &str| std::fs::read(format!("../../assets/dist/{name}")).unwrap();
    Fonts::read(&file("print-regular.ttf"), &file("print-bold.ttf")).unwrap()
}

fn sheet(rows: usize) -> Sheet {
    let texts = |texts: [&str; 4]| texts.map(str::to_owned).to_vec();
    let block = |head: &str, line: &str| Block {
        head: head.into(),
        lines: vec![line.repeat(6)],
    };
    Sheet {
        title: "Invoice 7".into(),
        parties: [block("From", "Harbour Hosting, Pier 7, "), block("To", "Łódź Żagiel Ωμέγα Ёлка ")],
        facts: vec![("Issued".into(), "2026-11-28".into())],
        head: texts(["Licences", "How many", "Each", "Amount"]),
        rows: (0..rows)
            .map(|n| vec![format!("Slab {n}"), n.to_string(), "1.00".into(), format!("{n}.00")])
            .collect(),
        totals: vec![("Total".into(), "USD 1.00".into())],
        notes: vec!["A note that is far longer than one line of the page, and so on, and so forth. ".repeat(4)],
    }
}

/// How many pages a file says that it has.
fn pages(file: &[u8]) -> usize {
    let text = String::from_utf8_lossy(file);
    text.matches("/Type/Page\n").count() + text.matches("/Type/Page/").count() + text.matches("/Type /Page\n").count()
}

#[test]
fn a_long_table_goes_on_on_the_next_page() {
    let fonts = fonts();
    let file = |rows| print(&sheet(rows), &fonts).unwrap();
    assert!(file(3).starts_with(b"%PDF-1."));
    assert_eq!([3, 40, 200].map(|rows| pages(&file(rows))), [1, 2, 7]);
}

#[test]
fn the_same_sheet_is_the_same_file() {
    let fonts = fonts();
    assert_eq!(print(&sheet(5), &fonts).unwrap(), print(&sheet(5), &fonts).unwrap());
    assert!(print(&Sheet::default(), &fonts).is_ok(), "an empty one too");
}

#[test]
fn what_is_no_font_is_refused() {
    assert!(matches!(Fonts::read(b"", b"no font"), Err(Unprintable::Font)));
}
