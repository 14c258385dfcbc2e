//! Other spellings of paths, which client libraries produce from the address that they were given.

use std::borrow::Cow;

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

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

/// The URI with single slashes, as some client libraries double the slash between host and path, and with `/v1`; `None` if
/// nothing changes.
fn usual(uri: &Uri) -> Option<Uri> {
    let doubled = uri.path().contains("//");
    let single = if doubled { Cow::Owned(single_slashes(uri.path())) } else { Cow::Borrowed(uri.path()) };
    let below = BELOW_V1.iter().any(|start| {
        let rest = single.strip_prefix(start);
        rest.is_some_and(|rest| start.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
    });
    if !doubled && !below {
        return None;
    }
    let path = if below { format!("/v1{single}") } else { single.into_owned() };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{path}{query}").parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

fn single_slashes(path: &str) -> String {
    let mut single = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !single.ends_with('/') {
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
        ] {
            let usual = usual(&uri.parse().unwrap());
            assert_eq!(usual.map(|uri| uri.to_string()).as_deref(), expected, "{uri}");
        }
    }
}
