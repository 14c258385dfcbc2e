//! Scanning: splits a Liquid text into literal texts, outputs and tags, and these into tokens. Unlike the language's own
//! lexer it accepts everything, and assumes that a quote or delimiter that is missing was meant to be on the same line.

use crate::liquid::Span;
use crate::liquid::syntax::character::{is_blank, is_word};
use crate::liquid::syntax::dialect::Reading;

/// The most outputs and tags of one text that are examined.
const MAX_CONSTRUCTS: usize = 20_000;
/// The most outputs and tags without their own delimiter. After that, the rest is not examined.
const MAX_WRONG: usize = 50;
/// The most braces inside an output.
const MAX_BRACES: usize = 4;

/// How many bytes after its beginning the end of an output, tag or string is looked for, so that hostile texts take linear
/// time.
const MAX_LENGTH: usize = 10_000;

/// A part of a Liquid text.
#[derive(Clone, Debug)]
pub(super) struct Construct {
    pub(super) kind: ConstructKind,
    /// All of it, delimiters included.
    pub(super) span: Span,
    /// The part between the delimiters, without trim marks and whitespace.
    pub(super) inner: Span,
    pub(super) ending: Ending,
    pub(super) tokens: Vec<Token>,
}

/// The parts of a text.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) constructs: Vec<Construct>,
    /// Whether these are all of them.
    pub(super) is_complete: bool,
}

/// The kind of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConstructKind {
    Text,
    Output,
    Tag,
    /// A line of a `{% liquid %}` tag.
    Line,
}

/// How an output or tag ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With its own delimiter.
    Closed,
    /// With something else: the span of the wrong delimiter, which is empty if there is none.
    Wrong(Span),
}

/// A token of an output or tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    Number,
    Quoted,
    /// A quote without the one that closes it, up to the end.
    Unclosed,
    /// A string in typographic quotes.
    Typographic,
    /// A string whose quotes have a backslash before them.
    Escaped,
    Symbol,
}

/// Symbols of several characters, longer ones before their beginnings.
const SYMBOLS: [&str; 21] = [
    ":=", "===", "!==", "&&", "||", "??", "==", "!=", "=!", "<>", ">=", "<=", "=>", "=<", "..", "{{", "}}", "${", "?.",
    "++", "--",
];

impl Construct {
    /// The name of a tag; empty for anything else.
    pub(super) fn name<'t>(&self, text: &'t str) -> &'t str {
        match (self.kind, self.tokens.first()) {
            (ConstructKind::Tag | ConstructKind::Line, Some(Token { kind: TokenKind::Word, span })) => span.of(text),
            _ => "",
        }
    }

    /// The delimiters with their trim marks: what is before and after the inner part, without whitespace.
    pub(super) fn trim_marks(&self, text: &str) -> (&'static str, &'static str) {
        let before = &text[self.span.start..self.inner.start.max(self.span.start)];
        let after = &text[self.inner.end.max(self.inner.start)..self.span.end.max(self.inner.end)];
        (if before.contains('-') { "-" } else { "" }, if after.contains('-') { "-" } else { "" })
    }
}

/// Splits a text. The bodies of `raw` and `comment` are literal text that is left out.
pub(super) fn scan(text: &str, reading: Reading) -> Scanned {
    let mut found: Vec<Construct> = Vec::new();
    let mut wrong = 0;
    let mut at = 0;
    let mut literal = 0;
    while at < text.len() {
        if found.len() >= MAX_CONSTRUCTS || wrong >= MAX_WRONG {
            return Scanned { constructs: found, is_complete: false };
        }
        let Some(opener) = next_opener(text, at) else { break };
        if opener > literal {
            found.push(literal_text(literal, opener));
        }
        let construct =
            if text[opener..].starts_with("{{") { output(text, opener, reading) } else { tag(text, opener) };
        at = construct.span.end.max(opener + 2);
        wrong += usize::from(construct.ending != Ending::Closed);
        let name = construct.name(text);
        let end = match name {
            "raw" | "comment" => Some(format!("end{name}")),
            _ => None,
        };
        if name == "liquid" && construct.ending == Ending::Closed {
            found.extend(lines(text, &construct));
        } else {
            found.push(construct);
        }
        if let Some(end) = end {
            at = end_of_body(text, at, &end).unwrap_or(text.len());
        }
        literal = at;
    }
    if literal < text.len() {
        found.push(literal_text(literal, text.len()));
    }
    Scanned { constructs: found, is_complete: true }
}

