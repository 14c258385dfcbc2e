//! Branch coverage of a template, as a sentence.

use crate::analysis::Coverage;

/// How many branches the requests render, and the percentage.
pub(super) fn describe(coverage: &Coverage) -> String {
    let (covered, all) = (coverage.covered(), coverage.branches.len());
    if all == 0 {
        return "no branches, 100.0 %".to_owned();
    }
    // Rounded down, so that only full coverage reads 100.0 %.
    let percent = (coverage.percent() * 10.0).floor() / 10.0;
    format!("requests render {covered} of {all} branches, {percent:.1} %")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Branch, BranchKind};
    use crate::diagnostics::Source;
    use crate::liquid::Span;

    #[test]
    fn percentages_are_rounded_down() {
        for (covered, all, expected) in [
            (0, 0, "no branches, 100.0 %"),
            (0, 3, "requests render 0 of 3 branches, 0.0 %"),
            (2, 3, "requests render 2 of 3 branches, 66.6 %"),
            (1999, 2000, "requests render 1999 of 2000 branches, 99.9 %"),
            (3, 3, "requests render 3 of 3 branches, 100.0 %"),
        ] {
            let hits = |index| usize::from(index < covered);
            let branch =
                |index| Branch { span: Span::new(0, 1), line: 1, kind: BranchKind::Condition, hits: hits(index) };
            let branches = (0..all).map(branch).collect();
            let coverage = Coverage { source: Source::new("a", ""), branches, lines: [].into() };
            assert_eq!(describe(&coverage), expected);
        }
    }
}
