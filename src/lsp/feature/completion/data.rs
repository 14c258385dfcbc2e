//! The members of the data at a path, in every request and customer.

use std::collections::BTreeMap;

use gen_lsp_types::CompletionItemKind;

use super::Candidate;
use crate::analysis::{Path, PathStep};
use crate::liquid::{Arena, Value};
use crate::lsp::snapshot::FileView;
use crate::lsp::value;
use crate::message::SENT_NAMES;

/// What is known about a member.
#[derive(Debug, Default)]
struct Member {
    kinds: Vec<&'static str>,
    /// A sample value.
    sample: Option<String>,
    /// In how many objects it is.
    count: usize,
}

/// The members at a path of `trigger` or `customer`, the most frequent first.
pub(super) fn members(file: &FileView<'_>, root: &str, steps: &[PathStep<'_>]) -> Vec<Candidate> {
    let [trigger, customer, _] = SENT_NAMES;
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    let project = file.project;
    if root == trigger {
        let template = file.main_template();
        let is_own = |request: &&crate::message::Request| {
            template.is_none_or(|template| template.is_called(&request.template().text))
        };
        for request in project.requests().iter().filter(is_own) {
            let arena = Arena::new();
            add_members(value::trigger(request, &arena), steps, &mut members);
        }
    } else if root == customer {
        for customer in project.customers() {
            let arena = Arena::new();
            add_members(value::attributes(customer, &arena), steps, &mut members);
        }
    }
    let mut members: Vec<_> = members.into_iter().collect();
    members.sort_by_key(|(_, member)| std::cmp::Reverse(member.count));
    let path = Path { root, steps: steps.to_vec() };
    members.into_iter().map(|(name, member)| candidate(&name, &member, &path)).collect()
}

fn add_members(value: Value<'_>, steps: &[PathStep<'_>], members: &mut BTreeMap<String, Member>) {
    for object in value::at_path(value, steps) {
        let Value::Object(object) = object else { continue };
        for (name, value) in object.entries() {
            let member = members.entry((*name).to_owned()).or_default();
            member.count += 1;
            let kind = value::kind(*value);
            if !kind.is_empty() && !member.kinds.contains(&kind) {
                member.kinds.push(kind);
            }
            if member.sample.is_none() {
                member.sample = Some(value::shorten(&value::as_json(*value)));
            }
        }
    }
}

fn candidate(name: &str, member: &Member, path: &Path<'_>) -> Candidate {
    let sample = member.sample.as_deref().unwrap_or_default();
    Candidate::new(name, CompletionItemKind::Field)
        .detail(format!("{} · {sample}", member.kinds.join(" or ")))
        .documentation(format!("`{}`, for example `{}`", path.then(PathStep::Key(name)), sample.replace('`', "'")))
}
