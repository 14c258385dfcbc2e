//! What `inkproof audience` does, without it: parses the lines of a file of people, writes the small message for each with a Rust
//! function, and parses it as JSON. `tests/e2e/audience/compare` runs it beside inkproof.
//!
//! Usage: `audience_by_hand render|parse|validate FILE THREADS [REQUEST]`. `parse` only parses the lines, and `validate` only
//! finds out whether they are JSON. Each thread reads its part of the file.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::thread;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What is done with each line.
#[derive(Clone, Copy)]
enum Job<'j> {
    /// The message with this `message_data` is written and parsed.
    Render(&'j Value),
    Parse,
    Validate,
}

/// How many messages are sent and lost.
#[derive(Default)]
struct Counts {
    sent: u64,
    lost: u64,
}

impl Counts {
    fn add(&mut self, is_sent: bool) {
        *(if is_sent { &mut self.sent } else { &mut self.lost }) += 1;
    }
}

impl Job<'_> {
    /// Whether the job can be done for this person.
    fn person(self, person: &Value, out: &mut String) -> bool {
        let Self::Render(data) = self else { return true };
        out.clear();
        write_message(person, data, out).is_some() && serde_json::from_str::<Value>(out).is_ok()
    }

    fn line(self, line: &[u8], out: &mut String) -> bool {
        if matches!(self, Self::Validate) {
            return serde_json::from_slice::<IgnoredAny>(line).is_ok();
        }
        serde_json::from_slice(line).is_ok_and(|person: Value| self.person(&person, out))
    }
}

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [job, file, threads, request @ ..] = &arguments[..] else {
        return Err("expected: render|parse|validate FILE THREADS [REQUEST]".into());
    };
    let request: Value = match request {
        [request] => serde_json::from_str(&fs::read_to_string(request)?)?,
        _ => Value::Null,
    };
    let job = match job.as_str() {
        "render" => Job::Render(&request["message_data"]),
        "parse" => Job::Parse,
        _ => Job::Validate,
    };
    let (file, threads) = (Path::new(file), threads.parse::<u64>()?.max(1));
    let counts = thread::scope(|scope| {
        let parts: Vec<_> = (0..threads).map(|part| scope.spawn(move || work(job, file, part, threads))).collect();
        let mut counts = Counts::default();
        for part in parts {
            let Counts { sent, lost } = part.join().map_err(|_| "a thread panicked")??;
            (counts.sent, counts.lost) = (counts.sent + sent, counts.lost + lost);
        }
        Result::Ok(counts)
    })?;
    println!("{{\"sent\": {}, \"lost\": {}}}", counts.sent, counts.lost);
    Ok(())
}

/// Does the job for the lines that begin in one part of the file.
fn work(job: Job<'_>, path: &Path, part: u64, parts: u64) -> Result<Counts> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let is_csv = path.extension().is_some_and(|extension| extension == "csv");
    let mut header = Vec::new();
    if is_csv {
        BufReader::new(&mut file).read_until(b'\n', &mut header)?;
    }
    let mut edge = |part: u64| -> Result<u64> {
        if part == 0 || part == parts {
            return Ok(if part == 0 { header.len() as u64 } else { size });
        }
        let at = size * part / parts;
        file.seek(SeekFrom::Start(at))?;
        Ok(at + BufReader::new(&mut file).skip_until(b'\n')? as u64)
    };
    let (start, end) = (edge(part)?, edge(part + 1)?);
    file.seek(SeekFrom::Start(start))?;
    let mut reader = BufReader::with_capacity(1 << 18, file.take(end - start));
    let (mut counts, mut out, mut line) = (Counts::default(), String::new(), Vec::new());
    if is_csv {
        let header = csv::ReaderBuilder::new().from_reader(&header[..]).headers()?.clone();
        let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(reader);
        let mut row = csv::StringRecord::new();
        while rows.read_record(&mut row)? {
            let cells = header.iter().zip(&row).filter(|(_, cell)| !cell.is_empty());
            let person: Map<_, _> = cells.map(|(name, cell)| (name.to_owned(), Value::from(cell))).collect();
            counts.add(job.person(&Value::Object(person), &mut out));
        }
        return Ok(counts);
    }
    while reader.read_until(b'\n', &mut line)? > 0 {
        counts.add(job.line(&line, &mut out));
        line.clear();
    }
    Ok(counts)
}

/// Writes the small message; `None` if a variable is missing.
fn write_message(customer: &Value, trigger: &Value, out: &mut String) -> Option<()> {
    let order = trigger.get("order")?;
    out.push_str("\n{\n  \"title\": \"Order ");
    write_value(order.get("number")?, out);
    out.push_str(" has shipped!\",\n  \"body\": \"Hi ");
    match customer.get("first_name") {
        None | Some(Value::Null | Value::Bool(false)) => out.push_str("there"),
        Some(Value::String(name)) if name.is_empty() => out.push_str("there"),
        Some(name) => write_value(name, out),
    }
    out.push_str(", your parcel with ");
    write_value(order.get("item_count")?, out);
    out.push_str(" items is on its way.\",\n  \"items\": [");
    let items = order.get("items")?.as_array()?;
    for (at, item) in items.iter().enumerate() {
        out.push_str("\n    { \"name\": \"");
        write_value(item.get("name")?, out);
        out.push_str("\", \"quantity\": ");
        write_value(item.get("quantity")?, out);
        out.push_str(", \"price\": ");
        write_value(item.get("price")?, out);
        out.push_str(" }");
        if at + 1 < items.len() {
            out.push(',');
        }
    }
    out.push_str("\n  ],\n  \"total\": \"");
    write_value(order.get("total")?, out);
    out.push(' ');
    write_value(order.get("currency")?, out);
    out.push_str("\",\n  \"city\": \"");
    write_value(customer.get("city")?, out);
    out.push('"');
    if let Some(url) = order.get("tracking_url").filter(|url| !matches!(url, Value::Null | Value::Bool(false))) {
        out.push_str(",\n  \"link\": \"");
        write_value(url, out);
        out.push('"');
    }
    out.push_str("\n}\n");
    Some(())
}

fn write_value(value: &Value, out: &mut String) {
    use std::fmt::Write as _;
    match value {
        Value::Null => {}
        Value::String(text) => out.push_str(text),
        other => {
            let _ = write!(out, "{other}");
        }
    }
}
