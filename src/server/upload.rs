//! Uploads: files that are read as they arrive, however large they are.

use std::io::{self, Read};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use tokio::sync::mpsc::{Receiver, Sender, channel as bounded};

use super::answer::Refusal;

/// The largest file, in bytes as they are sent.
const MAX_BYTES: u64 = 4 << 30;

/// How much of a file that nobody reads is discarded, so that its sender can still read the response.
const MAX_DISCARDED: u64 = 16 << 20;

/// How many parts may have arrived before they are read.
const PARTS: usize = 8;

/// How long the next part may take to arrive.
const TIME: Duration = Duration::from_secs(30);

/// A file that arrives, to be read on a thread that may wait.
#[derive(Debug)]
pub(super) struct Upload {
    parts: Receiver<Part>,
    part: Bytes,
    has_ended: bool,
}

/// Where a file arrives.
#[derive(Debug)]
pub(super) struct UploadSender(Sender<Part>);

#[derive(Debug)]
enum Part {
    Bytes(Bytes),
    /// The file is complete.
    End,
}

/// Both ends of an upload.
pub(super) fn channel() -> (UploadSender, Upload) {
    let (sender, parts) = bounded(PARTS);
    (UploadSender(sender), Upload { parts, part: Bytes::new(), has_ended: false })
}

impl UploadSender {
    /// Passes a body on, until nobody reads it any longer.
    ///
    /// # Errors
    /// The body is too large, incomplete or late.
    pub(super) async fn send_all(self, mut body: Body) -> Result<(), Refusal> {
        let (mut length, mut unread) = (0, 0);
        loop {
            let next = tokio::time::timeout(TIME, body.frame()).await.map_err(|_| {
                let error = format!("nothing more of the file arrived within {} seconds", TIME.as_secs());
                Refusal::new(StatusCode::REQUEST_TIMEOUT, error)
            })?;
            let Some(frame) = next else { break };
            let frame = frame.map_err(|error| Refusal::bad_request(format!("the file is incomplete: {error}")))?;
            let Ok(bytes) = frame.into_data() else { continue };
            length += bytes.len() as u64;
            if length > MAX_BYTES {
                let error = format!("the file is larger than {} GiB: use `inkproof audience`", MAX_BYTES >> 30);
                return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, error));
            }
            let size = bytes.len() as u64;
            if self.0.send(Part::Bytes(bytes)).await.is_err() {
                unread += size;
                if unread > MAX_DISCARDED {
                    break;
                }
            }
        }
        // If nobody reads it, the response says why.
        let _ = self.0.send(Part::End).await;
        Ok(())
    }
}

impl Read for Upload {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.part.is_empty() && !self.has_ended {
            match self.parts.blocking_recv() {
                Some(Part::Bytes(part)) => self.part = part,
                Some(Part::End) => self.has_ended = true,
                None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it did not arrive completely")),
            }
        }
        let count = bytes.len().min(self.part.len());
        bytes[..count].copy_from_slice(&self.part.split_to(count));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut upload: Upload) -> io::Result<String> {
        let mut text = String::new();
        upload.read_to_string(&mut text).map(|_| text)
    }

    #[tokio::test]
    async fn a_body_is_read_as_it_arrives() {
        let (sender, upload) = channel();
        let reader = tokio::task::spawn_blocking(|| read(upload));
        let text = "abc".repeat(1 << 18);
        sender.send_all(Body::from(text.clone())).await.unwrap();
        assert!(reader.await.unwrap().unwrap() == text);
    }

    #[tokio::test]
    async fn a_body_that_stops_is_not_complete() {
        let (sender, upload) = channel();
        sender.0.send(Part::Bytes(Bytes::from_static(b"ab"))).await.unwrap();
        drop(sender);
        let error = tokio::task::spawn_blocking(|| read(upload)).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn a_body_that_nobody_reads_is_no_error() {
        let (sender, upload) = channel();
        drop(upload);
        sender.send_all(Body::from(vec![0; 1 << 20])).await.unwrap();
    }
}
