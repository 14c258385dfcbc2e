//! Any string as JSON: values survive a round trip, and `serde_json` agrees on what is valid JSON.

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
            assert!(agrees, "`{text}` is not valid JSON");
            // A lone surrogate is written as an escape, which may form a pair with an adjacent one when it is read
            // again.
            if utf16::may_contain_lone_surrogates(text) {
                return;
            }
            let written = written(value);
            let again =
                json::read(&written, &arena).unwrap_or_else(|error| panic!("`{written}` cannot be read: {error}"));
            assert_eq!(written, self::written(again), "writing is not stable");
        }
        Err(error) => {
            assert!(error.offset <= text.len(), "the error is outside the input");
            assert!(!agrees || error.message.starts_with("exceeded max depth"), "`{text}` is valid JSON: {error}");
        }
    }
});

fn written(value: inkproof_liquid::Value<'_>) -> String {
    let mut text = String::new();
    json::write(value, None, &mut text).unwrap_or_else(|error| panic!("a value that was read cannot be written: {error}"));
    text
}
