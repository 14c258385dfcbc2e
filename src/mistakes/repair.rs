//! Repair: applies the edits of mistakes to a text that cannot be parsed, so that the rest of it can be checked, and maps
//! positions of the repaired text back.

use std::collections::HashSet;

use super::scan::{Construct, ConstructKind};
use super::{Effect, MAX_MISTAKES, Mistake, find, scan};
use crate::liquid::{Arena, Error, Language, Span, Subject, Template};

/// How often a text is repaired. A repair may bring other mistakes to light.
const MAX_ROUNDS: usize = 12;

/// A longer text is not examined.
const MAX_LENGTH: usize = 1_000_000;

/// A text with repairs.
#[derive(Clone, Debug)]
pub struct Repaired {
    /// The repaired text.
    pub text: String,
    /// For each byte, the range of the original that it is or replaces.
    origins: Vec<(usize, usize)>,
    original_length: usize,
    /// Whether something was removed whose meaning is not known.
    pub has_gaps: bool,
    /// The words of what was removed.
    lost_words: HashSet<String>,
}

/// Why a text cannot be parsed.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The mistakes because of which it cannot be parsed.
    pub mistakes: Vec<Mistake>,
    /// The errors that no mistake explains, and where they are.
    pub errors: Vec<(Error, Option<Span>)>,
    /// The text without all these; `None` if it still cannot be parsed.
    pub repaired: Option<Repaired>,
}

/// Finds out why a text cannot be parsed, and repairs it.
#[must_use]
pub fn repair(text: &str, language: &Language) -> Diagnosis {
    let mut repaired = Repaired::new(text);
    let mut mistakes = Vec::new();
    if text.len() > MAX_LENGTH {
        return Diagnosis { mistakes, errors: Vec::new(), repaired: None };
    }
    for _ in 0..MAX_ROUNDS {
        if mistakes.len() >= MAX_MISTAKES {
            break;
        }
        let mut found = find(&repaired.text, language);
        found.retain(|mistake| !mistake.edits.is_empty() && mistake.effect != Effect::Ignored);
        if found.iter().any(|mistake| mistake.effect == Effect::Fails) {
            found.retain(|mistake| mistake.effect == Effect::Fails);
        } else if found.is_empty() || Template::parse(&repaired.text, language, &Arena::new()).is_ok() {
            break;
        }
        let mut edits = Vec::new();
        for mistake in found {
            if !add(&mut edits, &mistake.edits) {
                continue;
            }
            if !mistake.is_fix {
                repaired.add_gap(&mistake);
            }
            // A mistake in the text of an edit is not the author's.
            if repaired.is_original(mistake.span) {
                mistakes.push(repaired.mapped_back(mistake));
            }
        }
        repaired = repaired.edited(edits);
    }
    let mut errors: Vec<(Error, Option<Span>)> = Vec::new();
    for round in 0..MAX_ROUNDS {
        let arena = Arena::new();
        let Err(failures) = Template::parse(&repaired.text, language, &arena) else {
            return Diagnosis { mistakes, errors, repaired: Some(repaired) };
        };
        let constructs = scan::scan(&repaired.text, language.dialect().reading).constructs;
        let mut edits = Vec::new();
        for error in failures {
            if error.subject() == Some(&Subject::Nesting) {
                let place = error.span().map(|span| repaired.original(span));
                errors.push((error, place));
                return Diagnosis { mistakes, errors, repaired: None };
            }
            let span = error.span();
            let contains = |construct: &&Construct, span: Span| {
                construct.span.start <= span.start && span.start < construct.span.end.max(construct.span.start + 1)
            };
            let construct = span.and_then(|span| constructs.iter().find(|construct| contains(construct, span)));
            if let Some((construct, neutral)) =
                construct.and_then(|construct| Some((construct, neutral(&repaired.text, construct)?)))
            {
                add(&mut edits, &[(construct.span, neutral.to_owned())]);
                repaired.add_lost_words(construct.span);
            }
            // Without what was removed, other tags may not belong together.
            let is_structure = match error.subject() {
                Some(Subject::UnknownTag(name)) => name.starts_with('e'),
                Some(Subject::NotClosed(_)) => true,
                _ => false,
            };
            let may_be_consequence = is_structure && (round > 0 || !mistakes.is_empty());
            if !may_be_consequence && span.is_none_or(|span| repaired.is_original(span)) {
                let place = span.map(|span| repaired.original(span));
                errors.push((error, place));
            }
        }
        if edits.is_empty() {
            break;
        }
        repaired.has_gaps = true;
        repaired = repaired.edited(edits);
    }
    Diagnosis { mistakes, errors, repaired: None }
}

