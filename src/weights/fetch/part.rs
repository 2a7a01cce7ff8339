//! The part of a file that was downloaded so far.

use std::fs::{File, OpenOptions};
use std::io::{Error as SystemError, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Expected, Options};
use crate::error::{Details, Error, Result};
use crate::util::files;

const ADVICE: &str = "check that there is room and that the folder can be written";

/// `NAME.part`, and `NAME.part.etag` with the ETag of the server's file.
pub(super) struct Part {
    path: PathBuf,
    version_path: PathBuf,
    file: File,
    length: u64,
}

impl Part {
    /// Opens the part that an earlier run left, or an empty one.
    pub(super) fn open(place: &Path) -> Result<Part> {
        let path = place.with_added_extension("part");
        let open = || {
            let mut options = OpenOptions::new();
            let file = options.create(true).read(true).write(true).truncate(false).open(&path)?;
            Ok((file.metadata()?.len(), file))
        };
        let (length, file) = open().map_err(|source| files::failed(&path, source, ADVICE))?;
        Ok(Part { version_path: path.with_added_extension("etag"), path, file, length })
    }

    /// The number of bytes so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The ETag of the server's file, if the server sent one.
    pub(super) fn version(&self) -> Option<String> {
        std::fs::read_to_string(&self.version_path).ok().filter(|version| !version.is_empty())
    }

    /// Removes all bytes.
    pub(super) fn clear(&mut self) -> Result<()> {
        self.file.set_len(0).map_err(|source| self.failed(source))?;
        self.length = 0;
        Ok(())
    }

    /// Starts over with a new version. Removes the old bytes first: otherwise a kill before the end would leave them as
    /// bytes of the new version.
    pub(super) fn start_over(&mut self, version: Option<&str>) -> Result<()> {
        self.clear()?;
        files::write(&self.version_path, version.unwrap_or_default().as_bytes())
    }

    /// Appends bytes without a buffer in this process, so that a kill loses none.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        let end = SeekFrom::Start(self.length);
        let written = self.file.seek(end).and_then(|_| self.file.write_all(bytes));
        written.map_err(|source| self.failed(source))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Whether the part is the complete file.
    pub(super) fn holds(&mut self, digest: Expected) -> Result<bool> {
        Ok(self.length > 0 && self.digest(digest)? == digest)
    }

    /// Gives the file its final name if its digest is right. Removes it otherwise.
    pub(super) fn keep(mut self, place: &Path, options: &Options) -> Result<()> {
        let came = self.digest(options.digest)?;
        if came != options.digest {
            self.remove();
            return Err(Error::Download(Details::new(
                format!("{} of {}", options.digest, options.url),
                format!("{came} ({} bytes)", self.length),
                "the download is removed; run it again, and if the result is the same, the \
                 address has another file: name a mirror with --url",
            )));
        }
        let keep = || self.file.sync_all().and_then(|()| std::fs::rename(&self.path, place));
        keep().map_err(|source| files::failed(place, source, ADVICE))?;
        // The ETag does no harm if it stays, because it counts only together with a part.
        let _ = std::fs::remove_file(&self.version_path);
        Ok(())
    }

    fn digest(&mut self, like: Expected) -> Result<Expected> {
        let digest = self.file.rewind().and_then(|()| like.same_of(&self.file));
        digest.map_err(|source| self.failed(source))
    }

    /// Removes the part. The next run overwrites files that cannot be removed.
    fn remove(&self) {
        let _ = self.file.set_len(0);
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_file(&self.version_path);
    }

    fn failed(&self, source: SystemError) -> Error {
        files::failed(&self.path, source, ADVICE)
    }
}
