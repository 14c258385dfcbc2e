//! The colours of a card, as far as the terminal has them.
//!
//! Text is coloured with the terminal's own sixteen colours, which its owner has made fit its background. Labels bring
//! their own background, and the colours of holes are of a brightness that can be read on black and on white.

use anstyle::{AnsiColor, Color, RgbColor, Style};

use crate::cli::terminal::Colors;

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const UNREAD: Style = AnsiColor::Blue.on_default();
pub(super) const FAILED: Style = AnsiColor::Red.on_default().bold();
pub(super) const FAILED_FRAME: Style = AnsiColor::Red.on_default();
pub(super) const LINK: Style = Style::new().underline();
pub(super) const KEY: Style = AnsiColor::Blue.on_default();
pub(super) const STRING: Style = AnsiColor::Green.on_default();
pub(super) const NUMBER: Style = AnsiColor::Yellow.on_default();
pub(super) const LITERAL: Style = AnsiColor::Magenta.on_default();

const WHITE: RgbColor = RgbColor(255, 255, 255);

/// A label: its background where there are many colours, and its text and background where there are sixteen.
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

/// The style of the type's chip.
pub(super) fn type_chip(colors: Colors) -> Style {
    TYPE.style(colors)
}

/// The style of a topic's chip.
pub(super) fn topic_chip(colors: Colors) -> Style {
    TOPIC.style(colors)
}

/// The style of a button.
pub(super) fn button(colors: Colors) -> Style {
    BUTTON.style(colors)
}

/// A colour as near as the terminal has it.
fn nearest(color: RgbColor, colors: Colors) -> Color {
    if colors == Colors::All { color.into() } else { anstyle_lossy::rgb_to_xterm(color).into() }
}

/// The colours of holes, where there are many: all of one brightness, which can be read on black and on white.
const HOLES: [RgbColor; 10] = [
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

/// The same where there are few.
const FEW_HOLES: [AnsiColor; 6] =
    [AnsiColor::Blue, AnsiColor::Red, AnsiColor::Green, AnsiColor::Magenta, AnsiColor::Yellow, AnsiColor::Cyan];

/// The colour of a hole by its place among the holes; none where there are no colours. They repeat.
pub(super) fn expression_color(place: usize, colors: Colors) -> Option<Color> {
    match colors {
        Colors::None => None,
        Colors::Sixteen => Some(FEW_HOLES[place % FEW_HOLES.len()].into()),
        Colors::Many | Colors::All => Some(nearest(HOLES[place % HOLES.len()], colors)),
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
    fn colors_can_be_read_on_black_and_on_white() {
        for color in HOLES {
            let luminance = luminance(color);
            assert!(contrast(luminance, 1.0) > 4.2 && contrast(luminance, 0.0) > 4.2, "{color:?}");
        }
    }

    #[test]
    fn labels_can_be_read() {
        for Label(background, _) in [TYPE, TOPIC, BUTTON] {
            assert!(contrast(luminance(background), luminance(WHITE)) > 4.5, "{background:?}");
        }
    }
}
