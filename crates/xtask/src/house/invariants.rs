//! `docs/invariants.md` names the tests of every invariant, and no test of an invariant is missing there.
//!
//! A test says by its name which invariant it is of: `i07_…` is of I7.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Findings, rust_files, shown};
use crate::shell;

const PAGE: &str = "docs/invariants.md";
/// How many invariants there are.
const MANY: u32 = 20;

pub(super) fn check(root: &Path) -> Findings {
    let told = told(&shell::read(&root.join(PAGE))?);
    let mut there = BTreeSet::new();
    for file in rust_files(&root.join("crates")) {
        let text = shell::read(&file)?;
        there.extend(names(&text).map(|name| format!("{}::{name}", shown(root, &file))));
    }
    let missing = told
        .difference(&there)
        .map(|test| format!("{PAGE} names `{test}`, which is not there"));
    let untold = there.difference(&told).map(|test| format!("`{test}` does not stand in {PAGE}"));
    let bare = (1..=MANY).filter(|number| !there.iter().any(|test| number_of(test) == Some(*number)));
    let bare = bare.map(|number| format!("I{number} has no test: its name would begin with `i{number:02}_`"));
    Ok(missing.chain(untold).chain(bare).collect())
}

/// The tests that stand in backticks: `crates/…/file.rs::i07_name`.
fn told(page: &str) -> BTreeSet<String> {
    let code = page.split('`').skip(1).step_by(2);
    code.filter(|code| number_of(code).is_some()).map(str::to_owned).collect()
}

/// The functions whose names say that they test an invariant.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let functions = text.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "))
    });
    let named = functions.filter_map(|rest| rest.split('(').next());
    named.filter(|name| number_in(name).is_some())
}

fn number_of(test: &str) -> Option<u32> {
    number_in(test.rsplit_once("::")?.1)
}

/// `i07_name` is 7.
fn number_in(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('i')?.split('_').next()?;
    if digits.len() == 2 { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{names, number_in, told};

    #[test]
    fn a_test_says_by_its_name_of_which_invariant_it_is() {
        assert_eq!(number_in("i07_nobody_moves_a_record"), Some(7));
        for other in ["i7_x", "is_open", "i_", "id", "i123_x", "an_i07_x"] {
            assert_eq!(number_in(other), None, "{other}");
        }
        let text = "#[test]\nfn i01_one() {\n    async fn i02_two(a: u8) {\nfn is_three() {\n";
        assert_eq!(names(text).collect::<Vec<_>>(), ["i01_one", "i02_two"]);
    }

    #[test]
    fn the_page_names_tests_with_their_file() {
        let page = "| I1 | `crates/a/b.rs::i01_one`, `crates/a/c.rs::i01_two` | `Plan::view`, `i01_three` |";
        assert_eq!(
            told(page).into_iter().collect::<Vec<_>>(),
            ["crates/a/b.rs::i01_one", "crates/a/c.rs::i01_two"]
        );
    }
}
