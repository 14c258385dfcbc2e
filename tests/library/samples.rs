//! Compares the sample project's messages with insta, as a Rust project does in its own tests. `inkproof test` uses the same
//! snapshots.

use std::path::Path;

use inkproof::{project::Project, snapshot};

#[test]
fn every_sample_message_equals_its_snapshot() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Project::open_for_tests(root).unwrap();
    assert!(!project.problems().has_errors());
    let mut count = 0;
    snapshot::render_all(&project, |name, contents| {
        let path = root.join(&project.config().test.snapshots).join(name);
        let mut settings = insta::Settings::new();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_snapshot_path(path.parent().unwrap());
        settings.bind(|| insta::assert_snapshot!(path.file_name().unwrap().to_str().unwrap(), contents));
        count += 1;
    });
    assert_eq!(count, project.cases().len());
}
