//! Failures: converts errors of the Liquid engine to diagnostics that point into the file.

use std::ops::Range;

use crate::customerio::{self, Switches, version_of};
use crate::diagnostics::{Code, Diagnostic, Source};
use crate::liquid::{Arena, Error, ErrorKind, Language, Span, Subject, Template, Value};

/// The template is not valid Liquid.
const LIQUID_SYNTAX: Code = Code::new("liquid-syntax");
/// Tags are nested deeper than the limit.
const LIQUID_TOO_DEEP: Code = Code::new("liquid-too-deep");
/// Rendering failed for a reason other than a missing variable.
const RENDER_ERROR: Code = Code::new("render-error");
/// A variable is missing.
const UNDEFINED_VARIABLE: Code = Code::new("undefined-variable");
/// The template uses an unknown filter.
const UNKNOWN_FILTER: Code = Code::new("unknown-filter");
/// The template uses an unknown tag.
const UNKNOWN_TAG: Code = Code::new("unknown-tag");

/// A Liquid text in a file, and the data that it was rendered with.
#[derive(Clone, Copy, Debug)]
pub struct LiquidText<'a> {
    /// The file.
    pub source: &'a Source,
    /// The place of the text in the file.
    pub place: TextPlace<'a>,
    /// Its language.
    pub language: &'a Language,
    /// The data; `Undefined` if it was not rendered.
    pub data: Value<'a>,
}

/// The place of a Liquid text in a file.
#[derive(Clone, Copy, Debug)]
pub enum TextPlace<'a> {
    /// Byte for byte, beginning at this offset.
    Verbatim(usize),
    /// Within this range, possibly with escapes, so that offsets inside it are unknown.
    Escaped(&'a Range<usize>),
}

impl TextPlace<'_> {
    /// The byte range in the file for a span of the text.
    #[must_use]
    pub fn range(&self, span: Option<Span>) -> Range<usize> {
        match (self, span) {
            (Self::Verbatim(start), Some(span)) => start + span.start..start + span.end,
            (Self::Verbatim(start), None) => *start..*start,
            (Self::Escaped(range), _) => (*range).clone(),
        }
    }
}

impl LiquidText<'_> {
    /// The byte range in the file for a span of the text.
    pub(super) fn range(&self, span: Option<Span>) -> Range<usize> {
        self.place.range(span)
    }
}

impl LiquidText<'_> {
    /// Whether `default` is one of the filters of a variable, but not the first.
    fn has_later_default(&self, variable: Option<crate::liquid::Span>) -> bool {
        let rest = self.source.text().get(self.range(variable).end..).unwrap_or_default();
        let end = [rest.find("}}"), rest.find("%}")].into_iter().flatten().min().unwrap_or(0);
        let mut filters = rest[..end].split('|').skip(1).map(str::trim);
        filters.next().is_some_and(|first| !first.starts_with("default"))
            && filters.any(|later| later.starts_with("default"))
    }
}

/// The diagnostics for a text that cannot be parsed. If the other of Customer.io's two versions of Liquid can parse it, the
/// help says so.
#[must_use]
pub fn parse_diagnostics(errors: &[Error], text: &str, liquid_text: &LiquidText<'_>) -> Vec<Diagnostic> {
    let problems = errors.iter().map(|error| liquid_diagnostic(error, liquid_text));
    match other_version_help(text, liquid_text.language) {
        // A diagnostic that already has help is probably about a typo.
        Some(help) => {
            problems.map(|problem| if problem.help.is_empty() { problem.help(help) } else { problem }).collect()
        }
        None => problems.collect(),
    }
}

/// The help for a text that only the other of Customer.io's two versions of Liquid can parse.
fn other_version_help(text: &str, language: &Language) -> Option<&'static str> {
    let version = version_of(language)?;
    let other = customerio::language(Switches { version: version.other(), ..Switches::default() });
    Template::parse(text, other, &Arena::new()).ok()?;
    Some(match version {
        customerio::Version::Latest => {
            "the legacy Liquid can parse this: set `liquid: legacy` if Customer.io renders this message with it"
        }
        customerio::Version::Legacy => {
            "only the latest Liquid can parse this: set `liquid: latest` if Customer.io has upgraded this message"
        }
    })
}

/// Converts an error of the Liquid engine to a diagnostic.
#[must_use]
pub fn liquid_diagnostic(error: &Error, text: &LiquidText<'_>) -> Diagnostic {
    let location = text.source.at(text.range(error.span()));
    match error.subject() {
        Some(Subject::MissingVariable(path)) => {
            missing_variable(error, path, text).primary(location, "not in the data")
        }
        Some(Subject::UnknownFilter(name)) => Diagnostic::error(UNKNOWN_FILTER, error.message())
            .primary(location, "no such filter")
            .suggest(name, text.language.filter_names()),
        Some(Subject::UnknownTag(name)) => {
            let problem = Diagnostic::error(UNKNOWN_TAG, error.message()).primary(location, "no such tag");
            problem.suggest(name, text.language.tag_names())
        }
        Some(Subject::Nesting) => Diagnostic::error(LIQUID_TOO_DEEP, error.message()).at(location),
        _ => {
            let code = match error.kind() {
                ErrorKind::Parse | ErrorKind::Tokenization => LIQUID_SYNTAX,
                _ => RENDER_ERROR,
            };
            // A message may quote a tag that spans several lines.
            let message = error.message().split('\n').next().unwrap_or_default();
            Diagnostic::error(code, message).at(location)
        }
    }
}

fn missing_variable(error: &Error, path: &str, text: &LiquidText<'_>) -> Diagnostic {
    let problem = Diagnostic::error(UNDEFINED_VARIABLE, error.message());
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    let known = names_below(text.data, parent);
    let problem = problem.suggest(name, known.iter().copied());
    if !problem.help.is_empty() {
        return problem;
    }
    let elsewhere = names_below(text.data, "")
        .into_iter()
        .filter(|root| parent.is_empty() && names_below(text.data, root).contains(&name));
    let elsewhere: Vec<_> = elsewhere.map(|root| format!("`{root}.{name}`")).collect();
    if elsewhere.is_empty() {
        if text.has_later_default(error.span()) {
            let help = "`default` replaces a missing variable only as the first filter: move it before the others";
            return problem.help(help);
        }
        if text.language.filter("default").is_none() {
            let help = format!("put it into the data, or ask for it before: `{{% if {path} != blank %}}`");
            return problem.help(help);
        }
        return problem
            .help(format!("put it into the data, or give it a default: `{{{{ {path} | default: \"…\" }}}}`"));
    }
    problem.help(format!("did you mean {}?", elsewhere.join(" or ")))
}

/// The keys of the object at a dotted path; empty if there is no object.
fn names_below<'a>(data: Value<'a>, path: &str) -> Vec<&'a str> {
    let mut value = data;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        value = match value {
            Value::Object(object) => object.get(name).unwrap_or(Value::Undefined),
            Value::Array(items) => {
                name.parse::<usize>().ok().and_then(|at| items.get(at)).copied().unwrap_or(Value::Undefined)
            }
            _ => Value::Undefined,
        };
    }
    match value {
        Value::Object(object) => object.entries().iter().map(|(name, _)| *name).collect(),
        _ => Vec::new(),
    }
}
