//! Overlays: texts that replace those of files, such as the unsaved contents of an editor.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts that replace those of files on disk, by absolute path. Cloning is cheap.
///
/// ```
/// use inkproof::project::Overlay;
///
/// let mut overlay = Overlay::default();
/// let path = std::path::Path::new("/shop/templates/order.liquid");
/// assert!(overlay.set(path, Some("{}")));
/// assert!(!overlay.set(path, Some("{}")));
/// assert!(overlay.set(path, None));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Overlay(Arc<BTreeMap<PathBuf, Arc<str>>>);

impl Overlay {
    /// Sets the text of a file; `None` means its text on disk. Returns whether that changes anything.
    pub fn set(&mut self, path: &Path, text: Option<&str>) -> bool {
        if self.0.get(path).map(|text| &**text) == text {
            return false;
        }
        let texts = Arc::make_mut(&mut self.0);
        match text {
            Some(text) => texts.insert(path.to_owned(), text.into()),
            None => texts.remove(path),
        };
        true
    }

    /// The text of a file, if it is replaced.
    #[must_use]
    pub fn text(&self, path: &Path) -> Option<&Arc<str>> {
        self.0.get(path)
    }

    /// The files at or below a path, sorted.
    pub(super) fn below<'o>(&'o self, path: &'o Path) -> impl Iterator<Item = &'o Path> {
        let from = self.0.range::<Path, _>((Bound::Included(path), Bound::Unbounded));
        from.map(|(file, _)| file.as_path()).take_while(move |file| file.starts_with(path))
    }
}
