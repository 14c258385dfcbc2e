//! The database: stores captured messages in an `SQLite` file, so that they survive a restart.
//!
//! One thread writes. It commits all queued changes in one transaction (group commit), so that many senders share one sync of
//! the disk. A sender gets its response once its message is on disk, so every acknowledged message survives a crash.
//!
//! A file is opened for reading only until all of it has been checked. If it cannot be used, not a byte of it has changed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use serde::Deserialize as _;
use serde::de::Error as _;

use super::captured::CapturedMessage;
use super::pending::{Done, NotWritten, Pending};
use crate::liquid::value::json::Events;

/// Marks the file as a database of inkproof: `inkp`.
const APPLICATION: i32 = 0x696e_6b70;

/// The version of the schema.
const VERSION: i32 = 1;

const TABLES: &str =
    "CREATE TABLE message (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, captured TEXT NOT NULL) STRICT";

/// Exclusive access; a write-ahead log that is synced on each commit; and a limit for the size of that log.
const SETTINGS: &str = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA journal_size_limit = 67108864;";

/// How many bytes are written to find out whether a disk is full.
const PROBE: usize = 64 << 10;

/// The maximum number of changes in a transaction.
const MAX_BATCH: usize = 1024;

/// A file of captured messages, used exclusively by this server.
#[derive(Debug)]
pub(super) struct Database {
    /// `None` only while it is dropped.
    writes: Option<mpsc::Sender<Write>>,
    thread: Option<JoinHandle<()>>,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error("`{}` is used by another server: give each its own file", .0.display())]
    InUse(PathBuf),
    #[error("`{}` is not a file of captured messages: expected a file that `inkproof serve --store` created, or no file", .0.display())]
    Foreign(PathBuf),
    #[error("`{}` was written by a newer version of inkproof: use that version, or another file", .0.display())]
    Newer(PathBuf),
    #[error("`{}` is read-only: captured messages cannot be stored in it", .0.display())]
    ReadOnly(PathBuf),
    #[error("the disk of `{}` is full: free some space, and start the server again; the messages in the file are kept", .0.display())]
    Full(PathBuf),
    #[error("`{}` is damaged: {why}; it was not changed, so it can be recovered with SQLite's tools: use another file until then", path.display())]
    Damaged { path: PathBuf, why: String },
    #[error("message {number} in `{}` cannot be read: {error}", path.display())]
    Broken { path: PathBuf, number: i64, error: serde_json::Error },
    #[error("cannot store messages in `{}`: {error}", path.display())]
    Other { path: PathBuf, error: rusqlite::Error },
}

/// A queued change, and the sender that reports its result.
#[derive(Debug)]
struct Write {
    change: Change,
    done: Done,
}

#[derive(Debug)]
enum Change {
    Put(Arc<CapturedMessage>),
    Remove(Vec<String>),
}

impl Database {
    /// Opens or creates a file, and calls `each` with the messages in it, oldest first.
    pub(super) fn open(path: &Path, each: impl FnMut(CapturedMessage)) -> Result<Self, OpenError> {
        let sqlite = |error| open_error(path, error);
        let connection = connect(path).map_err(sqlite)?;
        if connection.is_readonly("main").unwrap_or(false) {
            return Err(OpenError::ReadOnly(path.to_owned()));
        }
        let is_new = check(&connection, path)?;
        if !is_new {
            load(&connection, path, each)?;
        }
        prepare(&connection, is_new).map_err(sqlite)?;
        Self::write_to(connection).map_err(|error| OpenError::Other {
            path: path.to_owned(),
            error: rusqlite::Error::ToSqlConversionFailure(Box::new(error)),
        })
    }

    fn write_to(connection: Connection) -> std::io::Result<Self> {
        let (writes, waiting) = mpsc::channel();
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || write(connection, &waiting))?;
        Ok(Self { writes: Some(writes), thread: Some(thread) })
    }

    /// Writes a message. It replaces the message with the same id.
    pub(super) fn put(&self, message: Arc<CapturedMessage>) -> Pending {
        self.change(Change::Put(message))
    }

    /// Removes messages.
    pub(super) fn remove(&self, ids: Vec<String>) -> Pending {
        if ids.is_empty() { Pending::nothing() } else { self.change(Change::Remove(ids)) }
    }

    fn change(&self, change: Change) -> Pending {
        let (done, pending) = Pending::new();
        // If the writer thread is gone, `done` is dropped, which `pending` reports as an error.
        let _ = self.writes.as_ref().map(|writes| writes.send(Write { change, done }));
        pending
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.writes = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    // Without the flag for URIs, a path such as `file:…?…` has no special meaning.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::ZERO)?;
    Ok(connection)
}

