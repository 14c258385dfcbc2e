//! Conditions: what decides about a branch, in the form in which a guard can evaluate it again without a variable.

use super::{ReadContext, Walk};
use crate::analysis::guard::{Condition, ConditionStep, Term};
use crate::analysis::read::MissingBehavior;
use crate::liquid::syntax::tree::{FilteredValue, Operand, OperandKind, Step};

impl<'a> Walk<'_, 'a> {
    /// A condition as a guard. With filters, only its dependencies are known. Records no reads.
    pub(super) fn condition(&mut self, condition: &'a FilteredValue<'a>) -> Condition<'a> {
        let mut steps = Vec::with_capacity(condition.expression.steps.len());
        for step in condition.expression.steps {
            steps.push(match step {
                Step::Operand(operand) => ConditionStep::Term(self.term(operand)),
                Step::Operator(operator, _) => ConditionStep::Operator(*operator),
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

    /// The head of a `case` and the values of an arm as terms of a guard. Records no reads.
    pub(super) fn equality(
        &mut self,
        head: &'a FilteredValue<'a>,
        values: &'a [Operand<'a>],
    ) -> (Term<'a>, Vec<Term<'a>>) {
        let head = match (head.expression.steps, head.filters) {
            ([Step::Operand(operand)], []) => self.term(operand),
            _ => Term::unknown(
                self.silently(|walk| {
                    walk.value(head, ReadContext { missing: MissingBehavior::Decides, ..ReadContext::STRICT })
                })
                .dependencies,
            ),
        };
        (head, values.iter().map(|value| self.term(value)).collect())
    }

    /// An operand as a literal, as the exact path that it reads, or else by its dependencies.
    fn term(&mut self, operand: &'a Operand<'a>) -> Term<'a> {
        if let OperandKind::Literal(value) = operand.kind {
            return Term { literal: Some(value), path: None, dependencies: Vec::new() };
        }
        let context = ReadContext { missing: MissingBehavior::Decides, ..ReadContext::STRICT };
        let known = self.silently(|walk| walk.operand(operand, context));
        Term { literal: None, path: known.exact_path().cloned(), dependencies: known.dependencies }
    }
}
