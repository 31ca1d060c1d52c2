//! What is a query, and where one is none.

use super::*;

fn refused(text: &str) -> CoqlError {
    parse(text).expect_err(text)
}

#[test]
fn words_of_the_language_may_be_written_in_any_case_and_names_may_be_such_words() {
    let parsed = parse("SELECT Limit, order FROM Group WHERE in IN (1) Order By desc DESC LIMIT 5").expect("a query");
    assert_eq!(parsed.module, "Group");
    assert_eq!((parsed.items.len(), parsed.order.len(), parsed.limit), (2, 1, 5));
}

#[test]
fn and_binds_more_than_or() {
    let without = parse("select a from M where a = 1 or b = 2 and c = 3").expect("a query");
    let with = parse("select a from M where a = 1 or (b = 2 and c = 3)").expect("a query");
    assert_eq!(without, with);
    assert_ne!(without, parse("select a from M where (a = 1 or b = 2) and c = 3").expect("a query"));
}

#[test]
fn a_syntax_error_names_its_place() {
    for (text, line, column) in [
        ("select a from M where", 1, 22),
        ("select a from M where a =", 1, 26),
        ("select a from M\nwhere ä ~ 1", 2, 9),
        ("select a, from M where x", 1, 16),
        ("select MEDIAN(a) from M", 1, 8),
        ("select a from M group a", 1, 23),
        ("select a from M where a between 1", 1, 34),
        ("select a from M limit -1", 1, 23),
        ("select a from M limit 1.5", 1, 23),
        ("select a from M where (a = 1", 1, 29),
        ("select a from M where a not = 1", 1, 29),
        ("select a from M where a = null", 1, 27),
        ("select a from M extra", 1, 17),
    ] {
        match refused(text) {
            CoqlError::Syntax { place, .. } => assert_eq!((place.line, place.column), (line, column), "{text}"),
            other => panic!("{text}: {other}"),
        }
    }
}

#[test]
fn too_much_is_refused_before_anything_is_looked_up() {
    let columns = vec!["a"; MAX_COLUMNS + 1].join(",");
    let comparisons = vec!["a = 1"; MAX_CONDITIONS + 1].join(" or ");
    let values = vec!["1"; MAX_VALUES + 1].join(",");
    for text in [
        format!("select {columns} from M"),
        format!("select a from M where {comparisons}"),
        format!("select a from M where a in ({values})"),
        format!("select a from M where {}a = 1", "not ".repeat(MAX_DEPTH + 1)),
        format!(
            "select a from M where {}a = 1{}",
            "(".repeat(MAX_DEPTH + 1),
            ")".repeat(MAX_DEPTH + 1)
        ),
        "select a.b.c.d from M".to_owned(),
        format!("select a from M limit {}", MAX_LIMIT + 1),
        format!("select a from M limit {}, 1", MAX_OFFSET + 1),
        "select a from M limit 99999999999".to_owned(),
        format!("select a from M where a = '{}'", "x".repeat(MAX_LENGTH)),
    ] {
        assert!(matches!(refused(&text), CoqlError::TooMuch { .. }), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_fail(text in "(select|from|where|group by|order by|limit|like|in|not|and|is null|[a-c]|[0-9]+|'[a%]*'|[(),.=<>* \\\\'ä]){0,30}") {
        let _ = parse(&text);
    }
}
