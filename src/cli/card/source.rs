//! The template beside its card: each expression in the colour of its output, and unrendered parts dimmed.

use std::ops::Range;

use anstyle::Style;

use super::expression_colors::ExpressionColors;
use super::line::{Paragraph, StyledLine};
use super::palette::{BOLD, DIM, PLAIN};
use crate::cli::terminal::TerminalCapabilities;
use crate::diagnostics::Count;
use crate::message::Template;

/// A longer template is cut.
const MAX_LINES: usize = 400;
/// Terminal rows for one line of a template.
const MAX_ROWS: usize = 20;

/// A template's path, and its numbered lines, at most `width` columns wide.
pub(in crate::cli) fn source(
    template: &Template,
    expression_colors: &ExpressionColors,
    width: usize,
    capabilities: TerminalCapabilities,
) -> Vec<StyledLine> {
    let omission = capabilities.theme.omission();
    let bar = if capabilities.theme.unicode { " │ " } else { " | " };
    let source = template.source();
    // A trailing line break does not start another line.
    let count = source.line_count() - usize::from(source.text().ends_with('\n'));
    let digits = count.min(MAX_LINES).to_string().len();
    let room = width.saturating_sub(digits + 1 + bar.chars().count()).max(8);
    let pieces = styled_ranges(template, expression_colors);
    let mut lines = vec![StyledLine::default().with(PLAIN, " ").with(BOLD, source.name()).cut(width, omission)];
    for number in 1..=count.min(MAX_LINES) {
        let Some(range) = source.line_range(number) else { break };
        let mut paragraph = Paragraph::default();
        push_line(&mut paragraph, source.text(), &range, &pieces);
        let mut rows = paragraph.wrap(room, MAX_ROWS).lines;
        if rows.is_empty() {
            rows.push(StyledLine::default());
        }
        for (index, row) in rows.into_iter().enumerate() {
            let number = if index == 0 { number.to_string() } else { String::new() };
            let gutter = StyledLine::default().with(DIM, &format!(" {number:>digits$}")).with(DIM, bar);
            lines.push(gutter.with_line(&if capabilities.isolates { row.isolated() } else { row }));
        }
    }
    if count > MAX_LINES {
        lines.push(StyledLine::default().with(DIM, &format!(" {omission} {}", Count("more line", count - MAX_LINES))));
    }
    lines
}

/// The rendered parts of a template and their styles, in order.
fn styled_ranges(template: &Template, expression_colors: &ExpressionColors) -> Vec<(Range<usize>, Style)> {
    let settings = (0..template.content_start(), DIM);
    let literals = expression_colors.literals.iter().map(|range| (range.clone(), PLAIN));
    let expression_colors =
        expression_colors.in_template().map(|(range, expression_color)| (range, expression_color.apply_to(BOLD)));
    let mut pieces: Vec<_> = std::iter::once(settings).chain(literals).chain(expression_colors).collect();
    pieces.sort_by_key(|(range, _)| range.start);
    pieces
}

/// Appends one line of the template; parts without a style are dimmed.
fn push_line(paragraph: &mut Paragraph, text: &str, line: &Range<usize>, pieces: &[(Range<usize>, Style)]) {
    let mut at = line.start;
    let first = pieces.partition_point(|(range, _)| range.end <= line.start);
    for (range, style) in pieces[first..].iter().take_while(|(range, _)| range.start < line.end) {
        let (start, end) = (range.start.max(at), range.end.min(line.end));
        let parts = (text.get(at..start), text.get(start..end));
        if let (Some(before), Some(piece)) = parts {
            paragraph.push(DIM, before);
            paragraph.push(*style, piece);
            at = end;
        }
    }
    paragraph.push(DIM, text.get(at..line.end).unwrap_or_default());
}
