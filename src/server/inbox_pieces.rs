//! Inbox pieces: the messages of an inbox as JSON, made piece by piece when the client has read what came before. An inbox
//! may have hundreds of megabytes, and so it is never in memory as text as a whole.

use std::fmt::Write as _;
use std::sync::Arc;

use super::answer::Refusal;
use super::state::State;

/// The minimum length of a piece, in bytes, except for the last one.
const PIECE: usize = 64 << 10;

/// The messages that were not sent yet.
#[derive(Debug)]
pub(super) struct InboxPieces {
    /// The numbers of the messages.
    messages: std::vec::IntoIter<u64>,
    /// Whether a message precedes them.
    is_begun: bool,
    /// What follows the last message.
    end: &'static str,
}

impl InboxPieces {
    /// Messages with these numbers, and the text after them.
    pub(super) fn new(messages: Vec<u64>, end: &'static str) -> Self {
        Self { messages: messages.into_iter(), is_begun: false, end }
    }

    /// The next piece, and what follows it; `None` if it is the last one.
    ///
    /// # Errors
    /// An internal error.
    pub(super) async fn next(self, state: &Arc<State>, user: &Arc<str>) -> Result<(String, Option<Self>), Refusal> {
        let (shared, user) = (Arc::clone(state), Arc::clone(user));
        state.reads.run(move || self.fill(&shared, &user)).await
    }

    fn fill(mut self, state: &State, user: &str) -> (String, Option<Self>) {
        let (mut piece, now) = (String::new(), state.clock.now());
        while piece.len() < PIECE {
            let Some(number) = self.messages.next() else {
                piece.push_str(self.end);
                return (piece, None);
            };
            // A message that has left the inbox meanwhile is left out.
            if let Some(message) = state.store.in_inbox(number, user, now) {
                let comma = if self.is_begun { "," } else { "" };
                let _ = write!(piece, "{comma}{message}");
                self.is_begun = true;
            }
        }
        (piece, Some(self))
    }
}
