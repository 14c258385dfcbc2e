//! Customers out of what Customer.io exports: the App API's answers, JSON lines, CSV.

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

/// The customers of some files.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The customers.
    pub customers: Vec<ImportedCustomer>,
    /// What of the files is no customer.
    pub problems: Diagnostics,
}

/// A customer, as they stand in a file of the project.
#[derive(Clone, Debug)]
pub struct ImportedCustomer {
    customer: Customer,
    /// Where they came from.
    place: Location,
}

/// A customer whom the project knew before.
#[derive(Clone, Debug)]
pub struct KnownCustomer {
    /// Where they came from.
    pub place: Location,
    /// What they are known by.
    pub identifier: (IdentifierKind, String),
    /// The project's file of them.
    pub file: String,
}

impl Imported {
    /// Adds the customers of another file.
    pub fn extend(&mut self, other: Self) {
        self.customers.extend(other.customers);
        self.problems.extend(other.problems);
    }

    /// The files of the customers whom the project does not know, each with a name of its own, and those whom it knows,
    /// whose files stay as they are. Of those who are there twice, the first counts.
    pub fn plan(&mut self, project: &Project) -> (Plan, Vec<KnownCustomer>) {
        let (mut plan, mut known) = (Plan::default(), Vec::new());
        let before = identifiers_of(project.customers());
        let folder = &project.config().paths.customers;
        let mut names = FileNames::of(project);
        let mut seen: HashMap<(IdentifierKind, String), Location> = HashMap::new();
        for ImportedCustomer { customer, place } in std::mem::take(&mut self.customers) {
            let own = || identifiers(&customer);
            if let Some((file, identifier)) = own().find_map(|identifier| Some((before.get(&identifier)?, identifier)))
            {
                plan.add(*file, customer.source().text());
                known.push(KnownCustomer { place, identifier, file: (*file).to_owned() });
                continue;
            }
            if let Some(((kind, value), first)) = own().find_map(|own| seen.get_key_value(&own)) {
                let message =
                    format!("the customer with the {} `{value}` is there twice: the first is taken", kind.as_str());
                let problem = Diagnostic::error(DUPLICATE_CUSTOMER, message).at(place);
                self.problems.push(problem.secondary(first.clone(), "the first"));
                continue;
            }
            seen.extend(own().map(|identifier| (identifier, place.clone())));
            plan.add(folder.join(names.next(customer.main_identifier())), customer.source().text());
        }
        self.problems.tidy();
        (plan, known)
    }

    fn problem(&mut self, place: Location, message: impl Into<String>) {
        self.problems.push(Diagnostic::error(INVALID_CUSTOMER, message).at(place));
    }

    fn add(&mut self, place: Location, customer: &Value) {
        match Customer::read(Source::new("customer", format!("{customer:#}\n"))) {
            Ok(customer) => self.customers.push(ImportedCustomer { customer, place }),
            Err(problem) => self.problem(place, problem.message),
        }
    }
}

/// What a customer is known by, as requests find them.
fn identifiers(customer: &Customer) -> impl Iterator<Item = (IdentifierKind, String)> {
    IdentifierKind::ALL.into_iter().filter_map(|kind| {
        let value = customer.identifier(kind)?;
        Some((kind, if kind == IdentifierKind::Email { value.to_ascii_lowercase() } else { value.to_owned() }))
    })
}

/// The files of customers, by all that these are known by.
fn identifiers_of(customers: &[Customer]) -> HashMap<(IdentifierKind, String), &str> {
    let files = customers.iter().flat_map(|customer| identifiers(customer).map(|own| (own, customer.source().name())));
    files.collect()
}

/// Names of files in the folder of customers, each given once. Some disks take upper and lower case for the same.
struct FileNames(HashSet<String>);

impl FileNames {
    fn of(project: &Project) -> Self {
        let folder = project.root().join(&project.config().paths.customers);
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        Self(entries.map(|entry| entry.file_name().to_string_lossy().to_lowercase()).collect())
    }

    fn next(&mut self, identifier: &str) -> String {
        let name = Name::out_of(identifier);
        let numbered = (2_u64..).map(|number| format!("{name}_{number}.json"));
        let mut names = std::iter::once(format!("{name}.json")).chain(numbered);
        names.find(|name| self.0.insert(name.to_lowercase())).unwrap_or_default()
    }
}

/// The file for a customer whom the project does not know, below it; no other has that name.
#[must_use]
pub fn customer_file(project: &Project, identifier: &str) -> PathBuf {
    project.config().paths.customers.join(FileNames::of(project).next(identifier))
}

