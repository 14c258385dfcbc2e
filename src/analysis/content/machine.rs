//! The machine: reads JSON piece by piece, so that what stands between the pieces can be judged by where it stands.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::liquid::Span;

/// Where in JSON a text has come to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State {
    /// The objects and lists that are open, outermost first.
    stack: Vec<Frame>,
    at: At,
    /// The comma that was read last, where nothing has come after it.
    comma: Option<Span>,
    /// The text that is being read, while all of it is known.
    text: Option<String>,
    text_start: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Frame {
    /// With its keys so far, which several places share.
    Object(Rc<BTreeSet<String>>),
    List,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    /// A value must come.
    Value,
    /// A value or the end of a list.
    ValueOrEnd,
    /// A key or the end of an object.
    KeyOrEnd,
    Colon,
    /// A comma or an end.
    Next,
    Text {
        is_key: bool,
    },
    Escape {
        is_key: bool,
        digits: u8,
    },
    /// A number, `true`, `false` or `null`.
    Word,
    End,
}

/// What stands at a place of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// A part of a text.
    Text,
    /// A part of a key.
    Key,
    /// A whole value.
    Value,
    /// Anything else.
    Elsewhere,
}

/// What is found on the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyntaxIssue {
    /// A comma has nothing after it.
    TrailingComma(Span),
    /// An object has a key twice.
    DuplicateKey(String, Span),
}

impl State {
    pub(super) const fn start() -> Self {
        Self { stack: Vec::new(), at: At::Value, comma: None, text: None, text_start: 0 }
    }

