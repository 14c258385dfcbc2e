//! Customers out of what Customer.io exports: the App API's answers, JSON lines, CSV.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value};

use super::{Name, Plan};
use crate::diagnostics::Source;
use crate::message::{Customer, IdentifierKind};

/// The customers of a file.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The customers, each its file's name and text.
    pub customers: Vec<(Name, String)>,
    /// What of the file is no customer.
    pub problems: Vec<ImportProblem>,
}

/// Something that is no customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportProblem {
    /// The line, from 1; none where it is about the whole file.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ImportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Imported {
    /// The customers' files, in `folder`.
    #[must_use]
    pub fn plan(self, folder: &std::path::Path) -> Plan {
        let mut plan = Plan::default();
        for (name, text) in self.customers {
            plan.add(folder.join(format!("{name}.json")), text);
        }
        plan
    }

    fn problem(&mut self, line: Option<usize>, message: impl Into<String>) {
        self.problems.push(ImportProblem { line, message: message.into() });
    }

    fn add(&mut self, line: Option<usize>, customer: &Value) {
        let text = format!("{customer:#}\n");
        match Customer::read(Source::new("customer", text.as_str())) {
            Ok(read) => self.customers.push((Name::out_of(read.main_identifier()), text)),
            Err(problem) => self.problem(line, problem.message),
        }
    }
}

/// The customers of a text: CSV with a line of names on top where `is_csv`, else JSON, which may be one customer, a list of
/// them, the App API's answer about one or several, or one a line. Each is kept as it came.
///
/// ```
/// use inkproof::scaffold::customers_of;
/// let imported = customers_of("id,email,first_name\n7,ada@example.com,Ada\n8,,\n", true);
/// assert_eq!(imported.customers[0].1, "{\n  \"id\": \"7\",\n  \"email\": \"ada@example.com\",\n  \"first_name\": \"Ada\"\n}\n");
/// assert_eq!(imported.customers[1].1, "{\n  \"id\": \"8\"\n}\n");
/// ```
#[must_use]
pub fn customers_of(text: &str, is_csv: bool) -> Imported {
    let mut imported = Imported::default();
    if is_csv {
        read_csv(text, &mut imported);
    } else {
        read_json(text, &mut imported);
    }
    if imported.customers.is_empty() && imported.problems.is_empty() {
        imported.problem(None, "there is no customer in it");
    }
    let mut names: HashMap<String, usize> = HashMap::new();
    let mut twice = Vec::new();
    imported.customers.retain(|(name, _)| {
        let count = names.entry(name.as_str().to_lowercase()).or_default();
        *count += 1;
        if *count == 2 {
            twice.push(name.clone());
        }
        *count == 1
    });
    for name in twice {
        imported.problem(None, format!("`{name}` is in it more than once: the first is taken"));
    }
    imported
}

fn read_json(text: &str, imported: &mut Imported) {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(customers)) => customers.iter().for_each(|customer| imported.add(None, customer)),
        // What the App API answers when asked for several.
        Ok(Value::Object(answer)) if answer.get("customers").is_some_and(Value::is_array) => {
            let customers = answer["customers"].as_array().into_iter().flatten();
            for customer in customers {
                let is_answer = customer.get("attributes").is_some();
                let answer = || Value::from(Map::from_iter([("customer".to_owned(), customer.clone())]));
                imported.add(None, &if is_answer { answer() } else { customer.clone() });
            }
        }
        Ok(customer) => imported.add(None, &customer),
        Err(error) => {
            // Where the first line is whole, so may be the others.
            let is_lines = text.lines().next().is_some_and(|line| serde_json::from_str::<Value>(line).is_ok());
            if !is_lines {
                return imported.problem(Some(error.line()), format!("no JSON: {error}"));
            }
            for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                match serde_json::from_str::<Value>(line) {
                    Ok(customer) => imported.add(Some(at + 1), &customer),
                    Err(error) => imported.problem(Some(at + 1), format!("no JSON: {error}")),
                }
            }
        }
    }
}

fn read_csv(text: &str, imported: &mut Imported) {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => return imported.problem(None, error.to_string()),
    };
    if !names.iter().any(|name| IdentifierKind::ALL.iter().any(|kind| kind.as_str() == name)) {
        return imported.problem(Some(1), "expected a column `id`, `email` or `cio_id` in the first line");
    }
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().and_then(|position| usize::try_from(position.line()).ok());
                // An empty cell is an attribute that the customer does not have.
                let cells = names.iter().zip(&record).filter(|(name, cell)| !name.is_empty() && !cell.is_empty());
                let customer: Map<_, _> = cells.map(|(name, cell)| (name.to_owned(), Value::from(cell))).collect();
                // Spreadsheets leave empty lines at the end.
                if !customer.is_empty() {
                    imported.add(line, &Value::from(customer));
                }
            }
            Err(error) => {
                let line = error.position().and_then(|position| usize::try_from(position.line()).ok());
                imported.problem(line, error.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_in_many_forms() {
        for (text, is_csv, names, problems) in [
            (r#"{"id": "7", "first_name": "Ada"}"#, false, vec!["7"], 0),
            (r#"{"customer": {"id": "7", "attributes": {"plan": "pro"}}}"#, false, vec!["7"], 0),
            (r#"{"customers": [{"id": "7", "attributes": {}}, {"id": "8"}]}"#, false, vec!["7", "8"], 0),
            (
                r#"[{"id": "7"}, {"email": "a/b@example.com"}, {"name": "Ada"}, 1]"#,
                false,
                vec!["7", "a_b@example.com"],
                2,
            ),
            ("{\"id\": \"7\"}\n\n{\"id\": 8}\n{\n", false, vec!["7", "8"], 1),
            ("{\"id\": \"7\"}\n{\"id\": \"7\", \"x\": 1}\n", false, vec!["7"], 1),
            ("{", false, vec![], 1),
            ("", false, vec![], 1),
            ("id,name\n7,\"Ada, \"\"Countess\"\"\"\n", true, vec!["7"], 0),
            ("name\nAda\n", true, vec![], 1),
            ("id,name\n7\n8,Grace\n,\n", true, vec!["8"], 1),
        ] {
            let imported = customers_of(text, is_csv);
            let found: Vec<_> = imported.customers.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!((found, imported.problems.len()), (names, problems), "{text}: {:?}", imported.problems);
        }
    }
}
