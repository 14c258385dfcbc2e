//! `invalid-json`: the content is not valid JSON with some data. Rendering and the [search](crate::search) find it.

use super::Rule;
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("invalid-json", Severity::Error, include_str!("../../docs/rules/invalid-json.md"));
