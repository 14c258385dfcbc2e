//! One line per finding: `path:line:column: severity[code]: message`.

use std::io::{self, Write};

use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, DEFAULT_INFO_STYLE, DEFAULT_WARNING_STYLE};
use anstyle::Style;

use super::{Render, Theme};
use crate::diagnostics::{Diagnostic, Severity, sanitize};

pub(super) struct Concise {
    theme: Theme,
}

impl Concise {
    pub(super) const fn new(theme: Theme) -> Self {
        Self { theme }
    }

    /// The same colours as in the full format.
    const fn style(&self, severity: Severity) -> Style {
        match severity {
            _ if !self.theme.color => Style::new(),
            Severity::Error => DEFAULT_ERROR_STYLE,
            Severity::Warning => DEFAULT_WARNING_STYLE,
            Severity::Info => DEFAULT_INFO_STYLE,
        }
    }
}

impl Render for Concise {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        for diagnostic in diagnostics {
            let Diagnostic { code, severity, .. } = diagnostic;
            if let Some(location) = diagnostic.location() {
                let location = location.to_string();
                write!(out, "{}: ", sanitize::line(&location))?;
            }
            let style = self.style(*severity);
            writeln!(out, "{style}{severity}[{code}]{style:#}: {}", sanitize::line(&diagnostic.whole_message()))?;
        }
        Ok(())
    }
}
