//! Import of customers from Customer.io: responses of the App API, JSON Lines and CSV exports.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Name, Plan};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Source, did_you_mean};
use crate::message::{Customer, IdentifierKind};
use crate::project::Project;

const INVALID_CUSTOMER: Code = Code::new("invalid-customer");
const DUPLICATE_CUSTOMER: Code = Code::new("duplicate-customer");
/// Longer numbers are mostly identifiers, and would be rounded.
const MAX_DIGITS: usize = 15;

/// The customers that were read from files.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The customers.
    pub customers: Vec<ImportedCustomer>,
    /// The parts of the files that are not valid customers.
    pub problems: Diagnostics,
    /// How the columns of CSV files were read, one sentence each.
    pub notes: Vec<String>,
}

/// What the cells of a CSV file become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellTypes {
    /// Strings.
    #[default]
    String,
    /// Numbers or booleans in columns that hold nothing else, and strings in the others.
    Infer,
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
        self.notes.extend(other.notes);
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
        Some((kind, kind.folded(value).into_owned()))
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

/// Parses customers: CSV with a header line if `csv` has the types of its cells, otherwise JSON, which may be one customer, a list
/// of customers, a response of the App API with one or several customers or their identifiers, or JSON Lines. Each customer is kept
/// in the form it has.
///
/// ```
/// use inkproof::diagnostics::Source;
/// use inkproof::scaffold::{CellTypes, customers_of};
/// let source = Source::new("people.csv", "id,email,first_name\n7,ada@example.com,Ada\n8,,\nx\n");
/// let imported = customers_of(&source, Some(CellTypes::String));
/// assert_eq!(imported.customers.len(), 2);
/// let problem = &imported.problems[0];
/// assert_eq!(problem.location().unwrap().to_string(), "people.csv:4:1");
/// assert_eq!(problem.message, "expected 3 cells, as in the first line, found 1");
/// ```
#[must_use]
pub fn customers_of(source: &Source, csv: Option<CellTypes>) -> Imported {
    let mut imported = Imported::default();
    match csv {
        Some(types) => read_csv(source, types, &mut imported),
        None => read_json(source, &mut imported),
    }
    if imported.customers.is_empty() && imported.problems.is_empty() {
        imported.problem(source.at(0..0), "the file contains no customer");
    }
    imported
}

/// The response of the App API for several customers: their attributes, or the identifiers that a search, a segment or an email
/// address has found.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, alias = "identifiers", alias = "results")]
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

fn read_csv(source: &Source, types: CellTypes, imported: &mut Imported) {
    let text = source.text();
    let first_line = text.lines().next().unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::Headers)
        .delimiter(separator_of(first_line))
        .from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(names) => names.iter().map(column_name).collect(),
        Err(error) => return imported.problem(source.at(0..0), error.to_string()),
    };
    if let Err(problem) = check_names(&names, source.at(0..first_line.len())) {
        return imported.problems.push(problem);
    }
    let mut columns: Vec<Column> = names.into_iter().map(Column::new).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                columns.iter_mut().zip(&record).for_each(|(column, cell)| column.observe(cell));
                rows.push(record);
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
    for row in rows {
        // An empty cell means that the customer does not have the attribute.
        let cells = columns.iter().zip(&row).filter(|(column, cell)| !column.name.is_empty() && !cell.is_empty());
        let customer: Map<_, _> =
            cells.map(|(column, cell)| (column.name.clone(), column.value(cell, types))).collect();
        // Spreadsheets leave empty lines at the end.
        if !customer.is_empty() {
            imported.add(source.at(line_of(row.position(), text)), &Value::from(customer));
        }
    }
    imported.notes.extend(columns.iter().flat_map(|column| column.notes(types)));
}

/// The identifiers that a header may mean, whatever its case and its spaces; any other header as it is.
fn column_name(header: &str) -> String {
    let plain = header.to_lowercase().replace([' ', '-'], "_");
    let known = IdentifierKind::ALL.into_iter().map(IdentifierKind::as_str).find(|kind| *kind == plain);
    known.map_or_else(|| header.to_owned(), str::to_owned)
}

/// Whether no column occurs twice and one of them identifies a customer.
fn check_names(names: &[String], place: Location) -> Result<(), Diagnostic> {
    let is_repeated = |(at, name): &(usize, &String)| !name.is_empty() && names[..*at].contains(name);
    if let Some((_, name)) = names.iter().enumerate().find(is_repeated) {
        let message = format!("the column `{name}` occurs twice in the first line");
        return Err(Diagnostic::error(INVALID_CUSTOMER, message).at(place).help("rename one of them, or remove it"));
    }
    let kinds = || IdentifierKind::ALL.into_iter().map(IdentifierKind::as_str);
    if kinds().any(|kind| names.iter().any(|name| name == kind)) {
        return Ok(());
    }
    let problem = Diagnostic::error(INVALID_CUSTOMER, "expected a column `id`, `email` or `cio_id` in the first line");
    let similar = names.iter().find_map(|name| Some((name, did_you_mean(&name.to_lowercase(), kinds())?)));
    let problem = problem.at(place);
    Err(match similar {
        Some((name, kind)) => problem.help(format!("did you mean `{kind}` by `{name}`?")),
        None => problem,
    })
}

