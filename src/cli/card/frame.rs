//! The box around a card.

use anstyle::Style;

use super::line::Line;
use super::palette::PLAIN;

/// A box of a width, with a column of margin at its left.
pub(super) struct Frame {
    width: usize,
    horizontal: &'static str,
    vertical: &'static str,
    corners: [&'static str; 4],
}

impl Frame {
    pub(super) const fn new(width: usize, unicode: bool) -> Self {
        if unicode {
            Self { width, horizontal: "─", vertical: "│", corners: ["╭", "╮", "╰", "╯"] }
        } else {
            Self { width, horizontal: "-", vertical: "|", corners: ["+", "+", "+", "+"] }
        }
    }

    /// The columns inside.
    pub(super) const fn inner(&self) -> usize {
        self.width - 5
    }

    /// The lines with the box around them, all equally wide.
    pub(super) fn around(&self, lines: Vec<Line>, style: Style) -> Vec<Line> {
        let [top_left, top_right, bottom_left, bottom_right] = self.corners;
        let bar = self.horizontal.repeat(self.inner() + 2);
        let end = |left: &str, right: &str| {
            Line::default().with(PLAIN, " ").with(style, left).with(style, &bar).with(style, right)
        };
        let left = Line::default().with(PLAIN, " ").with(style, self.vertical).with(PLAIN, " ");
        let right = Line::default().with(PLAIN, " ").with(style, self.vertical);
        let middle = lines.into_iter().map(|line| {
            // Nothing is wider by now; but should it be, the box holds.
            left.clone().and(&line.cut(self.inner(), "").padded(self.inner())).and(&right)
        });
        std::iter::once(end(top_left, top_right)).chain(middle).chain([end(bottom_left, bottom_right)]).collect()
    }
}
