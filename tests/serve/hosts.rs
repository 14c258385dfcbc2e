//! Names and addresses by which clients reach the server, TLS, and what refused requests leave behind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{Server, inkproof, project};
#[cfg(unix)]
use crate::process::signal;

const BODY: &str =
    r#"{"transactional_message_id": "hello", "identifiers": {"id": "a"}, "message_data": {"title": "Hi"}}"#;

#[test]
fn only_allowed_names_are_accepted() {
    let server =
        Server::start(&["--allow-host", "inkproof", "--allow-host", "Host.Docker.Internal, b.test,,[fd00::1]"]);
    for (host, status) in [
        ("inkproof:3010", 200),
        ("host.docker.internal:3010", 200),
        ("track.customer.io", 200),
        ("b.test", 200),
        ("[fd00::1]:3010", 200),
        ("rebound.example", 403),
        ("inkproof.example", 403),
    ] {
        let answer = server.ask("POST", "/send/inbox_message", &[("host", host), ("authorization", "Bearer k")], BODY);
        assert_eq!(answer.status, status, "{host}: {}", answer.body);
    }
    // Through a proxy
    let request = format!(
        "POST http://api.customer.io/v1/send/inbox_message HTTP/1.1\r\nHost: api.customer.io\r\nAuthorization: Bearer k\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let answer = server.raw(request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// As between containers: the server in one network namespace, `curl` in another, which knows it by its name.
#[cfg(target_os = "linux")]
#[test]
fn another_network_namespace_reaches_the_server_by_its_name() {
    const SCRIPT: &str = r#"
        mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add backend || exit 77
        ip link add name here type veth peer name there netns backend || exit 77
        ip address add 10.77.0.1/24 dev here && ip link set here up
        ip -n backend address add 10.77.0.2/24 dev there && ip -n backend link set there up
        echo "10.77.0.1 inkproof other" > /run/hosts && mount --bind /run/hosts /etc/hosts || exit 77
        command -v curl > /dev/null || exit 77
        "$0" -C "$1" serve --quiet --host 10.77.0.1 --port 3010 --allow-host inkproof > /run/address &
        until [ -s /run/address ]; do sleep 0.05; done
        for name in inkproof other; do
            ip netns exec backend curl --silent --show-error --write-out ' %{http_code}\n' --header 'Authorization: Bearer key' \
                --data "$2" "http://$name:3010/v1/send/inbox_message"
        done
        kill $!
    "#;
    let folder = project();
    let mut command = std::process::Command::new("unshare");
    command.args(["-Urnm", "sh", "-c", SCRIPT, env!("CARGO_BIN_EXE_inkproof")]).arg(folder.path()).arg(BODY);
    let Ok(output) = command.output() else { return };
    let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(77) || text.is_empty() && error.starts_with("unshare") {
        println!("left out: this system allows no network namespaces, or has no `ip` or `curl`: {error}");
        return;
    }
    let [sent, refused] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}{error}") };
    assert!(sent.contains("\"delivery_id\"") && sent.ends_with(" 200"), "{sent}");
    assert!(refused.contains("`--allow-host other`") && refused.ends_with(" 403"), "{refused}");
}

/// A certificate for `localhost`, in files.
struct Certificate {
    made: rcgen::CertifiedKey<rcgen::KeyPair>,
    paths: [String; 2],
    _folder: tempfile::TempDir,
}

impl Certificate {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let paths = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        std::fs::write(&paths[0], made.cert.pem()).unwrap();
        std::fs::write(&paths[1], made.signing_key.serialize_pem()).unwrap();
        Self { made, paths: paths.map(|path| path.to_str().unwrap().to_owned()), _folder: folder }
    }

    /// The arguments that make a server use it.
    fn arguments(&self) -> [&str; 4] {
        ["--tls-cert", &self.paths[0], "--tls-key", &self.paths[1]]
    }
}

#[cfg(unix)]
#[test]
fn stalled_tls_handshakes_delay_no_shutdown() {
    let certificate = Certificate::new();
    let mut server = Server::start(&certificate.arguments());
    let mut stalled = [server.connect(), server.connect()];
    // The beginning of a `ClientHello`.
    stalled[0].write_all(b"\x16\x03\x01\x02\x00\x01").unwrap();
    // The server has accepted connections before it answers on a later one.
    assert_eq!(server.send(BODY).status, 200);
    assert_eq!(signal(&mut server, "-TERM"), Some(143));
}

#[test]
fn tls_and_plain_connections_share_the_port() {
    let certificate = Certificate::new();
    let files = certificate.arguments();
    let server = Server::start(&files);

    let mut roots = RootCertStore::empty();
    roots.add(certificate.made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, server.connect());
    write!(stream, "GET /v1/projects/k/settings HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#""protocol":"https""#), "{answer}");
    assert_eq!(server.send(BODY).status, 200, "without TLS");

    for (arguments, expected) in [
        (vec!["--tls-cert", files[1]], "--tls-key"),
        (vec!["--tls-cert", files[3], "--tls-key", files[3]], "expected a certificate in PEM format"),
        (vec!["--tls-cert", files[1], "--tls-key", "missing.pem"], "cannot use `missing.pem` for TLS"),
    ] {
        let output = inkproof(server.folder.path(), &arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains(expected), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn commands_get_the_address_with_and_without_v1() {
    let folder = project();
    let command = "printf '%s %s' \"${INKPROOF_URL%:*}\" \"${INKPROOF_API_URL#$INKPROOF_URL}\"";
    for (host, url) in [("127.0.0.1", "http://127.0.0.1"), ("0.0.0.0", "http://127.0.0.1")] {
        let output = inkproof(folder.path(), &["--host", host, "--exec", command]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{url} /v1"));
    }
}

#[cfg(unix)]
#[test]
fn refused_requests_and_the_first_captured_message_are_reported() {
    let folder = project();
    let mut command = inkproof(folder.path(), &[]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = Server::of(folder, command);
    let email = r#"{"to": "a@b.c", "identifiers": {"id": "a"}, "transactional_message_id": 1}"#;
    for _ in 0..2 {
        server.ask("POST", "/v1/send/email", &[("authorization", "Bearer k")], email);
    }
    server.ask("POST", "/v1/send/email", &[], email);
    server.ask("GET", "/no\u{1b}where", &[], "");
    server.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n");
    server.ask("GET", "/inkproof/api/messages/none", &[], "");
    let (sender, lines) = mpsc::channel();
    let reader = BufReader::new(server.child.stderr.take().unwrap());
    thread::spawn(move || reader.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
    let mut stderr = String::new();
    // What is no HTTP is reported when its connection has ended, which the client does not see.
    while stderr.matches("refused: ").count() < 2 {
        let Ok(line) = lines.recv_timeout(Duration::from_secs(60)) else { break };
        stderr += &(line + "\n");
    }
    server.child.kill().unwrap();
    stderr.extend(lines.into_iter().map(|line| line + "\n"));
    let note = "note: messages of other channels than the inbox are captured, not rendered\n";
    assert_eq!(stderr.matches(note).count(), 1, "{stderr}");
    assert_eq!(stderr.matches("captured email 1 to a (").count(), 2, "{stderr}");
    assert!(stderr.contains("refused POST /v1/send/email with 401: unauthorized: expected the header"), "{stderr}");
    assert!(stderr.contains("refused: a client used TLS: use http://"), "{stderr}");
    assert!(stderr.contains("refused: a request is not valid HTTP/1.1: "), "{stderr}");
    assert_eq!(stderr.matches("refused").count(), 3, "errors of the server's own API are not reported: {stderr}");
}
