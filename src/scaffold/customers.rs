//! Import of customers from Customer.io: responses of the App API, JSON Lines and CSV exports.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Name, Plan};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Source};
use crate::message::{Customer, IdentifierKind};
use crate::project::Project;

const INVALID_CUSTOMER: Code = Code::new("invalid-customer");
const DUPLICATE_CUSTOMER: Code = Code::new("duplicate-customer");

/// The customers that were read from files.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The customers.
    pub customers: Vec<ImportedCustomer>,
    /// The parts of the files that are not valid customers.
    pub problems: Diagnostics,
}

/// A customer to import.
#[derive(Clone, Debug)]
pub struct ImportedCustomer {
    customer: Customer,
    /// Where the customer was read from.
    location: Location,
}

/// A customer that the project already has.
#[derive(Clone, Debug)]
pub struct KnownCustomer {
    /// Where the customer was read from.
    pub location: Location,
    /// The identifier that matches.
    pub identifier: (IdentifierKind, String),
    /// The customer's file in the project.
    pub file: String,
}

impl Imported {
    /// Adds the customers of another file.
    pub fn extend(&mut self, other: Self) {
        self.customers.extend(other.customers);
        self.problems.extend(other.problems);
    }

    /// Plans a file with a unique name for each new customer, and lists the customers that the project already has, whose
    /// files stay unchanged. If a customer occurs twice, the first one counts.
    pub fn plan(&mut self, project: &Project) -> (Plan, Vec<KnownCustomer>) {
        let (mut plan, mut known) = (Plan::default(), Vec::new());
        let before = identifiers_of(project.customers());
        let folder = &project.config().paths.customers;
        let mut names = FileNames::from_project(project);
        let mut seen: HashMap<(IdentifierKind, String), Location> = HashMap::new();
        for ImportedCustomer { customer, location } in std::mem::take(&mut self.customers) {
            let own = || identifiers(&customer);
            if let Some((file, identifier)) = own().find_map(|identifier| Some((before.get(&identifier)?, identifier)))
            {
                plan.add(*file, customer.source().text());
                known.push(KnownCustomer { location, identifier, file: (*file).to_owned() });
                continue;
            }
            if let Some(((kind, value), first)) = own().find_map(|own| seen.get_key_value(&own)) {
                let message =
                    format!("the customer with the {} `{value}` occurs twice: the first is used", kind.as_str());
                let problem = Diagnostic::error(DUPLICATE_CUSTOMER, message).at(location);
                self.problems.push(problem.secondary(first.clone(), "the first"));
                continue;
            }
            seen.extend(own().map(|identifier| (identifier, location.clone())));
            plan.add(folder.join(names.reserve(customer.main_identifier())), customer.source().text());
        }
        self.problems.tidy();
        (plan, known)
    }

    fn problem(&mut self, location: Location, message: impl Into<String>) {
        self.problems.push(Diagnostic::error(INVALID_CUSTOMER, message).at(location));
    }

    fn add(&mut self, location: Location, customer: &Value) {
        match Customer::read(Source::new("customer", format!("{customer:#}\n"))) {
            Ok(customer) => self.customers.push(ImportedCustomer { customer, location }),
            Err(problem) => self.problem(location, problem.message),
        }
    }
}

/// The identifiers of a customer, normalized as requests are matched.
fn identifiers(customer: &Customer) -> impl Iterator<Item = (IdentifierKind, String)> {
    IdentifierKind::ALL.into_iter().filter_map(|kind| {
        let value = customer.identifier(kind)?;
        Some((kind, if kind == IdentifierKind::Email { value.to_ascii_lowercase() } else { value.to_owned() }))
    })
}

/// The files of customers, by identifier.
fn identifiers_of(customers: &[Customer]) -> HashMap<(IdentifierKind, String), &str> {
    let files = customers.iter().flat_map(|customer| identifiers(customer).map(|own| (own, customer.source().name())));
    files.collect()
}

/// The file names in the customers folder, in lower case because some file systems ignore case.
struct FileNames(HashSet<String>);

impl FileNames {
    fn from_project(project: &Project) -> Self {
        let folder = project.root().join(&project.config().paths.customers);
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        Self(entries.map(|entry| entry.file_name().to_string_lossy().to_lowercase()).collect())
    }

