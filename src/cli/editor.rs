//! The user's editor.

use std::env;
use std::path::Path;
use std::process::Command;

/// Opens a file in the editor that `VISUAL` or `EDITOR` names, and waits until it is closed.
///
/// # Errors
/// A message if no editor is set, or if it cannot start or fails.
pub(super) fn open(file: &Path) -> Result<(), String> {
    let editor = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| env::var(name).ok());
    let Some(editor) = editor.into_iter().find(|editor| !editor.trim().is_empty()) else {
        return Err("no editor is set: set `EDITOR` to its command".to_owned());
    };
    let words = words(&editor).ok_or_else(|| format!("a quote is not closed in `EDITOR`: `{editor}`"))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(format!("`EDITOR` names no command: `{editor}`"));
    };
    match Command::new(program).args(arguments).arg(file).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{editor}` failed: {status}")),
        Err(error) => Err(format!("cannot start `{editor}`: {error}")),
    }
}

/// Splits a command into words like a shell: an editor may have arguments, such as `code --wait`, or a path with spaces.
fn words(command: &str) -> Option<Vec<String>> {
    if cfg!(windows) {
        // On Windows, a backslash separates folders.
        return shlex::split(&command.replace('\\', r"\\"));
    }
    shlex::split(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_split_as_a_shell_does() {
        for (command, expected) in [
            ("vi", Some(vec!["vi"])),
            (" code --wait ", Some(vec!["code", "--wait"])),
            ("'/My Tools/edit' -c \"set ft=liquid\"", Some(vec!["/My Tools/edit", "-c", "set ft=liquid"])),
            ("vi '", None),
            ("# vi", Some(vec![])),
        ] {
            let expected: Option<Vec<String>> = expected.map(|words| words.into_iter().map(str::to_owned).collect());
            assert_eq!(words(command), expected, "{command}");
        }
    }
}
