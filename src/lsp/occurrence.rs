//! Occurrences: every place in a file that names something, such as a key of the data, a local variable, a filter or a tag.
//!
//! Definitions, references, highlights, rename and hover are all answered from them.

use std::collections::HashMap;
use std::ops::Range;

use super::snapshot::{FileKind, FileView};
use crate::analysis::{Needs, Path, PathStep};
use crate::customerio;
use crate::diagnostics::Source;
use crate::liquid::syntax::part::{Loop, Part, Piece};
use crate::liquid::syntax::tree::{
    FilterCall, FilteredValue, Node, NodeKind, Nodes, Operand, OperandKind, Segment, SegmentKey,
};
use crate::liquid::syntax::visit::parts;
use crate::liquid::value::json::{Event, Events, Read};
use crate::liquid::{self, Arena, Span, Value};
use crate::message::{CompiledTemplate, Customer, Request, SENT_NAMES, Snippet, SnippetKind, TextPlace, Workspace};

/// The variable that contains the snippets.
pub(super) const SNIPPETS: &str = "snippets";

/// A place that names something.
#[derive(Clone, Debug)]
pub(super) struct Occurrence<'a> {
    /// The name, as a byte range of the file.
    pub(super) range: Range<usize>,
    pub(super) meaning: Meaning<'a>,
    /// Whether it defines the name: an assignment, a loop, or a key in a JSON file.
    pub(super) is_definition: bool,
}

/// What is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Meaning<'a> {
    /// A path of the data, such as `trigger.items[].title`.
    Data(Path<'a>),
    /// A variable that the template defines itself, by the number of its definition within the file.
    Local(usize),
    Filter(&'a str),
    Tag(&'a str),
}

/// The occurrences of a file, in the order of the file. Empty if it cannot be parsed.
pub(super) fn occurrences<'a>(
    kind: FileKind<'a>,
    workspace: &'a Workspace<'a>,
    arena: &'a Arena,
) -> Vec<Occurrence<'a>> {
    let mut found = match kind {
        FileKind::Template(template) => match template.compile(workspace, arena) {
            Ok(compiled) => of_template(&compiled, arena),
            Err(_) => Vec::new(),
        },
        FileKind::Snippet(snippet) => of_snippet(snippet, workspace, arena),
        FileKind::Request(request) => of_request(request, arena),
        FileKind::Customer(customer) => of_customer(customer, arena),
        // `FileView::occurrences` has those of schemas, which depend on where they are declared.
        FileKind::Schema(_) | FileKind::Configuration | FileKind::Other(_) => Vec::new(),
    };
    found.sort_by_key(|occurrence| (occurrence.range.start, occurrence.range.end));
    found.dedup_by(|one, other| one.range == other.range && one.meaning == other.meaning);
    found
}

/// The occurrence at an offset. A cursor directly after a name is still at it.
pub(super) fn at<'o, 'a>(occurrences: &'o [Occurrence<'a>], offset: usize) -> Option<&'o Occurrence<'a>> {
    let touching = occurrences.iter().filter(|found| found.range.start <= offset && offset <= found.range.end);
    touching.min_by_key(|found| (found.range.end == offset, found.range.len()))
}

/// The occurrences in the texts of a template.
fn of_template<'a>(compiled: &CompiledTemplate<'a>, arena: &'a Arena) -> Vec<Occurrence<'a>> {
    let texts = compiled.texts();
    let trees: Vec<_> = texts.iter().map(|text| text.liquid).collect();
    let needs = Needs::from_templates(&trees, compiled.language(), &|name| compiled.snippet_texts(name, arena), arena);
    let mut found = Vec::new();
    let mut locals = 0;
    for (number, text) in texts.iter().enumerate() {
        let Some(start) = start_of(&text.place, text.liquid.source, compiled.template().source().text()) else {
            continue;
        };
        let paths = paths_by_span(&needs, number);
        let mut walk = Walk::new(text.liquid.source, start, paths, locals);
        walk.nodes(text.liquid.nodes);
        locals = walk.locals;
        found.append(&mut walk.found);
    }
    found
}

/// Where a text starts in its file; `None` if it is written with escapes, so that offsets are unknown.
fn start_of(place: &TextPlace<'_>, text: &str, file: &str) -> Option<usize> {
    match place {
        TextPlace::Verbatim(start) => Some(*start),
        TextPlace::Escaped(range) => Some(range.start + file.get((*range).clone())?.find(text)?),
    }
}

