//! Saving: what was typed on the server's page as a request becomes a file of the project. Nothing else that the server is
//! asked for writes there.

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
use super::send::{malformed, unknown_template};
use super::state::State;
use crate::atomic_file::{create, make_within, replace};
use crate::diagnostics::{Diagnostics, Source};
use crate::message::Request;
use crate::project::{CONFIG_FILE, Project};

/// The longest name, in bytes: with its ending, file systems must take it.
const MAX_NAME: usize = 100;

/// What stands in no name: it would mean something to a file system, a shell or a glob.
const SPECIAL: &str = "/\\:*?\"<>|";

/// What to save.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Save {
    /// What to call it.
    name: String,
    /// The text of the request's body.
    request: String,
    /// Whether it may take the place of what is there.
    #[serde(default)]
    replace: bool,
}

/// `PUT /inkproof/api/requests`
pub(super) async fn save(
    extract::State(state): extract::State<Arc<State>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    // A browser always says where a page is from, and what it says of a page of ours has been compared.
    if !headers.contains_key(ORIGIN) || !state.options.host.is_loopback() {
        let error = "only the server's own page saves requests, and only on this machine";
        return Err(Refusal::new(StatusCode::FORBIDDEN, error));
    }
    let save: Save = body::json(body).await?;
    let saved = tokio::task::spawn_blocking(move || {
        let (project, _) = state.project.get();
        let file = save.write(&project)?;
        // Whoever asks for the project next finds it there.
        state.project.read_again(project.root().join(&file));
        Ok::<_, Refusal>(file)
    });
    let file = saved.await.map_err(|error| cannot_write(&error))??;
    Ok(Json(json!({ "file": file })))
}

impl Save {
    /// Writes the file, and gives its path within the project.
    fn write(&self, project: &Project) -> Result<String, Refusal> {
        if !project.is_config_valid() {
            let error = format!("the request cannot be saved: `{CONFIG_FILE}` has mistakes; correct them first");
            return Err(Refusal::new(StatusCode::CONFLICT, error));
        }
        let mut problems = Diagnostics::new();
        let source = Source::new("request.json", self.request.as_str());
        let request = Request::read("request", source, &mut problems).map_err(|errors| malformed(&errors))?;
        let template = project.template_for(&request).ok_or_else(|| unknown_template(project, &request))?.name();
        let (folder, name) = (file_name(template, "the template's name")?, file_name(&self.name, "a name")?);
        let folder = project.config().paths.requests.join(folder);
        let file = folder.join(format!("{name}.json"));
        let shown = file.display().to_string().replace('\\', "/");
        let folder = make_within(project.root(), &folder).map_err(|error| cannot_write(&error))?;
        let mut text = self.request.trim().to_owned();
        text.push('\n');
        let path = folder.join(format!("{name}.json"));
        let put = if self.replace { replace } else { create };
        put(&path, text.as_bytes()).map_err(|error| match error.kind() {
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

/// A text as the name of a file or folder.
fn file_name<'a>(text: &'a str, what: &str) -> Result<&'a str, Refusal> {
    let is_odd = |character: char| character.is_control() || SPECIAL.contains(character);
    let is_name = !text.is_empty()
        && text.len() <= MAX_NAME
        && !text.contains(is_odd)
        && !text.starts_with(['.', '-', ' '])
        && !text.ends_with(['.', ' '])
        && matches!(Path::new(text).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    if is_name {
        return Ok(text);
    }
    Err(Refusal::bad_request(format!(
        "{what} becomes that of a file: expected at most {MAX_NAME} letters, digits, `_`, `-` and the like, found `{text}`"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
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
            &long,
        ] {
            assert!(file_name(name, "a name").is_err(), "{name:?}");
        }
    }
}
