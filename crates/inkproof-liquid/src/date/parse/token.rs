//! The tokens of a date string: numbers, signs and known words.

use std::ops::RangeInclusive;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Number(Number),
    /// One of `: - + . )`.
    Symbol(char),
    Word(Word),
    Space,
    /// A comment in parentheses, or a character without a meaning.
    Other,
    End,
}

/// A run of ASCII digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// Value of its first nine significant digits.
    pub(super) value: i64,
    /// Number of digits, leading zeros included.
    pub(super) digits: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// 1 is January.
    Month(i64),
    /// `AM` or `PM`: the hours to add.
    Meridiem(i64),
    /// Hours east of UTC.
    Zone(i64),
    /// A `Z` on its own: a zone, and the only one that may directly follow a clock time.
    Zulu,
    /// A `T` on its own.
    TimeSeparator,
    Unknown,
}

/// Number of significant digits that are read.
const SIGNIFICANT_DIGITS: usize = 9;

/// Month names are recognized by their first three letters, whatever follows.
const MONTHS: [&[u8; 3]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// Words that are recognized only as a whole.
const WORDS: [(&str, Word); 15] = [
    ("am", Word::Meridiem(0)),
    ("pm", Word::Meridiem(12)),
    ("ut", Word::Zone(0)),
    ("utc", Word::Zone(0)),
    ("gmt", Word::Zone(0)),
    ("z", Word::Zulu),
    ("edt", Word::Zone(-4)),
    ("est", Word::Zone(-5)),
    ("cdt", Word::Zone(-5)),
    ("cst", Word::Zone(-6)),
    ("mdt", Word::Zone(-6)),
    ("mst", Word::Zone(-7)),
    ("pdt", Word::Zone(-7)),
    ("pst", Word::Zone(-8)),
    ("t", Word::TimeSeparator),
];

impl Word {
    fn new(text: &str) -> Self {
        let starts_with = |month: &[u8; 3]| {
            let start = text.as_bytes().get(..3);
            start.is_some_and(|start| start.eq_ignore_ascii_case(month))
        };
        if let Some(index) = MONTHS.iter().position(|month| starts_with(month)) {
            return (1..).nth(index).map_or(Self::Unknown, Self::Month);
        }
        let known = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(text));
        known.map_or(Self::Unknown, |&(_, word)| word)
    }
}

impl Token {
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// 1 for `+`, -1 for `-`.
    pub(super) fn sign(self) -> Option<i64> {
        match self {
            Self::Symbol('+') => Some(1),
            Self::Symbol('-') => Some(-1),
            _ => None,
        }
    }

    /// The value of a number with exactly `digits` digits.
    fn number_of(self, digits: usize) -> Option<i64> {
        match self {
            Self::Number(number) if number.digits == digits => Some(number.value),
            _ => None,
        }
    }
}

impl Number {
    fn new(text: &str) -> Self {
        let significant = text.bytes().skip_while(|&digit| digit == b'0').take(SIGNIFICANT_DIGITS);
        Self { value: significant.fold(0, |value, digit| value * 10 + i64::from(digit - b'0')), digits: text.len() }
    }

    /// The number as the digits of a decimal fraction, truncated to thousandths.
    pub(super) fn thousandths(self) -> i64 {
        match self.digits {
            1 => self.value * 100,
            2 => self.value * 10,
            _ => (3..self.digits.min(SIGNIFICANT_DIGITS)).fold(self.value, |value, _| value / 10),
        }
    }
}

/// Splits a string into tokens, with one token of lookahead.
pub(super) struct Scanner<'t> {
    rest: &'t str,
    peeked: Token,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut scanner = Self { rest: text, peeked: Token::End };
        scanner.next();
        scanner
    }

    /// How many bytes have not been read.
    pub(super) const fn bytes_left(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn peek(&self) -> Token {
        self.peeked
    }

    pub(super) fn next(&mut self) -> Token {
        let next = self.scan();
        std::mem::replace(&mut self.peeked, next)
    }

    pub(super) fn skip(&mut self, symbol: char) -> bool {
        let found = self.peeked == Token::Symbol(symbol);
        if found {
            self.next();
        }
        found
    }

    /// Consumes a number with exactly `digits` digits if it is in `range`.
    pub(super) fn take(&mut self, digits: usize, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.peeked.number_of(digits)?;
        range.contains(&value).then(|| {
            self.next();
            value
        })
    }

    fn scan(&mut self) -> Token {
        let Some(first) = self.rest.chars().next() else {
            return Token::End;
        };
        match first {
            '0'..='9' => Token::Number(Number::new(self.cut_while(|c| c.is_ascii_digit()))),
            ':' | '-' | '+' | '.' | ')' => {
                self.cut(first.len_utf8());
                Token::Symbol(first)
            }
            _ if is_word_char(first) => Token::Word(Word::new(self.cut_while(is_word_char))),
            _ if is_blank(first) => {
                self.cut(first.len_utf8());
                Token::Space
            }
            '(' => {
                self.cut(comment_len(self.rest));
                Token::Other
            }
            _ => {
                self.cut(first.len_utf8());
                Token::Other
            }
        }
    }

    fn cut_while(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let len = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        self.cut(len)
    }

    fn cut(&mut self, len: usize) -> &'t str {
        let (head, tail) = self.rest.split_at(len);
        self.rest = tail;
        head
    }
}

/// Letters and every character above `A`, except blanks.
fn is_word_char(c: char) -> bool {
    c >= 'A' && !is_blank(c)
}

/// JavaScript's whitespace, except the line separators U+2028 and U+2029, which V8 treats as letters here.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
        | '\u{feff}'
    )
}

/// Length of the parenthesized comment that `text` begins with. An unclosed one extends to the end.
fn comment_len(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}
