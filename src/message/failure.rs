//! Failures: converts errors of the Liquid engine to diagnostics that point into the file.

use std::ops::Range;

use crate::customerio::{self, Switches, version_of};
use crate::diagnostics::{Code, Diagnostic, Fix, Label, Source};
use crate::liquid::{Arena, Error, ErrorKind, Language, Span, Subject, Template, Value};
use crate::mistakes::{self, Mistake, MistakeKind};

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
    /// The place byte for byte, if the text is in the file without escapes.
    #[must_use]
    pub fn verbatim(self, text: &str, source: &Source) -> Self {
        let Self::Escaped(range) = self else { return self };
        let found = source.text().get(range.clone()).and_then(|written| {
            let mut found = written.match_indices(text).map(|(at, _)| at);
            found.next().filter(|_| found.next().is_none())
        });
        found.map_or(self, |at| Self::Verbatim(range.start + at))
    }

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

/// The diagnostics for a text that cannot be parsed: the mistakes that explain it, and the errors that no mistake explains.
/// `is_mixed` is whether the project has templates in both of Customer.io's versions of Liquid.
#[must_use]
pub fn parse_diagnostics(
    errors: &[Error],
    text: &str,
    liquid_text: &LiquidText<'_>,
    is_mixed: bool,
) -> Vec<Diagnostic> {
    let is_placed = errors.iter().all(|error| error.span().is_some());
    let found_place = liquid_text.place.verbatim(text, liquid_text.source);
    let liquid_text = &LiquidText { place: found_place, ..*liquid_text };
    // A text that is too long is not examined.
    let diagnosis = is_placed.then(|| mistakes::repair(text, liquid_text.language));
    let mut problems = Vec::new();
    for mistake in diagnosis.iter().flat_map(|diagnosis| &diagnosis.mistakes) {
        problems.push(mistake_diagnostic(mistake, liquid_text));
    }
    for (error, place) in diagnosis.iter().flat_map(|diagnosis| &diagnosis.errors) {
        problems.push(unexplained(error, *place, liquid_text));
    }
    if problems.is_empty() {
        problems = errors.iter().map(|error| unexplained(error, error.span(), liquid_text)).collect();
    }
    match other_version_help(text, errors, liquid_text.language, is_mixed) {
        // With a fix, it is clear what was meant.
        Some(help) => problems
            .into_iter()
            .map(|problem| if problem.fix.is_some() { problem } else { problem.help(help) })
            .collect(),
        None => problems,
    }
}

/// The diagnostic for a mistake.
fn mistake_diagnostic(mistake: &Mistake, text: &LiquidText<'_>) -> Diagnostic {
    let code = match mistake.kind {
        MistakeKind::Syntax => LIQUID_SYNTAX,
        MistakeKind::UnknownTag => UNKNOWN_TAG,
        MistakeKind::UnknownFilter => UNKNOWN_FILTER,
    };
    let label = match mistake.kind {
        MistakeKind::Syntax => "",
        MistakeKind::UnknownTag => "no such tag",
        MistakeKind::UnknownFilter => "no such filter",
    };
    let at = |span: Span| text.source.at(text.range(Some(span)));
    let mut problem = Diagnostic::error(code, mistake.message.as_str()).primary(at(mistake.span), label);
    for (span, label) in &mistake.others {
        problem = problem.secondary(at(*span), *label);
    }
    // Within an escaped text, the place of an edit is unknown.
    if mistake.is_fix && matches!(text.place, TextPlace::Verbatim(_)) {
        let edits = mistake.edits.iter().map(|(span, new)| (text.range(Some(*span)), new));
        let fix = Fix::new(mistake.help.as_str());
        return problem.fix(edits.fold(fix, |fix, (range, new)| fix.replace(range, new.as_str())));
    }
    if mistake.help.is_empty() { problem } else { problem.help(mistake.help.as_str()) }
}

