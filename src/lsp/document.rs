//! Documents: the files that the editor has open, as it shows them.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri};

use super::position::{Encoding, Lines};
use super::uri;

/// A file that is open in the editor. Cloning is cheap.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// The URI as the client writes it.
    pub(super) uri: Uri,
    /// Its path in a project; `None` for a buffer that is no file.
    pub(super) path: Option<PathBuf>,
    pub(super) version: i32,
    pub(super) text: Arc<str>,
}

impl Document {
    pub(super) fn open(item: TextDocumentItem) -> Self {
        let path = uri::to_path(&item.uri).map(|path| uri::canonical(&path));
        Self { path, uri: item.uri, version: item.version, text: item.text.into() }
    }

    /// Applies changes in order.
    pub(super) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>, encoding: Encoding) {
        self.version = version;
        let mut text = self.text.to_string();
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                    let range = Lines::new(&text, encoding).bytes(change.range);
                    text.replace_range(range, &change.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => text = change.text,
            }
        }
        self.text = text.into();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn applies_changes_in_order() {
        let item = json!({"uri": "untitled:1", "languageId": "liquid", "version": 1, "text": "🎉 a\nb"});
        let mut document = Document::open(serde_json::from_value(item).unwrap());
        let at = |line: u32, start: u32, end: u32| json!({"start": {"line": line, "character": start}, "end": {"line": line, "character": end}});
        for (changes, expected) in [
            (json!([{"range": at(0, 3, 4), "text": "x"}]), "🎉 x\nb"),
            (json!([{"range": at(1, 0, 0), "text": "1\n2"}, {"range": at(2, 1, 2), "text": ""}]), "🎉 x\n1\n2"),
            (json!([{"text": "new"}, {"range": at(0, 3, 9), "text": "!"}]), "new!"),
            (json!([{"range": at(7, 0, 3), "text": "end"}]), "new!end"),
        ] {
            document.change(2, serde_json::from_value(changes).unwrap(), Encoding::Utf16);
            assert_eq!(&*document.text, expected);
        }
        assert_eq!(document.version, 2);
    }
}
