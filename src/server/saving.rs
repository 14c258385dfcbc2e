//! Saving: what was typed on the server's page as a request becomes a file of the project. Nothing else that the server is
//! asked for writes there.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract;
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, ORIGIN};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::answer::Refusal;
use super::body;
use super::send::{malformed, unknown_template};
use super::state::State;
use crate::diagnostics::{Diagnostics, Source};
use crate::message::Request;
use crate::project::Project;

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
        save.write(&project)
    });
    let file = saved.await.map_err(|error| cannot_write(&error))??;
    Ok(Json(json!({ "file": file })))
}

impl Save {
    /// Writes the file, and gives its path within the project.
    fn write(&self, project: &Project) -> Result<String, Refusal> {
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
        put(&path, &text, self.replace).map_err(|error| match error.kind() {
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

/// Makes a folder, and gives its real path, which lies within `root` whatever links there are on the way.
fn make_within(root: &Path, folder: &Path) -> io::Result<PathBuf> {
    let root = root.canonicalize()?;
    let mut path = root.clone();
    for part in folder.components() {
        path.push(part);
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        path = path.canonicalize()?;
        if !path.starts_with(&root) {
            return Err(io::Error::other(format!("`{}` leads out of the project", folder.display())));
        }
    }
    Ok(path)
}

/// Writes a file, all of it or nothing.
fn put(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut file = NamedTempFile::with_prefix_in(".inkproof-", folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    let kept = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map(drop).map_err(|error| error.error)
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

    #[cfg(unix)]
    #[test]
    fn no_link_leads_out() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(root.path().join("inside")).unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("out")).unwrap();
        std::os::unix::fs::symlink("inside", root.path().join("in")).unwrap();
        assert!(make_within(root.path(), Path::new("out/requests")).is_err());
        assert!(make_within(root.path(), Path::new("../x")).is_err());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        let inside = root.path().canonicalize().unwrap().join("inside/requests");
        assert_eq!(make_within(root.path(), Path::new("in/requests")).unwrap(), inside);
    }
}
