//! URLs as terminal hyperlinks (OSC 8).

use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

/// Terminals cut or reject longer URLs.
const MAX_BYTES: usize = 2_000;

/// The link target of a URL. Only `https`, `http` and `mailto` are linked, because a terminal passes a URL to any program
/// that registered its scheme; `None` for all other schemes.
pub(super) fn target(address: &str) -> Option<Arc<str>> {
    let is_allowed = ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    if !is_allowed || address.len() > MAX_BYTES {
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

/// The byte ranges of `http` and `https` URLs in a string.
pub(super) fn find_urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("http").map(|at| from + at) {
        let rest = &text[at..];
        from = at + "http".len();
        if !rest.starts_with("https://") && !rest.starts_with("http://") {
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"`".contains(c)).unwrap_or(rest.len());
        // Punctuation that ends the sentence is not part of the URL.
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
    fn only_web_and_mail_urls_are_linked() {
        assert_eq!(target("https://x.example/ä\u{1b}").as_deref(), Some("https://x.example/%C3%A4%1B"));
        for address in ["javascript:alert(1)", "file:///etc/passwd", "app://x", &format!("http://{}", "x".repeat(3000))]
        {
            assert_eq!(target(address), None, "{address}");
        }
    }

    #[test]
    fn finds_urls_in_prose() {
        let text = "See https://a.example/x, (http://b.example). Not http:// or https.";
        let found: Vec<_> = find_urls(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["https://a.example/x", "http://b.example"]);
    }
}
