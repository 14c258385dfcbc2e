//! `--watch`: without a terminal, and at one.

mod plain;
mod screen;
