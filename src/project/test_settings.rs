//! The `[test]` table of the configuration: the clock and seed of tests, and what snapshots hide.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use regex::Regex;
use schemars::JsonSchema;
use serde::ser::Serializer;

use super::config::inner_folder;
use super::table::{Entry, Table};
use crate::diagnostics::{Diagnostic, Location};
use crate::message::parse_time;

/// How messages are rendered and compared in tests.
///
/// ```toml
/// [test]
/// now = "2026-01-01T00:00:00Z"
/// seed = 0
/// snapshots = "tests/snapshots"
/// requests = ["tests/requests"]
/// redactions = { "properties.link" = "[link]" }
/// filters = [{ pattern = 'v\d+', text = "[version]" }]
/// allow_failures = false
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TestSettings {
    /// The time of sending.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub now: Timestamp,
    /// Seed of the random filters.
    pub seed: u64,
    /// The folder of the snapshots, inside the project.
    pub snapshots: PathBuf,
    /// Folders of requests that exist only for tests.
    pub requests: Vec<PathBuf>,
    /// Fields whose values are replaced.
    #[serde(serialize_with = "texts_by_path")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub redactions: Vec<Redaction>,
    /// Replacements within strings, applied in order after the redactions.
    pub filters: Vec<Filter>,
    /// Whether a snapshot may say that a message is not sent.
    pub allow_failures: bool,
}

impl Default for TestSettings {
    fn default() -> Self {
        Self {
            now: Timestamp::constant(1_767_225_600, 0),
            seed: 0,
            snapshots: "tests/snapshots".into(),
            requests: Vec::new(),
            redactions: Vec::new(),
            filters: Vec::new(),
            allow_failures: true,
        }
    }
}

impl TestSettings {
    /// Reads the table; the folders that must exist are added to `named`.
    pub(super) fn read(table: &mut Table<'_>, named: &mut Vec<(PathBuf, Location)>) -> Self {
        let defaults = Self::default();
        let requests = table.list("requests", |entry| Ok((inner_folder(entry)?, entry.place())));
        named.extend(requests.iter().cloned());
        Self {
            now: table.take("now", timestamp).unwrap_or(defaults.now),
            seed: table.take("seed", Entry::number).unwrap_or(defaults.seed),
            snapshots: table.take("snapshots", inner_folder).unwrap_or(defaults.snapshots),
            requests: requests.into_iter().map(|(folder, _)| folder).collect(),
            redactions: table.named("redactions", Redaction::read),
            filters: table.tables("filters", Filter::read),
            allow_failures: table.take("allow_failures", Entry::flag).unwrap_or(defaults.allow_failures),
        }
    }
}

#[cfg(test)]
impl TestSettings {
    /// Parses settings in tests; the first mistake if there is one.
    pub(crate) fn of_text(text: &str) -> Result<Self, String> {
        let mut problems = crate::diagnostics::Diagnostics::new();
        let source = crate::diagnostics::Source::new("inkproof.toml", text);
        let settings = super::table::read_file(&source, &mut problems, |table| Self::read(table, &mut Vec::new()));
        problems.first().map_or(Ok(settings), |problem| Err(problem.message.clone()))
    }
}

/// Values of a message that snapshots replace by a fixed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// Their path.
    pub steps: Vec<Step>,
    /// The replacement.
    pub text: String,
}

/// A step of a path to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the field of this name.
    Field(String),
    /// To the item at this index, from 0.
    Item(usize),
    /// To every field or item.
    Any,
}

/// A pattern that is replaced within strings.
#[derive(Clone, Debug, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The pattern.
    #[serde(serialize_with = "pattern")]
    #[schemars(with = "String", extend("format" = "regex"))]
    pub pattern: Regex,
    /// The replacement; `$1` is the first group.
    pub text: String,
}

impl Filter {
    fn read(table: &mut Table<'_>) -> Option<Self> {
        let pattern = table.require("pattern", regex);
        let text = table.require("text", |entry| Ok(entry.text("a string")?.to_owned()));
        Some(Self { pattern: pattern?, text: text? })
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.pattern.as_str() == other.pattern.as_str() && self.text == other.text
    }
}

impl Eq for Filter {}

/// An invalid path to values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` leads to no value: expected names and places, such as `properties.link` or `properties.posts[].author`")]
pub(super) struct BadPath(String);

impl Redaction {
    fn read(path: &str, place: Location, entry: &Entry<'_>) -> Result<Self, Diagnostic> {
        let text = entry.text("a string")?;
        Self::new(path, text.to_owned()).map_err(|error| entry.problem(error.to_string()).at(place))
    }

