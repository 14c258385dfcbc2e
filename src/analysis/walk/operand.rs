//! Operands: a literal, a range or a path, followed from its variable to the place in the data that it reads.

use super::{MAX_STEPS, ReadContext, Walk};
use crate::analysis::abstract_value::AbstractValue;
use crate::analysis::kind::Kind;
use crate::analysis::path::{Dependency, Depth, Path, Step};
use crate::analysis::read::MissingBehavior;
use crate::liquid::syntax::tree::{Operand, OperandKind, Segment, SegmentKey};
use crate::liquid::{Span, Value};

impl<'a> Walk<'_, 'a> {
    pub(super) fn operand(&mut self, operand: &'a Operand<'a>, context: ReadContext) -> AbstractValue<'a> {
        match operand.kind {
            OperandKind::Literal(_) => AbstractValue::default(),
            OperandKind::Range { low, high } => {
                let context = ReadContext { kind: Kind::Number, is_certain: context.is_certain, ..ReadContext::STRICT };
                let mut dependencies = self.operand(low, context).dependencies;
                dependencies.extend(self.operand(high, context).dependencies);
                AbstractValue::made_of(dependencies)
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

    /// A path that begins with a variable.
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
        if let Some((_, abstract_value)) = self.pushed.iter().rev().find(|(known, _)| *known == name) {
            let abstract_value = abstract_value.clone();
            return self.follow(&abstract_value, rest, span, context);
        }
        let from_data = AbstractValue {
            paths: vec![Path::of(name)],
            is_exact: true,
            is_lenient: false,
            null_names: 0,
            may_be_unset: false,
            dependencies: Vec::new(),
        };
        match self.assigned.get(name).cloned() {
            Some(abstract_value) if abstract_value.may_be_unset => {
                let uncertain = ReadContext { is_certain: false, ..context };
                let mut either = self.follow(&abstract_value, rest, span, context);
                let other = self.follow(&from_data, rest, span, uncertain);
                either.paths.extend(other.paths);
                either.dependencies.extend(other.dependencies);
                either.is_exact = false;
                either.tidy();
                either
            }
            Some(abstract_value) => self.follow(&abstract_value, rest, span, context),
            None => self.follow(&from_data, rest, span, context),
        }
    }

    /// Goes from a value on along a path, and notes the look at where that leads.
    pub(super) fn follow(
        &mut self,
        start: &AbstractValue<'a>,
        segments: &'a [Segment<'a>],
        span: Span,
        context: ReadContext,
    ) -> AbstractValue<'a> {
        let mut abstract_value = start.clone();
        // What was assigned is never missing itself.
        let mut context = ReadContext { null_names: start.null_names, ..context };
        if start.is_lenient && segments.is_empty() && context.missing == MissingBehavior::Fails {
            context.missing = MissingBehavior::Nothing;
        }
        for (at, segment) in segments.iter().enumerate() {
            let step = match &segment.key {
                SegmentKey::Name(name @ ("first" | "last")) => Some((Some(Step::Element), *name)),
                SegmentKey::Name(name @ ("size" | "length")) => Some((None, *name)),
                SegmentKey::Name(name) => {
                    abstract_value.paths = abstract_value.paths.iter().map(|path| path.then(Step::Key(name))).collect();
                    abstract_value.is_lenient = false;
                    continue;
                }
                SegmentKey::Computed(Operand { kind: OperandKind::Literal(Value::Number(_)), .. }) => {
                    Some((Some(Step::Element), "[]"))
                }
                SegmentKey::Computed(operand) => {
                    let key =
                        self.operand(operand, ReadContext { is_certain: context.is_certain, ..ReadContext::STRICT });
                    abstract_value.dependencies.extend(key.dependencies);
                    None
                }
            };
            // What has no path of its own belongs to the value that it is asked of.
            let kind = match step {
                Some(_) => Kind::List,
                None => Kind::Anything,
            };
            let last = at + 1 == segments.len();
            for path in &abstract_value.paths {
                let missing = if abstract_value.is_lenient && context.missing == MissingBehavior::Fails {
                    MissingBehavior::Nothing
                } else {
                    context.missing
                };
                let is_certain = context.is_certain && abstract_value.is_exact && (last || step.is_some());
                let takes_element = matches!(step, Some((Some(_), _)));
                self.read(
                    path,
                    span,
                    ReadContext { missing, depth: Depth::Whole, kind, is_certain, takes_element, ..context },
                );
                abstract_value.dependencies.push(Dependency { path: path.clone(), depth: Depth::Whole });
            }
            let Some((Some(element), _)) = step else {
                abstract_value.paths.clear();
                abstract_value.is_exact = false;
                break;
            };
            abstract_value.paths = abstract_value.paths.iter().map(|path| path.then(element)).collect();
            abstract_value.is_lenient = false;
        }
        if abstract_value.paths.iter().any(|path| path.steps.len() > MAX_STEPS) {
            self.reads_anything = true;
            abstract_value.paths.clear();
        }
        let is_exact = abstract_value.exact_path().is_some();
        for path in abstract_value.paths.clone() {
            self.read(&path, span, ReadContext { is_certain: context.is_certain && is_exact, ..context });
            abstract_value.dependencies.push(Dependency { path, depth: context.depth });
        }
        if context.is_lenient() {
            abstract_value.is_lenient = true;
        }
        abstract_value.tidy();
        abstract_value
    }
}
