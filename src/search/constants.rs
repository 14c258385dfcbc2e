//! Constants: the strings and numbers that are written in a template, which data may be equal to.

use super::candidate::Constants;
use crate::analysis::each_value;
use crate::liquid::syntax::tree::{Operand, OperandKind, Step};
use crate::liquid::syntax::visit::each_operand;
use crate::liquid::value::operators::Operator;
use crate::liquid::{Arena, Template, Value};

/// How long a string may be to be taken for something that data is compared with.
const MAX_LENGTH: usize = 60;

impl<'s> Constants<'s> {
    /// The constants of these templates.
    pub(super) fn from_templates(templates: &[Template<'s>]) -> Self {
        let mut constants = Self::default();
        for template in templates {
            each_operand(template.nodes, &mut |operand| match operand.kind {
                OperandKind::Literal(Value::String(text)) => constants.add_string(text),
                OperandKind::Literal(Value::Number(number)) => constants.add_number(number),
                _ => {}
            });
            each_value(template.nodes, &mut |_, value, _| {
                for filter in value.filters.iter().filter(|filter| filter.name == "split") {
                    constants.parts.extend(filter.arguments.first().and_then(|argument| part(&argument.value?)));
                }
                for steps in value.expression.steps.windows(2) {
                    if let [Step::Operand(operand), Step::Operator(Operator::Contains, _)] = steps {
                        constants.parts.extend(part(operand));
                    }
                }
            });
        }
        constants.parts.sort_unstable();
        constants.parts.dedup();
        constants
    }

    /// The same constants in another arena.
    pub(super) fn copied_into<'a>(&self, arena: &'a Arena) -> Constants<'a> {
        let strings = self.strings.iter().map(|text| &*arena.alloc_str(text)).collect();
        let parts = self.parts.iter().map(|text| &*arena.alloc_str(text)).collect();
        Constants { strings, numbers: self.numbers.clone(), parts }
    }

    fn add_string(&mut self, text: &'s str) {
        // Filters such as `where_exp` are given expressions as strings.
        for quote in ['\'', '"'] {
            for inner in text.split(quote).skip(1).step_by(2) {
                self.add_plain(inner);
            }
        }
        for word in text.split_ascii_whitespace() {
            if let Ok(number) = word.parse() {
                self.add_number(number);
            }
        }
        self.add_plain(text);
    }

    fn add_plain(&mut self, text: &'s str) {
        // What is written between quotes, backslashes or directives of `date` is punctuation rather than data.
        let is_word = !text.is_empty() && text.len() <= MAX_LENGTH && !text.contains(['"', '\\', '%', '\n', '{', '}']);
        if is_word && text.chars().any(char::is_alphanumeric) && !self.strings.contains(&text) {
            self.strings.push(text);
        }
    }

    fn add_number(&mut self, number: f64) {
        if number.is_finite() && !self.numbers.contains(&number) {
            self.numbers.push(number);
        }
    }
}

/// The string that an operand is, if it can be a part of others.
fn part<'s>(operand: &Operand<'s>) -> Option<&'s str> {
    match operand.kind {
        OperandKind::Literal(Value::String(text)) if !text.is_empty() && text.len() <= MAX_LENGTH => Some(text),
        _ => None,
    }
}
