//! Fixes: carried out one by one, each only where no message that was right comes out otherwise.

use serde_json::{Map, Value};

use super::judge;
use crate::diagnostics::{Diagnostic, Source};
use crate::liquid::Arena;
use crate::message::{Circumstances, Template};
use crate::project::{Case, Project};

/// How often a file is judged anew after it was fixed.
const MAX_ROUNDS: usize = 1_000;

/// A file with its fixes carried out.
#[derive(Clone, Debug)]
pub struct FixedFile {
    /// The file as it was.
    pub source: Source,
    /// Its text now.
    pub text: String,
    /// What was done.
    pub titles: Vec<String>,
}

/// Carries out all fixes of a template that do no harm; none where there are none.
#[must_use]
pub fn fix(
    project: &Project,
    template: &Template,
    cases: &[Case<'_>],
    circumstances: &Circumstances,
) -> Option<FixedFile> {
    let own: Vec<_> = cases.iter().filter(|case| std::ptr::eq(case.template, template)).copied().collect();
    let before = messages(project, template, &own, circumstances);
    let mut now = template.clone();
    let mut titles = Vec::new();
    let mut refused = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let cases: Vec<_> = own.iter().map(|case| Case { template: &now, ..*case }).collect();
        let findings = judge(project, &[&now], &cases, circumstances).findings;
        let next = findings.iter().find_map(|finding| {
            let (title, text) = repaired(finding, &now)?;
            if refused.contains(&text) {
                return None;
            }
            let read = Template::read(template.name(), Source::new(template.source().name(), text.as_str())).ok();
            let read = read.filter(|read| {
                let after = messages(project, read, &own, circumstances);
                before.iter().zip(after).all(|(before, after)| before.is_none() || *before == after)
            });
            if read.is_none() {
                refused.push(text);
            }
            read.map(|read| (title, read))
        });
        let Some((title, fixed)) = next else { break };
        titles.push(title);
        now = fixed;
    }
    let text = now.source().text().to_owned();
    let is_changed = text != template.source().text();
    is_changed.then(|| FixedFile { source: template.source().clone(), text, titles })
}

/// The text of the template's file after a finding's fix.
fn repaired(finding: &Diagnostic, template: &Template) -> Option<(String, String)> {
    let fix = finding.fix.as_ref()?;
    let is_here = finding.location().is_some_and(|location| location.source().name() == template.source().name());
    let text = fix.apply(template.source().text()).filter(|_| is_here)?;
    (text != template.source().text()).then(|| (fix.title.clone(), text))
}

/// The properties of each message; none where it fails.
fn messages(
    project: &Project,
    template: &Template,
    cases: &[Case<'_>],
    circumstances: &Circumstances,
) -> Vec<Option<Map<String, Value>>> {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let Ok(compiled) = template.compile(&workspace, &arena) else { return vec![None; cases.len()] };
    let render = |case: &Case<'_>| compiled.render(case.customer, case.request, circumstances).message;
    cases.iter().map(|case| render(case).map(|message| message.properties)).collect()
}
