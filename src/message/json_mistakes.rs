//! Common mistakes in JSON: what to write instead, for an error at which a parser of Go stops.

use crate::liquid::value::json::JsonError;

/// What a JSON text holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Document {
    /// The content of a template.
    Content,
    /// The body of a request.
    Request,
    /// The attributes of a customer.
    Customer,
    /// The data of a snippet.
    Snippet,
    /// The `message_data` of a request, alone.
    Data,
}

impl Document {
    /// What it is called.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Content => "the content",
            Self::Request => "the request",
            Self::Customer => "the customer",
            Self::Snippet => "the snippet",
            Self::Data => "the data",
        }
    }

    /// What to write if it has no object.
    const fn object(self) -> &'static str {
        match self {
            Self::Content => "the content is a JSON object, such as `{\"title\": \"…\", \"body\": \"…\"}`",
            Self::Request => super::request::EXAMPLE,
            Self::Customer => {
                "a customer is a JSON object, such as `{\"id\": \"…\", \"email\": \"…\"}`; `inkproof import customers` reads CSV"
            }
            Self::Snippet | Self::Data => "write JSON, such as `{\"name\": \"…\"}`",
        }
    }

    /// What to do about a second object.
    const fn one(self) -> &'static str {
        match self {
            Self::Content => "the content is one JSON object: remove what comes after it",
            Self::Request => "a file holds one request: write each into a file of its own",
            Self::Customer => {
                "a file holds one customer: `inkproof import customers` writes a file for each of several"
            }
            Self::Snippet | Self::Data => "a file holds one JSON value: remove what comes after it",
        }
    }
}

/// The advice that differs between documents.
const OBJECT: &str = "write an object";
const ONE: &str = "write one object";
/// The advice about the settings of a template.
const SETTINGS: &str = "settings begin in the first line, with `---` and nothing before it";

/// What to do about an error, if it is a common mistake.
pub(super) fn advice(text: &str, error: &JsonError, document: Document) -> Option<&'static str> {
    let (before, rest) = (text.get(..error.offset)?, text.get(error.offset..)?);
    let message = error.to_string();
    let previous = before.trim_end().chars().next_back();
    let word: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    let is_first = before.chars().all(|character| character.is_whitespace() || character == '-');
    let has_object = text.contains('{');
    let row =
        |row: &&Row| (row.applies)(&Place { rest, previous, word: &word, message: &message, is_first, has_object });
    let advice = ROWS.iter().find(row)?.advice;
    let is_second = rest.starts_with('{') || matches!(document, Document::Content);
    if advice == ONE && !is_second {
        return None;
    }
    Some(match advice {
        OBJECT => document.object(),
        SETTINGS if !matches!(document, Document::Content) => document.object(),
        ONE => document.one(),
        advice => advice,
    })
}

/// The place of an error.
struct Place<'a> {
    /// The text from the error on.
    rest: &'a str,
    /// The last character before it, except whitespace.
    previous: Option<char>,
    /// The word that begins there.
    word: &'a str,
    message: &'a str,
    /// Whether it is at the start of the text, except for dashes.
    is_first: bool,
    /// Whether the text may have an object.
    has_object: bool,
}

/// Characters that look like a space or like nothing.
const INVISIBLE: [char; 6] = ['\u{a0}', '\u{2007}', '\u{202f}', '\u{200b}', '\u{2060}', '\u{feff}'];

