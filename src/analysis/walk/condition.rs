//! Conditions: what decides about a branch, in the form in which a guard can evaluate it again without a variable.

use super::{ReadContext, Walk};
use crate::analysis::guard::{Condition, ConditionStep, Term};
use crate::analysis::read::MissingBehavior;
use crate::liquid::syntax::tree::{FilteredValue, Operand, OperandKind, Step as ExpressionStep};

impl<'a> Walk<'_, 'a> {
    pub(super) fn condition(&mut self, condition: &'a FilteredValue<'a>) -> Condition<'a> {
        let mut steps = Vec::with_capacity(condition.expression.steps.len());
        for step in condition.expression.steps {
            steps.push(match step {
                ExpressionStep::Operand(operand) => ConditionStep::Term(self.term(operand)),
                ExpressionStep::Operator(operator, _) => ConditionStep::Operator(*operator),
            });
        }
        if !condition.filters.is_empty() {
            let all = self.silently(|walk| {
                walk.value(condition, ReadContext { missing: MissingBehavior::Decides, ..ReadContext::STRICT })
            });
            steps.push(ConditionStep::Term(Term::unknown(all.dependencies)));
        }
        Condition { steps, is_filtered: !condition.filters.is_empty() }
    }

    pub(super) fn equality(
        &mut self,
        head: &'a FilteredValue<'a>,
        values: &'a [Operand<'a>],
    ) -> (Term<'a>, Vec<Term<'a>>) {
        let head = match (head.expression.steps, head.filters) {
            ([ExpressionStep::Operand(operand)], []) => self.term(operand),
            _ => Term::unknown(
                self.silently(|walk| {
                    walk.value(head, ReadContext { missing: MissingBehavior::Decides, ..ReadContext::STRICT })
                })
                .dependencies,
            ),
        };
        (head, values.iter().map(|value| self.term(value)).collect())
    }

    fn term(&mut self, operand: &'a Operand<'a>) -> Term<'a> {
        if let OperandKind::Literal(value) = operand.kind {
            return Term { literal: Some(value), path: None, dependencies: Vec::new() };
        }
        let context = ReadContext { missing: MissingBehavior::Decides, ..ReadContext::STRICT };
        let abstract_value = self.silently(|walk| walk.operand(operand, context));
        Term { literal: None, path: abstract_value.exact_path().cloned(), dependencies: abstract_value.dependencies }
    }
}
