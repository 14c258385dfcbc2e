//! A JSON string in a content, with the expressions that are printed into it, and equivalent ways to write it. Fixes of
//! `json-unsafe` replace it.

use crate::analysis::Interpolation;
use crate::liquid::Span;
use crate::liquid::syntax::part::{Body, Part, Printed};
use crate::liquid::syntax::tree::{Node, NodeKind, Nodes};
use crate::liquid::syntax::visit::all_nodes;

/// How many nodes before and after an interpolation are searched for the quotes.
const MAX_PIECES: usize = 200;

/// A JSON string in the content.
pub(super) struct JsonString<'f> {
    content: &'f str,
    /// The string, including its quotes.
    pub(super) span: Span,
    /// The nodes of the string. The first and the last one also contain what is before and after it.
    nodes: Nodes<'f>,
}

impl<'f> JsonString<'f> {
    /// The string around an interpolation. `None` if it does not start and end in the same list of nodes, because a
    /// branch contains only one of the quotes.
    pub(super) fn around(interpolation: Span, nodes: Nodes<'f>, content: &'f str) -> Option<Self> {
        // Nodes are sorted. The nodes inside a tag start after the tag.
        let place = nodes.partition_point(|node| node.span.start <= interpolation.start).checked_sub(1)?;
        if let NodeKind::Tag { tag, .. } = nodes[place].kind
            && nodes[place].span != interpolation
        {
            let starts_before =
                |body: &Body<'f>| body.nodes.first().is_some_and(|first| first.span.start <= interpolation.start);
            let bodies: Vec<_> = tag.parts().iter().flat_map(Part::bodies).collect();
            if let Some(body) = bodies.into_iter().rfind(starts_before)
                && let Some(text) = Self::around(interpolation, body.nodes, content)
            {
                return Some(text);
            }
        }
        let near = place.saturating_sub(MAX_PIECES)..nodes.len().min(place + MAX_PIECES);
        let before = (near.start..place).rev().find_map(|at| Some((at, *quotes(&nodes[at], content).last()?)));
        let after = (place + 1..near.end).find_map(|at| Some((at, *quotes(&nodes[at], content).first()?)));
        let ((first, start), (last, end)) = (before?, after?);
        let text = Self { content, span: Span::new(start, end + 1), nodes: &nodes[first..=last] };
        text.is_whole().then_some(text)
    }

    /// Whether everything between the quotes, at any depth, belongs to the string.
    fn is_whole(&self) -> bool {
        all_nodes(&self.nodes[1..self.nodes.len() - 1]).into_iter().all(|node| match node.kind {
            NodeKind::Text(_) => quotes(node, self.content).is_empty(),
            NodeKind::Output(_) => true,
            NodeKind::Tag { tag, .. } => tag.parts().iter().all(|part| match part {
                Part::Print(Printed::Text(text)) => !text.contains(['"', '\\']),
                Part::Template(_) | Part::Stop => false,
                _ => true,
            }),
        })
    }

    /// The string as one expression, such as `{{ a | prepend: "Hi " | json }}`. `None` if there is
    /// anything in it except one interpolation and plain text.
    pub(super) fn as_expression(&self, interpolation: &Interpolation<'_>) -> Option<String> {
        let written = interpolation.span.of(self.content);
        let takes_blanks = written.starts_with("{{-") || written.ends_with("-}}");
        if self.nodes.len() != 3
            || self.nodes[1].span != interpolation.span
            || !written.starts_with("{{")
            || takes_blanks
        {
            return None;
        }
        let before = &self.content[self.span.start + 1..interpolation.span.start];
        let after = &self.content[interpolation.span.end..self.span.end - 1];
        // Characters that a Liquid string cannot contain.
        let is_plain = |text: &str| !text.contains(['\\', '{', '}', '%', '\n']);
        if !is_plain(before) || !is_plain(after) {
            return None;
        }
        let expression = written.trim_start_matches('{').trim_end_matches('}').trim();
        let last = expression.rsplit_once('|').map_or("", |(_, filter)| filter.trim());
        if before.is_empty() && after.is_empty() && matches!(last, "json" | "to_json" | "jsonify") {
            // It prints its own quotes.
            return Some(written.to_owned());
        }
        let mut fixed = format!("{{{{ {expression}");
        if !before.is_empty() {
            fixed.extend([" | prepend: \"", before, "\""]);
        }
        if !after.is_empty() || before.is_empty() {
            fixed.extend([" | append: \"", after, "\""]);
        }
        fixed.push_str(" | json }}");
        Some(fixed)
    }

    /// The pieces of literal text with escape sequences, and their unescaped strings. `None` if one is not a valid
    /// escape, or would become Liquid markup.
    pub(super) fn unescaped(&self) -> Option<Vec<(Span, String)>> {
        let inside = Span::new(self.span.start + 1, self.span.end - 1);
        let texts = all_nodes(self.nodes).into_iter().filter(|node| matches!(node.kind, NodeKind::Text(_)));
        let pieces = texts.map(|node| Span::new(node.span.start.max(inside.start), node.span.end.min(inside.end)));
        let escaped = pieces.filter(|piece| piece.start < piece.end && piece.of(self.content).contains('\\'));
        escaped
            .map(|piece| {
                let plain: String = serde_json::from_str(&format!("\"{}\"", piece.of(self.content))).ok()?;
                (!plain.contains(['{', '}', '%'])).then_some((piece, plain))
            })
            .collect()
    }
}

/// Where literal text in the content has unescaped quotes.
fn quotes(node: &Node<'_>, content: &str) -> Vec<usize> {
    if !matches!(node.kind, NodeKind::Text(_)) {
        return Vec::new();
    }
    let mut is_escaped = false;
    let bytes = node.span.of(content).bytes();
    let quotes = bytes.enumerate().filter_map(|(at, byte)| {
        let is_quote = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_quote.then_some(node.span.start + at)
    });
    quotes.collect()
}
