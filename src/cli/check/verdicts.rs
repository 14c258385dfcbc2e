//! Verdicts of templates, as people see them, and the requirement that they fulfil.

use std::io::{self, Write};

use crate::diagnostics::{Count, Thousands, sanitize};
use crate::rules::TemplateVerdict;
use crate::search::Verdict;

/// How many templates have which verdict: `3 templates: 1 proved, 1 searched, 1 loses`.
pub(super) fn summary(verdicts: &[TemplateVerdict]) -> String {
    let count = |verdict: &Verdict| {
        let count = verdicts.iter().filter(|known| known.verdict == *verdict).count();
        (count > 0).then(|| format!("{} {}", Thousands(count), verdict.as_str()))
    };
    let counts: Vec<_> = Verdict::ALL.iter().filter_map(count).collect();
    format!("{}: {}", Count("template", verdicts.len()), counts.join(", "))
}

/// Reports the templates whose verdict is less than required; whether there is none.
pub(super) fn report_lacking(verdicts: &[TemplateVerdict], least: Verdict, out: &mut dyn Write) -> io::Result<bool> {
    let lacking: Vec<_> = verdicts.iter().filter(|verdict| verdict.verdict < least).collect();
    for verdict in &lacking {
        let file = sanitize::line(&verdict.file).into_owned();
        writeln!(out, "{file}: {}: expected {}", verdict.describe(), least.as_str())?;
    }
    Ok(lacking.is_empty())
}
