//! Whether the signal `SIGHUP` is ignored, as `nohup` makes it.

use std::io::{self, IsTerminal as _};

/// Whether the program was started with `nohup`, which means that it goes on without its terminal.
pub(crate) fn is_ignored() -> bool {
    let ignored = |status: String| {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    };
    // The lowest bit is signal 1, which is `SIGHUP`.
    match std::fs::read_to_string("/proc/self/status").ok().and_then(ignored) {
        Some(mask) => mask & 1 != 0,
        // Without `/proc`, the disposition is unknown. `nohup` redirects the output away from the terminal.
        None => !io::stdout().is_terminal() && !io::stderr().is_terminal(),
    }
}
