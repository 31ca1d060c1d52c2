//! Running other programs from the root of the workspace: every step is printed before it runs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Done;

/// The root of the workspace, known since this program was compiled in it.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Runs a program in the workspace's root and shows its output.
pub(crate) fn run<S: AsRef<str>>(program: &str, arguments: &[S]) -> Done {
    run_in(&root(), program, arguments)
}

/// Runs a program in a folder and shows its output.
pub(crate) fn run_in<S: AsRef<str>>(folder: &Path, program: &str, arguments: &[S]) -> Done {
    let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
    let line = format!("{program} {}", arguments.join(" "));
    println!("▸ {line}");
    let status = Command::new(program)
        .args(&arguments)
        .current_dir(folder)
        .status()
        .map_err(|error| format!("`{program}` does not start: {error}. Is it installed?"))?;
    if status.success() {
        return Ok(());
    }
    Err(match status.code() {
        Some(code) => format!("`{line}` failed with status {code}"),
        None => format!("`{line}` was stopped by a signal"),
    })
}

/// What a program prints, without showing it.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{program}` does not start: {error}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{program} {}` failed: {}", arguments.join(" "), why.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program is there and answers to these arguments.
pub(crate) fn answers(program: &str, arguments: &[&str]) -> bool {
    output(program, arguments).is_ok()
}

/// Reads a text file of the workspace; the message of a failure names it.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
