//! Temporary files for what would fill the memory.

use std::io::{Read, Result as IoResult, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use tempfile::SpooledTempFile;

use super::{NO_ROOM, failed};
use crate::error::Result;

/// A temporary file without a name, which ends with its owner, also if that is killed.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    file: Mutex<SpooledTempFile>,
}

impl Scratch {
    /// Content up to this size, in bytes, stays in memory.
    pub(crate) const LITTLE: usize = 16 << 20;

    /// Makes an empty file in a folder.
    pub(crate) fn new(folder: &Path) -> Scratch {
        let file = Mutex::new(tempfile::spooled_tempfile_in(Scratch::LITTLE, folder));
        Scratch { folder: folder.to_owned(), file }
    }

    /// Writes the file from its beginning by a function.
    ///
    /// # Errors
    /// Those of the function.
    pub(crate) fn fill<T>(
        &self,
        fill: impl FnOnce(&mut SpooledTempFile) -> Result<T>,
    ) -> Result<T> {
        fill(&mut self.file())
    }

    /// Adds bytes at the end, and returns their range.
    ///
    /// # Errors
    /// [`crate::error::Error::File`] with the folder.
    pub(crate) fn push(&self, bytes: &[u8]) -> Result<Range<u64>> {
        let mut file = self.file();
        let mut push = || -> IoResult<u64> {
            let end = file.seek(SeekFrom::End(0))?;
            file.write_all(bytes)?;
            Ok(end)
        };
        let end = push().map_err(|source| failed(&self.folder, source, NO_ROOM))?;
        Ok(end..end + bytes.len() as u64)
    }

    /// Reads a range.
    ///
    /// # Errors
    /// [`crate::error::Error::File`] with the folder.
    pub(crate) fn read(&self, range: &Range<u64>) -> Result<Vec<u8>> {
        let mut file = self.file();
        let mut bytes = vec![0; (range.end - range.start) as usize];
        let mut read = || -> IoResult<()> {
            file.seek(SeekFrom::Start(range.start))?;
            file.read_exact(&mut bytes)
        };
        read().map_err(|source| failed(&self.folder, source, NO_ROOM))?;
        Ok(bytes)
    }

    /// The number of bytes.
    ///
    /// # Errors
    /// [`crate::error::Error::File`] with the folder.
    pub(crate) fn length(&self) -> Result<u64> {
        self.file().seek(SeekFrom::End(0)).map_err(|source| failed(&self.folder, source, NO_ROOM))
    }

    /// Locks the file. Its content is right even if another thread panicked, because each place is written once.
    fn file(&self) -> MutexGuard<'_, SpooledTempFile> {
        self.file.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again_from_memory_and_from_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(folder.path());
        let first = scratch.push(b"first").unwrap();
        let long = scratch.push(&vec![7; Scratch::LITTLE]).unwrap();
        let last = scratch.push(b"last").unwrap();
        assert_eq!(scratch.read(&first).unwrap(), b"first");
        assert_eq!(scratch.read(&long).unwrap(), vec![7; Scratch::LITTLE]);
        assert_eq!(scratch.read(&last).unwrap(), b"last");
        assert_eq!(scratch.length().unwrap(), Scratch::LITTLE as u64 + 9);
        assert!(scratch.read(&(0..Scratch::LITTLE as u64 + 10)).is_err());
        drop(scratch);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
