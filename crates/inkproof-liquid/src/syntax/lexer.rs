//! The lexer: splits a template into tokens: literal text, outputs and tags. The contents of outputs and tags are
//! parsed later, by the [expression parser](super::expression_parser).

use crate::error::{Error, ErrorKind, Subject};
use crate::span::Span;
use crate::syntax::character::is_blank;
use crate::syntax::dialect::Reading;
use crate::syntax::excerpt;
use crate::value::Arena;

/// A token of the source.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    /// The kind of token.
    pub kind: TokenKind<'a>,
    /// The whole token, delimiters included.
    pub span: Span,
    /// The text to print, or the text between the delimiters without whitespace and trim marks.
    pub content: Span,
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind<'a> {
    /// Literal text.
    Text,
    /// `{{ … }}`
    Output,
    /// `{% … %}`, or a line inside `{% liquid %}`.
    Tag {
        /// Its name; `#` for an inline comment.
        name: &'a str,
        /// The byte where its arguments begin.
        arguments: usize,
    },
}

impl<'a> Token<'a> {
    /// The tag's name; empty for other tokens.
    #[must_use]
    pub const fn tag_name(&self) -> &'a str {
        match self.kind {
            TokenKind::Tag { name, .. } => name,
            _ => "",
        }
    }

    /// The text of a tag's arguments.
    #[must_use]
    pub fn arguments(&self, source: &'a str) -> &'a str {
        match self.kind {
            TokenKind::Tag { arguments, .. } => source.get(arguments..self.content.end).unwrap_or_default(),
            _ => "",
        }
    }
}

/// A token with its trim marks, before they have been applied to its neighbours.
struct Lexeme<'a> {
    token: Token<'a>,
    trims_left: bool,
    trims_right: bool,
}

/// How many steps it takes to read and parse a token, without what is searched again.
const LEXEME: usize = 16;
/// How many errors are reported for one template.
pub(super) const MAX_ERRORS: usize = 100;

/// Splits a template into tokens, and returns every error found.
#[must_use]
pub fn tokenize<'a>(source: &'a str, reading: Reading, arena: &Arena) -> (Vec<Token<'a>>, Vec<Error>) {
    let mut lexer = Lexer { source, scanned: 0, reading, at: 0, raw_start: None, line_end: None, errors: Vec::new() };
    let mut lexemes = Vec::with_capacity(source.len() / 24);
    // Each recovery after an error may scan the rest of the template, so the number of errors is bounded.
    while lexer.at < source.len() && lexer.errors.len() < MAX_ERRORS {
        lexemes.extend(lexer.next());
    }
    arena.count(lexer.scanned / 16 + source.len() / 4 + lexemes.len() * LEXEME);
    (apply_trim_marks(source, lexemes), lexer.errors)
}

/// Splits the body of a `{% liquid %}` tag into tags, one per line.
#[must_use]
pub fn tokenize_lines(source: &str, body: Span) -> (Vec<Token<'_>>, Vec<Error>) {
    let (mut tokens, mut errors) = (Vec::new(), Vec::new());
    let mut at = body.start;
    loop {
        at = skip_blanks(source, at, body.end);
        if at >= body.end || errors.len() >= MAX_ERRORS {
            return (tokens, errors);
        }
        let line = &source.as_bytes()[at..body.end];
        let end = memchr::memchr(b'\n', line).map_or(body.end, |newline| at + newline + 1);
        match tag(source, Span::new(at, end), Span::new(at, end), "illegal liquid tag syntax") {
            Ok(lexeme) => tokens.push(lexeme.token),
            Err(error) => errors.push(error),
        }
        at = end;
    }
}

