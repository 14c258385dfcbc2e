//! The stream of the records of all inputs.

use std::io::{self, Read};
use std::sync::Arc;

use super::batch::Found;
use super::buffer::Buffer;
use super::columns::Columns;
use super::format::without_mark;
use super::input::{Input, Progress, Stop, decompressed};
use super::lines::Lines;
use super::rows::Rows;
use super::values::Values;
use super::{BATCH, Batch, InputError, RecordFormat};

/// The records of some inputs, one input after another.
pub struct Records {
    inputs: Vec<Input>,
    /// The format of all inputs; each is recognised if there is none.
    format: Option<RecordFormat>,
    /// The number of the input that is read next.
    next: usize,
    current: Option<Open>,
    progress: Progress,
    stop: Stop,
    errors: Vec<InputError>,
}

/// An input that is being read.
struct Open {
    input: usize,
    name: Arc<str>,
    file: Box<dyn Read + Send>,
    finder: Finder,
    columns: Option<Arc<Columns>>,
    /// The number of bytes before `rest`.
    offset: u64,
    /// What was read, but is not yet a part of a batch.
    rest: Buffer,
    /// Whether everything was read.
    is_read: bool,
    /// Why the first bytes are not all that there are.
    error: Option<io::Error>,
}

/// Finds records in bytes.
enum Finder {
    Lines(Lines),
    Values(Values),
    Rows(Rows),
}

impl Finder {
    fn new(format: RecordFormat) -> Self {
        match format {
            RecordFormat::JsonLines => Self::Lines(Lines::new()),
            RecordFormat::Json => Self::Values(Values::new()),
            RecordFormat::Csv { delimiter } => Self::Rows(Rows::new(delimiter)),
        }
    }

    const fn line(&self) -> u64 {
        match self {
            Self::Lines(lines) => lines.line(),
            Self::Values(values) => values.line(),
            Self::Rows(rows) => rows.line(),
        }
    }

    fn find(&mut self, bytes: &[u8], is_last: bool, found: &mut Found) -> usize {
        match self {
            Self::Lines(lines) => lines.find(bytes, is_last, found),
            Self::Values(values) => values.find(bytes, is_last, found),
            Self::Rows(rows) => rows.find(bytes, is_last, found),
        }
    }
}

