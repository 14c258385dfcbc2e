//! `--save-counterexamples`: requests of invented people, as files of the project.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::audience::{Audience, Part, counterexamples};
use crate::cli::Failure;
use crate::diagnostics::sanitize;
use crate::message::Cause;
use crate::project::Project;
use crate::scaffold::{Name, Plan};

/// Adds a customer and a request to the project for each cause.
pub(super) fn save(part: &Part, audience: &Audience<'_>, project: &Project) -> Result<(), Failure> {
    let (found, missing) = counterexamples(part, audience);
    let paths = &project.config().paths;
    let folder = Name::parse_or_sanitize(audience.template.name());
    let mut plan = Plan::default();
    let names = names(found.iter().map(|example| &example.cause), audience.template.source().name());
    for (example, name) in found.into_iter().zip(names) {
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

/// A name for the counterexample of each cause, which says where it is. What is not in the file of the template itself, but in
/// that of another language or of a snippet, has the name of that file as well.
fn names<'c>(causes: impl Iterator<Item = &'c Cause>, own_file: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for cause in causes {
        let code = cause.code.replace('-', "_");
        let file = if cause.file == own_file { String::new() } else { format!("{}_", stem(&cause.file)) };
        let name = format!("lost_{code}_{file}{}_{}", cause.line, cause.column);
        // The names of files may differ in what is not a part of these names.
        let more = (2..).map(|number| format!("{name}_{number}"));
        let is_free = |name: &String| !names.contains(name);
        let free = std::iter::once(name.clone()).chain(more).find(is_free);
        names.extend(free);
    }
    names
}

/// The name of a file without its folders and its last extension, as a part of another name.
fn stem(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or_default();
    let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
    name.chars().map(|character| if character.is_alphanumeric() { character } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_a_name_of_its_own() {
        let cause = |file: &str, line| Cause {
            file: file.to_owned(),
            line,
            column: 7,
            code: "render-error".to_owned(),
            text: String::new(),
        };
        let causes = [
            cause("templates/t.liquid", 4),
            cause("templates/t.fr.liquid", 4),
            cause("snippets/a-b.liquid", 4),
            cause("snippets/a_b.liquid", 4),
        ];
        let expected = ["4_7", "t_fr_4_7", "a_b_4_7", "a_b_4_7_2"].map(|name| format!("lost_render_error_{name}"));
        assert_eq!(names(causes.iter(), "templates/t.liquid"), expected);
    }
}
