//! Problems without source excerpts, for narrow columns.

use anstyle::{AnsiColor, Style};

use super::line::{Paragraph, StyledLine};
use super::palette::{DIM, PLAIN};
use crate::cli::terminal::TerminalCapabilities;
use crate::diagnostics::{Diagnostic, Severity};

/// A problem's message is cut after this many lines.
const MAX_LINES: usize = 8;

/// The message, location and help of each problem, in lines of at most `width` columns.
pub(in crate::cli) fn brief(
    problems: &[Diagnostic],
    width: usize,
    capabilities: TerminalCapabilities,
) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    for problem in problems {
        let style = style(problem.severity);
        let mut message = Paragraph::default();
        message.push(style, &format!("{}[{}]", problem.severity, problem.code));
        message.push(PLAIN, &format!(": {}", problem.message));
        push_wrapped(&message, "", width, capabilities, &mut lines);
        if let Some(location) = problem.location() {
            let mut paragraph = Paragraph::default();
            paragraph.push(DIM, &location.to_string());
            push_wrapped(&paragraph, "  ", width, capabilities, &mut lines);
        }
        for help in &problem.help {
            let mut paragraph = Paragraph::default();
            paragraph.push(DIM, "help: ");
            paragraph.push(PLAIN, help);
            push_wrapped(&paragraph, "  ", width, capabilities, &mut lines);
        }
    }
    lines
}

fn push_wrapped(
    paragraph: &Paragraph,
    margin: &str,
    width: usize,
    capabilities: TerminalCapabilities,
    lines: &mut Vec<StyledLine>,
) {
    let margin = StyledLine::default().with(PLAIN, " ").with(PLAIN, margin);
    for line in paragraph.wrap(width.saturating_sub(margin.columns()), MAX_LINES).lines {
        lines.push(margin.clone().with_line(&if capabilities.isolates { line.isolated() } else { line }));
    }
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Info => AnsiColor::Cyan.on_default().bold(),
    }
}
