//! Faults: what the server has been told to get wrong, so that a sender's handling of it can be tested.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::body::whole;

/// Most faults that stand at once.
const MAX_FAULTS: usize = 100;

/// What never goes wrong: the API by which faults are given.
const OURS: &str = "/inkproof/";

/// The longest delay.
const MAX_LATENCY: u64 = 60_000;

/// What to get wrong, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// What a request's path must begin with.
    #[serde(default = "sends")]
    path: String,
    /// The status to answer; as if nothing were wrong where none is given.
    #[serde(default, deserialize_with = "whole")]
    status: Option<u16>,
    /// The `Retry-After` to answer with it, in seconds.
    #[serde(default, deserialize_with = "whole")]
    retry_after: Option<u32>,
    /// How long to wait before, in milliseconds.
    #[serde(default, deserialize_with = "whole")]
    latency_ms: Option<u64>,
    /// Close the connection without an answer.
    #[serde(default)]
    drop: bool,
    /// For how many requests more; for all if not given.
    #[serde(default, deserialize_with = "whole")]
    times: Option<u32>,
    /// How likely, from 0 to 1.
    #[serde(default = "always")]
    chance: f64,
}

fn sends() -> String {
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

/// What to do to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FaultEffect {
    pub(super) latency: Duration,
    pub(super) end: Option<End>,
}

/// How a request ends that is not answered as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Drop,
    Answer { status: u16, retry_after: Option<u32> },
}

/// The faults that stand, in the order they were given.
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

    /// The faults that still stand.
    pub(super) fn all(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Forgets all faults.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    /// What to do to a request: the first fault that fits it and has its chance. That one is used up by one.
    pub(super) fn harm(&self, path: &str) -> Option<FaultEffect> {
        // Whatever is wrong, it can be put right.
        if path.starts_with(OURS) {
            return None;
        }
        let mut faults = self.lock();
        let place = faults.iter().position(|fault| {
            path.starts_with(&fault.path) && (fault.chance >= 1.0 || fastrand::f64() < fault.chance)
        })?;
        let fault = &mut faults[place];
        let end = match fault.status {
            _ if fault.drop => Some(End::Drop),
            Some(status) => Some(End::Answer { status, retry_after: fault.retry_after }),
            None => None,
        };
        let harm = FaultEffect { latency: Duration::from_millis(fault.latency()), end };
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                faults.remove(place);
            }
        }
        Some(harm)
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
    fn a_fault_is_used_up() {
        let faults = Faults::default();
        faults.add(fault(r#"{"status": 429, "retry_after": 1, "times": 2}"#)).unwrap();
        faults.add(fault(r#"{"path": "/api", "drop": true, "latency_ms": 5}"#)).unwrap();
        let limited =
            FaultEffect { latency: Duration::ZERO, end: Some(End::Answer { status: 429, retry_after: Some(1) }) };
        assert_eq!(faults.harm("/v1/send/inbox_message"), Some(limited));
        assert_eq!(faults.harm("/v1/send/inbox_message"), Some(limited));
        assert_eq!(faults.harm("/v1/send/inbox_message"), None);
        let dropped = FaultEffect { latency: Duration::from_millis(5), end: Some(End::Drop) };
        assert_eq!(faults.harm("/api/v4/users"), Some(dropped));
        assert_eq!(faults.all().len(), 1);
        faults.add(fault(r#"{"path": "", "drop": true}"#)).unwrap();
        assert_eq!(faults.harm("/inkproof/api/faults"), None);
        faults.clear();
        assert_eq!(faults.harm("/api/v4/users"), None);
    }

    #[test]
    fn by_chance() {
        let faults = Faults::default();
        faults.add(fault(r#"{"status": 500, "chance": 0}"#)).unwrap();
        assert!((0..100).all(|_| faults.harm("/v1/send/x").is_none()));
    }

    #[test]
    fn what_is_no_fault() {
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
