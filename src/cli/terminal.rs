//! The terminal: how wide it is and what it can draw.

use std::env;
use std::io::{self, IsTerminal};

use anstream::{AutoStream, ColorChoice};
use supports_hyperlinks::Stream;
use terminal_size::{Width, terminal_size};

use crate::diagnostics::Theme;

/// The width where nobody says otherwise.
const DEFAULT_WIDTH: usize = 80;

/// What standard output can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TerminalCapabilities {
    /// What findings are told with, too.
    pub(super) theme: Theme,
    pub(super) colors: Colors,
    /// Whether it knows links.
    pub(super) hyperlinks: bool,
    /// Whether text from right to left is to be kept from moving what stands around it.
    pub(super) isolates: bool,
}

impl TerminalCapabilities {
    /// A part of it, some columns wide.
    pub(super) fn with_width(self, width: usize) -> Self {
        Self { theme: Theme { width, ..self.theme }, ..self }
    }
}

/// How many colours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colors {
    None,
    Sixteen,
    /// The 256 of `xterm`.
    Many,
    /// All of red, green and blue.
    All,
}

/// How things look on this terminal, in ASCII where that is wanted. Colours are always written; the stream takes them out where
/// they are not wanted.
pub(super) fn theme(ascii: bool) -> Theme {
    Theme { color: true, unicode: !ascii && draws_unicode(), width: width() }
}

/// What standard output can show; ASCII only where that is wanted.
pub(super) fn capabilities(ascii: bool) -> TerminalCapabilities {
    let theme = theme(ascii);
    let colors = colors();
    let is_terminal = io::stdout().is_terminal() && !is_dumb();
    TerminalCapabilities {
        theme,
        colors,
        hyperlinks: colors != Colors::None && supports_hyperlinks::on(Stream::Stdout),
        // The console of Linux draws a box for each character that it does not know.
        isolates: theme.unicode && is_terminal && variable("TERM").as_deref() != Some("linux"),
    }
}

/// Whether the terminal shows lines and nothing else.
pub(super) fn is_dumb() -> bool {
    variable("TERM").as_deref() == Some("dumb")
}

/// The colours of standard output, as the flag, the stream and the environment have it.
fn colors() -> Colors {
    if AutoStream::choice(&io::stdout()) == ColorChoice::Never {
        return Colors::None;
    }
    let term = variable("TERM").unwrap_or_default();
    if anstyle_query::truecolor() || term.ends_with("-direct") {
        Colors::All
    } else if term.contains("256color") {
        Colors::Many
    } else {
        Colors::Sixteen
    }
}

/// The columns of the terminal, or of `COLUMNS`.
fn width() -> usize {
    let of_terminal = || terminal_size().map(|(Width(columns), _)| usize::from(columns));
    let of_environment = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    of_environment.or_else(of_terminal).filter(|columns| *columns > 0).unwrap_or(DEFAULT_WIDTH)
}

/// Only a locale that is plainly without Unicode is taken at its word.
fn draws_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    !matches!(locale.as_deref(), Some("C" | "POSIX"))
}

/// What a variable of the environment holds; none where that is nothing.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
