//! Tags that only the platform can fill: each prints a placeholder, always the same.

use super::{countdown, written};
use crate::liquid::engine::output::Output;
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::engine::tag::{NoopTag, ParseTag, Tag, TagDefinition};
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
    /// How it is parsed.
    pub parse: ParseTag,
}

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
    PlatformTag::new("countdown", "https://placeholder.invalid/countdown.gif").email_only().parsed_by(countdown::parse),
    PlatformTag::new("manage_subscription_preferences_url", "https://placeholder.invalid/subscription-preferences")
        .email_only(),
    PlatformTag::new("subscription_topic_name", "Placeholder topic").parsed_by(parse_with_language),
    PlatformTag::new("tracking_consent_url", "https://placeholder.invalid/tracking-consent").email_only(),
    PlatformTag::new("unsubscribe", r#"<a href="https://placeholder.invalid/unsubscribe">Unsubscribe</a>"#)
        .email_only(),
    PlatformTag::new("unsubscribe_url", "https://placeholder.invalid/unsubscribe").email_only(),
    PlatformTag::new("view_in_browser_url", "https://placeholder.invalid/view-in-browser").email_only(),
];

impl PlatformTag {
    const fn new(name: &'static str, placeholder: &'static str) -> Self {
        Self { name, placeholder, is_email_only: false, parse }
    }

    const fn email_only(mut self) -> Self {
        self.is_email_only = true;
        self
    }

    const fn parsed_by(mut self, parse: ParseTag) -> Self {
        self.parse = parse;
        self
    }

    /// The tag as templates can use it.
    #[must_use]
    pub const fn definition(&self) -> TagDefinition {
        TagDefinition { name: self.name, parse: self.parse }
    }

    /// The row of the tag that `token` is, parsed.
    pub(super) fn of(token: &Token<'_>) -> &'static dyn Tag {
        match PLATFORM.iter().find(|tag| tag.name == token.tag_name()) {
            Some(tag) => tag,
            None => &NoopTag,
        }
    }
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    parser.expect_no_arguments(&token, &token);
    Ok(PlatformTag::of(&token))
}

/// Reads a tag that may have `lang='pt'`, the language of what it prints.
fn parse_with_language<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    written::arguments(parser, &token, '=', &["lang"])?;
    Ok(PlatformTag::of(&token))
}

impl Tag for PlatformTag {
    fn render<'a>(&'a self, _: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        out.write_str(self.placeholder)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Print(Printed::Text(self.placeholder))]
    }
}
