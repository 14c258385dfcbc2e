//! The server stays responsive: slow renders and clients that do not read cost others nothing, and it always stops.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{Server, inkproof, project};

/// How long a server may take to stop on a busy machine; on others it takes less than 3 seconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// A message that renders until the time limit.
const SLOW: &str = "---\n---\n{% assign l = (1..3000) %}{% for a in l %}{% for b in l %}{% for c in l %}{% assign x = a | plus: b %}\
                    {% endfor %}{% endfor %}{% endfor %}{\"title\": \"late\"}\n";

/// A message that needs more memory than renders may use beside others: 100 ranges of 10,000 numbers.
const LARGE: &str = "---\n---\n{% for a in (1..100) %}{% for b in (1..10000) limit: 1 %}{% endfor %}{% endfor %}{\"title\": \"sent\"}\n";

fn server_with_slow_template() -> Server {
    let folder = project();
    std::fs::write(folder.path().join("templates/slow.liquid"), SLOW).unwrap();
    std::fs::write(folder.path().join("templates/large.liquid"), LARGE).unwrap();
    let mut command = inkproof(folder.path(), &["--quiet"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    Server::of(folder, command)
}

/// Asks for a slow render and does not wait for the response.
fn send_slow(server: &Server) -> TcpStream {
    let body = r#"{"transactional_message_id": "slow", "identifiers": {"id": "a"}}"#;
    let mut stream = server.connect();
    write!(
        stream,
        "POST /v1/send/inbox_message HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    stream
}

fn read_all(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn signal(server: &mut Server, name: &str) -> Option<i32> {
    assert!(Command::new("kill").args([name, &server.child.id().to_string()]).status().unwrap().success());
    server.child.wait().unwrap().code()
}

#[test]
fn slow_renders_do_not_delay_other_requests() {
    let server = server_with_slow_template();
    let slow: Vec<_> = (0..8).map(|_| send_slow(&server)).collect();
    assert_eq!(server.get("/inkproof/api/health")["captured"], 0, "none of them has ended");
    server.deliver("hello", "a", &json!({ "title": "Hi" }));
    assert_eq!(server.get("/inkproof/api/health")["messages"], 1, "still none");
    for stream in slow {
        let answer = read_all(stream);
        assert!(answer.starts_with("HTTP/1.1 200"), "a captured failure: {answer}");
    }
    assert_eq!(server.get("/inkproof/api/health")["messages"], 9);
}

#[test]
fn messages_that_need_much_memory_are_sent() {
    let server = server_with_slow_template();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| server.deliver("large", "a", &json!({})));
        }
    });
    let body = json!({ "request": r#"{"transactional_message_id": "large", "identifiers": {"id": "a"}}"# });
    let dry_run = server.ask("POST", "/inkproof/api/render", &[], &body.to_string());
    assert_eq!(dry_run.json()["message"]["properties"]["title"], "sent", "{}", dry_run.body);
    let messages = server.get("/inkproof/api/messages");
    let titles: Vec<_> =
        messages["messages"].as_array().unwrap().iter().map(|each| &each["message"]["properties"]["title"]).collect();
    assert_eq!(titles, ["sent"; 4], "{messages}");
}

#[test]
fn renders_beyond_the_queue_are_refused() {
    let server = server_with_slow_template();
    let slow: Vec<_> = (0..400).map(|_| send_slow(&server)).collect();
    let (sender, answers) = std::sync::mpsc::channel();
    for stream in slow {
        let sender = sender.clone();
        std::thread::spawn(move || sender.send(read_all(stream)));
    }
    // The others wait until it is their turn.
    let refused = answers.iter().find(|answer| answer.starts_with("HTTP/1.1 503")).unwrap();
    assert!(refused.contains("retry-after: 1"), "{refused}");
    assert!(refused.contains("the server is busy: try again in a second"), "{refused}");
    assert_eq!(server.get("/inkproof/api/health")["status"], "ok");
}

/// What a program ignores, those that it starts ignore too; but not what it handles. Below `nohup`, this one ignores `SIGHUP`.
fn let_children_hear_hangups() {
    #[cfg(unix)]
    signal_hook::flag::register(signal_hook::consts::SIGHUP, std::sync::Arc::default()).unwrap();
}

#[test]
fn every_signal_stops_the_server_whatever_is_in_flight() {
    let_children_hear_hangups();
    for (name, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let mut server = server_with_slow_template();
        let _slow: Vec<_> = (0..40).map(|_| send_slow(&server)).collect();
        assert_eq!(server.get("/inkproof/api/health")["status"], "ok");
        let sent = Instant::now();
        assert_eq!(signal(&mut server, name), Some(code), "{name}");
        // The renders that wait would take longer.
        assert!(sent.elapsed() < PATIENCE, "{name}: {:?}", sent.elapsed());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_that_was_started_with_nohup_survives_its_terminal() {
    let folder = project();
    let mut command = Command::new("nohup");
    command.arg(env!("CARGO_BIN_EXE_inkproof")).arg("-C").arg(folder.path()).args(["serve", "--port", "0"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null());
    let mut server = Server::of(folder, command);
    assert!(Command::new("kill").args(["-HUP", &server.child.id().to_string()]).status().unwrap().success());
    assert_eq!(server.get("/inkproof/api/health")["status"], "ok");
    assert_eq!(signal(&mut server, "-TERM"), Some(143));
}

/// Whether a process exists and is not just waiting to be reaped.
#[cfg(target_os = "linux")]
fn is_running(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}

#[cfg(target_os = "linux")]
fn wait_for_text(file: &Path) -> String {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if text.ends_with('\n') {
            return text.trim().to_owned();
        }
        assert!(Instant::now() < until, "`{}` is not written", file.display());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_command_and_what_it_started_end_with_the_server() {
    let_children_hear_hangups();
    for (name, command) in [
        ("-TERM", "sleep 47 & echo $! > pid; wait"),
        ("-INT", "sleep 47 & echo $! > pid; wait"),
        ("-HUP", "sleep 47 & echo $! > pid; wait"),
        // It ignores every signal that it can.
        ("-TERM", "trap '' TERM INT HUP; sleep 47 & echo $! > pid; wait; wait"),
        // What it started in the background outlives it.
        ("-TERM", "(trap '' TERM; sh -c 'echo $$ > pid; sleep 47; sleep 47') & sleep 48"),
    ] {
        let folder = project();
        let mut server = inkproof(folder.path(), &["--exec", command]);
        let mut server = server
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let process = wait_for_text(&folder.path().join("pid"));
        let sent = Instant::now();
        assert!(Command::new("kill").args([name, &server.id().to_string()]).status().unwrap().success());
        server.wait().unwrap();
        assert!(sent.elapsed() < PATIENCE, "{name} {command}: {:?}", sent.elapsed());
        assert!(!is_running(&process), "{name} {command}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_command_leaves_in_the_background_ends_with_it() {
    let folder = project();
    let mut command = inkproof(folder.path(), &["--exec", "sleep 47 & echo $! > pid; exit 3"]);
    let status = command.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(3));
    assert!(!is_running(&wait_for_text(&folder.path().join("pid"))));
}

#[cfg(target_os = "linux")]
fn memory_of(server: &Server) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

#[cfg(target_os = "linux")]
#[test]
fn clients_that_do_not_read_cost_little_and_are_disconnected() {
    let server = Server::start(&["--quiet"]);
    let connections = || {
        let files = std::fs::read_dir(format!("/proc/{}/fd", server.child.id())).unwrap().flatten();
        files
            .filter(|file| std::fs::read_link(file.path()).is_ok_and(|to| to.to_string_lossy().starts_with("socket:")))
            .count()
    };
    let before_them = connections();
    for _ in 0..50 {
        server.deliver("hello", "u", &json!({ "title": "x".repeat(1_000_000) }));
    }
    let before = memory_of(&server);
    let asking = |request: &str| {
        let mut stream = server.connect();
        write!(stream, "{request}\r\nHost: localhost\r\n").unwrap();
        stream
    };
    let mut clients: Vec<_> = (0..6)
        .flat_map(|_| {
            let mut stream = asking("GET /api/v3/sse?userToken=dQ== HTTP/1.1");
            write!(stream, "\r\n").unwrap();
            let mut inbox = asking("POST /api/v4/users HTTP/1.1");
            write!(inbox, "x-gist-encoded-user-token: dQ==\r\nContent-Length: 2\r\n\r\n{{}}").unwrap();
            [stream, inbox]
        })
        .collect();
    let mut most = before;
    let until = Instant::now() + Duration::from_secs(300);
    while connections() < before_them + clients.len() {
        assert!(Instant::now() < until, "only {} connections", connections());
        std::thread::sleep(Duration::from_millis(10));
    }
    while connections() > before_them {
        assert!(Instant::now() < until, "{} connections are left", connections());
        std::thread::sleep(Duration::from_millis(200));
        most = most.max(memory_of(&server));
    }
    // Each of them would otherwise hold 50 MB.
    assert!(most < before + 150, "{before} MB at first, {most} MB at most");
    for client in &mut clients {
        // What the system holds for the client arrives, and then the connection ends.
        let mut bytes = Vec::new();
        let _ = client.read_to_end(&mut bytes);
        assert!(bytes.len() < 50_000_000, "{} bytes", bytes.len());
    }
}
