//! The corpus of a target: the files in `corpus/TARGET`, and mutations of them.

use std::fs;
use std::path::Path;

/// The seeds of a target.
#[derive(Debug, Default)]
pub(crate) struct Corpus(Vec<String>);

/// Pieces that mean something in some format.
const PIECES: [&str; 64] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{%-",
    "-%}",
    "{% raw %}",
    "{% endraw %}",
    "{% if true %}",
    "{% endif %}",
    "{% for i in a %}",
    "{% endfor %}",
    "{% liquid\n",
    " | ",
    ": ",
    "'",
    "\"",
    "\\",
    "\\u",
    "\\ud83d",
    "[",
    "]",
    "{",
    "}",
    "[[",
    "]]",
    ",",
    ":",
    "null",
    "true",
    "1e999",
    "-0",
    "12345678901234567890",
    "---\n",
    "---",
    "\n",
    "\r\n",
    "\t",
    "\u{0}",
    "\u{feff}",
    "é",
    "😀",
    "\u{10F03D}",
    "\u{202e}",
    "a: &a [*a]",
    "- ",
    "# ",
    "#!",
    "${0}",
    "$1",
    "(?s)",
    ".*",
    "(a+)+$",
    "9999999999",
    "../",
    "/",
    "%2e%2e",
    "@fr",
    ".json",
    "HTTP/1.1",
    "\r\n\r\n",
    "Content-Length: ",
    "Transfer-Encoding: chunked",
    "0\r\n",
];

impl Corpus {
    /// Reads the seeds of a target.
    pub(crate) fn load(target: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        let mut files: Vec<_> =
            fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        files.sort();
        Self(files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect())
    }

    /// One of the seeds.
    pub(crate) fn seed(&self, random: &mut fastrand::Rng) -> &str {
        if self.0.is_empty() { "" } else { &self.0[random.usize(..self.0.len())] }
    }

    /// A seed with a few changes.
    pub(crate) fn mutated(&self, random: &mut fastrand::Rng) -> String {
        let mut text: Vec<char> = self.seed(random).chars().collect();
        for _ in 0..random.usize(1..6) {
            let at = random.usize(..=text.len());
            let end = (at + random.usize(..16)).min(text.len());
            match random.u8(..7) {
                0 => drop(text.drain(at..end)),
                1 => {
                    let copied: Vec<char> = text[at..end].to_vec();
                    let to = random.usize(..=text.len());
                    text.splice(to..to, copied);
                }
                2 => {
                    let other: Vec<char> = self.seed(random).chars().collect();
                    let from = random.usize(..=other.len());
                    let to = (from + random.usize(..64)).min(other.len());
                    text.splice(at..end, other[from..to].iter().copied());
                }
                3 => {
                    let repeated = PIECES[random.usize(..PIECES.len())].repeat(1 << random.u8(..11));
                    text.splice(at..at, repeated.chars());
                }
                4 if at < text.len() => text[at] = char::from(random.u8(1..127)),
                _ => drop(text.splice(at..at, PIECES[random.usize(..PIECES.len())].chars())),
            }
        }
        text.into_iter().collect()
    }
}
