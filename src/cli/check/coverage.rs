//! How much of a template its requests render, in words.

use crate::analysis::Coverage;

/// How many branches requests come to, and the part that these are.
pub(super) fn words(coverage: &Coverage) -> String {
    let (covered, all) = (coverage.covered(), coverage.branches.len());
    if all == 0 {
        return "no branches, 100.0 %".to_owned();
    }
    // Rounded down, lest all but one look like all.
    let percent = (coverage.percent() * 10.0).floor() / 10.0;
    format!("requests render {covered} of {all} branches, {percent:.1} %")
}
