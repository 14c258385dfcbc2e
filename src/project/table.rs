//! Tables of the configuration, read key by key: each mistake is reported with its location, and everything else is used.

use std::collections::HashSet;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::repaired_line::repaired_line;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Source};

pub(super) const INVALID_CONFIG: Code = Code::new("invalid-config");

/// A table, with the keys that were read.
pub(super) struct Table<'t> {
    /// Its path, such as `test`; empty for the whole file.
    path: String,
    span: Range<usize>,
    source: &'t Source,
    entries: &'t DeTable<'t>,
    known: Vec<&'static str>,
    problems: &'t mut Diagnostics,
}

/// A value with its path.
pub(super) struct Entry<'t> {
    path: String,
    span: Range<usize>,
    source: &'t Source,
    value: &'t DeValue<'t>,
}

/// Reads a file with `read`. Parts that are not valid TOML are skipped.
pub(super) fn read_file<T>(source: &Source, problems: &mut Diagnostics, read: impl FnOnce(&mut Table<'_>) -> T) -> T {
    let (document, errors) = DeTable::parse_recoverable(source.text());
    let place = |error: &toml::de::Error| source.at(error.span().unwrap_or(0..0));
    let (path, span, entries) = (String::new(), document.span(), document.get_ref());
    let mut mistakes = Diagnostics::new();
    let made = Table { path, span, source, entries, known: Vec::new(), problems: &mut mistakes }.read(read);
    // What a line says that is not valid TOML is a guess, and so is to which table the lines below such a header belong.
    let lines: Vec<_> = source.text().lines().collect();
    let headers = lines.iter().enumerate().scan(0, |header, (at, line)| {
        if line.trim_start().starts_with('[') {
            *header = at + 1;
        }
        Some(*header)
    });
    let headers: Vec<_> = std::iter::once(0).chain(headers).collect();
    let mut errors: Vec<_> = errors.iter().map(|error| (place(error), error)).collect();
    errors.sort_by_key(|(place, _)| place.range().start);
    // One mistake in a line causes others.
    errors.dedup_by_key(|(place, _)| place.start().line);
    let invalid: HashSet<_> = errors.iter().map(|(place, _)| place.start().line).collect();
    let is_sure = |mistake: &Diagnostic| {
        let line = mistake.location().map_or(0, |place| place.start().line);
        !invalid.contains(&line) && headers.get(line).is_none_or(|header| !invalid.contains(header))
    };
    problems.extend(mistakes.into_iter().filter(is_sure));
    problems.extend(errors.iter().map(|(place, error)| {
        let reason = error.message().lines().collect::<Vec<_>>().join(", ");
        let message = format!("the configuration is not valid TOML: {reason}");
        let problem = Diagnostic::error(INVALID_CONFIG, message).at(place.clone());
        let line = place.start().line;
        match lines.get(line - 1).and_then(|line| repaired_line(line)) {
            // All keys belong to tables.
            Some(_) if headers.get(line) == Some(&0) => {
                problem.help("write a table such as `[rules]`, and `name = value` on the lines below it")
            }
            Some(repaired) => problem.help(format!("write `{repaired}`")),
            None => problem,
        }
    }));
    made
}

impl<'t> Table<'t> {
    /// Reads keys with `read`; other keys are reported as unknown.
    fn read<T>(mut self, read: impl FnOnce(&mut Table<'_>) -> T) -> T {
        let made = read(&mut self);
        self.report_unknown_keys();
        made
    }

    /// Reads a value with `read`; `None` if the key is missing or its value is invalid.
    pub(super) fn take<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Entry<'t>) -> Result<T, Diagnostic>,
    ) -> Option<T> {
        let entry = self.entry(key)?;
        self.or_problem(read(&entry))
    }

    /// Like `take`, for a required key.
    pub(super) fn require<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Entry<'t>) -> Result<T, Diagnostic>,
    ) -> Option<T> {
        if !self.entries.contains_key(key) {
            let message = format!("expected a key `{key}` in {}", self.shown());
            self.problems.push(Diagnostic::error(INVALID_CONFIG, message).at(self.source.at(self.span.clone())));
        }
        self.take(key, read)
    }

    /// Reads a table with `read`; an empty one if it is missing.
    pub(super) fn table<T: Default>(&mut self, key: &'static str, read: impl FnOnce(&mut Table<'_>) -> T) -> T {
        let Some(entry) = self.entry(key) else { return T::default() };
        let entries = self.or_problem(entry.table());
        entries.map_or_else(T::default, |entries| entry.with(entries, self.problems).read(read))
    }

    /// Reads a table with arbitrary keys: `read` gets each value, its key and the key's location. Invalid values are skipped.
    pub(super) fn named<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str, Location, &Entry<'_>) -> Result<T, Diagnostic>,
    ) -> Vec<T> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let entries = self.or_problem(entry.table());
        let named = entries.into_iter().flat_map(DeTable::iter).map(|(name, value)| {
            let path = format!("{}.{}", entry.path, name.get_ref());
            let inner = Entry { path, span: value.span(), source: entry.source, value: value.get_ref() };
            read(name.get_ref(), self.source.at(name.span()), &inner)
        });
        named.collect::<Vec<_>>().into_iter().filter_map(|read| self.or_problem(read)).collect()
    }

    /// Reads the values of a list with `read`. Invalid values are skipped.
    pub(super) fn list<T>(&mut self, key: &'static str, read: impl Fn(&Entry<'_>) -> Result<T, Diagnostic>) -> Vec<T> {
        let items = self.items(key, "a list");
        items.iter().filter_map(|item| self.or_problem(read(item))).collect()
    }

    /// Reads the tables of a list with `read`. Invalid tables are skipped.
    pub(super) fn tables<T>(&mut self, key: &'static str, read: impl Fn(&mut Table<'_>) -> Option<T>) -> Vec<T> {
        let items = self.items(key, "a list of tables");
        let read_one = |item: &Entry<'_>| {
            let entries = self.or_problem(item.table())?;
            item.with(entries, self.problems).read(&read)
        };
        items.iter().filter_map(read_one).collect()
    }

    fn items(&mut self, key: &'static str, what: &str) -> Vec<Entry<'t>> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let DeValue::Array(items) = entry.value else {
            self.problems.push(entry.expected(what));
            return Vec::new();
        };
        let item = |item: &'t toml::Spanned<DeValue<'t>>| Entry {
            path: entry.path.clone(),
            span: item.span(),
            source: entry.source,
            value: item.get_ref(),
        };
        items.iter().map(item).collect()
    }

    fn entry(&mut self, key: &'static str) -> Option<Entry<'t>> {
        self.known.push(key);
        let value = self.entries.get(key)?;
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Some(Entry { path, span: value.span(), source: self.source, value: value.get_ref() })
    }

    fn or_problem<T>(&mut self, read: Result<T, Diagnostic>) -> Option<T> {
        read.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn report_unknown_keys(&mut self) {
        for (name, _) in self.entries {
            let key = name.get_ref().as_ref();
            if self.known.contains(&key) {
                continue;
            }
            let message = format!("there is no key `{key}` in {}", self.shown());
            let problem = Diagnostic::error(INVALID_CONFIG, message)
                .at(self.source.at(name.span()))
                .suggest(key, self.known.iter().copied());
            self.problems.push(if problem.help.is_empty() {
                problem.help(format!("the keys are {}", in_backticks(self.known.iter().copied(), ", ")))
            } else {
                problem
            });
        }
    }

    /// The table's name for messages.
    fn shown(&self) -> String {
        if self.path.is_empty() { "the configuration".to_owned() } else { format!("`[{}]`", self.path) }
    }
}

impl<'t> Entry<'t> {
    /// A string.
    pub(super) fn text(&self, what: &str) -> Result<&'t str, Diagnostic> {
        match self.value {
            DeValue::String(text) => Ok(text),
            _ => Err(self.expected(what)),
        }
    }

    /// One of these words, by its value.
    pub(super) fn word<T: Copy>(&self, words: &[(&'static str, T)]) -> Result<T, Diagnostic> {
        let names = || words.iter().map(|(name, _)| *name);
        let expected = || match words.len() {
            2 => in_backticks(names(), " or "),
            _ => format!("one of {}", in_backticks(names(), ", ")),
        };
        let text = self.text(&expected())?;
        let known = words.iter().find(|(name, _)| *name == text).map(|(_, meaning)| *meaning);
        known.ok_or_else(|| self.mistake(&expected(), &format!("`{text}`")).suggest(text, names()))
    }

    /// A non-negative integer.
    pub(super) fn number(&self) -> Result<u64, Diagnostic> {
        const WHAT: &str = "a whole number of at least 0";
        match self.value {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
                .map_err(|_| self.mistake(WHAT, &format!("`{number}`"))),
            _ => Err(self.expected(WHAT)),
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&self) -> Result<bool, Diagnostic> {
        match self.value {
            DeValue::Boolean(flag) => Ok(*flag),
            _ => Err(self.expected("`true` or `false`")),
        }
    }

    /// A string, or a TOML date and time, which is read as its text.
    pub(super) fn text_or_time(&self, what: &str) -> Result<String, Diagnostic> {
        match self.value {
            DeValue::Datetime(time) => Ok(time.to_string()),
            _ => self.text(what).map(str::to_owned),
        }
    }

    fn table(&self) -> Result<&'t DeTable<'t>, Diagnostic> {
        match self.value {
            DeValue::Table(entries) => Ok(entries),
            _ => Err(self.expected("a table")),
        }
    }

    fn with<'p>(&self, entries: &'p DeTable<'p>, problems: &'p mut Diagnostics) -> Table<'p>
    where
        't: 'p,
    {
        let (path, span) = (self.path.clone(), self.span.clone());
        Table { path, span, source: self.source, entries, known: Vec::new(), problems }
    }

    /// Its location.
    pub(super) fn place(&self) -> Location {
        self.source.at(self.span.clone())
    }

    /// A problem of this value with a custom message.
    pub(super) fn problem(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(INVALID_CONFIG, message).at(self.place())
    }

    fn mistake(&self, what: &str, found: &str) -> Diagnostic {
        self.problem(format!("expected {what} under `{}`, found {found}", self.path))
    }

    fn expected(&self, what: &str) -> Diagnostic {
        let found = match self.value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(true) => "`true`",
            DeValue::Boolean(false) => "`false`",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.mistake(what, found)
    }
}

fn in_backticks<'a>(names: impl Iterator<Item = &'a str>, between: &str) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between)
}
