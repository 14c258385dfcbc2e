//! Saving: writes a request from the server's page to a file of the project. Besides, only `snapshots` writes to the project.

use std::borrow::Cow;
use std::io;
use std::path::{Component, Path};
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract;
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, ORIGIN};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::body;
use super::send::inbox::{malformed, unknown_template};
use super::state::State;
use crate::atomic_file::Root;
use crate::diagnostics::{Diagnostics, Source, sanitize};
use crate::message::Request;
use crate::project::{CONFIG_FILE, Project, is_reserved};

/// The longest name, in bytes. File systems limit the length of file names.
const MAX_NAME: usize = 100;

/// Characters that are not allowed in names, because file systems, shells or globs reserve them.
const SPECIAL: &str = "/\\:*?\"<>|";

/// A request to save.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Save {
    /// The name of the file, without the extension.
    name: String,
    /// The body of the request.
    request: String,
    /// Whether an existing file may be replaced.
    #[serde(default)]
    replace: bool,
}

/// `PUT /inkproof/api/requests`
pub(super) async fn save(
    extract::State(state): extract::State<Arc<State>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    require_own_page(&headers, &state, "requests can only be saved")?;
    let save: Save = body::json(body).await?;
    let shared = Arc::clone(&state);
    let saved = state.renders.run(move || {
        let (project, _) = shared.project.get();
        let file = save.write(&project)?;
        // The next request must see the new file.
        shared.project.reload_file(project.root().join(&file));
        Ok::<_, Refusal>(file)
    });
    let file = saved.await??;
    Ok(Json(json!({ "file": file })))
}

/// Refuses what writes files to other clients than the server's own page. `what` begins the error.
pub(super) fn require_own_page(headers: &HeaderMap, state: &State, what: &str) -> Result<(), Refusal> {
    // Browsers always send the origin of a page with `PUT`, and the guard has compared it with this server.
    if headers.contains_key(ORIGIN) && state.options.host.is_loopback() {
        return Ok(());
    }
    Err(Refusal::new(StatusCode::FORBIDDEN, format!("{what} by the server's own page, on this machine")))
}

impl Save {
    /// Writes the file, and returns its path relative to the project.
    fn write(&self, project: &Project) -> Result<String, Refusal> {
        if !project.is_config_valid() {
            let error = format!("the request cannot be saved: `{CONFIG_FILE}` has mistakes; correct them first");
            return Err(Refusal::new(StatusCode::CONFLICT, error));
        }
        let mut problems = Diagnostics::new();
        let source = Source::new("request.json", self.request.as_str());
        let request = Request::read("request", source, &mut problems).map_err(|errors| malformed(&errors))?;
        let template = project.template_for(&request).ok_or_else(|| unknown_template(project, &request))?.name();
        let (folder, name) =
            (file_name(template, "the template's name")?, file_name(&self.name, "the request's name")?);
        let folder = project.config().paths.requests.join(folder);
        let file = folder.join(format!("{name}.json"));
        let shown = file.display().to_string().replace('\\', "/");
        let whole = format!("{template}/{name}");
        let exists = project.requests().iter().any(|request| request.name() == whole);
        if let Some(problem) = project.name_problem(&whole, template).filter(|_| !exists) {
            return Err(Refusal::bad_request(format!("{problem}: choose another name")));
        }
        let mut text = self.request.trim().to_owned();
        text.push('\n');
        let root = Root::open(project.root()).map_err(|error| cannot_write(&error))?;
        let put = if self.replace { Root::replace } else { Root::create };
        put(&root, &file, text.as_bytes()).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Refusal::new(StatusCode::CONFLICT, format!("there is a request `{template}/{name}` already"))
            }
            _ => cannot_write(&error),
        })?;
        Ok(shown)
    }
}

fn cannot_write(error: &dyn std::error::Error) -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the request cannot be saved: {error}"))
}

/// Checks that a string can be used as the name of a file or folder. `what` names the string in the error.
fn file_name<'a>(text: &'a str, what: &str) -> Result<&'a str, Refusal> {
    let is_special = |character: char| character.is_control() || SPECIAL.contains(character);
    let is_name = !text.is_empty()
        && text.len() <= MAX_NAME
        && !text.contains(is_special)
        && !is_reserved(text)
        && matches!(sanitize::line(text), Cow::Borrowed(_))
        && !text.starts_with(['.', '-', ' '])
        && !text.ends_with(['.', ' '])
        && matches!(Path::new(text).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    if is_name {
        return Ok(text);
    }
    Err(Refusal::bad_request(format!(
        "{what} is used as a file name: expected at most {MAX_NAME} letters, digits, `_`, `-` and the like, found `{text}`"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_safe_file_names() {
        for name in ["standard", "in_london-2", "zoë", "with a space", "v1.2"] {
            assert!(file_name(name, "a name").is_ok(), "{name}");
        }
        let long = "x".repeat(101);
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "/etc/passwd",
            "C:x",
            ".hidden",
            "-rf",
            "a\0b",
            "a\nb",
            "a*",
            "x.",
            "x ",
            "CON",
            "aux.old",
            "x\u{202e}y",
            &long,
        ] {
            assert!(file_name(name, "a name").is_err(), "{name:?}");
        }
    }
}
