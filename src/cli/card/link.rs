//! Addresses as links of the terminal.

use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

/// Longer ones are cut or refused by terminals.
const LONGEST: usize = 2_000;

/// Where a click on an address leads: only to the web and to mail, since a terminal hands an address on to whatever
/// program has registered for it. None for anything else.
pub(super) fn target(address: &str) -> Option<Arc<str>> {
    let leads = ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    if !leads || address.len() > LONGEST {
        return None;
    }
    let mut target = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b'!'..=b'~' => target.push(char::from(byte)),
            _ => drop(write!(target, "%{byte:02X}")),
        }
    }
    Some(target.into())
}

/// The addresses of the web in a text.
pub(super) fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("http").map(|at| from + at) {
        let rest = &text[at..];
        from = at + "http".len();
        if !rest.starts_with("https://") && !rest.starts_with("http://") {
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"`".contains(c)).unwrap_or(rest.len());
        // What ends the sentence is none of it.
        let end = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']).len();
        if end > "https://".len() {
            found.push(at..at + end);
            from = at + end;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_addresses_lead_somewhere() {
        assert_eq!(target("https://x.example/ä\u{1b}").as_deref(), Some("https://x.example/%C3%A4%1B"));
        for address in ["javascript:alert(1)", "file:///etc/passwd", "app://x", &format!("http://{}", "x".repeat(3000))]
        {
            assert_eq!(target(address), None, "{address}");
        }
    }

    #[test]
    fn addresses_are_found_in_texts() {
        let text = "See https://a.example/x, (http://b.example). Not http:// or https.";
        let found: Vec<_> = addresses(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["https://a.example/x", "http://b.example"]);
    }
}
