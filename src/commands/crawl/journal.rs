//! A file of lines of JSON that only grows. A kill at any byte loses at most the line that was being written.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Details, Error, Result};
use crate::util::{files, interrupt};

const ADVICE: &str = "check that the disk has room and that you may write into the folder";

/// A journal, open for more lines.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens a journal, or creates it, and returns its lines. A last line that a kill left incomplete is cut off.
    ///
    /// # Errors
    /// [`Error::File`], and [`Error::Catalogue`] where a line is not a `T` in JSON.
    pub(super) fn open<T: DeserializeOwned>(path: &Path) -> Result<(Journal, Vec<T>)> {
        files::make_folder(path.parent().unwrap_or(Path::new(".")))?;
        let failed = |source| files::failed(path, source, ADVICE);
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).read(true).open(path).map_err(failed)?;
        let bytes = files::read(path)?;
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        if whole < bytes.len() {
            file.set_len(whole as u64).map_err(failed)?;
        }
        let lines = bytes[..whole].split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        let read = |(number, line)| {
            serde_json::from_slice(line).map_err(|error| damaged(path, number + 1, &error))
        };
        let lines = lines.enumerate().map(read).collect::<Result<_>>()?;
        Ok((Journal { path: path.to_owned(), file }, lines))
    }

    /// Adds a line. It is written at once, without a buffer, so that a kill cannot lose it.
    pub(super) fn add(&mut self, line: &impl Serialize) -> Result<()> {
        let bytes = encoded(std::iter::once(line))?;
        let written = interrupt::whole(|| self.file.write_all(&bytes));
        written.map_err(|source| files::failed(&self.path, source, ADVICE))
    }

    /// Replaces all lines. Where this fails, the old lines stay.
    pub(super) fn replace<'a, T: Serialize + 'a>(
        &mut self,
        lines: impl Iterator<Item = &'a T>,
    ) -> Result<()> {
        files::write(&self.path, &encoded(lines)?)?;
        let opened = OpenOptions::new().append(true).open(&self.path);
        self.file = opened.map_err(|source| files::failed(&self.path, source, ADVICE))?;
        Ok(())
    }

    /// Renames this journal's file to `path`, in place of the journal there.
    pub(super) fn supplant(&mut self, path: &Path) -> Result<()> {
        std::fs::rename(&self.path, path).map_err(|source| files::failed(path, source, ADVICE))?;
        self.path = path.to_owned();
        Ok(())
    }
}

fn encoded<'a, T: Serialize + 'a>(lines: impl Iterator<Item = &'a T>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, line).map_err(|error| {
            Error::Catalogue(Details::plain(error.to_string(), "report this as a bug"))
        })?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn damaged(path: &Path, number: usize, error: &serde_json::Error) -> Error {
    let advice =
        "move that file away to start over; thumbnails that are there are not downloaded again";
    let expected = format!("line {number} of {} as `crawl` writes it", path.display());
    Error::Catalogue(Details::new(expected, error.to_string(), advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_last_line_is_cut_off_wherever_it_breaks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crawl/journal.jsonl");
        let (mut journal, lines) = Journal::open::<String>(&path).unwrap();
        assert!(lines.is_empty());
        journal.add(&"one\ntwo").unwrap();
        journal.add(&"three").unwrap();
        let whole = std::fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let (mut journal, lines) = Journal::open::<String>(&path).unwrap();
            let count = whole[..length].iter().filter(|&&byte| byte == b'\n').count();
            assert_eq!(lines, ["one\ntwo", "three"][..count], "{length}");
            journal.add(&"next").unwrap();
            let (_, lines) = Journal::open::<String>(&path).unwrap();
            assert_eq!((lines.len(), &*lines[count]), (count + 1, "next"), "{length}");
        }
    }

    #[test]
    fn the_error_for_a_malformed_line_names_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        std::fs::write(&path, "\"one\"\n{\"two\":\n\"three\"\n").unwrap();
        let error = Journal::open::<String>(&path).err().unwrap().to_string();
        assert!(error.contains("expected line 2 of "), "{error}");
    }
}
