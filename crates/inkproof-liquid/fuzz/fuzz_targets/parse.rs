//! Any string as a template: it parses to a tree whose nodes are in order within the source, or to errors within it.

#![no_main]

use inkproof_liquid::{Arena, LIQUIDJS, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    let arena = Arena::new();
    match Template::parse(source, &LIQUIDJS, &arena) {
        Ok(template) => {
            let mut end = 0;
            for node in template.nodes {
                assert!(end <= node.span.start && node.span.start <= node.span.end, "the nodes are not in order");
                end = node.span.end;
            }
            assert!(end <= source.len(), "the last node is outside the source");
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "a failure without an error");
            for error in errors {
                assert!(!error.message().is_empty(), "an error without a message");
                // It must be possible to format the error and to slice the source by its span.
                let _ = (error.to_string(), error.span().map(|span| span.of(source)));
            }
        }
    }
});
