//! Values: expressions with operators and filters, and what their use says about the kind of the data.

use super::{ReadContext, Walk};
use crate::analysis::abstract_value::AbstractValue;
use crate::analysis::kind::{self, Kind, Treatment};
use crate::analysis::path::Depth;
use crate::analysis::read::MissingBehavior;
use crate::liquid::Value;
use crate::liquid::syntax::tree::{Expression, FilteredValue, Operand, OperandKind, Step};
use crate::liquid::value::operators::Operator;

impl<'a> Walk<'_, 'a> {
    /// Reads an expression that is printed. A single operand is marked as printed as it is.
    pub(super) fn printed(&mut self, value: &'a FilteredValue<'a>) {
        let reads = self.reads.len();
        self.value(value, ReadContext::STRICT);
        if is_single(value)
            && let Some(read) = self.reads.get_mut(reads..).and_then(<[_]>::last_mut)
        {
            read.is_printed = read.snippet.is_none();
        }
    }

    /// Reads an expression with its filters. The first filter decides how the operand is read: `default` rescues it,
    /// any other filter says which kind it expects and how much of it it reads.
    pub(super) fn value(&mut self, value: &'a FilteredValue<'a>, context: ReadContext) -> AbstractValue<'a> {
        let mut first = context;
        if value.has_default_first() {
            first.missing = MissingBehavior::Rescued;
        }
        let filters = value.filters;
        if let Some(filter) = filters.iter().find(|filter| filter.name != "default") {
            let (kind, treatment) = kind::treatment(filter.filter);
            first.kind = kind;
            first.depth = match treatment {
                Treatment::Keeps | Treatment::Creates => Depth::Whole,
                _ => Depth::Shape,
            };
        } else if let Some(stand_in) = filters.first().and_then(|filter| filter.arguments.first()?.value) {
            // A default is of the same kind as the value.
            first.kind = literal_kind(&stand_in);
        }
        let mut result = self.expression(&value.expression, first);
        for (at, filter) in filters.iter().enumerate() {
            result = self.filter(filter, &result, context, filters.get(at + 1).is_none());
        }
        result
    }

    /// Reads an expression without its filters. Comparing needs whole values, logic only whether they are there.
    fn expression(&mut self, expression: &'a Expression<'a>, context: ReadContext) -> AbstractValue<'a> {
        if let [Step::Operand(operand)] = expression.steps {
            return self.operand(operand, context);
        }
        let compares = expression.steps.iter().any(|step| {
            matches!(step, Step::Operator(operator, _) if !matches!(operator, Operator::And | Operator::Or | Operator::Not))
        });
        let depth = if compares { Depth::Whole } else { Depth::Presence };
        let mut dependencies = Vec::new();
        for (at, step) in expression.steps.iter().enumerate() {
            if let Step::Operand(operand) = step {
                let kind = compared_kind(expression.steps, at);
                dependencies.extend(self.operand(operand, ReadContext { depth, kind, ..context }).dependencies);
            }
        }
        AbstractValue::from_dependencies(dependencies)
    }
}

/// Whether an expression is one operand without operators and filters.
pub(super) fn is_single(value: &FilteredValue<'_>) -> bool {
    matches!(value.expression.steps, [Step::Operand(_)]) && value.filters.is_empty()
}

/// The kind of the literal that an operand is compared with.
fn compared_kind(steps: &[Step<'_>], at: usize) -> Kind {
    let pair = |left: usize| match steps.get(left..left + 3) {
        Some([Step::Operand(left), Step::Operand(right), Step::Operator(operator, _)])
            if !matches!(operator, Operator::And | Operator::Or | Operator::Contains) =>
        {
            Some((*left, *right))
        }
        _ => None,
    };
    let other = match (pair(at), at.checked_sub(1).and_then(pair)) {
        (Some((_, right)), _) => right,
        (None, Some((left, _))) => left,
        _ => return Kind::Anything,
    };
    literal_kind(&other)
}

/// The kind of a literal.
fn literal_kind(operand: &Operand<'_>) -> Kind {
    match operand.kind {
        OperandKind::Literal(Value::Number(_)) => Kind::Number,
        OperandKind::Literal(Value::Bool(_)) => Kind::Boolean,
        OperandKind::Literal(Value::String(_)) => Kind::String,
        _ => Kind::Anything,
    }
}
