//! Formats of records, recognised by a file's name and its first bytes.

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordFormat {
    /// JSON Lines: a JSON value on each line.
    JsonLines,
    /// JSON values one after another, which may span lines: an array's elements, the customers of an App API response, or
    /// values without anything between them.
    Json,
    /// CSV with a header line, and its delimiter.
    Csv {
        /// What separates cells: a comma, a semicolon or a tab.
        delimiter: u8,
    },
}

/// The names of columns that identify a customer. They are enough to recognise the header of a CSV file.
const IDENTIFIERS: [&str; 3] = ["id", "email", "cio_id"];

/// What separates the cells of CSV files, the most likely first.
const DELIMITERS: [u8; 3] = *b",;\t";

impl RecordFormat {
    /// The format of a file with this name and these first bytes, which are decompressed.
    #[must_use]
    pub fn detect(name: &str, bytes: &[u8]) -> Self {
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        let bytes = without_mark(bytes).trim_ascii_start();
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let csv = || Self::Csv { delimiter: delimiter_of(line) };
        match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("csv" | "tsv") => csv(),
            Some("jsonl" | "ndjson") => Self::JsonLines,
            _ => match bytes.first() {
                Some(b'[') => Self::Json,
                Some(b'{') if envelope_length(bytes) != Envelope::None || is_unfinished(line) => Self::Json,
                Some(b'{') => Self::JsonLines,
                _ if has_identifier(line) => csv(),
                _ => Self::JsonLines,
            },
        }
    }

    /// CSV with the delimiter of these first bytes.
    #[must_use]
    pub fn detect_csv(bytes: &[u8]) -> Self {
        // The header is the first line that is not empty.
        let mut lines = without_mark(bytes).split(|byte| matches!(byte, b'\n' | b'\r'));
        let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
        Self::Csv { delimiter: delimiter_of(line) }
    }
}

/// The bytes after a byte order mark.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Whether a value that begins on a line clearly continues on the next, as in indented JSON.
fn is_unfinished(line: &[u8]) -> bool {
    matches!(line.trim_ascii_end().last(), Some(b'{' | b'[' | b',' | b':'))
}

/// What separates the cells of a line: what occurs most often outside of quotes.
fn delimiter_of(line: &[u8]) -> u8 {
    let mut counts = [0_usize; 3];
    let mut is_quoted = false;
    for byte in line {
        match DELIMITERS.iter().position(|delimiter| delimiter == byte) {
            Some(at) if !is_quoted => counts[at] += 1,
            _ => is_quoted ^= *byte == b'"',
        }
    }
    // Of equal counts, the first.
    let best = (0..counts.len()).rev().max_by_key(|at| counts[*at]).unwrap_or_default();
    DELIMITERS[best]
}

fn has_identifier(line: &[u8]) -> bool {
    let delimiter = delimiter_of(line);
    let mut names = line.split(|byte| *byte == delimiter);
    names.any(|name| {
        let name = name.trim_ascii();
        let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
        IDENTIFIERS.iter().any(|identifier| identifier.as_bytes().eq_ignore_ascii_case(name))
    })
}

/// Whether bytes begin an App API response for several customers: `{"customers": [`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Envelope {
    /// They do, and this is the length of the beginning.
    Found(usize),
    /// They do as far as they go.
    Unfinished,
    /// They do not.
    None,
}

/// Looks for the beginning of an App API response.
pub(super) fn envelope_length(bytes: &[u8]) -> Envelope {
    let mut rest = bytes;
    for part in ["{", "\"customers\"", ":", "["] {
        rest = rest.trim_ascii_start();
        match rest.strip_prefix(part.as_bytes()) {
            Some(after) => rest = after,
            None if part.as_bytes().starts_with(rest) => return Envelope::Unfinished,
            None => return Envelope::None,
        }
    }
    Envelope::Found(bytes.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_before_a_header_say_nothing_of_its_delimiter() {
        for (text, delimiter) in [("\n\r\nid;name\n", b';'), ("id\tname", b'\t'), ("\n", b',')] {
            assert_eq!(RecordFormat::detect_csv(text.as_bytes()), RecordFormat::Csv { delimiter }, "{text:?}");
        }
    }

    #[test]
    fn recognises_formats() {
        let csv = |delimiter| RecordFormat::Csv { delimiter };
        for (name, text, expected) in [
            ("-", "{\"id\": 1}\n{\"id\": 2}\n", RecordFormat::JsonLines),
            ("-", "\u{feff} [{\"id\": 1}]", RecordFormat::Json),
            ("-", "{\n  \"id\": 1\n}", RecordFormat::Json),
            ("-", "{\"customers\": [{\"id\": 1}]}", RecordFormat::Json),
            ("-", "{\"customers\": 7}", RecordFormat::JsonLines),
            ("-", "{\"customers\": {}}\n", RecordFormat::JsonLines),
            ("-", "email,name\na,b", csv(b',')),
            ("-", "\"id\";\"a,b\"\n", csv(b';')),
            ("-", "name\tcio_id\r\n", csv(b'\t')),
            ("-", "Name;ID\n", csv(b';')),
            ("-", "name,age\nAda,7", RecordFormat::JsonLines),
            ("-", "", RecordFormat::JsonLines),
            ("orders.CSV.gz", "name;age\nAda;7", csv(b';')),
            ("a.tsv", "name\n", csv(b',')),
            ("a.jsonl", "[1]\n", RecordFormat::JsonLines),
            ("a.json.zst", "[1]\n", RecordFormat::Json),
        ] {
            assert_eq!(RecordFormat::detect(name, text.as_bytes()), expected, "{name} {text}");
        }
    }
}
