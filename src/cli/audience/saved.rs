//! `--save-counterexamples`: requests of invented people, as files of the project.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::audience::{Audience, Part, counterexamples};
use crate::cli::Failure;
use crate::diagnostics::sanitize;
use crate::project::Project;
use crate::scaffold::{Name, Plan};

/// Adds a customer and a request to the project for each cause.
pub(super) fn save(part: &Part, audience: &Audience<'_>, project: &Project) -> Result<(), Failure> {
    let (found, missing) = counterexamples(part, audience);
    let paths = &project.config().paths;
    let folder = Name::parse_or_sanitize(audience.template.name());
    let mut plan = Plan::default();
    for example in found {
        let cause = &example.cause;
        let name = format!("lost_{}_{}_{}", cause.code.replace('-', "_"), cause.line, cause.column);
        let id = format!("{folder}_{name}");
        let mut customer = example.customer;
        customer.insert("id".to_owned(), Value::from(id.as_str()));
        let mut request = json!({
            "transactional_message_id": audience.template.name(),
            "identifiers": {"id": id},
            "message_data": example.message_data,
        });
        if let Some(language) = example.language {
            request["language"] = Value::from(language);
        }
        plan.add(paths.customers.join(format!("{id}.json")), format!("{:#}\n", Value::from(customer)));
        plan.add(paths.requests.join(format!("{folder}/{name}.json")), format!("{request:#}\n"));
    }
    for cause in missing {
        let place = sanitize::line(&format!("{}:{}:{}", cause.file, cause.line, cause.column)).into_owned();
        let mut out = anstream::stderr().lock();
        writeln!(
            out,
            "note: no counterexample of `{}` at {place} is saved: it needs the data of a person",
            cause.code
        )?;
    }
    // The report is on standard output.
    let written = plan
        .write(project.root())
        .map_err(|errors| Failure::Messages(errors.iter().map(ToString::to_string).collect()))?;
    let mut out = anstream::stderr().lock();
    for (path, outcome) in written {
        writeln!(out, "{outcome:7} {}", sanitize::line(&path.display().to_string()))?;
    }
    Ok(())
}
