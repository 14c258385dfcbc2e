//! Wrong paths: explains what is wrong with the address that a client library was given.

use axum::http::{Method, StatusCode, Uri};

use super::answer::Refusal;

/// The addresses that client libraries expect, by their API.
const APP: &str = "the App API's address is http://HOST:PORT/v1 for Node, and http://HOST:PORT for Python, Ruby and Go";
const TRACK: &str =
    "the Track API's address is http://HOST:PORT/api/v1 for Node, and http://HOST:PORT for Python, Ruby and Go";

/// The beginnings of paths that result from a wrong address, what is wrong, and the right addresses.
const MISTAKES: [(&str, &str, &str); 7] = [
    ("/v1/v1/", "it has `/v1` twice", APP),
    ("/v1/api/v1/", "it has a `/v1` too many", TRACK),
    ("/v1/api/v2/", "it has a `/v1` too many", TRACK),
    ("/api/v1/v1/", "it has an `/api/v1` too many", APP),
    ("/api/v1/api/", "it has `/api/v1` twice", TRACK),
    ("/api/v1/send/", "it belongs to the Track API", APP),
    ("/api/v1/campaigns/", "it belongs to the Track API", APP),
];

/// The beginnings of paths of each API.
const APIS: [(&str, &str); 2] = [("/api/", TRACK), ("/v1/", APP)];

/// The response if there is nothing at a path.
pub(super) async fn not_found(method: Method, uri: Uri) -> Refusal {
    if method == Method::CONNECT {
        let error = format!(
            "this server is not a proxy for https: give the client of {uri} an address that begins with http://, or see `TLS` in \
             the documentation of `inkproof serve`"
        );
        return Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error);
    }
    Refusal::not_found(explain(uri.path()))
}

/// The response if a path does not support a method.
pub(super) async fn method_not_allowed(method: Method, uri: Uri) -> Refusal {
    let path = uri.path();
    let hint = match path.strip_prefix("/v1/customers/") {
        Some(_) if method != Method::GET => format!(": {TRACK}"),
        _ => String::new(),
    };
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, format!("`{path}` does not support {method}{hint}"))
}

fn explain(path: &str) -> String {
    if let Some(without) = path.strip_suffix('/').filter(|without| !without.is_empty()) {
        return format!("there is nothing at `{path}`: paths of Customer.io do not end with `/`, as in `{without}`");
    }
    if let Some((_, wrong, right)) = MISTAKES.iter().find(|(start, ..)| path.starts_with(start)) {
        return format!(
            "there is nothing at `{path}`: the address that the client was given is wrong: {wrong}; {right}"
        );
    }
    match APIS.iter().find(|(start, _)| path.starts_with(start)) {
        Some((_, right)) => {
            format!(
                "there is nothing at `{path}`: either inkproof does not have this part of the API, or the address is wrong; {right}"
            )
        }
        None => format!("there is nothing at `{path}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explains_the_right_address() {
        for (path, expected) in [
            ("/v1/v1/send/email", "it has `/v1` twice; the App API's address is http://HOST:PORT/v1 for Node"),
            ("/api/v1/v1/send/sms", "an `/api/v1` too many; the App API's address"),
            (
                "/api/v1/api/v1/customers/5",
                "`/api/v1` twice; the Track API's address is http://HOST:PORT/api/v1 for Node",
            ),
            ("/v1/newsletters", "inkproof does not have this part"),
            ("/nowhere", "there is nothing at `/nowhere`"),
        ] {
            let text = explain(path);
            assert!(text.contains(expected), "{text}");
        }
    }
}
