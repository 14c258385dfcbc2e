//! Chips: labels with the type and the topics of a message.

use anstyle::Style;

use super::line::StyledLine;
use super::palette::{DIM, PLAIN, topic_chip, type_chip};
use crate::cli::terminal::{Colors, TerminalCapabilities};
use crate::diagnostics::Thousands;
use crate::message::Message;

/// Topics shown; a message with more than this is probably a mistake.
const MAX_TOPICS: usize = 20;

/// A label on a coloured background, or in brackets if the terminal has no colours.
pub(super) fn label(text: &StyledLine, style: Style, colors: Colors) -> StyledLine {
    let [open, close] = if colors == Colors::None { ["[", "]"] } else { [" ", " "] };
    StyledLine::default().with(style, open).with_line(text).with(style, close)
}

/// The chips of a message, on as many lines as they need. `isolate` wraps a message's strings in bidi isolates, so that
/// right-to-left text does not reorder what is around it.
pub(super) fn chips(
    message: &Message,
    width: usize,
    capabilities: TerminalCapabilities,
    isolate: impl Fn(StyledLine) -> StyledLine,
) -> Vec<StyledLine> {
    let omission = capabilities.theme.omission();
    let colors = capabilities.colors;
    let topics =
        if message.topics.is_empty() { vec!["default"] } else { message.topics.iter().map(String::as_str).collect() };
    let text = |style: Style, text: &str| {
        isolate(StyledLine::default().with(style, text).cut(width.saturating_sub(2), omission))
    };

    // Each chip with the separator before it.
    let mut chips = Vec::new();
    if !message.kind.is_empty() {
        let style = type_chip(colors);
        chips.push((" ", label(&text(style, &message.kind), style, colors)));
    }
    let style = topic_chip(colors);
    let dot = if capabilities.theme.unicode { " · " } else { ", " };
    for (index, topic) in topics.iter().take(MAX_TOPICS).enumerate() {
        let separator = if colors == Colors::None && index > 0 { dot } else { " " };
        let chip = if colors == Colors::None { text(PLAIN, topic) } else { label(&text(style, topic), style, colors) };
        chips.push((separator, chip));
    }
    if topics.len() > MAX_TOPICS {
        chips.push((
            " ",
            StyledLine::default().with(DIM, &format!("{omission} {} more", Thousands(topics.len() - MAX_TOPICS))),
        ));
    }

    let mut lines: Vec<StyledLine> = Vec::new();
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
