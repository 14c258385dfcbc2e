//! The rest of a template whose Liquid cannot be parsed: what the rules find in it once its mistakes are repaired.

use super::JudgeOptions;
use super::judge::{Data, judge_template};
use crate::contract::Schemas;
use crate::diagnostics::Diagnostic;
use crate::message::Template;
use crate::project::Project;

/// Rules about what a template does not use. Something that was removed may have used it.
const ABOUT_USES: [&str; 2] = ["unused-assign", "unused-data"];
/// Rules about the output. Something that was removed may have been a part of it.
const ABOUT_OUTPUT: [&str; 10] = [
    "blank-value",
    "duplicate-key",
    "invalid-json",
    "json-unsafe",
    "missing-body",
    "missing-title",
    "not-an-object",
    "printed-object",
    "trailing-comma",
    "uncovered-branch",
];

/// The findings in a template whose Liquid cannot be parsed, except those about what cannot be parsed, and those that may be
/// its consequences.
pub(super) fn findings_in_the_rest(
    project: &Project,
    schemas: &Schemas,
    template: &Template,
    data: Data<'_>,
    options: &JudgeOptions,
) -> Vec<Diagnostic> {
    let Some(repaired) = template.repaired(&project.workspace()) else { return Vec::new() };
    let judgement = judge_template(project, schemas, &repaired.template, data, options);
    let may_be_consequence = |finding: &Diagnostic| {
        let code = finding.code.as_str();
        // What cannot be parsed may be what is ignored.
        code == "unused-ignore" || repaired.has_gaps && (ABOUT_USES.contains(&code) || ABOUT_OUTPUT.contains(&code))
    };
    let may_be_undefined =
        |finding: &Diagnostic| finding.code.as_str() == "undefined-variable" && repaired.may_define(finding);
    let may_be_consequence = |finding: &Diagnostic| may_be_consequence(finding) || may_be_undefined(finding);
    let rest = judgement.findings.into_iter().filter(|finding| !may_be_consequence(finding));
    rest.filter_map(|finding| repaired.original(finding)).collect()
}
