//! A file of lines of JSON that only grows: a kill at any byte loses at most the line that was being
//! written.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Details, Error, Result};
use crate::util::{files, interrupt};

const ADVICE: &str = "check that there is room and that the folder can be written";

/// A journal that is open for more lines.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens a journal, makes it where there is none, and reads what it has. A line that was torn by a
    /// kill is cut off.
    ///
    /// # Errors
    /// [`Error::File`], and [`Error::Catalogue`] where a line inside is none of these.
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

    /// Adds a line, past any buffer of this process's.
    pub(super) fn add(&mut self, line: &impl Serialize) -> Result<()> {
        let bytes = encoded(std::iter::once(line))?;
        let written = interrupt::whole(|| self.file.write_all(&bytes));
        written.map_err(|source| files::failed(&self.path, source, ADVICE))
    }

    /// Puts other lines in the place of all, or leaves all as they were.
    pub(super) fn replace<'a, T: Serialize + 'a>(
        &mut self,
        lines: impl Iterator<Item = &'a T>,
    ) -> Result<()> {
        files::write(&self.path, &encoded(lines)?)?;
        let opened = OpenOptions::new().append(true).open(&self.path);
        self.file = opened.map_err(|source| files::failed(&self.path, source, ADVICE))?;
        Ok(())
    }

    /// Takes the place of another journal.
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
            Error::Catalogue(Details::new("text", error.to_string(), "report this"))
        })?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn damaged(path: &Path, number: usize, error: &serde_json::Error) -> Error {
    let advice =
        "move that file away to start over; thumbnails that are there are not asked for again";
    let expected = format!("line {number} of {} as `crawl` writes it", path.display());
    Error::Catalogue(Details::new(expected, error.to_string(), advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_last_line_is_cut_off_at_every_byte_and_the_rest_is_kept() {
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
    fn a_line_of_something_else_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        std::fs::write(&path, "\"one\"\n{\"two\":\n\"three\"\n").unwrap();
        let error = Journal::open::<String>(&path).err().unwrap().to_string();
        assert!(error.contains("expected line 2 of "), "{error}");
    }
}
