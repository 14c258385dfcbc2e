//! Suggestions for subcommands that inkproof does not have, but other tools do: `lint`, `watch`, `ls`.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Subcommands of other tools, each with the command lines of inkproof that do the same.
const SUGGESTIONS: [(&str, &[&str]); 11] = [
    ("build", &["render"]),
    ("lint", &["check"]),
    ("list", &["check --table", "preview"]),
    ("ls", &["check --table", "preview"]),
    ("mock", SERVER),
    ("send", SENDING),
    ("show", &["preview"]),
    ("start", SERVER),
    ("validate", &["check"]),
    ("verify", &["check"]),
    ("watch", &["preview --watch"]),
];

#[cfg(feature = "serve")]
const SERVER: &[&str] = &["serve"];
#[cfg(not(feature = "serve"))]
const SERVER: &[&str] = &["preview"];

#[cfg(feature = "serve")]
const SENDING: &[&str] = &["serve", "request TEMPLATE"];
#[cfg(not(feature = "serve"))]
const SENDING: &[&str] = &["request TEMPLATE"];

/// The message for an unrecognized subcommand that the table lists; `None` for every other error.
pub(super) fn message(error: &Error) -> Option<String> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let (_, command_lines) = SUGGESTIONS.iter().find(|(known, _)| known == name)?;
    let quoted: Vec<_> = command_lines.iter().map(|line| format!("`inkproof {line}`")).collect();
    Some(format!("unrecognized subcommand `{name}`; use {}", quoted.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(command_line: &str) -> Result<clap::ArgMatches, Error> {
        let words = ["inkproof"].into_iter().chain(command_line.split(' '));
        crate::cli::command().try_get_matches_from(words)
    }

    #[test]
    fn suggests_command_lines_that_parse_for_names_that_do_not() {
        for (name, command_lines) in SUGGESTIONS {
            let error = parse(name).expect_err(name);
            let message = message(&error).expect(name);
            for line in command_lines {
                assert!(parse(line).is_ok(), "{line}");
                assert!(message.contains(&format!("`inkproof {line}`")), "{message}");
            }
        }
    }

    #[test]
    fn leaves_other_errors_to_the_parser() {
        for command_line in ["chekc", "check --no-such-flag", "--help", "request"] {
            assert_eq!(message(&parse(command_line).expect_err(command_line)), None);
        }
    }
}
