//! Settings: the YAML front matter of a template.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::expiration::Expiration;
use crate::customerio::Version;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};

const INVALID_SETTINGS: Code = Code::new("invalid-settings");
const UNKNOWN_SETTING: Code = Code::new("unknown-setting");
/// An expiration that cannot be parsed, or is in the past.
pub(super) const EXPIRATION_INVALID: Code = Code::new("expiration-invalid");

/// The value of a setting, and its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The byte range of the value in the file.
    pub span: Range<usize>,
}

/// The settings of a template. Those that end up in the message may contain Liquid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The display name.
    pub name: Option<Setting<String>>,
    /// The purpose of the template, for people.
    pub description: Option<Setting<String>>,
    /// Its number at Customer.io, which a request may use as `transactional_message_id`.
    pub id: Option<Setting<u64>>,
    /// The name that requests use; the file name if it is not set.
    pub trigger_name: Option<Setting<String>>,
    /// The message's type. May contain Liquid.
    pub kind: Option<Setting<String>>,
    /// The message's topics; none means the implicit topic `default`. Each may contain Liquid.
    pub topics: Vec<Setting<String>>,
    /// When the message expires. May contain Liquid.
    pub expiration: Option<Setting<String>>,
    /// The JSON Schema of its `message_data`: a path relative to the project's root, and perhaps a fragment.
    pub message_data: Option<Setting<String>>,
    /// Which of Customer.io's two versions of Liquid it is written in; the project's version if it is not set.
    pub liquid: Option<Setting<Version>>,
    /// The rules whose findings are ignored in this template.
    pub ignore: Vec<Setting<String>>,
}

/// All settings, with what each of them is for.
pub const SETTINGS: [(&str, &str); 10] = [
    ("name", "The display name."),
    ("description", "The purpose of the template, for people."),
    ("id", "The numeric `transactional_message_id`, which requests may use instead of the trigger name."),
    ("trigger_name", "The name that requests use. Without it, the name of the file."),
    ("type", "The message's type, free text. May contain Liquid."),
    (
        "topics",
        "The message's topics, such as `[orders, shipping]`. Without it, the topic `default`. May contain Liquid.",
    ),
    (
        "expiration",
        "When the message expires: `60 days`, which is the default and the longest, a timestamp, or Liquid.",
    ),
    (
        "message_data",
        "The JSON Schema of the requests' `message_data`, such as `schemas/order.json`: a path relative to the project's folder.",
    ),
    ("liquid", "The version of Customer.io's Liquid: `latest` or `legacy`. Without it, the project's."),
    ("ignore", "The rules whose findings are not reported for this template, such as `[trailing-comma]`."),
];

impl Settings {
    /// Parses the YAML at `range` of a file. Settings that are not valid are reported and skipped.
    pub(super) fn read(source: &Source, range: Range<usize>, problems: &mut Diagnostics) -> Self {
        let yaml = &source.text()[range.clone()];
        let mut settings = Self::default();
        match serde_saphyr::from_str::<Entries>(yaml) {
            Ok(Entries(entries)) => {
                for (name, value) in entries {
                    let at = |location: serde_saphyr::Location| bytes_of(location, yaml, range.start);
                    let (name_span, span) = (at(name.referenced), at(value.referenced));
                    let entry = Entry { source, name: &name.value, name_span, value: value.value, span };
                    if let Err(problem) = settings.set(entry) {
                        problems.push(problem);
                    }
                }
            }
            Err(error) => problems.push(invalid_yaml(&error, source, range)),
        }
        settings
    }

