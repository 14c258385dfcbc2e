//! URIs of files, and their paths.

use std::path::{Component, Path, PathBuf, Prefix};

use gen_lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays as it is in the path of a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of a `file:` URI on this machine; `None` for any other URI.
pub(super) fn to_path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.0.strip_prefix("file://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    if !matches!(host, "" | "localhost") {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8().ok()?;
    Some(normal(Path::new(without_slash_before_drive(&path))))
}

/// On Windows, the path of `file:///c:/shop` is `c:/shop`.
fn without_slash_before_drive(path: &str) -> &str {
    if cfg!(windows) { path.strip_prefix('/').unwrap_or(path) } else { path }
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// The URI of a path.
pub(super) fn from_path(path: &Path) -> Uri {
    let mut uri = "file://".to_owned();
    for part in path.components() {
        match part {
            Component::Prefix(prefix) => {
                uri.push('/');
                if let Prefix::Disk(drive) | Prefix::VerbatimDisk(drive) = prefix.kind() {
                    uri.push(char::from(drive.to_ascii_lowercase()));
                    uri.push_str("%3A");
                }
            }
            Component::Normal(name) => {
                uri.push('/');
                uri.extend(utf8_percent_encode(&name.to_string_lossy(), PATH));
            }
            Component::RootDir | Component::CurDir | Component::ParentDir => {}
        }
    }
    if uri == "file://" {
        uri.push('/');
    }
    Uri(uri)
}

/// A path whose folders are not links, as a project has them. What does not exist stays as it is.
pub(super) fn canonical(path: &Path) -> PathBuf {
    let Some((parent, name)) = path.parent().zip(path.file_name()) else { return path.to_owned() };
    match parent.canonicalize() {
        Ok(parent) => parent.join(name),
        Err(_) => canonical(parent).join(name),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn converts_uris_to_paths_and_back() {
        for (uri, path) in [
            ("file:///shop/templates/order.liquid", "/shop/templates/order.liquid"),
            ("file:///my%20shop/%C3%A9t%C3%A9.json", "/my shop/été.json"),
            ("file:///a%3Ab%25%23c", "/a:b%#c"),
            ("file:///", "/"),
        ] {
            assert_eq!(to_path(&Uri::from(uri)).unwrap(), Path::new(path), "{uri}");
            assert_eq!(from_path(Path::new(path)).0, uri);
        }
        for (uri, path) in [
            ("file://localhost/a", Some("/a")),
            ("file:///a:b", Some("/a:b")),
            ("file:///a/./b/../c", Some("/a/c")),
            ("file:///a?x#y", Some("/a")),
            ("file://server/a", None),
            ("file:a", None),
            ("untitled:Untitled-1", None),
            ("https://example.com/a", None),
            ("file:///%FF", None),
        ] {
            assert_eq!(to_path(&Uri::from(uri)).as_deref(), path.map(Path::new), "{uri}");
        }
    }
}
