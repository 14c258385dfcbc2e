//! Variables: which ones a template reads from its data, told without rendering it.

use super::span::Span;
use super::tree::{
    Expression, FilteredValue, Node, NodeKind, Nodes, Operand, OperandKind, Part, Printed, Segment, SegmentKey, Step,
};

/// A read of a variable of the data.
#[derive(Clone, Copy, Debug)]
pub struct Variable<'a> {
    /// Its name; none where it is itself worked out (`{{ [name] }}`).
    pub name: Option<&'a str>,
    /// The whole path.
    pub segments: &'a [Segment<'a>],
    /// Where the path stands.
    pub span: Span,
}

/// Every read of a variable that is not the template's own, in the order of reading. What a tag or filter gives a name to
/// (`assign`, loops) is the template's own from there on.
///
/// ```
/// use inkproof::liquid::{Arena, LIQUIDJS, Template, variables::read_by};
/// let arena = Arena::new();
/// let source = "{% for i in order.items %}{{ i.name | append: shop }}{% endfor %}{% assign x = 1 %}{{ x }}";
/// let template = Template::parse(source, &LIQUIDJS, &arena).unwrap();
/// let paths: Vec<_> = read_by(template.nodes).iter().map(|variable| variable.span.of(source)).collect();
/// assert_eq!(paths, ["order.items", "shop"]);
/// ```
#[must_use]
pub fn read_by(nodes: Nodes<'_>) -> Vec<Variable<'_>> {
    let mut reader = Reader { found: Vec::new(), own: Vec::new() };
    reader.nodes(nodes);
    reader.found
}

/// Every node of a template, also those inside tags, outer ones first.
#[must_use]
pub fn all_nodes(nodes: Nodes<'_>) -> Vec<&Node<'_>> {
    let mut all = Vec::new();
    for node in nodes {
        all.push(node);
        if let NodeKind::Tag { tag, .. } = node.kind {
            for part in tag.parts() {
                if let Part::Nodes { nodes, .. } = part {
                    all.extend(all_nodes(nodes));
                }
            }
        }
    }
    all
}

struct Reader<'a> {
    found: Vec<Variable<'a>>,
    /// Names that stand for something of the template's own.
    own: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn nodes(&mut self, nodes: Nodes<'a>) {
        for node in nodes {
            match &node.kind {
                NodeKind::Text(_) => {}
                NodeKind::Output(value) => self.value(value),
                NodeKind::Tag { tag, .. } => {
                    for part in tag.parts() {
                        self.part(part);
                    }
                }
            }
        }
    }

    fn part(&mut self, part: Part<'a>) {
        match part {
            Part::Value { value, .. } | Part::Print(Printed::Value(value)) => self.value(value),
            Part::Operand { operand, .. } => self.operand(operand),
            Part::Name { name, .. } => self.own.push(name),
            Part::Print(_) | Part::UnknownText | Part::Stop => {}
            Part::Nodes { nodes, names, .. } => {
                let before = self.own.len();
                self.own.extend(names.into_iter().filter(|name| !name.is_empty()));
                let inside = self.own.len();
                self.nodes(nodes);
                // Names that were assigned inside live on.
                self.own.drain(before..inside);
            }
        }
    }

    fn value(&mut self, value: &FilteredValue<'a>) {
        self.expression(&value.expression);
        for filter in value.filters {
            for operand in filter.arguments.iter().filter_map(|argument| argument.value.as_ref()) {
                self.operand(operand);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<'a>) {
        for step in expression.steps {
            if let Step::Operand(operand) = step {
                self.operand(operand);
            }
        }
    }

    fn operand(&mut self, operand: &Operand<'a>) {
        match operand.kind {
            OperandKind::Literal(_) => {}
            OperandKind::Range { low, high } => {
                self.operand(low);
                self.operand(high);
            }
            OperandKind::Path { base, segments } => {
                for segment in segments {
                    if let SegmentKey::Computed(key) = &segment.key {
                        self.operand(key);
                    }
                }
                match base {
                    Some(base) => self.operand(base),
                    None => self.variable(segments, operand.span),
                }
            }
        }
    }

    fn variable(&mut self, segments: &'a [Segment<'a>], span: Span) {
        let name = match segments.first().map(|segment| segment.key) {
            Some(SegmentKey::Name(name)) => Some(name),
            _ => None,
        };
        if !name.is_some_and(|name| self.own.contains(&name)) {
            self.found.push(Variable { name, segments, span });
        }
    }
}
