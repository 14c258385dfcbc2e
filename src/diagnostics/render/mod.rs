//! Output formats of findings: one file each, all reading the same [`Diagnostic`].

mod concise;
mod full;
mod github;
mod gitlab;
mod json;
mod json_lines;
mod junit;
mod sarif;

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::str::FromStr;

use super::{Diagnostic, Verdict};
use concise::Concise;
use full::Full;
use github::Github;
use gitlab::Gitlab;
use json::Json;
use json_lines::JsonLines;
use junit::Junit;
use sarif::Sarif;

/// Writes findings, in the order given, in one format.
///
/// Control characters, text direction overrides and invisible characters in findings are always escaped
/// ([`sanitize`](super::sanitize)).
pub trait Render {
    /// Writes all of them. A format with a frame, such as JSON's brackets, writes it at each call.
    ///
    /// # Errors
    ///
    /// Any error of the writer.
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()>;

    /// Writes all of them, and the verdicts on files if the format has room for them.
    ///
    /// # Errors
    ///
    /// Any error of the writer.
    fn render_with_verdicts(
        &self,
        diagnostics: &[Diagnostic],
        _verdicts: &[Verdict],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.render(diagnostics, out)
    }
}

/// An output format of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people: the source with the problem underlined, notes, help and fix.
    #[default]
    Full,
    /// One line each, `path:line:column: severity[code]: message`, for editors and `grep`.
    Concise,
    /// One JSON array. Each object has `code`, `severity`, `message`, `file`, `start`, `end`, `labels`, `notes`,
    /// `help` and `fix`, and `counterexample` if there is one; places are `{"line", "column", "offset"}`, with lines and columns (in characters) from
    /// 1 and offsets (in bytes) from 0.
    Json,
    /// The same objects, one per line.
    JsonLines,
    /// SARIF 2.1.0, for code hosts.
    Sarif,
    /// `JUnit`'s XML, for build servers.
    Junit,
    /// Annotations of GitHub's runners.
    Github,
    /// GitLab's code quality report.
    Gitlab,
}

/// Display options of [`Format::Full`] and [`Format::Concise`]. The other formats have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Whether to write colours, as ANSI escape sequences.
    pub color: bool,
    /// Whether to draw with Unicode lines rather than ASCII.
    pub unicode: bool,
    /// The width in columns. Longer source lines are shortened; messages are not wrapped.
    pub width: usize,
}

/// Finds the page about a code, in Markdown: a title, a paragraph that says it in one sentence, and more.
pub type Page = fn(code: &str) -> Option<&'static str>;

/// The format does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl Format {
    /// All formats.
    pub const ALL: [Self; 8] =
        [Self::Full, Self::Concise, Self::Json, Self::JsonLines, Self::Sarif, Self::Junit, Self::Github, Self::Gitlab];

    /// The name that a command line takes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
        }
    }

    /// Whether it is for people, as opposed to programs.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Full | Self::Concise)
    }

    /// Whether it names files relative to the repository's root, as code hosts and build servers expect.
    #[must_use]
    pub const fn counts_from_repository(self) -> bool {
        matches!(self, Self::Sarif | Self::Junit | Self::Github | Self::Gitlab)
    }

    /// The renderer of this format.
    #[must_use]
    pub fn renderer(self, theme: Theme) -> Box<dyn Render> {
        self.renderer_with_pages(theme, |_| None)
    }

    /// The renderer of this format, with the rules' pages if the format can include them.
    #[must_use]
    pub fn renderer_with_pages(self, theme: Theme, page: Page) -> Box<dyn Render> {
        match self {
            Self::Full => Box::new(Full::new(theme)),
            Self::Concise => Box::new(Concise::new(theme)),
            Self::Json => Box::new(Json),
            Self::JsonLines => Box::new(JsonLines),
            Self::Sarif => Box::new(Sarif { page }),
            Self::Junit => Box::new(Junit),
            Self::Github => Box::new(Github),
            Self::Gitlab => Box::new(Gitlab),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.into_iter().find(|format| format.as_str() == name);
        found.ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Format::ALL.map(|format| format!("`{format}`")).join(", ");
        write!(f, "`{}` is not a format; expected one of {known}", self.0)
    }
}

impl std::error::Error for UnknownFormat {}

/// A file's name as a relative address.
fn address(name: &str) -> String {
    let mut address = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

impl Theme {
    /// The text that replaces an omitted part.
    #[must_use]
    pub const fn omission(self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }
}

/// Plain ASCII, 100 columns: what a file or a pipe gets.
impl Default for Theme {
    fn default() -> Self {
        Self { color: false, unicode: false, width: 100 }
    }
}

#[cfg(test)]
mod tests;
