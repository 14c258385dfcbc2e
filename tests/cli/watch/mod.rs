//! `--watch`, with and without a terminal.

mod plain;
mod screen;
