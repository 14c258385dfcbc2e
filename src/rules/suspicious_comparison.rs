//! `suspicious-comparison`: a comparison whose result is rarely the intended one, or the same for all data that the contract
//! of the template allows.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::each_value;
use crate::diagnostics::{Count, Severity};
use crate::liquid::syntax::part::{Arm, Part};
use crate::liquid::syntax::tree::{FilteredValue, Operand, OperandKind, Segment, SegmentKey, Step, terms};
use crate::liquid::syntax::visit::each_part;
use crate::liquid::value::operators::Operator;
use crate::liquid::{Compared, PartId, Sorts, Span, Value};

pub(super) const RULE: Rule =
    Rule::new("suspicious-comparison", Severity::Warning, include_str!("../../docs/rules/suspicious-comparison.md"))
        .found_by(check)
        .latest_only();

/// How many steps before a comparison are looked at to find its operands.
const NEAR: usize = 64;

/// What is suspicious about a comparison.
struct Suspicion {
    message: String,
    label: String,
    help: String,
}

/// A comparison, as it is written.
struct Comparison<'c, 'a> {
    left: &'c Operand<'a>,
    right: &'c Operand<'a>,
    operator: Operator,
    compared: Option<&'c Compared>,
    source: &'a str,
}

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        let source = text.liquid.source;
        each_value(text.liquid.nodes, &mut |_, value, _| {
            let steps = value.expression.steps;
            let all = comparisons(steps, facts, source);
            for comparison in &all {
                let Some(Suspicion { message, label, help }) = comparison.suspicion() else { continue };
                // `x == true or x == "true"` is prepared for both.
                if all.iter().any(|other| comparison.is_alternative(other)) {
                    continue;
                }
                let location = facts.location(at, comparison.span());
                findings.add(location, &label, message, |finding| finding.help(help));
            }
        });
        each_part(text.liquid.nodes, &mut |_, part| {
            if let Part::Case { head, arms, .. } = part {
                check_case(facts, at, head, arms, findings);
            }
        });
    }
}

/// Reports the first value of a `case` that is of another kind than what it is compared with.
fn check_case(
    facts: &TemplateFacts<'_>,
    at: usize,
    head: &FilteredValue<'_>,
    arms: &[Arm<'_>],
    findings: &mut Findings,
) {
    let source = facts.texts[at].liquid.source;
    let head = source[head.span.start..head.span.end].trim();
    let values: Vec<_> = arms.iter().flat_map(|arm| arm.values).collect();
    let is_prepared =
        |value: &Operand<'_>| values.iter().any(|other| other.span != value.span && unquoted(other) == unquoted(value));
    let never = values.iter().filter_map(|value| {
        let compared = facts.observed.compared(PartId::of_operand(value))?;
        let is_never = compared.never_alike() && !compared.was_true;
        (is_never && unquoted(value).is_some() && !is_prepared(value)).then_some((value, compared))
    });
    let never: Vec<_> = never.collect();
    let Some((value, compared)) = never.first() else { return };
    let literal = &source[value.span.start..value.span.end];
    let message = format!("{}: this is never the case", unlike(head, literal, compared));
    findings.add(facts.location(at, value.span), "never the case", message, |finding| {
        let finding = match never.len() - 1 {
            0 => finding,
            others => finding.note(format!("nor are {}", Count("other value", others))),
        };
        finding.help(remedy(head, literal, compared))
    });
}

/// The comparisons of an expression whose operands are single values.
fn comparisons<'c, 'a>(
    steps: &'c [Step<'a>],
    facts: &'c TemplateFacts<'_>,
    source: &'a str,
) -> Vec<Comparison<'c, 'a>> {
    let mut found = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let Step::Operator(operator, _) = step else { continue };
        if operator.is_logical() {
            continue;
        }
        let terms = terms(&steps[at.saturating_sub(NEAR)..at]);
        if let [.., [Step::Operand(left)], [Step::Operand(right)]] = terms[..] {
            let compared = facts.observed.compared(PartId::of_step(step));
            found.push(Comparison { left, right, operator: *operator, compared, source });
        }
    }
    found
}

impl Comparison<'_, '_> {
    fn span(&self) -> Span {
        Span::new(self.left.span.start.min(self.right.span.start), self.left.span.end.max(self.right.span.end))
    }

