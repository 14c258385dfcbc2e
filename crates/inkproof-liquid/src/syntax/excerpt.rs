//! Excerpts of a template's text, as LiquidJS quotes them in its messages.

use crate::value::{json, utf16};

/// The text between two bytes, cut to 32 UTF-16 code units and quoted.
pub(crate) fn quoted(source: &str, start: usize, end: usize) -> String {
    let rest = source.get(start..end).unwrap_or_default();
    // 33 units take 33 bytes or more.
    let is_long = rest.len() > 32 && utf16::units(rest).take(33).count() > 32;
    let mut quoted = String::new();
    if is_long {
        json::write_string(&format!("{}...", utf16::prefix(rest, 29)), &mut quoted);
    } else {
        json::write_string(rest, &mut quoted);
    }
    quoted
}
