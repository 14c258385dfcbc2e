//! Rules whose findings come from the modules below: from reading the project, parsing the templates, rendering the messages.
//! These find them because they cannot go on, or would do something else than the files say. Whatever is only judged of a
//! template that can be parsed is a rule with a file of its own.

use super::Rule;
use crate::diagnostics::Severity::{Error, Info, Warning};

macro_rules! page {
    ($code:literal) => {
        include_str!(concat!("../../docs/rules/", $code, ".md"))
    };
}

pub(super) const RULES: &[Rule] = &[
    Rule::new("bad-identifiers", Error, page!("bad-identifiers")),
    Rule::new("duplicate-id", Error, page!("duplicate-id")),
    Rule::new("duplicate-trigger-name", Error, page!("duplicate-trigger-name")),
    Rule::new("expiration-invalid", Error, page!("expiration-invalid")),
    Rule::new("expiration-too-long", Warning, page!("expiration-too-long")),
    Rule::new("liquid-syntax", Error, page!("liquid-syntax")),
    Rule::new("liquid-too-deep", Error, page!("liquid-too-deep")),
    Rule::new("no-requests", Info, page!("no-requests")),
    Rule::new("not-an-object", Error, page!("not-an-object")),
    Rule::new("render-error", Error, page!("render-error")),
    Rule::new("unknown-customer", Error, page!("unknown-customer")),
    Rule::new("unknown-field", Warning, page!("unknown-field")),
    Rule::new("unknown-filter", Error, page!("unknown-filter")),
    Rule::new("unknown-tag", Error, page!("unknown-tag")),
    Rule::new("unknown-template", Error, page!("unknown-template")),
    Rule::new("unused-ignore", Warning, page!("unused-ignore")),
];
