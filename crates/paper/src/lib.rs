//! Paper: a sheet with a table, such as an invoice, as a PDF file.
//!
//! Nothing here knows what is written there: whoever prints brings the words, and the fonts.

mod fonts;
mod layout;
mod pen;

pub use fonts::Fonts;

use krilla::Document;
use krilla::metadata::Metadata;

/// What stands on the sheet, from the top to the bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    pub title: String,
    /// Two blocks beside each other, each with a head: who writes, and to whom.
    pub parties: [Block; 2],
    /// Names and what they are: `Issued`, `2026-11-28`.
    pub facts: Vec<(String, String)>,
    /// The head of the table and its rows. The first column is wide, all others are numbers.
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// What the rows come to; the last is the one that counts.
    pub totals: Vec<(String, String)>,
    pub notes: Vec<String>,
}

/// Lines below a head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    pub head: String,
    pub lines: Vec<String>,
}

/// The sheet cannot be printed.
#[derive(Debug, thiserror::Error)]
pub enum Unprintable {
    #[error("a font for printing cannot be read")]
    Font,
    #[error("the file cannot be written: {0}")]
    File(String),
}

/// Prints a sheet on as many pages as it needs: the bytes of a PDF file.
pub fn print(sheet: &Sheet, fonts: &Fonts) -> Result<Vec<u8>, Unprintable> {
    let mut document = Document::new();
    let metadata = Metadata::new().title(sheet.title.clone()).creator("Loggia".to_owned());
    document.set_metadata(metadata.language("en".to_owned()));
    layout::lay(&mut document, sheet, fonts)?;
    document.finish().map_err(|error| Unprintable::File(format!("{error:?}")))
}
