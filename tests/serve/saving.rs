//! *Save as request*: the only way to make the server write to the project, which only its own page may use.

use serde_json::json;

use crate::client::{Answer, Server, eventually};

const REQUEST: &str =
    r#"{"transactional_message_id": "hello", "identifiers": {"id": "user_123"}, "message_data": {"title": "saved"}}"#;

fn save(server: &Server, name: &str, request: &str, replace: bool) -> Answer {
    let origin = format!("http://{}", server.address);
    let body = json!({ "name": name, "request": request, "replace": replace }).to_string();
    server.ask("PUT", "/inkproof/api/requests", &[("origin", &origin)], &body)
}

/// All files of the project.
fn files(server: &Server) -> Vec<String> {
    let mut folders = vec![server.folder.path().to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path().display().to_string());
            }
        }
    }
    files.sort();
    files
}

#[test]
fn saves_a_request_and_replaces_it_only_on_request() {
    let server = Server::start(&[]);
    let saved = save(&server, "two", REQUEST, false);
    assert_eq!(saved.status, 200, "{}", saved.body);
    assert_eq!(saved.json()["file"], "fixtures/requests/hello/two.json");
    let path = server.folder.path().join("fixtures/requests/hello/two.json");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{REQUEST}\n"));

    let other = REQUEST.replace("saved", "replaced");
    let refused = save(&server, "two", &other, false);
    assert_eq!((refused.status, refused.error().as_str()), (409, "there is a request `hello/two` already"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{REQUEST}\n"));
    assert_eq!(save(&server, "two", &other, true).status, 200);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{other}\n"));

    // It is part of the project now, even if its template had no requests before.
    let first = REQUEST.replace("hello", "42").replace("title", "order_id");
    assert_eq!(save(&server, "first", &first, false).json()["file"], "fixtures/requests/order_shipped/first.json");
    let names = || -> Vec<serde_json::Value> {
        let templates = server.get("/inkproof/api/templates");
        let templates = templates["templates"].as_array().unwrap().iter();
        let requests = templates.flat_map(|template| template["requests"].as_array().unwrap());
        requests.map(|request| request["name"].clone()).collect()
    };
    eventually("the third request", || (names().len() == 3).then_some(()));
    assert_eq!(names(), ["hello/one", "hello/two", "order_shipped/first"]);
}

#[test]
fn rejects_other_clients_and_names_outside_of_the_project() {
    let server = Server::start(&[]);
    let before = files(&server);
    let body = json!({ "name": "two", "request": REQUEST }).to_string();
    for headers in [[].as_slice(), &[("origin", "https://evil.example")], &[("origin", "null")]] {
        assert_eq!(server.ask("PUT", "/inkproof/api/requests", headers, &body).status, 403, "{headers:?}");
    }
    for name in ["", ".", "..", "../../evil", "a/b", "a\\b", "/tmp/evil", "C:evil", ".hidden", "a\0b", "a\nb", "a*b"] {
        let refused = save(&server, name, REQUEST, true);
        assert_eq!(refused.status, 400, "{name:?}: {}", refused.body);
        assert!(refused.error().starts_with("the request's name is used as a file name"), "{}", refused.body);
    }
    for request in ["", "[]", "{}", &REQUEST.replace("hello", "../../evil"), &REQUEST.replace("hello", "nothing")] {
        assert_eq!(save(&server, "two", request, true).status, 400, "{request}");
    }
    assert_eq!(files(&server), before, "nothing was written");
}

#[cfg(unix)]
#[test]
fn rejects_links_out_of_the_project() {
    let server = Server::start(&[]);
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), server.folder.path().join("fixtures/requests/order_shipped")).unwrap();
    let refused = save(&server, "evil", &REQUEST.replace("hello", "order_shipped"), true);
    assert_eq!(refused.status, 500, "{}", refused.body);
    assert!(refused.error().contains("leads out of the project"), "{}", refused.body);
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn saves_nothing_if_the_configuration_is_invalid() {
    let server = Server::start(&[]);
    std::fs::write(server.folder.path().join("inkproof.toml"), "[paths]\nrequest = 'x'\n").unwrap();
    let before = files(&server);
    let refused = eventually("the change of the configuration", || {
        Some(save(&server, "two", REQUEST, true)).filter(|answer| answer.status == 409)
    });
    let error = "the request cannot be saved: `inkproof.toml` has mistakes; correct them first";
    assert_eq!((refused.status, refused.error().as_str()), (409, error));
    std::fs::remove_file(server.folder.path().join("fixtures/requests/hello/two.json")).unwrap_or_default();
    assert_eq!(files(&server), before);
}

#[test]
fn rejects_names_whose_snapshots_another_request_has() {
    let server = Server::start(&[]);
    let request = REQUEST.replace("hello", "order_shipped");
    assert_eq!(save(&server, "one", &request, false).status, 200);
    let before = files(&server);
    for name in ["one@fr", "ONE", "CON", "lpt1.old"] {
        let refused = save(&server, name, &request, false);
        assert_eq!(refused.status, 400, "{name}: {}", refused.body);
    }
    assert_eq!(files(&server), before);
}
