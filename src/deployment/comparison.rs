//! Comparison: two revisions of a template, each with the data that the other one needs.

use rayon::prelude::*;
use serde_json::{Value as Json, json};

use super::needs::{NeedChange, unmet};
use super::verdict::{Evidence, Order, Verdict, Witness};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::message::{RenderOptions, Template};
use crate::project::Project;
use crate::schema::{Fault, Payloads, TemplateModel};
use crate::threads::on_all_cores;

/// From how many payloads a fault is made at most.
const MAX_BASES: usize = 60;

/// That the sender's template sends data, and the receiver's loses it.
const LOST: (bool, bool) = (true, true);

/// One revision of a template.
#[derive(Debug)]
pub struct Side<'p> {
    /// Its project.
    pub project: &'p Project,
    /// The data that it needs.
    pub model: TemplateModel<'p>,
}

/// Two revisions of a template.
#[derive(Debug)]
pub struct TemplateComparison {
    /// Its trigger name.
    pub name: String,
    /// What the newer one needs and the older one does not.
    pub added: Vec<NeedChange>,
    /// What the older one needs and the newer one does not.
    pub dropped: Vec<NeedChange>,
    /// The newer template with the data of the older backend.
    pub template_first: Order,
    /// The older template with the data of the newer backend.
    pub backend_first: Order,
    /// Whether the template is the same in both.
    pub is_same: bool,
}

impl TemplateComparison {
    /// Which side has to be deployed first.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::from_orders(self.template_first.is_safe(), self.backend_first.is_safe())
    }
}

/// Compares the older revision of a template with the newer one.
///
/// # Errors
/// The syntax errors of either.
pub fn compare(
    older: Option<&Side<'_>>,
    newer: Option<&Side<'_>>,
    options: &RenderOptions,
) -> Result<TemplateComparison, Diagnostics> {
    let known_by = |evidence| Order { evidence };
    let name = newer.or(older).map(|side| side.model.template.name().to_owned()).unwrap_or_default();
    let (Some(older), Some(newer)) = (older, newer) else {
        let is_new = newer.is_some();
        let (missing, other) = (known_by(Evidence::NoTemplate), known_by(Evidence::Proved));
        // A request for a template that is not there is rejected.
        let (template_first, backend_first) = if is_new { (other, missing) } else { (missing, other) };
        return Ok(TemplateComparison {
            name,
            added: Vec::new(),
            dropped: Vec::new(),
            template_first,
            backend_first,
            is_same: false,
        });
    };
    let (added, template_first) = judge(older, newer, options)?;
    let (dropped, backend_first) = judge(newer, older, options)?;
    let (template_first, backend_first) = (known_by(template_first), known_by(backend_first));
    let texts = |side: &Side<'_>| -> Vec<String> {
        side.model.template.with_variants().map(|variant| variant.source().text().to_owned()).collect()
    };
    let is_same = texts(older) == texts(newer) && added.is_empty() && dropped.is_empty();
    Ok(TemplateComparison { name, added, dropped, template_first, backend_first, is_same })
}

/// Compares every template of two revisions of a project; `None` is a revision without a project. Gives the problems of
/// templates that cannot be compared as well.
#[must_use]
pub fn compare_projects(
    older: Option<&Project>,
    newer: Option<&Project>,
    options: &(dyn Fn(&Project) -> RenderOptions + Sync),
) -> (Vec<TemplateComparison>, Diagnostics) {
    let templates = |project: Option<&Project>| -> Vec<String> {
        let templates = project.map(Project::templates).unwrap_or_default();
        templates.iter().map(|template| template.name().to_lowercase()).collect()
    };
    let mut names = templates(older);
    names.extend(templates(newer));
    names.sort();
    names.dedup();
    let compare_one = |name: &String| -> Result<Option<TemplateComparison>, Diagnostics> {
        let (older, newer) = (side(older, name, options)?, side(newer, name, options)?);
        let Some(of) = newer.as_ref().or(older.as_ref()) else { return Ok(None) };
        compare(older.as_ref(), newer.as_ref(), &options(of.project)).map(Some)
    };
    let results: Vec<_> = on_all_cores(|| names.par_iter().map(compare_one).collect());
    let (mut found, mut problems) = (Vec::new(), Diagnostics::new());
    for result in results {
        match result {
            Ok(comparison) => found.extend(comparison),
            Err(errors) => problems.extend(errors),
        }
    }
    (found, problems)
}

