//! The whole screen of a terminal: rows of styled text, which replace each other.

mod display;
mod rows;

use std::io::{self, IsTerminal};

use super::terminal;
pub(super) use display::{Display, restore, size};
pub(super) use rows::rows;

/// Whether a full-screen display is possible: standard input and output are an interactive terminal.
pub(super) fn is_available() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal() && !terminal::is_dumb()
}
