//! End-to-end tests of the commands: the real binary in a temporary folder.

mod answers;
mod broken;
mod check;
#[cfg(unix)]
mod ci;
mod configuration;
mod diff;
mod documented;
mod findings;
mod fix;
mod help;
mod hostile;
mod liquid;
#[cfg(unix)]
mod outside;
mod payload;
mod preview;
mod render;
#[cfg(unix)]
mod review;
mod sandbox;
mod scaffold;
mod schema;
mod schemas;
mod scratch;
mod shell;
#[cfg(unix)]
mod terminal;
mod test;
mod upgrade;
#[cfg(unix)]
mod watch;
