//! The terminal: how wide it is and what it can draw.

use std::env;

use terminal_size::{Width, terminal_size};

use crate::diagnostics::Look;

/// The width where nobody says otherwise.
const DEFAULT_WIDTH: usize = 80;

/// How things look on this terminal. Colours are always written; the stream takes them out where they are not wanted.
pub(super) fn look() -> Look {
    Look { color: true, unicode: draws_unicode(), width: width() }
}

/// The columns of the terminal, or of `COLUMNS`.
fn width() -> usize {
    let of_terminal = || terminal_size().map(|(Width(columns), _)| usize::from(columns));
    let of_environment = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    of_environment.or_else(of_terminal).filter(|columns| *columns > 0).unwrap_or(DEFAULT_WIDTH)
}

/// Only a locale that is plainly without Unicode is taken at its word.
fn draws_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(|name| env::var(name).ok())
        .find(|value| !value.is_empty());
    !matches!(locale.as_deref(), Some("C" | "POSIX"))
}
