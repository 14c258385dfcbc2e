//! Other spellings of paths, which client libraries produce from the address that they were given.

use std::borrow::Cow;

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

use super::namespaces;
use crate::project::percent_decoded_bytes;

/// The beginnings of paths of the App API and of the Pipelines API, which are below `/v1`. A client library whose address
/// must end with `/v1` omits that if it was given the address without it.
const BELOW_V1: [&str; 13] = [
    "/send/",
    "/campaigns/",
    "/customers",
    "/exports",
    "/messages/",
    "/transactional",
    "/identify",
    "/track",
    "/page",
    "/screen",
    "/group",
    "/alias",
    "/batch",
];

/// Changes a URI to the usual spelling of its path.
pub(super) fn normalize(uri: &mut Uri) {
    if let Some(usual) = usual(uri) {
        *uri = usual;
    }
}

/// The beginning of paths as requests have it after [`normalize`].
pub(super) fn usual_prefix(prefix: &str) -> String {
    let path = if prefix.is_empty() || prefix.starts_with('/') { prefix.to_owned() } else { format!("/{prefix}") };
    let path = usual_path(&path).unwrap_or(path);
    // It may end before it is clear what it is the beginning of.
    let is_cut = path.len() > 1 && !"/api/".starts_with(&path) && BELOW_V1.iter().any(|start| start.starts_with(&path));
    if is_cut { format!("/v1{path}") } else { path }
}

/// Whether a percent-encoded path is valid UTF-8 when it is decoded.
pub(super) fn is_text(path: &str) -> bool {
    !path.contains('%') || String::from_utf8(percent_decoded_bytes(path)).is_ok()
}

/// The URI with the usual spelling of its path; `None` if nothing changes.
fn usual(uri: &Uri) -> Option<Uri> {
    let path = usual_path(uri.path())?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{path}{query}").parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

/// A path with single slashes, as some client libraries double the slash between host and path; without escapes that are not
/// necessary; and with `/v1`. `None` if nothing changes.
fn usual_path(path: &str) -> Option<String> {
    let mut usual = Cow::Borrowed(path);
    if usual.contains('%') {
        usual = unescaped(&usual).into();
    }
    if usual.contains("//") {
        usual = single_slashes(&usual).into();
    }
    let below = !usual.starts_with("/v1/")
        && BELOW_V1.iter().any(|start| {
            let rest = usual.strip_prefix(start);
            rest.is_some_and(|rest| start.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
        });
    if below {
        return Some(format!("/v1{usual}"));
    }
    (*usual != *path).then(|| usual.into_owned())
}

/// A path in which the characters that mean the same with an escape have none.
fn unescaped(path: &str) -> String {
    let mut parts = path.split('%');
    let mut usual = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = byte.filter(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(byte)) {
            usual.push(char::from(byte));
            usual.push_str(&part[2..]);
        } else {
            usual.push('%');
            usual.push_str(part);
        }
    }
    usual
}

fn single_slashes(path: &str) -> String {
    let mut single = String::with_capacity(path.len());
    for character in path.chars() {
        // The name of a namespace may be missing there, which is reported later.
        if character != '/' || !single.ends_with('/') || single == namespaces::PATH {
            single.push(character);
        }
    }
    single
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_only_other_spellings() {
        for (uri, expected) in [
            ("/v1/send", None),
            ("//v1/send/inbox_message", Some("/v1/send/inbox_message")),
            ("/v1///send//?a=//b", Some("/v1/send/?a=//b")),
            ("/send/email", Some("/v1/send/email")),
            ("//send/email", Some("/v1/send/email")),
            ("/customers?email=a%40b.c", Some("/v1/customers?email=a%40b.c")),
            ("/tracking", None),
            ("/batch", Some("/v1/batch")),
            ("/", None),
            ("/api/v1/customers/5", None),
            ("/v1/send/inbox%5Fmessage", Some("/v1/send/inbox_message")),
            ("/s%65nd/email?a=%65", Some("/v1/send/email?a=%65")),
            ("/api/v1/customers/a%2fb%40c%zz", None),
            ("//namespace/a//v1/send", Some("/namespace/a/v1/send")),
            ("/namespace///v1/send", Some("/namespace//v1/send")),
        ] {
            let usual = usual(&uri.parse().unwrap());
            assert_eq!(usual.map(|uri| uri.to_string()).as_deref(), expected, "{uri}");
        }
    }
}