/// What replaces an output or tag with an error, so that the rest can be parsed.
fn neutral(text: &str, construct: &Construct) -> Option<&'static str> {
    Some(match (construct.kind, construct.name(text)) {
        (ConstructKind::Text, _) => return None,
        (ConstructKind::Output, _) => "{{ 0 }}",
        (ConstructKind::Tag, "if") => "{% if true %}",
        (ConstructKind::Tag, "elsif") => "{% elsif true %}",
        (ConstructKind::Tag, "unless") => "{% unless true %}",
        (ConstructKind::Tag, "case") => "{% case nil %}",
        (ConstructKind::Tag, "when") => "{% when nil %}",
        (ConstructKind::Tag, "for") => "{% for item in nil %}",
        (ConstructKind::Tag, "capture") => "{% capture removed %}",
        _ => "",
    })
}

/// Adds edits unless one of them overlaps an earlier one.
fn add(edits: &mut Vec<(Span, String)>, more: &[(Span, String)]) -> bool {
    let overlaps =
        |one: &Span, two: &Span| one.start < two.end && two.start < one.end || (one == two && one.start < one.end);
    if more.iter().any(|(new, _)| edits.iter().any(|(old, _)| overlaps(new, old))) {
        return false;
    }
    edits.extend(more.iter().cloned());
    true
}

impl Repaired {
    fn new(text: &str) -> Self {
        let origins = (0..text.len()).map(|at| (at, at + 1)).collect();
        Self {
            text: text.to_owned(),
            origins,
            original_length: text.len(),
            has_gaps: false,
            lost_words: HashSet::new(),
        }
    }

    fn add_gap(&mut self, mistake: &Mistake) {
        self.has_gaps = true;
        let starts = mistake.edits.iter().map(|(span, _)| span.start);
        let ends = mistake.edits.iter().map(|(span, _)| span.end);
        if let (Some(start), Some(end)) = (starts.min(), ends.max()) {
            self.add_lost_words(Span::new(start, end));
        }
    }

    fn add_lost_words(&mut self, lost: Span) {
        let words = lost.of(&self.text).split(|next: char| !next.is_alphanumeric() && next != '_');
        self.lost_words.extend(words.map(str::to_owned));
    }

    /// Whether what was removed contains this word, so that it may define it.
    #[must_use]
    pub fn may_define(&self, name: &str) -> bool {
        self.lost_words.contains(name)
    }

    fn edited(self, mut edits: Vec<(Span, String)>) -> Self {
        edits.sort_by_key(|(span, _)| *span);
        let mut text = String::with_capacity(self.text.len());
        let mut origins = Vec::with_capacity(self.origins.len());
        let mut at = 0;
        for (span, new) in &edits {
            let Some(kept) = self.text.get(at..span.start) else { continue };
            text.push_str(kept);
            origins.extend_from_slice(&self.origins[at..span.start]);
            let replaced = self.original(*span);
            text.push_str(new);
            origins.extend(std::iter::repeat_n((replaced.start, replaced.end), new.len()));
            at = span.end.max(span.start);
        }
        text.push_str(self.text.get(at..).unwrap_or_default());
        origins.extend_from_slice(self.origins.get(at..).unwrap_or_default());
        Self { text, origins, ..self }
    }

    /// Whether a span of the repaired text is unchanged.
    #[must_use]
    pub fn is_original(&self, span: Span) -> bool {
        let origins = self.origins.get(span.start..span.end.min(self.origins.len())).unwrap_or_default();
        origins.iter().all(|(start, end)| end - start == 1) && origins.windows(2).all(|pair| pair[0].1 == pair[1].0)
    }

    /// The place in the original of a span of the repaired text.
    #[must_use]
    pub fn original(&self, span: Span) -> Span {
        let start = self.origins.get(span.start).map_or(self.original_length, |origin| origin.0);
        let end = span.end.checked_sub(1).filter(|_| span.end > span.start).and_then(|last| self.origins.get(last));
        Span::new(start, end.map_or(start, |origin| origin.1).max(start))
    }

    /// A mistake in the repaired text at its place in the original. It keeps its edits only if they are possible there.
    fn mapped_back(&self, mut mistake: Mistake) -> Mistake {
        mistake.span = self.original(mistake.span);
        for (span, _) in &mut mistake.others {
            *span = self.original(*span);
        }
        if mistake.edits.iter().all(|(span, _)| self.is_original(*span)) {
            for (span, _) in &mut mistake.edits {
                *span = self.original(*span);
            }
        } else {
            mistake.edits.clear();
            mistake.is_fix = false;
        }
        mistake
    }
}
