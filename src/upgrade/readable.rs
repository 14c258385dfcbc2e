//! The readable part of a template that cannot be parsed.

use crate::diagnostics::{Diagnostic, Source};
use crate::liquid::Arena;
use crate::message::{Template, Workspace};

/// How often a template is parsed, and unparsable parts are removed.
const MAX_ROUNDS: usize = 8;
/// With more problems than this, a template is given up.
const MAX_PROBLEMS: usize = 200;

/// The template with the filters, tags and outputs that cannot be parsed replaced by blanks, so that all offsets stay the same;
/// `None` if the rest cannot be parsed either.
pub(super) fn readable(template: &Template, workspace: &Workspace<'_>) -> Option<Template> {
    let mut readable = template.clone();
    for _ in 0..MAX_ROUNDS {
        let arena = Arena::new();
        let Err(problems) = readable.compile(workspace, &arena) else { return Some(readable) };
        if problems.len() > MAX_PROBLEMS {
            return None;
        }
        let mut text = readable.source().text().to_owned();
        let unreadable: Option<Vec<_>> = problems.iter().map(|problem| unreadable(problem, &text)).collect();
        for range in unreadable? {
            let blanks =
                text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
            text.replace_range(range, &blanks);
        }
        readable = readable.with_source(Source::new(template.source().name(), text));
    }
    None
}

/// The part of the text that a problem is about, including its delimiters.
fn unreadable(problem: &Diagnostic, text: &str) -> Option<std::ops::Range<usize>> {
    let range = problem.location()?.range();
    if problem.code.as_str() == "unknown-filter" {
        return Some(text[..range.start].rfind('|')?..range.end);
    }
    let is_opened = |at: usize| text[at..].starts_with("{{") || text[at..].starts_with("{%");
    let start = if is_opened(range.start) {
        range.start
    } else {
        let before = &text[..range.start];
        before.rfind("{{").max(before.rfind("{%"))?
    };
    let delimiter = if text[start..].starts_with("{%") { "%}" } else { "}}" };
    let end = start + text[start..].find(delimiter)? + delimiter.len();
    Some(start..end)
}
