//! The server process: output, signals and exit codes.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::{Server, inkproof, project};

/// Sends a signal to a server, and gives its exit code.
#[cfg(unix)]
pub(crate) fn signal(server: &mut Server, name: &str) -> Option<i32> {
    let sent = Instant::now();
    assert!(Command::new("kill").args([name, &server.child.id().to_string()]).status().unwrap().success());
    let status = server.child.wait().unwrap();
    // An idle connection is closed after 15 seconds.
    assert!(sent.elapsed() < Duration::from_secs(12), "{:?}", sent.elapsed());
    status.code()
}

#[cfg(unix)]
#[test]
fn signals_stop_the_server_gracefully() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut server = Server::start(&[]);
        // Neither an idle connection nor a waiting request delays the shutdown.
        let _idle = server.connect();
        assert_eq!(signal(&mut server, name), Some(code));
    }
}

#[cfg(unix)]
#[test]
fn runs_a_command_and_returns_its_exit_code() {
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
fn reports_a_port_that_is_in_use() {
    let server = Server::start(&[]);
    let port = server.address.rsplit(':').next().unwrap();
    let output = inkproof(server.folder.path(), &["--port", port]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    let expected = format!(
        "error: cannot listen on 127.0.0.1:{port}: another program uses this port: omit `--port` to use the next free port, or \
         pass `--port 0` for any free port\n"
    );
    assert!(error.ends_with(&expected), "{error}");
}

#[test]
fn wrong_options_are_explained() {
    let server = Server::start(&[]);
    let port = server.address.rsplit(':').next().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    for (arguments, expected) in [
        (
            ["--stream-port", port].as_slice(),
            "another program uses this port: pass another `--stream-port`, or omit it",
        ),
        (&["--port", &free, "--stream-port", &free], "omit `--stream-port`, because the event stream is on each port"),
        (&["--keep", "0"], "expected a whole number of at least 1"),
        (
            &["--allow-host", "c.test:3170"],
            "`c.test:3170` has a port: expected only the name of the host, such as `c.test`",
        ),
        (&["--allow-host", "http://x:1/y"], "`http://x:1/y` is a URL: expected only the name of the host, such as `x`"),
        (&["--allow-host", "a b"], "`a b` is not the name of a host"),
    ] {
        let output = inkproof(server.folder.path(), arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
}

#[test]
fn uses_the_next_free_port_if_the_default_is_in_use() {
    // Another program may use it already.
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
        let mut stderr = String::new();
        server.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert!(stderr.contains("note: port 3010 is taken, and this is the next that is free"), "{stderr}");
    }
}

#[cfg(unix)]
#[test]
fn reports_failed_messages_on_standard_error() {
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
    let mut stderr = String::new();
    server.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(stderr.contains("failed hello to user"), "{stderr}");
    assert!(stderr.contains("templates/hello.liquid:3:14: error["), "{stderr}");
    assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn certificates_without_an_end_are_not_read() {
    let folder = project();
    let output = inkproof(folder.path(), &["--tls-cert", "/dev/zero", "--tls-key", "/dev/zero"]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("cannot use `/dev/zero` for TLS: it has more than 1 MiB"), "{error}");
}