/// The paths that a text reads, by the span of the read.
fn paths_by_span<'a>(needs: &Needs<'a>, text: usize) -> HashMap<Span, Vec<Path<'a>>> {
    let mut paths: HashMap<Span, Vec<Path<'a>>> = HashMap::new();
    for read in needs.reads.iter().filter(|read| read.text == text && read.snippet.is_none()) {
        let known = paths.entry(read.span).or_default();
        if !known.contains(&read.path) {
            known.push(read.path.clone());
        }
    }
    paths
}

/// The occurrences in a snippet. Those in the strings of a JSON snippet are not found: their offsets are unknown.
fn of_snippet<'a>(snippet: &'a Snippet, workspace: &'a Workspace<'a>, arena: &'a Arena) -> Vec<Occurrence<'a>> {
    let language = customerio::language(workspace.liquid);
    match snippet.kind() {
        SnippetKind::Text => {
            let Ok(template) = liquid::Template::parse(snippet.text(), language, arena) else { return Vec::new() };
            let parse = |name: &str| {
                let named = workspace.snippets.iter().find(|snippet| snippet.name() == name);
                let texts = named.map(|snippet| snippet.texts(arena)).unwrap_or_default();
                texts.into_iter().filter_map(|text| liquid::Template::parse(text, language, arena).ok()).collect()
            };
            let needs = Needs::from_templates(&[template], language, &parse, arena);
            let mut walk = Walk::new(snippet.text(), 0, paths_by_span(&needs, 0), 0);
            walk.nodes(template.nodes);
            walk.found
        }
        SnippetKind::Json => {
            let root = Path::new(SNIPPETS).then(PathStep::Key(snippet.name()));
            keys(snippet.source().text(), arena, |_| Some((root.clone(), 0)))
        }
    }
}

/// The keys of a request's `message_data`.
fn of_request<'a>(request: &'a Request, arena: &'a Arena) -> Vec<Occurrence<'a>> {
    let [trigger, ..] = SENT_NAMES;
    keys(request.source().text(), arena, |place| match place {
        [PathStep::Key("message_data"), ..] => Some((Path::new(trigger), 1)),
        _ => None,
    })
}

/// The keys of a customer's attributes, wherever the file has them.
fn of_customer<'a>(customer: &'a Customer, arena: &'a Arena) -> Vec<Occurrence<'a>> {
    let [_, root, ..] = SENT_NAMES;
    let text = customer.source().text();
    let around = customer.keys_around_attributes();
    keys(text, arena, |place| {
        let mut steps = place.iter().zip(around);
        let is_inside = place.len() >= around.len() && steps.all(|(step, key)| *step == PathStep::Key(key));
        (is_inside && !place.is_empty()).then(|| (Path::new(root), around.len()))
    })
}

/// The keys of a JSON file as occurrences. `root_of` says which variable a place in the file belongs to, and after how many
/// of its steps; the steps of a key include the key itself.
fn keys<'a>(
    text: &'a str,
    arena: &'a Arena,
    root_of: impl Fn(&[PathStep<'a>]) -> Option<(Path<'a>, usize)>,
) -> Vec<Occurrence<'a>> {
    let mut found = Vec::new();
    // A file that is not valid JSON is reported by the checker; what comes before the error is of use.
    let _ = each_key(text, arena, &mut |place, range| {
        if let Some((mut path, skipped)) = root_of(place)
            && place.len() > skipped
        {
            path.steps.extend(&place[skipped..]);
            found.push(Occurrence { range, meaning: Meaning::Data(path), is_definition: true });
        }
    });
    found
}

/// Calls `each` with the place of every key in a JSON text, and the range of the key without quotes.
fn each_key<'a>(text: &'a str, arena: &'a Arena, each: &mut dyn FnMut(&[PathStep<'a>], Range<usize>)) -> Read<()> {
    let mut events = Events::new(text);
    let mut place: Vec<PathStep<'a>> = Vec::new();
    // For each open bracket, how many steps lead to what is inside it.
    let mut open: Vec<usize> = Vec::new();
    loop {
        let event = events.next_event()?;
        match event {
            Event::Key(key) => {
                let span = events.span();
                place.truncate(open.last().copied().unwrap_or_default());
                place.push(PathStep::Key(arena.alloc_str(&key.decode())));
                each(&place, span.start + 1..span.end.max(span.start + 2) - 1);
            }
            Event::ObjectStart => open.push(place.len()),
            Event::ArrayStart => {
                place.push(PathStep::Element);
                open.push(place.len());
            }
            Event::ObjectEnd | Event::ArrayEnd => {
                open.pop();
                place.truncate(open.last().copied().unwrap_or_default());
            }
            Event::End => return Ok(()),
            Event::String(_) | Event::Number(_) | Event::Bool(_) | Event::Null | Event::TrailingComma => {}
        }
    }
}

