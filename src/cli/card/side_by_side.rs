//! Blocks of lines side by side.

use super::line::StyledLine;

/// Puts blocks of lines side by side. Each block is padded to its width, except the last one in a row.
pub(in crate::cli) fn side_by_side(blocks: &[(Vec<StyledLine>, usize)]) -> Vec<StyledLine> {
    let height = blocks.iter().map(|(lines, _)| lines.len()).max().unwrap_or(0);
    let row = |row: usize| {
        // No trailing spaces: the last block with text in this row is not padded.
        let last = blocks.iter().rposition(|(lines, _)| lines.get(row).is_some_and(|line| !line.is_empty()));
        let mut joined = StyledLine::default();
        for (index, (lines, width)) in blocks.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let line = lines.get(row).cloned().unwrap_or_default().cut(*width, "");
            joined.append(&if Some(index) == last { line } else { line.padded(*width) });
        }
        joined
    };
    (0..height).map(row).collect()
}
