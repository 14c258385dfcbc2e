//! Rules without a check: their findings come from the modules below, which read the project, parse the templates and
//! render the messages. These modules report what they cannot process, or would process differently than the files say.
//! Everything that is checked in a template that can be parsed is a rule with its own file.

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
    Rule::new("misnamed-file", Warning, page!("misnamed-file")),
    Rule::new("no-requests", Info, page!("no-requests")),
    Rule::new("not-an-object", Error, page!("not-an-object")),
    Rule::new("numeric-identifier", Warning, page!("numeric-identifier")),
    Rule::new("render-error", Error, page!("render-error")),
    Rule::new("schema-mismatch", Warning, page!("schema-mismatch")),
    Rule::new("schema-violation", Error, page!("schema-violation")),
    Rule::new("unknown-customer", Error, page!("unknown-customer")),
    Rule::new("unknown-field", Warning, page!("unknown-field")),
    Rule::new("unknown-filter", Error, page!("unknown-filter")),
    Rule::new("unknown-tag", Error, page!("unknown-tag")),
    Rule::new("unknown-template", Error, page!("unknown-template")),
    Rule::new("unmet-expectation", Error, page!("unmet-expectation")),
    Rule::new("unused-ignore", Warning, page!("unused-ignore")),
];
