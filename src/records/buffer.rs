//! Buffers: bytes that were read, in memory that is read into again without being cleared first.

use std::io::{self, Read};
use std::ops::Deref;

/// Bytes that were read.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// The bytes, and what remains of longer ones.
    memory: Vec<u8>,
    length: usize,
}

impl Buffer {
    /// Removes all bytes.
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    /// Adds bytes.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        let start = self.length;
        self.spare(bytes.len()).copy_from_slice(bytes);
        self.length = start + bytes.len();
    }

    /// Removes so many bytes from the beginning.
    pub(super) fn remove_first(&mut self, count: usize) {
        self.memory.copy_within(count..self.length, 0);
        self.length -= count;
    }

    /// Adds the next bytes of a file: so many, unless it ends before. Returns how many there were.
    ///
    /// # Errors
    /// Reading failed. What was read before that was added.
    pub(super) fn read(&mut self, file: &mut dyn Read, wanted: usize) -> io::Result<usize> {
        let start = self.length;
        while self.length - start < wanted {
            let rest = wanted - (self.length - start);
            match file.read(self.spare(rest)) {
                Ok(0) => break,
                Ok(count) => self.length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.length - start)
    }

    /// The memory of the next bytes.
    fn spare(&mut self, count: usize) -> &mut [u8] {
        let end = self.length + count;
        if self.memory.len() < end {
            self.memory.resize(end, 0);
        }
        &mut self.memory[self.length..end]
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.memory[..self.length]
    }
}

impl From<&[u8]> for Buffer {
    fn from(bytes: &[u8]) -> Self {
        Self { memory: bytes.to_vec(), length: bytes.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that fails after its bytes, and gives at most three at once.
    struct Damaged(&'static [u8]);

    impl Read for Damaged {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let at_most = bytes.len().min(3);
            self.0.read(&mut bytes[..at_most])
        }
    }

    #[test]
    fn old_bytes_never_show() {
        let mut buffer = Buffer::default();
        assert_eq!(buffer.read(&mut &b"0123456789"[..], 8).unwrap(), 8);
        assert_eq!(&*buffer, b"01234567");
        buffer.clear();
        buffer.extend(b"ab");
        assert_eq!(&*buffer, b"ab");
        assert_eq!(buffer.read(&mut &b"cd"[..], 100).unwrap(), 2);
        assert_eq!(&*buffer, b"abcd");
        buffer.remove_first(3);
        assert_eq!(&*buffer, b"d");
        assert_eq!(buffer.read(&mut &b""[..], 5).unwrap(), 0);
        buffer.read(&mut Damaged(b"12345"), 100).unwrap_err();
        assert_eq!(&*buffer, b"d12345");
    }
}