/// Checks without changing anything that the file belongs to inkproof and is not damaged. Returns whether it is new.
fn check(connection: &Connection, path: &Path) -> Result<bool, OpenError> {
    let sqlite = |error| open_error(path, error);
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i32>(0)).map_err(sqlite);
    // Otherwise the log would be merged into the file even if it cannot be used.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(sqlite)?;
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON").map_err(sqlite)?;
    match number("PRAGMA application_id")? {
        APPLICATION => {}
        0 if number("SELECT count(*) FROM sqlite_schema")? == 0 => return Ok(true),
        _ => return Err(OpenError::Foreign(path.to_owned())),
    }
    if number("PRAGMA user_version")? > VERSION {
        return Err(OpenError::Newer(path.to_owned()));
    }
    let report = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)).map_err(sqlite)?;
    if report == "ok" { Ok(false) } else { Err(OpenError::Damaged { path: path.to_owned(), why: report }) }
}

/// Makes a file that was checked ready for writing. Nothing is written to a file that is not new, so that it can be opened on
/// a full disk.
fn prepare(connection: &Connection, is_new: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    connection.execute_batch("PRAGMA query_only = OFF")?;
    connection.execute_batch(SETTINGS)?;
    if is_new {
        let marks = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};");
        return connection.execute_batch(&format!("BEGIN EXCLUSIVE; {TABLES}; {marks} COMMIT"));
    }
    // Another server may use the file.
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")
}

fn load(connection: &Connection, path: &Path, mut each: impl FnMut(CapturedMessage)) -> Result<(), OpenError> {
    let sqlite = |error| open_error(path, error);
    let mut select = connection.prepare("SELECT number, captured FROM message ORDER BY number").map_err(sqlite)?;
    let mut rows = select.query([]).map_err(sqlite)?;
    while let Some(row) = rows.next().map_err(sqlite)? {
        let number = row.get(0).map_err(sqlite)?;
        let text = row.get_ref(1).and_then(|text| Ok(text.as_str()?)).map_err(sqlite)?;
        each(read(text).map_err(|error| OpenError::Broken { path: path.to_owned(), number, error })?);
    }
    Ok(())
}

/// How many levels are around the properties of a message.
const AROUND_PROPERTIES: usize = 2;

/// Reads a stored message. Its properties may be nested as deeply as those of a message, and no deeper: the file may be
/// anybody's.
fn read(text: &str) -> serde_json::Result<CapturedMessage> {
    if let Err(error) = Events::new(text).with_levels_around(AROUND_PROPERTIES).finish() {
        return Err(serde_json::Error::custom(error.message));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    let captured = CapturedMessage::deserialize(&mut deserializer)?;
    deserializer.end().map(|()| captured)
}

fn open_error(path: &Path, error: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse(path),
        Some(ErrorCode::NotADatabase) => OpenError::Foreign(path),
        Some(ErrorCode::ReadOnly) => OpenError::ReadOnly(path),
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path, why: error.to_string() },
        _ if is_full(&error, &path) => OpenError::Full(path),
        _ => OpenError::Other { path, error },
    }
}

/// Whether an error means that the disk is full. For its own files beside the database, `SQLite` reports that as an error of
/// the disk.
fn is_full(error: &rusqlite::Error, path: &Path) -> bool {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => true,
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let probe = tempfile::tempfile_in(folder).and_then(|mut probe| {
                probe.write_all(&vec![0; PROBE])?;
                probe.sync_all()
            });
            probe.is_err_and(|error| {
                matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
            })
        }
        _ => false,
    }
}

/// Writes queued changes until the database is dropped.
fn write(mut connection: Connection, waiting: &mpsc::Receiver<Write>) {
    let (mut changes, mut waiters) = (Vec::new(), Vec::new());
    while let Ok(first) = waiting.recv() {
        for Write { change, done } in std::iter::once(first).chain(waiting.try_iter().take(MAX_BATCH - 1)) {
            changes.push(change);
            waiters.push(done);
        }
        let result = commit(&mut connection, &changes).map_err(|error| NotWritten {
            is_full: connection.path().is_some_and(|path| is_full(&error, Path::new(path))),
            why: error.to_string(),
        });
        changes.clear();
        for waiter in waiters.drain(..) {
            // The receiver may be gone.
            let _ = waiter.send(result.clone());
        }
    }
}

