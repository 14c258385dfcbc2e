//! The template of a card: each expression in the colour of what it wrote, and dim what was not come to.

use std::ops::Range;

use anstyle::Style;

use super::expression_colors::ExpressionColors;
use super::line::{Line, Paragraph};
use super::palette::{BOLD, DIM, PLAIN};
use crate::cli::terminal::TerminalCapabilities;
use crate::diagnostics::Count;
use crate::message::Template;

/// The most lines of a template.
const MOST_LINES: usize = 400;
/// The most lines on the terminal that a line of a template takes.
const MOST_ROWS: usize = 20;

/// A template's lines, with their numbers, under its path: at most `width` columns wide.
pub(in crate::cli) fn source(
    template: &Template,
    expression_colors: &ExpressionColors,
    width: usize,
    capabilities: TerminalCapabilities,
) -> Vec<Line> {
    let omission = capabilities.theme.omission();
    let bar = if capabilities.theme.unicode { " │ " } else { " | " };
    let source = template.source();
    // Behind the last line break, there is no line.
    let count = source.line_count() - usize::from(source.text().ends_with('\n'));
    let digits = count.min(MOST_LINES).to_string().len();
    let room = width.saturating_sub(digits + 1 + bar.chars().count()).max(8);
    let pieces = pieces(template, expression_colors);
    let mut lines = vec![Line::default().with(PLAIN, " ").with(BOLD, source.name()).cut(width, omission)];
    for number in 1..=count.min(MOST_LINES) {
        let Some(range) = source.line_range(number) else { break };
        let mut paragraph = Paragraph::default();
        push(&mut paragraph, source.text(), &range, &pieces);
        let mut rows = paragraph.wrap(room, MOST_ROWS).lines;
        if rows.is_empty() {
            rows.push(Line::default());
        }
        for (place, row) in rows.into_iter().enumerate() {
            let number = if place == 0 { number.to_string() } else { String::new() };
            let gutter = Line::default().with(DIM, &format!(" {number:>digits$}")).with(DIM, bar);
            lines.push(gutter.and(&if capabilities.isolates { row.isolated() } else { row }));
        }
    }
    if count > MOST_LINES {
        lines.push(Line::default().with(DIM, &format!(" {omission} {}", Count("more line", count - MOST_LINES))));
    }
    lines
}

/// The parts of a template that were come to, in order.
fn pieces(template: &Template, expression_colors: &ExpressionColors) -> Vec<(Range<usize>, Style)> {
    let settings = (0..template.content_start(), DIM);
    let texts = expression_colors.texts.iter().map(|range| (range.clone(), PLAIN));
    let expression_colors =
        expression_colors.in_template().map(|(range, expression_color)| (range, expression_color.over(BOLD)));
    let mut pieces: Vec<_> = std::iter::once(settings).chain(texts).chain(expression_colors).collect();
    pieces.sort_by_key(|(range, _)| range.start);
    pieces
}

/// Appends a line of the template.
fn push(paragraph: &mut Paragraph, text: &str, line: &Range<usize>, pieces: &[(Range<usize>, Style)]) {
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
