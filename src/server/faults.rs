//! Fault injection: errors, delays and dropped connections on request, to test how a sender handles them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::body::whole_number;

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
    /// The prefix of the paths that it affects.
    #[serde(default = "send_paths")]
    path: String,
    /// The status to respond with; if it is not given, the normal response.
    #[serde(default, deserialize_with = "whole_number")]
    status: Option<u16>,
    /// The `Retry-After` header of that response, in seconds.
    #[serde(default, deserialize_with = "whole_number")]
    retry_after: Option<u32>,
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
}

/// The effect of a fault on one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FaultEffect {
    pub(super) latency: Duration,
    pub(super) response: Option<FaultResponse>,
}

/// What happens instead of the normal response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultResponse {
    Drop,
    Status { status: u16, retry_after: Option<u32> },
}

/// The active faults, in the order they were added.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Adds a fault.
    pub(super) fn add(&self, fault: Fault) -> Result<(), String> {
        if fault.status.is_some_and(|status| !(400..=599).contains(&status)) {
            return Err("expected a `status` from 400 to 599".to_owned());
        }
        if !(0.0..=1.0).contains(&fault.chance) {
            return Err("expected a `chance` from 0 to 1".to_owned());
        }
        if fault.latency() > MAX_LATENCY {
            return Err(format!("expected at most {MAX_LATENCY} as `latency_ms`"));
        }
        if fault.status.is_none() && !fault.drop && fault.latency() == 0 {
            return Err("the fault does nothing: give it a `status`, `drop` or `latency_ms`".to_owned());
        }
        let mut faults = self.lock();
        if faults.len() == MAX_FAULTS {
            return Err(format!("there are {MAX_FAULTS} faults already: delete them first"));
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
            Some(status) => Some(FaultResponse::Status { status, retry_after: fault.retry_after }),
            None => None,
        };
        let effect = FaultEffect { latency: Duration::from_millis(fault.latency()), response };
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
            response: Some(FaultResponse::Status { status: 429, retry_after: Some(1) }),
        };
        assert_eq!(faults.inject("/v1/send/inbox_message"), Some(limited));
        assert_eq!(faults.inject("/v1/send/inbox_message"), Some(limited));
        assert_eq!(faults.inject("/v1/send/inbox_message"), None);
        let dropped = FaultEffect { latency: Duration::from_millis(5), response: Some(FaultResponse::Drop) };
        assert_eq!(faults.inject("/api/v4/users"), Some(dropped));
        assert_eq!(faults.all().len(), 1);
        faults.add(fault(r#"{"path": "", "drop": true}"#)).unwrap();
        assert_eq!(faults.inject("/inkproof/api/faults"), None);
        faults.clear();
        assert_eq!(faults.inject("/api/v4/users"), None);
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
            ("{}", "the fault does nothing: give it a `status`, `drop` or `latency_ms`"),
        ] {
            assert_eq!(Faults::default().add(fault(json)).unwrap_err(), expected);
        }
    }
}
