//! Operands: a literal, a range or a path, followed from its variable to the place in the data that it reads.

use super::{MAX_STEPS, ReadContext, Walk};
use crate::analysis::abstract_value::AbstractValue;
use crate::analysis::kind::Kind;
use crate::analysis::path::{Dependency, Depth, Path, PathStep};
use crate::analysis::read::{MissingBehavior, Property};
use crate::liquid::syntax::tree::{Operand, OperandKind, Segment, SegmentKey};
use crate::liquid::{Span, Value};

impl<'a> Walk<'_, 'a> {
    /// Reads an operand.
    pub(super) fn operand(&mut self, operand: &'a Operand<'a>, context: ReadContext) -> AbstractValue<'a> {
        match operand.kind {
            OperandKind::Literal(_) => AbstractValue::default(),
            OperandKind::Range { low, high } => {
                let context = ReadContext { kind: Kind::Number, is_certain: context.is_certain, ..ReadContext::STRICT };
                let mut dependencies = self.operand(low, context).dependencies;
                dependencies.extend(self.operand(high, context).dependencies);
                AbstractValue::from_dependencies(dependencies)
            }
            OperandKind::Path { base, segments } => {
                let start = match base {
                    Some(base) => self.operand(base, context),
                    None => return self.variable(segments, operand.span, context),
                };
                self.follow(&start, segments, operand.span, context)
            }
        }
    }

    /// Reads a path that starts with a variable: a name of a block, an assigned name, or else a variable of the data. A
    /// name that may be unset is read both ways.
    fn variable(&mut self, segments: &'a [Segment<'a>], span: Span, context: ReadContext) -> AbstractValue<'a> {
        let Some((first, rest)) = segments.split_first() else { return AbstractValue::default() };
        let name = match &first.key {
            SegmentKey::Name(name) => *name,
            SegmentKey::Computed(operand) => {
                self.operand(operand, ReadContext { is_certain: context.is_certain, ..ReadContext::STRICT });
                self.reads_anything = true;
                return AbstractValue::default();
            }
        };
        if let Some((_, bound)) = self.scoped.iter().rev().find(|(known, _)| *known == name) {
            let bound = bound.clone();
            self.arena.count(bound.dependencies.len());
            return self.follow(&bound, rest, span, context);
        }
        let from_data = AbstractValue {
            paths: vec![Path::new(name)],
            is_exact: true,
            is_lenient: false,
            null_segments: 0,
            may_be_unset: false,
            dependencies: Vec::new(),
        };
        let assigned = self.assigned.get(name).cloned();
        self.arena.count(assigned.as_ref().map_or(1, |bound| 1 + bound.dependencies.len() + bound.paths.len()));
        match assigned {
            Some(bound) if bound.may_be_unset => {
                let uncertain = ReadContext { is_certain: false, ..context };
                let mut either = self.follow(&bound, rest, span, context);
                let other = self.follow(&from_data, rest, span, uncertain);
                either.paths.extend(other.paths);
                either.dependencies.extend(other.dependencies);
                either.is_exact = false;
                either.normalize();
                either
            }
            Some(bound) => self.follow(&bound, rest, span, context),
            None => self.follow(&from_data, rest, span, context),
        }
    }

    /// Follows segments from a value, and records a read of every path where they end.
    ///
    /// A name is a key. `first`, `last` and literal numbers are an element of a list, which is read for it. At `size`,
    /// `length` and computed keys the path ends: the value before them is read as a whole, and the result has no path.
    pub(super) fn follow(
        &mut self,
        start: &AbstractValue<'a>,
        segments: &'a [Segment<'a>],
        span: Span,
        context: ReadContext,
    ) -> AbstractValue<'a> {
        let mut result = start.clone();
        // An assigned name is never missing itself: it is null instead.
        let mut context = ReadContext { null_segments: start.null_segments, ..context };
        if start.is_lenient && segments.is_empty() && context.missing == MissingBehavior::Fails {
            context.missing = MissingBehavior::Nothing;
        }
        for (at, segment) in segments.iter().enumerate() {
            let property = match &segment.key {
                SegmentKey::Name("first" | "last") if !is_namespace(&result) => Some(Property::Element),
                SegmentKey::Name("length") if !is_namespace(&result) => Some(Property::Length),
                SegmentKey::Name("size") => Some(Property::Size),
                // `items.0` is `items[0]`.
                SegmentKey::Name(name) if is_index(name) && !is_namespace(&result) => Some(Property::Element),
                SegmentKey::Name(name) => {
                    result.paths = result.paths.iter().map(|path| path.then(PathStep::Key(name))).collect();
                    result.is_lenient = false;
                    continue;
                }
                SegmentKey::Computed(Operand { kind: OperandKind::Literal(Value::Number(_)), .. }) => {
                    Some(Property::Element)
                }
                SegmentKey::Computed(operand) => {
                    let key =
                        self.operand(operand, ReadContext { is_certain: context.is_certain, ..ReadContext::STRICT });
                    result.dependencies.extend(key.dependencies);
                    None
                }
            };
            // From here on, the segment is not a key: read the value that it is applied to.
            let kind = if property.is_some() { Kind::List } else { Kind::Anything };
            let last = at + 1 == segments.len();
            for path in &result.paths {
                let missing = if result.is_lenient && context.missing == MissingBehavior::Fails {
                    MissingBehavior::Nothing
                } else {
                    context.missing
                };
                let is_certain = context.is_certain && result.is_exact && (last || property.is_some());
                let depth = Depth::Whole;
                let context = ReadContext { missing, depth, kind, is_certain, property, ..context };
                self.read(path, span, context);
                result.dependencies.push(Dependency { path: path.clone(), depth: Depth::Whole });
            }
            if property != Some(Property::Element) {
                result.paths.clear();
                result.is_exact = false;
                break;
            }
            result.paths = result.paths.iter().map(|path| path.then(PathStep::Element)).collect();
            result.is_lenient = false;
        }
        if result.paths.iter().any(|path| path.steps.len() > MAX_STEPS) {
            self.reads_anything = true;
            result.paths.clear();
        }
        let is_exact = result.exact_path().is_some();
        for path in result.paths.clone() {
            self.read(&path, span, ReadContext { is_certain: context.is_certain && is_exact, ..context });
            result.dependencies.push(Dependency { path, depth: context.depth });
        }
        if context.is_lenient() {
            result.is_lenient = true;
        }
        result.normalize();
        result
    }
}

/// Whether a name is the position of an element. Longer numbers are likelier to be keys, such as years.
fn is_index(name: &str) -> bool {
    name.len() <= 3 && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a value is `trigger` or `customer` itself. These are always objects, whose `first`, `last` and `length` are keys.
fn is_namespace(value: &AbstractValue<'_>) -> bool {
    let is_root = |path: &Path<'_>| path.steps.is_empty() && matches!(path.root, "trigger" | "customer");
    !value.paths.is_empty() && value.paths.iter().all(is_root)
}
