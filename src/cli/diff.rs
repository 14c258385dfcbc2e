//! `inkproof diff`: what two revisions of the git repository render differently.

use std::fmt::Write as _;
use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::command::RunCommand;
use super::difference::{Drawing, Layout, in_words, sending};
use super::test::unified;
use super::{Failure, Global, Outcome};
use crate::diagnostics::{Count, Diagnostic, Thousands, sanitize};
use crate::message::FieldChange;
use crate::project::root_of;
use crate::snapshot::{Change, Comparison, Difference, Range, between, changed_fields, is_sent};

/// The longest comment that GitHub takes, in characters, less room for the line that says what is left out.
const COMMENT: usize = 65_536 - 200;

/// How many files that cannot be used a comment names, and how much it says of each, in characters.
const PROBLEMS: usize = 10;
const PROBLEM: usize = 300;

/// Show what two revisions of the git repository render differently
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof diff main                               what has changed since main, files not committed included
  inkproof diff main...HEAD --format markdown      a comment for a pull request")]
pub(super) struct Diff {
    /// `REV` for what has changed since, `REV..REV` for two revisions, `REV...REV` for what the second has changed since
    /// both parted
    #[arg(value_name = "REVISIONS", default_value = "HEAD")]
    range: String,
}

/// The formats of differences between revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// Each message with its differences
    Full,
    /// One line per message
    Concise,
    /// One JSON array
    Json,
    /// One JSON object per line
    #[value(name = "jsonl")]
    JsonLines,
    /// A comment for a pull request
    Markdown,
}

impl RunCommand for Diff {
    type Format = DiffFormat;

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let root = root_of(global.directory())?;
        let Comparison { changes, problems } = between(&root, &Range::new(&self.range), |fixed| global.adjust(fixed))?;
        global.report(&problems)?;
        let mut out = anstream::stdout().lock();
        match format {
            DiffFormat::Markdown => out.write_all(markdown(&changes, &problems).as_bytes())?,
            DiffFormat::Json => {
                let lines = changes.iter().map(Line::new).collect::<Vec<_>>();
                writeln!(out, "{}", sanitize::json(&serde_json::to_string(&lines).map_err(std::io::Error::from)?))?;
            }
            DiffFormat::JsonLines => {
                for change in &changes {
                    let line = serde_json::to_string(&Line::new(change)).map_err(std::io::Error::from)?;
                    writeln!(out, "{}", sanitize::json(&line))?;
                }
            }
            DiffFormat::Full | DiffFormat::Concise => {
                let theme = global.theme();
                for change in &changes {
                    let words =
                        if format == DiffFormat::Full { sending_of(change).map(str::to_owned) } else { words(change) };
                    let words = words.map(|words| format!(": {words}")).unwrap_or_default();
                    writeln!(out, "{} {}{}", status(change), sanitize::line(&change.name), sanitize::line(&words))?;
                    if format == DiffFormat::Full {
                        let difference = difference(change);
                        writeln!(
                            out,
                            "{}",
                            Drawing { difference: &difference, theme, layout: Layout::fitting(theme) }
                        )?;
                    }
                }
                writeln!(out, "{}", count(changes.len()))?;
            }
        }
        Ok(if problems.is_empty() { Outcome::Fine } else { Outcome::Broken })
    }
}

/// A change for programs.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    status: &'static str,
    changes: Vec<FieldChange>,
    old: Option<&'a str>,
    new: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn new(change: &'a Change) -> Self {
        let fields = change.old.as_ref().zip(change.new.as_ref()).map(|(old, new)| changed_fields(old, new));
        Self {
            name: &change.name,
            status: status(change),
            changes: fields.unwrap_or_default(),
            old: change.old.as_deref(),
            new: change.new.as_deref(),
        }
    }
}

const fn status(change: &Change) -> &'static str {
    match (&change.old, &change.new) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    }
}

/// What became of the sending of a message, where that is what changed.
fn sending_of(change: &Change) -> Option<&'static str> {
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => sending(old, new),
        (None, Some(new)) if !is_sent(new) => Some("not sent"),
        _ => None,
    }
}

