//! Chips: the labels that say of which type a message is, and what topics it is about.

use anstyle::Style;

use super::line::Line;
use super::palette::{DIM, PLAIN, topic_chip, type_chip};
use crate::cli::terminal::{Colors, TerminalCapabilities};
use crate::diagnostics::Thousands;
use crate::message::Message;

/// The most chips; a message with more has them by mistake.
const MOST: usize = 20;

/// A label: on a background of its own, or in brackets where there are no colours.
pub(super) fn label(text: &Line, style: Style, colors: Colors) -> Line {
    let [open, close] = if colors == Colors::None { ["[", "]"] } else { [" ", " "] };
    Line::default().with(style, open).and(text).with(style, close)
}

/// The chips of a message, over as many lines as they need. `data` keeps a text from moving what stands beside it.
pub(super) fn chips(
    message: &Message,
    width: usize,
    capabilities: TerminalCapabilities,
    data: impl Fn(Line) -> Line,
) -> Vec<Line> {
    let omission = capabilities.theme.omission();
    let colors = capabilities.colors;
    let topics =
        if message.topics.is_empty() { vec!["default"] } else { message.topics.iter().map(String::as_str).collect() };
    let text =
        |style: Style, text: &str| data(Line::default().with(style, text).cut(width.saturating_sub(2), omission));

    // Each with what stands between it and the one before.
    let mut chips = Vec::new();
    if !message.kind.is_empty() {
        let style = type_chip(colors);
        chips.push((" ", label(&text(style, &message.kind), style, colors)));
    }
    let style = topic_chip(colors);
    let dot = if capabilities.theme.unicode { " · " } else { ", " };
    for (place, topic) in topics.iter().take(MOST).enumerate() {
        let separator = if colors == Colors::None && place > 0 { dot } else { " " };
        let chip = if colors == Colors::None { text(PLAIN, topic) } else { label(&text(style, topic), style, colors) };
        chips.push((separator, chip));
    }
    if topics.len() > MOST {
        chips.push((" ", Line::default().with(DIM, &format!("{omission} {} more", Thousands(topics.len() - MOST)))));
    }

    let mut lines: Vec<Line> = Vec::new();
    for (separator, chip) in chips {
        match lines.last_mut() {
            Some(last) if last.columns() + separator.len() + chip.columns() <= width => {
                last.push(DIM, separator);
                last.append(&chip);
            }
            _ => lines.push(chip),
        }
    }
    lines
}