    fn written(&self, operand: &Operand<'_>) -> &str {
        &self.source[operand.span.start..operand.span.end]
    }

    /// The operand that is no literal, and the literal.
    fn path_and_literal(&self) -> Option<(&Operand<'_>, &Operand<'_>)> {
        match (self.left.kind, self.right.kind) {
            (OperandKind::Path { .. }, OperandKind::Literal(_)) => Some((self.left, self.right)),
            (OperandKind::Literal(_), OperandKind::Path { .. }) => Some((self.right, self.left)),
            _ => None,
        }
    }

    /// Whether another comparison of the same expression compares the same with the same value of another kind.
    fn is_alternative(&self, other: &Self) -> bool {
        let (Some((path, literal)), Some((other_path, other_literal))) =
            (self.path_and_literal(), other.path_and_literal())
        else {
            return false;
        };
        self.span() != other.span()
            && self.written(path) == other.written(other_path)
            && unquoted(literal) == unquoted(other_literal)
    }

    fn suspicion(&self) -> Option<Suspicion> {
        if matches!((self.left.kind, self.right.kind), (OperandKind::Literal(_), OperandKind::Literal(_))) {
            return None;
        }
        self.of_what_was_compared().or_else(|| self.of_what_is_written())
    }

    /// What is suspicious about a comparison by the values that were compared.
    fn of_what_was_compared(&self) -> Option<Suspicion> {
        let compared = self.compared?;
        let (left, right) = (self.written(self.left), self.written(self.right));
        if let Some((one, other)) = compared.misordered.as_ref().filter(|_| compared.is_of_numeric_strings()) {
            let operator = Operator::ALL.iter().find(|(_, operator)| *operator == self.operator)?.0;
            return Some(Suspicion {
                message: format!("`{left}` and `{right}` are compared as strings, not as numbers"),
                label: format!("`\"{one}\" {operator} \"{other}\"` is {}", holds(one, operator, other)),
                help: format!(
                    "convert it to a number first, and compare with a number: {}",
                    self.path_and_literal()
                        .map_or_else(|| conversion(left), |(path, _)| conversion(self.written(path)))
                ),
            });
        }
        let is_constant = compared.was_true != compared.was_false;
        if !is_constant || !compared.never_alike() {
            return None;
        }
        let result = if compared.was_true { "true" } else { "false" };
        let (consequence, is_equality) = match self.operator {
            Operator::Equal | Operator::NotEqual => ("they are never equal", true),
            Operator::Contains => ("it contains none", true),
            _ => ("neither is ever greater", false),
        };
        // Values of different kinds are converted before they are ordered, and some have an order then.
        if !is_equality && (compared.was_true || !is_orderless(compared)) {
            return None;
        }
        let (one, other) = (self.left, self.right);
        let subject = if self.operator == Operator::Contains { format!("{left}[]") } else { left.to_owned() };
        Some(Suspicion {
            message: format!("{}: {consequence}", unlike(&subject, self.written(other), compared)),
            label: format!("always {result}"),
            help: match (one.kind, other.kind) {
                (OperandKind::Literal(_), _) => remedy(right, left, &swapped(compared)),
                _ => remedy(left, right, compared),
            },
        })
    }

    /// What is suspicious about a comparison as it is written, whatever is compared.
    fn of_what_is_written(&self) -> Option<Suspicion> {
        let (path, literal) = self.path_and_literal()?;
        let (OperandKind::Path { base: None, segments }, OperandKind::Literal(value)) = (path.kind, literal.kind)
        else {
            return None;
        };
        let of_path = |compared: &Compared| if std::ptr::eq(path, self.left) { compared.left } else { compared.right };
        let seen = self.compared.map(of_path).unwrap_or_default().without(Sorts::NOTHING);
        let (message, help) = by_name(segments, self.operator, value, seen)?;
        Some(Suspicion { message: message.to_owned(), label: String::new(), help: help.to_owned() })
    }
}

