//! The directory: customers by identifier, for requests that name them. Only an index is in memory; the customers themselves
//! are in a temporary file.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use sha2::{Digest as _, Sha256};
use twox_hash::XxHash3_64;

use super::line::NoMessage;
use super::witness::hex;
use crate::liquid::value::number::Numbers;
use crate::liquid::value::{Object, json};
use crate::liquid::{Arena, Value};
use crate::message::{attributes_and_objects, identifier, written_identifier};
use crate::records::{Batch, InputError, RecordProblem, Records};

/// The identifiers by which a request may name a customer.
const IDENTIFIERS: [&str; 3] = ["id", "email", "cio_id"];

/// Customers by identifier.
#[derive(Debug)]
pub struct Directory {
    file: File,
    /// For the hash of each identifier, the place of the customer in the file and its length. If several customers have
    /// one identifier, the first counts.
    places: HashMap<u64, (u64, u32)>,
    /// The SHA-256 of the file.
    hash: String,
}

/// What was read into a directory.
#[derive(Debug, Default)]
pub struct DirectorySummary {
    /// The number of customers.
    pub customers: u64,
    /// Records that are not valid customers: the first of them with its input, its line and the reason, and their number.
    pub invalid: Option<(String, u64)>,
}

impl Directory {
    /// Reads the customers of some inputs.
    ///
    /// # Errors
    /// An input cannot be read, or the temporary file cannot be written.
    pub fn read(mut records: Records) -> io::Result<(Self, DirectorySummary, Vec<InputError>)> {
        let file = tempfile::tempfile()?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let (mut places, mut summary, mut at) = (HashMap::new(), DirectorySummary::default(), 0_u64);
        let (mut batch, mut arena, mut hash) = (Batch::new(), Arena::new(), Sha256::new());
        let mut invalid = |input: &str, line: u64, reason: String| {
            let (_, count) = summary.invalid.get_or_insert_with(|| (format!("{input}:{line}: {reason}"), 0));
            *count += 1;
        };
        while records.read(&mut batch) {
            for error in batch.errors() {
                invalid(batch.input_name(), error.position.line, reason(&error.problem));
            }
            for record in batch.records() {
                arena.reset();
                let read =
                    record.json().and_then(|text| record.value(Numbers::JavaScript, &arena).map(|value| (text, value)));
                let (text, value) = match read {
                    Ok(read) => read,
                    Err(error) => {
                        invalid(batch.input_name(), record.line(), reason(&error.problem));
                        continue;
                    }
                };
                let Some((attributes, _)) = attributes_and_objects(value, &arena) else {
                    invalid(batch.input_name(), record.line(), "the customer is not a JSON object".to_owned());
                    continue;
                };
                let Ok(length) = u32::try_from(text.len()) else { continue };
                for kind in IDENTIFIERS {
                    if let Some(id) = identifier(attributes, kind, &text, &arena) {
                        places.entry(key(kind, id)).or_insert((at, length));
                    }
                }
                summary.customers += 1;
                hash.update(text.as_bytes());
                out.write_all(text.as_bytes())?;
                at += u64::from(length);
            }
        }
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        let hash = hex(&hash.finalize());
        Ok((Self { file, places, hash }, summary, records.into_errors()))
    }

    /// The SHA-256 of the customers.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The customer that the `identifiers` in this request name, and their JSON.
    pub(super) fn find<'a>(
        &self,
        identifiers: &Object<'_>,
        request: &str,
        numbers: Numbers,
        arena: &'a Arena,
    ) -> Result<(Value<'a>, &'a str), NoMessage> {
        let invalid = |code, reason: &str| NoMessage::Invalid { code, reason: reason.to_owned() };
        let scratch = Arena::new();
        let given = identifiers.entries().iter().filter(|(_, value)| !matches!(value, Value::Null));
        let mut given = given.filter_map(|(name, value)| {
            Some((*name, written_identifier(*value, name, &[&["identifiers"]], request, &scratch)?))
        });
        let (Some((kind, id)), None) = (given.next(), given.next()) else {
            return Err(invalid("bad-identifiers", "`identifiers` does not name exactly one customer"));
        };
        let Some((at, length)) = self.places.get(&key(kind, id)) else {
            return Err(invalid("unknown-customer", "there is no customer with these `identifiers`"));
        };
        let bytes: &'a mut [u8] = arena.alloc_slice_fill_copy(*length as usize, 0);
        let read = read_at(&self.file, bytes, *at);
        let text = read.ok().and_then(|()| str::from_utf8(bytes).ok());
        let text = text.ok_or_else(|| invalid("unknown-customer", "the customer cannot be read again"))?;
        let customer = json::read_as(text, numbers, arena);
        customer
            .map(|customer| (customer, text))
            .map_err(|_| invalid("invalid-customer", "the customer is not valid JSON"))
    }
}

/// What is wrong with a record, without what it says: it is about a person.
fn reason(problem: &RecordProblem) -> String {
    match problem {
        RecordProblem::NotJson { offset, .. } => format!("the record is not valid JSON at its byte {}", offset + 1),
        problem => problem.to_string(),
    }
}

/// The key of an identifier. Email addresses are the same in upper and lower case.
fn key(kind: &str, id: &str) -> u64 {
    let id = if kind == "email" { id.to_ascii_lowercase() } else { id.to_owned() };
    XxHash3_64::oneshot(format!("{kind}\0{id}").as_bytes())
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                bytes = &mut bytes[count..];
                at += count as u64;
            }
        }
    }
    Ok(())
}