/// The customers of a text: CSV with a line of names on top where `is_csv`, else JSON, which may be one customer, a list of
/// them, the App API's answer about one or several, or one a line. Each is kept as it came.
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
        imported.problem(source.at(0..0), "there is no customer in it");
    }
    imported
}

/// What the App API answers when asked for several.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    customers: Vec<&'a RawValue>,
}

fn read_json(source: &Source, imported: &mut Imported) {
    let text = source.text();
    // Where in the text a part of it stands.
    let place = |part: &str| {
        let start = part.as_ptr().addr() - text.as_ptr().addr();
        source.at(start..start + part.len())
    };
    if let Ok(customers) = serde_json::from_str::<Vec<&RawValue>>(text) {
        for customer in customers {
            imported.add(place(customer.get()), &value(customer));
        }
    } else if let Ok(answer) = serde_json::from_str::<Answer<'_>>(text) {
        for customer in answer.customers {
            let value = value(customer);
            let is_answer = value.get("attributes").is_some();
            let value = if is_answer { Value::from(Map::from_iter([("customer".to_owned(), value)])) } else { value };
            imported.add(place(customer.get()), &value);
        }
    } else {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(customer) => imported.add(place(customer.get()), &value(customer)),
            // Where the first line is whole, so may be the others.
            Err(_) if text.lines().next().is_some_and(|line| serde_json::from_str::<&RawValue>(line).is_ok()) => {
                for line in text.lines().filter(|line| !line.trim().is_empty()) {
                    match serde_json::from_str::<&RawValue>(line) {
                        Ok(customer) => imported.add(place(customer.get()), &value(customer)),
                        Err(error) => no_json(&error, line, place(line).range().start, source, imported),
                    }
                }
            }
            Err(error) => no_json(&error, text, 0, source, imported),
        }
    }
}

/// What has been read as JSON before.
fn value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// Tells why a part of a file, which begins at `start`, is no JSON.
fn no_json(error: &serde_json::Error, part: &str, start: usize, source: &Source, imported: &mut Imported) {
    let reason = error.to_string();
    // The place is told by the location already.
    let reason = reason.split(" at line ").next().unwrap_or_default();
    let line: usize = part.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = start + line + error.column().saturating_sub(1);
    imported.problem(source.at(at..at), format!("the customer is no JSON: {reason}"));
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
                // An empty cell is an attribute that the customer does not have.
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

/// The first line of a record, whose position may still be at the end of the one before it.
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
    fn customers_in_many_forms() {
        let nobody = "the customer has no `id`, `email` or `cio_id`";
        for (text, is_csv, names, problems) in [
            (r#"{"id": "7", "first_name": "Ada"}"#, false, vec!["7"], vec![]),
            (r#"{"customer": {"id": "7", "attributes": {"plan": "pro"}}}"#, false, vec!["7"], vec![]),
            (r#"{"customers": [{"id": "7", "attributes": {}}, {"id": "8"}]}"#, false, vec!["7", "8"], vec![]),
            (
                "[{\"id\": \"7\"},\n {\"email\": \"a/b@example.com\"}, {\"name\": \"Ada\"},\n 1]",
                false,
                vec!["7", "a/b@example.com"],
                vec![format!("f:2:32 {nobody}"), "f:3:2 the customer is no JSON object".to_owned()],
            ),
            (
                "{\"id\": \"7\"}\n\n {\"id\": 8}\r\n{\n{\"x\": 1}",
                false,
                vec!["7", "8"],
                vec![
                    "f:4:1 the customer is no JSON: EOF while parsing an object".to_owned(),
                    format!("f:5:1 {nobody}"),
                ],
            ),
            ("{", false, vec![], vec!["f:1:1 the customer is no JSON: EOF while parsing an object".to_owned()]),
            ("{\"id\": 1,\n x}", false, vec![], vec!["f:2:2 the customer is no JSON: key must be a string".to_owned()]),
            ("", false, vec![], vec!["f:1:1 the customer is no JSON: EOF while parsing a value".to_owned()]),
            ("[]", false, vec![], vec!["f:1:1 there is no customer in it".to_owned()]),
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
                vec!["f:2:1 expected 2 cells, as in the first line, found 1".to_owned(), format!("f:6:1 {nobody}")],
            ),
        ] {
            let names = names.into_iter().map(str::to_owned).collect();
            assert_eq!(found(text, is_csv), (names, problems), "{text}");
        }
    }
}
