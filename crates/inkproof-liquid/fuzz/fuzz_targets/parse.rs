//! Any text: it parses to a tree whose nodes lie within the text, in order, or to errors that lie within it.

#![no_main]

use inkproof_liquid::{Arena, LIQUIDJS, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    let arena = Arena::new();
    match Template::parse(source, &LIQUIDJS, &arena) {
        Ok(template) => {
            let mut end = 0;
            for node in template.nodes {
                assert!(end <= node.span.start && node.span.start <= node.span.end, "the nodes are in order");
                end = node.span.end;
            }
            assert!(end <= source.len(), "the last node ends within the text");
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "a failure has a reason");
            for error in errors {
                assert!(!error.message().is_empty(), "an error says something");
                // Shown to people, so it must be possible to point at.
                let _ = (error.to_string(), error.span().map(|span| span.of(source)));
            }
        }
    }
});
