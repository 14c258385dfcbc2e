//! `--store`: messages survive restarts and crashes, and unusable files are rejected.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Server, eventually, inkproof, project};

const ADA: &str = "dXNlcl8xMjM=";
const WEB: [(&str, &str); 2] = [("x-gist-encoded-user-token", ADA), ("x-cio-client-platform", "web")];

/// How often the server is killed. A hundred times take a minute.
fn rounds() -> usize {
    std::env::var("KILLS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(3)
}

/// The output of a server that cannot use its file.
fn refused(file: &Path) -> Output {
    let folder = project();
    let output = inkproof(folder.path(), &["--store", file.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "no address is printed");
    output
}

fn assert_refused(file: &Path, expected: &str) {
    let output = refused(file);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains(&format!("`{}` {expected}", file.display())), "{error}");
}

#[test]
fn messages_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages.db");
    let arguments = ["--now", "2026-01-01T00:00:00Z", "--store", file.to_str().unwrap()];
    let server = Server::start(&arguments);
    let opened = server.deliver("hello", "user_123", &json!({ "title": "Zoë 👋 1e21", "n": 1e21 }));
    let deleted = server.deliver("hello", "user_123", &json!({ "title": "deleted" }));
    server.deliver("order_shipped", "user_123", &json!({ "order_number": 7 }));
    server.deliver("hello", "stranger", &json!({ "title": "warned of" }));
    let forgotten = server.deliver("hello", "user_123", &json!({ "title": "forgotten" }));
    for option in [r#""queue_draft": true"#, r#""send_at": 1767229200"#] {
        let body = format!(
            r#"{{{option}, "transactional_message_id": "hello", "identifiers": {{"id": "user_123"}}, "message_data": {{"title": "Hi"}}}}"#
        );
        assert_eq!(server.send(&body).status, 200);
    }
    server.ask("PATCH", &format!("/api/v1/messages/queue-{opened}"), &WEB, r#"{"opened": true}"#);
    server.ask("POST", &format!("/api/v1/logs/queue/queue-{deleted}"), &WEB, "{}");
    server.ask("DELETE", &format!("/inkproof/api/messages/{forgotten}"), &[], "");
    let click = json!({
        "type": "track", "event": "Report Delivery Event",
        "properties": { "deliveryId": opened, "metric": "clicked", "actionName": "cta" },
    });
    server.ask("POST", "/v1/t", &[], &click.to_string());
    let before = server.get("/inkproof/api/messages");
    let statuses: Vec<_> = before["messages"].as_array().unwrap().iter().map(|message| &message["status"]).collect();
    assert_eq!(statuses, ["scheduled", "draft", "delivered", "failed", "deleted", "delivered"]);
    drop(server);

    let server = Server::start(&arguments);
    assert_eq!(server.get("/inkproof/api/messages"), before);
    assert_eq!(server.inbox(ADA), std::slice::from_ref(&opened));
    // Messages from the file work like new ones.
    server.ask("PATCH", &format!("/api/v1/messages/queue-{opened}"), &WEB, r#"{"opened": false}"#);
    server.ask("PUT", "/inkproof/api/clock", &[], r#"{"advance": 3600}"#);
    assert_eq!(server.inbox(ADA).len(), 2, "the scheduled message is due");
    drop(server);

    let server = Server::start(&arguments);
    assert_eq!(server.get(&format!("/inkproof/api/messages/{opened}"))["opened"], false);
    assert_eq!(server.ask("POST", "/inkproof/api/reset", &[], "").json()["deleted"], 6);
    drop(server);
    assert_eq!(Server::start(&arguments).get("/inkproof/api/messages")["total"], 0);
}

/// Sends until the server is gone, and returns the messages that got the status 200.
fn send_until_the_end(
    address: &str,
    sender: usize,
    over: &AtomicBool,
    count_of_answers: &AtomicUsize,
) -> Vec<(String, String)> {
    let mut answered = Vec::new();
    let Ok(stream) = TcpStream::connect(address) else { return answered };
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    for count in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let title = format!("{sender} {count}");
        let body = json!({ "transactional_message_id": "hello", "identifiers": { "id": "user_123" }, "message_data": { "title": title } }).to_string();
        let request = format!(
            "POST /v1/send/inbox_message HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer k\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if (&stream).write_all(request.as_bytes()).is_err() {
            break;
        }
        let Some(answer) = read_answer(&mut reader) else { break };
        count_of_answers.fetch_add(1, Ordering::Relaxed);
        answered.push((answer["delivery_id"].as_str().unwrap().to_owned(), title));
    }
    answered
}

/// The body of the next response; `None` if the connection ends before it is complete.
fn read_answer(reader: &mut impl std::io::BufRead) -> Option<Value> {
    let mut length = 0;
    for number in 0.. {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 || !line.ends_with('\n') {
            return None;
        }
        assert!(number > 0 || line.starts_with("HTTP/1.1 200"), "{line}");
        if let Some(text) = line.to_lowercase().strip_prefix("content-length: ") {
            length = text.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}

#[test]
fn the_deepest_message_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages.db");
    let arguments = ["--store", file.to_str().unwrap()];
    let server = Server::start(&arguments);
    let list = format!("{}{}", "[".repeat(498), "]".repeat(498));
    let body = json!({ "transactional_message_id": "hello", "identifiers": { "id": "user_123" }, "message_data": { "title": "@" } });
    let answer = server.send(&body.to_string().replace("\"@\"", &list));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let message = format!("/inkproof/api/messages/{}", answer.json()["delivery_id"].as_str().unwrap());
    drop(server);
    let server = Server::start(&arguments);
    let answer = server.ask("GET", &message, &[], "").body;
    assert!(answer.contains(&format!("\"properties\":{{\"title\":{list}}}")), "{answer}");
}

#[test]
fn acknowledged_messages_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages.db");
    let arguments = ["--quiet", "--keep", "1000000", "--store", file.to_str().unwrap()];
    let mut sent = 0;
    for round in 0..rounds() {
        let mut server = Server::start(&arguments);
        let (address, over, answers) = (server.address.clone(), AtomicBool::new(false), AtomicUsize::new(0));
        let answered: Vec<_> = std::thread::scope(|scope| {
            let senders: Vec<_> = (0..8)
                .map(|sender| {
                    let (address, over, answers) = (&address, &over, &answers);
                    scope.spawn(move || send_until_the_end(address, sender, over, answers))
                })
                .collect();
            // At a different time in each round, and on a busy machine not before the first answer.
            std::thread::sleep(Duration::from_millis(60 + (round as u64 * 37) % 200));
            eventually("an answer", || (answers.load(Ordering::Relaxed) > 0).then_some(()));
            server.child.kill().unwrap();
            server.child.wait().unwrap();
            over.store(true, Ordering::Relaxed);
            senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect()
        });
        sent += answered.len();
        let server = Server::start(&arguments);
        for (id, title) in &answered {
            let message = server.ask("GET", &format!("/inkproof/api/messages/{id}"), &[], "");
            assert_eq!(message.status, 200, "round {round}: {id} was answered 200 and is lost");
            assert_eq!(message.json()["message"]["properties"]["title"], *title);
        }
        assert_eq!(server.ask("POST", "/inkproof/api/reset", &[], "").status, 200);
    }
    assert!(sent >= rounds(), "{sent} messages were answered in {} rounds", rounds());
    println!("{sent} messages were answered in {} rounds, and none was lost", rounds());
}

#[test]
fn old_messages_are_removed_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages.db");
    let titles = |server: &Server| -> Vec<Value> {
        let messages = server.get("/inkproof/api/messages");
        messages["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["message"]["properties"]["title"].clone())
            .collect()
    };
    let server = Server::start(&["--keep", "3", "--store", file.to_str().unwrap()]);
    for number in 0..5 {
        server.deliver("hello", "user_123", &json!({ "title": number }));
    }
    drop(server);
    let server = Server::start(&["--keep", "10", "--store", file.to_str().unwrap()]);
    // The last removal may have been in progress when the server was killed.
    assert_eq!(titles(&server)[..3], [4, 3, 2]);
    assert!(titles(&server).len() <= 4, "{:?}", titles(&server));
    drop(server);
    let server = Server::start(&["--keep", "2", "--store", file.to_str().unwrap()]);
    assert_eq!(titles(&server), [4, 3]);
}

#[test]
fn rejects_unusable_files() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(
        at("notes.txt"),
        "These are notes, and they are longer than the head of a database would be.".repeat(20),
    )
    .unwrap();
    assert_refused(
        &at("notes.txt"),
        "is not a file of captured messages: expected a file that `inkproof serve --store` created",
    );
    assert!(std::fs::read_to_string(at("notes.txt")).unwrap().starts_with("These are notes"), "the file is unchanged");

    let foreign = rusqlite::Connection::open(at("foreign.db")).unwrap();
    foreign.execute_batch("CREATE TABLE shop (id INTEGER)").unwrap();
    assert_refused(&at("foreign.db"), "is not a file of captured messages");

    drop(Server::start(&["--store", at("newer.db").to_str().unwrap()]));
    rusqlite::Connection::open(at("newer.db")).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    assert_refused(&at("newer.db"), "was written by a newer version of inkproof");

    let server = Server::start(&["--store", at("used.db").to_str().unwrap()]);
    assert_refused(&at("used.db"), "is used by another server");
    drop(server);

    std::fs::create_dir(at("folder")).unwrap();
    for name in ["folder", "missing/messages.db"] {
        let error = refused(&at(name)).stderr;
        let error = String::from_utf8_lossy(&error).into_owned();
        assert!(error.contains(&format!("cannot store messages in `{}`", at(name).display())), "{error}");
    }

    let server = Server::start(&["--store", at("broken.db").to_str().unwrap()]);
    server.deliver("hello", "user_123", &json!({ "title": "Hi" }));
    drop(server);
    rusqlite::Connection::open(at("broken.db")).unwrap().execute("UPDATE message SET captured = '{}'", []).unwrap();
    let error = refused(&at("broken.db")).stderr;
    assert!(String::from_utf8_lossy(&error).contains("message 1 in `"), "{}", String::from_utf8_lossy(&error));
}

/// Needs a small file system, which a user namespace can mount.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_loses_nothing_that_was_acknowledged() {
    use std::process::{Command, Stdio};
    let disk = tempfile::tempdir().unwrap();
    let mut hold = Command::new("unshare");
    hold.args(["-Urm", "sh", "-c", "mount -t tmpfs -o size=512k tmpfs \"$0\" && echo mounted && read end"]);
    let Ok(mut holder) = hold.arg(disk.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else { return };
    let mut mounted = String::new();
    BufReader::new(holder.stdout.as_mut().unwrap()).read_line(&mut mounted).unwrap();
    if mounted.is_empty() {
        println!("left out: this system allows no user namespaces");
        return;
    }
    let inside = |program: &str| {
        let mut command = Command::new("nsenter");
        let holder = holder.id().to_string();
        command.args(["-t", &holder, "-U", "-m", "--preserve-credentials", program]);
        command
    };
    let serve = |file: &str| {
        let folder = project();
        let mut command = inside(env!("CARGO_BIN_EXE_inkproof"));
        command.arg("-C").arg(folder.path()).args(["serve", "--port", "0", "--quiet", "--store"]);
        command.arg(disk.path().join(file)).stdout(Stdio::piped()).stderr(Stdio::piped());
        (folder, command)
    };
    let start = || {
        let (folder, command) = serve("inbox.db");
        Server::of(folder, command)
    };
    let body = |title: &str| {
        let data = json!({ "title": title.repeat(2000) });
        json!({ "transactional_message_id": "hello", "identifiers": { "id": "a" }, "message_data": data }).to_string()
    };
    let server = start();
    let mut acknowledged = 0;
    let refused = loop {
        let answer = server.send(&body("x"));
        if answer.status != 200 {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 1000, "the disk is never full");
    };
    assert_eq!(refused.status, 507, "{}", refused.body);
    drop(server);
    let fill = "cat /dev/zero > \"$0/filler\" 2> /dev/null; rm -f \"$0/new.db\"";
    inside("sh").args(["-c", fill]).arg(disk.path()).status().unwrap();

    let (_folder, mut command) = serve("new.db");
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("new.db` is full: free some space"), "{error}");

    let count = |server: &Server| server.get("/inkproof/api/health")["messages"].as_u64().unwrap();
    let server = start();
    assert_eq!((count(&server), server.send(&body("x")).status), (acknowledged, 507), "still full");
    drop(server);
    inside("mount").args(["-o", "remount,size=4m"]).arg(disk.path()).status().unwrap();
    let server = start();
    assert_eq!((count(&server), server.send("{}").status, server.send(&body("")).status), (acknowledged, 400, 200));
    drop(server);
    drop(holder.stdin.take());
    holder.wait().unwrap();
}