    /// Reads a piece of text that begins at `offset` of the template.
    ///
    /// # Errors
    /// The offset of the first byte that does not belong there.
    pub(super) fn read(mut self, text: &str, offset: usize, issues: &mut BTreeSet<SyntaxIssue>) -> Result<Self, usize> {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if self.step(bytes[at], offset + at, issues).ok_or(offset + at)? {
                at += 1;
            }
        }
        Ok(self)
    }

    /// Whether the JSON may end here.
    pub(super) fn is_whole(&self) -> bool {
        self.at == At::End || (self.at == At::Word && self.stack.is_empty())
    }

    /// Reads a byte; false where it is to be read again. None where it does not belong there.
    fn step(&mut self, byte: u8, offset: usize, issues: &mut BTreeSet<SyntaxIssue>) -> Option<bool> {
        match self.at {
            At::Text { is_key } => match byte {
                b'"' => self.end_text(is_key, offset, issues),
                b'\\' => self.at = At::Escape { is_key, digits: 0 },
                0..=0x1f => return None,
                // Only keys are compared, and those are mostly plain.
                byte => {
                    if let Some(text) = &mut self.text {
                        if byte.is_ascii() { text.push(char::from(byte)) } else { self.text = None }
                    }
                }
            },
            At::Escape { is_key, digits } => {
                self.text = None;
                self.at = match (digits, byte) {
                    (0, b'u') => At::Escape { is_key, digits: 4 },
                    (0, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => At::Text { is_key },
                    (1, byte) if byte.is_ascii_hexdigit() => At::Text { is_key },
                    (2..=4, byte) if byte.is_ascii_hexdigit() => At::Escape { is_key, digits: digits - 1 },
                    _ => return None,
                };
            }
            At::Word => {
                if !byte.is_ascii_alphanumeric() && !b"+-.".contains(&byte) {
                    self.end_value();
                    return Some(false);
                }
            }
            _ if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') => {}
            At::Value | At::ValueOrEnd => match byte {
                b'"' => self.begin_text(false, offset),
                b'{' => self.open(Frame::Object(Rc::default()), At::KeyOrEnd),
                b'[' => self.open(Frame::List, At::ValueOrEnd),
                b']' if self.at == At::ValueOrEnd => self.close(byte, issues)?,
                byte if byte.is_ascii_alphanumeric() || byte == b'-' => {
                    self.comma = None;
                    self.at = At::Word;
                }
                _ => return None,
            },
            At::KeyOrEnd => match byte {
                b'"' => self.begin_text(true, offset),
                b'}' => self.close(byte, issues)?,
                _ => return None,
            },
            At::Colon if byte == b':' => self.at = At::Value,
            At::Next => match (byte, self.stack.last()) {
                (b',', Some(Frame::Object(_))) => {
                    self.comma = Some(Span::new(offset, offset + 1));
                    self.at = At::KeyOrEnd;
                }
                (b',', Some(Frame::List)) => {
                    self.comma = Some(Span::new(offset, offset + 1));
                    self.at = At::ValueOrEnd;
                }
                (b'}' | b']', _) => self.close(byte, issues)?,
                _ => return None,
            },
            At::Colon | At::End => return None,
        }
        Some(true)
    }

    fn begin_text(&mut self, is_key: bool, offset: usize) {
        self.comma = None;
        self.at = At::Text { is_key };
        self.text = is_key.then(String::new);
        self.text_start = if is_key { offset } else { 0 };
    }

    fn end_text(&mut self, is_key: bool, offset: usize, issues: &mut BTreeSet<SyntaxIssue>) {
        let text = self.text.take();
        if !is_key {
            self.end_value();
            return;
        }
        self.at = At::Colon;
        let span = Span::new(self.text_start, offset + 1);
        self.text_start = 0;
        if let (Some(Frame::Object(keys)), Some(key)) = (self.stack.last_mut(), text)
            && !Rc::make_mut(keys).insert(key.clone())
        {
            issues.insert(SyntaxIssue::DuplicateKey(key, span));
        }
    }

    fn open(&mut self, frame: Frame, at: At) {
        self.comma = None;
        self.stack.push(frame);
        self.at = at;
    }

    fn close(&mut self, byte: u8, issues: &mut BTreeSet<SyntaxIssue>) -> Option<()> {
        match (self.stack.pop()?, byte) {
            (Frame::Object(_), b'}') | (Frame::List, b']') => {}
            _ => return None,
        }
        if let Some(comma) = self.comma.take() {
            issues.insert(SyntaxIssue::TrailingComma(comma));
        }
        self.end_value();
        Some(())
    }

    fn end_value(&mut self) {
        self.at = if self.stack.is_empty() { At::End } else { At::Next };
    }

    pub(super) const fn position(&self) -> Position {
        match self.at {
            At::Text { is_key: false } => Position::Text,
            At::Text { is_key: true } => Position::Key,
            At::Value | At::ValueOrEnd => Position::Value,
            _ => Position::Elsewhere,
        }
    }

    /// Goes on behind something that fits where it stands; none where nobody knows what could fit.
    pub(super) fn pass_hole(mut self) -> Option<Self> {
        match self.position() {
            Position::Text => {}
            Position::Key => self.text = None,
            Position::Value => {
                self.comma = None;
                self.end_value();
            }
            Position::Elsewhere => return None,
        }
        Some(self)
    }

    /// Where both have come to the same place, what is known of both: the keys that both have.
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        let is_same_frame = |(left, right): (&Frame, &Frame)| {
            matches!((left, right), (Frame::Object(_), Frame::Object(_)) | (Frame::List, Frame::List))
        };
        let is_same = self.at == other.at
            && self.comma == other.comma
            && self.text == other.text
            && self.text_start == other.text_start
            && self.stack.len() == other.stack.len()
            && self.stack.iter().zip(&other.stack).all(is_same_frame);
        if is_same {
            for (own, others) in self.stack.iter_mut().zip(&other.stack) {
                if let (Frame::Object(own), Frame::Object(others)) = (own, others)
                    && !Rc::ptr_eq(own, others)
                {
                    Rc::make_mut(own).retain(|key| others.contains(key));
                }
            }
        }
        is_same
    }
}