impl Records {
    /// The records of these inputs. Without a format, that of each input is recognised.
    ///
    /// # Errors
    /// The inputs that do not exist.
    pub fn new(inputs: Vec<Input>, format: Option<RecordFormat>, stop: Stop) -> Result<Self, Vec<InputError>> {
        let sizes = inputs
            .iter()
            .map(|input| input.size().map_err(|error| InputError { input: input.name().to_owned(), line: 1, error }));
        let (mut total, mut errors) = (Some(0), Vec::new());
        for size in sizes {
            match size {
                Ok(size) => total = total.zip(size).map(|(total, size)| total + size),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self { inputs, format, next: 0, current: None, progress: Progress::new(total), stop, errors })
    }

    /// The records of one input that is read from a stream. Its format is recognised by this name and the first bytes.
    #[must_use]
    pub fn of_stream(name: &str, stream: Box<dyn Read + Send>, stop: Stop) -> Self {
        let opened = decompressed(stream).and_then(|file| Open::new(0, name, file, None));
        let error = |error| InputError { input: name.to_owned(), line: 1, error };
        let (current, errors) = match opened {
            Ok(open) => (Some(open), Vec::new()),
            Err(failed) => (None, vec![error(failed)]),
        };
        Self { inputs: Vec::new(), format: None, next: 0, current, progress: Progress::new(None), stop, errors }
    }

    /// How much has been read.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// What ends the reading early.
    #[must_use]
    pub const fn stop(&self) -> &Stop {
        &self.stop
    }

    /// The inputs that could not be read to their end so far.
    #[must_use]
    pub fn into_errors(self) -> Vec<InputError> {
        self.errors
    }

    /// Reads the next records into a batch. Returns whether there were any.
    pub fn read(&mut self, batch: &mut Batch) -> bool {
        loop {
            if self.stop.is_stopped() {
                return false;
            }
            if self.current.is_none() && !self.open_next() {
                return false;
            }
            let Some(open) = &mut self.current else { continue };
            let result = open.read(batch, &self.stop);
            let is_finished = open.is_read && open.rest.is_empty();
            // A compressed file that is not read to its end looks as if it were damaged.
            let result = result.or_else(|error| if self.stop.is_stopped() { Ok(()) } else { Err(error) });
            if let Err(error) = result {
                let (input, line) = (open.name.to_string(), open.finder.line());
                self.errors.push(InputError { input, line, error });
                self.current = None;
            } else if is_finished {
                self.current = None;
            }
            if !batch.found.is_empty() {
                return true;
            }
        }
    }

    /// Opens the next input. Returns whether there is one.
    fn open_next(&mut self) -> bool {
        let Some(input) = self.inputs.get(self.next) else { return false };
        let opened = input
            .open(&self.progress, &self.stop)
            .and_then(|file| Open::new(self.next, input.name(), file, self.format));
        self.next += 1;
        match opened {
            Ok(open) => self.current = Some(open),
            Err(error) => self.errors.push(InputError { input: input.name().to_owned(), line: 1, error }),
        }
        true
    }
}

impl Open {
    fn new(
        number: usize,
        name: &str,
        mut file: Box<dyn Read + Send>,
        format: Option<RecordFormat>,
    ) -> io::Result<Self> {
        let mut rest = Buffer::default();
        let read = rest.read(&mut *file, BATCH);
        let mark = rest.len() - without_mark(&rest).len();
        rest.remove_first(mark);
        let is_csv = matches!(format, Some(RecordFormat::Csv { .. }));
        let format = match format {
            Some(format) if !is_csv => format,
            Some(_) => RecordFormat::detect_csv(&rest),
            None => RecordFormat::detect(name, &rest),
        };
        let finder = Finder::new(format);
        let (name, error) = (name.into(), read.err());
        Ok(Self { input: number, name, file, finder, columns: None, offset: mark as u64, rest, is_read: false, error })
    }

    /// Reads the next records of this input. Those before an error are in the batch.
    fn read(&mut self, batch: &mut Batch, stop: &Stop) -> io::Result<()> {
        batch.found.restart(self.offset);
        (batch.input, batch.name) = (self.input, Arc::clone(&self.name));
        std::mem::swap(&mut batch.bytes, &mut self.rest);
        self.rest.clear();
        let mut result = Ok(());
        loop {
            if !self.is_read {
                // A record that is longer than what was read so far needs as much again.
                let wanted = BATCH.max(batch.bytes.len());
                // What was read before an error counts. Afterwards, a decompressor might go on as if nothing had happened.
                let read = match self.error.take() {
                    Some(error) => Err(error),
                    None => batch.bytes.read(&mut *self.file, wanted),
                };
                match read {
                    Ok(count) => self.is_read = count != wanted,
                    Err(error) => {
                        self.is_read = true;
                        result = Err(error);
                    }
                }
            }
            let is_cut = result.is_err() || stop.is_stopped();
            let is_last = self.is_read && !is_cut;
            let used = self.finder.find(&batch.bytes, is_last, &mut batch.found);
            self.take_header(batch);
            // What remains of an input that was cut off is not a record.
            if self.is_read || !batch.found.is_empty() || used > 0 {
                self.offset += used as u64;
                if !self.is_read {
                    self.rest.extend(&batch.bytes[used..]);
                }
                batch.columns.clone_from(&self.columns);
                return result;
            }
        }
    }

    /// The first row of a CSV file is its header. One that cannot be read or parsed names no columns, so that each row is reported.
    fn take_header(&mut self, batch: &mut Batch) {
        let Finder::Rows(rows) = &self.finder else { return };
        if self.columns.is_some() {
            return;
        }
        let delimiter = rows.delimiter();
        let Some(is_readable) = batch.entries().next().map(|first| first.is_ok()) else { return };
        let header = if is_readable { batch.found.take_first() } else { None };
        let columns = header.and_then(|header| Columns::parse(&batch.bytes[header], delimiter).ok());
        self.columns = Some(Arc::new(columns.unwrap_or_else(|| Columns::none(delimiter))));
    }
}
