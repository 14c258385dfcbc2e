//! The variables that a template reads from its data, found without rendering it.

use crate::span::Span;
use crate::syntax::part::{Body, Part, Piece};
use crate::syntax::tree::{NodeKind, Nodes, Operand, OperandKind, Segment, SegmentKey};

/// A read of a variable of the data.
#[derive(Clone, Copy, Debug)]
pub struct Variable<'a> {
    /// Its name; `None` if the name is computed (`{{ [name] }}`).
    pub name: Option<&'a str>,
    /// The whole path, as segments.
    pub segments: &'a [Segment<'a>],
    /// The span of the path.
    pub span: Span,
}

/// Every read of a variable of the data, in evaluation order. Names that the template defines itself (`assign`, loops,
/// filter arguments that name an element) are excluded from there on.
///
/// ```
/// use inkproof_liquid::{Arena, LIQUIDJS, Template, variables::read_by};
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

struct Reader<'a> {
    found: Vec<Variable<'a>>,
    /// Names that the template defines itself.
    own: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn nodes(&mut self, nodes: Nodes<'a>) {
        for node in nodes {
            match &node.kind {
                NodeKind::Text(_) => {}
                NodeKind::Output(value) => value.each_operand(&mut |operand| self.operand(operand)),
                NodeKind::Tag { tag, .. } => {
                    for piece in tag.parts().iter().flat_map(Part::pieces) {
                        self.piece(&piece);
                    }
                }
            }
        }
    }

    fn piece(&mut self, piece: &Piece<'a>) {
        match piece {
            Piece::Value(value, _) => value.each_operand(&mut |operand| self.operand(operand)),
            Piece::Operand(operand) => operand.each_operand(&mut |operand| self.operand(operand)),
            Piece::Target(target) => self.own.push(target.name),
            Piece::Body(body) => self.body(body),
        }
    }

    fn body(&mut self, body: &Body<'a>) {
        let before = self.own.len();
        self.own.extend(&body.names);
        let inside = self.own.len();
        self.nodes(body.nodes);
        // Variables that were set inside the body stay defined after it.
        self.own.drain(before..inside);
    }

    fn operand(&mut self, operand: &'a Operand<'a>) {
        if let OperandKind::Path { base: None, segments } = operand.kind {
            self.variable(segments, operand.span);
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
