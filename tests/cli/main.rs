//! End-to-end tests of the commands: the real binary in a temporary folder.

mod answers;
mod audience;
#[cfg(unix)]
mod audience_ends;
mod broken;
mod check;
#[cfg(unix)]
mod ci;
mod configuration;
mod contract;
mod diff;
mod documented;
mod expect;
mod findings;
mod fix;
mod fmt;
mod help;
mod hostile;
mod liquid;
mod losses;
mod mistakes;
mod names;
#[cfg(unix)]
mod outside;
mod paths;
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
mod silent;
#[cfg(unix)]
mod terminal;
mod test;
mod upgrade;
mod verdicts;
#[cfg(unix)]
mod watch;
