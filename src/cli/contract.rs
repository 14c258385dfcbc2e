//! `inkproof contract`: which side has to be deployed first, the templates or the backend.

use std::fmt::Write as _;
use std::io::Write;

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::command::RunCommand;
use super::{Failure, Global, Outcome};
use crate::deployment::{
    Endpoints, Evidence, NeedChange, Order, TemplateComparison, Verdict, compare_projects, read_both,
};
use crate::diagnostics::{Code, Count, Diagnostic, Diagnostics, Format, Severity, Source, sanitize};
use crate::snapshot::render_options;

/// A template and a backend that cannot be deployed in any order.
const DEPLOYMENT_ORDER: Code = Code::new("deployment-order");
/// How long a payload is that is shown.
const MAX_PAYLOAD: usize = 600;

/// Show which side has to be deployed first when templates change: the templates or the backend
///
/// Compares what each template needs in two revisions, and renders the data of each with the template of the other.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof contract main...HEAD                            what this branch changes
  inkproof contract main...HEAD --require any-order        in CI: fail if an order is unsafe
  inkproof contract main...HEAD --format markdown          a comment for a pull request
  inkproof contract old/project...new/project              two folders")]
pub(super) struct Contract {
    /// `A...B`: two folders, or two git revisions, the first at their merge base; `REV` compares with the working tree
    #[arg(value_name = "A...B")]
    range: String,
    /// Exit with 1 unless every template and its backend can be deployed in this order
    #[arg(long, value_name = "ORDER", value_enum)]
    require: Option<Requirement>,
}

/// What the orders of deployment must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Requirement {
    /// Either side can be deployed first
    AnyOrder,
    /// The backend can be deployed first
    BackendFirst,
    /// The templates can be deployed first
    TemplateFirst,
}

/// The formats of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ContractFormat {
    /// Each template with its needs and both orders
    Full,
    /// One line per template
    Concise,
    /// One JSON array
    Json,
    /// One JSON object per line
    #[value(name = "jsonl")]
    JsonLines,
    /// A comment for a pull request
    Markdown,
    /// SARIF 2.1.0, for code hosts
    Sarif,
}

impl Requirement {
    const fn is_met(self, comparison: &TemplateComparison) -> bool {
        let (template_first, backend_first) = (comparison.template_first.is_safe(), comparison.backend_first.is_safe());
        match self {
            Self::AnyOrder => template_first && backend_first,
            Self::BackendFirst => backend_first,
            Self::TemplateFirst => template_first,
        }
    }
}

impl RunCommand for Contract {
    type Format = ContractFormat;

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let endpoints = Endpoints::parse(&self.range, global.directory());
        let [older, newer] = read_both(&endpoints, global.directory()).map_err(|error| error.to_string())?;
        let options = |project: &_| global.adjust(render_options(project));
        let (mut comparisons, mut problems) =
            compare_projects(older.project.as_ref(), newer.project.as_ref(), &options);
        for side in [&older, &newer] {
            let errors: Diagnostics =
                side.project.iter().flat_map(|project| project.problems().iter()).cloned().collect();
            problems.extend(side.named(&errors).into_iter().filter(|problem| problem.severity == Severity::Error));
        }
        problems.tidy();
        global.report(&problems)?;
        let is_met = comparisons.iter().all(|one| self.require.is_none_or(|require| require.is_met(one)));
        comparisons.retain(|comparison| !comparison.is_same);
        let mut out = anstream::stdout().lock();
        match format {
            ContractFormat::Full => out.write_all(sanitize::text(&full(&comparisons)).as_bytes())?,
            ContractFormat::Concise => {
                for one in &comparisons {
                    let verdict = one.verdict().in_words();
                    writeln!(out, "{}: {verdict}{}", sanitize::line(&one.name), sanitize::line(&advice(one)))?;
                }
            }
            ContractFormat::Json => {
                let all: Vec<Json> = comparisons.iter().map(as_json).collect();
                writeln!(out, "{}", sanitize::json(&Json::Array(all).to_string()))?;
            }
            ContractFormat::JsonLines => {
                for one in &comparisons {
                    writeln!(out, "{}", sanitize::json(&as_json(one).to_string()))?;
                }
            }
            ContractFormat::Markdown => out.write_all(sanitize::text(&markdown(&comparisons)).as_bytes())?,
            ContractFormat::Sarif => {
                let file = |name: &str| {
                    let template = newer.project.as_ref().or(older.project.as_ref())?.templates();
                    template.iter().find(|template| template.name() == name).map(|template| template.source().clone())
                };
                let findings: Diagnostics =
                    comparisons.iter().filter_map(|one| finding(one, file(&one.name))).collect();
                let findings: Vec<Diagnostic> = global.prefix().before(&findings);
                Format::Sarif.renderer_with_pages(global.theme(), crate::rules::page).render(&findings, &mut out)?;
            }
        }
        if !problems.is_empty() {
            return Ok(Outcome::Broken);
        }
        Ok(if is_met { Outcome::Fine } else { Outcome::Findings })
    }
}

/// What to do besides deploying in the right order.
fn advice(comparison: &TemplateComparison) -> String {
    let paths = |changes: &[NeedChange]| {
        let mut paths: Vec<String> = changes.iter().map(|change| format!("`{}`", change.path)).collect();
        paths.dedup();
        paths.join(", ")
    };
    match comparison.verdict() {
        Verdict::Unsafe if !comparison.added.is_empty() => {
            format!(": add a default for {}, or for a while accept both", paths(&comparison.added))
        }
        _ => String::new(),
    }
}