/// A common mistake.
struct Row {
    applies: fn(&Place<'_>) -> bool,
    advice: &'static str,
}

const ROWS: [Row; 27] = [
    Row {
        applies: |place| place.message.contains("in string literal") && place.rest.starts_with(['\n', '\r']),
        advice: "a string must not contain a line break: write `\\n`",
    },
    Row {
        applies: |place| place.message.contains("in string literal") && place.rest.starts_with('\t'),
        advice: "a string must not contain a tab: write `\\t`",
    },
    Row {
        applies: |place| place.message.contains("escape code") && place.rest.starts_with('\''),
        advice: "`'` needs no backslash in JSON: remove it",
    },
    Row {
        applies: |place| place.message.contains("escape code"),
        advice: "a backslash begins an escape: write `\\\\` for a backslash",
    },
    Row {
        applies: |place| place.rest.starts_with("//") || place.rest.starts_with("/*") || place.rest.starts_with('#'),
        advice: "JSON has no comments: remove it",
    },
    Row {
        applies: |place| place.rest.starts_with(['“', '”', '„', '‘', '’', '«', '»']),
        advice: "typographic quotes do not begin a string: write `\"`",
    },
    Row {
        applies: |place| place.rest.starts_with(INVISIBLE),
        advice: "this is an invisible character, not an ordinary space: remove it",
    },
    Row {
        applies: |place| place.is_first && (place.rest.starts_with('-') || place.rest.starts_with("+++")),
        advice: SETTINGS,
    },
    Row {
        applies: |place| (place.is_first && place.message.contains("beginning of value")) || !place.has_object,
        advice: OBJECT,
    },
    Row { applies: |place| place.message.contains("after top-level value"), advice: ONE },
    Row {
        applies: |place| {
            let is_digit = |next: char| next.is_ascii_digit();
            place.message.contains("numeric literal")
                || (place.previous == Some('0') && place.rest.starts_with(|next| is_digit(next) || next == 'x'))
                || (place.message.contains("beginning of value") && place.rest.starts_with(['.', '+']))
        },
        advice: "a number in JSON has no `+` and no zeros before it, and digits before and after its point",
    },
    Row {
        applies: |place| {
            place.previous == Some(',')
                && place.message.contains("beginning of object key")
                && place.rest.starts_with(|next: char| next.is_ascii_digit())
        },
        advice: "a number in JSON has no commas",
    },
    Row {
        applies: |place| place.message.contains("after object key:value pair") && place.rest.starts_with(';'),
        advice: "write `,` between the pairs",
    },
    Row {
        applies: |place| place.message.contains("after object key:value pair") && place.rest.starts_with('+'),
        advice: "JSON joins no strings: write one string",
    },
    Row {
        applies: |place| {
            place.message.contains("beginning of value")
                && place.previous == Some(':')
                && place.rest.starts_with([',', '}', ']'])
        },
        advice: "there is no value after the `:`; if Liquid printed nothing there, add an `else` with `null`",
    },
    Row {
        applies: |place| place.rest.starts_with('\''), advice: "strings in JSON have double quotes: write `\"…\"`"
    },
    Row { applies: |place| place.rest.starts_with('`'), advice: "strings in JSON have double quotes: write `\"…\"`" },
    Row {
        applies: |place| place.rest.starts_with(['}', ']']) && place.previous == Some(','),
        advice: "remove the comma before it: nothing comes after the last one",
    },
    Row {
        applies: |place| place.rest.starts_with(',') && matches!(place.previous, Some(',' | '{' | '[' | ':')),
        advice: "remove this comma, or write a value before it",
    },
    Row {
        applies: |place| place.message.contains("beginning of object key string") && !place.word.is_empty(),
        advice: "keys in JSON have double quotes: write `\"key\": …`",
    },
    Row { applies: |place| matches!(place.word, "True" | "TRUE"), advice: "write `true`" },
    Row { applies: |place| matches!(place.word, "False" | "FALSE"), advice: "write `false`" },
    Row {
        applies: |place| {
            matches!(place.word, "None" | "NULL" | "Null" | "nil" | "undefined" | "NaN" | "Infinity")
                // The parser stops at the first letter that differs.
                || (place.message.contains("in literal null") && place.rest.starts_with(['i', 'a', 'o']))
        },
        advice: "write `null`",
    },
    Row {
        applies: |place| {
            place.message.contains("after object key:value pair") || place.message.contains("after array element")
        },
        advice: "a comma is missing before it, or a quote ends the string before it too early",
    },
    Row {
        applies: |place| place.message.contains("after object key"),
        advice: "write `:` between a key and its value",
    },
    Row {
        applies: |place| place.message.contains("unexpected end"),
        advice: "a closing quote, `}` or `]` is missing at the end",
    },
    Row {
        applies: |place| {
            place.message.contains("beginning of value")
                && place.word.starts_with(|first: char| first.is_ascii_alphabetic())
        },
        advice: "strings in JSON have double quotes: write `\"…\"`",
    },
];
