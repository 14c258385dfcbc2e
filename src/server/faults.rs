//! Fault injection: errors, delays and dropped connections on request, to test how a sender handles them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::address;
use super::answer::Refusal;
use super::body::whole_number;
use super::namespaces;

/// The maximum number of active faults.
const MAX_FAULTS: usize = 100;

/// The API that adds and removes faults is never affected.
const EXEMPT: &str = "/inkproof/";

/// The longest delay, in milliseconds.
const MAX_LATENCY: u64 = 60_000;

/// A fault: its effect, and the requests that it affects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// A fault that is known by name. The other fields change it.
    #[serde(default)]
    preset: Option<Preset>,
    /// The prefix of the paths that it affects.
    #[serde(default = "send_paths")]
    path: String,
    /// The status to respond with; if it is not given, the normal response.
    #[serde(default, deserialize_with = "whole_number")]
    status: Option<u16>,
    /// The `Retry-After` header of that response, in seconds.
    #[serde(default, deserialize_with = "whole_number")]
    retry_after: Option<u32>,
    /// The body of that response, instead of the usual error.
    #[serde(default)]
    body: Option<String>,
    /// Whether the request is accepted before that: a message is captured although its sender sees an error.
    #[serde(default)]
    accept: Option<bool>,
    /// The delay before the response, in milliseconds.
    #[serde(default, deserialize_with = "whole_number")]
    latency_ms: Option<u64>,
    /// Whether to close the connection without a response.
    #[serde(default)]
    drop: bool,
    /// How many more requests it affects; all if it is not given.
    #[serde(default, deserialize_with = "whole_number")]
    times: Option<u32>,
    /// The probability, from 0 to 1.
    #[serde(default = "always")]
    chance: f64,
}

/// A fault that is known by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Preset {
    /// 429, with `Retry-After`.
    RateLimited,
    /// The message is captured, and its sender sees 500.
    #[serde(rename = "accepted_but_500")]
    AcceptedBut500,
    /// 502 from a gateway, with a page of HTML.
    GatewayHtml,
    /// Later than most client libraries wait.
    Slow,
}

/// The page of a gateway whose server does not respond.
const GATEWAY_PAGE: &str = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n\
    <hr><center>gateway</center>\n</body>\n</html>\n";

/// The delay of `slow`. Most client libraries wait for 10 seconds.
const SLOW: u64 = 11_000;

fn send_paths() -> String {
    "/v1/send/".to_owned()
}

const fn always() -> f64 {
    1.0
}

impl Fault {
    fn latency(&self) -> u64 {
        self.latency_ms.unwrap_or(0)
    }

    /// Fills in what its preset says and the other fields do not.
    fn fill(&mut self) {
        let (status, retry_after, body, accept, latency) = match self.preset {
            None => return,
            Some(Preset::RateLimited) => (Some(429), Some(1), None, false, None),
            Some(Preset::AcceptedBut500) => (Some(500), None, None, true, None),
            Some(Preset::GatewayHtml) => (Some(502), None, Some(GATEWAY_PAGE), false, None),
            Some(Preset::Slow) => (None, None, None, false, Some(SLOW)),
        };
        self.status = self.status.or(status);
        self.retry_after = self.retry_after.or(retry_after);
        self.body = self.body.take().or_else(|| body.map(str::to_owned));
        self.accept = self.accept.or(Some(accept));
        self.latency_ms = self.latency_ms.or(latency);
    }
}

/// The effect of a fault on one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FaultEffect {
    pub(super) latency: Duration,
    /// Whether the request is accepted before the response is replaced.
    pub(super) accept: bool,
    pub(super) response: Option<FaultResponse>,
}

/// What happens instead of the normal response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FaultResponse {
    Drop,
    Status { status: u16, retry_after: Option<u32>, body: Option<String> },
}