/// Collects the occurrences in one Liquid text.
struct Walk<'a> {
    source: &'a str,
    /// Where the text starts in its file.
    start: usize,
    paths: HashMap<Span, Vec<Path<'a>>>,
    /// How many local variables there are so far.
    locals: usize,
    /// The variables that are set, visible in all of the text.
    assigned: HashMap<&'a str, usize>,
    /// The variables of the enclosing blocks, innermost last; `None` for those that blocks define themselves.
    scoped: Vec<(&'a str, Option<usize>)>,
    found: Vec<Occurrence<'a>>,
}

impl<'a> Walk<'a> {
    fn new(source: &'a str, start: usize, paths: HashMap<Span, Vec<Path<'a>>>, locals: usize) -> Self {
        Self { source, start, paths, locals, assigned: HashMap::new(), scoped: Vec::new(), found: Vec::new() }
    }

    fn nodes(&mut self, nodes: Nodes<'a>) {
        self.collect_assigned(nodes);
        for node in nodes {
            self.node(node);
        }
    }

    /// Numbers the variables that are set anywhere, since a loop may read one before the place that sets it.
    fn collect_assigned(&mut self, nodes: Nodes<'a>) {
        liquid::syntax::visit::each_part(nodes, &mut |_, part| {
            if let Some(target) = part.target()
                && !self.assigned.contains_key(target.name)
            {
                self.assigned.insert(target.name, self.locals);
                self.locals += 1;
            }
        });
    }

    fn node(&mut self, node: &'a Node<'a>) {
        match node.kind {
            NodeKind::Text(_) => {}
            NodeKind::Output(ref value) => self.value(value),
            NodeKind::Tag { name, .. } => {
                let written = node.span.of(self.source);
                let skipped = written.trim_start_matches(['{', '%', '-', '#']).trim_start();
                if skipped.starts_with(name) {
                    let at = node.span.end - skipped.len();
                    self.add(Span::new(at, at + name.len()), Meaning::Tag(name), false);
                }
                for part in parts(node) {
                    self.part(&part);
                }
            }
        }
    }

    fn part(&mut self, part: &Part<'a>) {
        if let Part::Loop(each) = part {
            return self.each(each);
        }
        for piece in part.pieces() {
            match piece {
                Piece::Value(value, _) => self.value(value),
                Piece::Operand(operand) => self.operand(operand),
                Piece::Target(target) => {
                    if let Some(local) = self.assigned.get(target.name) {
                        self.add(target.span, Meaning::Local(*local), true);
                    }
                }
                Piece::Body(body) => {
                    let before = self.scoped.len();
                    self.scoped.extend(body.names.iter().map(|name| (*name, None)));
                    body.nodes.iter().for_each(|node| self.node(node));
                    self.scoped.truncate(before);
                }
            }
        }
    }

    fn each(&mut self, each: &Loop<'a>) {
        self.operand(each.collection);
        each.arguments.iter().for_each(|operand| self.operand(operand));
        let element = self.locals;
        self.locals += 1;
        self.add(each.element_span, Meaning::Local(element), true);
        let before = self.scoped.len();
        self.scoped.extend([(each.element, Some(element)), (each.state, None)]);
        each.body.iter().for_each(|node| self.node(node));
        self.scoped.truncate(before);
        each.otherwise.iter().for_each(|node| self.node(node));
    }

    fn value(&mut self, value: &'a FilteredValue<'a>) {
        for step in value.expression.steps {
            if let liquid::syntax::tree::Step::Operand(operand) = step {
                self.operand(operand);
            }
        }
        for filter in value.filters {
            self.filter(filter);
        }
    }

    fn filter(&mut self, filter: &'a FilterCall<'a>) {
        let start = filter.span.start;
        self.add(Span::new(start, start + filter.name.len()), Meaning::Filter(filter.name), false);
        for operand in filter.arguments.iter().filter_map(|argument| argument.value.as_ref()) {
            self.operand(operand);
        }
    }

    fn operand(&mut self, operand: &'a Operand<'a>) {
        match &operand.kind {
            OperandKind::Literal(Value::String(text)) => self.property(text, operand.span),
            OperandKind::Literal(_) => {}
            OperandKind::Range { low, high } => {
                self.operand(low);
                self.operand(high);
            }
            OperandKind::Path { base, segments } => {
                if let Some(base) = base {
                    self.operand(base);
                }
                for segment in *segments {
                    if let SegmentKey::Computed(key) = &segment.key {
                        self.operand(key);
                    }
                }
                if base.is_none() {
                    self.variable(segments, operand.span);
                }
            }
        }
    }

