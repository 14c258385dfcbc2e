//! The tree: tokens nested by brackets and blocks.

use super::FormatError;
use super::token::{Token, TokenKind};

/// A token, or what is between two tokens that belong together.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Token(Token),
    Group(Group),
}

/// What a bracket or block encloses.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) open: Token,
    pub(super) items: Vec<Item>,
    pub(super) close: Token,
    /// Whether it is a Liquid block rather than brackets.
    pub(super) is_block: bool,
    /// Whether the author broke lines directly inside it.
    pub(super) is_broken: bool,
}

impl Item {
    /// Its first token.
    pub(super) const fn first(&self) -> &Token {
        match self {
            Self::Token(token) => token,
            Self::Group(group) => &group.open,
        }
    }

    /// Its last token.
    pub(super) const fn last(&self) -> &Token {
        match self {
            Self::Token(token) => token,
            Self::Group(group) => &group.close,
        }
    }
}

/// Nests tokens.
pub(super) fn nest(tokens: Vec<Token>) -> Result<Vec<Item>, FormatError> {
    let mut open: Vec<(Token, Vec<Item>)> = Vec::new();
    let mut items = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Open | TokenKind::BlockOpen => open.push((token, std::mem::take(&mut items))),
            TokenKind::Close | TokenKind::BlockClose => {
                let offset = token.offset;
                let (first, outside) = open.pop().ok_or(FormatError::Nesting { offset })?;
                if !belong_together(&first, &token) {
                    return Err(FormatError::Nesting { offset });
                }
                let inside = std::mem::replace(&mut items, outside);
                let is_block = token.kind == TokenKind::BlockClose;
                let is_broken =
                    inside.iter().any(|item| item.first().newlines > 0 && breaks(item)) || token.newlines > 0;
                items.push(Item::Group(Group { open: first, items: inside, close: token, is_block, is_broken }));
            }
            TokenKind::BlockMiddle if !open.last().is_some_and(|(first, _)| first.kind == TokenKind::BlockOpen) => {
                return Err(FormatError::Nesting { offset: token.offset });
            }
            _ => items.push(Item::Token(token)),
        }
    }
    match open.pop() {
        Some((first, _)) => Err(FormatError::Nesting { offset: first.offset }),
        None => Ok(items),
    }
}

/// Whether a line break before an item is kept. Punctuation is never at the start of a line.
fn breaks(item: &Item) -> bool {
    !matches!(item.first().kind, TokenKind::Comma | TokenKind::Colon)
}

fn belong_together(open: &Token, close: &Token) -> bool {
    match (open.kind, close.kind) {
        (TokenKind::Open, TokenKind::Close) => matches!((&*open.text, &*close.text), ("{", "}") | ("[", "]")),
        (TokenKind::BlockOpen, TokenKind::BlockClose) => true,
        _ => false,
    }
}
