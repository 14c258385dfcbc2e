//! Snapshots on the page: compared and accepted as by `inkproof test`.

use std::process::Command;

use serde_json::{Value, json};

use crate::client::{Answer, Server, eventually};

fn snapshot(server: &Server) -> Value {
    let snapshots = server.get("/inkproof/api/snapshots/hello")["snapshots"].clone();
    assert_eq!(snapshots.as_array().unwrap().len(), 1, "{snapshots}");
    snapshots[0].clone()
}

fn accept(server: &Server, snapshot: &Value) -> Answer {
    let origin = format!("http://{}", server.address);
    let body = json!({ "name": snapshot["name"], "contents": snapshot["contents"] }).to_string();
    server.ask("PUT", "/inkproof/api/snapshots", &[("origin", &origin)], &body)
}

/// The exit code of `inkproof test`.
fn test(server: &Server) -> Option<i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkproof"));
    command.arg("-C").arg(server.folder.path()).args(["test"]).env("CI", "1").output().unwrap().status.code()
}

fn change_template(server: &Server, text: &str) {
    std::fs::write(server.folder.path().join("templates/hello.liquid"), text).unwrap();
}

/// Waits until the snapshot is compared with the changed template.
fn wait_for(server: &Server, is_it: impl Fn(&Value) -> bool) -> Value {
    eventually("the change", || Some(snapshot(server)).filter(&is_it))
}

#[test]
fn accepts_what_was_shown_and_the_test_passes() {
    let server = Server::start(&[]);
    std::fs::remove_file(server.folder.path().join("templates/broken.liquid")).unwrap();
    let new = snapshot(&server);
    assert_eq!((&new["status"], &new["file"]), (&json!("new"), &json!("tests/snapshots/hello/one.snap")));
    assert!(new["contents"].as_str().unwrap().contains("\"title\": \"Hi\""), "{new}");
    let accepted = accept(&server, &new);
    assert_eq!((accepted.status, &accepted.json()["file"]), (200, &new["file"]), "{}", accepted.body);
    assert_eq!(snapshot(&server)["status"], "unchanged");
    assert_eq!(test(&server), Some(0));

    change_template(&server, "---\n---\n{\"title\": \"{{ trigger.title }}!\"}");
    let different = wait_for(&server, |snapshot| snapshot["status"] == "different");
    assert_eq!(different["changes"], json!([{ "field": "properties.title", "from": "Hi", "to": "Hi!" }]));
    let lines: Vec<_> =
        different["hunks"][0]["lines"].as_array().unwrap().iter().map(|line| line["mark"].clone()).collect();
    assert!(lines.contains(&json!("-")) && lines.contains(&json!("+")), "{different}");
    assert_eq!(test(&server), Some(1));
    // The failed test has left a pending snapshot, which is accepted as well.
    let pending = server.folder.path().join("tests/snapshots/hello/one.snap.new");
    std::fs::write(&pending, "pending").unwrap();
    assert_eq!(accept(&server, &different).status, 200);
    assert!(!pending.exists());
    assert_eq!(test(&server), Some(0));
}

#[test]
fn accepts_nothing_else() {
    let server = Server::start(&[]);
    let shown = snapshot(&server);
    let path = server.folder.path().join("tests/snapshots/hello/one.snap");
    let body = json!({ "name": shown["name"], "contents": shown["contents"] }).to_string();
    for headers in [[].as_slice(), &[("origin", "https://evil.example")], &[("origin", "null")]] {
        assert_eq!(server.ask("PUT", "/inkproof/api/snapshots", headers, &body).status, 403, "{headers:?}");
    }
    for name in ["none", "../x", "/etc/passwd", "hello/one@fr", ""] {
        let refused = accept(&server, &json!({ "name": name, "contents": "" }));
        assert_eq!((refused.status, refused.error()), (404, format!("there is no snapshot `{name}`")));
    }
    // The message has changed since it was shown.
    change_template(&server, "---\n---\n{\"title\": \"other\"}");
    wait_for(&server, |snapshot| snapshot["contents"].as_str().unwrap().contains("other"));
    let refused = accept(&server, &shown);
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (409, "`hello/one` has changed since it was shown: look at it again")
    );
    assert!(!path.exists());
    assert_eq!(server.ask("GET", "/inkproof/api/snapshots/helo", &[], "").status, 404);

    // Other machines may not write, even with the server's own origin.
    let public = Server::start(&["--host", "0.0.0.0"]);
    let address = public.address.replace("0.0.0.0", "127.0.0.1");
    let headers = [("host", address.as_str()), ("origin", &format!("http://{address}"))];
    assert_eq!(public.ask("PUT", "/inkproof/api/snapshots", &headers, &body).status, 403);
}

#[cfg(unix)]
#[test]
fn writes_nothing_outside_of_the_project() {
    let server = Server::start(&[]);
    let outside = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(server.folder.path().join("tests")).unwrap();
    std::os::unix::fs::symlink(outside.path(), server.folder.path().join("tests/snapshots")).unwrap();
    let refused = accept(&server, &snapshot(&server));
    assert_eq!(refused.status, 500, "{}", refused.body);
    assert!(refused.error().contains("it leads out of the project"), "{}", refused.error());
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}
