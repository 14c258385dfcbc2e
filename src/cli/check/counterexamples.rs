//! `--save-counterexamples`: writes each counterexample as a request file.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::cli::{Failure, Global};
use crate::diagnostics::{Count, Diagnostic, sanitize};
use crate::project::Project;
use crate::scaffold::{Plan, WriteOutcome};

/// Writes the counterexamples of findings into a folder of the project. A file that exists already is kept.
pub(super) fn save(findings: &[Diagnostic], folder: &Path, project: &Project, global: &Global) -> Result<(), Failure> {
    let folder = within_project(&global.path(folder), project.root())?;
    let plan = plan(findings, &folder, &project.config().paths.templates);
    let written = plan
        .write(project.root())
        .map_err(|errors| Failure::Messages(errors.iter().map(ToString::to_string).collect()))?;
    let kept = written.iter().filter(|(_, outcome)| *outcome == WriteOutcome::Kept).count();
    let shown = sanitize::line(&folder.display().to_string()).into_owned();
    let already = if kept > 0 { format!(", {kept} existed already") } else { String::new() };
    let words = format!("{} written to `{shown}`{already}", Count("file", written.len() - kept));
    writeln!(anstream::stderr().lock(), "{words}")?;
    Ok(())
}

/// A folder relative to the project; an error if it is not inside.
fn within_project(folder: &Path, root: &Path) -> Result<PathBuf, Failure> {
    let absolute = |path: &Path| std::path::absolute(path.canonicalize().as_deref().unwrap_or(path));
    let (whole, root) = (absolute(folder)?, absolute(root)?);
    let inner = whole.strip_prefix(&root).ok().filter(|inner| {
        inner.components().next().is_some() && inner.components().all(|part| matches!(part, Component::Normal(_)))
    });
    inner.map(Path::to_owned).ok_or_else(|| {
        format!("`{}` is not inside the project: expected a folder below `{}`", folder.display(), root.display()).into()
    })
}

/// The files: `FOLDER/TEMPLATE/CODE-LINE-COLUMN.json`, and beside it `.customer` if the customer differs from that of the
/// request.
fn plan(findings: &[Diagnostic], folder: &Path, templates: &Path) -> Plan {
    let mut plan = Plan::default();
    let mut seen = HashSet::new();
    for finding in findings {
        let (Some(counterexample), Some(place)) = (&finding.counterexample, finding.location()) else { continue };
        // Several findings may have one counterexample.
        if !seen.insert(Arc::as_ptr(counterexample)) {
            continue;
        }
        let template = Path::new(place.source().name());
        let template = template.strip_prefix(templates).unwrap_or(template).with_extension("");
        let start = place.start();
        let stem = folder.join(template).join(format!("{}-{}-{}", finding.code, start.line, start.column));
        let text = |json: &serde_json::Value| format!("{json:#}\n");
        plan.add(stem.with_extension("json"), text(&counterexample.request));
        if counterexample.changes.iter().any(|change| change.path.starts_with("customer")) {
            plan.add(stem.with_extension("customer"), text(&counterexample.customer));
        }
    }
    plan
}
