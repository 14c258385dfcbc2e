//! `inkproof serve`: the real binary on a free port.

mod captured;
mod client;
mod hostile;
mod inbox;
mod process;
mod saving;
mod send;
mod store;