struct Lexer<'a> {
    source: &'a str,
    /// How many bytes have been searched, some of them more than once.
    scanned: usize,
    reading: Reading,
    at: usize,
    /// Where the current `{% raw %}` began.
    raw_start: Option<usize>,
    /// The end of the last line that was looked for: in the loose grammar, what is on one line may be searched often.
    line_end: Option<usize>,
    errors: Vec<Error>,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Option<Lexeme<'a>> {
        if let Some(raw_start) = self.raw_start {
            return self.raw_body(raw_start);
        }
        match self.source.as_bytes()[self.at..] {
            [b'{', b'%', ..] if self.reading == Reading::Loose => Some(self.loose_tag()),
            [b'{', b'{', ..] if self.reading == Reading::Loose => Some(self.loose_output()),
            [b'{', b'%', ..] => self.tag(),
            [b'{', b'{', ..] => Some(self.output()),
            _ => Some(self.text_from(self.at)),
        }
    }

    /// The text up to the next opening delimiter after `from`.
    fn text_from(&mut self, from: usize) -> Lexeme<'a> {
        let end = self.next_opener(from);
        self.text(end)
    }

    fn text(&mut self, end: usize) -> Lexeme<'a> {
        let span = Span::new(self.at, end);
        self.at = end;
        Lexeme { token: Token { kind: TokenKind::Text, span, content: span }, trims_left: false, trims_right: false }
    }

    fn tag(&mut self) -> Option<Lexeme<'a>> {
        let start = self.at;
        // The closer may share the opener's percent sign: `{%}` is a tag.
        let Some(end) = self.find("%}", start + 1) else {
            return Some(self.not_closed("tag", start));
        };
        self.at = end;
        match tag(
            self.source,
            Span::new(start, end),
            Span::new(start + 2, end - 2),
            "illegal tag syntax, tag name expected",
        ) {
            Ok(lexeme) => {
                if lexeme.token.tag_name() == "raw" {
                    self.raw_start = Some(start);
                }
                Some(lexeme)
            }
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    fn output(&mut self) -> Lexeme<'a> {
        let start = self.at;
        let Some(end) = self.output_end(start) else {
            return self.not_closed("output", start);
        };
        self.at = end;
        let (content, trims_left, trims_right) =
            trim_content(self.source, Span::new(start + 2, end - 2), Reading::Exact);
        let token = Token { kind: TokenKind::Output, span: Span::new(start, end), content };
        Lexeme { token, trims_left, trims_right }
    }

    /// A tag of the loose grammar: it ends on the line where it begins, and its name comes first.
    fn loose_tag(&mut self) -> Lexeme<'a> {
        let start = self.at;
        let line = self.line_end(start);
        let Some(end) = self.find("%}", start + 2).filter(|end| *end <= line) else {
            return self.unterminated(Subject::UnterminatedTag, start, start + 2);
        };
        let contents = Span::new(start + 2, end - 2);
        let (content, _, _) = trim_content(self.source, contents, Reading::Loose);
        let name = word(self.source, content.start);
        let name = Span::new(name.start, name.end.min(content.end).max(name.start));
        let is_named =
            self.source[content.start..].starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_');
        if !is_named {
            return self.unterminated(Subject::UnterminatedTag, start, end);
        }
        self.at = end;
        if name.of(self.source) == "raw" {
            self.raw_start = Some(start);
        }
        let arguments = skip_blanks(self.source, name.end, content.end);
        let kind = TokenKind::Tag { name: name.of(self.source), arguments };
        Lexeme { token: Token { kind, span: Span::new(start, end), content }, trims_left: false, trims_right: false }
    }

    /// An output of the loose grammar: it ends on the line where it begins, at the first closing brace, which another
    /// must follow.
    fn loose_output(&mut self) -> Lexeme<'a> {
        let start = self.at;
        let line = self.line_end(start);
        let Some(closer) = self.find("}", start + 2).filter(|end| *end <= line) else {
            return self.unterminated(Subject::UnterminatedOutput, start, start + 2);
        };
        if self.source.as_bytes().get(closer) != Some(&b'}') {
            return self.unterminated(Subject::UnterminatedOutput, start, closer);
        }
        self.at = closer + 1;
        let (content, _, _) = trim_content(self.source, Span::new(start + 2, closer - 1), Reading::Loose);
        let token = Token { kind: TokenKind::Output, span: Span::new(start, closer + 1), content };
        Lexeme { token, trims_left: false, trims_right: false }
    }

    fn line_end(&mut self, from: usize) -> usize {
        match self.line_end {
            Some(end) if from <= end => end,
            _ => {
                let end = self.find("\n", from).map_or(self.source.len(), |end| end - 1);
                self.line_end = Some(end);
                end
            }
        }
    }

    /// Reports an output or tag of the loose grammar that does not end, and continues after it as if it were text.
    fn unterminated(&mut self, subject: fn(String) -> Subject, start: usize, end: usize) -> Lexeme<'a> {
        let span = Span::new(start, end);
        let text = span.of(self.source);
        let error = Error::at(ErrorKind::Tokenization, format!("{text} not closed"), self.source, span);
        self.errors.push(error.about(subject(text.to_owned())));
        self.text_from(end)
    }

    /// Reports an opening delimiter without a closing one, and continues after it as if it were text.
    fn not_closed(&mut self, what: &str, start: usize) -> Lexeme<'a> {
        let rest = excerpt::quoted(self.source, start, self.source.len());
        self.errors.push(Error::at(
            crate::error::ErrorKind::Tokenization,
            format!("{what} {rest} not closed"),
            self.source,
            Span::new(start, start + 2),
        ));
        self.text_from(start + 2)
    }

    /// The text up to `{% endraw %}`, or that tag if it comes immediately.
    fn raw_body(&mut self, raw_start: usize) -> Option<Lexeme<'a>> {
        let start = self.at;
        let source = self.source;
        // The next closing delimiter, which may be far away from many an opening one.
        let mut next_closer = None;
        let Some(mut opener) = self.find("{%", start).map(|end| end - 2) else {
            return self.raw_not_closed(raw_start);
        };
        let mut at = opener + 2;
        while at < source.len() {
            let name = word(source, skip_blanks(source, at, source.len()));
            at = name.end;
            if name.of(source) != "endraw" {
                let Some(end) = self.find("{%", at) else { break };
                opener = end - 2;
                at = end;
                continue;
            }
            // Anything except another opening delimiter may come between `endraw` and the closing delimiter.
            let from = at.saturating_sub(1);
            let closer = match next_closer {
                Some(known @ None) => known,
                Some(Some(end)) if from + 2 <= end => Some(end),
                _ => *next_closer.insert(self.find("%}", from)),
            };
            let another = self.find("{%", at.saturating_sub(1));
            match (closer, another) {
                (Some(end), another) if another.is_none_or(|another| end <= another) => {
                    if opener > start {
                        return Some(self.text(opener));
                    }
                    self.raw_start = None;
                    self.at = end;
                    let contents = Span::new(start + 2, end - 2);
                    return tag(source, Span::new(start, end), contents, "illegal tag syntax, tag name expected").ok();
                }
                (_, Some(another)) => at = another,
                _ => break,
            }
        }
        self.raw_not_closed(raw_start)
    }

    fn raw_not_closed(&mut self, raw_start: usize) -> Option<Lexeme<'a>> {
        let rest = excerpt::quoted(self.source, raw_start, self.source.len());
        self.errors.push(Error::at(
            crate::error::ErrorKind::Tokenization,
            format!("raw {rest} not closed"),
            self.source,
            Span::new(self.at, self.source.len()),
        ));
        self.raw_start = None;
        self.at = self.source.len();
        None
    }
}

