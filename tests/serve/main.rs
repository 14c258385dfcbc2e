//! `inkproof serve`: the real binary on a free port.

mod captured;
mod client;
mod document;
mod dry_run;
mod hostile;
mod inbox;
mod process;
mod saving;
mod send;
mod store;
