//! Wrong usage and wrong settings: status 2, a message that helps, nothing on stdout.

use crate::setup::{Answer, loggia};

#[test]
fn wrong_usage_is_told_with_status_2() {
    let directory = tempfile::tempdir().unwrap();
    for (words, message) in [
        (&[][..], "expected a command"),
        (&["frob"], "unrecognized subcommand 'frob'"),
        (&["serve", "--lisen", "x"], "--listen"),
        (&["org"], "Commands:"),
        (
            &["serve", "--listen", "8080"],
            "--listen: expected an address and a port such as 127.0.0.1:8080, found \"8080\"",
        ),
        (&["serve", "--public-url", "portal"], "--public-url: expected scheme and host"),
        (
            &["check", "--database", "mysql://u:p@h/d"],
            "--database: expected the address of a PostgreSQL database",
        ),
        (&["check", "--config", "nowhere.toml"], "nowhere.toml: No such file"),
        (
            &["check", "--log-format", "xml"],
            "--log-format: expected text or json, found \"xml\"",
        ),
    ] {
        Answer::from(loggia(directory.path()).args(words).output().unwrap()).refused(2, message);
    }
    let mut command = loggia(directory.path());
    let answer = Answer::from(
        command
            .arg("check")
            .env("LOGGIA_RATES_REQUESTS_PER_MINUTE", "many")
            .output()
            .unwrap(),
    );
    answer.refused(
        2,
        "LOGGIA_RATES_REQUESTS_PER_MINUTE: expected a whole number up to 4294967295, 0 for no limit, found \"many\"",
    );
    assert!(!directory.path().join("data").exists());
}

#[test]
fn help_and_the_version_go_to_stdout() {
    let directory = tempfile::tempdir().unwrap();
    let ask = |words: &[&str]| Answer::from(loggia(directory.path()).args(words).output().unwrap());
    for words in [&["--help"][..], &["serve", "--help"], &["org", "create", "-h"]] {
        let answer = ask(words);
        assert!(answer.status == Some(0) && answer.stdout.contains("Usage: loggia"), "{answer:?}");
        assert_eq!(answer.stderr, "");
    }
    assert_eq!(ask(&["--version"]).stdout, concat!("loggia ", env!("CARGO_PKG_VERSION"), "\n"));
}