impl Lexer<'_> {
    /// Counts the bytes between two positions.
    fn count(&mut self, from: usize, to: usize) {
        self.scanned += to.saturating_sub(from);
    }

    /// The position of the next `{%` or `{{`; the end of the text if there is none.
    fn next_opener(&mut self, from: usize) -> usize {
        let bytes = self.source.as_bytes();
        let opener = memchr::memchr_iter(b'{', &bytes[from..])
            .map(|at| from + at)
            .find(|at| matches!(bytes.get(at + 1), Some(b'{' | b'%')))
            .unwrap_or(bytes.len());
        self.count(from, opener);
        opener
    }

    /// The end of the next `delimiter` at or after `from`.
    fn find(&mut self, delimiter: &str, from: usize) -> Option<usize> {
        let rest = self.source.as_bytes().get(from..)?;
        let found = memchr::memmem::find(rest, delimiter.as_bytes()).map(|at| from + at + delimiter.len());
        self.count(from, found.unwrap_or(self.source.len()));
        found
    }

    /// The end of the output that begins at `start`; a closing delimiter inside quotes does not count.
    fn output_end(&mut self, start: usize) -> Option<usize> {
        let bytes = self.source.as_bytes();
        let mut at = start + 1;
        let mut end = None;
        while at < bytes.len() {
            match bytes[at] {
                quote @ (b'"' | b'\'') => at = quoted_end(bytes, at, bytes.len(), quote),
                b'}' if bytes[at - 1] == b'}' => {
                    end = Some(at + 1);
                    break;
                }
                _ => at += 1,
            }
        }
        self.count(start, at);
        end
    }
}

/// The end of the quoted string that begins at `start`; `end` if its closing quote is missing.
pub(super) fn quoted_end(bytes: &[u8], start: usize, end: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < end {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    end
}

/// Reads the name of a tag.
fn tag<'a>(source: &'a str, span: Span, contents: Span, nameless: &str) -> Result<Lexeme<'a>, Error> {
    let (content, trims_left, trims_right) = trim_content(source, contents, Reading::Exact);
    let start = skip_blanks(source, content.start, content.end);
    let name = if source.as_bytes().get(start) == Some(&b'#') {
        Span::new(start, start + 1)
    } else {
        let name = word(source, start);
        Span::new(start, name.end.min(content.end.max(start)))
    };
    if name.start == name.end {
        return Err(Error::at(
            crate::error::ErrorKind::Tokenization,
            nameless,
            source,
            Span::new(start, span.end.max(start)),
        ));
    }
    let arguments = skip_blanks(source, name.end, content.end);
    let kind = TokenKind::Tag { name: name.of(source), arguments };
    Ok(Lexeme { token: Token { kind, span, content }, trims_left, trims_right })
}