    /// A redaction of the values at `path`: names joined by dots, `[0]` for an item, `[]` or `*` for all.
    fn new(path: &str, text: String) -> Result<Self, BadPath> {
        let mut steps = Vec::new();
        for part in path.strip_prefix('.').unwrap_or(path).split('.') {
            let (name, items) = part.find('[').map_or((part, ""), |at| part.split_at(at));
            match name {
                "*" => steps.push(Step::Any),
                "" if !items.is_empty() => {}
                "" => return Err(BadPath(path.to_owned())),
                name => steps.push(Step::Field(name.to_owned())),
            }
            for item in items.split_inclusive(']') {
                let inner = item.strip_prefix('[').and_then(|item| item.strip_suffix(']'));
                steps.push(match inner {
                    Some("" | "*") => Step::Any,
                    Some(place) => Step::Item(usize::from_str(place).map_err(|_| BadPath(path.to_owned()))?),
                    None => return Err(BadPath(path.to_owned())),
                });
            }
        }
        Ok(Self { steps, text })
    }

    /// The path as written.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.steps {
            match step {
                Step::Field(name) if path.is_empty() => path.push_str(name),
                Step::Field(name) => path.extend([".", name]),
                Step::Item(place) => path.extend(["[", &place.to_string(), "]"]),
                Step::Any => path.push_str("[]"),
            }
        }
        path
    }
}

/// A timestamp, with or without quotes.
fn timestamp(entry: &Entry<'_>) -> Result<Timestamp, Diagnostic> {
    let text = entry.text_or_time("a timestamp")?;
    parse_time(&text).map_err(|reason| entry.problem(reason))
}

fn texts_by_path<S: Serializer>(redactions: &[Redaction], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(redactions.iter().map(|redaction| (redaction.path(), &redaction.text)))
}

fn pattern<S: Serializer>(pattern: &Regex, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(pattern.as_str())
}

fn regex(entry: &Entry<'_>) -> Result<Regex, Diagnostic> {
    let pattern = entry.text("a regular expression")?;
    Regex::new(pattern).map_err(|error| {
        // The last line is the message; those above point at the error.
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
        entry.problem(format!("`{pattern}` is not a valid regular expression: {reason}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<TestSettings, String> {
        TestSettings::of_text(text)
    }

    #[test]
    fn every_key_has_a_default() {
        assert_eq!(read(""), Ok(TestSettings::default()));
        assert_eq!(TestSettings::default().now.to_string(), "2026-01-01T00:00:00Z");
    }

    #[test]
    fn reads_timestamps_without_quotes() {
        for text in ["now = 2026-02-03T04:05:06Z", "now = '2026-02-03T05:05:06+01:00'"] {
            assert_eq!(read(text).unwrap().now.to_string(), "2026-02-03T04:05:06Z", "{text}");
        }
        for text in ["now = 2026-02-03", "now = '2026-02-03'"] {
            assert_eq!(read(text).unwrap().now.to_string(), "2026-02-03T00:00:00Z", "{text}");
        }
    }

    #[test]
    fn parses_redaction_paths() {
        let field = |name: &str| Step::Field(name.to_owned());
        for (path, expected) in [
            ("properties.link", vec![field("properties"), field("link")]),
            (".type", vec![field("type")]),
            ("a[].b[2].*", vec![field("a"), Step::Any, field("b"), Step::Item(2), Step::Any]),
            ("[0]", vec![Step::Item(0)]),
        ] {
            let redaction = Redaction::new(path, String::new()).unwrap();
            assert_eq!(redaction.steps, expected, "{path}");
            assert_eq!(Redaction::new(&redaction.path(), String::new()).unwrap(), redaction);
        }
        for path in ["", "a..b", "a[x]", "a[1", "a[0]b", "a."] {
            assert!(Redaction::new(path, String::new()).is_err(), "{path}");
        }
    }

    #[test]
    fn rejects_invalid_settings() {
        for (text, expected) in [
            (
                "now = 'soon'",
                "`soon` is not a timestamp: expected a date, or one with a time zone, such as 2026-01-01T00:00:00Z",
            ),
            ("now = 5", "expected a timestamp under `now`, found a number"),
            ("snapshots = '../x'", "`../x` is not inside the project: expected a folder below it"),
            ("snapshots = '/x'", "`/x` is not inside the project: expected a folder below it"),
            ("snapshots = '.'", "`.` is not inside the project: expected a folder below it"),
            ("filters = [{ pattern = '(', text = '' }]", "`(` is not a valid regular expression: unclosed group"),
        ] {
            assert_eq!(read(text).unwrap_err(), expected, "{text}");
        }
    }
}
