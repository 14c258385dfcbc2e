//! The commands, run as their users run them: the real binary in a folder of its own.

mod broken;
mod check;
mod hostile;
mod liquid;
mod oracle;
mod preview;
mod render;
mod sandbox;
