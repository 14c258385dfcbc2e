//! Rules: the checks for templates, one file each, and the list of all of them.

mod ambiguous_escape;
mod blank_value;
mod constant_condition;
mod default_too_late;
mod deprecated_filter;
mod differs_after_upgrade;
mod duplicate_key;
mod email_only_tag;
mod facts;
mod file_findings;
mod files;
mod fix;
mod ignore;
mod invalid_json;
mod json_string;
mod json_unsafe;
mod judge;
mod judge_options;
mod losses;
mod missing_body;
mod missing_data;
mod missing_title;
mod misspelled_name;
mod mixed_and_or;
mod not_liquid;
mod payloads;
mod printed_object;
mod property;
mod repaired;
mod reported;
mod schema_mismatch;
mod schema_violation;
mod suspicious_comparison;
mod suspicious_date;
mod table;
mod template_verdict;
mod topic_never_shown;
mod trailing_comma;
mod unavailable_tag;
mod uncovered_branch;
mod undefined_variable;
mod unused_assign;
mod unused_data;
mod wrong_filter_arguments;
mod wrong_namespace;

use std::sync::LazyLock;

pub use facts::{CaseFacts, Findings, TemplateFacts, UnusedPath};
pub use file_findings::FileFindings;
pub use fix::{FixedFile, fix};
pub use ignore::ignore_next_line;
pub use judge::{Judgement, judge, judge_each, judge_payload, judge_with_cases};
pub use judge_options::JudgeOptions;
pub use missing_data::missing_in_requests;
pub use misspelled_name::Misspelling;
pub use payloads::{PayloadOptions, PayloadReport, judge_payloads};
pub use schema_violation::schema_violations;
pub use table::{Cell, Row, Table};
pub use template_verdict::TemplateVerdict;

use crate::diagnostics::{Code, Severity};

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, such as `missing-data`.
    pub code: Code,
    /// The severity of its findings, unless the configuration changes it.
    pub severity: Severity,
    /// Its documentation, in Markdown.
    pub page: &'static str,
    /// The check that adds its findings. `None` if they come from reading or rendering.
    pub check: Option<fn(&TemplateFacts<'_>, &mut Findings)>,
    /// Whether it only applies to the latest Liquid, not to the legacy one.
    pub is_latest_only: bool,
}

impl Rule {
    const fn new(code: &'static str, severity: Severity, page: &'static str) -> Self {
        Self { code: Code::new(code), severity, page, check: None, is_latest_only: false }
    }

    const fn found_by(mut self, check: fn(&TemplateFacts<'_>, &mut Findings)) -> Self {
        self.check = Some(check);
        self
    }

    const fn latest_only(mut self) -> Self {
        self.is_latest_only = true;
        self
    }

    /// The rule in one sentence: the first paragraph of its page.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        summary(self.page)
    }
}

/// All rules, by name.
pub static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut rules = reported::RULES.to_vec();
    rules.extend([
        ambiguous_escape::RULE,
        blank_value::RULE,
        constant_condition::RULE,
        default_too_late::RULE,
        deprecated_filter::RULE,
        differs_after_upgrade::RULE,
        duplicate_key::RULE,
        email_only_tag::RULE,
        invalid_json::RULE,
        json_unsafe::RULE,
        missing_body::RULE,
        missing_data::RULE,
        missing_title::RULE,
        misspelled_name::RULE,
        mixed_and_or::RULE,
        not_liquid::RULE,
        printed_object::RULE,
        suspicious_comparison::RULE,
        suspicious_date::RULE,
        topic_never_shown::RULE,
        trailing_comma::RULE,
        unavailable_tag::RULE,
        uncovered_branch::RULE,
        undefined_variable::RULE,
        unused_assign::RULE,
        unused_data::RULE,
        wrong_filter_arguments::RULE,
        wrong_namespace::RULE,
    ]);
    rules.sort_by_key(|rule| rule.code);
    rules
});

/// The rule with this name.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code.as_str() == code)
}

/// All codes that have a page, in order: those of the rules, and those of files that cannot be used.
#[must_use]
pub fn codes() -> Vec<&'static str> {
    let mut codes: Vec<_> = RULES.iter().map(|rule| rule.code.as_str()).chain(files::codes()).collect();
    codes.sort_unstable();
    codes
}

/// The page about a code, in Markdown: a title, a paragraph that explains it in one sentence, and more.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    rule(code).map(|rule| rule.page).or_else(|| files::section(code))
}

/// The first paragraph of a page.
#[must_use]
pub fn summary(page: &'static str) -> &'static str {
    page.split("\n\n").nth(1).unwrap_or_default()
}
