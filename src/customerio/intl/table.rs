//! A sorted, tab-separated table in the binary, searched in place: nothing is parsed or allocated until a filter needs
//! it.

use std::borrow::Cow;

/// The contents of a generated file in `data/`: comment lines, then one row per line, sorted by the bytes of the keys.
#[derive(Clone, Copy)]
pub(super) struct Table(&'static str);

impl Table {
    pub(super) const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The cells after the key in the row of `key`; `None` if there is no such row.
    pub(super) fn find(self, key: &str) -> Option<&'static str> {
        let mut rows = self.rows();
        while !rows.is_empty() {
            let bytes = rows.as_bytes();
            let start = bytes[..bytes.len() / 2].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
            let end = bytes[start..].iter().position(|&b| b == b'\n').map_or(rows.len(), |at| start + at);
            let (found, cells) = split_key(&rows[start..end]);
            match key.cmp(found) {
                std::cmp::Ordering::Equal => return Some(cells),
                std::cmp::Ordering::Less => rows = &rows[..start],
                std::cmp::Ordering::Greater => rows = rows.get(end + 1..).unwrap_or(""),
            }
        }
        None
    }

    /// All keys, in order.
    pub(super) fn keys(self) -> impl Iterator<Item = &'static str> {
        self.rows().lines().map(|row| split_key(row).0)
    }

    fn rows(self) -> &'static str {
        let mut rows = self.0;
        while rows.starts_with('#') {
            rows = rows.split_once('\n').map_or("", |(_, rest)| rest);
        }
        rows
    }
}

fn split_key(row: &'static str) -> (&'static str, &'static str) {
    row.split_once('\t').unwrap_or((row, ""))
}

/// The contents of a cell: characters that are invisible in an editor are written `\u{hex}` in the files.
pub(super) fn unescape(cell: &str) -> Cow<'_, str> {
    let Some((plain, mut rest)) = cell.split_once("\\u{") else {
        return Cow::Borrowed(cell);
    };
    let mut text = plain.to_owned();
    while let Some((hex, after)) = rest.split_once('}') {
        text.extend(u32::from_str_radix(hex, 16).ok().and_then(char::from_u32));
        let (plain, next) = after.split_once("\\u{").unwrap_or((after, ""));
        text.push_str(plain);
        rest = next;
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table = Table::new("# about\n# more\na\t1\nab\t2\t3\nb\nß\tx\n");

    #[test]
    fn finds_every_row_and_no_other() {
        for (key, cells) in [
            ("a", Some("1")),
            ("ab", Some("2\t3")),
            ("b", Some("")),
            ("ß", Some("x")),
            ("", None),
            ("aa", None),
            ("abc", None),
            ("# about", None),
            ("z", None),
            ("界", None),
        ] {
            assert_eq!(TABLE.find(key), cells, "{key}");
        }
        assert_eq!(Table::new("").find("a"), None);
        assert_eq!(Table::new("# only\n").find("a"), None);
        assert_eq!(TABLE.keys().collect::<Vec<_>>(), ["a", "ab", "b", "ß"]);
    }

    #[test]
    fn unescapes_invisible_characters() {
        for (cell, text) in
            [("", ""), ("kr", "kr"), ("\\u{a0}", "\u{a0}"), ("a\\u{200f}\\u{200e}-b", "a\u{200f}\u{200e}-b")]
        {
            assert_eq!(unescape(cell), text);
        }
    }
}
