//! Blocks of lines side by side.

use super::line::Line;

/// The lines of blocks that stand beside each other, each padded to its own width but for the last.
pub(in crate::cli) fn beside(blocks: &[(Vec<Line>, usize)]) -> Vec<Line> {
    let height = blocks.iter().map(|(lines, _)| lines.len()).max().unwrap_or(0);
    let row = |row: usize| {
        // Nothing is padded that has nothing to its right.
        let last = blocks.iter().rposition(|(lines, _)| lines.get(row).is_some_and(|line| !line.is_empty()));
        let mut whole = Line::default();
        for (place, (lines, width)) in blocks.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let line = lines.get(row).cloned().unwrap_or_default().cut(*width, "");
            whole.append(&if Some(place) == last { line } else { line.padded(*width) });
        }
        whole
    };
    (0..height).map(row).collect()
}