/// The active faults, in the order they were added.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Adds a fault.
    pub(super) fn add(&self, mut fault: Fault) -> Result<(), Refusal> {
        fault.fill();
        fault.path = address::usual_prefix(&fault.path);
        if fault.path.starts_with(namespaces::PATH) {
            let error = format!(
                "`path` names a namespace: expected a path such as `/v1/send/`, sent to the namespace's own `/faults`, found `{}`",
                fault.path
            );
            return Err(Refusal::bad_request(error));
        }
        if fault.path.starts_with(EXEMPT) {
            return Err(Refusal::bad_request(format!("faults never affect `{EXEMPT}`: expected another `path`")));
        }
        if fault.times == Some(0) {
            return Err(Refusal::bad_request("expected at least 1 as `times`"));
        }
        if fault.status.is_some_and(|status| !(400..=599).contains(&status)) {
            return Err(Refusal::bad_request("expected a `status` from 400 to 599"));
        }
        if !(0.0..=1.0).contains(&fault.chance) {
            return Err(Refusal::bad_request("expected a `chance` from 0 to 1"));
        }
        if fault.latency() > MAX_LATENCY {
            return Err(Refusal::bad_request(format!("expected at most {MAX_LATENCY} as `latency_ms`")));
        }
        if fault.status.is_none() && !fault.drop && fault.latency() == 0 {
            return Err(Refusal::bad_request(
                "the fault does nothing: give it a `status`, `drop`, `latency_ms` or `preset`",
            ));
        }
        if fault.body.is_some() && fault.status.is_none() {
            return Err(Refusal::bad_request("a `body` needs a `status`"));
        }
        if fault.accept == Some(true) && fault.status.is_none() && !fault.drop {
            return Err(Refusal::bad_request(
                "`accept` needs a `status` or `drop`: without them, requests are accepted anyway",
            ));
        }
        let mut faults = self.lock();
        if faults.len() == MAX_FAULTS {
            let error = format!("there are {MAX_FAULTS} faults already: delete them first");
            return Err(Refusal::new(StatusCode::CONFLICT, error));
        }
        faults.push(fault);
        Ok(())
    }

    /// The active faults.
    pub(super) fn all(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Removes all faults.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    /// The effect on a request of the first fault that matches its path and its probability. Counts as one use of that fault.
    pub(super) fn inject(&self, path: &str) -> Option<FaultEffect> {
        // Faults can always be removed again.
        if path.starts_with(EXEMPT) {
            return None;
        }
        let mut faults = self.lock();
        let index = faults.iter().position(|fault| {
            path.starts_with(&fault.path) && (fault.chance >= 1.0 || fastrand::f64() < fault.chance)
        })?;
        let fault = &mut faults[index];
        let response = match fault.status {
            _ if fault.drop => Some(FaultResponse::Drop),
            Some(status) => {
                Some(FaultResponse::Status { status, retry_after: fault.retry_after, body: fault.body.clone() })
            }
            None => None,
        };
        let accept = fault.accept == Some(true);
        let effect = FaultEffect { latency: Duration::from_millis(fault.latency()), accept, response };
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                faults.remove(index);
            }
        }
        Some(effect)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> Fault {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_fault_affects_only_its_number_of_requests() {
        let faults = Faults::default();
        faults.add(fault(r#"{"status": 429, "retry_after": 1, "times": 2}"#)).unwrap();
        faults.add(fault(r#"{"path": "/api", "drop": true, "latency_ms": 5}"#)).unwrap();
        let limited = FaultEffect {
            latency: Duration::ZERO,
            accept: false,
            response: Some(FaultResponse::Status { status: 429, retry_after: Some(1), body: None }),
        };
        assert_eq!(faults.inject("/v1/send/inbox_message").as_ref(), Some(&limited));
        assert_eq!(faults.inject("/v1/send/inbox_message"), Some(limited));
        assert_eq!(faults.inject("/v1/send/inbox_message"), None);
        let dropped =
            FaultEffect { latency: Duration::from_millis(5), accept: false, response: Some(FaultResponse::Drop) };
        assert_eq!(faults.inject("/api/v4/users"), Some(dropped));
        assert_eq!(faults.all().len(), 1);
        faults.add(fault(r#"{"path": "", "drop": true}"#)).unwrap();
        assert_eq!(faults.inject("/inkproof/api/faults"), None);
        faults.clear();
        assert_eq!(faults.inject("/api/v4/users"), None);
    }

    #[test]
    fn a_preset_can_be_changed() {
        for (json, expected) in [
            (r#"{"preset": "rate_limited"}"#, (Some(429), Some(1), false, 0)),
            (r#"{"preset": "rate_limited", "retry_after": 7}"#, (Some(429), Some(7), false, 0)),
            (r#"{"preset": "accepted_but_500"}"#, (Some(500), None, true, 0)),
            (r#"{"preset": "gateway_html", "status": 504}"#, (Some(504), None, false, 0)),
            (r#"{"preset": "slow"}"#, (None, None, false, 11_000)),
        ] {
            let faults = Faults::default();
            faults.add(fault(json)).unwrap();
            let effect = faults.inject("/v1/send/email").unwrap();
            let (status, retry_after) = match effect.response {
                Some(FaultResponse::Status { status, retry_after, .. }) => (Some(status), retry_after),
                _ => (None, None),
            };
            assert_eq!((status, retry_after, effect.accept, effect.latency.as_millis()), expected, "{json}");
        }
    }

    #[test]
    fn paths_may_be_spelled_as_those_of_requests() {
        for (path, request) in [
            ("v1/send", "/v1/send/email"),
            ("/send/", "/v1/send/email"),
            ("send", "/v1/send/email"),
            ("//v1//send/", "/v1/send/email"),
            ("/customers/5", "/v1/customers/5/messages"),
            ("/a", "/api/v1/customers/x"),
            ("/trans", "/v1/transactional"),
            ("/", "/v1/send/email"),
            ("/nowhere", "/nowhere"),
        ] {
            let faults = Faults::default();
            faults.add(fault(&format!(r#"{{"status": 500, "path": "{path}"}}"#))).unwrap();
            assert!(faults.inject(request).is_some(), "{path}");
        }
    }

    #[test]
    fn a_fault_with_chance_zero_is_never_injected() {
        let faults = Faults::default();
        faults.add(fault(r#"{"status": 500, "chance": 0}"#)).unwrap();
        assert!((0..100).all(|_| faults.inject("/v1/send/x").is_none()));
    }

    #[test]
    fn rejects_faults_without_a_valid_effect() {
        for (json, expected) in [
            (r#"{"status": 200}"#, "expected a `status` from 400 to 599"),
            (r#"{"status": 500, "chance": 2}"#, "expected a `chance` from 0 to 1"),
            (r#"{"latency_ms": 100000}"#, "expected at most 60000 as `latency_ms`"),
            ("{}", "the fault does nothing: give it a `status`, `drop`, `latency_ms` or `preset`"),
            (r#"{"status": 500, "times": 0}"#, "expected at least 1 as `times`"),
            (
                r#"{"status": 500, "path": "namespace/a/v1/send/"}"#,
                "`path` names a namespace: expected a path such as `/v1/send/`, sent to the namespace's own `/faults`, found \
                 `/namespace/a/v1/send/`",
            ),
            (
                r#"{"status": 500, "path": "/inkproof/api"}"#,
                "faults never affect `/inkproof/`: expected another `path`",
            ),
            (r#"{"latency_ms": 5, "body": "x"}"#, "a `body` needs a `status`"),
            (
                r#"{"latency_ms": 5, "accept": true}"#,
                "`accept` needs a `status` or `drop`: without them, requests are accepted anyway",
            ),
        ] {
            assert_eq!(Faults::default().add(fault(json)).unwrap_err().to_string(), expected);
        }
    }
}
