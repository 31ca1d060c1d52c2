//! Drawing on one page: texts and rules, in points from the upper left corner.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::TextDirection;

use crate::fonts::Weight;

/// How dark something is.
#[derive(Clone, Copy)]
pub enum Ink {
    Dark,
    Soft,
    Line,
}

impl Ink {
    fn fill(self) -> Fill {
        let (red, green, blue) = match self {
            Self::Dark => (24, 29, 38),
            Self::Soft => (95, 102, 115),
            Self::Line => (214, 217, 222),
        };
        Fill {
            paint: rgb::Color::new(red, green, blue).into(),
            opacity: NormalizedF32::ONE,
            rule: krilla::paint::FillRule::default(),
        }
    }
}

/// A page that is drawn on.
pub struct Pen<'a, 'b> {
    pub surface: &'a mut Surface<'b>,
}

impl Pen<'_, '_> {
    /// Writes a text with its foot at `y`, from `x` on.
    pub fn text(&mut self, (x, y): (f32, f32), weight: &Weight, size: f32, ink: Ink, text: &str) {
        self.surface.set_fill(Some(ink.fill()));
        let start = Point::from_xy(x, y);
        self.surface
            .draw_text(start, weight.font.clone(), size, text, false, TextDirection::Auto);
    }

    /// The same, ending at `x`.
    pub fn text_to(&mut self, (x, y): (f32, f32), weight: &Weight, size: f32, ink: Ink, text: &str) {
        self.text((x - weight.width(text, size), y), weight, size, ink, text);
    }

    /// A thin line from the left to the right.
    pub fn rule(&mut self, (x, y): (f32, f32), width: f32) {
        let Some(rect) = Rect::from_xywh(x, y, width, 0.6) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        if let Some(path) = path.finish() {
            self.surface.set_fill(Some(Ink::Line.fill()));
            self.surface.draw_path(&path);
        }
    }
}
