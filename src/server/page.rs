//! The server's web page: an inbox, and an editor to try out templates. It is embedded in the binary and loads nothing from
//! other hosts.

use axum::extract::Path;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;

use super::answer::Refusal;

/// Allows only the page's own scripts and styles, and no framing by other pages.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// The files of the page: name, content type, content.
const FILES: [(&str, &str, &str); 19] = [
    ("page.css", CSS, include_str!("page/page.css")),
    ("page.js", JS, include_str!("page/page.js")),
    ("address.js", JS, include_str!("page/address.js")),
    ("audience.js", JS, include_str!("page/audience.js")),
    ("card.js", JS, include_str!("page/card.js")),
    ("controls.js", JS, include_str!("page/controls.js")),
    ("dom.js", JS, include_str!("page/dom.js")),
    ("editor.js", JS, include_str!("page/editor.js")),
    ("findings.js", JS, include_str!("page/findings.js")),
    ("gallery.js", JS, include_str!("page/gallery.js")),
    ("inbox.js", JS, include_str!("page/inbox.js")),
    ("paths.js", JS, include_str!("page/paths.js")),
    ("properties.js", JS, include_str!("page/properties.js")),
    ("record.js", JS, include_str!("page/record.js")),
    ("snapshots.js", JS, include_str!("page/snapshots.js")),
    ("source.js", JS, include_str!("page/source.js")),
    ("templates.js", JS, include_str!("page/templates.js")),
    ("time.js", JS, include_str!("page/time.js")),
    ("visual.js", JS, include_str!("page/visual.js")),
];

/// `GET /`
pub(super) async fn html() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)];
    (headers, include_str!("page/page.html"))
}

/// `GET /inkproof/page/{name}`
pub(super) async fn file(Path(name): Path<String>) -> Result<impl IntoResponse, Refusal> {
    let file = FILES.into_iter().find(|(known, ..)| *known == name);
    let (_, kind, text) = file.ok_or_else(|| Refusal::not_found(format!("there is no file `{name}`")))?;
    Ok(([(CONTENT_TYPE, kind)], text))
}
