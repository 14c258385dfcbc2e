//! Outlines: the settings, JSON keys and Liquid blocks of a template as nested ranges.

use std::ops::Range;

use crate::liquid::syntax::part::Part;
use crate::liquid::syntax::tree::{Node, NodeKind, Nodes};
use crate::liquid::syntax::visit::parts;
use crate::liquid::{Arena, Span};
use crate::message::{Template, Workspace};

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) kind: SectionKind,
    /// A setting's name, a JSON key, or the opening tag.
    pub(super) title: String,
    /// The title in the file.
    pub(super) name: Range<usize>,
    /// All of it.
    pub(super) range: Range<usize>,
    pub(super) children: Vec<Section>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SectionKind {
    Setting,
    Key,
    Branch,
    Loop,
    Capture,
}

/// The sections of a template, nested. Without Liquid blocks if the content cannot be parsed.
pub(super) fn outline(template: &Template, workspace: &Workspace<'_>) -> Vec<Section> {
    let mut sections = settings(template);
    sections.extend(keys(template.content(), template.content_start()));
    let arena = Arena::new();
    if let Ok(compiled) = template.compile(workspace, &arena)
        && let Some(content) = compiled.texts().first()
    {
        let mut found = Vec::new();
        blocks(content.liquid.nodes, content.liquid.source, template.content_start(), &mut found);
        sections.extend(found);
    }
    nest(sections)
}

/// The settings, one per line of the front matter that has one.
fn settings(template: &Template) -> Vec<Section> {
    let text = template.source().text();
    let front = &text[..template.content_start()];
    let mut at = 0;
    let mut sections = Vec::new();
    for line in front.split_inclusive('\n') {
        let name = line.split(':').next().unwrap_or_default().trim_end();
        let is_setting = line.contains(':') && crate::message::SETTINGS.iter().any(|(known, _)| *known == name);
        if is_setting {
            let range = at..at + line.trim_end().len();
            sections.push(Section {
                kind: SectionKind::Setting,
                title: name.to_owned(),
                name: at..at + name.len(),
                range,
                children: Vec::new(),
            });
        }
        at += line.len();
    }
    sections
}

/// The keys of the JSON, each up to the end of its value, found by the literal text alone.
fn keys(content: &str, start: usize) -> Vec<Section> {
    let mut sections = Vec::new();
    // For each open brace or bracket, the key whose value is being read.
    let mut open: Vec<Option<(String, Range<usize>)>> = Vec::new();
    let mut close = |key: Option<(String, Range<usize>)>, end: usize| {
        if let Some((title, name)) = key {
            let range = name.start..start + content[..end].trim_end().len();
            sections.push(Section { kind: SectionKind::Key, title, name, range, children: Vec::new() });
        }
    };
    let bytes = content.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if let Some(end) = liquid_end(content, at) {
            at = end;
            continue;
        }
        match bytes[at] {
            b'"' => {
                let end = string_end(content, at);
                let after = content[end..].trim_start();
                if after.starts_with(':')
                    && let Some(inner) = open.last_mut()
                {
                    let inside = at + 1..end.saturating_sub(1).max(at + 1);
                    let title = content[inside.clone()].to_owned();
                    *inner = Some((title, start + inside.start..start + inside.end));
                }
                at = end;
                continue;
            }
            b'{' | b'[' => open.push(None),
            b'}' | b']' => {
                if let Some(key) = open.pop() {
                    close(key, at);
                }
            }
            b',' => {
                if let Some(inner) = open.last_mut() {
                    let key = inner.take();
                    close(key, at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    sections
}

/// The end of the output or tag that starts at an offset.
fn liquid_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text.as_bytes()[at..];
    let end = match rest {
        [b'{', b'{', ..] => "}}",
        [b'{', b'%', ..] => "%}",
        _ => return None,
    };
    Some(text[at..].find(end).map_or(text.len(), |length| at + length + 2))
}

/// The end of the JSON string that starts at an offset, Liquid inside it skipped.
fn string_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    while at < bytes.len() {
        if let Some(end) = liquid_end(text, at) {
            at = end;
            continue;
        }
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// The blocks of Liquid.
fn blocks(nodes: Nodes<'_>, source: &str, start: usize, sections: &mut Vec<Section>) {
    for node in nodes {
        if let Some(kind) = kind_of_node(node) {
            sections.push(block(node, kind, source, start));
        }
        for part in parts(node) {
            for body in part.bodies() {
                blocks(body.nodes, source, start, sections);
            }
        }
    }
}

const fn kind_of(part: &Part<'_>) -> Option<SectionKind> {
    match part {
        Part::Branches { .. } | Part::Case { .. } => Some(SectionKind::Branch),
        Part::Loop(_) => Some(SectionKind::Loop),
        Part::Capture { .. } => Some(SectionKind::Capture),
        _ => None,
    }
}

fn block(node: &Node<'_>, kind: SectionKind, source: &str, start: usize) -> Section {
    let written = node.span.of(source);
    let opening = written.find("%}").map_or(written.len(), |end| end + 2);
    let title = written[..opening].trim_matches(['{', '%', '}', '-']).split_whitespace().collect::<Vec<_>>().join(" ");
    let name = Span::new(node.span.start, node.span.start + opening);
    let end = end_of(node, source);
    Section {
        kind,
        title,
        name: start + name.start..start + name.end,
        range: start + node.span.start..start + end,
        children: Vec::new(),
    }
}

/// The end of a block, its end tag included: the tag after the last node inside it.
fn end_of(node: &Node<'_>, source: &str) -> usize {
    let bodies = parts(node).iter().flat_map(Part::bodies).collect::<Vec<_>>();
    let inside = bodies.iter().filter_map(|body| body.nodes.last()).map(|last| match last.kind {
        NodeKind::Tag { .. } if kind_of_node(last).is_some() => end_of(last, source),
        _ => last.span.end,
    });
    let inside = inside.max().unwrap_or(node.span.end).max(node.span.end);
    source[inside..].find("%}").map_or(inside, |length| inside + length + 2)
}

fn kind_of_node(node: &Node<'_>) -> Option<SectionKind> {
    parts(node).iter().find_map(kind_of)
}

/// Puts each section into the innermost one that contains it. Sections that overlap otherwise stay beside each other.
fn nest(mut sections: Vec<Section>) -> Vec<Section> {
    sections.sort_by_key(|section| (section.range.start, std::cmp::Reverse(section.range.end)));
    let mut top: Vec<Section> = Vec::new();
    for section in sections {
        insert(&mut top, section);
    }
    top
}

fn insert(siblings: &mut Vec<Section>, section: Section) {
    match siblings.last_mut() {
        Some(last) if last.range.start <= section.range.start && section.range.end <= last.range.end => {
            insert(&mut last.children, section);
        }
        _ => siblings.push(section),
    }
}
