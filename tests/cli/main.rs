//! The commands, run as their users run them: the real binary in a folder of its own.

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
mod payload;
mod preview;
mod render;
#[cfg(unix)]
mod review;
mod sandbox;
mod scaffold;
mod scratch;
mod shell;
#[cfg(unix)]
mod terminal;
mod test;
mod upgrade;
#[cfg(unix)]
mod watch;
