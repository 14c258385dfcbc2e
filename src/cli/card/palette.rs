//! The colours of a card, reduced to what the terminal supports.
//!
//! Text uses the terminal's sixteen colours, which the user's theme fits to the background. Labels set their own
//! background. The colours of expressions have a brightness that is readable on black and on white.

use anstyle::{AnsiColor, Color, RgbColor, Style};

use crate::cli::terminal::Colors;

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const UNREAD: Style = AnsiColor::Blue.on_default();
pub(super) const FAILED: Style = AnsiColor::Red.on_default().bold();
pub(super) const FAILED_FRAME: Style = AnsiColor::Red.on_default();
pub(super) const EXPECTED: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const EXPECTED_FRAME: Style = AnsiColor::Yellow.on_default();
pub(super) const LINK: Style = Style::new().underline();
pub(super) const KEY: Style = AnsiColor::Blue.on_default();
pub(super) const STRING: Style = AnsiColor::Green.on_default();
pub(super) const NUMBER: Style = AnsiColor::Yellow.on_default();
pub(super) const LITERAL: Style = AnsiColor::Magenta.on_default();

const WHITE: RgbColor = RgbColor(255, 255, 255);

/// A label: its background if the terminal has 256 colours or more, and its text and background if it has sixteen.
struct Label(RgbColor, [AnsiColor; 2]);

const TYPE: Label = Label(RgbColor(109, 64, 201), [AnsiColor::BrightWhite, AnsiColor::Magenta]);
const TOPIC: Label = Label(RgbColor(82, 96, 117), [AnsiColor::Black, AnsiColor::Cyan]);
const BUTTON: Label = Label(RgbColor(29, 95, 209), [AnsiColor::BrightWhite, AnsiColor::Blue]);

impl Label {
    fn style(&self, colors: Colors) -> Style {
        let Self(background, few) = self;
        match colors {
            Colors::None => PLAIN,
            Colors::Sixteen => few[0].on(few[1]),
            Colors::Many | Colors::All => {
                Style::new().fg_color(Some(nearest(WHITE, colors))).bg_color(Some(nearest(*background, colors)))
            }
        }
    }
}

/// The style of the chip with a message's type.
pub(super) fn type_chip(colors: Colors) -> Style {
    TYPE.style(colors)
}

/// The style of the chip with a topic.
pub(super) fn topic_chip(colors: Colors) -> Style {
    TOPIC.style(colors)
}

/// The style of a button.
pub(super) fn button(colors: Colors) -> Style {
    BUTTON.style(colors)
}

/// The nearest colour that the terminal supports.
fn nearest(color: RgbColor, colors: Colors) -> Color {
    if colors == Colors::All { color.into() } else { anstyle_lossy::rgb_to_xterm(color).into() }
}

/// The colours of expressions, if the terminal has 256 colours or more. All have the same brightness, which is readable on
/// black and on white.
const EXPRESSION_COLORS: [RgbColor; 10] = [
    RgbColor(1, 125, 214),
    RgbColor(222, 65, 22),
    RgbColor(4, 141, 64),
    RgbColor(180, 79, 202),
    RgbColor(155, 116, 5),
    RgbColor(6, 136, 137),
    RgbColor(120, 101, 239),
    RgbColor(217, 60, 125),
    RgbColor(110, 131, 6),
    RgbColor(190, 97, 2),
];

/// The colours of expressions, if the terminal has sixteen colours.
const SIXTEEN_EXPRESSION_COLORS: [AnsiColor; 6] =
    [AnsiColor::Blue, AnsiColor::Red, AnsiColor::Green, AnsiColor::Magenta, AnsiColor::Yellow, AnsiColor::Cyan];

/// The colour of the expression with this index; `None` if the terminal has no colours. Colours repeat.
pub(super) fn expression_color(index: usize, colors: Colors) -> Option<Color> {
    match colors {
        Colors::None => None,
        Colors::Sixteen => Some(SIXTEEN_EXPRESSION_COLORS[index % SIXTEEN_EXPRESSION_COLORS.len()].into()),
        Colors::Many | Colors::All => Some(nearest(EXPRESSION_COLORS[index % EXPRESSION_COLORS.len()], colors)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two luminances as WCAG 2 defines it.
    fn contrast(one: f64, other: f64) -> f64 {
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(RgbColor(red, green, blue): RgbColor) -> f64 {
        let linear = |channel: u8| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    #[test]
    fn expression_colors_are_readable_on_black_and_on_white() {
        for color in EXPRESSION_COLORS {
            let luminance = luminance(color);
            assert!(contrast(luminance, 1.0) > 4.2 && contrast(luminance, 0.0) > 4.2, "{color:?}");
        }
    }

    #[test]
    fn labels_are_readable() {
        for Label(background, _) in [TYPE, TOPIC, BUTTON] {
            assert!(contrast(luminance(background), luminance(WHITE)) > 4.5, "{background:?}");
        }
    }
}
