//! Templates: files with settings in front matter, and content below.

use std::ops::Range;
use std::sync::Arc;

use super::settings::{Setting, Settings};
use crate::customerio::Version;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};

const NO_FRONT_MATTER: Code = Code::new("no-front-matter");
const UNCLOSED_FRONT_MATTER: Code = Code::new("unclosed-front-matter");
const EMPTY_TEMPLATE: Code = Code::new("empty-template");

/// A template file. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Template {
    source: Source,
    name: Arc<str>,
    settings: Arc<Settings>,
    content: Range<usize>,
    /// Its language, if it is a variant.
    language: Option<String>,
    variants: Vec<Self>,
}

impl Template {
    /// Parses a template file. `stem` is the name that requests use, unless the settings define another.
    ///
    /// ```
    /// use inkproof::diagnostics::Source;
    /// use inkproof::message::Template;
    /// let source = Source::new("templates/hello.liquid", "---\ntype: greeting\n---\n{\"title\": \"Hi\"}\n");
    /// let template = Template::read("hello", source).unwrap();
    /// assert_eq!(template.content(), "{\"title\": \"Hi\"}\n");
    /// assert_eq!(template.settings().kind.as_ref().unwrap().value, "greeting");
    /// ```
    ///
    /// # Errors
    /// All problems of the front matter. The content is not parsed.
    pub fn read(stem: &str, source: Source) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::new();
        let (front_matter, content) = split(&source)?;
        let settings = Settings::read(&source, front_matter, &mut problems);
        if source.text()[content.clone()].trim().is_empty() {
            problems.push(
                Diagnostic::error(EMPTY_TEMPLATE, "the template has no content")
                    .at(source.at(content.start..content.start))
                    .help("below the settings, write the JSON of the message, such as `{\"title\": \"…\", \"body\": \"…\"}`"),
            );
        }
        if problems.has_errors() {
            return Err(problems);
        }
        let name = settings.trigger_name.as_ref().map_or(stem, |name| &name.value).into();
        Ok(Self { source, name, settings: Arc::new(settings), content, language: None, variants: Vec::new() })
    }

    /// The name that requests use.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The JSON with Liquid, as in Customer.io's editor.
    #[must_use]
    pub fn content(&self) -> &str {
        &self.source.text()[self.content.clone()]
    }

    /// The offset of the content in the file.
    #[must_use]
    pub const fn content_start(&self) -> usize {
        self.content.start
    }

    /// The start of the line of a setting that ends up in the message, by the name of the message's field.
    #[must_use]
    pub fn setting_start(&self, field: &str) -> Option<usize> {
        let setting = if field == "expiry" { "expiration" } else { field };
        self.source.text()[..self.content.start].find(&format!("\n{setting}:")).map(|at| at + 1)
    }

    /// The language of a variant; `None` for the template itself.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// Adds the variant in a language. The variant takes the name of this template, and its schema unless it has its own.
    pub fn add_variant(&mut self, language: &str, mut template: Self) {
        template.name.clone_from(&self.name);
        if template.settings.message_data.is_none() && self.settings.message_data.is_some() {
            Arc::make_mut(&mut template.settings).message_data.clone_from(&self.settings.message_data);
        }
        template.language = Some(language.to_owned());
        self.variants.push(template);
    }

    /// The template in a language: the variant in exactly that language (`fr-CA`), else in its main part (`fr`), else itself.
    #[must_use]
    pub fn in_language(&self, language: Option<&str>) -> &Self {
        let Some(language) = language else { return self };
        let main = language.split(['-', '_']).next().unwrap_or(language);
        let is_in = |variant: &Self, wanted: &str| {
            variant.language().is_some_and(|language| language.eq_ignore_ascii_case(wanted))
        };
        let variant = |wanted: &str| self.variants.iter().find(|variant| is_in(variant, wanted));
        variant(language).or_else(|| variant(main)).unwrap_or(self)
    }

    /// The template in a version of Customer.io's Liquid, overriding its settings.
    #[must_use]
    pub fn in_version(&self, version: Version) -> Self {
        let mut template = self.clone();
        let span = template.settings.liquid.as_ref().map_or(0..0, |setting| setting.span.clone());
        Arc::make_mut(&mut template.settings).liquid = Some(Setting { value: version, span });
        template
    }

    /// The template in the same language with another text, which is parsed.
    ///
    /// # Errors
    /// All problems of the front matter.
    pub fn with_text(&self, source: Source) -> Result<Self, Diagnostics> {
        let read = Self::read(&self.name, source)?;
        Ok(Self { name: self.name.clone(), language: self.language.clone(), ..read })
    }

    /// The template with another text of the same length and with the same settings.
    #[must_use]
    pub fn with_source(&self, source: Source) -> Self {
        Self { source, ..self.clone() }
    }

    /// The template with other content, and with other values of its settings where `repaired` returns one.
    pub(super) fn with_repairs(&self, content: &str, repaired: &dyn Fn(&str) -> Option<String>) -> Self {
        let text = format!("{}{content}", &self.source.text()[..self.content.start]);
        let mut template = self.clone();
        template.content = self.content.start..text.len();
        template.source = Source::new(self.source.name(), text);
        let settings = Arc::make_mut(&mut template.settings);
        for setting in settings.kind.iter_mut().chain(&mut settings.topics).chain(&mut settings.expiration) {
            if let Some(value) = repaired(&setting.value) {
                setting.value = value;
            }
        }
        template
    }

    /// The template itself and its variants in other languages.
    pub fn with_variants(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.variants)
    }

    /// Whether `reference` in a request means this template: its name, ignoring case, or its number.
    #[must_use]
    pub fn is_called(&self, reference: &str) -> bool {
        self.has_id(reference) || self.name.to_lowercase() == reference.to_lowercase()
    }

    /// Whether `reference` is this template's number.
    #[must_use]
    pub fn has_id(&self, reference: &str) -> bool {
        self.settings.id.as_ref().is_some_and(|id| id.value.to_string() == reference)
    }
}

