//! `loggia access test`: questions of a file, or those that the organisation keeps, and whether the answers are as they
//! should be.

use std::path::{Path, PathBuf};

use app::policies::{self, Failed, Report, Tests, Which};
use app::{Ctx, Error};
use clap::Args;

use super::{coverage, text};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Args)]
pub struct Test {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The tests (YAML); without it those that the organisation keeps
    file: Option<PathBuf>,
    /// Keep the tests of the file in the organisation, in the place of those it keeps: they are run at every publishing
    #[arg(long, requires = "file", conflicts_with = "policies")]
    keep: bool,
    /// Test these policies (TOML) instead of those in force
    #[arg(long, value_name = "FILE")]
    policies: Option<PathBuf>,
    /// Write out the tests that the organisation keeps, and run none
    #[arg(long, conflicts_with_all = ["file", "policies", "json", "coverage"])]
    print: bool,
    /// Show the grants of which the kept tests say nothing, instead of what came of the tests
    #[arg(long, conflicts_with_all = ["file", "policies"])]
    coverage: bool,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Test {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let file = self.file.as_deref().map(|file| read(file).map(|tests| (file, tests))).transpose()?;
        let policies = self.policies.as_deref().map(text::read).transpose()?;
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        if self.print {
            let kept = policies::kept_tests(&ctx).await;
            app.close().await;
            return output::text(&ended(kept?.text));
        }
        if self.coverage {
            let coverage = policies::kept_coverage(&ctx).await;
            app.close().await;
            let coverage = coverage?;
            return output::document(self.json, &coverage, || coverage::readable(&coverage));
        }
        let done = self.ask(&ctx, file, policies.as_deref()).await;
        app.close().await;
        let (kept, report) = done?;
        output::document(self.json, &report, || kept + &readable(&report))?;
        match report.failed.len() {
            0 => Ok(()),
            n => Err(Failure::Undone(format!("{n} of {} tests do not hold", report.tests()))),
        }
    }

    /// What came of the tests, and what is said first where they are kept.
    async fn ask(&self, ctx: &Ctx, file: Option<(&Path, (String, Tests))>, policies: Option<&str>) -> Result<(String, Report), Failure> {
        let Some((path, (text, tests))) = file else {
            let report = match policies {
                None => policies::run_kept(ctx, Which::InForce).await,
                Some(policies) => {
                    let kept = policies::kept_tests(ctx).await?;
                    policies::run_tests(ctx, policies::read_tests(&kept.text)?, Some(policies)).await
                }
            };
            return Ok((String::new(), report?));
        };
        let mut said = String::new();
        if self.keep {
            let seen = policies::kept_tests(ctx).await?.revision;
            let kept = policies::keep_tests(ctx, &text, seen).await.map_err(|error| wrong(path, &error))?;
            said = format!("Kept: {}, run at every publishing from now on.\n", output::counted(kept, "test"));
        }
        Ok((said, policies::run_tests(ctx, tests, policies).await?))
    }
}

/// A text that ends with a line, as a file does.
fn ended(mut text: String) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// The tests of a file, and its text.
pub(super) fn read(file: &Path) -> Result<(String, Tests), Failure> {
    let text = text::read(file)?;
    let tests = policies::read_tests(&text).map_err(|error| wrong(file, &error))?;
    Ok((text, tests))
}

fn wrong(file: &Path, error: &Error) -> Failure {
    Failure::Usage(format!("{}: {error}", file.display()))
}

/// The tests that do not hold, and what was found.
pub(super) fn failing(failed: &[Failed]) -> String {
    let mut text = String::new();
    for failed in failed {
        text += &format!("✗ {} (line {})\n", output::plain(&failed.test), failed.line);
        for why in &failed.why {
            text += &format!("    {}\n", output::plain(why));
        }
    }
    text
}

pub(super) fn readable(report: &Report) -> String {
    if report.tests() == 0 {
        return "There are no tests.\n".to_owned();
    }
    let mut text = failing(&report.failed);
    text += &format!("{} passed, {} failed.\n", report.passed, report.failed.len());
    for (what, places) in [("allowed", &report.without_allow), ("denied", &report.without_deny)] {
        if !places.is_empty() {
            text += &format!("No test shows that something is {what} in {}.\n", places.join(", "));
        }
    }
    text
}
