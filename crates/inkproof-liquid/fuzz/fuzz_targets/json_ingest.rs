//! Any text as JSON: what is read is written as JSON that reads back the same, and `serde_json` agrees on what is JSON.

#![no_main]

use inkproof_liquid::Arena;
use inkproof_liquid::value::{json, utf16};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;

fuzz_target!(|text: &str| {
    let arena = Arena::new();
    let _ = json::read_with_trailing_commas(text, &arena);
    let agrees = serde_json::from_str::<IgnoredAny>(text).is_ok();
    match json::read(text, &arena) {
        Ok(value) => {
            assert!(agrees, "`{text}` is no JSON");
            // Written, a half of a surrogate pair becomes an escape, which another half beside it may join.
            if utf16::may_contain_lone_surrogates(text) {
                return;
            }
            let written = written(value);
            let again =
                json::read(&written, &arena).unwrap_or_else(|error| panic!("`{written}` does not read: {error}"));
            assert_eq!(written, self::written(again), "the second writing is as the first");
        }
        Err(error) => {
            assert!(error.offset <= text.len(), "the error lies within the text");
            assert!(!agrees || error.message.starts_with("exceeded max depth"), "`{text}` is JSON: {error}");
        }
    }
});

fn written(value: inkproof_liquid::Value<'_>) -> String {
    let mut text = String::new();
    json::write(value, None, &mut text).unwrap_or_else(|error| panic!("what was read cannot be written: {error}"));
    text
}