    fn set(&mut self, entry: Entry<'_>) -> Result<(), Diagnostic> {
        if entry.value.is_null() {
            return Ok(());
        }
        match entry.name {
            "name" => self.name = Some(entry.string()?),
            "description" => self.description = Some(entry.string()?),
            "id" => self.id = Some(entry.number()?),
            "trigger_name" => self.trigger_name = Some(entry.string()?),
            "type" => self.kind = Some(entry.string()?),
            "topics" => self.topics = entry.strings("a list of strings, such as `[orders, shipping]`")?,
            "ignore" => self.ignore = entry.strings("a list of rules, such as `[trailing-comma]`")?,
            "message_data" => self.message_data = Some(entry.path()?),
            "liquid" => self.liquid = Some(entry.version()?),
            "expiration" => self.expiration = Some(entry.expiration()?),
            unknown => {
                let problem = Diagnostic::error(UNKNOWN_SETTING, format!("there is no setting `{unknown}`"))
                    .primary(entry.source.at(entry.name_span.clone()), "unknown setting")
                    .suggest(unknown, SETTINGS.map(|(name, _)| name));
                if let Some((_, meant)) = SYNONYMS.iter().find(|(known, _)| *known == unknown) {
                    return Err(problem.help(format!("did you mean `{meant}`?")));
                }
                return Err(if problem.help.is_empty() {
                    problem.help(format!("the settings are {}", list(&SETTINGS.map(|(name, _)| name))))
                } else {
                    problem
                });
            }
        }
        Ok(())
    }
}

/// Names that people give to settings.
const SYNONYMS: [(&str, &str); 7] = [
    ("expires", "expiration"),
    ("expiry", "expiration"),
    ("expire", "expiration"),
    ("ttl", "expiration"),
    ("tags", "topics"),
    ("kind", "type"),
    ("category", "type"),
];

/// One entry of the front matter.
struct Entry<'a> {
    source: &'a Source,
    name: &'a str,
    name_span: Range<usize>,
    value: Value,
    span: Range<usize>,
}

impl Entry<'_> {
    fn string(self) -> Result<Setting<String>, Diagnostic> {
        match scalar(&self.value) {
            Some(value) => Ok(Setting { value, span: self.span }),
            None => Err(self.expected("a string")),
        }
    }

    fn path(self) -> Result<Setting<String>, Diagnostic> {
        match &self.value {
            Value::String(path) => Ok(Setting { value: path.clone(), span: self.span }),
            _ => Err(self.expected("the path of a JSON Schema, such as `schemas/order.json`,")),
        }
    }

    fn number(self) -> Result<Setting<u64>, Diagnostic> {
        match self.value.as_u64() {
            Some(value) => Ok(Setting { value, span: self.span }),
            None => Err(self.expected("a whole number, the template's `transactional_message_id` at Customer.io")),
        }
    }

    fn strings(self, expected: &str) -> Result<Vec<Setting<String>>, Diagnostic> {
        let items = match &self.value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let strings = items.iter().map(scalar).collect::<Option<Vec<_>>>();
        if let Value::String(single) = &self.value
            && single.contains(',')
            && !has_liquid(single)
        {
            let message = format!("`{single}` is one string: is it one or several?");
            let help = format!("write `[{single}]` for several, `[\"{single}\"]` for one");
            return Err(Diagnostic::error(INVALID_SETTINGS, message)
                .primary(self.source.at(self.span.clone()), "")
                .help(help));
        }
        match strings {
            Some(strings) => Ok(strings.into_iter().map(|value| Setting { value, span: self.span.clone() }).collect()),
            None => Err(self.expected(expected)),
        }
    }

    fn version(self) -> Result<Setting<Version>, Diagnostic> {
        let known = Version::NAMES.iter().find(|(name, _)| self.value.as_str() == Some(name));
        match known {
            Some((_, value)) => Ok(Setting { value: *value, span: self.span }),
            None => Err(self.expected("`latest` or `legacy`")),
        }
    }

    /// A value without Liquid is checked here already.
    fn expiration(self) -> Result<Setting<String>, Diagnostic> {
        let setting = Entry { value: self.value.clone(), span: self.span.clone(), name_span: 0..0, ..self }.string()?;
        if !has_liquid(&setting.value)
            && let Err(error) = setting.value.parse::<Expiration>()
        {
            return Err(Diagnostic::error(EXPIRATION_INVALID, error.to_string())
                .primary(self.source.at(self.span), "not a time")
                .help("write `60 days`, `90 minutes`, `2026-03-01T12:00:00Z`, Unix seconds, or Liquid that prints one of these"));
        }
        Ok(setting)
    }

    fn expected(&self, what: &str) -> Diagnostic {
        let message = format!("expected {what} under `{}`", self.name);
        Diagnostic::error(INVALID_SETTINGS, message).primary(self.source.at(self.span.clone()), "")
    }
}

