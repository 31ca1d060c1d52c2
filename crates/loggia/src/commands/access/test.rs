//! `loggia access test`: questions of a file, and whether the answers are as they should be.

use std::path::{Path, PathBuf};

use app::policies::{self, Report, Tests};
use clap::Args;

use super::text;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Args)]
pub struct Test {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The tests (YAML)
    file: PathBuf,
    /// Test these policies (TOML) instead of those in force
    #[arg(long, value_name = "FILE")]
    policies: Option<PathBuf>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Test {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let tests = read(&self.file)?;
        let policies = self.policies.as_deref().map(text::read).transpose()?;
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let report = policies::run_tests(&ctx, tests, policies.as_deref()).await;
        app.close().await;
        let report = report?;
        output::document(self.json, &report, || readable(&report))?;
        match report.failed.len() {
            0 => Ok(()),
            n => Err(Failure::Undone(format!("{n} of {} tests do not hold", n + report.passed))),
        }
    }
}

/// The tests of a file.
pub(super) fn read(file: &Path) -> Result<Tests, Failure> {
    let tests = policies::read_tests(&text::read(file)?);
    tests.map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
}

pub(super) fn readable(report: &Report) -> String {
    let mut text = String::new();
    for failed in &report.failed {
        text += &format!("✗ {}\n", output::plain(&failed.test));
        for why in &failed.why {
            text += &format!("    {}\n", output::plain(why));
        }
    }
    text += &format!("{} passed, {} failed.\n", report.passed, report.failed.len());
    for (what, places) in [("allowed", &report.without_allow), ("denied", &report.without_deny)] {
        if !places.is_empty() {
            text += &format!("No test shows that something is {what} in {}.\n", places.join(", "));
        }
    }
    text
}
