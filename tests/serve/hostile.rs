//! Hostile requests: each one gets the expected response or is disconnected, and the server keeps running.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::client::Server;

const SEND: &str = "POST /v1/send/inbox_message HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
const KEY: &str = "Authorization: Bearer k\r\n";

/// A request to the send API with these headers and this body.
fn send(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{SEND}{KEY}{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    send("Content-Encoding: gzip\r\n", &encoder.finish().unwrap())
}

fn chunked(body: &str) -> Vec<u8> {
    format!("{SEND}{KEY}Transfer-Encoding: chunked\r\n\r\n{body}").into_bytes()
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").into_bytes()
}

fn plain(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// Name, request and expected status. Status 0 means that the connection is closed without a response.
fn cases() -> Vec<(&'static str, Vec<u8>, u16)> {
    let ok = br#"{"transactional_message_id": "hello", "identifiers": {"id": "a"}, "message_data": {"title": "Hi"}}"#;
    let with = |from: &str, to: &str| String::from_utf8_lossy(ok).replace(from, to).into_bytes();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    vec![
        ("a valid request", send("", ok), 200),
        ("not JSON", send("", b"title=hello"), 400),
        ("empty body", send("", b""), 400),
        ("JSON that is not an object", send("", b"[]"), 400),
        ("a JSON string", send("", b"\"hello\""), 400),
        ("JSON null", send("", b"null"), 400),
        ("truncated JSON", send("", &ok[..50]), 400),
        ("JSON with something after it", send("", &[ok.as_slice(), b"x"].concat()), 400),
        ("JSON with a comment", send("", &[b"// hello\n".as_slice(), ok].concat()), 400),
        ("JSON with NaN", send("", &with("\"Hi\"", "NaN")), 400),
        ("not UTF-8", send("", b"{\"transactional_message_id\": \"\xff\"}"), 400),
        ("UTF-16", send("", b"\xff\xfe{\x00}\x00"), 400),
        ("compressed", gzip(ok), 200),
        ("compressed, and cut off", send("Content-Encoding: gzip\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"), 400),
        ("compressed, and larger than it seems", gzip(&vec![b' '; 8 << 20]), 413),
        ("compressed in another way", send("Content-Encoding: br\r\n", ok), 400),
        ("not compressed, as its header says", send("Content-Encoding: identity\r\n", ok), 200),
        ("a null byte", send("", b"\x00"), 400),
        ("nested deeply", send("", &with("\"Hi\"", &deep)), 400),
        ("no template", send("", br#"{"identifiers": {"id": "a"}}"#), 400),
        ("template null", send("", &with("\"hello\"", "null")), 400),
        ("template empty", send("", &with("\"hello\"", "\" \"")), 400),
        ("template is a list", send("", &with("\"hello\"", "[]")), 400),
        ("template is a path", send("", &with("hello", "../../etc/passwd")), 400),
        ("template with a null byte", send("", &with("hello", "a\\u0000")), 400),
        ("identifiers missing", send("", br#"{"transactional_message_id": "hello"}"#), 400),
        ("identifiers is a string", send("", &with("{\"id\": \"a\"}", "\"a\"")), 400),
        ("identifiers empty", send("", &with("{\"id\": \"a\"}", "{}")), 400),
        ("identifiers twice", send("", &with("\"id\": \"a\"", "\"id\": \"a\", \"email\": \"b\"")), 400),
        ("identifier is a number", send("", &with("\"id\": \"a\"", "\"id\": 7")), 200),
        ("email is a number", send("", &with("\"id\": \"a\"", "\"email\": 7")), 400),
        ("identifier empty", send("", &with("\"id\": \"a\"", "\"id\": \"\"")), 400),
        ("data is a list", send("", &with("{\"title\": \"Hi\"}", "[]")), 400),
        ("a lone surrogate", send("", &with("Hi", "\\ud800")), 200),
        ("markup and controls", send("", &with("Hi", "<script>\\u001b\\u0000</script>")), 200),
        ("unknown fields", send("", &with("\"Hi\"}", "\"Hi\"}, \"tracked\": true")), 200),
        ("too large", send("", &vec![b' '; 3 << 20]), 413),
        ("no key", plain(&format!("{SEND}Content-Length: 2\r\n\r\n{{}}")), 401),
        ("an empty key", plain(&format!("{SEND}Authorization: Bearer \r\nContent-Length: 2\r\n\r\n{{}}")), 401),
        ("another scheme", plain(&format!("{SEND}Authorization: Basic a2V5\r\nContent-Length: 2\r\n\r\n{{}}")), 401),
        ("key without a scheme", plain(&format!("{SEND}Authorization: k\r\nContent-Length: 2\r\n\r\n{{}}")), 401),
        ("another method", get("/v1/send/inbox_message"), 405),
        ("a proxy for https", plain("CONNECT api.customer.io:443 HTTP/1.1\r\nHost: api.customer.io:443\r\n\r\n"), 405),
        ("a slash at the end", get("/v1/transactional/"), 404),
        ("an unknown method", plain("BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), 405),
        ("an unknown path", get("/v1/newsletters"), 404),
        ("a path that leaves its folder", get("/inkproof/../../etc/passwd"), 404),
        ("an escaped path that leaves its folder", get("/inkproof/%2e%2e%2f%2e%2e%2fetc/passwd"), 404),
        ("an id with a parent folder", get("/inkproof/api/messages/..%2f..%2finkproof.toml"), 404),
        ("an id that is not UTF-8", get("/inkproof/api/messages/%ff"), 400),
        ("a query that is not UTF-8", get("/inkproof/api/messages?to=%ff"), 200),
        ("no Host", plain("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), 400),
        ("another Host", plain("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), 403),
        ("two Hosts", plain("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n"), 400),
        (
            "a foreign host in the request line",
            plain("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
            403,
        ),
        ("no HTTP", plain("hello\r\n\r\n"), 400),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), 400),
        ("HTTP of another age", plain("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"), 400),
        ("HTTP/2 without asking", plain("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0),
        ("a header without a colon", plain("GET / HTTP/1.1\r\nHost localhost\r\n\r\n"), 400),
        ("a header with a space in its name", plain("GET / HTTP/1.1\r\nHo st: localhost\r\n\r\n"), 400),
        ("a header with a null byte", plain("GET / HTTP/1.1\r\nHost: local\0host\r\n\r\n"), 400),
        ("a thousand headers", plain(&format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(1000))), 431),
        (
            "a header that is too large",
            plain(&format!("GET / HTTP/1.1\r\nHost: localhost\r\nA: {}\r\n\r\n", "b".repeat(1_000_000))),
            431,
        ),
        ("a URI that is too long", get(&format!("/{}", "a".repeat(70_000))), 414),
        ("two lengths", plain(&format!("{SEND}{KEY}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}")), 400),
        ("a length that is not a number", plain(&format!("{SEND}{KEY}Content-Length: x\r\n\r\n{{}}")), 400),
        ("a negative length", plain(&format!("{SEND}{KEY}Content-Length: -1\r\n\r\n{{}}")), 400),
        (
            "a length and chunks",
            plain(&format!("{SEND}{KEY}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")),
            400,
        ),
        ("chunks", chunked("2\r\n{}\r\n0\r\n\r\n"), 400),
        ("chunks without a length", chunked("x\r\n{}\r\n0\r\n\r\n"), 400),
        ("a chunk that is shorter than its length", chunked("ffffffffffffffff\r\n{}"), 400),
        (
            "an upgrade",
            plain("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n\r\n"),
            200,
        ),
    ]
}

/// The status of the response to raw bytes; 0 if the connection ends without a response. The write side of the connection
/// is closed after the request.
fn status_of(server: &Server, bytes: &[u8]) -> (u16, String) {
    let mut stream = server.connect();
    // The server may close the connection before everything is sent.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = std::io::Read::read_to_end(&mut stream, &mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0), answer)
}

#[test]
fn each_request_gets_its_status_or_is_disconnected() {
    let server = Server::start(&["--quiet"]);
    let mut wrong = Vec::new();
    for (what, bytes, expected) in cases() {
        let (status, answer) = status_of(&server, &bytes);
        if status != expected {
            wrong.push(format!("{what}: {status}, expected {expected}: {}", answer.lines().last().unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(server.get("/inkproof/api/health")["status"], "ok");
}

#[cfg(target_os = "linux")]
#[test]
fn hostile_requests_do_not_leak_memory() {
    let server = Server::start(&["--quiet", "--keep", "10"]);
    let cases = cases();
    let memory_after = |rounds: usize| -> usize {
        for (_, bytes, _) in std::iter::repeat_n(&cases, rounds).flatten() {
            status_of(&server, bytes);
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    // The allocator keeps freed memory for reuse.
    let first = memory_after(20);
    let last = memory_after(30);
    println!("{} requests: {first} kB at first, {last} kB at last", cases.len() * 50);
    assert!(last < first + 16_384, "{first} kB at first, {last} kB at last");
}

#[test]
fn silent_connections_time_out_without_blocking_others() {
    let server = Server::start(&["--quiet"]);
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut stream = server.connect();
        write!(stream, "{SEND}").unwrap();
        slow.push(stream);
    }
    let mut body = server.connect();
    write!(body, "{SEND}{KEY}Content-Length: 100\r\n\r\n{{").unwrap();
    server.deliver("hello", "a", &json!({ "title": "Hi" }));
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut body, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    for mut stream in slow {
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).expect("closed");
    }
}

#[test]
fn rejects_other_origins_and_rebound_hosts() {
    let server = Server::start(&[]);
    let key = ("authorization", "Bearer k");
    let body = r#"{"transactional_message_id": "hello", "identifiers": {"id": "a"}, "message_data": {"title": "Hi"}}"#;
    for origin in ["https://evil.example", "null", "http://localhost:1"] {
        assert_eq!(server.ask("POST", "/v1/send/inbox_message", &[key, ("origin", origin)], body).status, 403);
        let reset =
            server.ask("POST", "/inkproof/api/reset", &[("origin", origin), ("content-type", "text/plain")], "");
        assert_eq!(reset.status, 403);
        assert!(!reset.headers.contains_key("access-control-allow-origin"));
    }
    let own = format!("http://{}", server.address);
    assert_eq!(server.ask("POST", "/inkproof/api/reset", &[("origin", &own)], "").status, 200);
    // DNS rebinding: an attacker's name that resolves to this machine.
    let rebound = [key, ("host", "rebound.example:3010"), ("origin", "http://rebound.example:3010")];
    assert_eq!(server.ask("POST", "/v1/send/inbox_message", &rebound, body).status, 403);
    assert_eq!(server.ask("GET", "/api/v3/sse?userToken=YQ==", &rebound, "").status, 403);
}

#[test]
fn message_content_cannot_inject_markup_or_headers() {
    let server = Server::start(&[]);
    let page = server.ask("GET", "/", &[], "");
    let policy = &page.headers["content-security-policy"];
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self'") && !policy.contains("unsafe")
    );
    // The page is static. All messages are loaded as JSON.
    let id =
        server.deliver("hello", "<img src=x onerror=alert(1)>\r\nX-Evil: 1", &json!({ "title": "</script><script>" }));
    assert_eq!(server.ask("GET", "/", &[], "").body, page.body);
    let captured = server.ask("GET", &format!("/inkproof/api/messages/{id}"), &[], "");
    assert_eq!(captured.headers["content-type"], "application/json");
    assert_eq!(captured.headers["x-content-type-options"], "nosniff");
    assert!(!captured.headers.contains_key("x-evil"));
    let refused = server.send(r#"{"transactional_message_id": "a\r\nX-Evil: 1", "identifiers": {"id": "a"}}"#);
    assert_eq!((refused.status, refused.headers.contains_key("x-evil")), (400, false));
    // The page's scripts never write markup.
    for name in ["page", "address", "card", "dom", "findings", "inbox", "properties", "templates", "time"] {
        let script = server.ask("GET", &format!("/inkproof/page/{name}.js"), &[], "");
        assert_eq!(script.status, 200, "{name}");
        for sink in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc"]
        {
            assert!(!script.body.contains(sink), "{name}: {sink}");
        }
    }
}
