//! Coverage as LCOV tracefile records, which code hosts and editors read.

use std::fmt::Write;

use crate::analysis::Coverage;
use crate::diagnostics::Prefix;

/// The record of a template's file. The prefix leads from the repository's root to the project.
pub(super) fn record(coverage: &Coverage, prefix: &Prefix) -> String {
    let Coverage { source, branches, lines } = coverage;
    let mut record = format!("TN:\nSF:{}\n", prefix.name(source.name()));
    for (index, branch) in branches.iter().enumerate() {
        let _ = writeln!(record, "BRDA:{},{index},0,{}", branch.line, branch.hits);
    }
    let _ = writeln!(record, "BRF:{}\nBRH:{}", branches.len(), coverage.covered());
    for (line, hits) in lines {
        let _ = writeln!(record, "DA:{line},{hits}");
    }
    let hit = lines.values().filter(|hits| **hits > 0).count();
    let _ = writeln!(record, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Branch, BranchKind};
    use crate::diagnostics::Source;
    use crate::liquid::Span;

    #[test]
    fn writes_branches_lines_and_totals() {
        let branch = |line, hits| Branch { span: Span::new(0, 1), line, kind: BranchKind::Condition, hits };
        let coverage = Coverage {
            source: Source::new("templates/a.liquid", "one\ntwo\nthree"),
            branches: vec![branch(2, 1), branch(3, 0)],
            lines: [(1, 2), (3, 0)].into(),
        };
        assert_eq!(
            record(&coverage, &Prefix::new("shop/")),
            "TN:\nSF:shop/templates/a.liquid\nBRDA:2,0,0,1\nBRDA:3,1,0,0\nBRF:2\nBRH:1\nDA:1,2\nDA:3,0\nLF:2\nLH:1\nend_of_record\n"
        );
    }
}
