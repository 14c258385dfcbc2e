//! The expression parser: expressions, filters and arguments inside an output or tag.

use foldhash::HashMap;

use crate::engine::language::Language;
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::span::Span;
use crate::syntax::character::{is_blank, is_word};
use crate::syntax::dialect::{Reading, UnknownFilters};
use crate::syntax::excerpt;
use crate::syntax::lexer::quoted_end;
use crate::syntax::tree::{
    Argument, Expression, FilterCall, FilteredValue, NamedArgument, Operand, OperandKind, Segment, SegmentKey, Step,
};
use crate::value::number::Numbers;
use crate::value::operators::Operator;
use crate::value::{Arena, Value, number, utf16};

/// How many steps it takes to parse an operand, without its text.
const OPERAND: usize = 4;
/// From how many named arguments they are found by an index.
const MANY_ARGUMENTS: usize = 16;
/// Deepest nesting of brackets and parentheses.
const MAX_DEPTH: usize = 100;

/// Words that are literals.
const LITERALS: [(&str, Value<'static>); 6] = [
    ("true", Value::Bool(true)),
    ("false", Value::Bool(false)),
    ("nil", Value::Nil),
    ("null", Value::Nil),
    ("empty", Value::Empty),
    ("blank", Value::Blank),
];

/// Parses expressions in a part of the source, from left to right.
#[derive(Clone, Debug)]
pub struct ExpressionParser<'a> {
    source: &'a str,
    at: usize,
    end: usize,
    arena: &'a Arena,
    language: &'a Language,
    depth: usize,
}

impl<'a> ExpressionParser<'a> {
    /// A parser of `part` of `source`.
    #[must_use]
    pub fn new(source: &'a str, part: Span, arena: &'a Arena, language: &'a Language) -> Self {
        Self { source, at: part.start, end: part.end, arena, language, depth: 0 }
    }

