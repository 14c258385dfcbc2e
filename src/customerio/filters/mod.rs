//! Filters that Customer.io has and LiquidJS has not: one file a family.
//!
//! `sha256`, `hmac_sha256`, `base64_encode` and `base64_decode` were Customer.io's own too, until LiquidJS came to have them.

pub mod array;
pub mod crypto;
pub mod date;
pub mod json;
pub mod number;
pub mod string;

use crate::liquid::engine::filter::{Filter, argument};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::value::Value;
use crate::liquid::{LIQUIDJS, Language};

/// All filters of Customer.io's own, but those that [`Switches`](super::Switches) decide on and those of [`aliases`].
pub const FAMILIES: [&[Filter]; 6] =
    [array::FILTERS, crypto::FILTERS, date::FILTERS, json::FILTERS, number::FILTERS, string::FILTERS];

/// Filters that do what one of LiquidJS does under another name.
///
/// `htmlencode` is deprecated in favour of `escape`, but works: deliveries of 2026 show HTML entities, those that were
/// there already escaped once more.
const ALIASES: [(&str, &str); 4] =
    [("base64", "base64_encode"), ("htmlencode", "xml_escape"), ("to_json", "json"), ("where_not", "reject")];

/// Filters that do what one of `language` does under another name.
///
/// ```
/// use inkproof::customerio::render;
/// assert_eq!(render("{{ customer.tags | to_json }}", r#"{"customer": {"tags": ["a"]}}"#).unwrap(), r#"["a"]"#);
/// assert_eq!(render("{{ 'Customer.io' | base64 }}", "{}").unwrap(), "Q3VzdG9tZXIuaW8=");
/// ```
#[must_use]
pub fn aliases(language: &Language) -> Vec<Filter> {
    let aliases = ALIASES.iter();
    aliases.filter_map(|&(name, known)| language.filter(known).map(|filter| Filter::new(name, filter.run))).collect()
}

/// Runs LiquidJS's own filter of a name that Customer.io has given to something more.
pub(super) fn liquidjs<'a>(
    name: &str,
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    match LIQUIDJS.filter(name) {
        Some(filter) => (filter.run)(runtime, input, arguments),
        None => Err(Error::unknown_filter(name)),
    }
}

/// The argument at `index`, which a filter cannot do without.
fn required<'a>(filter: &str, arguments: &[Value<'a>], index: usize, what: &str) -> Result<Value<'a>> {
    match argument(arguments, index) {
        Value::Undefined => Err(Error::new(format!("`{filter}` needs {what}"))),
        given => Ok(given),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_means_something() {
        for (name, known) in ALIASES {
            assert!(LIQUIDJS.filter(known).is_some(), "{name}: {known}");
            assert!(LIQUIDJS.filter(name).is_none(), "{name}");
        }
    }
}
