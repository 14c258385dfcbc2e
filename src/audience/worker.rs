//! The work of one thread: renders the messages of records, and counts.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use memchr::memchr2;
use serde::Serialize;
use serde_json::value::RawValue;
use twox_hash::XxHash3_64;

use super::line::{Message, NoMessage};
use super::reader::Reader;
use super::state::State;
use super::suspicious::{self, KINDS, Style};
use super::witness::{Place, Witness};
use super::{Audience, Reveal};
use crate::analysis::branches_in;
use crate::liquid::value::json::{Event, Events, Members};
use crate::liquid::value::{coerce, utf16};
use crate::liquid::{Arena, NodeId, Output, Value, Writer};
use crate::message::{Cause, CompiledTemplate, Loss, Template, Trial, TrialOutput};
use crate::records::{Batch, Position, Record, RecordError};

/// The properties whose texts are looked at.
const TITLE: &str = "title";
const BODY: &str = "body";
/// How many characters of a title are counted as its value.
const MAX_TITLE: usize = 200;
/// How many causes and patterns are remembered.
const MAX_CACHE: usize = 10_000;

/// What a batch adds to the files that were asked for.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) failures: Vec<u8>,
    pub(super) messages: Vec<u8>,
    pub(super) records: u64,
}

/// One thread's templates and counts.
pub(super) struct Worker<'t> {
    audience: &'t Audience<'t>,
    variants: Vec<Variant<'t>>,
    reader: Reader<'t>,
    /// The properties of a message that are looked at.
    properties: Members,
    pub(super) state: State,
    written: Written,
}

/// A language variant of the template.
struct Variant<'t> {
    template: &'t Template,
    compiled: &'t CompiledTemplate<'t>,
    trial: Trial<'t>,
    branches: Vec<NodeId>,
    /// The causes of losses that are the same for all data.
    causes: HashMap<Loss, Cause>,
    /// The warnings of messages whose commas and expiration are alike.
    warnings: HashMap<(Vec<usize>, bool), Vec<Cause>>,
    /// Titles with expressions in place of what they print, by what wrote the title.
    patterns: Patterns,
    style: Style,
}

/// A record and what identifies it.
struct Subject<'b> {
    record: Record<'b>,
    input: &'b Arc<str>,
    hash: u64,
    id: Option<&'b str>,
}

/// A line of the file of failures.
#[derive(Serialize)]
struct Failure<'a> {
    input: &'a str,
    line: u64,
    id: Option<&'a str>,
    code: &'a str,
    message: &'a str,
    file: Option<&'a str>,
    position: Option<[usize; 2]>,
    record: Option<&'a RawValue>,
}

/// A line of the file of messages.
#[derive(Serialize)]
struct SentMessage<'a> {
    input: &'a str,
    line: u64,
    id: Option<Cow<'a, str>>,
    message: &'a crate::message::Message,
}

