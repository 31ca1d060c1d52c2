//! No Rust file over 600 lines, unless its head says why: a line with "Long because" among the first ten.

use std::path::Path;

use super::{Findings, rust_files, shown};
use crate::shell;

const LIMIT: usize = 600;

pub(super) fn check(root: &Path) -> Findings {
    let mut findings = Vec::new();
    for path in rust_files(root) {
        if let Some(lines) = too_long(&shell::read(&path)?) {
            findings.push(format!(
                "{} has {lines} lines: split it by noun, or say at its head why not",
                shown(root, &path)
            ));
        }
    }
    Ok(findings)
}

fn too_long(text: &str) -> Option<usize> {
    let lines = text.lines().count();
    let excused = text.lines().take(10).any(|line| line.contains("Long because"));
    (lines > LIMIT && !excused).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::too_long;

    #[test]
    fn a_file_may_have_600_lines_or_a_reason() {
        let lines = |count| "x\n".repeat(count);
        assert_eq!(too_long(&lines(600)), None);
        assert_eq!(too_long(&lines(601)), Some(601));
        assert_eq!(too_long(&format!("//! Long because it is one table.\n{}", lines(900))), None);
        assert_eq!(too_long(&format!("{}//! Long because\n{}", lines(10), lines(900))), Some(911));
    }
}
