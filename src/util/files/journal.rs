//! The journal of a folder: a file in it that is locked during a run. It names the files that the run is about to
//! write, before they are written. The next run finds the files of a killed run by it, and takes no other file for
//! ours.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Held, NO_ROOM, failed, folder_of, hold, make_folder, sync_folder, trace};
use crate::error::Result;

/// The first line, which shows that the file is ours.
const START: &str = "recasketch journal 1\n";

/// A folder's journal, open and locked until it is dropped.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: Held,
    names: Vec<String>,
}

impl Journal {
    /// Opens and locks the journal at this path. Makes it if it does not exist.
    ///
    /// # Errors
    /// [`crate::error::Error::File`] if it cannot be written or the file is not ours. It says `busy` if another process
    /// holds the journal.
    pub(crate) fn open(path: &Path, busy: &'static str) -> Result<Journal> {
        make_folder(folder_of(path))?;
        let failed = |source| failed(path, source, NO_ROOM);
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).read(true).write(true).open(path);
        let mut file = hold(file.map_err(failed)?, path, busy)?;
        // The run that held it may have removed it, if it wrote nothing.
        if !path.exists() {
            return Err(failed(std::io::Error::other(busy)));
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed)?;
        if !START.as_bytes().starts_with(&text) && !text.starts_with(START.as_bytes()) {
            return Err(not_ours(path));
        }
        // A kill may have cut the last line, and half a name is another name.
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        file.set_len(whole as u64).map_err(failed)?;
        let names = text.get(START.len()..whole).map(lines).unwrap_or_default();
        let mut journal = Journal { path: path.to_owned(), file, names };
        if whole == 0 {
            journal.write(0, START)?;
            sync_folder(folder_of(path))?;
        }
        Ok(journal)
    }

    /// Whether there is a journal of ours. Does not lock it.
    pub(crate) fn is_at(path: &Path) -> bool {
        std::fs::read(path).is_ok_and(|text| {
            text.starts_with(START.as_bytes()) || START.as_bytes().starts_with(&text)
        })
    }

    /// The names of files that unfinished runs were about to write.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Adds the names of files that are about to be written, and waits until they are on the disk.
    ///
    /// # Errors
    /// [`crate::error::Error::File`].
    pub(crate) fn note(&mut self, names: &[&str]) -> Result<()> {
        let end = self.file.metadata().map_err(|source| failed(&self.path, source, NO_ROOM))?.len();
        let text: String = names.iter().flat_map(|name| [name, "\n"]).collect();
        self.names.extend(names.iter().map(|&name| name.to_owned()));
        self.write(end, &text)
    }

    /// Removes all names at the end of a run.
    ///
    /// # Errors
    /// [`crate::error::Error::File`].
    pub(crate) fn clear(&mut self) -> Result<()> {
        self.names.clear();
        let clear = || -> std::io::Result<()> {
            trace::step("note", &self.path)?;
            self.file.set_len(START.len() as u64)
        };
        clear().map_err(|source| failed(&self.path, source, NO_ROOM))
    }

    fn write(&mut self, at: u64, text: &str) -> Result<()> {
        let mut write = || -> std::io::Result<()> {
            trace::step("note", &self.path)?;
            self.file.seek(SeekFrom::Start(at))?;
            self.file.write_all(text.as_bytes())?;
            self.file.sync_all()
        };
        write().map_err(|source| failed(&self.path, source, NO_ROOM))
    }
}

fn lines(text: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(text).lines().map(str::to_owned).collect()
}

fn not_ours(path: &Path) -> crate::error::Error {
    let source = std::io::Error::other("this file was not written by recasketch");
    failed(path, source, "move it away, or name another folder with --out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_read_again_without_the_line_that_a_kill_cut_short() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        for cut in [0, 3, START.len() - 1] {
            std::fs::write(&path, &START[..cut]).unwrap();
            assert!(Journal::is_at(&path));
            assert!(Journal::open(&path, "busy").unwrap().names().is_empty());
        }
        Journal::open(&path, "busy").unwrap().note(&["a", "b/c d"]).unwrap();
        let cut = [std::fs::read(&path).unwrap(), b"half of a na".to_vec()].concat();
        std::fs::write(&path, cut).unwrap();
        let mut journal = Journal::open(&path, "busy").unwrap();
        assert_eq!(journal.names(), ["a", "b/c d"]);
        assert!(Journal::open(&path, "busy").unwrap_err().to_string().contains("busy"));
        journal.note(&["d"]).unwrap();
        drop(journal);
        let mut journal = Journal::open(&path, "busy").unwrap();
        assert_eq!(journal.names(), ["a", "b/c d", "d"]);
        journal.clear().unwrap();
        drop(journal);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), START);
    }

    #[test]
    fn a_file_of_somebody_elses_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        std::fs::write(&path, "dear journal").unwrap();
        assert!(!Journal::is_at(&path));
        assert!(Journal::open(&path, "busy").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"dear journal");
    }
}
