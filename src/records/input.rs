//! Inputs: files and standard input, decompressed if they begin as gzip or Zstandard files do.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTANDARD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The bytes that UTF-16 files begin with.
const UTF16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];

/// The size of the buffer for compressed bytes.
const BUFFER: usize = 64 << 10;

/// A file or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file: its name for messages, and its path.
    File(String, PathBuf),
    /// Standard input.
    StandardInput,
}

impl Input {
    /// The input that a path means: `-` is standard input. `name` is what messages call the file.
    #[must_use]
    pub fn new(name: &Path, path: PathBuf) -> Self {
        if name == Path::new("-") { Self::StandardInput } else { Self::File(name.display().to_string(), path) }
    }

    /// The name for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::File(name, _) => name,
            Self::StandardInput => "standard input",
        }
    }

    /// The size in bytes; `None` if it is not known before reading.
    pub(super) fn size(&self) -> io::Result<Option<u64>> {
        let Self::File(_, path) = self else { return Ok(None) };
        let metadata = path.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder: expected a file"));
        }
        Ok(metadata.is_file().then_some(metadata.len()))
    }

    /// Opens it, and decompresses what is read.
    pub(super) fn open(&self, progress: &Progress, stop: &Stop) -> io::Result<Box<dyn Read + Send>> {
        let (file, may_block) = match self {
            Self::File(_, path) => {
                let file = File::open(path)?;
                let is_file = file.metadata()?.is_file();
                (file, !is_file)
            }
            Self::StandardInput => (standard_input()?, true),
        };
        let file = Counted { file, progress: progress.clone(), stop: stop.clone(), may_block };
        decompressed(BufReader::with_capacity(BUFFER, file))
    }
}

/// Standard input without the buffer of the standard library, so that it can be polled.
#[cfg(unix)]
fn standard_input() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Standard input without the buffer of the standard library.
#[cfg(windows)]
fn standard_input() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
}

/// Looks at the first bytes, and decompresses if they are those of a compressed file.
pub(super) fn decompressed(mut file: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut magic = Vec::new();
    (&mut file).take(4).read_to_end(&mut magic)?;
    let (is_gzip, is_zstandard) = (magic.starts_with(GZIP), magic.starts_with(ZSTANDARD));
    if UTF16.iter().any(|mark| magic.starts_with(mark)) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is UTF-16: expected UTF-8"));
    }
    let whole = BufReader::with_capacity(BUFFER, Cursor::new(magic).chain(file));
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(whole))
    } else if is_zstandard {
        Box::new(Zstandard::new(whole))
    } else {
        Box::new(whole)
    })
}

/// Decompresses the frames of a Zstandard file, one after another.
struct Zstandard<R: Read> {
    file: BufReader<R>,
    decoder: Box<FrameDecoder>,
    /// Whether a frame has begun and not ended.
    is_in_frame: bool,
}

impl<R: Read> Zstandard<R> {
    fn new(file: BufReader<R>) -> Self {
        Self { file, decoder: Box::default(), is_in_frame: false }
    }

    /// Begins the next frame, or skips one that has no content. Returns whether there is one.
    fn begin(&mut self) -> io::Result<bool> {
        if self.file.fill_buf()?.is_empty() {
            return Ok(false);
        }
        match self.decoder.init(&mut self.file) {
            Ok(()) => self.is_in_frame = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                let length = u64::from(length);
                if io::copy(&mut (&mut self.file).take(length), &mut io::sink())? != length {
                    return Err(damaged());
                }
            }
            Err(_) => return Err(damaged()),
        }
        Ok(true)
    }

    /// Ends a frame, whose content must have its checksum if there is one.
    fn end(&mut self) -> io::Result<()> {
        self.is_in_frame = false;
        let expected = self.decoder.get_checksum_from_data();
        if expected.is_some() && expected != self.decoder.get_calculated_checksum() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum of a Zstandard frame differs"));
        }
        Ok(())
    }
}

impl<R: Read> Read for Zstandard<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.is_in_frame {
                if !self.begin()? {
                    return Ok(0);
                }
            } else if self.decoder.can_collect() > 0 {
                return self.decoder.read(bytes);
            } else if self.decoder.is_finished() {
                self.end()?;
            } else {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.file, one).map_err(|_| damaged())?;
            }
        }
    }
}

/// The error of a Zstandard file that cannot be decompressed.
fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the Zstandard file is damaged or ends too early")
}

/// How much has been read of all inputs. Clones share the count.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    read: Arc<AtomicU64>,
    /// The size of all inputs in bytes; `None` if it is not known.
    total: Option<u64>,
}

impl Progress {
    pub(super) fn new(total: Option<u64>) -> Self {
        Self { read: Arc::default(), total }
    }

    /// How many bytes were read. Compressed bytes are counted as they are in the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The size of all inputs in bytes; `None` if it is not known.
    #[must_use]
    pub const fn total(&self) -> Option<u64> {
        self.total
    }
}

/// Ends the reading early, from any thread: what was read until then is kept. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends the reading.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the reading was ended.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A file that counts what is read, and looks as ended once it is stopped.
struct Counted {
    file: File,
    progress: Progress,
    stop: Stop,
    /// Whether reading may wait for another process.
    may_block: bool,
}

impl Read for Counted {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.may_block {
            wait_for_bytes(&self.file, &self.stop)?;
        }
        if self.stop.is_stopped() {
            return Ok(0);
        }
        let count = self.file.read(bytes)?;
        self.progress.read.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(count)
    }
}

/// Waits until there is something to read, or the reading is stopped.
#[cfg(unix)]
fn wait_for_bytes(file: &File, stop: &Stop) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let interval = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
    let mut pipe = [PollFd::new(file, PollFlags::IN)];
    while !stop.is_stopped() {
        match poll(&mut pipe, Some(&interval)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Other systems cannot poll: a read that waits ends with the next bytes.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "polling can fail")]
fn wait_for_bytes(_: &File, _: &Stop) -> io::Result<()> {
    Ok(())
}
