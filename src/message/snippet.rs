//! Snippets: shared pieces of content, read in templates as `{{snippets.name}}`.

use std::sync::Arc;

use super::json_mistakes::Document;
use super::sent_data::not_json;
use crate::diagnostics::{Code, Diagnostic, Source};
use crate::liquid::value::json::{self, Events, JsonError};
use crate::liquid::{Arena, Value};

const INVALID_SNIPPET: Code = Code::new("invalid-snippet");

/// A snippet file. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Snippet {
    source: Source,
    name: Arc<str>,
    kind: SnippetKind,
}

/// The kind of a snippet, which decides how Liquid in it is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnippetKind {
    /// Plain text. Liquid in it is rendered.
    Text,
    /// JSON. Liquid in the strings of an object is rendered; a list stays as it is written.
    Json,
}

impl Snippet {
    /// Parses a snippet file.
    ///
    /// # Errors
    /// A JSON snippet is not valid JSON.
    pub fn read(name: &str, kind: SnippetKind, source: Source) -> Result<Self, Diagnostic> {
        // A byte order mark is not part of the text.
        let source = match source.text().strip_prefix('\u{feff}') {
            Some(text) => Source::new(source.name(), text),
            None => source,
        };
        if kind == SnippetKind::Json {
            Events::new(source.text()).finish().map_err(|error| invalid(&source, &error))?;
        }
        Ok(Self { source, name: name.into(), kind })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> SnippetKind {
        self.kind
    }

    /// The content of a text snippet, without the line break that editors add at the end of a file.
    #[must_use]
    pub fn text(&self) -> &str {
        let text = self.source.text();
        text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text))
    }

    /// The Liquid texts of the snippet: the whole text, or the strings in its object.
    #[must_use]
    pub fn texts<'a>(&'a self, arena: &'a Arena) -> Vec<&'a str> {
        fn within<'a>(value: Value<'a>, texts: &mut Vec<&'a str>) {
            match value {
                Value::String(text) => texts.push(text),
                Value::Object(object) => object.entries().iter().for_each(|(_, value)| within(*value, texts)),
                _ => {}
            }
        }
        let mut texts = Vec::new();
        match self.kind {
            SnippetKind::Text => texts.push(self.text()),
            // A snippet that cannot be parsed has no texts.
            SnippetKind::Json => self.value(arena).into_iter().for_each(|value| within(value, &mut texts)),
        }
        texts
    }

    /// The value of a JSON snippet, before Liquid is rendered.
    ///
    /// # Errors
    /// The snippet is not valid JSON, because it is a text snippet.
    pub fn value<'a>(&'a self, arena: &'a Arena) -> Result<Value<'a>, Diagnostic> {
        json::read(self.source.text(), arena).map_err(|error| invalid(&self.source, &error))
    }
}

fn invalid(source: &Source, error: &JsonError) -> Diagnostic {
    not_json(INVALID_SNIPPET, Document::Snippet, source, 0, error)
}