/// The front matter between its two lines, and the content after them.
fn split(source: &Source) -> Result<(Range<usize>, Range<usize>), Diagnostic> {
    let text = source.text();
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = Lines { text, at: start };
    let help = "a template has its settings between two lines `---`, then the JSON of the message";
    match lines.next() {
        Some(first) if is_fence(&text[first.clone()]) => {}
        _ if text.trim().is_empty() => {
            return Err(Diagnostic::error(EMPTY_TEMPLATE, "the template is empty").at(source.at(0..0)).help(help));
        }
        // All settings are optional, so a file may hold the content alone.
        _ if !lines.any(|line| is_fence(&text[line])) => return Ok((start..start, start..text.len())),
        _ => {
            let problem = Diagnostic::error(NO_FRONT_MATTER, "the settings do not begin with a line `---`");
            return Err(problem.primary(source.at(start..start), "expected a line `---`").help(help));
        }
    }
    let front_matter = lines.at;
    while let Some(line) = lines.next() {
        if is_fence(&text[line.clone()]) {
            return Ok((front_matter..line.start, lines.at..text.len()));
        }
    }
    let problem = Diagnostic::error(UNCLOSED_FRONT_MATTER, "the settings do not end");
    Err(problem.primary(source.at(start..start + 3), "they begin here").help("end them with a line `---`"))
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

/// The lines of a text, as ranges that include the line breaks.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let line = self.at..self.at + rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        self.at = line.end;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let source = Source::new("t.liquid", text);
        let Err(problems) = Template::read("t", source) else { return Vec::new() };
        let place = |problem: &Diagnostic| problem.location().map(ToString::to_string).unwrap_or_default();
        problems.iter().map(|problem| format!("{} {}: {}", place(problem), problem.code, problem.message)).collect()
    }

    #[test]
    fn reports_every_problem_of_a_template_file() {
        for (text, expected) in [
            ("---\n---\n{}", vec![]),
            ("\u{feff}---\r\ntype: a\r\n---\r\n{}", vec![]),
            ("", vec!["t.liquid:1:1 empty-template: the template is empty"]),
            ("{}", vec![]),
            ("type: a\n---\n{}", vec!["t.liquid:1:1 no-front-matter: the settings do not begin with a line `---`"]),
            ("---\ntype: a\n{}", vec!["t.liquid:1:1 unclosed-front-matter: the settings do not end"]),
            ("---\n---\n \n", vec!["t.liquid:3:1 empty-template: the template has no content"]),
            ("---\ntpye: a\n---\n{}", vec!["t.liquid:2:1 unknown-setting: there is no setting `tpye`"]),
            (
                "---\nid: x\nexpiration: soon\n---\n{}",
                vec![
                    "t.liquid:2:5 invalid-settings: expected a whole number, the template's `transactional_message_id` at \
                 Customer.io under `id`",
                    "t.liquid:3:13 expiration-invalid: `soon` is not a time: expected a number of seconds, minutes, hours or \
                 days, or a timestamp",
                ],
            ),
            (
                "---\ntype: {{ trigger.x }}\n---\n{}",
                vec!["t.liquid:2:8 invalid-settings: the settings are not valid YAML: expected string scalar"],
            ),
            (
                "---\na: [b\nc: d\n---\n{}",
                vec![
                    "t.liquid:3:2 invalid-settings: the settings are not valid YAML: illegal placement of ':' indicator",
                ],
            ),
            (
                "---\ntopics: {a: b}\n---\n{}",
                vec![
                    "t.liquid:2:9 invalid-settings: expected a list of strings, such as `[orders, shipping]` under `topics`",
                ],
            ),
        ] {
            assert_eq!(problems(text), expected, "{text:?}");
        }
    }
}
