//! Cargo features: a program that was built without one reports that when it is needed.

use std::process::{Command, Output};

fn inkproof(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_inkproof")).args(arguments).output().unwrap()
}

#[test]
fn help_lists_serve_only_if_it_is_built_in() {
    let help = String::from_utf8(inkproof(&["--help"]).stdout).unwrap();
    assert!(help.contains("\n  check "), "{help}");
    assert_eq!(help.contains("\n  serve "), cfg!(feature = "serve"), "{help}");
}

#[cfg(not(feature = "lsp"))]
#[test]
fn lsp_reports_that_its_feature_is_missing() {
    let output = inkproof(&["lsp", "--stdio"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: `lsp` needs the feature `lsp`"), "{error}");
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(not(feature = "serve"))]
#[test]
fn serve_reports_that_its_feature_is_missing() {
    for arguments in [&["serve"][..], &["serve", "--port", "0", "--exec", "true"], &["serve", "--help"]] {
        let output = inkproof(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.starts_with("error: `serve` needs the feature `serve`"), "{arguments:?}: {error}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[cfg(all(feature = "serve", not(feature = "store")))]
#[test]
fn store_reports_that_its_feature_is_missing() {
    let output = inkproof(&["-C", env!("CARGO_MANIFEST_DIR"), "serve", "--port", "0", "--store", "messages.db"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: `--store` needs the feature `store`"), "{error}");
    assert_eq!(output.status.code(), Some(2));
}
