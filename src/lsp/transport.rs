//! Transport: messages of the protocol on standard input and output, framed by `Content-Length` headers.
//!
//! A message that cannot be understood is answered with the error that JSON-RPC defines for it, and the connection goes on.

use std::io::{self, BufRead, Read, Write};
use std::sync::mpsc::Sender;
use std::thread;

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

use super::session::Event;

/// The largest message that is read, in bytes. A larger one is skipped and answered with an error.
const MAX_MESSAGE: u64 = 64 << 20;
/// The longest header line that is read, in bytes.
const MAX_HEADER: u64 = 4096;

/// A message from the client.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A request, a notification, or the response to a request of the server.
    Message(Message),
    /// Something else, with the response that it gets.
    Invalid(Value),
}

/// Reads messages on a thread of its own, and sends each as an event, and the end of the input as the last one.
///
/// # Errors
/// No thread can be created.
pub(super) fn read_on_thread(mut input: impl BufRead + Send + 'static, events: Sender<Event>) -> io::Result<()> {
    let read_all = move || {
        // An unreadable input has ended.
        while let Ok(Some(message)) = read(&mut input) {
            if events.send(Event::Client(message)).is_err() {
                return;
            }
        }
        // If nobody receives it, the session has ended already.
        let _ = events.send(Event::Closed);
    };
    thread::Builder::new().name("lsp-input".to_owned()).spawn(read_all)?;
    Ok(())
}

/// Reads one message; `None` at the end of the input.
fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_headers(input)? else { return Ok(None) };
    if length > MAX_MESSAGE {
        io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        let reason = format!("expected at most {MAX_MESSAGE} bytes, found {length}");
        return Ok(Some(Incoming::Invalid(error(&Value::Null, ErrorCode::InvalidRequest, &reason))));
    }
    let mut content = Vec::new();
    let read = input.by_ref().take(length).read_to_end(&mut content)?;
    if (read as u64) < length {
        return Ok(None);
    }
    Ok(Some(parse(&content)))
}

/// The content length of the next message; `None` at the end of the input. Lines that are not headers are skipped, so that
/// reading continues at the next message.
fn read_headers(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(MAX_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            match length {
                Some(length) => return Ok(Some(length)),
                None => continue,
            }
        }
        if let Some((name, value)) = line.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok().or(length);
        }
    }
}

/// Parses the content of a message.
fn parse(content: &[u8]) -> Incoming {
    let value: Value = match serde_json::from_slice(content) {
        Ok(value) => value,
        Err(reason) => {
            let reason = format!("the message is not valid JSON: {reason}");
            return Incoming::Invalid(error(&Value::Null, ErrorCode::ParseError, &reason));
        }
    };
    let id = value.get("id").filter(|id| id.is_number() || id.is_string()).cloned().unwrap_or(Value::Null);
    serde_json::from_value(value).map_or_else(
        |_| {
            let reason = "expected a request, a response or a notification of JSON-RPC 2.0";
            Incoming::Invalid(error(&id, ErrorCode::InvalidRequest, reason))
        },
        Incoming::Message,
    )
}

/// An error response.
fn error(id: &Value, code: ErrorCode, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code as i32, "message": message}})
}

/// Writes one message.
///
/// # Errors
/// The output is closed or full.
pub(super) fn write(message: &Outgoing, output: &mut impl Write) -> io::Result<()> {
    match message {
        Outgoing::Message(message) => message.write(output),
        Outgoing::Raw(value) => {
            let text = value.to_string();
            write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
            output.flush()
        }
    }
}

/// A message to the client.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// A request, a notification or a response.
    Message(Message),
    /// A response to something that has no usable id.
    Raw(Value),
}

impl<M: Into<Message>> From<M> for Outgoing {
    fn from(message: M) -> Self {
        Self::Message(message.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages of an input: the method or id of each, or the code of the error that answers it.
    fn read_all(input: &[u8]) -> Vec<String> {
        let (mut input, mut read_messages) = (input, Vec::new());
        while let Some(message) = read(&mut input).unwrap() {
            read_messages.push(match message {
                Incoming::Message(Message::Request(request)) => request.method,
                Incoming::Message(Message::Notification(notification)) => notification.method,
                Incoming::Message(Message::Response(response)) => response.id.to_string(),
                Incoming::Invalid(answer) => format!("{} {}", answer["id"], answer["error"]["code"]),
            });
        }
        read_messages
    }

    fn framed(content: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{content}", content.len())
    }

    #[test]
    fn reads_messages_and_answers_what_is_not_one() {
        let request = framed(r#"{"jsonrpc":"2.0","id":1,"method":"a"}"#);
        for (input, expected) in [
            (String::new(), &[][..]),
            (request.clone(), &["a"]),
            (format!("{request}{request}"), &["a", "a"]),
            (framed(r#"{"method":"b"}"#), &["b"]),
            (framed(r#"{"id":7,"result":null}"#), &["7"]),
            (format!("{}{request}", framed("{")), &["null -32700", "a"]),
            (format!("{}{request}", framed("[]")), &["null -32600", "a"]),
            (format!("{}{request}", framed(r#"{"id":"x"}"#)), &["\"x\" -32600", "a"]),
            (format!("{}{request}", framed(r#"{"id":{},"method":5}"#)), &["null -32600", "a"]),
            (format!("noise\r\n\r\nContent-Type: x\r\n{request}"), &["a"]),
            (format!("Content-Length: many\r\n{request}"), &["a"]),
            (request.replace("Content-Length", "content-length"), &["a"]),
            (request.replace("\r\n", "\n"), &["a"]),
            ("Content-Length: 50\r\n\r\n{}".to_owned(), &[]),
        ] {
            assert_eq!(read_all(input.as_bytes()), expected, "{input:?}");
        }
    }

    #[test]
    fn skips_messages_that_are_too_large() {
        let next = framed(r#"{"method":"b"}"#);
        let header = format!("Content-Length: {}\r\n\r\n", MAX_MESSAGE + 1);
        let input = io::Cursor::new(header).chain(io::repeat(b' ').take(MAX_MESSAGE + 1)).chain(io::Cursor::new(next));
        let mut input = io::BufReader::new(input);
        assert!(matches!(read(&mut input).unwrap(), Some(Incoming::Invalid(_))));
        assert!(matches!(read(&mut input).unwrap(), Some(Incoming::Message(_))));
    }
}
