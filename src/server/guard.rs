//! The guard: access control by host and origin. Pages of other sites must not read or change anything, neither by cross-site
//! requests nor by DNS rebinding. Only the inbox API, which is made for pages of other origins, allows them (CORS).

use std::net::IpAddr;
use std::time::Duration;

use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{Method, StatusCode, Uri};
use tower_http::cors::{Any, CorsLayer};

use super::answer::Refusal;

/// Who may use a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Pages of any origin, because Customer.io's browser clients use it.
    AnyOrigin,
    /// Programs, and the server's own page.
    Own,
}

/// The prefixes of paths that pages of any origin may use.
const OPEN: [&str; 9] = ["/api/", "/v1/t", "/v1/i", "/v1/p", "/v1/g", "/v1/a", "/v1/s", "/v1/b", "/v1/m"];

/// Exceptions to these prefixes.
const CLOSED: [&str; 2] = ["/v1/send", "/v1/transactional"];

/// How long browsers may cache the response to a preflight request.
const PREFLIGHT_AGE: Duration = Duration::from_secs(600);

impl Audience {
    pub(super) fn from_path(path: &str) -> Self {
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
        if begins(&OPEN) && !begins(&CLOSED) { Self::AnyOrigin } else { Self::Own }
    }
}

/// The CORS headers for paths that pages of any origin may use.
pub(super) fn cors() -> CorsLayer {
    const REQUEST: [HeaderName; 9] = [
        CONTENT_TYPE,
        CONTENT_LANGUAGE,
        HeaderName::from_static("x-cio-site-id"),
        HeaderName::from_static("x-cio-client-platform"),
        HeaderName::from_static("x-cio-client-version"),
        HeaderName::from_static("x-cio-client-app-identifier"),
        HeaderName::from_static("x-cio-datacenter"),
        HeaderName::from_static("x-gist-encoded-user-token"),
        HeaderName::from_static("x-gist-user-anonymous"),
    ];
    const RESPONSE: [HeaderName; 3] = [
        HeaderName::from_static("x-gist-queue-polling-interval"),
        HeaderName::from_static("x-cio-use-sse"),
        HeaderName::from_static("x-cio-inbox-enabled"),
    ];
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::OPTIONS])
        .allow_headers(REQUEST)
        .allow_private_network(true)
        .expose_headers(RESPONSE)
        .max_age(PREFLIGHT_AGE)
        // The response is the same for every origin.
        .vary([])
}

/// Admits or rejects a request. `public` is whether the server accepts connections from other machines.
pub(super) fn admit(uri: &Uri, headers: &HeaderMap, public: bool) -> Result<Audience, Refusal> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let Some(host) = host.filter(|_| hosts.next().is_none()) else {
        return Err(Refusal::bad_request("expected one header `Host`"));
    };
    if let Some(host) = [Some(host), uri.authority().map(Authority::as_str)]
        .into_iter()
        .flatten()
        .find(|host| !is_this_machine(host, public))
    {
        let error = format!("`{host}` is not a name of this server: use localhost or its address");
        return Err(Refusal::new(StatusCode::FORBIDDEN, error));
    }
    let audience = Audience::from_path(uri.path());
    if audience == Audience::Own && is_cross_site(headers, host, uri.path()) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "pages of other origins are not allowed to use this path"));
    }
    Ok(audience)
}

/// Whether a `Host` can only mean this server: a name that cannot be resolved by a foreign DNS server.
fn is_this_machine(host: &str, public: bool) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
    name == "localhost"
        || name.ends_with(".localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| public || address.is_loopback())
}

fn is_cross_site(headers: &HeaderMap, host: &str, path: &str) -> bool {
    let foreign_origin = headers
        .get(ORIGIN)
        .is_some_and(|origin| origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://")) != Some(host));
    // Only browsers send this header. Links to the page itself are allowed from anywhere.
    let foreign_fetch = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site");
    foreign_origin || (foreign_fetch && path != "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(path: &str, headers: &[(&str, &str)], public: bool) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        admit(&path.parse().unwrap(), &headers, public).is_ok()
    }

    #[test]
    fn accepts_only_names_of_this_machine() {
        for (host, public, expected) in [
            ("localhost", false, true),
            ("LOCALHOST:3010", false, true),
            ("app.localhost:3010", false, true),
            ("127.0.0.1:3010", false, true),
            ("127.9.9.9", false, true),
            ("[::1]:3010", false, true),
            ("[::1]", false, true),
            ("192.168.1.2:3010", false, false),
            ("192.168.1.2:3010", true, true),
            ("evil.example", true, false),
            ("evil.example:3010", false, false),
            ("localhost.evil.example", false, false),
            ("127.0.0.1.evil.example", false, false),
            ("127.0.0.1:x", false, false),
            ("", false, false),
        ] {
            assert_eq!(admitted("/", &[("host", host)], public), expected, "{host}");
        }
        assert!(!admitted("/", &[], false));
        assert!(!admitted("/", &[("host", "localhost"), ("host", "evil.example")], false));
        assert!(!admitted("http://evil.example/", &[("host", "localhost")], false));
    }

    #[test]
    fn pages_of_other_origins_may_use_only_the_inbox_api() {
        const HOST: (&str, &str) = ("host", "localhost:3010");
        for (path, header, expected) in [
            ("/v1/send/inbox_message", ("origin", "https://evil.example"), false),
            ("/v1/send/inbox_message", ("origin", "null"), false),
            ("/v1/send/inbox_message", ("origin", "http://localhost:8080"), false),
            ("/v1/send/inbox_message", ("origin", "http://localhost:3010"), true),
            ("/v1/transactional", ("origin", "https://evil.example"), false),
            ("/inkproof/api/messages", ("origin", "https://evil.example"), false),
            ("/inkproof/api/messages", ("sec-fetch-site", "cross-site"), false),
            ("/inkproof/api/messages", ("sec-fetch-site", "same-origin"), true),
            ("/", ("sec-fetch-site", "cross-site"), true),
            ("/api/v4/users", ("origin", "https://shop.example"), true),
            ("/v1/t", ("origin", "https://shop.example"), true),
            ("/v1/projects/key/settings", ("sec-fetch-site", "cross-site"), true),
        ] {
            assert_eq!(admitted(path, &[HOST, header], false), expected, "{path} {header:?}");
        }
    }
}
