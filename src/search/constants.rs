//! Constants: the strings and numbers that are written in a template, which data may be equal to.

use std::collections::HashSet;

use super::candidate::Constants;
use crate::analysis::each_value;
use crate::liquid::row::Reads;
use crate::liquid::syntax::tree::{FilterCall, Operand, OperandKind, Step};
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
            let mut arguments = HashSet::new();
            each_value(template.nodes, &mut |_, value, _| {
                let filters = value.filters.iter().filter(|filter| !compares(filter));
                let values = filters.flat_map(|filter| filter.arguments).filter_map(|argument| argument.value);
                arguments.extend(values.map(|operand| operand.span));
                for filter in value.filters.iter().filter(|filter| filter.name == "split") {
                    constants.parts.extend(filter.arguments.first().and_then(|argument| part(&argument.value?)));
                }
                for steps in value.expression.steps.windows(2) {
                    if let [Step::Operand(operand), Step::Operator(Operator::Contains, _)] = steps {
                        constants.parts.extend(part(operand));
                    }
                }
            });
            each_operand(template.nodes, &mut |operand| match operand.kind {
                OperandKind::Literal(Value::String(text)) => {
                    constants.add_string(text, !arguments.contains(&operand.span));
                }
                OperandKind::Literal(Value::Number(number)) => constants.add_number(number),
                _ => {}
            });
        }
        constants.parts.sort_unstable();
        constants.parts.dedup();
        constants
    }

    /// The same constants in another arena.
    pub(super) fn copied_into<'a>(&self, arena: &'a Arena) -> Constants<'a> {
        let copied = |texts: &[&str]| texts.iter().map(|text| &*arena.alloc_str(text)).collect();
        Constants {
            strings: copied(&self.strings),
            compared: copied(&self.compared),
            numbers: self.numbers.clone(),
            parts: copied(&self.parts),
        }
    }

    /// The lengths up to this one that the template may compare with, and those next to them, in ascending order.
    pub(super) fn lengths(&self, longest: u32) -> impl Iterator<Item = u32> {
        let is_near = |length: f64| self.numbers.iter().any(|number| (length - number).abs() <= 1.0);
        (1..=longest).filter(move |length| is_near(f64::from(*length)))
    }

    fn add_string(&mut self, text: &'s str, is_compared: bool) {
        // Filters such as `where_exp` are given expressions as strings.
        for quote in ['\'', '"'] {
            for inner in text.split(quote).skip(1).step_by(2) {
                self.add_plain(inner, is_compared);
            }
        }
        for word in text.split_ascii_whitespace() {
            if let Ok(number) = word.parse() {
                self.add_number(number);
            }
        }
        self.add_plain(text, is_compared);
    }

    fn add_plain(&mut self, text: &'s str, is_compared: bool) {
        // What is written between quotes, backslashes or directives of `date` is punctuation rather than data.
        let is_word = !text.is_empty() && text.len() <= MAX_LENGTH && !text.contains(['"', '\\', '%', '\n', '{', '}']);
        if !is_word || !text.chars().any(char::is_alphanumeric) {
            return;
        }
        if !self.strings.contains(&text) {
            self.strings.push(text);
        }
        if is_compared && !self.compared.contains(&text) {
            self.compared.push(text);
        }
    }

    fn add_number(&mut self, number: f64) {
        if number.is_finite() && !self.numbers.contains(&number) {
            self.numbers.push(number);
        }
    }
}

/// Whether a filter compares something of its input with its arguments.
fn compares(call: &FilterCall<'_>) -> bool {
    call.filter.is_some_and(|row| matches!(row.reads, Reads::Property(_) | Reads::Expression(_)))
}

/// The string that an operand is, if it can be a part of others.
fn part<'s>(operand: &Operand<'s>) -> Option<&'s str> {
    match operand.kind {
        OperandKind::Literal(Value::String(text)) if !text.is_empty() && text.len() <= MAX_LENGTH => Some(text),
        _ => None,
    }
}
