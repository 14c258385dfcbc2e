//! `inkproof serve`: the real binary on a free port.

mod audience;
mod captured;
mod channels;
mod client;
mod clients;
mod document;
mod dry_run;
mod gallery;
mod hostile;
mod hosts;
mod inbox;
mod namespaces;
mod people;
mod process;
mod responsive;
mod saving;
mod schema;
mod send;
mod snapshots;
mod store;
mod webhooks;
