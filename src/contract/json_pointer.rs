//! JSON pointers, as errors of validation have them.

/// The keys and indexes of a JSON pointer.
pub(super) fn keys(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect()
}
