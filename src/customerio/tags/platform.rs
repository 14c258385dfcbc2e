//! Tags that only the platform can fill: each prints a placeholder, always the same.

use super::{countdown, written};
use crate::liquid::engine::output::Output;
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::engine::tag::{Tag, TagDefinition};
use crate::liquid::error::Result;
use crate::liquid::syntax::lexer::Token;
use crate::liquid::syntax::parser::Parser;
use crate::liquid::syntax::part::{Part, Printed};

/// A tag that only the platform can fill. As it always prints the same, it is its own parsed form too.
#[derive(Debug)]
pub struct PlatformTag {
    /// Its name.
    pub name: &'static str,
    /// What it prints here. Links lead to `.invalid`, where there never is anything.
    pub placeholder: &'static str,
    /// Whether it makes sense in email only, so that it is a mistake in an inbox message. The documentation says so of
    /// `view_in_browser_url`, and describes the others that are marked as parts of an email.
    pub is_email_only: bool,
    /// Checks the arguments.
    check: CheckArguments,
}

/// Checks the arguments of a tag, and reports what is wrong with them.
type CheckArguments = for<'a> fn(&mut Parser<'a>, &Token<'a>) -> Result<()>;

/// All tags that only the platform can fill.
///
/// ```
/// use inkproof::customerio::{render, tags::PLATFORM};
/// let tag = PLATFORM.iter().find(|tag| tag.name == "unsubscribe_url").unwrap();
/// assert!(tag.is_email_only);
/// assert_eq!(render("{% unsubscribe_url %}", "{}").unwrap(), tag.placeholder);
/// ```
pub static PLATFORM: [PlatformTag; 8] = [
    PlatformTag::new("cio_link_id", "placeholder-link-id"),
    PlatformTag::new("countdown", "https://placeholder.invalid/countdown.gif")
        .email_only()
        .with_arguments(countdown::check),
    PlatformTag::new("manage_subscription_preferences_url", "https://placeholder.invalid/subscription-preferences")
        .email_only(),
    PlatformTag::new("subscription_topic_name", "Placeholder topic").with_arguments(check_language),
    PlatformTag::new("tracking_consent_url", "https://placeholder.invalid/tracking-consent").email_only(),
    PlatformTag::new("unsubscribe", r#"<a href="https://placeholder.invalid/unsubscribe">Unsubscribe</a>"#)
        .email_only(),
    PlatformTag::new("unsubscribe_url", "https://placeholder.invalid/unsubscribe").email_only(),
    PlatformTag::new("view_in_browser_url", "https://placeholder.invalid/view-in-browser").email_only(),
];

/// [`PLATFORM`] as templates use it, row by row.
pub const DEFINITIONS: [TagDefinition; PLATFORM.len()] = [
    definition::<0>(),
    definition::<1>(),
    definition::<2>(),
    definition::<3>(),
    definition::<4>(),
    definition::<5>(),
    definition::<6>(),
    definition::<7>(),
];

const fn definition<const ROW: usize>() -> TagDefinition {
    TagDefinition { name: PLATFORM[ROW].name, parse: parse::<ROW> }
}

/// Parses the tag of a row. A parse function is a plain function, so the row is a parameter of its type.
fn parse<'a, const ROW: usize>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    (PLATFORM[ROW].check)(parser, &token)?;
    Ok(&PLATFORM[ROW])
}

impl PlatformTag {
    const fn new(name: &'static str, placeholder: &'static str) -> Self {
        Self { name, placeholder, is_email_only: false, check: check_none }
    }

    const fn email_only(mut self) -> Self {
        self.is_email_only = true;
        self
    }

    const fn with_arguments(mut self, check: CheckArguments) -> Self {
        self.check = check;
        self
    }
}

fn check_none<'a>(parser: &mut Parser<'a>, token: &Token<'a>) -> Result<()> {
    parser.expect_no_arguments(token, token);
    Ok(())
}

/// Checks a tag that may have `lang='pt'`, the language of what it prints.
fn check_language<'a>(parser: &mut Parser<'a>, token: &Token<'a>) -> Result<()> {
    written::arguments(parser, token, '=', &["lang"]).map(drop)
}

impl Tag for PlatformTag {
    fn render<'a>(&'a self, _: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        out.write_str(self.placeholder)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Print(Printed::Text(self.placeholder))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_definition_belongs_to_its_row() {
        for (definition, row) in DEFINITIONS.iter().zip(&PLATFORM) {
            assert_eq!(definition.name, row.name);
            let arguments = match row.name {
                "countdown" => " point:64 fg:000000 bg:f2f6f9 time:\"2022-07-04 12:00:00 (GMT)\"",
                _ => "",
            };
            let template = format!("{{% {}{arguments} %}}", row.name);
            assert_eq!(crate::customerio::render(&template, "{}").unwrap(), row.placeholder);
        }
    }
}
