//! Completion in the settings of a template.

use gen_lsp_types::CompletionItemKind;

use super::{Candidate, Candidates};
use crate::customerio::Version;
use crate::lsp::snapshot::FileView;
use crate::message::{SETTINGS, Template};
use crate::rules;

/// The line around the settings.
const FENCE: &str = "---";

pub(super) fn candidates(file: &FileView<'_>, offset: usize) -> Option<Candidates> {
    let upto = file.text.get(..offset)?;
    let mut lines = upto.split('\n');
    let is_inside = lines.next()?.trim_end() == FENCE && !lines.clone().any(|line| line.trim_end() == FENCE);
    let line = lines.next_back().filter(|_| is_inside)?;
    let Some((name, value)) = line.split_once(':') else {
        let written = line.trim_start();
        return Some(Candidates { range: offset - written.len()..offset, all: names(upto) });
    };
    let written = value.rsplit(['[', ',', ' ']).next().unwrap_or_default();
    Some(Candidates { range: offset - written.len()..offset, all: values(name.trim(), file) })
}

/// The settings that are not set yet.
fn names(upto: &str) -> Vec<Candidate> {
    let is_set = |name: &str| upto.lines().any(|line| line.split_once(':').is_some_and(|(set, _)| set.trim() == name));
    let settings = SETTINGS.iter().filter(|(name, _)| !is_set(name));
    let candidate = |(name, summary): &(&str, &str)| {
        Candidate::new(*name, CompletionItemKind::Property).detail(*summary).text(format!("{name}: "))
    };
    settings.map(candidate).collect()
}

/// The values of a setting.
fn values(name: &str, file: &FileView<'_>) -> Vec<Candidate> {
    let templates = || file.project.templates().iter().flat_map(Template::with_variants);
    let mut used: Vec<String> = match name {
        "liquid" => return Version::NAMES.map(|(name, _)| Candidate::new(name, CompletionItemKind::EnumMember)).into(),
        "ignore" => {
            let code = |code: &'static str| {
                let summary = rules::page(code).map(rules::summary).unwrap_or_default();
                Candidate::new(code, CompletionItemKind::EnumMember).documentation(summary)
            };
            return rules::codes().into_iter().map(code).collect();
        }
        "expiration" => ["60 days", "24 hours", "30 minutes"].map(str::to_owned).into(),
        "type" => templates().filter_map(|template| Some(template.settings().kind.as_ref()?.value.clone())).collect(),
        "topics" => templates()
            .flat_map(|template| template.settings().topics.iter().map(|topic| topic.value.clone()))
            .collect(),
        _ => Vec::new(),
    };
    used.sort_unstable();
    used.dedup();
    used.into_iter().map(|value| Candidate::new(value, CompletionItemKind::Value)).collect()
}