/// What became of a message, in the rest of a line.
fn words(change: &Change) -> Option<String> {
    let of_both = || Some(in_words(change.old.as_ref()?, change.new.as_ref()?)).filter(|words| !words.is_empty());
    sending_of(change).map(str::to_owned).or_else(of_both)
}

fn difference(change: &Change) -> Difference {
    Difference::between(change.old.as_deref().unwrap_or_default(), change.new.as_deref().unwrap_or_default())
}

fn count(changes: usize) -> String {
    match changes {
        0 => "no message renders differently".to_owned(),
        1 => "1 message renders differently".to_owned(),
        more => format!("{} render differently", Count("message", more)),
    }
}

/// A comment for a pull request: what cannot be compared, a table, and each difference to unfold. What is too long for a
/// comment is left out.
fn markdown(changes: &[Change], problems: &[Diagnostic]) -> String {
    let mut text = format!("**{}**\n{}", count(changes.len()), missing(problems));
    if changes.is_empty() {
        return text;
    }
    text.push_str("\n| message | | what changed |\n|---|---|---|\n");
    for (place, change) in changes.iter().enumerate() {
        let difference = difference(change);
        let fields: Vec<_> = difference.fields.iter().map(|change| code(&change.field)).collect();
        let what = sending_of(change).map_or_else(|| fields.join(", "), |words| format!("**{words}**"));
        let row = format!("| {} | {} | {what} |\n", code(&change.name), status(change));
        // Half of the room is for the differences.
        if text.len() + row.len() > COMMENT / 2 {
            let _ = writeln!(text, "\n… and {} more", Thousands(changes.len() - place));
            break;
        }
        text.push_str(&row);
    }
    for (place, change) in changes.iter().enumerate() {
        let diff = unified(&difference(change));
        let fence = fence(&diff);
        let name = html(&change.name);
        let block = format!("\n<details><summary>{name}</summary>\n\n{fence}diff\n{diff}{fence}\n\n</details>\n");
        if text.len() + block.len() > COMMENT {
            let _ =
                writeln!(text, "\n… and {}, too long for a comment", Count("more difference", changes.len() - place));
            break;
        }
        text.push_str(&block);
    }
    text
}

/// Says which files cannot be used; nothing where all can.
fn missing(problems: &[Diagnostic]) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let mut text = "\nSome files cannot be used, and what they stand for is missing here:\n\n".to_owned();
    for problem in problems.iter().take(PROBLEMS) {
        let short = |text: &str| text.chars().take(PROBLEM).collect::<String>();
        let place = problem.location().map(|at| format!("{} ", code(&short(&at.to_string())))).unwrap_or_default();
        let _ = writeln!(text, "- {place}{}", html(&short(&problem.message)));
    }
    if problems.len() > PROBLEMS {
        let _ = writeln!(text, "- … and {} more", Thousands(problems.len() - PROBLEMS));
    }
    text
}

/// A name inside a table.
fn code(name: &str) -> String {
    format!("<code>{}</code>", html(name).replace('|', "&#124;"))
}

fn html(text: &str) -> String {
    sanitize::line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A fence that nothing in the text ends.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments() {
        let change = |name: &str, old: &str, new: &str| Change {
            name: name.to_owned(),
            old: Some(old.to_owned()),
            new: Some(new.to_owned()),
        };
        assert_eq!(markdown(&[], &[]), "**no message renders differently**\n");
        assert_eq!(
            markdown(&[change("a|b", "{\n\"x\": \"1\"\n}", "{\n\"x\": \"```</details>\"\n}")], &[]),
            "**1 message renders differently**\n\n| message | | what changed |\n|---|---|---|\n| <code>a&#124;b</code> | changed | \
             <code>x</code> |\n\n<details><summary>a|b</summary>\n\n````diff\n@@ -1 +1 @@\n {\n-\"x\": \"1\"\n+\"x\": \
             \"```</details>\"\n }\n````\n\n</details>\n"
        );
        let many: Vec<_> = (0..5_000).map(|n| change(&format!("request/{n}"), "1", "2")).collect();
        let text = markdown(&many, &[]);
        assert!(text.len() < 65_536 && text.contains("more differences"), "{}", text.len());
    }
}
