//! JSON that is not one value a line: finds the elements of arrays, the customers of App API responses, and single values.

use memchr::{memchr, memchr_iter, memchr2, memrchr};

use super::batch::Found;
use super::format::{Envelope, envelope_length};
use super::{MAX_RECORD, RecordProblem};

/// Finds the values of a JSON file.
#[derive(Debug)]
pub(super) struct Values {
    place: Place,
    array: Array,
    /// The line at which the next bytes begin, and how many characters are before them in it.
    line: u64,
    before: u64,
    /// How far the value that is being read has been scanned.
    scan: Scan,
    /// Whether that value is too long, and not kept.
    skips: bool,
}

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A value, or the beginning or the end of an array.
    Value,
    /// A comma or the end of an array.
    Separator,
    /// The end of an App API response.
    EnvelopeEnd,
    /// After an error: a line that begins with `{`, or the end of an array.
    Damaged,
}

/// The array that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Array {
    None,
    /// Of the file itself.
    Plain,
    /// In an App API response.
    Enveloped,
}

/// The state of the scan for the end of a value.
#[derive(Clone, Copy, Debug, Default)]
struct Scan {
    /// How many bytes of the value were scanned.
    scanned: usize,
    depth: usize,
    is_in_string: bool,
}

/// The result of a scan.
enum End {
    /// The length of the value.
    Value(usize),
    /// A string contains a line break, at this byte.
    Broken(usize),
    /// More bytes are needed.
    Unfinished,
}

impl Values {
    pub(super) fn new() -> Self {
        Self { place: Place::Value, array: Array::None, line: 1, before: 0, scan: Scan::default(), skips: false }
    }

    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// Adds the values in `bytes`, which are the last ones if `is_last`. Returns how many bytes are dealt with.
    pub(super) fn find(&mut self, bytes: &[u8], is_last: bool, found: &mut Found) -> usize {
        let mut at = 0;
        while at < bytes.len()
            && let Some(length) = self.step(&bytes[at..], at, is_last, found)
        {
            self.pass(&bytes[at..at + length]);
            at += length;
        }
        if is_last && (self.array != Array::None || self.place == Place::EnvelopeEnd) {
            found.error(at, self.line, self.before + 1, RecordProblem::UnclosedArray);
            *self = Self { line: self.line, before: self.before, ..Self::new() };
        }
        at
    }

    /// Counts the lines and the characters of bytes that are dealt with.
    fn pass(&mut self, bytes: &[u8]) {
        let last = match memrchr(b'\n', bytes) {
            Some(line_break) => {
                self.line += line_breaks(bytes);
                self.before = 0;
                &bytes[line_break + 1..]
            }
            None => bytes,
        };
        self.before += last.iter().filter(|byte| !is_continuation(**byte)).count() as u64;
    }