    /// The byte to be read next.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.at
    }

    /// Moves to a byte.
    pub const fn set_position(&mut self, at: usize) {
        self.at = at;
    }

    /// Whether everything has been read.
    #[must_use]
    pub const fn is_at_end(&self) -> bool {
        self.at >= self.end
    }

    /// The next character.
    #[must_use]
    pub fn peek(&self) -> Option<char> {
        let byte = *self.source.as_bytes().get(self.at).filter(|_| self.at < self.end)?;
        if byte.is_ascii() { Some(char::from(byte)) } else { self.source.get(self.at..self.end)?.chars().next() }
    }

    /// Consumes `character` if it comes next.
    pub fn take(&mut self, character: char) -> bool {
        let is_next = self.peek() == Some(character);
        if is_next {
            self.at += character.len_utf8();
        }
        is_next
    }

    /// Skips one UTF-16 code unit, as LiquidJS does before it reports it: half of a surrogate pair, or even past the
    /// end.
    fn step_over_unit(&mut self) {
        let next = self.source.get(self.at..).and_then(|rest| rest.chars().next());
        self.at += next.filter(|character| utf16::char_length(*character) == 1).map_or(1, char::len_utf8);
    }

    /// Skips whitespace.
    pub fn skip_blanks(&mut self) {
        while let Some(character) = self.peek()
            && is_blank(character)
        {
            self.at += character.len_utf8();
        }
    }

    /// Skips everything up to and including the next `delimiter`. Without one, skips to the end and returns `false`.
    pub fn skip_past(&mut self, delimiter: &str) -> bool {
        let rest = self.source.get(self.at..self.end).unwrap_or_default();
        let found = rest.find(delimiter);
        self.arena.count(1 + found.unwrap_or(rest.len()) / 16);
        self.at = found.map_or(self.end.max(self.at), |found| self.at + found + delimiter.len());
        found.is_some()
    }

    /// An error at the current position.
    #[must_use]
    pub fn error(&self, message: impl Into<String>) -> Error {
        Error::at(ErrorKind::Tokenization, message, self.source, Span::new(self.at, self.end.max(self.at)))
    }

    /// The rest of the input, cut to 32 characters and quoted, for messages.
    #[must_use]
    pub fn snapshot(&self) -> String {
        excerpt::quoted(self.source, self.at, self.end)
    }

    /// Parses a name after whitespace; an empty span if there is none.
    pub fn identifier(&mut self) -> Span {
        self.skip_blanks();
        let start = self.at;
        while let Some(character) = self.peek()
            && is_word(character)
        {
            self.at += character.len_utf8();
        }
        Span::new(start, self.at)
    }

    /// The text of a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &'a str {
        span.of(self.source)
    }

    /// Parses an expression and its filters, which must all exist.
    ///
    /// # Errors
    /// A syntax error, or an unknown filter (without a position: that of the tag or output applies).
    pub fn value(&mut self) -> Result<FilteredValue<'a>> {
        let value = self.filtered_value()?;
        if self.language.dialect().unknown_filters == UnknownFilters::PassThrough {
            return Ok(value);
        }
        match value.filters.iter().find(|filter| filter.filter.is_none()) {
            Some(unknown) => Err(Error::unknown_filter(unknown.name).within(unknown.span)),
            None => Ok(value),
        }
    }

    /// Parses an expression and its filters, whether they exist or not.
    ///
    /// # Errors
    /// A syntax error.
    pub fn filtered_value(&mut self) -> Result<FilteredValue<'a>> {
        if self.is_loose() {
            return self.loose_value();
        }
        let start = self.at;
        let expression = self.expression()?;
        if expression.steps.is_empty() {
            return Err(self.error(format!("invalid value expression: {}", self.snapshot())));
        }
        let mut filters = bumpalo::collections::Vec::new_in(self.arena);
        while let Some(filter) = self.filter()? {
            filters.push(filter);
        }
        Ok(FilteredValue { expression, filters: filters.into_bump_slice(), span: Span::new(start, self.at) })
    }

    fn is_loose(&self) -> bool {
        self.language.dialect().reading == Reading::Loose
    }

    /// Parses an operand and its filters in the loose grammar, and skips everything else.
    fn loose_value(&mut self) -> Result<FilteredValue<'a>> {
        let start = self.at;
        let operand = self
            .fragment()?
            .unwrap_or(Operand { kind: OperandKind::Literal(Value::Null), span: Span::new(start, start) });
        let mut filters = bumpalo::collections::Vec::new_in(self.arena);
        while self.skip_past("|") {
            self.skip_blanks();
            let name = self.identifier();
            if name.start == name.end {
                continue;
            }
            let mut arguments = bumpalo::collections::Vec::new_in(self.arena);
            let mut end = name.end;
            while let Some(next) = self.peek().filter(|next| *next != '|') {
                match next {
                    ':' | ',' => {
                        self.take(next);
                        if let Some(value) = self.fragment()? {
                            end = self.at;
                            arguments.push(Argument { key: None, value: Some(value) });
                        }
                    }
                    '"' | '\'' => self.at = self.loose_quoted_end(),
                    _ => self.at += next.len_utf8(),
                }
            }
            let span = Span::new(name.start, end);
            let name = self.text(name);
            let arguments = arguments.into_bump_slice();
            filters.push(FilterCall { name, filter: self.language.filter(name), arguments, span });
        }
        let steps = self.arena.alloc_slice_copy(&[Step::Operand(operand)]);
        let span = Span::new(start, self.at);
        Ok(FilteredValue { expression: Expression { steps }, filters: filters.into_bump_slice(), span })
    }

    /// Parses a condition in the loose grammar.
    ///
    /// # Errors
    /// The condition is missing or has an unknown operator.
    pub(super) fn loose_condition(&mut self) -> Result<FilteredValue<'a>> {
        let start = self.at;
        let expression = self.expression()?;
        let mut before = None;
        for step in expression.steps {
            match (before, step) {
                (Some(Step::Operand(_)), Step::Operand(second)) if expression.steps.len() == 2 => {
                    let text = second.span.of(self.source);
                    let error = Error::new(format!("unknown operator {text}"));
                    return Err(error.about(Subject::UnknownOperator(text.to_owned())).within(second.span));
                }
                _ => before = Some(*step),
            }
        }
        if expression.steps.is_empty() {
            return Err(self.error(format!("invalid value expression: {}", self.snapshot())));
        }
        Ok(FilteredValue { expression, filters: &[], span: Span::new(start, self.at) })
    }

    /// Parses a value that `cycle` prints; the loose grammar allows no filters there.
    ///
    /// # Errors
    /// As [`ExpressionParser::filtered_value`].
    pub(crate) fn candidate(&mut self) -> Result<FilteredValue<'a>> {
        if !self.is_loose() {
            return self.filtered_value();
        }
        let start = self.at;
        let Some(operand) = self.fragment()? else {
            return Err(self.error(format!("invalid value expression: {}", self.snapshot())));
        };
        let steps = self.arena.alloc_slice_copy(&[Step::Operand(operand)]);
        Ok(FilteredValue { expression: Expression { steps }, filters: &[], span: Span::new(start, self.at) })
    }

    /// Parses one fragment in the loose grammar: a quoted string, or everything up to whitespace, a comma, a bar or a
    /// quote. A fragment that is not a literal, range or path is the name of a variable.
    fn fragment(&mut self) -> Result<Option<Operand<'a>>> {
        self.skip_blanks();
        let start = self.at;
        match self.peek() {
            None | Some('|' | ',') => return Ok(None),
            Some('"' | '\'') => {
                let end = self.loose_quoted_end();
                // Without its closing quote, the fragment is skipped.
                let text = if end > start + 1 { self.text(Span::new(start + 1, end - 1)) } else { "" };
                self.at = end;
                return Ok(Some(Operand {
                    kind: OperandKind::Literal(Value::String(text)),
                    span: Span::new(start, end),
                }));
            }
            _ => {}
        }
        while let Some(next) = self.peek() {
            match next {
                ',' | '|' => break,
                '"' | '\'' => self.at = self.loose_quoted_end(),
                _ if is_blank(next) => break,
                _ => self.at += next.len_utf8(),
            }
        }
        let span = Span::new(start, self.at);
        self.arena.count(OPERAND + (self.at - start));
        let mut inner = Self { end: span.end, at: start, ..self.clone() };
        let is_signed = matches!(span.of(self.source).as_bytes().first(), Some(b'-' | b'+'));
        if !is_signed
            && let Ok(Some(operand)) = inner.operand()
            && inner.at == span.end
        {
            return Ok(Some(operand));
        }
        let name = Segment::new(SegmentKey::Name(self.text(span)), span);
        let segments = self.arena.alloc_slice_fill_iter([name]);
        Ok(Some(Operand { kind: OperandKind::Path { base: None, segments }, span }))
    }

    /// The end of a quoted string without escapes; just after the opening quote if it is not closed.
    fn loose_quoted_end(&self) -> usize {
        let bytes = self.source.as_bytes();
        let rest = bytes.get(self.at + 1..self.end).unwrap_or_default();
        memchr::memchr(bytes[self.at], rest).map_or(self.at + 1, |length| self.at + length + 2)
    }

    /// Parses operands and operators as long as there are any.
    fn expression(&mut self) -> Result<Expression<'a>> {
        let mut steps = bumpalo::collections::Vec::new_in(self.arena);
        let mut waiting: Vec<(Operator, Span)> = Vec::new();
        loop {
            if let Some((operator, span)) = self.operator() {
                while let Some((earlier, span)) =
                    waiting.pop_if(|(earlier, _)| earlier.precedence() > operator.precedence())
                {
                    steps.push(Step::Operator(earlier, span));
                }
                waiting.push((operator, span));
            } else if let Some(operand) = if self.is_loose() { self.fragment()? } else { self.operand()? } {
                steps.push(Step::Operand(operand));
            } else {
                break;
            }
        }
        steps.extend(waiting.into_iter().rev().map(|(operator, span)| Step::Operator(operator, span)));
        Ok(Expression { steps: steps.into_bump_slice() })
    }

    fn operator(&mut self) -> Option<(Operator, Span)> {
        self.skip_blanks();
        let rest = self.source.get(self.at..self.end)?;
        let first = *rest.as_bytes().first()?;
        if !matches!(first, b'=' | b'!' | b'>' | b'<' | b'c' | b'n' | b'a' | b'o') {
            return None;
        }
        let (text, operator) =
            *self.language.dialect().operators.iter().find(|(text, _)| starts_with_word(rest, text))?;
        let span = Span::new(self.at, self.at + text.len());
        self.at = span.end;
        Some((operator, span))
    }

    fn filter(&mut self) -> Result<Option<FilterCall<'a>>> {
        self.skip_blanks();
        match self.peek() {
            None | Some(')' | ',') => return Ok(None),
            Some('|') => self.at += 1,
            Some(_) => {
                self.step_over_unit();
                return Err(self.error("expected \"|\" before filter"));
            }
        }
        let name = self.identifier();
        if name.start == name.end {
            return if self.is_at_end() { Ok(None) } else { Err(self.error("expected filter name")) };
        }
        let mut arguments = bumpalo::collections::Vec::new_in(self.arena);
        let mut end = self.at;
        self.skip_blanks();
        match self.peek() {
            Some(':') => loop {
                self.at += 1;
                arguments.extend(self.argument()?);
                end = self.at;
                self.skip_blanks();
                match self.peek() {
                    Some(',') => {}
                    None | Some('|' | ')') => break,
                    Some(_) => return Err(self.error(format!("unexpected character {}", self.snapshot()))),
                }
            },
            None | Some('|' | ')' | ',') => {}
            Some(_) => return Err(self.error("expected \":\" after filter name")),
        }
        let span = Span::new(name.start, end);
        let name = self.text(name);
        let arguments = arguments.into_bump_slice();
        Ok(Some(FilterCall { name, filter: self.language.filter(name), arguments, span }))
    }

    fn argument(&mut self) -> Result<Option<Argument<'a>>> {
        let Some(operand) = self.operand()? else { return Ok(None) };
        self.skip_blanks();
        if !self.take(':') {
            return Ok(Some(Argument { key: None, value: Some(operand) }));
        }
        Ok(Some(Argument { key: Some(self.text(operand.span)), value: self.operand()? }))
    }

    /// Parses the arguments of a tag, `name: value` or just `name`, with or without commas between them. If a name is
    /// repeated, its last value counts.
    ///
    /// # Errors
    /// A syntax error in a value.
    pub fn named_arguments(&mut self) -> Result<&'a [NamedArgument<'a>]> {
        let mut arguments: bumpalo::collections::Vec<'a, NamedArgument<'a>> =
            bumpalo::collections::Vec::new_in(self.arena);
        // Their places by name, once there are many.
        let mut places: Option<HashMap<&str, usize>> = None;
        loop {
            self.skip_blanks();
            self.take(',');
            let start = self.at;
            let name = self.identifier();
            if name.start == name.end {
                return Ok(arguments.into_bump_slice());
            }
            self.skip_blanks();
            let value = if self.take(':') { self.operand()? } else { None };
            let name = self.text(name);
            let argument = NamedArgument { name, value, span: Span::new(start, self.at) };
            let place = if arguments.len() < MANY_ARGUMENTS {
                arguments.iter().position(|earlier| earlier.name == name)
            } else {
                let places = places.get_or_insert_with(|| {
                    arguments.iter().enumerate().map(|(place, earlier)| (earlier.name, place)).collect()
                });
                let place = places.get(name).copied();
                places.entry(name).or_insert(arguments.len());
                place
            };
            match place {
                Some(place) => arguments[place] = argument,
                None => arguments.push(argument),
            }
        }
    }

    /// Parses an operand: a literal, a path or a range. `None` if there is none.
    ///
    /// # Errors
    /// A syntax error in brackets or a range.
    pub fn operand(&mut self) -> Result<Option<Operand<'a>>> {
        self.skip_blanks();
        let start = self.at;
        let base = match self.literal() {
            Some(value) => Some(OperandKind::Literal(value)),
            None if self.peek() == Some('(') => Some(self.nested(Self::range)?),
            None => None,
        };
        let base = base.map(|kind| Operand { kind, span: Span::new(start, self.at) });
        let segments = self.segments(base.is_none())?;
        if segments.is_empty() {
            return Ok(base);
        }
        let base = base.map(|base| &*self.arena.alloc(base));
        Ok(Some(Operand { kind: OperandKind::Path { base, segments }, span: Span::new(start, self.at) }))
    }

    /// Parses an operand that is required.
    ///
    /// # Errors
    /// The operand is missing, or has a syntax error.
    pub fn expect_operand(&mut self) -> Result<Operand<'a>> {
        match self.operand()? {
            Some(operand) => Ok(operand),
            None => Err(self.error(format!("unexpected token {}, value expected", self.snapshot()))),
        }
    }

    /// Parses a path that starts from a variable, as in the string arguments of `where`; words such as `true` are names
    /// there.
    ///
    /// # Errors
    /// A syntax error in brackets.
    pub fn path(&mut self) -> Result<Option<Operand<'a>>> {
        self.skip_blanks();
        let start = self.at;
        let segments = self.segments(true)?;
        let span = Span::new(start, self.at);
        Ok((!segments.is_empty()).then_some(Operand { kind: OperandKind::Path { base: None, segments }, span }))
    }

    /// Parses a literal word, a quoted string or a number.
    fn literal(&mut self) -> Option<Value<'a>> {
        match self.peek()? {
            't' | 'f' | 'n' | 'e' | 'b' => {
                let rest = self.source.get(self.at..self.end)?;
                let (text, value) = LITERALS.into_iter().find(|(text, _)| starts_with_word(rest, text))?;
                self.at += text.len();
                Some(value)
            }
            '"' | '\'' => self.quoted().map(Value::String),
            '0'..='9' => self.number(),
            // In the loose grammar, a sign begins a name.
            '+' | '-' if !self.is_loose() => self.number(),
            _ => None,
        }
    }

    /// Parses a quoted string and resolves its escapes. `None` if there is no quote.
    pub fn quoted(&mut self) -> Option<&'a str> {
        self.skip_blanks();
        let quote = match self.peek()? {
            '"' => b'"',
            '\'' => b'\'',
            _ => return None,
        };
        let start = self.at;
        self.at = quoted_end(self.source.as_bytes(), start, self.end, quote).min(self.end);
        // The last character is assumed to be the closing quote. If that is missing, LiquidJS drops a real character
        // instead.
        let text = self.text(Span::new(start + 1, self.at));
        let (content_end, lost) = text.char_indices().next_back().unwrap_or_default();
        let content = text.get(..content_end).unwrap_or_default();
        if utf16::char_length(lost) == 2 && text.len() > content_end {
            // To be exact, half of its surrogate pair.
            return Some(self.arena.alloc_str(&utf16::prefix(text, utf16::length(text) - 1)));
        }
        Some(if content.contains('\\') { unescape(text, content_end, self.arena) } else { content })
    }

    fn number(&mut self) -> Option<Value<'a>> {
        let rest = self.source.get(self.at..self.end)?;
        let bytes = rest.as_bytes();
        let mut length = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
        let (mut has_digit, mut has_point) = (false, false);
        loop {
            match bytes.get(length) {
                Some(b'0'..=b'9') => has_digit = true,
                // Two dots make a range.
                Some(b'.') if bytes.get(length + 1) != Some(&b'.') => {
                    if has_point || !has_digit {
                        return None;
                    }
                    has_point = true;
                }
                _ => break,
            }
            length += 1;
        }
        let follows_word = rest[length..].chars().next().is_some_and(is_word);
        if !has_digit || follows_word {
            return None;
        }
        self.at += length;
        let number = number::parse(&rest[..length]);
        let is_float = has_point && self.language.dialect().numbers == Numbers::Ruby;
        Some(if is_float { Value::float(number) } else { Value::Number(number) })
    }

    fn range(&mut self) -> Result<OperandKind<'a>> {
        self.at += 1;
        let low = self.expect_operand()?;
        self.skip_blanks();
        if self.source.get(self.at..self.end).is_none_or(|rest| !rest.starts_with("..")) {
            return Err(self.error("invalid range syntax"));
        }
        self.at += 2;
        let high = self.expect_operand()?;
        self.skip_blanks();
        if !self.take(')') {
            self.step_over_unit();
            return Err(self.error("invalid range syntax"));
        }
        Ok(OperandKind::Range { low: self.arena.alloc(low), high: self.arena.alloc(high) })
    }

    fn segments(&mut self, mut may_begin: bool) -> Result<&'a [Segment<'a>]> {
        let mut segments = bumpalo::collections::Vec::new_in(self.arena);
        loop {
            if self.peek() == Some('[') {
                self.at += 1;
                segments.push(self.nested(Self::bracketed)?);
            } else if may_begin {
                let name = self.identifier();
                if name.start == name.end {
                    // Without a name, the path may still begin with `.name`.
                    match self.dotted() {
                        Some(segment) => segments.push(segment),
                        None => break,
                    }
                } else {
                    segments.push(Segment::new(SegmentKey::Name(self.text(name)), name));
                }
            } else if let Some(segment) = self.dotted() {
                segments.push(segment);
            } else {
                break;
            }
            may_begin = false;
        }
        Ok(segments.into_bump_slice())
    }

    /// Parses `.name`, but not the two dots of a range.
    fn dotted(&mut self) -> Option<Segment<'a>> {
        let rest = self.source.as_bytes().get(self.at..self.end)?;
        if rest.first() != Some(&b'.') || rest.get(1) == Some(&b'.') {
            return None;
        }
        self.at += 1;
        let name = self.identifier();
        (name.start < name.end).then(|| Segment::new(SegmentKey::Name(self.text(name)), name))
    }

    /// Parses the key after `[`, and consumes the `]`.
    fn bracketed(&mut self) -> Result<Segment<'a>> {
        let start = self.at;
        let key = match self.operand()? {
            Some(Operand { kind: OperandKind::Literal(Value::String(name)), .. }) => SegmentKey::Name(name),
            Some(operand) => SegmentKey::Computed(operand),
            None => SegmentKey::Name(""),
        };
        let span = Span::new(start, self.at);
        if !self.skip_past("]") {
            return Err(self.error("[ not closed"));
        }
        Ok(Segment::new(key, span))
    }

    fn nested<T>(&mut self, read: fn(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(format!("brackets are nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}

/// Whether `rest` begins with `text` as a whole word, if `text` ends in a letter.
fn starts_with_word(rest: &str, text: &str) -> bool {
    rest.strip_prefix(text).is_some_and(|after| {
        !text.ends_with(|last: char| last.is_ascii_alphabetic()) || !after.chars().next().is_some_and(is_word)
    })
}

/// Resolves the escapes in the first `end` bytes of a quoted string: `\n` and the like, `\uXXXX` with up to four
/// digits, up to three octal digits. Any other escaped character is kept as it is. An escape may reach past `end`.
fn unescape<'a>(quoted: &str, end: usize, arena: &'a Arena) -> &'a str {
    let mut text = String::with_capacity(end);
    let mut rest = quoted.chars();
    while quoted.len() - rest.as_str().len() < end
        && let Some(character) = rest.next()
    {
        if character != '\\' {
            text.push(character);
            continue;
        }
        text.push(match rest.clone().next() {
            Some('u') => {
                rest.next();
                take_digits(&mut rest, 16, 4)
            }
            Some('0'..='7') => take_digits(&mut rest, 8, 3),
            Some(other) => {
                rest.next();
                match other {
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'v' => '\u{b}',
                    other => other,
                }
            }
            None => break,
        });
    }
    arena.alloc_str(&utf16::join_surrogates(&text))
}

fn take_digits(rest: &mut std::str::Chars<'_>, radix: u32, most: usize) -> char {
    let mut unit: u16 = 0;
    for _ in 0..most {
        let Some(digit) = rest.clone().next().and_then(|digit| digit.to_digit(radix)) else { break };
        rest.next();
        unit = unit.wrapping_mul(u16::try_from(radix).unwrap_or(16)).wrapping_add(u16::try_from(digit).unwrap_or(0));
    }
    utf16::char_of_unit(unit)
}
