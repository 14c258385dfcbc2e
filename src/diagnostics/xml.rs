//! XML: text that can stand in it.

use std::fmt::Write as _;

use super::sanitize;

/// Text for XML 1.0, in an element or an attribute, with nothing in it that XML has no place for or that could disturb who
/// reads it.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in sanitize::text(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_xml_cannot_hold() {
        assert_eq!(
            escape("<a b=\"1\"> & ]]>\n\u{0}\u{1b}é\u{ffff}"),
            "&lt;a b=&quot;1&quot;&gt; &amp; ]]&gt;&#10;\\u{0}\\u{1b}é\\u{ffff}"
        );
    }
}
