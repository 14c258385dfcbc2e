//! The page about files that cannot be used. Their codes are not rules; each has a section of this page.

/// The page, a section for each code.
const PAGE: &str = include_str!("../../docs/rules/files.md");

/// The start of a section.
const HEADING: &str = "\n## ";

/// The codes, each with its section.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.split(HEADING).skip(1).map(|section| (section.lines().next().unwrap_or_default(), section))
}

/// The section about a code, starting with the code.
pub(super) fn section(code: &str) -> Option<&'static str> {
    sections().find(|(known, _)| *known == code).map(|(_, section)| section)
}

/// The codes, in order.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    sections().map(|(code, _)| code)
}
