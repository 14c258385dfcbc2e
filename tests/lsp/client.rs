//! A client of the language server: the real program, spoken to over its standard input and output.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long a test waits for an answer. Only a server that hangs takes as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A project in a temporary folder, and a server for it.
pub(crate) struct Client {
    folder: tempfile::TempDir,
    child: Child,
    input: Option<ChildStdin>,
    received: Receiver<Value>,
    next_id: i64,
    versions: HashMap<String, i64>,
    /// The latest diagnostics of each file, by URI.
    pub(crate) published: HashMap<String, Value>,
    /// The version of each file that they are about, by URI.
    published_versions: HashMap<String, i64>,
    /// What the server offered.
    pub(crate) capabilities: Value,
    /// The requests of the server.
    pub(crate) asked: Vec<Value>,
}

impl Client {
    /// A server for a project with these files, for a client without special capabilities.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self::with_capabilities(files, &json!({}))
    }

    /// A server for a project with these files.
    pub(crate) fn with_capabilities(files: &[(&str, &str)], capabilities: &Value) -> Self {
        let mut client = Self::start(files);
        let folder = client.uri("");
        let params = json!({
            "processId": std::process::id(),
            "rootUri": null,
            "capabilities": capabilities,
            "workspaceFolders": [{"uri": folder.trim_end_matches('/'), "name": "project"}],
        });
        let result = client.request("initialize", &params).unwrap();
        client.capabilities = result["capabilities"].clone();
        client.notify("initialized", &json!({}));
        client
    }

    /// A server that has not been initialized.
    pub(crate) fn start(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            write_file(folder.path(), name, text);
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_inkproof"))
            .arg("lsp")
            .env("INKPROOF_NOW", "2026-01-01T00:00:00Z")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, received) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            folder,
            child,
            received,
            next_id: 0,
            versions: HashMap::new(),
            published: HashMap::new(),
            published_versions: HashMap::new(),
            capabilities: Value::Null,
            asked: Vec::new(),
        }
    }

    /// The URI of a file of the project.
    pub(crate) fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    /// The path of a file of the project.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// Writes a file of the project to disk.
    pub(crate) fn save(&self, name: &str, text: &str) {
        write_file(self.folder.path(), name, text);
    }

    /// Opens a file with this text.
    pub(crate) fn open(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        self.versions.insert(name.to_owned(), 1);
        let item = json!({"uri": uri, "languageId": "inkproof", "version": 1, "text": text});
        self.notify("textDocument/didOpen", &json!({"textDocument": item}));
    }

    /// Replaces the text of an open file.
    pub(crate) fn change(&mut self, name: &str, text: &str) {
        let version = self.versions.get_mut(name).unwrap();
        *version += 1;
        let document = json!({"uri": self.uri(name), "version": self.versions[name]});
        let params = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        self.notify("textDocument/didChange", &params);
    }

    /// Closes a file.
    pub(crate) fn close(&mut self, name: &str) {
        let uri = self.uri(name);
        self.notify("textDocument/didClose", &json!({"textDocument": {"uri": uri}}));
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request, and waits for its result or error.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Result<Value, Value> {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Sends a request without waiting for its answer. Returns its id.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Waits for the answer to a request.
    pub(crate) fn answer(&mut self, id: i64) -> Result<Value, Value> {
        loop {
            let message = self.receive();
            if message["id"] == id && message.get("method").is_none() {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                };
            }
            self.take(message);
        }
    }

    /// Sends a request about a position, which is marked by `^` in a copy of the text: `a.^b`.
    pub(crate) fn at(&mut self, method: &str, name: &str, marked: &str, more: &Value) -> Result<Value, Value> {
        let params = self.position(name, marked, more);
        self.request(method, &params)
    }

    /// The parameters of a request about a marked position.
    pub(crate) fn position(&self, name: &str, marked: &str, more: &Value) -> Value {
        let before = &marked[..marked.find('^').expect("a marked position")];
        let line = before.matches('\n').count();
        let character = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count();
        let mut params = json!({
            "textDocument": {"uri": self.uri(name)},
            "position": {"line": line, "character": character},
        });
        if let (Some(params), Some(more)) = (params.as_object_mut(), more.as_object()) {
            params.extend(more.clone());
        }
        params
    }

    /// Waits until the errors in a file are these: `line:character code`, in order.
    pub(crate) fn wait_for(&mut self, name: &str, expected: &[&str]) {
        let uri = self.uri(name);
        loop {
            let shown = self.published.get(&uri).map(shown);
            if shown.as_deref().is_some_and(|shown| shown.iter().eq(expected)) {
                return;
            }
            let message = self.received.recv_timeout(PATIENCE);
            self.take(message.unwrap_or_else(|_| panic!("expected {expected:?} in {name}, found {shown:?}")));
        }
    }

    /// Waits until the diagnostics of this version of a file are published.
    pub(crate) fn wait_for_version(&mut self, name: &str, version: i64) {
        let uri = self.uri(name);
        while self.published_versions.get(&uri) != Some(&version) {
            let message = self.receive();
            self.take(message);
        }
    }

    /// Waits until a file has a diagnostic with this code.
    pub(crate) fn wait_for_code(&mut self, name: &str, code: &str) {
        let uri = self.uri(name);
        let has_code = |diagnostics: &Value| diagnostics.as_array().unwrap().iter().any(|found| found["code"] == code);
        while !self.published.get(&uri).is_some_and(has_code) {
            let message = self.receive();
            self.take(message);
        }
    }

    /// Sends raw bytes.
    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    /// The next message of the server.
    pub(crate) fn receive(&mut self) -> Value {
        self.received.recv_timeout(PATIENCE).expect("a message of the server")
    }

    /// Ends the session, and returns how the server exited.
    pub(crate) fn end(mut self) -> ExitStatus {
        self.request("shutdown", &Value::Null).unwrap();
        self.notify("exit", &Value::Null);
        self.child.wait().unwrap()
    }

    /// Closes the input, and returns how the server exited.
    pub(crate) fn hang_up(mut self) -> ExitStatus {
        drop(self.input.take());
        self.child.wait().unwrap()
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    fn take(&mut self, message: Value) {
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let uri = params["uri"].as_str().unwrap().to_owned();
            if let Some(version) = params["version"].as_i64() {
                self.published_versions.insert(uri.clone(), version);
            }
            self.published.insert(uri, params["diagnostics"].clone());
        } else if message.get("method").is_some() && message.get("id").is_some() {
            let answer = json!({"jsonrpc": "2.0", "id": message["id"], "result": null});
            self.send(&answer);
            self.asked.push(message);
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The errors among diagnostics as `line:character code`, from 1.
pub(crate) fn shown(diagnostics: &Value) -> Vec<String> {
    let errors = diagnostics.as_array().unwrap().iter().filter(|diagnostic| diagnostic["severity"] == 1);
    let shown = errors.map(|diagnostic| {
        let start = &diagnostic["range"]["start"];
        let number = |key: &str| start[key].as_u64().unwrap() + 1;
        format!("{}:{} {}", number("line"), number("character"), diagnostic["code"].as_str().unwrap())
    });
    shown.collect()
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        output.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim() {
            "" => break,
            header => length = header.strip_prefix("Content-Length: ")?.parse().ok()?,
        }
    }
    let mut content = vec![0; length];
    output.read_exact(&mut content).ok()?;
    serde_json::from_slice(&content).ok()
}

fn write_file(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
