//! `default-too-late`: `default` after another filter has no effect on a missing variable. It is as severe as the loss that
//! the [search](crate::search) finds there.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{MissingBehavior, Purpose, Read, VALUES, each_value, prints, variable_of};
use crate::diagnostics::{Fix, Severity};
use crate::liquid::syntax::tree::{FilterCall, FilteredValue, Operand, OperandKind, Step};
use crate::liquid::{Span, Template};

pub(super) const RULE: Rule =
    Rule::new("default-too-late", Severity::Info, include_str!("../../docs/rules/default-too-late.md"))
        .found_by(check)
        .latest_only();

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, purpose| {
            let [Step::Operand(operand)] = value.expression.steps else { return };
            let Some((index, default)) =
                value.filters.iter().enumerate().skip(1).find(|(_, filter)| filter.name == "default")
            else {
                return;
            };
            let fails = |read: &Read<'_>| {
                read.text == at && read.span == operand.span && read.missing_behavior >= MissingBehavior::MayFail
            };
            if purpose != Purpose::Printed || value.has_default_first() || !facts.needs.reads.iter().any(fails) {
                return;
            }
            let first = value.filters[0];
            let message = format!("`default` comes too late, after `{}`: a missing variable fails before", first.name);
            findings.add(
                facts.location(at, default.span),
                "not reached if the variable is missing",
                message,
                |finding| {
                    let finding = finding
                        .secondary(facts.location(at, operand.span), "fails if it is missing")
                        .help("put `default` first");
                    let rescue = Rescue { text: &text.liquid, value, operand, index, default };
                    match rescue.fix(|span| facts.location(at, span).range()).filter(|_| text.is_content) {
                        Some(fix) => finding.fix(fix),
                        None => finding,
                    }
                },
            );
        });
    }
}

/// An expression whose `default` comes too late.
struct Rescue<'a> {
    text: &'a Template<'a>,
    value: &'a FilteredValue<'a>,
    operand: &'a Operand<'a>,
    /// The index of `default` among the filters.
    index: usize,
    default: &'a FilterCall<'a>,
}

impl Rescue<'_> {
    /// A fix that prints the same for every value of the variable, and handles a missing one. Tries three, and takes
    /// the first for which renders of sample values agree: `default` first; `default` first, but keeping `false`; or a
    /// second, empty `default` first.
    fn fix(&self, range: impl Fn(Span) -> std::ops::Range<usize>) -> Option<Fix> {
        if !self.is_known() {
            return None;
        }
        let path = variable_of(&self.value.expression)?;
        let source = self.text.source;
        let default = self.default.span.of(source);
        let title = "put `default` first";
        let keeping_false = format!("{default}{} allow_false: true", if default.contains(':') { "," } else { ":" });
        let fixes = [
            (title, default, true),
            (title, keeping_false.as_str(), true),
            ("use an empty string until `default` replaces it", "default: \"\", allow_false: true", false),
        ];
        let Span { start, end } = self.value.span;
        let before_default = self.value.filters[self.index - 1].span.end;
        let prints =
            |expression: &str, value: Option<&'static str>| prints(self.text.language, expression, &path, value);
        fixes.into_iter().find_map(|(title, first, is_moved)| {
            let operand = &source[start..self.operand.span.end];
            let rest_start = if is_moved { before_default } else { self.default.span.end };
            let between = &source[self.operand.span.end..rest_start];
            let rescued = format!("{operand} | {first}{between}{}", &source[self.default.span.end..end]);
            let is_same = |value: &'static str| {
                let now = prints(&source[start..end], Some(value));
                now.is_none() || now == prints(&rescued, Some(value))
            };
            if prints(&rescued, None).is_none() || !VALUES.into_iter().all(is_same) {
                return None;
            }
            let fix = Fix::new(title).insert(range(self.operand.span).end, format!(" | {first}"));
            let late = Span { start: before_default, end: self.default.span.end };
            Some(if is_moved { fix.delete(range(late)) } else { fix })
        })
    }

    /// Whether everything except the variable is a literal, so that sample renders are conclusive.
    fn is_known(&self) -> bool {
        let arguments = self.value.filters.iter().flat_map(|filter| filter.arguments);
        arguments
            .filter_map(|argument| argument.value.as_ref())
            .all(|operand| matches!(operand.kind, OperandKind::Literal(_)))
    }
}
