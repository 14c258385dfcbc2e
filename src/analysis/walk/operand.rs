//! Operands: a literal, a range or a path, followed from its variable to the place in the data that it reads.

use super::{Look, MAX_STEPS, Walk};
use crate::analysis::kind::Kind;
use crate::analysis::meaning::Meaning;
use crate::analysis::path::{Dependency, Depth, Path, Step};
use crate::analysis::read::Outcome;
use crate::liquid::syntax::tree::{Operand, OperandKind, Segment, SegmentKey};
use crate::liquid::{Span, Value};

impl<'a> Walk<'_, 'a> {
    pub(super) fn operand(&mut self, operand: &'a Operand<'a>, look: Look) -> Meaning<'a> {
        match operand.kind {
            OperandKind::Literal(_) => Meaning::default(),
            OperandKind::Range { low, high } => {
                let look = Look { kind: Kind::Number, is_certain: look.is_certain, ..Look::STRICT };
                let mut dependencies = self.operand(low, look).dependencies;
                dependencies.extend(self.operand(high, look).dependencies);
                Meaning::made_of(dependencies)
            }
            OperandKind::Path { base, segments } => {
                let start = match base {
                    Some(base) => self.operand(base, look),
                    None => return self.variable(segments, operand.span, look),
                };
                self.follow(&start, segments, operand.span, look)
            }
        }
    }

    /// A path that begins with a variable.
    fn variable(&mut self, segments: &'a [Segment<'a>], span: Span, look: Look) -> Meaning<'a> {
        let Some((first, rest)) = segments.split_first() else { return Meaning::default() };
        let name = match &first.key {
            SegmentKey::Name(name) => *name,
            SegmentKey::Computed(operand) => {
                self.operand(operand, Look { is_certain: look.is_certain, ..Look::STRICT });
                self.reads_anything = true;
                return Meaning::default();
            }
        };
        if let Some((_, meaning)) = self.pushed.iter().rev().find(|(known, _)| *known == name) {
            let meaning = meaning.clone();
            return self.follow(&meaning, rest, span, look);
        }
        let from_data = Meaning {
            paths: vec![Path::of(name)],
            is_exact: true,
            is_lenient: false,
            null_names: 0,
            may_be_unset: false,
            dependencies: Vec::new(),
        };
        match self.assigned.get(name).cloned() {
            Some(meaning) if meaning.may_be_unset => {
                let uncertain = Look { is_certain: false, ..look };
                let mut either = self.follow(&meaning, rest, span, look);
                let other = self.follow(&from_data, rest, span, uncertain);
                either.paths.extend(other.paths);
                either.dependencies.extend(other.dependencies);
                either.is_exact = false;
                either.tidy();
                either
            }
            Some(meaning) => self.follow(&meaning, rest, span, look),
            None => self.follow(&from_data, rest, span, look),
        }
    }

    /// Goes from a value on along a path, and notes the look at where that leads.
    pub(super) fn follow(
        &mut self,
        start: &Meaning<'a>,
        segments: &'a [Segment<'a>],
        span: Span,
        look: Look,
    ) -> Meaning<'a> {
        let mut meaning = start.clone();
        // What was assigned is never missing itself.
        let mut look = Look { null_names: start.null_names, ..look };
        if start.is_lenient && segments.is_empty() && look.missing == Outcome::Fails {
            look.missing = Outcome::Nothing;
        }
        for (at, segment) in segments.iter().enumerate() {
            let step = match &segment.key {
                SegmentKey::Name(name @ ("first" | "last")) => Some((Some(Step::Element), *name)),
                SegmentKey::Name(name @ ("size" | "length")) => Some((None, *name)),
                SegmentKey::Name(name) => {
                    meaning.paths = meaning.paths.iter().map(|path| path.then(Step::Key(name))).collect();
                    meaning.is_lenient = false;
                    continue;
                }
                SegmentKey::Computed(Operand { kind: OperandKind::Literal(Value::Number(_)), .. }) => {
                    Some((Some(Step::Element), "[]"))
                }
                SegmentKey::Computed(operand) => {
                    let key = self.operand(operand, Look { is_certain: look.is_certain, ..Look::STRICT });
                    meaning.dependencies.extend(key.dependencies);
                    None
                }
            };
            // What has no path of its own belongs to the value that it is asked of.
            let kind = match step {
                Some(_) => Kind::List,
                None => Kind::Anything,
            };
            let last = at + 1 == segments.len();
            for path in &meaning.paths {
                let missing =
                    if meaning.is_lenient && look.missing == Outcome::Fails { Outcome::Nothing } else { look.missing };
                let is_certain = look.is_certain && meaning.is_exact && (last || step.is_some());
                let takes_element = matches!(step, Some((Some(_), _)));
                self.read(path, span, Look { missing, depth: Depth::Whole, kind, is_certain, takes_element, ..look });
                meaning.dependencies.push(Dependency { path: path.clone(), depth: Depth::Whole });
            }
            let Some((Some(element), _)) = step else {
                meaning.paths.clear();
                meaning.is_exact = false;
                break;
            };
            meaning.paths = meaning.paths.iter().map(|path| path.then(element)).collect();
            meaning.is_lenient = false;
        }
        if meaning.paths.iter().any(|path| path.steps.len() > MAX_STEPS) {
            self.reads_anything = true;
            meaning.paths.clear();
        }
        let is_exact = meaning.exact_path().is_some();
        for path in meaning.paths.clone() {
            self.read(&path, span, Look { is_certain: look.is_certain && is_exact, ..look });
            meaning.dependencies.push(Dependency { path, depth: look.depth });
        }
        if look.is_lenient() {
            meaning.is_lenient = true;
        }
        meaning.tidy();
        meaning
    }
}