impl<'t> Worker<'t> {
    /// A worker with templates of its own.
    pub(super) fn new(audience: &'t Audience<'t>, compiled: &'t [CompiledTemplate<'t>]) -> Self {
        let variants: Vec<_> = compiled.iter().map(|compiled| Variant::new(compiled, audience)).collect();
        let branches: Vec<_> = variants.iter().map(|variant| variant.branches.len()).collect();
        let reader = Reader::new(audience, compiled);
        let properties = Members::new([TITLE, BODY].map(str::to_owned));
        Self { audience, variants, reader, properties, state: State::new(&branches), written: Written::default() }
    }

    /// Counts the records of a batch.
    pub(super) fn batch(&mut self, batch: &Batch, arena: &mut Arena, out: &mut TrialOutput) -> Written {
        self.written = Written::default();
        for entry in batch.entries() {
            match entry {
                Ok(record) => self.record(record, batch.input_name(), arena, out),
                Err(error) => self.unreadable(error, batch.input_name()),
            }
            arena.reset();
        }
        self.written.records = (batch.records().len() + batch.errors().len()) as u64;
        std::mem::take(&mut self.written)
    }

    /// Counts a record that cannot be read.
    fn unreadable(&mut self, error: &RecordError, input: &Arc<str>) {
        self.state.records += 1;
        let place = self.audience.is_ordered.then(|| Place::new(input, error.position));
        let witness = Witness { place, hash: 0, id: None, record: None };
        self.state.invalid.add(&invalid_cause(error.problem.code()), 0, &witness);
        if self.audience.writes_failures {
            let message = error.problem.to_string();
            let failure = Failure {
                input,
                line: error.position.line,
                id: None,
                code: error.problem.code(),
                message: &message,
                file: None,
                position: None,
                record: None,
            };
            write_line(&mut self.written.failures, &failure);
        }
    }

    fn record(&mut self, record: Record<'_>, input: &Arc<str>, arena: &Arena, out: &mut TrialOutput) {
        self.state.records += 1;
        let mut subject = Subject { record, input, hash: XxHash3_64::oneshot(record.bytes()), id: None };
        let (variant, message) = match self.reader.message(record, arena) {
            Ok(found) => found,
            Err(NoMessage::OtherTemplate) => {
                self.state.other_templates += 1;
                return;
            }
            Err(NoMessage::Invalid { code, reason }) => return self.invalid(&subject, code, &reason),
        };
        subject.id = message.id;
        let loss = self.send(&subject, variant, &message, arena, out);
        let Variant { branches, .. } = &self.variants[variant];
        for (count, branch) in self.state.branches[variant].iter_mut().zip(branches) {
            *count += u64::from(out.trace.has(*branch));
        }
        let language = message.language.unwrap_or_default();
        self.state.languages.add(&shortened(language), subject.hash, loss.is_some());
        if let Some(loss) = loss {
            self.lose(&subject, variant, loss, arena);
        }
    }

    /// Renders the message, and counts what is sent. Returns why it is lost.
    fn send(
        &mut self,
        subject: &Subject<'_>,
        at: usize,
        message: &Message<'_>,
        arena: &Arena,
        out: &mut TrialOutput,
    ) -> Option<Loss> {
        let variant = &mut self.variants[at];
        let sent = match variant.trial.send(message.data, &self.properties, arena, out) {
            Ok(sent) => sent,
            Err(loss) => return Some(loss),
        };
        let (reader, state, audience) = (&self.reader, &mut self.state, self.audience);
        state.sent += 1;
        state.types.add(&shortened(sent.kind), subject.hash, false);
        for topic in &sent.topics {
            state.topics.add(&shortened(topic), subject.hash, false);
        }
        if !sent.trailing_commas.is_empty() || sent.is_late {
            state.with_warnings += 1;
            let key = (written_by(sent.content, &sent.trailing_commas), sent.is_late);
            if variant.warnings.len() >= MAX_CACHE {
                variant.warnings.clear();
            }
            let causes = variant.warnings.entry(key).or_insert_with(|| {
                let all_data = reader.all_data(subject.record, arena);
                let rendering = variant.compiled.render_data(&all_data.unwrap_or(message.data), &audience.options);
                rendering.problems.iter().map(Cause::from_diagnostic).collect()
            });
            let witness = subject.witness(audience);
            for cause in causes {
                state.warnings.add(cause, subject.size(), &witness);
            }
        }
        let property = |name| match sent.properties.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => coerce::to_liquid_string(value, arena).ok(),
        };
        let (title, body) = (property(TITLE), property(BODY));
        for (name, text, lengths) in [(TITLE, title, &mut state.title_lengths), (BODY, body, &mut state.body_lengths)] {
            if let Some(text) = text {
                let length = text.chars().count() as u64;
                lengths.add(length, |other| subject.is_before(other, audience), || subject.witness(audience));
            }
            if let Some(kind) = suspicious::kind_of(text, variant.style) {
                let cause = Cause { file: name.to_owned(), ..invalid_cause(KINDS[kind].0) };
                state.suspicious.add(&cause, subject.size(), &subject.witness(audience));
            }
        }
        if let Some(title) = title {
            state.distinct_titles.add(XxHash3_64::oneshot(title.as_bytes()));
            let value = if audience.reveal == Reveal::All {
                clipped(title)
            } else {
                variant.patterns.of(variant.template, sent.content, title)
            };
            state.titles.add(&utf16::to_utf8(value), subject.hash, false);
        }
        if audience.writes_messages {
            let rendering = variant.compiled.render_data(&message.data, &audience.options);
            if let Some(message) = &rendering.message {
                let id = subject.id.map(utf16::to_utf8);
                let line = SentMessage { input: subject.input, line: subject.record.line(), id, message };
                write_line(&mut self.written.messages, &line);
            }
        }
        None
    }

    fn lose(&mut self, subject: &Subject<'_>, at: usize, loss: Loss, arena: &Arena) {
        let (variant, audience) = (&mut self.variants[at], self.audience);
        // What breaks JSON or a snippet depends on the data, although it shows at the same place.
        let is_fixed = !matches!(loss, Loss::Json(..) | Loss::NotAnObject) && !audience.reads_snippets;
        let known = variant.causes.get(&loss).filter(|_| is_fixed).cloned();
        let mut problem = None;
        if known.is_none() || audience.writes_failures {
            let data = self.reader.all_data(subject.record, arena);
            problem = data.and_then(|data| variant.compiled.first_error(&data, &audience.options));
        }
        let cause = known.unwrap_or_else(|| {
            let cause = problem.as_ref().map_or_else(|| invalid_cause("render-error"), Cause::from_diagnostic);
            if is_fixed {
                variant.causes.insert(loss, cause.clone());
            }
            cause
        });
        self.state.losses.add(&cause, subject.size(), &subject.witness(audience));
        if audience.writes_failures {
            let message = problem.map(|problem| problem.message).unwrap_or_default();
            subject.write_failure(&cause, &message, &mut self.written.failures);
        }
    }

    fn invalid(&mut self, subject: &Subject<'_>, code: &str, reason: &str) {
        let cause = invalid_cause(code);
        self.state.invalid.add(&cause, subject.size(), &subject.witness(self.audience));
        if self.audience.writes_failures {
            subject.write_failure(&cause, reason, &mut self.written.failures);
        }
    }
}