/// Writes all changes, or none.
fn commit(connection: &mut Connection, changes: &[Change]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    {
        let mut put = transaction.prepare_cached(
            "INSERT INTO message (id, captured) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET captured = excluded.captured",
        )?;
        let mut remove = transaction.prepare_cached("DELETE FROM message WHERE id = ?1")?;
        for change in changes {
            match change {
                Change::Put(message) => {
                    let captured = serde_json::to_string(message.as_ref())
                        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
                    put.execute([&message.id, &captured])?;
                }
                Change::Remove(ids) => ids.iter().try_for_each(|id| remove.execute([id]).map(drop))?,
            }
        }
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::captured::Recipient;
    use super::super::received::{Headers, Received};
    use super::super::send::channel::Channel;
    use super::*;
    use crate::diagnostics::Diagnostics;

    fn message(id: &str, length: usize) -> Arc<CapturedMessage> {
        Arc::new(CapturedMessage {
            id: id.to_owned(),
            channel: Channel::Inbox,
            template: "x".repeat(length),
            recipient: Recipient::default(),
            request: Received { headers: Headers::default(), body: "".into() },
            queued_at: Timestamp::UNIX_EPOCH,
            send_at: Timestamp::UNIX_EPOCH,
            draft: false,
            message: None,
            content: None,
            findings: Diagnostics::new().into(),
            test_send_looks_fine: false,
            opened: false,
            opened_at: None,
            deleted: false,
            owes_sent: false,
            reports: Vec::new(),
        })
    }

    #[tokio::test]
    async fn a_full_disk_is_reported_and_keeps_earlier_messages() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("messages.db");
        let connection = connect(&path).unwrap();
        assert!(check(&connection, &path).unwrap());
        prepare(&connection, true).unwrap();
        connection.execute_batch("PRAGMA max_page_count = 16").unwrap();
        let database = Database::write_to(connection).unwrap();
        let put = |id: &str, length: usize| database.put(message(id, length)).written();
        put("first", 10).await.unwrap();
        let error = put("large", 1 << 20).await.unwrap_err();
        assert!(error.is_full);
        assert!(error.to_string().contains("database or disk is full"), "{error}");
        put("third", 10).await.unwrap();
        drop(database);
        let mut ids = Vec::new();
        drop(Database::open(&path, |message| ids.push(message.id)).unwrap());
        assert_eq!(ids, ["first", "third"]);
    }

    #[tokio::test]
    async fn a_damaged_file_is_reported_and_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("messages.db");
        let database = Database::open(&path, |_| {}).unwrap();
        for number in 0..100 {
            database.put(message(&number.to_string(), 1000)).written().await.unwrap();
        }
        drop(database);
        let mut bytes = std::fs::read(&path).unwrap();
        for byte in &mut bytes[5000..9000] {
            *byte ^= 0x5a;
        }
        std::fs::write(&path, &bytes).unwrap();
        let error = Database::open(&path, |_| {}).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
        assert!(std::fs::read(&path).unwrap() == bytes);
    }

    #[tokio::test]
    async fn nothing_is_merged_into_a_file_whose_messages_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("messages.db"), folder.path().join("messages.db-wal"));
        let connection = connect(&path).unwrap();
        check(&connection, &path).unwrap();
        prepare(&connection, true).unwrap();
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        connection.execute("INSERT INTO message (id, captured) VALUES ('a', '{}')", []).unwrap();
        drop(connection);
        let before = (std::fs::read(&path).unwrap(), std::fs::read(&log).unwrap());
        assert!(!before.1.is_empty(), "the message is in the log only");
        let error = Database::open(&path, |_| {}).unwrap_err();
        assert!(matches!(error, OpenError::Broken { number: 1, .. }), "{error}");
        assert!((std::fs::read(&path).unwrap(), std::fs::read(&log).unwrap()) == before);
    }

    #[test]
    fn no_message_is_nested_deeper_than_those_of_clients() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("messages.db");
        let connection = connect(&path).unwrap();
        check(&connection, &path).unwrap();
        prepare(&connection, true).unwrap();
        let deep = format!("{{\"content\":{}", "[".repeat(1_000_000));
        connection.execute("INSERT INTO message (id, captured) VALUES ('a', ?1)", [deep]).unwrap();
        drop(connection);
        let error = Database::open(&path, |_| {}).unwrap_err();
        assert!(matches!(error, OpenError::Broken { number: 1, .. }), "{error}");
    }

    #[test]
    fn unusual_paths_are_not_interpreted() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["file:messages?mode=memory", "a b%20c.db", "ü.db"] {
            drop(Database::open(&folder.path().join(name), |_| {}).unwrap());
            assert!(folder.path().join(name).is_file(), "{name}");
        }
    }
}