    /// Reserves an unused file name for an identifier.
    fn reserve(&mut self, identifier: &str) -> String {
        let name = Name::sanitize(identifier);
        let numbered = (2_u64..).map(|number| format!("{name}_{number}.json"));
        let mut names = std::iter::once(format!("{name}.json")).chain(numbered);
        names.find(|name| self.0.insert(name.to_lowercase())).unwrap_or_default()
    }
}

/// The file for a new customer, relative to the project. The name is not in use.
#[must_use]
pub fn customer_file(project: &Project, identifier: &str) -> PathBuf {
    project.config().paths.customers.join(FileNames::from_project(project).reserve(identifier))
}

/// Parses customers: CSV with a header line if `is_csv`, otherwise JSON, which may be one customer, a list of customers, a
/// response of the App API with one or several customers, or JSON Lines. Each customer is kept in the form it has.
///
/// ```
/// use inkproof::diagnostics::Source;
/// use inkproof::scaffold::customers_of;
/// let source = Source::new("people.csv", "id,email,first_name\n7,ada@example.com,Ada\n8,,\nx\n");
/// let imported = customers_of(&source, true);
/// assert_eq!(imported.customers.len(), 2);
/// let problem = &imported.problems[0];
/// assert_eq!(problem.location().unwrap().to_string(), "people.csv:4:1");
/// assert_eq!(problem.message, "expected 3 cells, as in the first line, found 1");
/// ```
#[must_use]
pub fn customers_of(source: &Source, is_csv: bool) -> Imported {
    let mut imported = Imported::default();
    if is_csv {
        read_csv(source, &mut imported);
    } else {
        read_json(source, &mut imported);
    }
    if imported.customers.is_empty() && imported.problems.is_empty() {
        imported.problem(source.at(0..0), "the file contains no customer");
    }
    imported
}

/// The response of the App API for several customers.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    customers: Vec<&'a RawValue>,
}

fn read_json(source: &Source, imported: &mut Imported) {
    let text = source.text();
    // The location of a part of the text.
    let location = |part: &str| {
        let start = part.as_ptr().addr() - text.as_ptr().addr();
        source.at(start..start + part.len())
    };
    if let Ok(customers) = serde_json::from_str::<Vec<&RawValue>>(text) {
        for customer in customers {
            imported.add(location(customer.get()), &value(customer));
        }
    } else if let Ok(answer) = serde_json::from_str::<Answer<'_>>(text) {
        for customer in answer.customers {
            let value = value(customer);
            let is_answer = value.get("attributes").is_some();
            let value = if is_answer { Value::from(Map::from_iter([("customer".to_owned(), value)])) } else { value };
            imported.add(location(customer.get()), &value);
        }
    } else {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(customer) => imported.add(location(customer.get()), &value(customer)),
            // If the first line is valid JSON, the file is probably JSON Lines.
            Err(_) if text.lines().next().is_some_and(|line| serde_json::from_str::<&RawValue>(line).is_ok()) => {
                for line in text.lines().filter(|line| !line.trim().is_empty()) {
                    match serde_json::from_str::<&RawValue>(line) {
                        Ok(customer) => imported.add(location(customer.get()), &value(customer)),
                        Err(error) => report_invalid_json(&error, line, location(line).range().start, source, imported),
                    }
                }
            }
            Err(error) => report_invalid_json(&error, text, 0, source, imported),
        }
    }
}

/// Parses a value that is known to be valid JSON.
fn value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// Reports why a part of a file, which begins at `start`, is not valid JSON.
fn report_invalid_json(error: &serde_json::Error, part: &str, start: usize, source: &Source, imported: &mut Imported) {
    let reason = error.to_string();
    // The diagnostic has the location already.
    let reason = reason.split(" at line ").next().unwrap_or_default();
    let line: usize = part.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = start + line + error.column().saturating_sub(1);
    imported.problem(source.at(at..at), format!("the customer is not valid JSON: {reason}"));
}

