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

/// The paths that pages of any origin may use: all of those with these prefixes, and the events of the browser client.
const OPEN: [&str; 5] = ["/api/v4/users", "/api/v3/sse", "/api/v1/messages/", "/api/v1/logs/", "/v1/projects/"];
const EVENTS: [&str; 8] = ["/v1/t", "/v1/i", "/v1/p", "/v1/g", "/v1/a", "/v1/s", "/v1/b", "/v1/m"];

/// The header in which browsers say whether a request comes from a page of the same site.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names of Customer.io's hosts end with this. Requests for them arrive here through a proxy or a hosts file.
const CUSTOMER_IO: &str = ".customer.io";

/// How long browsers may cache the response to a preflight request.
const PREFLIGHT_AGE: Duration = Duration::from_secs(600);

impl Audience {
    pub(super) fn from_path(path: &str) -> Self {
        let is_open = OPEN.iter().any(|prefix| path.starts_with(prefix)) || EVENTS.contains(&path);
        if is_open { Self::AnyOrigin } else { Self::Own }
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

/// The names by which this server may be addressed.
#[derive(Clone, Debug, Default)]
pub(super) struct Hosts {
    /// Whether the server accepts connections from other machines.
    pub(super) public: bool,
    /// Further names.
    pub(super) allowed: Vec<String>,
}

/// Admits or rejects a request.
pub(super) fn admit(uri: &Uri, headers: &HeaderMap, hosts: &Hosts) -> Result<Audience, Refusal> {
    let mut given = headers.get_all(HOST).iter();
    let host = given.next().and_then(|host| host.to_str().ok());
    let Some(host) = host.filter(|_| given.next().is_none()) else {
        return Err(Refusal::bad_request("expected one header `Host`"));
    };
    if let Some(host) =
        [Some(host), uri.authority().map(Authority::as_str)].into_iter().flatten().find(|host| !hosts.include(host))
    {
        let name = without_port(host);
        let error = format!(
            "`{host}` is not a name of this server: use localhost or its address, or pass `--allow-host {name}`"
        );
        return Err(Refusal::new(StatusCode::FORBIDDEN, error));
    }
    let audience = Audience::from_path(uri.path());
    if audience == Audience::Own && is_cross_site(headers, host, uri.path()) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "pages of other origins are not allowed to use this path"));
    }
    Ok(audience)
}

impl Hosts {
    /// Whether a `Host` means this server: a name that cannot be resolved by a foreign DNS server, or that is allowed.
    fn include(&self, host: &str) -> bool {
        let name = without_port(host);
        let address = without_brackets(name);
        name.eq_ignore_ascii_case("localhost")
            || is_below(name, ".localhost")
            || is_below(name, CUSTOMER_IO)
            || self.allowed.iter().any(|allowed| without_brackets(allowed).eq_ignore_ascii_case(address))
            || address.parse::<IpAddr>().is_ok_and(|address| self.public || address.is_loopback())
    }
}

/// Whether a name ends with this, ignoring case.
fn is_below(name: &str, end: &str) -> bool {
    let start = name.len().checked_sub(end.len());
    start.and_then(|start| name.as_bytes().get(start..)).is_some_and(|own| own.eq_ignore_ascii_case(end.as_bytes()))
}

/// A `Host` without its port.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        // Otherwise it is within an IPv6 address.
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// An IPv6 address without the brackets that it has in a `Host`.
fn without_brackets(name: &str) -> &str {
    name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name)
}

fn is_cross_site(headers: &HeaderMap, host: &str, path: &str) -> bool {
    let is_own = |origin: &str| {
        let origin_host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        origin_host == Some(host)
    };
    let foreign_origin = headers.get(ORIGIN).is_some_and(|origin| !origin.to_str().is_ok_and(is_own));
    // Only browsers send it. Links to the page itself are allowed from anywhere.
    let foreign_fetch = headers.get(FETCH_SITE).is_some_and(|site| site == "cross-site" || site == "same-site");
    foreign_origin || (foreign_fetch && path != "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(path: &str, headers: &[(&str, &str)], public: bool) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let hosts = Hosts { public, allowed: vec!["inkproof".to_owned(), "fd00::1".to_owned()] };
        admit(&path.parse().unwrap(), &headers, &hosts).is_ok()
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
            ("inkproof:3010", false, true),
            ("Inkproof", true, true),
            ("[fd00::1]:3010", false, true),
            ("[fd00::1]", false, true),
            ("[fd00::2]", false, false),
            ("inkproof.evil.example", true, false),
            ("api.customer.io", false, true),
            ("consumer.inapp.customer.io:443", false, true),
            ("customer.io.evil.example", true, false),
            ("evilcustomer.io", true, false),
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
    fn advice_names_the_host_without_its_port() {
        for (host, name) in
            [("evil.example:80", "evil.example"), ("[fd00::1]", "[fd00::1]"), ("[fd00::1]:80", "[fd00::1]")]
        {
            let headers = [(HOST, host.parse().unwrap())].into_iter().collect();
            let error = admit(&Uri::from_static("/"), &headers, &Hosts::default()).unwrap_err().to_string();
            assert!(error.ends_with(&format!("or pass `--allow-host {name}`")), "{error}");
        }
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
            ("/v1/track", ("origin", "https://shop.example"), false),
            ("/api/v1/customers/5", ("origin", "https://shop.example"), false),
            ("/inkproof/api/messages", ("origin", "https://localhost:3010"), true),
            ("/v1/projects/key/settings", ("sec-fetch-site", "cross-site"), true),
        ] {
            assert_eq!(admitted(path, &[HOST, header], false), expected, "{path} {header:?}");
        }
    }
}