/// The part of a text from here on in which the end of something is looked for.
fn window(text: &str, start: usize) -> &str {
    let mut end = text.len().min(start.saturating_add(MAX_LENGTH));
    while !text.is_char_boundary(end) {
        end += 1;
    }
    text.get(start..end).unwrap_or_default()
}

fn literal_text(start: usize, end: usize) -> Construct {
    let span = Span::new(start, end);
    Construct { kind: ConstructKind::Text, span, inner: span, ending: Ending::Closed, tokens: Vec::new() }
}

fn next_opener(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len().saturating_sub(1)).find(|&at| bytes[at] == b'{' && matches!(bytes[at + 1], b'{' | b'%'))
}

/// The start of the tag that ends a body.
fn end_of_body(text: &str, from: usize, end: &str) -> Option<usize> {
    let mut at = from;
    loop {
        let opener = at + text.get(at..)?.find("{%")?;
        let name = text[opener + 2..].trim_start_matches('-').trim_start();
        // `end comment` and `end_comment` are probably meant to end it.
        let spelled = name.strip_prefix("end").map(|rest| rest.trim_start_matches([' ', '_']));
        let is_end = |name: &str, end: &str| name.strip_prefix(end).is_some_and(|after| !after.starts_with(is_word));
        if is_end(name, end) || spelled.is_some_and(|name| is_end(name, &end[3..])) {
            return Some(opener);
        }
        at = opener + 2;
    }
}

/// The lines of a `{% liquid %}` tag, as tags.
fn lines(text: &str, construct: &Construct) -> Vec<Construct> {
    let Some(name) = construct.tokens.first() else { return Vec::new() };
    let mut at = name.span.end;
    let mut found = Vec::new();
    for line in text[at..construct.inner.end.max(at)].split_inclusive('\n') {
        let span = trimmed(text, Span::new(at, at + line.len()));
        at += line.len();
        if span.start < span.end {
            let tokens = tokens(text, span);
            found.push(Construct { kind: ConstructKind::Line, span, inner: span, ending: Ending::Closed, tokens });
        }
    }
    found
}

fn output(text: &str, start: usize, reading: Reading) -> Construct {
    let end = match output_end(text, start) {
        // In the loose grammar, an output ends on its line.
        Some(end) if reading == Reading::Exact || !text[start..end].contains('\n') => Some(end),
        _ => None,
    };
    let (inner_end, span_end, ending) = match end {
        Some(end) => (end - 2, end, Ending::Closed),
        None => wrong_end(text, start),
    };
    construct(text, ConstructKind::Output, Span::new(start, span_end), inner_end, ending)
}

fn tag(text: &str, start: usize) -> Construct {
    let closer = window(text, start + 2).find("%}").map(|at| start + 2 + at);
    let is_clean = |end: &usize| {
        let inner = &text[start + 2..*end];
        !inner.contains("{%") && !inner.lines().skip(1).any(|line| line.contains("\":"))
    };
    let (inner_end, span_end, ending) = match closer.filter(is_clean) {
        Some(end) => (end, end + 2, Ending::Closed),
        None => wrong_end(text, start),
    };
    construct(text, ConstructKind::Tag, Span::new(start, span_end), inner_end, ending)
}

