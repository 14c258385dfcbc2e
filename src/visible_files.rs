//! The files and folders below a folder, except for hidden ones.
//!
//! The walk must survive that another process exchanges a link to a folder while it is followed. The walk of the `ignore`
//! crate panics then.

use std::path::Path;

use walkdir::{DirEntry, WalkDir};

/// Everything below `folder`, sorted by name, folders before their contents. What begins with a dot is left out. Symbolic
/// links are entries of their own; they are not followed, except for `folder` itself.
pub(crate) fn entries_below(folder: &Path) -> impl Iterator<Item = walkdir::Result<DirEntry>> {
    let is_hidden = |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    let walk = WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter();
    walk.filter_entry(move |entry| !is_hidden(entry))
}

#[cfg(test)]
mod tests {
    use std::fs;
    #[cfg(unix)]
    use std::thread;

    use super::*;

    #[test]
    fn leaves_out_what_is_hidden_and_what_is_below_links() {
        let folder = tempfile::tempdir().unwrap();
        // The folder itself may be hidden.
        let root = folder.path().join(".root");
        for path in ["b/two", "b/.three/four", "a", ".five"] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), "").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("b", root.join("c")).unwrap();
        let found: Vec<_> = entries_below(&root)
            .map(|entry| entry.unwrap().path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"))
            .collect();
        assert_eq!(found, if cfg!(unix) { vec!["a", "b", "b/two", "c"] } else { vec!["a", "b", "b/two"] });
        assert!(entries_below(&root.join("missing")).all(|entry| entry.is_err()));
    }

    #[test]
    #[cfg(unix)]
    fn survives_a_link_to_a_folder_that_is_exchanged_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        fs::create_dir_all(at("folder/a")).unwrap();
        fs::write(at("folder/a/b"), "").unwrap();
        std::os::unix::fs::symlink("folder", at("link")).unwrap();
        std::os::unix::fs::symlink("missing", at("dangling")).unwrap();
        thread::scope(|scope| {
            let exchange = scope.spawn(|| {
                for (from, to) in
                    [("link", "walked"), ("walked", "link"), ("dangling", "walked"), ("walked", "dangling")]
                        .repeat(20_000)
                {
                    fs::rename(at(from), at(to)).unwrap();
                }
            });
            while !exchange.is_finished() {
                entries_below(&at("walked")).for_each(drop);
            }
        });
    }
}