/// Removes trim marks and whitespace from both ends of the text between delimiters.
fn trim_content(source: &str, contents: Span, reading: Reading) -> (Span, bool, bool) {
    let bytes = source.as_bytes();
    let may_trim = reading == Reading::Exact;
    let trims_left = may_trim && bytes.get(contents.start) == Some(&b'-');
    let trims_right = may_trim && contents.end > 0 && bytes.get(contents.end - 1) == Some(&b'-');
    let start = contents.start + usize::from(trims_left);
    let end = contents.end.saturating_sub(usize::from(trims_right));
    let Some(inner) = source.get(start..end) else {
        return (Span::new(start, end), trims_left, trims_right);
    };
    let from_start = inner.trim_start_matches(is_blank);
    let trimmed = from_start.trim_end_matches(is_blank);
    let start = end - from_start.len();
    (Span::new(start, start + trimmed.len()), trims_left, trims_right)
}

fn skip_blanks(source: &str, at: usize, end: usize) -> usize {
    source.get(at..end).map_or(at, |rest| end - rest.trim_start_matches(is_blank).len())
}

/// The word that begins at `start`, or an empty span.
fn word(source: &str, start: usize) -> Span {
    let rest = source.get(start..).unwrap_or_default();
    let length = rest.find(|character| !crate::syntax::character::is_word(character)).unwrap_or(rest.len());
    Span::new(start, start + length)
}

/// Removes the whitespace of literal text next to a trim mark. Marks that face the body of `raw` have no effect.
fn apply_trim_marks<'a>(source: &str, mut lexemes: Vec<Lexeme<'a>>) -> Vec<Token<'a>> {
    let mut in_raw = false;
    for at in 0..lexemes.len() {
        let Lexeme { token, trims_left, trims_right } = &lexemes[at];
        let (name, trims_left, trims_right) = (token.tag_name(), *trims_left, *trims_right);
        if trims_left && !in_raw && at > 0 {
            let text = &mut lexemes[at - 1].token;
            if text.kind == TokenKind::Text {
                let kept = text.content.of(source).trim_end_matches(is_blank).len();
                text.content.end = text.content.start + kept;
            }
        }
        match name {
            "raw" => in_raw = true,
            "endraw" => in_raw = false,
            _ => {}
        }
        if trims_right
            && !in_raw
            && let Some(Lexeme { token: text, .. }) = lexemes.get_mut(at + 1)
            && text.kind == TokenKind::Text
        {
            let kept = text.content.of(source).trim_start_matches(is_blank).len();
            text.content.start = text.content.end - kept;
        }
    }
    lexemes.into_iter().map(|lexeme| lexeme.token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(source: &str) -> Vec<(&str, &str)> {
        let (tokens, _) = tokenize(source, Reading::Exact, &Arena::new());
        tokens.iter().map(|token| (token.tag_name(), token.content.of(source))).collect()
    }

    #[test]
    fn splits_templates_into_tokens() {
        for (source, expected) in [
            ("a{{ b }}c", vec![("", "a"), ("", "b"), ("", "c")]),
            ("{% if x %}", vec![("if", "if x")]),
            ("{%if%}{ {", vec![("if", "if"), ("", "{ {")]),
            ("a {{- b -}} c", vec![("", "a"), ("", "b"), ("", "c")]),
            ("{{ '}}' }}", vec![("", "'}}'")]),
            ("{{ '\\'}}' }}", vec![("", "'\\'}}'")]),
            ("{% assign q = 'a%}b' %}", vec![("assign", "assign q = 'a"), ("", "b' %}")]),
            ("{%- raw -%} a {% endraw -%} b", vec![("raw", "raw"), ("", " a "), ("endraw", "endraw"), ("", "b")]),
            ("{% raw %}{{x}}{% end %}{% endraw %}", vec![("raw", "raw"), ("", "{{x}}{% end %}"), ("endraw", "endraw")]),
            ("{% # c %}", vec![("#", "# c")]),
        ] {
            assert_eq!(shapes(source), expected, "{source}");
        }
    }

    #[test]
    fn reports_malformed_tags_and_outputs() {
        for (source, expected) in [
            ("{% if", vec!["tag \"{% if\" not closed, line:1, col:1"]),
            ("a {{ 'b }}", vec!["output \"{{ 'b }}\" not closed, line:1, col:3"]),
            ("{%}", vec!["illegal tag syntax, tag name expected, line:1, col:3"]),
            (
                "{% %}{%- -%}",
                vec![
                    "illegal tag syntax, tag name expected, line:1, col:4",
                    "illegal tag syntax, tag name expected, line:1, col:10",
                ],
            ),
            ("{% raw %}x{%- endraw %}", vec!["raw \"{% raw %}x{%- endraw %}\" not closed, line:1, col:10"]),
        ] {
            let (_, errors) = tokenize(source, Reading::Exact, &Arena::new());
            let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
            assert_eq!(errors, expected, "{source}");
        }
    }
}
