//! Two weights of a font, and how wide texts are in them.

use krilla::text::Font;
use ttf_parser::Face;

use crate::Unprintable;

/// The fonts that are printed with.
pub struct Fonts {
    pub(crate) regular: Weight,
    pub(crate) bold: Weight,
}

/// One of them.
pub(crate) struct Weight {
    pub font: Font,
    file: Vec<u8>,
}

impl Fonts {
    /// Reads two TrueType files.
    pub fn read(regular: &[u8], bold: &[u8]) -> Result<Self, Unprintable> {
        Ok(Self {
            regular: Weight::read(regular)?,
            bold: Weight::read(bold)?,
        })
    }
}

impl Weight {
    fn read(file: &[u8]) -> Result<Self, Unprintable> {
        Face::parse(file, 0).map_err(|_| Unprintable::Font)?;
        Ok(Self {
            font: Font::new(file.to_vec().into(), 0).ok_or(Unprintable::Font)?,
            file: file.to_vec(),
        })
    }

    /// How wide a text is, in points, at a size in points. Kerning is left out: figures have none.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let Ok(face) = Face::parse(&self.file, 0) else { return 0.0 };
        let advance = |letter: char| {
            face.glyph_index(letter)
                .and_then(|glyph| face.glyph_hor_advance(glyph))
                .unwrap_or(0)
        };
        let units: u32 = text.chars().map(|letter| u32::from(advance(letter))).sum();
        #[expect(clippy::cast_precision_loss, reason = "a line has few units")]
        let units = units as f32;
        units * size / f32::from(face.units_per_em())
    }

    /// A text in lines that are at most so wide. A word that is wider has a line of its own.
    pub fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            let longer = lines.last().map(|line| format!("{line} {word}"));
            match longer.filter(|line| self.width(line, size) <= width) {
                Some(line) => drop(lines.pop().map(|_| lines.push(line))),
                None => lines.push(word.to_owned()),
            }
        }
        lines
    }
}