    /// A path that starts with a variable.
    fn variable(&mut self, segments: &'a [Segment<'a>], span: Span) {
        let Some((first, rest)) = segments.split_first() else { return };
        let SegmentKey::Name(name) = first.key else { return };
        let scoped = self.scoped.iter().rev().find(|(known, _)| *known == name);
        match scoped.map_or_else(|| self.assigned.get(name).copied(), |(_, local)| *local) {
            Some(local) => self.add(first.span, Meaning::Local(local), false),
            // A variable of a block itself, such as `forloop`.
            None if scoped.is_some() => {}
            None => self.add(first.span, Meaning::Data(Path::new(name)), false),
        }
        // The segments that lead to a key or an element; what follows others has no path.
        let steps: Vec<_> = rest.iter().map_while(step_of).collect();
        let count = steps.len();
        for path in self.paths.get(&span).cloned().unwrap_or_default() {
            // Reads of what is before an element have a shorter path.
            let is_whole = path.steps.len() >= count && path.steps.ends_with(&steps);
            if !is_whole {
                continue;
            }
            for (at, segment) in rest.iter().take(count).enumerate() {
                if let PathStep::Key(_) = steps[at] {
                    let length = path.steps.len() - count + at + 1;
                    let steps = path.steps[..length].to_vec();
                    self.add(segment.span, Meaning::Data(Path { root: path.root, steps }), false);
                }
            }
        }
    }

    /// A string that names a property of elements, as in `map: "user.name"`.
    fn property(&mut self, text: &'a str, span: Span) {
        let Some(paths) = self.paths.get(&span).cloned() else { return };
        let names: Vec<_> = text.split('.').collect();
        // Without its quotes, the string must be written as it is.
        let inside = Span::new(span.start + 1, span.end.saturating_sub(1));
        if inside.of(self.source) != text {
            return;
        }
        for path in paths {
            let steps: Vec<_> = names.iter().map(|name| PathStep::Key(name)).collect();
            if !path.steps.ends_with(&steps) {
                continue;
            }
            let mut start = inside.start;
            for (at, name) in names.iter().enumerate() {
                let length = path.steps.len() - names.len() + at + 1;
                let meaning = Meaning::Data(Path { root: path.root, steps: path.steps[..length].to_vec() });
                self.add(Span::new(start, start + name.len()), meaning, false);
                start += name.len() + 1;
            }
        }
    }

    fn add(&mut self, span: Span, meaning: Meaning<'a>, is_definition: bool) {
        let range = self.start + span.start..self.start + span.end;
        self.found.push(Occurrence { range, meaning, is_definition });
    }
}

/// The step of a path that a segment takes, as the analysis follows it.
fn step_of<'a>(segment: &Segment<'a>) -> Option<PathStep<'a>> {
    match segment.key {
        SegmentKey::Name("first" | "last")
        | SegmentKey::Computed(Operand { kind: OperandKind::Literal(Value::Number(_)), .. }) => Some(PathStep::Element),
        SegmentKey::Name("size" | "length") | SegmentKey::Computed(_) => None,
        SegmentKey::Name(name) => Some(PathStep::Key(name)),
    }
}

impl FileView<'_> {
    /// The occurrences of the file, if the project has it in the text that is shown.
    pub(super) fn occurrences<'a>(&'a self, workspace: &'a Workspace<'a>, arena: &'a Arena) -> Vec<Occurrence<'a>> {
        match self.kind {
            FileKind::Schema(source) => self.of_schema(source, arena),
            kind => occurrences(kind, workspace, arena),
        }
    }

    /// The keys of the data that a schema names, for every template that declares it.
    fn of_schema<'a>(&self, source: &Source, arena: &'a Arena) -> Vec<Occurrence<'a>> {
        let mut found: Vec<_> = self
            .declared_keys(arena)
            .into_iter()
            .flat_map(|(_, keys)| keys)
            .filter(|key| key.source == *source)
            .map(|key| Occurrence {
                range: key.range,
                meaning: Meaning::Data(key.path),
                is_definition: key.is_description,
            })
            .collect();
        found.sort_by_key(|occurrence| (occurrence.range.start, occurrence.range.end));
        found.dedup_by(|one, other| one.range == other.range && one.meaning == other.meaning);
        found
    }
}
