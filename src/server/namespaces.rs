//! Namespaces: parallel tests that share a server, each with its own messages, clock, faults and people.
//!
//! A request names its namespace by the beginning of its path, by a header, or by its key.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::http::header::{AUTHORIZATION, HeaderName};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, StatusCode, Uri};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::answer::Refusal;
use super::json;
use super::state::State;

/// The maximum number of namespaces.
const MAX_NAMESPACES: usize = 256;

/// The longest name of a namespace.
const MAX_NAME: usize = 64;

/// The beginning of a path that names a namespace, and of a key.
pub(super) const PATH: &str = "/namespace/";
const KEY: &str = "namespace-";

/// The beginning of the paths that messages are sent to.
const SEND: &str = "/v1/send/";

/// The headers that name a namespace: one of its own, and those with the site id of a browser's client.
const HEADER: HeaderName = HeaderName::from_static("x-inkproof-namespace");
const SITE_ID: HeaderName = HeaderName::from_static("x-cio-site-id");

/// A namespace: its state, and the router that responds to its requests.
#[derive(Clone)]
pub(super) struct Namespace {
    pub(super) state: Arc<State>,
    pub(super) router: Router,
}

/// The namespaces that were used.
#[derive(Default)]
pub(super) struct Namespaces(Mutex<BTreeMap<String, Namespace>>);

impl Namespaces {
    /// The namespace with a name, which is created if necessary.
    pub(super) fn get(&self, name: &str, make: impl FnOnce() -> Namespace) -> Result<Namespace, Refusal> {
        let is_name = !name.is_empty()
            && name.len() <= MAX_NAME
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if !is_name {
            let error = format!(
                "`{name}` is not a name of a namespace: expected at most {MAX_NAME} letters, digits, `-`, `_` and `.`"
            );
            return Err(Refusal::bad_request(error));
        }
        let mut known = self.lock();
        if let Some(namespace) = known.get(name) {
            return Ok(namespace.clone());
        }
        if known.len() == MAX_NAMESPACES {
            let error = format!("there are {MAX_NAMESPACES} namespaces already: delete them first");
            return Err(Refusal::new(StatusCode::CONFLICT, error));
        }
        let namespace = make();
        known.insert(name.to_owned(), namespace.clone());
        Ok(namespace)
    }

    /// The names, and the numbers of messages.
    pub(super) fn all(&self) -> Vec<(String, usize)> {
        self.lock().iter().map(|(name, namespace)| (name.clone(), namespace.state.store.len())).collect()
    }

    /// Removes a namespace with everything in it, and ends what waits for something in it. Returns false if there is none with
    /// this name.
    pub(super) fn remove(&self, name: &str) -> bool {
        self.lock().remove(name).inspect(|namespace| namespace.state.end()).is_some()
    }

    /// Ends what waits for something in any namespace.
    pub(super) fn end(&self) {
        self.lock().values().for_each(|namespace| namespace.state.end());
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Namespace>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the name of a namespace from the beginning of the path; `None` if it names none.
pub(super) fn take_from_path(uri: &mut Uri) -> Option<String> {
    let rest = uri.path().strip_prefix(PATH)?;
    let (name, path) = rest.find('/').map_or((rest, "/"), |end| rest.split_at(end));
    let (name, path) = (name.to_owned(), path.to_owned());
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{path}{query}").parse::<PathAndQuery>().ok()?);
    *uri = Uri::from_parts(parts).ok()?;
    Some(name)
}

/// The namespace that a header or a key of a request names; `None` for the usual one.
pub(super) fn named_by(parts: &Parts, body: &[u8]) -> Option<String> {
    let header = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let in_key = |key: &str| key.strip_prefix(KEY).map(str::to_owned);
    header(HEADER)
        .map(str::to_owned)
        .or_else(|| key_of(&parts.headers).as_deref().and_then(in_key))
        .or_else(|| header(SITE_ID).and_then(in_key))
        .or_else(|| site_id(parts.uri.query()?).as_deref().and_then(in_key))
        .or_else(|| write_key(parts.uri.path(), body).as_deref().and_then(in_key))
}

/// The key in `Authorization`: that of `Bearer`, or the user of `Basic`.
fn key_of(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(key.trim().into());
    }
    let decoded = String::from_utf8(BASE64_STANDARD.decode(key.trim()).ok()?).ok()?;
    decoded.split(':').next().map(|user| user.to_owned().into())
}

/// The site id of an event stream.
fn site_id(query: &str) -> Option<String> {
    let parameters: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    parameters.into_iter().find(|(name, _)| name == "siteId").map(|(_, id)| id)
}

/// The write key in an event, which browsers and phones write into the body. What is sent to people has none.
fn write_key(path: &str, body: &[u8]) -> Option<String> {
    let has_key = !path.starts_with(SEND) && memchr::memmem::find(body, b"\"writeKey\"").is_some();
    let event = has_key.then(|| json::read(std::str::from_utf8(body).ok()?).ok())??;
    event.get("writeKey")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_begin_with_a_namespace() {
        for (uri, name, rest) in [
            ("/namespace/a/v1/send/email?x=1", Some("a"), "/v1/send/email?x=1"),
            ("/namespace/a/", Some("a"), "/"),
            ("/namespace/a", Some("a"), "/"),
            ("/namespace/", Some(""), "/"),
            ("/v1/send/email", None, "/v1/send/email"),
        ] {
            let mut parsed = uri.parse().unwrap();
            assert_eq!((take_from_path(&mut parsed).as_deref(), parsed.to_string().as_str()), (name, rest), "{uri}");
        }
    }

    #[test]
    fn headers_and_keys_name_namespaces() {
        let basic = format!("Basic {}", BASE64_STANDARD.encode("namespace-c:key"));
        for (header, uri, body, name) in [
            (("x-inkproof-namespace", "a"), "/", "", Some("a")),
            (("authorization", "Bearer namespace-b"), "/", "", Some("b")),
            (("authorization", "Bearer key"), "/", "", None),
            (("authorization", basic.as_str()), "/", "", Some("c")),
            (("x-cio-site-id", "namespace-d"), "/", "", Some("d")),
            (("a", "b"), "/api/v3/sse?userToken=x&siteId=namespace-e", "", Some("e")),
            (("a", "b"), "/v1/t", r#"{"writeKey": "namespace-f"}"#, Some("f")),
            (("a", "b"), "/v1/batch", r#"{"writeKey": "namespace-g"}"#, Some("g")),
            (("a", "b"), "/v1/t", r#"{"writeKey": "key"}"#, None),
            (("a", "b"), "/v1/send/email", r#"{"writeKey": "namespace-h"}"#, None),
        ] {
            let request = axum::http::Request::get(uri).header(header.0, header.1).body(()).unwrap();
            let (parts, ()) = request.into_parts();
            assert_eq!(named_by(&parts, body.as_bytes()).as_deref(), name, "{header:?} {uri} {body}");
        }
    }
}