    /// Deals with the next bytes, and returns their number; `None` if more bytes are needed.
    fn step(&mut self, rest: &[u8], start: usize, is_last: bool, found: &mut Found) -> Option<usize> {
        if self.place == Place::EnvelopeEnd {
            return self.rest_of_envelope(rest, is_last);
        }
        if self.scan.scanned > 0 || self.skips {
            return self.value(rest, start, is_last, found);
        }
        let space = rest.len() - rest.trim_ascii_start().len();
        if space > 0 {
            return Some(space);
        }
        match (self.place, rest.first()?) {
            (Place::Value, b'[') if self.array == Array::None => Some(self.enter(Array::Plain, 1)),
            (Place::Value, b'{') if self.array == Array::None => match envelope_length(rest) {
                Envelope::Found(length) => Some(self.enter(Array::Enveloped, length)),
                Envelope::Unfinished if !is_last => None,
                _ => self.value(rest, start, is_last, found),
            },
            (_, b']') if self.array != Array::None => {
                let is_enveloped = std::mem::replace(&mut self.array, Array::None) == Array::Enveloped;
                self.place = if is_enveloped { Place::EnvelopeEnd } else { Place::Value };
                self.scan.depth = usize::from(is_enveloped);
                Some(1)
            }
            (Place::Separator, b',') => {
                self.place = Place::Value;
                Some(1)
            }
            (Place::Separator, _) => {
                found.error(start, self.line, self.before + 1, RecordProblem::NoSeparator);
                self.place = Place::Damaged;
                Some(0)
            }
            (Place::Damaged, b'{') => {
                self.place = Place::Value;
                Some(0)
            }
            (Place::Damaged, _) => Some(memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)),
            (Place::Value | Place::EnvelopeEnd, _) => self.value(rest, start, is_last, found),
        }
    }

    /// Enters an array, whose beginning has this length.
    fn enter(&mut self, array: Array, length: usize) -> usize {
        self.array = array;
        length
    }

    /// Skips what follows the customers in an App API response.
    fn rest_of_envelope(&mut self, rest: &[u8], is_last: bool) -> Option<usize> {
        let end = self.scan.end(rest, is_last);
        let (End::Value(length) | End::Broken(length)) = end else { return self.skip() };
        self.place =
            if is_last && length == rest.len() && rest.last() != Some(&b'}') { self.place } else { Place::Value };
        self.scan = Scan::default();
        Some(length)
    }

    /// Forgets what was scanned; `None` if nothing was, because more bytes are needed.
    fn skip(&mut self) -> Option<usize> {
        Some(std::mem::take(&mut self.scan.scanned)).filter(|length| *length > 0)
    }

    /// Reads on in a value.
    fn value(&mut self, rest: &[u8], start: usize, is_last: bool, found: &mut Found) -> Option<usize> {
        let end = self.scan.end(rest, is_last);
        let known = match end {
            End::Value(length) | End::Broken(length) => length,
            End::Unfinished => rest.len(),
        };
        if known > MAX_RECORD && !self.skips {
            found.error(start, self.line, self.before + 1, RecordProblem::TooLong);
            self.skips = true;
        }
        self.place = match end {
            End::Value(_) if self.array == Array::None => Place::Value,
            End::Value(_) => Place::Separator,
            End::Broken(_) => Place::Damaged,
            End::Unfinished if self.skips => return self.skip(),
            End::Unfinished => return None,
        };
        self.scan = Scan::default();
        if !std::mem::take(&mut self.skips) {
            // An element that is missing, as in `[,]`, is an error when it is parsed.
            found.record(start..start + known, self.line, self.before + 1);
        }
        // A bracket that closes nothing would be found again and again.
        let is_stuck = known == 0 && !(self.array != Array::None && rest.starts_with(b","));
        Some(if is_stuck { 1 } else { known })
    }
}

impl Scan {
    /// Looks for the end of the value that `bytes` begin with, from where the last scan ended.
    fn end(&mut self, bytes: &[u8], is_last: bool) -> End {
        let mut at = self.scanned;
        while at < bytes.len() {
            if self.is_in_string {
                let Some(mark) = memchr2(b'"', b'\\', &bytes[at..]) else {
                    return self.pause(bytes, at, bytes.len(), is_last);
                };
                if let Some(line_break) = memchr(b'\n', &bytes[at..at + mark]) {
                    return End::Broken(at + line_break);
                }
                at += mark;
                if bytes[at] == b'\\' {
                    if at + 1 >= bytes.len() {
                        return self.pause(bytes, at, at, is_last);
                    }
                    at += 2;
                    continue;
                }
                self.is_in_string = false;
                at += 1;
                if self.depth == 0 {
                    return End::Value(at);
                }
                continue;
            }
            match bytes[at] {
                b'"' => self.is_in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 1 => self.depth -= 1,
                b'}' | b']' if self.depth == 1 => return End::Value(at + 1),
                // A number or word ends before these.
                b'}' | b']' | b',' | b' ' | b'\t' | b'\n' | b'\r' if self.depth == 0 => return End::Value(at),
                _ => {}
            }
            at += 1;
        }
        self.pause(bytes, at, at, is_last)
    }

    /// Remembers that everything up to `scanned` was scanned. The end of the input is the end of the value as well.
    fn pause(&mut self, bytes: &[u8], from: usize, scanned: usize, is_last: bool) -> End {
        if let Some(line_break) = memchr(b'\n', &bytes[from..]).filter(|_| self.is_in_string) {
            return End::Broken(from + line_break);
        }
        self.scanned = scanned;
        if is_last { End::Value(bytes.len()) } else { End::Unfinished }
    }
}

/// Whether a byte of UTF-8 continues a character.
const fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

fn line_breaks(bytes: &[u8]) -> u64 {
    u64::try_from(memchr_iter(b'\n', bytes).count()).unwrap_or(u64::MAX)
}
