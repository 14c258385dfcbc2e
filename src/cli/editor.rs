//! The editor that somebody has chosen.

use std::env;
use std::path::Path;
use std::process::Command;

/// Opens a file in the editor that `VISUAL` or `EDITOR` names, and waits until it is closed.
///
/// # Errors
/// A sentence about why that is not possible.
pub(super) fn open(file: &Path) -> Result<(), String> {
    let editor = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| env::var(name).ok());
    let Some(editor) = editor.into_iter().find(|editor| !editor.trim().is_empty()) else {
        return Err("no editor is set: put its command into `EDITOR`".to_owned());
    };
    // An editor may have arguments of its own, such as `code --wait`.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    match Command::new(program).args(words).arg(file).status() {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("cannot start `{editor}`: {error}")),
    }
}
