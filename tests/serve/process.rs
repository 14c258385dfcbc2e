//! The process: its output, its signals, its exit codes.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::{Server, inkproof, project};

#[cfg(unix)]
fn signal(server: &mut Server, name: &str) -> Option<i32> {
    let sent = Instant::now();
    assert!(Command::new("kill").args([name, &server.child.id().to_string()]).status().unwrap().success());
    let status = server.child.wait().unwrap();
    assert!(sent.elapsed() < Duration::from_secs(4), "{:?}", sent.elapsed());
    status.code()
}

#[cfg(unix)]
#[test]
fn signals_end_it_gracefully() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut server = Server::start(&[]);
        // Neither an idle connection nor a wait holds it up.
        let _idle = server.connect();
        assert_eq!(signal(&mut server, name), Some(code));
    }
}

#[cfg(unix)]
#[test]
fn a_command_is_run_against_it() {
    for (command, code, output) in [
        ("exit 0", 0, ""),
        ("exit 7", 7, ""),
        ("kill -9 $$", 137, ""),
        ("printf '%s' \"${INKPROOF_URL%:*}\"", 0, "http://127.0.0.1"),
    ] {
        let folder = project();
        let output_of = inkproof(folder.path(), &["--exec", command]).output().unwrap();
        assert_eq!(output_of.status.code(), Some(code), "{command}");
        assert_eq!(String::from_utf8_lossy(&output_of.stdout), output, "{command}");
    }
}

#[test]
fn a_port_that_is_taken_is_told() {
    let server = Server::start(&[]);
    let port = server.address.rsplit(':').next().unwrap();
    let output = inkproof(server.folder.path(), &["--port", port]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    let expected = format!(
        "error: cannot listen on 127.0.0.1:{port}: another program has this port: leave `--port` out for the next that is \
         free, or take any with `--port 0`\n"
    );
    assert!(error.ends_with(&expected), "{error}");
}

#[test]
fn where_the_usual_port_is_taken_the_next_free_one_is() {
    // Somebody else may have it already.
    let _taken = std::net::TcpListener::bind("127.0.0.1:3010");
    let folders = [project(), project()];
    let mut servers: Vec<_> = folders
        .into_iter()
        .map(|folder| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_inkproof"));
            command.arg("-C").arg(folder.path()).arg("serve").stdout(Stdio::piped()).stderr(Stdio::piped());
            Server::of(folder, command)
        })
        .collect();
    let ports: Vec<u16> =
        servers.iter().map(|server| server.address.rsplit(':').next().unwrap().parse().unwrap()).collect();
    assert!(ports[0] > 3010 && ports[1] > ports[0] && ports[1] < 3060, "{ports:?}");
    for server in &mut servers {
        assert_eq!(server.get("/inkproof/api/health")["status"], "ok");
        server.child.kill().unwrap();
        let mut told = String::new();
        server.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert!(told.contains("note: port 3010 is taken, and this is the next that is free"), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn failed_messages_are_told_on_standard_error() {
    let folder = project();
    let mut child = inkproof(folder.path(), &["--format", "concise"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = [0; 64];
    let length = child.stdout.as_mut().unwrap().read(&mut address).unwrap();
    let address = String::from_utf8_lossy(&address[..length]).trim().trim_start_matches("http://").to_owned();
    let mut server = Server { address, folder, child };
    server.deliver("hello", "user\u{1b}[31m", &serde_json::json!({}));
    assert!(Command::new("kill").arg(server.child.id().to_string()).status().unwrap().success());
    let mut told = String::new();
    server.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(told.contains("failed hello to user"), "{told}");
    assert!(told.contains("templates/hello.liquid:3:14: error["), "{told}");
    assert!(!told.contains('\u{1b}'), "{told:?}");
}