/// A revision of the template with a name, if there is one.
fn side<'p>(
    project: Option<&'p Project>,
    name: &str,
    options: &dyn Fn(&Project) -> RenderOptions,
) -> Result<Option<Side<'p>>, Diagnostics> {
    let Some(project) = project else { return Ok(None) };
    let is_it = |template: &&Template| template.name().to_lowercase() == name;
    let Some(template) = project.templates().iter().find(is_it) else { return Ok(None) };
    Ok(Some(Side { project, model: TemplateModel::derive(project, template, &options(project))? }))
}

/// Data that also has what only the other has at the root of the `message_data` and of the customer.
fn with_keys_of(data: &Json, other: Option<&Json>) -> Json {
    let mut complete = data.clone();
    for (name, more) in other.and_then(Json::as_object).into_iter().flatten() {
        if let (Some(Json::Object(members)), Json::Object(more)) = (complete.get_mut(name), more) {
            for (key, value) in more {
                members.entry(key).or_insert_with(|| value.clone());
            }
        }
    }
    complete
}

/// What `receiver` demands of data and `sender` does not, and whether data for `sender` is lost with `receiver`.
fn judge(
    sender: &Side<'_>,
    receiver: &Side<'_>,
    options: &RenderOptions,
) -> Result<(Vec<NeedChange>, Evidence), Diagnostics> {
    let mut unmet = unmet(&receiver.model.model, &sender.model.model);
    if !sender.model.model.is_tried || !receiver.model.model.is_tried {
        return Ok((unmet, Evidence::NeverSent));
    }
    let (from, to) = (&sender.model.model, &receiver.model.model);
    let (sender_workspace, receiver_workspace) = (sender.project.workspace(), receiver.project.workspace());
    let mut sent_by = Payloads::new(sender.model.template, &sender_workspace, options)?;
    let mut lost_by = Payloads::new(receiver.model.template, &receiver_workspace, options)?;
    let mut tried = 0;
    // Whether the sender's template sends data, and whether the receiver's loses it.
    let mut outcome = |data: &Json| {
        tried += 1;
        let is_sent = sent_by.loss(data).is_none();
        (is_sent, lost_by.loss(data).is_some())
    };
    // What requests have is what is sent.
    let mut found = sender.model.requests.iter().find(|data| outcome(data) == LOST).cloned();
    unmet.retain(|change| {
        let is_kind = matches!(change.fault, Fault::Kind(_));
        if found.is_some() && !is_kind {
            return true;
        }
        // Other kinds of value than requests have are tried one by one.
        let made = from.samples.iter().chain(&to.samples).filter(|data| is_kind || from.is_usual(data));
        let mut bases = sender.model.requests.iter().chain(made).take(MAX_BASES);
        let lost = bases.find_map(|base| {
            // One of them may lack what only the other template needs; what is lost anyway says nothing about a kind.
            let more = [to.samples.first(), from.samples.first()].map(|other| with_keys_of(base, other));
            let mut variants = std::iter::once(base).chain(more.iter().filter(|_| is_kind));
            variants.find_map(|base| {
                let changed = to.with_fault(base, change.place, change.fault);
                let lost = changed.into_iter().find(|data| from.admits(data) && outcome(data) == LOST);
                lost.filter(|_| !is_kind || !outcome(base).1)
            })
        });
        // A type that is merely unlikely is no need, and one that no request has is not what is sent.
        let is_kept = lost.is_some() || !is_kind;
        let is_sent = match change.fault {
            Fault::Kind(kind) => from.is_kind_sent(&to.places.0[change.place].pattern, kind),
            _ => true,
        };
        found = found.take().or(lost.filter(|_| is_sent));
        is_kept
    });
    let Some(data) = found else {
        let evidence = if unmet.is_empty() { Evidence::Proved } else { Evidence::Searched(tried) };
        return Ok((unmet, evidence));
    };
    let is_error = |problem: &Diagnostic| problem.severity == Severity::Error;
    let problem = lost_by.loss(&data).and_then(|problems| problems.into_iter().find(is_error));
    let part = |name: &str| data.get(name).cloned().unwrap_or_else(|| json!({}));
    let evidence = problem.map_or(Evidence::Searched(tried), |problem| {
        Evidence::Lost(Box::new(Witness { data: part("trigger"), customer: part("customer"), problem }))
    });
    Ok((unmet, evidence))
}
