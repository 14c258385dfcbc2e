//! `blank-value`: a variable that is printed is null or empty.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::MissingBehavior;
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("blank-value", Severity::Warning, include_str!("../../docs/rules/blank-value.md"))
        .found_by(check)
        .latest_only();

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for case in &facts.cases {
        for (read, presence) in facts.needs.reads.iter().zip(&case.presence) {
            let is_blank = presence.present == 0 && (presence.blank > 0 || presence.missing > 0);
            let is_harmless = !matches!(
                read.missing_behavior,
                MissingBehavior::Nothing | MissingBehavior::MayFail | MissingBehavior::Fails
            );
            let will_fail = presence.missing > 0 && read.missing_behavior != MissingBehavior::Nothing;
            // `wrong-namespace` reports variables that are always empty.
            let is_other_variable = !matches!(read.path.root, "customer" | "trigger" | "objects");
            if !read.is_printed
                || !is_blank
                || is_harmless
                || will_fail
                || is_other_variable
                || facts.is_misspelled(&read.path)
                || !case.trace.has(read.node)
            {
                continue;
            }
            let message = format!("`{}` prints nothing in `{}`", read.path, case.name);
            findings.add(facts.location(read.text, read.span), "null or empty in the data", message, |finding| {
                match facts.expression(read) {
                    Some(written) => finding.help(format!("give it a default: `{{{{ {written} | default: \"…\" }}}}`")),
                    None => finding.help("give it a default, with the filter `default`"),
                }
            });
        }
    }
}