impl<'t> Variant<'t> {
    fn new(compiled: &'t CompiledTemplate<'t>, audience: &Audience<'_>) -> Self {
        let template = compiled.template();
        let content = compiled.texts().into_iter().next();
        let branches = content.map(|content| branches_in(&content, template.source())).unwrap_or_default();
        Self {
            template,
            compiled,
            trial: Trial::new(compiled, &audience.options),
            branches: branches.into_iter().map(|(_, node)| node).collect(),
            causes: HashMap::new(),
            warnings: HashMap::new(),
            patterns: Patterns::default(),
            style: Style::of(template.content()),
        }
    }
}

/// Titles with expressions in place of what they print.
#[derive(Debug, Default)]
struct Patterns(HashMap<u64, String>);

impl Patterns {
    /// The pattern of a title.
    fn of(&mut self, template: &Template, content: &Output, title: &str) -> &str {
        let Some(range) = range_in(content.text(), title) else { return "" };
        let marks = content.marks();
        let first = marks.partition_point(|mark| mark.written.end < range.start);
        let parts = marks[first..].iter().take_while(|mark| mark.written.start <= range.end);
        // The part of each literal text that is in the title; expressions count as a whole.
        let parts = parts.filter_map(|mark| match mark.writer {
            Writer::Liquid => Some((mark.span.start, mark.span.end, true)),
            Writer::Text => {
                let (start, end) = (mark.written.start.max(range.start), mark.written.end.min(range.end));
                let skipped = mark.span.start + start - mark.written.start;
                (start < end).then(|| (skipped, skipped + end - start, false))
            }
        });
        let mut key = Vec::with_capacity(64);
        for (start, end, _) in parts.clone() {
            key.extend_from_slice(&start.to_le_bytes());
            key.extend_from_slice(&end.to_le_bytes());
        }
        if self.0.len() >= MAX_CACHE {
            self.0.clear();
        }
        let source = template.content();
        self.0.entry(XxHash3_64::oneshot(&key)).or_insert_with(|| {
            let mut text = String::new();
            for (start, end, is_expression) in parts {
                let part = source.get(start..end).unwrap_or_default();
                text.push_str(if is_expression { part.trim() } else { part });
            }
            clipped(&text).to_owned()
        })
    }
}

