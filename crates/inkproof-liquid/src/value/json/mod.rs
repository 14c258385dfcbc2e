//! JSON: read token by token, or directly into values that borrow from the input; written as JavaScript's
//! `JSON.stringify` writes it.

mod events;
mod locate;
mod members;
mod plain;
mod read;
mod write;

pub use events::{Event, Events, JsonError, JsonString, Read};
pub use locate::{KeyStep, locate, locate_in, locate_key};
pub use members::Members;
pub use read::{
    is_object_with_trailing_commas, read, read_as, read_members, read_members_with_trailing_commas,
    read_with_trailing_commas,
};
pub use write::{Visit, write, write_counted, write_string, write_visiting};

/// Maximum nesting depth of arrays and objects.
pub const MAX_DEPTH: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Arena;

    fn rewritten(text: &str) -> String {
        let arena = Arena::new();
        let mut out = String::new();
        write(read(text, &arena).unwrap(), None, &mut out).unwrap();
        out
    }

    #[test]
    fn reads_and_writes_as_javascript_does() {
        for (given, expected) in [
            (" {} ", "{}"),
            ("[ ]", "[]"),
            ("[1.0, -0, 1e3, 1e400, 0.1]", "[1,0,1000,null,0.1]"),
            (r#"{"b":1,"a":2,"b":3}"#, r#"{"b":3,"a":2}"#),
            (r#"{"b":1,"2":2,"1":3}"#, r#"{"1":3,"2":2,"b":1}"#),
            (
                "[0.5, 39.95, -12.50, 0.000001, 123456789012.34, 1.7976931348623157]",
                "[0.5,39.95,-12.5,0.000001,123456789012.34,1.7976931348623157]",
            ),
            (r#"["12345678","1234567\n","12345678\"90123456"]"#, r#"["12345678","1234567\n","12345678\"90123456"]"#),
            (r#""\u00e9\ud83d\ude00\/""#, r#""é😀/""#),
            (r#""\ud83d x""#, r#""\ud83d x""#),
            ("\"\u{7f}\\u0001\"", "\"\u{7f}\\u0001\""),
            ("12345678901234567890", "12345678901234567000"),
        ] {
            assert_eq!(rewritten(given), expected, "{given}");
        }
    }

    #[test]
    fn errors_have_the_wording_of_go() {
        let arena = Arena::new();
        for (given, offset, message) in [
            ("", 0, "unexpected end of JSON input"),
            ("{\"a\":1", 6, "unexpected end of JSON input"),
            ("{\"a\":\"x\n\"}", 7, r"invalid character '\n' in string literal"),
            (r#"{"a":1,}"#, 7, "invalid character '}' looking for beginning of object key string"),
            ("[1,]", 3, "invalid character ']' looking for beginning of value"),
            (r#"{"a":,}"#, 5, "invalid character ',' looking for beginning of value"),
            (r#"{"a" 1}"#, 5, "invalid character '1' after object key"),
            ("{'a':1}", 1, r"invalid character '\'' looking for beginning of object key string"),
            (r#""\x""#, 2, "invalid character 'x' in string escape code"),
            (r#""\u12g4""#, 5, r"invalid character 'g' in \u hexadecimal character escape"),
            ("{} {", 3, "invalid character '{' after top-level value"),
            ("True", 0, "invalid character 'T' looking for beginning of value"),
            ("trie", 2, "invalid character 'i' in literal true (expecting 'u')"),
            ("01", 1, "invalid character '1' after top-level value"),
            ("-x", 1, "invalid character 'x' in numeric literal"),
            ("1.x", 2, "invalid character 'x' after decimal point in numeric literal"),
            ("1ex", 2, "invalid character 'x' in exponent of numeric literal"),
            ("[1 2]", 3, "invalid character '2' after array element"),
            ("[é]", 1, "invalid character 'é' looking for beginning of value"),
        ] {
            let error = read(given, &arena).unwrap_err();
            assert_eq!((error.offset, error.message.as_str()), (offset, message), "{given}");
        }
    }

    #[test]
    fn reports_the_positions_of_trailing_commas() {
        let arena = Arena::new();
        let (_, commas) = read_with_trailing_commas(r#"{"a":[1,2,],"b":{"c":1, } , }"#, &arena).unwrap();
        assert_eq!(commas, [9, 22, 26]);
        for wrong in ["[,]", "{,}", "[1,,]", r#"{"a":1,,}"#] {
            assert!(read_with_trailing_commas(wrong, &arena).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rejects_documents_that_are_nested_too_deeply() {
        let arena = Arena::new();
        for bracket in ["[", "{\"a\":"] {
            let error = read(&bracket.repeat(1_000_000), &arena).unwrap_err();
            assert_eq!(error.message, "exceeded max depth of 500");
        }
    }

    #[test]
    fn writes_with_indentation() {
        let arena = Arena::new();
        let mut out = String::new();
        write(read(r#"{"a":[1,{}],"b":[]}"#, &arena).unwrap(), Some("  "), &mut out).unwrap();
        assert_eq!(out, "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
    }
}