/// What separates the cells of a header: a comma, or a semicolon or tab if there are more of them.
fn separator_of(header: &str) -> u8 {
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in header.bytes() {
        is_quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(!is_quoted && byte == *separator);
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

/// A column of a CSV file.
struct Column {
    name: String,
    has_cells: bool,
    are_numbers: bool,
    are_flags: bool,
    /// A cell that is not a string in JSON.
    example: Option<String>,
}

impl Column {
    const fn new(name: String) -> Self {
        Self { name, has_cells: false, are_numbers: true, are_flags: true, example: None }
    }

    fn observe(&mut self, cell: &str) {
        if cell.is_empty() {
            return;
        }
        self.has_cells = true;
        let (is_number, is_flag) = (number(cell).is_some(), flag(cell).is_some());
        self.are_numbers &= is_number;
        self.are_flags &= is_flag;
        if (is_number || is_flag) && self.example.is_none() {
            self.example = Some(cell.to_owned());
        }
    }

    fn is_identifier(&self) -> bool {
        IdentifierKind::ALL.iter().any(|kind| kind.as_str() == self.name)
    }

    fn value(&self, cell: &str, types: CellTypes) -> Value {
        let inferred = match types {
            CellTypes::Infer if self.is_identifier() => None,
            CellTypes::Infer if self.are_flags => flag(cell).map(Value::from),
            CellTypes::Infer if self.are_numbers => number(cell),
            _ => None,
        };
        inferred.unwrap_or_else(|| Value::from(cell))
    }

    /// What is worth knowing about its type and its name.
    fn notes(&self, types: CellTypes) -> Vec<String> {
        let name = &self.name;
        let kind = if self.are_flags { "booleans" } else { "numbers" };
        let is_uniform = self.has_cells && (self.are_flags || self.are_numbers) && !self.is_identifier();
        let mut notes = Vec::new();
        match (types, &self.example) {
            (CellTypes::Infer, _) if is_uniform => notes.push(format!("the column `{name}` is imported as {kind}")),
            (CellTypes::String, Some(example)) if is_uniform => {
                let because = if self.are_flags { ", and a string is true in conditions" } else { "" };
                notes.push(format!(
                    "the column `{name}` is imported as strings, such as \"{example}\"{because}: `--types infer` imports {kind}"
                ));
            }
            _ => {}
        }
        if name.contains(' ') {
            let plain = name.to_lowercase().split_whitespace().collect::<Vec<_>>().join("_");
            notes.push(format!("the column `{name}` is read as `customer[\"{name}\"]`: did you mean `{plain}`?"));
        }
        notes
    }
}

fn flag(cell: &str) -> Option<bool> {
    cell.parse().ok()
}

/// A number that is written as JSON writes it, so that nothing such as a leading zero is lost.
fn number(cell: &str) -> Option<Value> {
    let number: Value = serde_json::from_str(cell).ok().filter(Value::is_number)?;
    let written = number.to_string();
    (written == cell && cell.len() <= MAX_DIGITS).then_some(number)
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
        let imported = customers_of(&Source::new("f", text), is_csv.then_some(CellTypes::String));
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
            (
                r#"{"identifiers": [{"id": "7", "email": null, "cio_id": "a"}], "ids": ["7"], "next": ""}"#,
                false,
                vec!["7"],
                vec![],
            ),
            (
                r#"{"results": [{"email": "a@example.com", "id": "7", "cio_id": "x"}, {"email": "b@example.com"}]}"#,
                false,
                vec!["7", "b@example.com"],
                vec![],
            ),
            ("ID;First Name\n7;\"a;b\"\n", true, vec!["7"], vec![]),
            ("Cio Id\tEmail\tb,c\nx\ta@example.com\t1\n", true, vec!["a@example.com"], vec![]),
            ("id,a,a\n1,2,3\n", true, vec![], vec!["f:1:1 the column `a` occurs twice in the first line".to_owned()]),
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

    #[test]
    fn reads_cells_as_strings_or_by_their_column() {
        let text = "id,vip,age,zip,mixed,Full Name\n1,true,10,01234,1,A\n2,false,2.5,99999,x,B\n3,,,,,\n";
        let read = |types| {
            let imported = customers_of(&Source::new("f.csv", text), Some(types));
            let first: Value = serde_json::from_str(imported.customers[0].customer.source().text()).unwrap();
            (first.to_string(), imported.notes)
        };
        let name = "the column `Full Name` is read as `customer[\"Full Name\"]`: did you mean `full_name`?";
        let (first, notes) = read(CellTypes::String);
        assert_eq!(first, r#"{"id":"1","vip":"true","age":"10","zip":"01234","mixed":"1","Full Name":"A"}"#);
        let vip = "the column `vip` is imported as strings, such as \"true\", and a string is true in conditions: \
                   `--types infer` imports booleans";
        let age = "the column `age` is imported as strings, such as \"10\": `--types infer` imports numbers";
        assert_eq!(notes, [vip, age, name]);
        let (first, notes) = read(CellTypes::Infer);
        assert_eq!(first, r#"{"id":"1","vip":true,"age":10,"zip":"01234","mixed":"1","Full Name":"A"}"#);
        let expected = ["the column `vip` is imported as booleans", "the column `age` is imported as numbers", name];
        assert_eq!(notes, expected);
    }

    #[test]
    fn suggests_the_identifier_that_a_header_means() {
        let imported = customers_of(&Source::new("f.csv", "e-mails,name\na@b.c,Ada\n"), Some(CellTypes::String));
        assert_eq!(imported.problems[0].help, ["did you mean `email` by `e-mails`?"]);
    }
}