/// Whether a string contains Liquid.
pub(super) fn has_liquid(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// A string, number or boolean as a string.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Names in backticks, separated by commas.
fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn invalid_yaml(error: &serde_saphyr::Error, source: &Source, range: Range<usize>) -> Diagnostic {
    let yaml = &source.text()[range.clone()];
    let span = error.location().map_or(range.start..range.end, |location| bytes_of(location, yaml, range.start));
    let text = error.without_snippet().to_string();
    // The diagnostic has the location already.
    let reason = text.split_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    let duplicate = reason.strip_prefix("duplicate mapping key: ").and_then(|rest| rest.split(',').next());
    if let Some(name) = duplicate {
        let message = format!("the setting `{name}` is there twice");
        return Diagnostic::error(INVALID_SETTINGS, message).primary(source.at(span), "").help("remove one of them");
    }
    let problem = Diagnostic::error(INVALID_SETTINGS, format!("the settings are not valid YAML: {reason}"))
        .primary(source.at(span.clone()), "");
    if source.text().get(span.start..).is_some_and(|rest| rest.starts_with('{')) {
        return problem.help("put Liquid in quotes: `\"{{ … }}\"`");
    }
    if let Some(tab) = indenting_tab(yaml) {
        let place = range.start + tab..range.start + tab + 1;
        return problem.primary(source.at(place), "a tab").help("YAML has no tabs: indent with spaces");
    }
    let line = source.line_range(source.line_column(span.start).line).unwrap_or(0..0);
    if let Some((name, value)) = unquoted_colon(source.text().get(line).unwrap_or_default()) {
        return problem.help(format!("put a value with `: ` in quotes: `{name}: \"{value}\"`"));
    }
    match YAML_ADVICE.iter().find(|(part, _)| reason.contains(part)) {
        Some((_, advice)) => problem.help(*advice),
        None => problem,
    }
}

/// What to do about errors in YAML, by a part of their wording.
const YAML_ADVICE: [(&str, &str); 4] = [
    ("expected mapping start", "a setting is written `name: value`, with a space after the colon"),
    ("unexpected character", "put a value that begins with a symbol in quotes"),
    ("block sequence entries", "put a value that begins with `- ` in quotes"),
    ("unclosed quote", "close the quote on the same line"),
];

/// The first tab that begins or indents a line of YAML.
fn indenting_tab(yaml: &str) -> Option<usize> {
    let mut start = 0;
    for line in yaml.split_inclusive('\n') {
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..indentation].find('\t').filter(|_| !line.trim().is_empty()) {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

/// The name and the value of a setting, if the value has a colon and no quotes.
fn unquoted_colon(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.trim_end().split_once(": ")?;
    let value = value.trim();
    let is_plain = !value.starts_with(['"', '\'', '[', '{', '|', '>']);
    (is_plain && value.contains(": ") && SETTINGS.iter().any(|(known, _)| *known == name.trim()))
        .then(|| (name.trim(), value))
}

/// Converts a location in the YAML to a byte range of the file.
fn bytes_of(location: serde_saphyr::Location, yaml: &str, start: usize) -> Range<usize> {
    let span = location.span();
    let to_usize = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if let (Some(offset), Some(length)) = (span.byte_offset(), span.byte_len()) {
        let offset = to_usize(offset).saturating_add(start);
        return offset..offset.saturating_add(to_usize(length));
    }
    // Some errors only have a character offset.
    let offset = yaml.char_indices().nth(to_usize(span.offset())).map_or(yaml.len(), |(offset, _)| offset);
    start + offset..start + offset
}

/// A YAML mapping, in order, with the locations of its keys and values.
struct Entries(Vec<(Spanned<String>, Spanned<Value>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("settings such as `type: order`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }

            // An empty front matter is parsed as null.
            fn visit_unit<E>(self) -> Result<Entries, E> {
                Ok(Entries(Vec::new()))
            }
        }

        deserializer.deserialize_map(EntriesVisitor)
    }
}
