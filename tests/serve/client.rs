//! The real binary as a server, and a minimal HTTP client that can also send malformed requests.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The files of the test project.
const FILES: [(&str, &str); 6] = [
    (
        "templates/order_shipped.liquid",
        "---\nname: Order shipped\nid: 42\ntype: order\ntopics: [orders, shipping]\nexpiration: 2 days\n---\n\
         {\"title\": \"Order {{ trigger.order_id }}\", \"body\": \"For {{ customer.id }}\"}\n",
    ),
    ("templates/order_shipped.fr.liquid", "---\ntype: order\n---\n{\"title\": \"Commande {{ trigger.order_id }}\"}\n"),
    ("templates/hello.liquid", "---\n---\n{\"title\": {{ trigger.title | json }}}\n"),
    ("templates/broken.liquid", "---\ntpye: order\n---\n{}\n"),
    (
        "fixtures/customers/ada.json",
        "{\"id\": \"user_123\", \"email\": \"ada@example.com\", \"cio_id\": \"a1\", \"first_name\": \"Ada\"}",
    ),
    (
        "fixtures/requests/hello/one.json",
        "{\"transactional_message_id\": \"hello\", \"identifiers\": {\"id\": \"user_123\"}, \"message_data\": {\"title\": \"Hi\"}}",
    ),
];

/// How long something may take. Only a server that hangs takes as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until there is what is looked for, such as the effect of a changed file.
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "{what} does not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) folder: TempDir,
    pub(crate) child: Child,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// A temporary folder with the test project.
pub(crate) fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in FILES {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

pub(crate) fn inkproof(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkproof"));
    let port = if arguments.contains(&"--port") { [].as_slice() } else { &["--port", "0"] };
    command.args(["-C", folder.to_str().unwrap(), "serve"]).args(port).args(arguments);
    command
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = project();
        let mut command = inkproof(folder.path(), arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        Self::of(folder, command)
    }

    /// Starts a server with a command, for the project in a folder.
    pub(crate) fn of(folder: TempDir, mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").expect("an address").to_owned();
        Self { address, folder, child }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends raw bytes, and reads the whole response.
    pub(crate) fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may close the connection early.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request.push_str("Host: ");
            request.push_str(&self.address);
            request.push_str("\r\n");
        }
        for (name, value) in headers {
            for part in [name, ": ", value, "\r\n"] {
                request.push_str(part);
            }
        }
        request += "\r\n";
        Answer::read(&self.raw(&[request.as_bytes(), body.as_bytes()].concat()))
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, &[], "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    pub(crate) fn send(&self, body: &str) -> Answer {
        self.ask("POST", "/v1/send/inbox_message", &[("authorization", "Bearer key")], body)
    }

    /// Sends a message, which must be accepted, and returns its id.
    pub(crate) fn deliver(&self, template: &str, user: &str, data: &Value) -> String {
        let body = json!({ "transactional_message_id": template, "identifiers": { "id": user }, "message_data": data });
        let answer = self.send(&body.to_string());
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["delivery_id"].as_str().unwrap().to_owned()
    }

    /// The ids of the messages in a user's inbox, as the browser client receives them.
    pub(crate) fn inbox(&self, token: &str) -> Vec<String> {
        let headers = [("x-gist-encoded-user-token", token), ("x-cio-client-platform", "web")];
        let answer = self.ask("POST", "/api/v4/users?sessionId=s", &headers, "{}");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let messages = &answer.json()["inboxMessages"];
        messages.as_array().unwrap().iter().map(|message| message["deliveryId"].as_str().unwrap().to_owned()).collect()
    }
}

/// Reads a body in chunks (`Transfer-Encoding: chunked`).
pub(crate) struct Chunks<R> {
    from: R,
    /// What is left of the current chunk.
    left: usize,
}

impl<R: BufRead> Chunks<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, left: 0 }
    }
}

impl<R: BufRead> Read for Chunks<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        while self.left == 0 {
            let mut line = String::new();
            if self.from.read_line(&mut line)? == 0 {
                return Ok(0);
            }
            // The end of the last chunk.
            if line.trim().is_empty() {
                continue;
            }
            self.left = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
            if self.left == 0 {
                return Ok(0);
            }
        }
        let length = bytes.len().min(self.left);
        let read = self.from.read(&mut bytes[..length])?;
        self.left -= read;
        Ok(read)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    pub(crate) fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers: BTreeMap<_, _> = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let body = if headers.get("transfer-encoding").is_some_and(|encoding| encoding == "chunked") {
            let mut whole = String::new();
            Chunks::new(body.as_bytes()).read_to_string(&mut whole).unwrap();
            whole
        } else {
            body.to_owned()
        };
        Self { status: status.unwrap_or(0), headers, body }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn error(&self) -> String {
        self.json()["meta"]["error"].as_str().unwrap_or_default().to_owned()
    }

    /// The error message.
    pub(crate) fn error_or_empty(&self) -> String {
        serde_json::from_str::<Value>(&self.body)
            .ok()
            .and_then(|body| Some(body["meta"]["error"].as_str()?.to_owned()))
            .unwrap_or_default()
    }
}
