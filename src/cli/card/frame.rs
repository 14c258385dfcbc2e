//! The box around a card.

use anstyle::Style;

use super::line::StyledLine;
use super::palette::PLAIN;

/// A box of a fixed width, with one column of margin on the left.
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

    /// The columns inside the box.
    pub(super) const fn inner_width(&self) -> usize {
        self.width - 5
    }

    /// Draws the box around the lines. All lines have the same width.
    pub(super) fn enclose(&self, lines: Vec<StyledLine>, style: Style) -> Vec<StyledLine> {
        let [top_left, top_right, bottom_left, bottom_right] = self.corners;
        let bar = self.horizontal.repeat(self.inner_width() + 2);
        let edge = |left: &str, right: &str| {
            StyledLine::default().with(PLAIN, " ").with(style, left).with(style, &bar).with(style, right)
        };
        let left = StyledLine::default().with(PLAIN, " ").with(style, self.vertical).with(PLAIN, " ");
        let right = StyledLine::default().with(PLAIN, " ").with(style, self.vertical);
        let middle = lines.into_iter().map(|line| {
            // Lines already fit; cutting keeps the box intact if one does not.
            left.clone().with_line(&line.cut(self.inner_width(), "").padded(self.inner_width())).with_line(&right)
        });
        std::iter::once(edge(top_left, top_right)).chain(middle).chain([edge(bottom_left, bottom_right)]).collect()
    }
}