fn full(comparisons: &[TemplateComparison]) -> String {
    let mut text = String::new();
    for one in comparisons {
        let _ = writeln!(text, "{}: {}{}", one.name, one.verdict().in_words(), advice(one));
        for (title, changes) in [("needs now", &one.added), ("no longer needs", &one.dropped)] {
            for change in changes {
                let _ = writeln!(text, "  {title}: `{}` {}", change.path, change.what);
            }
        }
        for (title, order) in [("template first", &one.template_first), ("backend first", &one.backend_first)] {
            let _ = writeln!(text, "  {title}: {}", in_words(order));
            if let Evidence::Lost(witness) = &order.evidence {
                let place = witness.problem.location().map(|at| format!("  {at}")).unwrap_or_default();
                let _ = writeln!(text, "    with {}", shortened(&witness.data));
                let _ = writeln!(text, "    {}{place}", witness.problem.message);
            }
        }
        text.push('\n');
    }
    let unsafe_ones = comparisons.iter().filter(|one| one.verdict() != Verdict::AnyOrder).count();
    let _ = match (comparisons.len(), unsafe_ones) {
        (0, _) => writeln!(text, "no template changed"),
        (changed, 0) => writeln!(text, "{} changed, all safe in any order", Count("template", changed)),
        (changed, count) => {
            writeln!(text, "{} changed; {count} cannot be deployed in any order", Count("template", changed))
        }
    };
    text
}

fn in_words(order: &Order) -> String {
    match &order.evidence {
        Evidence::Proved => "safe: nothing more is needed".to_owned(),
        Evidence::Searched(renders) => format!("safe: none of {} is lost", Count("payload", *renders)),
        Evidence::Lost(_) => "unsafe: this message would be lost".to_owned(),
        Evidence::NoTemplate => "unsafe: there is no such template then".to_owned(),
        Evidence::NeverSent => "unsafe: no data was found with which the message is sent".to_owned(),
    }
}

fn shortened(data: &Json) -> String {
    let text = data.to_string();
    if text.chars().count() <= MAX_PAYLOAD { text } else { text.chars().take(MAX_PAYLOAD).collect::<String>() + "…" }
}

fn as_json(one: &TemplateComparison) -> Json {
    let changes = |changes: &[NeedChange]| -> Vec<Json> {
        changes.iter().map(|change| json!({"path": change.path, "what": change.what})).collect()
    };
    let order = |order: &Order| {
        let mut object = json!({"safe": order.is_safe(), "evidence": match &order.evidence {
            Evidence::Proved => "proved",
            Evidence::Searched(_) => "searched",
            Evidence::Lost(_) => "lost",
            Evidence::NoTemplate => "no-template",
            Evidence::NeverSent => "never-sent",
        }});
        match &order.evidence {
            Evidence::Searched(renders) => object["payloads"] = json!(renders),
            Evidence::Lost(witness) => {
                object["message_data"] = witness.data.clone();
                object["customer"] = witness.customer.clone();
                object["problem"] = json!(witness.problem.message);
                object["place"] = json!(witness.problem.location().map(ToString::to_string));
            }
            _ => {}
        }
        object
    };
    json!({
        "template": one.name,
        "verdict": one.verdict().as_str(),
        "added": changes(&one.added),
        "dropped": changes(&one.dropped),
        "template_first": order(&one.template_first),
        "backend_first": order(&one.backend_first),
    })
}

fn markdown(comparisons: &[TemplateComparison]) -> String {
    if comparisons.is_empty() {
        return "**no template changed**\n".to_owned();
    }
    let code = |text: &str| format!("<code>{}</code>", html(text).replace('|', "&#124;"));
    let mut text = String::from("| template | deploy | needs now | no longer needs |\n|---|---|---|---|\n");
    for one in comparisons {
        let list = |changes: &[NeedChange]| {
            let items: Vec<_> =
                changes.iter().map(|change| format!("{} {}", code(&change.path), html(&change.what))).collect();
            items.join("<br>").replace('|', "&#124;")
        };
        let verdict = one.verdict().in_words();
        let _ =
            writeln!(text, "| {} | **{verdict}** | {} | {} |", code(&one.name), list(&one.added), list(&one.dropped));
    }
    for one in comparisons {
        for (title, order) in [("template", &one.template_first), ("backend", &one.backend_first)] {
            let Evidence::Lost(witness) = &order.evidence else { continue };
            let fence = "`".repeat(4);
            let _ = writeln!(
                text,
                "\n<details><summary>{}: lost if the {title} is first</summary>\n\n{}\n\n{fence}json\n{:#}\n{fence}\n\n</details>",
                html(&one.name),
                html(&witness.problem.message),
                witness.data
            );
        }
    }
    text
}

fn html(text: &str) -> String {
    sanitize::line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The finding about a template that cannot be deployed in any order.
fn finding(one: &TemplateComparison, file: Option<Source>) -> Option<Diagnostic> {
    let severity = match one.verdict() {
        Verdict::AnyOrder => return None,
        Verdict::Unsafe => Severity::Error,
        Verdict::BackendFirst | Verdict::TemplateFirst => Severity::Warning,
    };
    let message = format!("`{}`: {}{}", one.name, one.verdict().in_words(), advice(one));
    let mut finding = Diagnostic::new(DEPLOYMENT_ORDER, severity, message);
    if let Some(file) = file {
        finding = finding.at(file.at(0..0));
    }
    for (title, order) in [("template", &one.template_first), ("backend", &one.backend_first)] {
        if let Evidence::Lost(witness) = &order.evidence {
            let (data, problem) = (shortened(&witness.data), &witness.problem.message);
            finding = finding.note(format!("if the {title} is first, the message of {data} is lost: {problem}"));
        }
    }
    Some(finding)
}