impl Subject<'_> {
    fn size(&self) -> u64 {
        self.record.bytes().len() as u64
    }

    fn witness(&self, audience: &Audience<'_>) -> Witness {
        let place = || Place::new(self.input, self.record.position());
        Witness {
            place: audience.is_ordered.then(place),
            hash: self.hash,
            id: self.id.map(|id| utf16::to_utf8(id).into_owned()),
            record: audience.keeps_records.then(|| {
                self.record.json().map_or_else(
                    |_| String::from_utf8_lossy(self.record.bytes()).into_owned(),
                    std::borrow::Cow::into_owned,
                )
            }),
        }
    }

    /// Whether its witness would come before another.
    fn is_before(&self, other: &Witness, audience: &Audience<'_>) -> bool {
        match &other.place {
            Some(place) if audience.is_ordered => {
                let Position { line, column, .. } = self.record.position();
                (&**self.input, line, column) < (&*place.input, place.line, place.column)
            }
            _ => self.hash < other.hash,
        }
    }

    fn write_failure(&self, cause: &Cause, message: &str, out: &mut Vec<u8>) {
        let json = self.record.json().unwrap_or_default();
        let json = one_line(&json);
        let id = self.id.map(utf16::to_utf8);
        let failure = Failure {
            input: self.input,
            line: self.record.line(),
            id: id.as_deref(),
            code: &cause.code,
            message,
            file: Some(cause.file.as_str()).filter(|file| !file.is_empty()),
            position: (cause.line > 0).then_some([cause.line, cause.column]),
            // What is not valid JSON is left out: it may have any line breaks.
            record: serde_json::from_str(&json).ok(),
        };
        write_line(out, &failure);
    }
}

/// JSON without the space between its tokens if it has several lines. Numbers and strings stay as they are written.
fn one_line(json: &str) -> Cow<'_, str> {
    if memchr2(b'\n', b'\r', json.as_bytes()).is_none() {
        return Cow::Borrowed(json);
    }
    let (mut is_in_string, mut is_escaped) = (false, false);
    let is_kept = |character: &char| {
        let is_kept = is_in_string || !character.is_ascii_whitespace();
        if *character == '"' && !is_escaped {
            is_in_string = !is_in_string;
        }
        is_escaped = *character == '\\' && !is_escaped;
        is_kept
    };
    Cow::Owned(json.chars().filter(is_kept).collect())
}

/// A cause that is not in a file.
fn invalid_cause(code: &str) -> Cause {
    Cause { file: String::new(), line: 0, column: 0, code: code.to_owned(), text: String::new() }
}

fn write_line(out: &mut Vec<u8>, line: &impl Serialize) {
    let start = out.len();
    match serde_json::to_writer(&mut *out, line) {
        Ok(()) => out.push(b'\n'),
        Err(_) => out.truncate(start),
    }
}

/// Where the template wrote the bytes at these offsets of its output.
fn written_by(content: &Output, offsets: &[usize]) -> Vec<usize> {
    let marks = content.marks();
    let place = |offset: &usize| {
        let mark = marks.get(marks.partition_point(|mark| mark.written.end <= *offset));
        mark.map_or(0, |mark| mark.span.start + offset.saturating_sub(mark.written.start))
    };
    offsets.iter().map(place).collect()
}

/// The place of the title in the rendered content.
fn range_in(content: &str, title: &str) -> Option<Range<usize>> {
    let start = title.as_ptr().addr().wrapping_sub(content.as_ptr().addr());
    if start <= content.len() && start + title.len() <= content.len() {
        return Some(start..start + title.len());
    }
    // It has escapes, or is not a string: its text was written elsewhere.
    let mut events = Events::new(content).with_trailing_commas();
    let mut found = None;
    if events.next_event().ok()? == Event::ObjectStart {
        loop {
            match events.next_event().ok()? {
                Event::Key(key) => {
                    let value = events.next_event().ok()?;
                    let is_string = usize::from(matches!(value, Event::String(_)));
                    let span = events.finish_value(value).ok()?;
                    if key.decode() == "title" {
                        found = Some(span.start + is_string..span.end - is_string);
                    }
                }
                Event::TrailingComma => {}
                _ => break,
            }
        }
    }
    found
}

fn clipped(text: &str) -> &str {
    text.char_indices().nth(MAX_TITLE).map_or(text, |(end, _)| &text[..end])
}

/// A name that is counted, without what makes it longer than any real one.
fn shortened(name: &str) -> Cow<'_, str> {
    utf16::to_utf8(name.char_indices().nth(60).map_or(name, |(end, _)| &name[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_several_lines_are_written_on_one() {
        for (json, expected) in [
            ("{\"a\": 1}", "{\"a\": 1}"),
            ("{\r\n\t\"a b\": [1.0, 12345678901234567890]\n}", "{\"a b\":[1.0,12345678901234567890]}"),
            ("{\"a\": \n\"\\\" \\\\\", \"b \": 1}", "{\"a\":\"\\\" \\\\\",\"b \":1}"),
        ] {
            assert_eq!(one_line(json), expected);
        }
    }
}
