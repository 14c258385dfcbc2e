//! Mutated HTTP requests to a running `inkproof serve`, the program in `INKPROOF_BIN`.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::Target;
use super::corpus::Corpus;

/// The most memory that the server may take, in kilobytes.
const MAX_MEMORY: u64 = 600_000;
const TIMEOUT: Duration = Duration::from_secs(5);

/// Requests to a server.
pub(crate) struct Requests {
    _folder: TempDir,
    server: Child,
    address: String,
    runs: u64,
}

impl Requests {
    pub(crate) fn new() -> Self {
        let program =
            std::env::var_os("INKPROOF_BIN").unwrap_or_else(|| panic!("`INKPROOF_BIN` must name the program"));
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("a folder for the project: {error}"));
        for (name, text) in [
            ("templates/t.liquid", "---\nid: 1\n---\n{\"title\": \"{{ trigger.a }}\", \"body\": \"b\"}\n"),
            ("fixtures/customers/one.json", "{\"id\": \"user_1\"}"),
        ] {
            let path = folder.path().join(name);
            let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
            written.unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
        }
        let mut command = Command::new(program);
        command.arg("-C").arg(folder.path()).args(["serve", "--port", "0", "--format", "concise"]);
        let mut server = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("the server: {error}"));
        let mut line = String::new();
        let printed = server.stdout.take().map(|out| BufReader::new(out).read_line(&mut line));
        assert!(matches!(printed, Some(Ok(_))), "the server prints no address");
        let address = line.trim().trim_start_matches("http://").to_owned();
        Self { _folder: folder, server, address, runs: 0 }
    }

    /// Whether the server answers `/inkproof/api/health`.
    fn is_well(&self) -> Result<(), String> {
        let answer = self.send(&format!(
            "GET /inkproof/api/health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        ))?;
        if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(format!("the server is not well: {answer:?}")) }
    }

    /// Sends bytes, and returns the beginning of the answer, which may be empty.
    fn send(&self, request: &str) -> Result<String, String> {
        let mut stream = TcpStream::connect(&self.address).map_err(|error| format!("the server is gone: {error}"))?;
        let _ = stream.set_read_timeout(Some(TIMEOUT));
        // The server may close the connection before it has read everything.
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.take(512).read_to_end(&mut answer);
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

impl Target for Requests {
    fn input(&mut self, random: &mut fastrand::Rng, corpus: &Corpus) -> String {
        let request = corpus.mutated(random).replace("ADDRESS", &self.address);
        // The files of the corpus have no carriage returns.
        if random.u8(..10) == 0 { request } else { request.replace('\n', "\r\n") }
    }

    fn run(&mut self, input: &str) -> Result<(), String> {
        self.runs += 1;
        self.send(input)?;
        if !self.runs.is_multiple_of(50) {
            return Ok(());
        }
        self.is_well()?;
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        match peak.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()) {
            Some(peak) if peak > MAX_MEMORY => Err(format!("the server has taken {peak} KB")),
            _ => Ok(()),
        }
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
