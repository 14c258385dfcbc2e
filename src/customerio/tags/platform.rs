//! Tags that only the platform can fill: each prints a placeholder, always the same.

use super::{countdown, written};
use crate::liquid::engine::output::Output;
use crate::liquid::engine::row::{Argument, Example, Kind};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::engine::tag::{NoopTag, Tag, TagDefinition};
use crate::liquid::error::Result;
use crate::liquid::syntax::lexer::Token;
use crate::liquid::syntax::parser::Parser;
use crate::liquid::syntax::part::{Part, Printed};

/// A tag that only the platform can fill. As it always prints the same, it is its own parsed form too.
#[derive(Debug)]
pub struct PlatformTag {
    /// The row that describes it.
    pub definition: TagDefinition,
    /// What it prints here. Links lead to `.invalid`, where there never is anything.
    pub placeholder: &'static str,
    /// Whether it makes sense in email only, so that it is a mistake in an inbox message. The documentation says so of
    /// `view_in_browser_url`, and describes the others that are marked as parts of an email.
    pub is_email_only: bool,
}

/// All tags that only the platform can fill.
///
/// ```
/// use inkproof::customerio::{render, tags::PLATFORM};
/// let tag = PLATFORM.iter().find(|tag| tag.definition.name == "unsubscribe_url").unwrap();
/// assert!(tag.is_email_only);
/// assert_eq!(render("{% unsubscribe_url %}", "{}").unwrap(), tag.placeholder);
/// ```
pub static PLATFORM: [PlatformTag; 8] = [
    tag(
        TagDefinition::new("cio_link_id", parse)
            .syntax("{% cio_link_id %}")
            .summary("Prints the id of a tracked link."),
        &[Example::new("{% cio_link_id %}", "placeholder-link-id")],
    ),
    tag(
        TagDefinition::new("countdown", countdown::parse)
            .syntax(r#"{% countdown point:64 time:"2022-07-04 12:00:00 (GMT)" fg:000000 bg:f2f6f9 %}"#)
            .summary("Prints the URL of an animated image that counts down to a time.")
            .arguments(&countdown::ARGUMENTS),
        &[Example::new(
            r#"{% countdown point:64 time:"2022-07-04 12:00:00 (GMT)" fg:000000 bg:f2f6f9 %}"#,
            "https://placeholder.invalid/countdown.gif",
        )],
    )
    .email_only(),
    tag(
        TagDefinition::new("manage_subscription_preferences_url", parse)
            .syntax("{% manage_subscription_preferences_url %}")
            .summary("Prints the URL of the subscription center."),
        &[Example::new(
            "{% manage_subscription_preferences_url %}",
            "https://placeholder.invalid/subscription-preferences",
        )],
    )
    .email_only(),
    tag(
        TagDefinition::new("subscription_topic_name", parse_with_language)
            .syntax("{% subscription_topic_name lang='pt' %}")
            .summary("Prints the name of the message's subscription topic, in a language.")
            .arguments(&[Argument::named("lang", Kind::String)]),
        &[Example::new("{% subscription_topic_name %}", "Placeholder topic")],
    ),
    tag(
        TagDefinition::new("tracking_consent_url", parse)
            .syntax("{% tracking_consent_url %}")
            .summary("Prints the URL where a person agrees to tracking."),
        &[Example::new("{% tracking_consent_url %}", "https://placeholder.invalid/tracking-consent")],
    )
    .email_only(),
    tag(
        TagDefinition::new("unsubscribe", parse)
            .syntax("{% unsubscribe %}")
            .summary("Prints an HTML link to unsubscribe."),
        &[Example::new("{% unsubscribe %}", r#"<a href="https://placeholder.invalid/unsubscribe">Unsubscribe</a>"#)],
    )
    .email_only(),
    tag(
        TagDefinition::new("unsubscribe_url", parse)
            .syntax("{% unsubscribe_url %}")
            .summary("Prints the URL to unsubscribe."),
        &[Example::new("{% unsubscribe_url %}", "https://placeholder.invalid/unsubscribe")],
    )
    .email_only(),
    tag(
        TagDefinition::new("view_in_browser_url", parse)
            .syntax("{% view_in_browser_url %}")
            .summary("Prints the URL of the email as a web page."),
        &[Example::new("{% view_in_browser_url %}", "https://placeholder.invalid/view-in-browser")],
    )
    .email_only(),
];

/// The tag of a row, which prints what its only example does.
const fn tag(definition: TagDefinition, example: &'static [Example; 1]) -> PlatformTag {
    let placeholder = example[0].output;
    PlatformTag { definition: definition.examples(example), placeholder, is_email_only: false }
}

impl PlatformTag {
    const fn email_only(mut self) -> Self {
        self.is_email_only = true;
        self
    }

    /// The row of the tag that `token` is, parsed.
    pub(super) fn of(token: &Token<'_>) -> &'static dyn Tag {
        match PLATFORM.iter().find(|tag| tag.definition.name == token.tag_name()) {
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
