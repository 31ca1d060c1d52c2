//! Modules are named for what they hold. These names hold anything.

use std::path::Path;

use super::{Findings, rust_files, shown};

const FORBIDDEN: [&str; 6] = ["util", "utils", "common", "helper", "helpers", "misc"];

pub(super) fn check(root: &Path) -> Findings {
    let files = rust_files(&root.join("crates"));
    Ok(files
        .iter()
        .map(|path| shown(root, path))
        .filter_map(|path| {
            Some(format!(
                "{path}: a module `{}` would hold anything; name it for its noun",
                forbidden(&path)?
            ))
        })
        .collect())
}

/// The first name of the path below `src/` that is forbidden.
fn forbidden(path: &str) -> Option<&str> {
    let (_, inside) = path.split_once("/src/")?;
    let mut parts = inside.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
    parts.find(|part| FORBIDDEN.contains(part))
}

#[cfg(test)]
mod tests {
    use super::forbidden;

    #[test]
    fn files_and_folders_below_src_count() {
        assert_eq!(forbidden("crates/app/src/members/utils.rs"), Some("utils"));
        assert_eq!(forbidden("crates/app/src/common/mod.rs"), Some("common"));
        assert_eq!(forbidden("crates/app/src/members/invite.rs"), None);
        assert_eq!(forbidden("crates/app/tests/common/mod.rs"), None);
    }
}