/// What to do about errors, by the beginning of their message.
const ADVICE: [(&str, &str); 12] = [
    ("expected \"|\" before filter", "after a value comes `|` and a filter, or the end of the output or tag"),
    ("expected filter name", "write a filter after `|`, such as `| upcase`, or remove the `|`"),
    ("expected \":\" after filter name", "write a colon before the arguments of a filter: `| default: \"…\"`"),
    ("unexpected character", "separate the arguments of a filter with commas"),
    ("invalid value expression", "write a value: a name such as `trigger.name`, a string in quotes, or a number"),
    ("unexpected token", "write a value: a name such as `trigger.name`, a string in quotes, or a number"),
    ("invalid range syntax", "write a range such as `(1..5)`; Liquid has no other parentheses"),
    ("[ not closed", "close the bracket with `]`"),
    ("illegal tag", "look up the syntax of the tag with `inkproof explain`"),
    ("illegal", "look up the syntax of the tag with `inkproof explain`"),
    (
        "Invalid time zone",
        "use the name of a time zone, such as `Europe/Paris`; if the data has it, list in a schema which ones are sent: `enum`",
    ),
    ("invalid currency code", "if the data has the currency, list in a schema which ones are sent: `enum`"),
];

/// The diagnostic for an error that no mistake explains.
fn unexplained(error: &Error, place: Option<Span>, text: &LiquidText<'_>) -> Diagnostic {
    let mut problem = liquid_diagnostic(error, text);
    if let Some(place) = place {
        let location = text.source.at(text.range(Some(place)));
        problem.primary = problem.primary.map(|label| Label { location, ..label });
    }
    with_advice(problem, error.message())
}

/// The problem with what to do about it, if nothing is said of that yet.
fn with_advice(problem: Diagnostic, message: &str) -> Diagnostic {
    let advice = ADVICE.iter().find(|(beginning, _)| message.starts_with(beginning));
    match advice.filter(|_| problem.help.is_empty()) {
        Some((_, advice)) => problem.help(*advice),
        None => problem,
    }
}

/// The help for a text that the other of Customer.io's two versions of Liquid can parse, if it is likely to be meant: the
/// project has templates in it, or the text has a tag or filter that only that version has.
fn other_version_help(text: &str, errors: &[Error], language: &Language, is_mixed: bool) -> Option<&'static str> {
    let version = version_of(language)?;
    let other = customerio::language(Switches { version: version.other(), ..Switches::default() });
    let exists = |error: &Error| match error.subject() {
        Some(Subject::UnknownFilter(name)) => other.filter(name).is_some(),
        Some(Subject::UnknownTag(name)) => other.tag(name).is_some(),
        _ => false,
    };
    let is_likely = is_mixed || version == customerio::Version::Legacy || errors.iter().any(exists);
    if !is_likely {
        return None;
    }
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

/// The code of the diagnostic for an error of the Liquid engine.
pub(super) fn code_of(error: &Error) -> Code {
    match (error.subject(), error.kind()) {
        (Some(Subject::MissingVariable(_)), _) => UNDEFINED_VARIABLE,
        (Some(Subject::UnknownFilter(_)), _) => UNKNOWN_FILTER,
        (Some(Subject::UnknownTag(_)), _) => UNKNOWN_TAG,
        (Some(Subject::Nesting), _) => LIQUID_TOO_DEEP,
        (_, ErrorKind::Parse | ErrorKind::Tokenization) => LIQUID_SYNTAX,
        _ => RENDER_ERROR,
    }
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
            let code = code_of(error);
            // A message may quote a tag that spans several lines.
            let message = error.message().split('\n').next().unwrap_or_default();
            let problem = Diagnostic::error(code, message).at(location);
            if code == RENDER_ERROR { with_advice(problem, message) } else { problem }
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
        if let Some(name) = path.strip_prefix("snippets.") {
            return problem.help(format!("create the snippet as `snippets/{name}.liquid`"));
        }
        // As it is written: with its brackets, and whole.
        let written = text.source.text().get(text.range(error.span())).unwrap_or_default();
        let root = path.split('.').next().unwrap_or(path);
        let is_path = written.starts_with(root) && !written.contains([' ', '\n', '{', '|']);
        let path = if is_path { written } else { path };
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
