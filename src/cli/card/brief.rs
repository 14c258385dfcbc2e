//! Problems in few words, where there is no room for the source with them.

use anstyle::{AnsiColor, Style};

use super::line::{Line, Paragraph};
use super::palette::{DIM, PLAIN};
use crate::cli::terminal::TerminalCapabilities;
use crate::diagnostics::{Diagnostic, Severity};

/// The most lines of a problem's message.
const MOST_LINES: usize = 8;

/// What is wrong, where, and what to do, in lines of at most `width` columns.
pub(in crate::cli) fn brief(problems: &[Diagnostic], width: usize, capabilities: TerminalCapabilities) -> Vec<Line> {
    let mut lines = Vec::new();
    for problem in problems {
        let style = style(problem.severity);
        let mut what = Paragraph::default();
        what.push(style, &format!("{}[{}]", problem.severity, problem.code));
        what.push(PLAIN, &format!(": {}", problem.message));
        put(&what, "", width, capabilities, &mut lines);
        if let Some(location) = problem.location() {
            let mut place = Paragraph::default();
            place.push(DIM, &location.to_string());
            put(&place, "  ", width, capabilities, &mut lines);
        }
        for help in &problem.help {
            let mut what = Paragraph::default();
            what.push(DIM, "help: ");
            what.push(PLAIN, help);
            put(&what, "  ", width, capabilities, &mut lines);
        }
    }
    lines
}

fn put(paragraph: &Paragraph, margin: &str, width: usize, capabilities: TerminalCapabilities, lines: &mut Vec<Line>) {
    let margin = Line::default().with(PLAIN, " ").with(PLAIN, margin);
    for line in paragraph.wrap(width.saturating_sub(margin.columns()), MOST_LINES).lines {
        lines.push(margin.clone().and(&if capabilities.isolates { line.isolated() } else { line }));
    }
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Info => AnsiColor::Cyan.on_default().bold(),
    }
}
