//! The formatter: lays out templates, which are JSON with Liquid.
//!
//! It changes whitespace only: between the tokens of the JSON, and inside the delimiters of Liquid. Strings, captures, comments and
//! raw blocks stay as they are. Line breaks of the author are kept, as far as a value fits into a line. `token` splits the
//! content, `tree` nests brackets and blocks, `layout` prints them, and `markup` writes the inside of an output or tag.

mod layout;
mod markup;
mod token;
mod tree;

use thiserror::Error;

use crate::diagnostics::Source;
use crate::liquid::syntax::dialect::Reading;
use crate::message::{RenderOptions, Template};
use crate::project::{Case, Project, UnchangedMessages};

/// The longest line that a value is written in, in characters.
const MAX_WIDTH: usize = 100;

/// Why a template is left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// Its Liquid has errors.
    #[error("its Liquid has syntax errors, which `inkproof check` reports")]
    Syntax,
    /// A bracket or string begins inside a Liquid block and ends outside it, or the other way round.
    #[error("a bracket or string is not closed in the Liquid block in which it is opened")]
    Nesting {
        /// Where that shows, in bytes of the content.
        offset: usize,
    },
    /// The formatted template would render another message.
    #[error("the message of request `{request}` would change")]
    Message {
        /// The request.
        request: String,
    },
}

/// A template's text, formatted. The message of every case stays the same, which is checked by rendering it.
///
/// # Errors
/// The template cannot be formatted without changing what it means.
pub fn format_template(
    project: &Project,
    template: &Template,
    cases: &[Case<'_>],
    options: &RenderOptions,
) -> Result<String, FormatError> {
    let reading = project.workspace().language(template.settings()).dialect().reading;
    let text = template.source().text();
    let formatted = format!("{}{}", &text[..template.content_start()], format_content(template.content(), reading)?);
    let formatted = with_line_ends_of(text, formatted);
    if formatted == text {
        return Ok(formatted);
    }
    let source = Source::new(template.source().name(), formatted.as_str());
    let changed = Template::read(template.name(), source).map_err(|_| FormatError::Syntax)?;
    let before = UnchangedMessages::new(project, template, cases.to_vec(), options).ok_or(FormatError::Syntax)?;
    match before.first_changed(&changed) {
        None => Ok(formatted),
        Some(case) => Err(FormatError::Message { request: case.request.name().to_owned() }),
    }
}

/// The content of a template, formatted: JSON with Liquid.
///
/// ```
/// use inkproof::formatter::format_content;
/// use inkproof::liquid::syntax::dialect::Reading;
///
/// let content = "{\"title\":\"{{trigger.name|upcase}}\",\n\"list\":[ 1,2 ]}";
/// let formatted = "{\n  \"title\": \"{{ trigger.name | upcase }}\",\n  \"list\": [1, 2]\n}\n";
/// assert_eq!(format_content(content, Reading::Exact).unwrap(), formatted);
/// ```
///
/// # Errors
/// The Liquid has errors, or a bracket or string is not closed in the block in which it is opened.
pub fn format_content(content: &str, reading: Reading) -> Result<String, FormatError> {
    let tokens = token::tokenize(content, reading)?;
    let items = tree::nest(tokens)?;
    Ok(layout::print(&items))
}

/// A text with the line ends that another one has: `\r\n` if its first line ends like that.
fn with_line_ends_of(model: &str, text: String) -> String {
    match model.split_once('\n') {
        Some((first_line, _)) if first_line.ends_with('\r') => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_line_ends() {
        for (model, text, expected) in
            [("", "a\nb\n", "a\nb\n"), ("x\ny\r\n", "a\nb\r\n", "a\nb\r\n"), ("x\r\n", "a\nb\r\nc", "a\r\nb\r\nc")]
        {
            assert_eq!(with_line_ends_of(model, text.to_owned()), expected, "{model:?} {text:?}");
        }
    }

    fn formatted(content: &str) -> String {
        format_content(content, Reading::Exact).unwrap()
    }

    #[test]
    fn lays_out_json_and_blocks() {
        for (content, expected) in [
            ("{}", "{}\n"),
            ("{ \"a\" :1 , \"b\":[ ] }\n\n\n", "{\"a\": 1, \"b\": []}\n"),
            ("{\n\"a\": 1}", "{\n  \"a\": 1\n}\n"),
            ("{\n\"a\": 1,\n\n\n\n\"b\": {\"c\":2}\n}", "{\n  \"a\": 1,\n\n  \"b\": {\"c\": 2}\n}\n"),
            ("{\n\"a\":\n1\n,\"b\": 2}", "{\n  \"a\": 1,\n  \"b\": 2\n}\n"),
            // Strings stay as they are, except the inside of outputs.
            ("{\"a\": \"x  :  {{  b|upcase  }}  ,\"}", "{\"a\": \"x  :  {{ b | upcase }}  ,\"}\n"),
            ("{\"a\": \"{{ \"q\" }} \\\" {{b}}\"}", "{\"a\": \"{{ \"q\" }} \\\" {{ b }}\"}\n"),
            // Blocks on one line stay there, others are indented.
            (
                "{\n\"l\": [{% for i in l %}{{i|json}}{% unless forloop.last %},{% endunless %}{% endfor %}]\n}",
                "{\n  \"l\": [{% for i in l %}{{ i | json }}{% unless forloop.last %},{% endunless %}{% endfor %}]\n}\n",
            ),
            (
                "{\n\"a\": 1{% if b %}\n,\"b\": 2\n{% else %},\"c\": 3{% endif %}\n}",
                "{\n  \"a\": 1{% if b %}\n    , \"b\": 2\n  {% else %}\n    , \"c\": 3\n  {% endif %}\n}\n",
            ),
            // Captures, comments and raw blocks stay as they are.
            ("{% capture x %}  a  \n b{% endcapture %}{ }", "{% capture x %}  a  \n b{% endcapture %}{}\n"),
            ("{%comment%} {  [ {%endcomment%}{ }", "{% comment %} {  [ {% endcomment %}{}\n"),
            ("{\"a\": {{- b -}} }", "{\"a\": {{- b -}}}\n"),
            ("{% assign x=1 %}\n{\"a\":{{x}}}", "{% assign x = 1 %}\n{\"a\": {{ x }}}\n"),
        ] {
            assert_eq!(formatted(content), expected, "{content}");
            assert_eq!(formatted(expected), expected, "a second time: {expected}");
        }
    }

    #[test]
    fn breaks_lines_that_are_too_long() {
        let long = "x".repeat(60);
        let content = format!("{{\"a\": \"{long}\", \"b\": [1, 2], \"c\": \"{long}\"}}");
        let expected = format!("{{\n  \"a\": \"{long}\",\n  \"b\": [1, 2],\n  \"c\": \"{long}\"\n}}\n");
        assert_eq!(formatted(&content), expected);
        assert_eq!(formatted(&expected), expected);
    }

    #[test]
    fn leaves_alone_what_it_cannot_lay_out() {
        for content in [
            "{% if a %}{ {% else %}[ {% endif %}",
            "{\"a\": {% if b %}\"x{% else %}\"y{% endif %}z\"}",
            "{\"a\": [1}",
            "{\"a\": 1",
            "}",
            "{\"a",
        ] {
            assert!(matches!(format_content(content, Reading::Exact), Err(FormatError::Nesting { .. })), "{content}");
        }
        assert_eq!(format_content("{{ a", Reading::Exact), Err(FormatError::Syntax));
    }
}
