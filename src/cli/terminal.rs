//! The terminal: its width and capabilities.

use std::env;
use std::io::{self, IsTerminal};

use anstream::{AutoStream, ColorChoice};
use supports_hyperlinks::Stream;
use terminal_size::{Width, terminal_size};

use crate::diagnostics::Theme;

/// The width if it cannot be determined.
const DEFAULT_WIDTH: usize = 80;

/// The capabilities of standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TerminalCapabilities {
    /// The theme, which findings use too.
    pub(super) theme: Theme,
    pub(super) colors: Colors,
    /// Whether it supports hyperlinks.
    pub(super) hyperlinks: bool,
    /// Whether to isolate right-to-left text, so that it does not reorder its surroundings.
    pub(super) isolates: bool,
}

impl TerminalCapabilities {
    /// The same with another width in columns.
    pub(super) fn with_width(self, width: usize) -> Self {
        Self { theme: Theme { width, ..self.theme }, ..self }
    }
}

/// How many colours are supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colors {
    None,
    Sixteen,
    /// The 256 of `xterm`.
    Many,
    /// 24-bit true colour.
    All,
}

/// The theme for this terminal, in ASCII if requested. Colours are always written; the stream strips them if they are not
/// wanted.
pub(super) fn theme(ascii: bool) -> Theme {
    Theme { color: true, unicode: !ascii && draws_unicode(), width: width() }
}

/// The capabilities of standard output, in ASCII if requested.
pub(super) fn capabilities(ascii: bool) -> TerminalCapabilities {
    let theme = theme(ascii);
    let colors = colors();
    let is_terminal = io::stdout().is_terminal() && !is_dumb();
    TerminalCapabilities {
        theme,
        colors,
        hyperlinks: colors != Colors::None && supports_hyperlinks::on(Stream::Stdout),
        // The Linux console draws a box for each unknown character.
        isolates: theme.unicode && is_terminal && variable("TERM").as_deref() != Some("linux"),
    }
}

/// Whether the terminal supports plain lines only.
pub(super) fn is_dumb() -> bool {
    variable("TERM").as_deref() == Some("dumb")
}

/// The colours of standard output, from the flag, the stream and the environment.
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

/// The most columns that are used, because lines are padded to the width.
const MAX_WIDTH: usize = 1000;

/// The columns of the terminal, or of `COLUMNS`.
fn width() -> usize {
    let of_terminal = || terminal_size().map(|(Width(columns), _)| usize::from(columns));
    let of_environment = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    of_environment
        .or_else(of_terminal)
        .filter(|columns| *columns > 0)
        .map_or(DEFAULT_WIDTH, |columns| columns.min(MAX_WIDTH))
}

/// Whether Unicode can be drawn: unless the locale is `C` or `POSIX`.
fn draws_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    !matches!(locale.as_deref(), Some("C" | "POSIX"))
}

/// An environment variable; `None` if unset or empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
