//! For people: the source with the problem underlined, then notes, help and the fix.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::{Render, Theme};
use crate::diagnostics::excerpt::{self, Excerpt, Window};
use crate::diagnostics::{Diagnostic, Edit, Fix, Label, Location, Severity, Source, sanitize};

/// The columns that line numbers and the frame take.
const GUTTER: usize = 8;
/// Minimum width of source text, however narrow the terminal.
const NARROWEST: usize = 24;
/// Placeholder for each excerpt's path while drawing. Sanitized text cannot contain it.
const PATH: &str = "\u{80}";

pub(super) struct Full {
    renderer: Renderer,
    window: Window,
}

impl Full {
    pub(super) fn new(theme: Theme) -> Self {
        let line = theme.width.saturating_sub(GUTTER).max(NARROWEST);
        let renderer = if theme.color { Renderer::styled() } else { Renderer::plain() };
        let decor = if theme.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii };
        Self {
            // lines are already shortened, and must not be shortened again
            renderer: renderer.decor_style(decor).term_width(usize::MAX / 2),
            window: Window { line, around: line / 4, omission: theme.omission() },
        }
    }

    fn draw(&self, diagnostic: &Diagnostic) -> String {
        let passages = self.passages(diagnostic);
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        // Only notes and help may have several lines: a line break in a title or a label would break the frame.
        let title = level.primary_title(sanitize::line(&diagnostic.message));
        let mut group = Group::with_title(title.id(diagnostic.code.as_str()));
        for passage in &passages {
            group = group.element(passage.snippet());
        }
        if let Some(counterexample) = &diagnostic.counterexample {
            group = group.element(Level::NOTE.message(sanitize::text(&counterexample.words)));
        }
        for note in &diagnostic.notes {
            group = group.element(Level::NOTE.message(sanitize::text(note)));
        }
        for help in &diagnostic.help {
            group = group.element(Level::HELP.message(sanitize::text(help)));
        }

        let Some(fix) = &diagnostic.fix else {
            return put_paths(&self.renderer.render(&[group]), &passages);
        };
        let title = sanitize::line(&fix.title);
        let source = diagnostic.location().map(Location::source);
        let Some(repair) = source.and_then(|source| Repair::new(fix, source, self.window)) else {
            let group = group.element(Level::HELP.message(title));
            return put_paths(&self.renderer.render(&[group]), &passages);
        };
        let repair = Level::HELP.secondary_title(title).element(repair.snippet());
        put_paths(&self.renderer.render(&[group, repair]), &passages)
    }

    /// The excerpts: the one with the primary label first, then by file in order of appearance.
    fn passages<'a>(&self, diagnostic: &'a Diagnostic) -> Vec<Passage<'a>> {
        let primary = diagnostic.primary.iter().map(|label| (AnnotationKind::Primary, label));
        let secondary = diagnostic.secondary.iter().map(|label| (AnnotationKind::Context, label));
        let mut files: Vec<(&Source, Vec<Mark<'_>>)> = Vec::new();
        for (kind, label) in primary.chain(secondary) {
            let source = label.location.source();
            let mark = Mark { kind, label, range: excerpt::fit(source, label.location.range()) };
            match files.iter_mut().find(|(file, _)| *file == source) {
                Some((_, marks)) => marks.push(mark),
                None => files.push((source, vec![mark])),
            }
        }

        let mut passages = Vec::new();
        for (source, marks) in files {
            let ranges: Vec<_> = marks.iter().map(|mark| mark.range.clone()).collect();
            for indexes in excerpt::passages(source, &ranges) {
                let marks = indexes.into_iter().map(|index| marks[index].clone()).collect();
                passages.push(Passage::new(source, marks, self.window));
            }
        }
        passages.sort_by_key(|passage| passage.marks[0].kind != AnnotationKind::Primary);
        passages
    }
}

impl Render for Full {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        for (index, diagnostic) in diagnostics.iter().enumerate() {
            if index > 0 {
                out.write_all(b"\n")?;
            }
            writeln!(out, "{}", self.draw(diagnostic).trim_end())?;
        }
        Ok(())
    }
}

/// A label, and the range to underline for it.
#[derive(Clone)]
struct Mark<'a> {
    kind: AnnotationKind,
    label: &'a Label,
    range: Range<usize>,
}

/// An excerpt and the marks in it.
struct Passage<'a> {
    source: &'a Source,
    /// Never empty; the one whose position the heading shows comes first.
    marks: Vec<Mark<'a>>,
    excerpt: Excerpt,
}

impl<'a> Passage<'a> {
    fn new(source: &'a Source, mut marks: Vec<Mark<'a>>, window: Window) -> Self {
        marks.sort_by_key(|mark| (mark.kind, mark.range.start));
        let ranges: Vec<_> = marks.iter().map(|mark| mark.range.clone()).collect();
        Self { source, excerpt: Excerpt::new(source, &ranges, window), marks }
    }

    fn snippet(&self) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let annotations = self.marks.iter().map(|mark| {
            let text = Some(mark.label.text.as_str()).filter(|text| !text.is_empty());
            mark.kind.span(self.excerpt.locate(self.source, &mark.range)).label(text.map(sanitize::line))
        });
        Snippet::source(self.excerpt.text.as_str())
            .line_start(self.excerpt.first_line)
            .path(PATH)
            .annotations(annotations)
    }

    /// `path:line:column` of the first mark, in the source rather than in the excerpt.
    fn heading(&self) -> String {
        sanitize::line(&self.marks[0].label.location.to_string()).into_owned()
    }
}

/// A fix and the lines it changes.
struct Repair<'a> {
    source: &'a Source,
    edits: Vec<&'a Edit>,
    excerpt: Excerpt,
}

impl<'a> Repair<'a> {
    /// `None` if the fix does not fit into one excerpt, or cannot be applied.
    fn new(fix: &'a Fix, source: &'a Source, window: Window) -> Option<Self> {
        let edits = fix.edits_in_order()?;
        if edits.iter().any(|edit| source.text().get(edit.range.clone()).is_none()) {
            return None;
        }
        let ranges: Vec<_> = edits.iter().map(|edit| edit.range.clone()).collect();
        excerpt::fit_together(source, &ranges).then(|| Self {
            source,
            edits,
            excerpt: Excerpt::new(source, &ranges, window),
        })
    }

    fn snippet(&self) -> Snippet<'_, Patch<'_>> {
        let patches = self.edits.iter().map(|edit| {
            let range = self.excerpt.locate(self.source, &edit.range);
            Patch::new(range, sanitize::text(&edit.text))
        });
        Snippet::source(self.excerpt.text.as_str()).line_start(self.excerpt.first_line).path(PATH).patches(patches)
    }
}

/// Replaces the drawn headings, whose columns refer to the excerpts and are wrong as soon as part of a line was omitted or
/// escaped.
fn put_paths(drawn: &str, passages: &[Passage<'_>]) -> String {
    let mut parts = drawn.split(PATH);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for (part, passage) in parts.zip(passages) {
        result.push_str(&passage.heading());
        result.push_str(part.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    result
}
