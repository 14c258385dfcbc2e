//! Reports messages that are not sent: those that were accepted, and those that the configuration forbids.

use std::io::{self, Write};

use crate::diagnostics::{Count, sanitize};
use crate::project::CONFIG_FILE;

/// Why a message that is not sent cannot be accepted.
pub(super) const FORBIDDEN: &str = "the message is not sent, and `allow_failures` under `[test]` is `false`";

/// Writes how many of the accepted messages are not sent, and which, with the reasons.
pub(super) fn write_accepted<'a>(
    messages: impl IntoIterator<Item = (&'a str, &'a str)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let messages: Vec<_> = messages.into_iter().collect();
    let verb = if messages.len() == 1 { "is" } else { "are" };
    write_list(&format!("{} {verb} not sent:", Count("accepted message", messages.len())), &messages, out)
}

/// Writes which messages are not sent although the configuration forbids that.
pub(super) fn write_forbidden<'a>(
    messages: impl IntoIterator<Item = (&'a str, &'a str)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let messages: Vec<_> = messages.into_iter().collect();
    let verb = if messages.len() == 1 { "is" } else { "are" };
    let count = Count("message", messages.len());
    let title = format!("{count} {verb} not sent, and `allow_failures` in `{CONFIG_FILE}` is `false`:");
    write_list(&title, &messages, out)
}

fn write_list(title: &str, messages: &[(&str, &str)], out: &mut dyn Write) -> io::Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}")?;
    for (name, reason) in messages {
        writeln!(out, "  {}: {}", sanitize::line(name), sanitize::line(reason))?;
    }
    Ok(())
}
