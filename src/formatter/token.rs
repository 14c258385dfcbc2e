//! Tokens: the content of a template as JSON punctuation, values, and Liquid, with the whitespace between them.

use super::FormatError;
use super::markup;
use crate::liquid::Arena;
use crate::liquid::syntax::dialect::Reading;
use crate::liquid::syntax::lexer::{self, Token as Lexeme, TokenKind as LexemeKind};

/// A token that is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) text: String,
    /// How many line breaks there are before it.
    pub(super) newlines: usize,
    /// Whether there is whitespace before it.
    pub(super) has_space: bool,
    /// Where it starts in the content, in bytes.
    pub(super) offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// `{` or `[`
    Open,
    /// `}` or `]`
    Close,
    Comma,
    Colon,
    /// A string, a number, an output, a tag without a body, or a block that stays as it is.
    Atom,
    /// `{% if … %}` and the like.
    BlockOpen,
    /// `{% else %}` and the like.
    BlockMiddle,
    /// `{% endif %}` and the like.
    BlockClose,
}

/// The blocks whose bodies are laid out. All others stay as they are, since whitespace in them may be data.
const BLOCKS: [&str; 5] = ["if", "unless", "case", "for", "tablerow"];
const MIDDLES: [&str; 3] = ["else", "elsif", "when"];

/// Splits a content into tokens.
pub(super) fn tokenize(content: &str, reading: Reading) -> Result<Vec<Token>, FormatError> {
    let arena = Arena::new();
    let (lexemes, errors) = lexer::tokenize(content, reading, &arena);
    if !errors.is_empty() {
        return Err(FormatError::Syntax);
    }
    let mut scan =
        Scan { content, tokens: Vec::new(), string: None, blocks: Vec::new(), newlines: 0, has_space: false };
    let mut at = 0;
    while at < lexemes.len() {
        at = scan.lexeme(&lexemes, at)?;
    }
    match scan.string {
        Some(string) => Err(FormatError::Nesting { offset: string.offset }),
        None => Ok(scan.tokens),
    }
}

/// A JSON string that is being read.
struct OpenString {
    text: String,
    offset: usize,
}

struct Scan<'t> {
    content: &'t str,
    tokens: Vec<Token>,
    string: Option<OpenString>,
    /// For each open block, whether it began inside a string.
    blocks: Vec<bool>,
    newlines: usize,
    has_space: bool,
}

impl Scan<'_> {
    /// Reads one lexeme, or a block that stays as it is. Returns the index of the next one.
    fn lexeme(&mut self, lexemes: &[Lexeme<'_>], at: usize) -> Result<usize, FormatError> {
        let lexeme = &lexemes[at];
        let offset = lexeme.span.start;
        let LexemeKind::Tag { name, .. } = lexeme.kind else {
            match lexeme.kind {
                LexemeKind::Text => self.text(lexeme.span.of(self.content), offset),
                _ => self.add_liquid(TokenKind::Atom, markup::write(lexeme, self.content), offset),
            }
            return Ok(at + 1);
        };
        let kind = if BLOCKS.contains(&name) {
            self.blocks.push(self.string.is_some());
            TokenKind::BlockOpen
        } else if MIDDLES.contains(&name) {
            self.check_string(offset)?;
            TokenKind::BlockMiddle
        } else if name.strip_prefix("end").is_some_and(|block| BLOCKS.contains(&block)) {
            self.check_string(offset)?;
            self.blocks.pop();
            TokenKind::BlockClose
        } else if let Some(end) = end_of_block(lexemes, at) {
            let verbatim = &lexemes[at + 1..end];
            let inside = verbatim.first().map_or("", |first| {
                let last = verbatim.last().map_or(first.span.end, |last| last.span.end);
                &self.content[first.span.start..last]
            });
            let open = markup::write(lexeme, self.content);
            let close = markup::write(&lexemes[end], self.content);
            self.add_liquid(TokenKind::Atom, format!("{open}{inside}{close}"), offset);
            return Ok(end + 1);
        } else {
            TokenKind::Atom
        };
        self.add_liquid(kind, markup::write(lexeme, self.content), offset);
        Ok(at + 1)
    }

    /// A string that begins in a block must end in it, and the other way round.
    fn check_string(&self, offset: usize) -> Result<(), FormatError> {
        match self.blocks.last() {
            Some(began_in_string) if *began_in_string == self.string.is_some() => Ok(()),
            _ => Err(FormatError::Nesting { offset }),
        }
    }

    /// Literal text.
    fn text(&mut self, text: &str, start: usize) {
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if let Some(string) = &mut self.string {
                string.text.push(character);
                match character {
                    '\\' => string.text.extend(characters.next().map(|(_, escaped)| escaped)),
                    '"' => self.end_string(),
                    _ => {}
                }
                continue;
            }
            let offset = start + at;
            match character {
                '"' => self.string = Some(OpenString { text: "\"".to_owned(), offset }),
                '{' | '[' => self.add(TokenKind::Open, character.to_string(), offset),
                '}' | ']' => self.add(TokenKind::Close, character.to_string(), offset),
                ',' => self.add(TokenKind::Comma, character.to_string(), offset),
                ':' => self.add(TokenKind::Colon, character.to_string(), offset),
                character if character.is_whitespace() => {
                    self.newlines += usize::from(character == '\n');
                    self.has_space = true;
                }
                _ => {
                    let is_end = |character: char| character.is_whitespace() || "\"{}[],:".contains(character);
                    let length = text[at..].find(is_end).unwrap_or(text.len() - at);
                    self.add(TokenKind::Atom, text[at..at + length].to_owned(), offset);
                    while characters.next_if(|(next, _)| *next < at + length).is_some() {}
                }
            }
        }
    }

    fn end_string(&mut self) {
        if let Some(OpenString { text, offset }) = self.string.take() {
            self.add(TokenKind::Atom, text, offset);
        }
    }

    /// An output or tag: inside a string it is a part of it.
    fn add_liquid(&mut self, kind: TokenKind, text: String, offset: usize) {
        match &mut self.string {
            Some(string) => string.text.push_str(&text),
            None => self.add(kind, text, offset),
        }
    }

    fn add(&mut self, kind: TokenKind, text: String, offset: usize) {
        let (newlines, has_space) = (std::mem::take(&mut self.newlines), std::mem::take(&mut self.has_space));
        self.tokens.push(Token { kind, text, newlines, has_space, offset });
    }
}

/// The index of the tag that ends the block that a tag begins; `None` if it begins none.
fn end_of_block(lexemes: &[Lexeme<'_>], at: usize) -> Option<usize> {
    let name = lexemes[at].tag_name();
    let end = format!("end{name}");
    let mut depth = 0_usize;
    for (index, lexeme) in lexemes.iter().enumerate().skip(at) {
        if lexeme.tag_name() == name {
            depth += 1;
        } else if lexeme.tag_name() == end {
            depth -= 1;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}