/// What is suspicious about a comparison of this path, of whose values these sorts were seen.
fn by_name(
    path: &[Segment<'_>],
    operator: Operator,
    literal: Value<'_>,
    seen: Sorts,
) -> Option<(&'static str, &'static str)> {
    let name = |segment: &Segment<'_>| match segment.key {
        SegmentKey::Name(name) => Some(name.to_owned()),
        SegmentKey::Computed(_) => None,
    };
    let (first, last) = (path.first().and_then(name)?, path.last().and_then(name)?);
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    match literal {
        Value::String("true" | "false") if is_equality && first != "customer" && !seen.has_any(Sorts::STRING) => {
            Some((
                "this compares with a string: `true` and `\"true\"` are not equal",
                "write `true` or `false` without quotes",
            ))
        }
        Value::Number(zero) if zero == 0.0 && is_equality && last == "size" => Some((
            "the size of a missing list is not 0",
            "compare the list with `blank`, which is true if it is missing or empty",
        )),
        Value::Number(_) if is_equality && first == "customer" && last != "size" => Some((
            "customer attributes are strings: `\"5\"` and `5` are not equal",
            "convert it to a number first: `{% assign n = customer.… | plus: 0 %}`, or compare with a string",
        )),
        _ => None,
    }
}

/// Whether the values have no order: a number beside what is none.
fn is_orderless(compared: &Compared) -> bool {
    let never_numbers = Sorts::TEXT.or(Sorts::TRUE).or(Sorts::FALSE).or(Sorts::LIST).or(Sorts::OBJECT);
    let (left, right) = (compared.left.without(Sorts::NOTHING), compared.right.without(Sorts::NOTHING));
    (left.are_within(Sorts::NUMBER) && right.are_within(never_numbers))
        || (right.are_within(Sorts::NUMBER) && left.are_within(never_numbers))
}

/// `a` is always a string and `5` a number
fn unlike(left: &str, right: &str, compared: &Compared) -> String {
    format!("`{left}` is always {} and `{right}` {}", kinds(compared.left), kinds(compared.right))
}

/// The kinds of value, in words.
fn kinds(sorts: Sorts) -> String {
    let names = [
        (Sorts::STRING, "a string"),
        (Sorts::NUMBER, "a number"),
        (Sorts::BOOLEAN, "`true` or `false`"),
        (Sorts::LIST, "a list"),
        (Sorts::OBJECT, "an object"),
    ];
    let found = names.iter().filter(|(sort, _)| sorts.has_any(*sort)).map(|(_, name)| *name);
    found.collect::<Vec<_>>().join(" or ")
}

/// What to do about a value that is compared with a literal of another kind.
fn remedy(value: &str, literal: &str, compared: &Compared) -> String {
    let is = |sorts: Sorts, all: Sorts| sorts.without(Sorts::NOTHING).are_within(all);
    let bare = literal.trim_matches(['"', '\'']);
    match () {
        () if is(compared.left, Sorts::STRING) && is(compared.right, Sorts::NUMBER) => {
            format!("write `\"{bare}\"`, or convert it to a number first: {}", conversion(value))
        }
        () if is(compared.left, Sorts::STRING) && is(compared.right, Sorts::BOOLEAN) => {
            format!("compare with a string: write `\"{bare}\"`")
        }
        () if is(compared.left, Sorts::NUMBER) && is(compared.right, Sorts::NUMERIC)
            || is(compared.left, Sorts::BOOLEAN) && is(compared.right, Sorts::TRUE.or(Sorts::FALSE)) =>
        {
            format!("write `{bare}` without quotes")
        }
        () if is(compared.left, Sorts::LIST) => {
            format!("compare an element or the size of the list, or write `{value} contains …`")
        }
        () => "compare values of the same kind".to_owned(),
    }
}

/// How to convert a variable to a number.
fn conversion(value: &str) -> String {
    format!("`{{% assign number = {value} | plus: 0 %}}`")
}

fn swapped(compared: &Compared) -> Compared {
    Compared { left: compared.right, right: compared.left, ..compared.clone() }
}

/// The result of comparing two strings.
fn holds(one: &str, operator: &str, other: &str) -> bool {
    match operator {
        "<" => one < other,
        "<=" => one <= other,
        ">" => one > other,
        _ => one >= other,
    }
}

/// A literal without its quotes; `None` if the operand is no literal.
fn unquoted(operand: &Operand<'_>) -> Option<String> {
    match operand.kind {
        OperandKind::Literal(Value::String(text)) => Some(text.to_owned()),
        OperandKind::Literal(Value::Number(number)) => Some(number.to_string()),
        OperandKind::Literal(Value::Bool(flag)) => Some(flag.to_string()),
        _ => None,
    }
}