fn construct(text: &str, kind: ConstructKind, span: Span, inner_end: usize, ending: Ending) -> Construct {
    let mut inner = Span::new(span.start + 2, inner_end.max(span.start + 2));
    if text[inner.range()].starts_with('-') {
        inner.start += 1;
    }
    let is_marked = ending == Ending::Closed || matches!(ending, Ending::Wrong(closer) if closer.start < closer.end);
    if is_marked && inner.end > inner.start && text[inner.range()].ends_with('-') {
        inner.end -= 1;
    }
    let inner = trimmed(text, inner);
    Construct { kind, span, inner, ending, tokens: tokens(text, inner) }
}

fn trimmed(text: &str, span: Span) -> Span {
    let inner = &text[span.range()];
    let start = span.end - inner.trim_start_matches(is_blank).len();
    Span::new(start, start + inner.trim_matches(is_blank).len())
}

/// The end of an output, if it has one that is likely to be its own. As in LiquidJS, delimiters inside quotes do not
/// count, unless the string is unlikely to be meant.
fn output_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start + 2;
    let limit = at + window(text, at).len();
    let mut depth = 0_usize;
    while at < limit {
        match bytes[at] {
            b'"' | b'\'' => match string_end(text, at) {
                Some(end) => at = end,
                // The quote is not closed, so the next delimiter is the end.
                None => {
                    return window(text, at).find("}}").map(|end| at + end + 2).filter(|end| !crosses(&text[at..*end]));
                }
            },
            b'\\' if matches!(bytes.get(at + 1), Some(b'"' | b'\'')) => {
                at = escaped_end(text, at).unwrap_or(at + 2);
            }
            b'{' if bytes.get(at + 1) == Some(&b'%') => return None,
            b'{' if depth >= MAX_BRACES => return None,
            b'{' if bytes.get(at + 1) == Some(&b'{') => {
                depth += 1;
                at += 2;
            }
            b'{' => {
                depth += 1;
                at += 1;
            }
            b'%' if bytes.get(at + 1) == Some(&b'}') => return None,
            b'}' if bytes.get(at + 1) == Some(&b'}') => {
                if depth == 0 {
                    return Some(at + 2);
                }
                // `{{{x}}}`, `{{${x}}}` and `{{ {{ x }} }}`
                depth -= 1;
                at += if bytes.get(at + 2) == Some(&b'}') { 1 } else { 2 };
            }
            b'}' if depth > 0 => {
                depth -= 1;
                at += 1;
            }
            b'}' => return None,
            _ => at += 1,
        }
    }
    None
}

/// Whether a part of a text goes beyond the output or tag in which it begins.
fn crosses(part: &str) -> bool {
    part.contains(['\n', '{'])
}

/// The end of the string that begins at a quote; `None` if it is not closed, or if it is so far away that the quote was
/// probably not meant to open it.
pub(super) fn string_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = bytes[start];
    let mut at = start + 1;
    let limit = at + window(text, at).len();
    while at < limit {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => {
                let string = text.get(start + 1..at)?;
                let ends = string.contains("}}") || string.contains("%}");
                let is_json = quote == b'"' && ends_json_string(text, at);
                let is_far =
                    ends && (is_json || string.contains(['\n', '"']) || string.contains("{{") || string.contains("{%"));
                return (!is_far).then_some(at + 1);
            }
            _ => at += 1,
        }
    }
    None
}

/// The end of a string whose quotes have a backslash before them.
fn escaped_end(text: &str, start: usize) -> Option<usize> {
    let quote = text.get(start..start + 2)?;
    let rest = window(text, start + 2);
    let end = rest.find(quote)?;
    (!rest[..end].contains(['\n', '{', '}'])).then_some(start + 2 + end + 2)
}

