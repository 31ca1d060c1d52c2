//! `loggia import`: a CSV file becomes records of a module.

use std::io::{IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use app::imports::{self, ImportError, Mapping, OnError, Outcome, Progress};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

/// How many bad values are told to people; a JSON document has more.
const TOLD: usize = 20;

#[derive(Debug, Args)]
pub struct Import {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The module, by its API name
    #[arg(long, value_name = "MODULE")]
    module: String,
    /// The CSV file, its first line the names of the columns; - reads stdin
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// The mapping (TOML): which column becomes which field
    #[arg(long, value_name = "FILE")]
    map: PathBuf,
    /// What to do when a row cannot be taken: import nothing at all, or leave the row out
    #[arg(long, value_enum, default_value_t = Choice::Stop)]
    on_error: Choice,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Choice {
    Stop,
    Skip,
}

impl From<Choice> for OnError {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Stop => Self::Stop,
            Choice::Skip => Self::Skip,
        }
    }
}

impl Import {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let mapping = mapping(&self.map)?;
        let csv = source(&self.file)?;
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let bar = bar(self.json);
        let told = bar.clone();
        let progress = move |progress: Progress| {
            told.set_length(progress.total);
            told.set_position(progress.done);
        };
        let result = imports::run(&ctx, &self.module, &mapping, csv, self.on_error.into(), progress).await;
        bar.finish_and_clear();
        app.close().await;
        self.tell(result)
    }

    /// Tells the outcome on stdout, and why nothing was imported on stderr.
    fn tell(&self, result: Result<Outcome, ImportError>) -> Result<(), Failure> {
        match result {
            Ok(outcome) => output::document(self.json, &outcome, || readable(&outcome)),
            Err(error) => {
                if let (ImportError::Rows(outcome), true) = (&error, self.json) {
                    output::document(true, outcome, String::new)?;
                }
                Err(self.failure(&error))
            }
        }
    }

    fn failure(&self, error: &ImportError) -> Failure {
        let file = self.file.display();
        match error {
            ImportError::Mapping(_) => Failure::Undone(format!("{}: {error}", self.map.display())),
            ImportError::Rows(outcome) if outcome.errors_total > 1 => Failure::Undone(format!(
                "{file}: nothing was imported: {} values cannot be taken\n{}",
                outcome.errors_total,
                told(outcome)
            )),
            ImportError::App(app::Error::Internal(_)) => Failure::of(error),
            _ => Failure::Undone(format!("{file}: {error}")),
        }
    }
}

fn mapping(path: &Path) -> Result<Mapping, Failure> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| Failure::Undone(format!("the mapping {} cannot be read: {error}", path.display())))?;
    Mapping::parse(&text).map_err(|error| Failure::Undone(format!("{}: {error}", path.display())))
}

fn source(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let unreadable = |error: std::io::Error| Failure::Undone(format!("the file {} cannot be read: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // A directory can be opened, and fails only when it is read.
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
    }
    Ok(Box::new(file))
}

/// A bar on stderr for people who watch.
fn bar(json: bool) -> ProgressBar {
    if json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} rows, {eta} left");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn readable(outcome: &Outcome) -> String {
    let changed = match outcome.changed {
        0 => String::new(),
        changed => format!(", changed {changed} records"),
    };
    let first = format!("Imported {} of {} rows{changed}", outcome.created, outcome.rows);
    match outcome.skipped {
        0 => format!("{first}.\n"),
        skipped => format!("{first}; left out {skipped}:\n{}\n", told(outcome)),
    }
}

fn told(outcome: &Outcome) -> String {
    let mut lines: Vec<String> = outcome
        .errors
        .iter()
        .take(TOLD)
        .map(|error| output::plain(&format!("  {error}")))
        .collect();
    let more = outcome.errors_total.saturating_sub(TOLD as u64);
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    lines.join("\n")
}
