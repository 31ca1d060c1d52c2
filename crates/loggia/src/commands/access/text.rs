//! `loggia access export`, `plan` and `apply`: policies as text.

use std::path::{Path, PathBuf};

use app::Error;
use app::policies::{self, Applied, Change, Costly, Planned, Report, Source, TypeDifference};
use clap::Args;

use super::test;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Args)]
pub struct Export {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
}

#[derive(Debug, Args)]
pub struct Plan {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The policies (TOML), as `loggia access export` writes them
    file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Apply {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The policies (TOML), as `loggia access export` writes them
    file: PathBuf,
    /// Tests (YAML) that must hold, or nothing is put into force
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    /// Put it into force although exactly so many of the kept tests fail; this is written to the audit trail
    #[arg(long, value_name = "NUMBER")]
    despite_failing_tests: Option<usize>,
    /// What the version is called
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
}

impl Export {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let text = policies::export(&ctx).await;
        app.close().await;
        output::text(&text?)
    }
}

impl Plan {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let text = read(&self.file)?;
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let planned = policies::plan(&ctx, &text).await;
        let costly = match planned {
            Ok(_) => policies::costly(&ctx, Source::Text(text)).await,
            Err(_) => Ok(Vec::new()),
        };
        app.close().await;
        output::text(&(readable(&planned?) + &slow(&costly?)))
    }
}

impl Apply {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let text = read(&self.file)?;
        let tests = self.tests.as_deref().map(test::read).transpose()?;
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let report = match tests {
            Some((_, tests)) => policies::run_tests(&ctx, tests, Some(&text)).await,
            None => Ok(Report::default()),
        };
        let applied = match report {
            Ok(report) if report.failed.is_empty() => {
                let applied = policies::apply(&ctx, &text, &self.note, self.despite_failing_tests).await;
                applied.map_err(refused)
            }
            Ok(report) => Err(Failure::Undone(format!("nothing is put into force\n{}", test::readable(&report)))),
            Err(error) => Err(error.into()),
        };
        app.close().await;
        output::text(&match applied? {
            Applied::Nothing => "Nothing to do: this is in force already.\n".to_owned(),
            Applied::Published(number) => format!("In force as version {number}.\n"),
            Applied::Waiting => "People may see or do more by this: it waits for a second administrator, as a draft.\n".to_owned(),
        })
    }
}

/// Failing tests are told one by one, with what has to be said to pass over them.
fn refused(error: Error) -> Failure {
    let Error::TestsFail(failing) = error else { return error.into() };
    let (found, of) = (failing.failed.len(), failing.of);
    let mut text = format!("nothing is put into force: {found} of {of} kept tests would fail\n");
    text += &test::failing(&failing.failed);
    text += &format!("To put it into force all the same: --despite-failing-tests {found}");
    Failure::Undone(text)
}

/// A text file of the command line.
pub(super) fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
}

fn readable(planned: &Planned) -> String {
    if planned.diff.is_empty() {
        return "Nothing to do: this is in force already.\n".to_owned();
    }
    let mut text = planned.diff.clone();
    let mut line = |what: &str, names: &[String]| {
        if !names.is_empty() {
            text += &format!("{what}: {}\n", names.join(", "));
        }
    };
    line("\nUser types that are made", &planned.made);
    line(
        "\nUser types that the text does not name, which stay as they are",
        &planned.untouched,
    );
    text += &differences(&planned.differences);
    text += match (planned.widenings.is_empty(), planned.needs_second) {
        (true, _) => "\nNobody sees or does more by this.\n",
        (false, false) => "\nPeople may see or do more by this.\n",
        (false, true) => "\nPeople may see or do more by this: a second administrator has to agree.\n",
    };
    text
}

/// The lists that would take long, a line for each.
fn slow(costly: &[Costly]) -> String {
    let line = |costly: &Costly| {
        let times = match costly.times {
            Some(times) => format!("about {times} times what an administrator's list costs"),
            None => "longer than anybody waits".to_owned(),
        };
        format!("  {}, {}: {times}\n", output::plain(&costly.whose), output::plain(&costly.module))
    };
    match costly {
        [] => String::new(),
        lists => format!("\nLists that would take long:\n{}", lists.iter().map(line).collect::<String>()),
    }
}

/// What people would see more or less of, a line for each.
fn differences(all: &[TypeDifference]) -> String {
    let mut text = String::new();
    for TypeDifference { name, people, modules } in all {
        let asked = people.map_or_else(String::new, |(asked, of)| format!(", {asked} of {of} people asked"));
        let nothing = if modules.is_empty() { " no difference for them" } else { "" };
        text += &format!("\n{}{asked}:{nothing}\n", output::plain(name));
        for difference in modules {
            for (sign, change) in [("+", &difference.gained), ("-", &difference.lost)] {
                text += &changed(sign, &difference.module, change);
            }
        }
    }
    text
}

fn changed(sign: &str, module: &str, change: &Change) -> String {
    let mut text = String::new();
    if change.records > 0 {
        let such_as = if change.named.is_empty() { "" } else { ", such as " };
        let named = output::plain(&change.named.join(", "));
        text += &format!("  {sign} {module}: {}{such_as}{named}\n", records(change.records));
    }
    for (field, count) in &change.fields {
        text += &format!("  {sign} {module}: {} on {}\n", output::plain(field), records(*count));
    }
    text
}

fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        n => format!("{n} records"),
    }
}