/// Where an output or tag without its own delimiter was probably meant to end: the end of the inner part, of all of it,
/// and the delimiter that is there instead.
fn wrong_end(text: &str, start: usize) -> (usize, usize, Ending) {
    let bytes = text.as_bytes();
    let mut at = start + 2;
    let limit = at + window(text, at).len();
    while at < limit {
        match bytes[at] {
            b'\n' | b'{' => break,
            quote @ (b'"' | b'\'') => match string_end(text, at).filter(|end| !crosses(&text[at..*end])) {
                // A quote before a comma, colon or bracket ends the JSON string around the construct.
                Some(_) if quote == b'"' && ends_json_string(text, at) => break,
                Some(end) => at = end,
                None => break,
            },
            b'}' | b'%' => {
                let length = match &bytes[at..] {
                    [b'}' | b'%', b'}', ..] | [b'}', b'%', ..] => 2,
                    [b'}', ..] => 1,
                    _ => {
                        at += 1;
                        continue;
                    }
                };
                return (at, at + length, Ending::Wrong(Span::new(at, at + length)));
            }
            _ => at += 1,
        }
    }
    let end = trimmed(text, Span::new(start + 2, at.min(limit))).end.max(start + 2);
    (end, end, Ending::Wrong(Span::new(end, end)))
}

fn ends_json_string(text: &str, quote: usize) -> bool {
    text[quote + 1..].trim_start().starts_with([',', ':', '}', ']'])
}

/// The tokens of a part of a text.
pub(super) fn tokens(text: &str, part: Span) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = part.start;
    while let Some(next) = text.get(at..part.end).and_then(|rest| rest.chars().next()) {
        if is_blank(next) {
            at += next.len_utf8();
            continue;
        }
        let (kind, end) = token(text, at, part.end, next, found.last());
        found.push(Token { kind, span: Span::new(at, end) });
        at = end;
    }
    found
}

fn token(text: &str, at: usize, limit: usize, next: char, before: Option<&Token>) -> (TokenKind, usize) {
    let rest = &text[at..limit];
    let of_length = |kind, length: usize| (kind, at + length);
    match next {
        '"' | '\'' => match string_end(text, at).filter(|end| *end <= limit) {
            Some(end) => (TokenKind::Quoted, end),
            None => (TokenKind::Unclosed, limit),
        },
        '\\' if rest[1..].starts_with(['"', '\'']) => match escaped_end(text, at).filter(|end| *end <= limit) {
            Some(end) => (TokenKind::Escaped, end),
            None => of_length(TokenKind::Symbol, 2),
        },
        '“' | '”' | '„' | '‘' | '’' | '‚' | '«' => {
            let closers: &[char] = match next {
                '“' | '”' | '„' => &['“', '”', '"'],
                '«' => &['»'],
                _ => &['‘', '’', '\''],
            };
            let length = next.len_utf8();
            let end = rest[length..].find(closers);
            let closer = |end: usize| rest[length + end..].chars().next().map_or(0, char::len_utf8);
            match end {
                Some(end) => of_length(TokenKind::Typographic, length + end + closer(end)),
                None => of_length(TokenKind::Unclosed, rest.len()),
            }
        }
        '0'..='9' => of_length(TokenKind::Number, number_length(rest)),
        '-' if rest[1..].starts_with(|digit: char| digit.is_ascii_digit())
            && !before.is_some_and(|before| before.span.end == at && before.kind != TokenKind::Symbol) =>
        {
            of_length(TokenKind::Number, 1 + number_length(&rest[1..]))
        }
        '-' | '?' if !rest[1..].starts_with(|next: char| is_word(next)) => of_length(TokenKind::Symbol, 1),
        _ if is_word(next) && !matches!(next, '-' | '?') => {
            let end = rest.find(|character| !is_word(character) || is_typographic(character));
            of_length(TokenKind::Word, end.unwrap_or(rest.len()))
        }
        _ => {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            of_length(TokenKind::Symbol, symbol.map_or(next.len_utf8(), |symbol| symbol.len()))
        }
    }
}

const fn is_typographic(character: char) -> bool {
    matches!(character, '‘' | '’' | '‚' | '„' | '«' | '»')
}

fn number_length(rest: &str) -> usize {
    let digits = |rest: &str| rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
    let whole = digits(rest);
    let fraction = rest[whole..].strip_prefix('.').map_or(0, digits);
    if fraction > 0 { whole + 1 + fraction } else { whole }
}
