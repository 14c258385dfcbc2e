//! Tags that only the platform can fill. Each prints a fixed placeholder.

use super::{countdown, raw_argument};
use crate::liquid::engine::output::Output;
use crate::liquid::engine::row::{Argument, Example, Kind};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::engine::tag::{Tag, TagDefinition};
use crate::liquid::error::Result;
use crate::liquid::syntax::lexer::Token;
use crate::liquid::syntax::parser::Parser;
use crate::liquid::syntax::part::{Part, Printed};

/// A tag that only the platform can fill. Its output is fixed, so it is its own parsed form.
#[derive(Debug)]
pub struct PlatformTag {
    /// The row that describes it.
    pub definition: TagDefinition,
    /// Its output here. URLs are in the reserved domain `.invalid`, which never resolves.
    pub placeholder: &'static str,
    /// Whether it is only useful in email, so that it is a mistake in an inbox message. The documentation says this of
    /// `view_in_browser_url`, and describes the others that are marked as parts of an email.
    pub is_email_only: bool,
    /// Checks its arguments.
    check: CheckArguments,
}

/// Checks the arguments of a tag, and reports the errors in them.
type CheckArguments = for<'a> fn(&mut Parser<'a>, &Token<'a>) -> Result<()>;

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
        TagDefinition::new("cio_link_id", parse::<0>)
            .syntax("{% cio_link_id %}")
            .summary("Prints the id of a tracked link."),
        &[Example::new("{% cio_link_id %}", "placeholder-link-id")],
    ),
    tag(
        TagDefinition::new("countdown", parse::<1>)
            .syntax(r#"{% countdown point:64 time:"2022-07-04 12:00:00 (GMT)" fg:000000 bg:f2f6f9 %}"#)
            .summary("Prints the URL of an animated image that counts down to a time.")
            .arguments(&countdown::ARGUMENTS),
        &[Example::new(
            r#"{% countdown point:64 time:"2022-07-04 12:00:00 (GMT)" fg:000000 bg:f2f6f9 %}"#,
            "https://placeholder.invalid/countdown.gif",
        )],
    )
    .with_check(countdown::check)
    .email_only(),
    tag(
        TagDefinition::new("manage_subscription_preferences_url", parse::<2>)
            .syntax("{% manage_subscription_preferences_url %}")
            .summary("Prints the URL of the subscription center."),
        &[Example::new(
            "{% manage_subscription_preferences_url %}",
            "https://placeholder.invalid/subscription-preferences",
        )],
    )
    .email_only(),
    tag(
        TagDefinition::new("subscription_topic_name", parse::<3>)
            .syntax("{% subscription_topic_name lang='pt' %}")
            .summary("Prints the name of the message's subscription topic, in a language.")
            .arguments(&[Argument::named("lang", Kind::String)]),
        &[Example::new("{% subscription_topic_name %}", "Placeholder topic")],
    )
    .with_check(check_language),
    tag(
        TagDefinition::new("tracking_consent_url", parse::<4>)
            .syntax("{% tracking_consent_url %}")
            .summary("Prints the URL where a person agrees to tracking."),
        &[Example::new("{% tracking_consent_url %}", "https://placeholder.invalid/tracking-consent")],
    )
    .email_only(),
    tag(
        TagDefinition::new("unsubscribe", parse::<5>)
            .syntax("{% unsubscribe %}")
            .summary("Prints an HTML link to unsubscribe."),
        &[Example::new("{% unsubscribe %}", r#"<a href="https://placeholder.invalid/unsubscribe">Unsubscribe</a>"#)],
    )
    .email_only(),
    tag(
        TagDefinition::new("unsubscribe_url", parse::<6>)
            .syntax("{% unsubscribe_url %}")
            .summary("Prints the URL to unsubscribe."),
        &[Example::new("{% unsubscribe_url %}", "https://placeholder.invalid/unsubscribe")],
    )
    .email_only(),
    tag(
        TagDefinition::new("view_in_browser_url", parse::<7>)
            .syntax("{% view_in_browser_url %}")
            .summary("Prints the URL of the email as a web page."),
        &[Example::new("{% view_in_browser_url %}", "https://placeholder.invalid/view-in-browser")],
    )
    .email_only(),
];

/// The tag of a row. Its placeholder is the output of its only example.
const fn tag(definition: TagDefinition, example: &'static [Example; 1]) -> PlatformTag {
    let placeholder = example[0].output;
    PlatformTag { definition: definition.examples(example), placeholder, is_email_only: false, check: check_none }
}

impl PlatformTag {
    const fn email_only(mut self) -> Self {
        self.is_email_only = true;
        self
    }

    const fn with_check(mut self, check: CheckArguments) -> Self {
        self.check = check;
        self
    }
}

/// Parses the tag of a row. A parse function cannot capture the row, so the row is a const parameter.
fn parse<'a, const ROW: usize>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    (PLATFORM[ROW].check)(parser, &token)?;
    Ok(&PLATFORM[ROW])
}

fn check_none<'a>(parser: &mut Parser<'a>, token: &Token<'a>) -> Result<()> {
    parser.expect_no_arguments(token, token);
    Ok(())
}

/// Checks a tag with an optional `lang='pt'`, the language of its output.
fn check_language<'a>(parser: &mut Parser<'a>, token: &Token<'a>) -> Result<()> {
    raw_argument::arguments(parser, token, '=', &["lang"]).map(drop)
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
        for row in &PLATFORM {
            let name = row.definition.name;
            let arguments = match name {
                "countdown" => " point:64 fg:000000 bg:f2f6f9 time:\"2022-07-04 12:00:00 (GMT)\"",
                _ => "",
            };
            let template = format!("{{% {name}{arguments} %}}");
            assert_eq!(crate::customerio::render(&template, "{}").unwrap(), row.placeholder);
        }
    }
}