fn read_csv(source: &Source, imported: &mut Imported) {
    let text = source.text();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => return imported.problem(source.at(0..0), error.to_string()),
    };
    if !names.iter().any(|name| IdentifierKind::ALL.iter().any(|kind| kind.as_str() == name)) {
        let first = text.lines().next().unwrap_or_default();
        return imported
            .problem(source.at(0..first.len()), "expected a column `id`, `email` or `cio_id` in the first line");
    }
    for record in reader.records() {
        match record {
            Ok(record) => {
                // An empty cell means that the customer does not have the attribute.
                let cells = names.iter().zip(&record).filter(|(name, cell)| !name.is_empty() && !cell.is_empty());
                let customer: Map<_, _> = cells.map(|(name, cell)| (name.to_owned(), Value::from(cell))).collect();
                // Spreadsheets leave empty lines at the end.
                if !customer.is_empty() {
                    imported.add(source.at(line_of(record.position(), text)), &Value::from(customer));
                }
            }
            Err(error) => {
                let message = match error.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("expected {expected_len} cells, as in the first line, found {len}")
                    }
                    _ => error.to_string(),
                };
                imported.problem(source.at(line_of(error.position(), text)), message);
            }
        }
    }
}

/// The byte range of a record's first line. The reported position may still be at the end of the previous record.
fn line_of(position: Option<&csv::Position>, text: &str) -> Range<usize> {
    let at = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
    let rest = text.get(at..).unwrap_or_default();
    let record = rest.trim_start_matches(['\r', '\n']);
    let start = at + rest.len() - record.len();
    start..start + record.lines().next().unwrap_or_default().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, is_csv: bool) -> (Vec<String>, Vec<String>) {
        let imported = customers_of(&Source::new("f", text), is_csv);
        let shown = |problem: &Diagnostic| format!("{} {}", problem.location().unwrap(), problem.message);
        let customers = imported.customers.iter().map(|imported| imported.customer.main_identifier().to_owned());
        (customers.collect(), imported.problems.iter().map(shown).collect())
    }

    #[test]
    fn reads_customers_in_all_forms() {
        let no_identifier = "the customer has no `id`, `email` or `cio_id`";
        for (text, is_csv, names, problems) in [
            (r#"{"id": "7", "first_name": "Ada"}"#, false, vec!["7"], vec![]),
            (r#"{"customer": {"id": "7", "attributes": {"plan": "pro"}}}"#, false, vec!["7"], vec![]),
            (r#"{"customers": [{"id": "7", "attributes": {}}, {"id": "8"}]}"#, false, vec!["7", "8"], vec![]),
            (
                "[{\"id\": \"7\"},\n {\"email\": \"a/b@example.com\"}, {\"name\": \"Ada\"},\n 1]",
                false,
                vec!["7", "a/b@example.com"],
                vec![format!("f:2:32 {no_identifier}"), "f:3:2 the customer is not a JSON object".to_owned()],
            ),
            (
                "{\"id\": \"7\"}\n\n {\"id\": 8}\r\n{\n{\"x\": 1}",
                false,
                vec!["7", "8"],
                vec![
                    "f:4:1 the customer is not valid JSON: EOF while parsing an object".to_owned(),
                    format!("f:5:1 {no_identifier}"),
                ],
            ),
            ("{", false, vec![], vec!["f:1:1 the customer is not valid JSON: EOF while parsing an object".to_owned()]),
            (
                "{\"id\": 1,\n x}",
                false,
                vec![],
                vec!["f:2:2 the customer is not valid JSON: key must be a string".to_owned()],
            ),
            ("", false, vec![], vec!["f:1:1 the customer is not valid JSON: EOF while parsing a value".to_owned()]),
            ("[]", false, vec![], vec!["f:1:1 the file contains no customer".to_owned()]),
            ("id,name\n7,\"Ada, \"\"Countess\"\"\"\n", true, vec!["7"], vec![]),
            (
                "name\nAda\n",
                true,
                vec![],
                vec!["f:1:1 expected a column `id`, `email` or `cio_id` in the first line".to_owned()],
            ),
            (
                "id,name\r\n7\r\n\r\n8,\"Gr\r\nace\"\r\n,Ada\r\n,\r\n",
                true,
                vec!["8"],
                vec![
                    "f:2:1 expected 2 cells, as in the first line, found 1".to_owned(),
                    format!("f:6:1 {no_identifier}"),
                ],
            ),
        ] {
            let names = names.into_iter().map(str::to_owned).collect();
            assert_eq!(found(text, is_csv), (names, problems), "{text}");
        }
    }
}
