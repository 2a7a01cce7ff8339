//! Reading and writing whole files, with the path in every error.

pub(crate) mod journal;
mod scratch;
mod trace;

use std::collections::BTreeSet;
use std::fs::{File, FileType, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
pub(crate) use scratch::Scratch;
use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::util::interrupt::{self, Unfinished};

/// The beginning of the names of unfinished files; six letters or digits follow.
const UNFINISHED: &str = ".recasketch-unfinished-";

const NO_ROOM: &str = "check that there is room and that the folder can be written";

/// If more files than this are synced, the whole file system is synced at once.
#[cfg(target_os = "linux")]
const MANY: usize = 64;

/// Reads a regular file. Refuses pipes and devices, which might block.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let read = || {
        check_kind(path)?;
        std::fs::read(path)
    };
    read().map_err(|source| failed(path, source, "check the path and that it can be read"))
}

/// Fills a buffer with the bytes of a file from a position on. Several threads may read at once.
#[cfg(unix)]
pub(crate) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// Fills a buffer with the bytes of a file from a position on. Several threads may read at once.
#[cfg(windows)]
pub(crate) fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                at += read as u64;
            }
        }
    }
    Ok(())
}

/// Checks that a path is that of a file. The error says what it is instead. Nothing is opened, because opening a pipe
/// waits for a writer.
pub(crate) fn check_kind(path: &Path) -> std::io::Result<()> {
    let kind = std::fs::metadata(path)?.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let came = if kind.is_dir() { "a folder" } else { other_kind(kind) };
    Err(std::io::Error::new(ErrorKind::InvalidInput, format!("{came}, not a file")))
}

#[cfg(unix)]
fn other_kind(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn other_kind(_: FileType) -> &'static str {
    "a pipe or a device"
}

/// Writes a temporary file, syncs it and renames it. The file is complete whenever it exists, even after a power cut.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    put_by(path, |unfinished| {
        unfinished.write_all(bytes)?;
        sync_content(unfinished.path())
    })?;
    sync_folder(folder_of(path))
}

/// Does the same as [`write`] for a file that `fill` writes in pieces, to the path that it gets.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn write_by(path: &Path, fill: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    put_by(path, |unfinished| {
        fill(unfinished.path())?;
        sync_content(unfinished.path())
    })?;
    sync_folder(folder_of(path))
}

/// Writes a temporary file and renames it, without syncing. The caller then calls [`sync`] once for many files.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    // Not by its path, which would make the file again after Ctrl-C removed it.
    put_by(path, |unfinished| unfinished.write_all(bytes))
}

/// Does the same as [`put`] for a file that `fill` writes in pieces.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn put_by(
    path: &Path,
    fill: impl FnOnce(&mut NamedTempFile) -> std::io::Result<()>,
) -> Result<()> {
    let folder = folder_of(path);
    make_folder(folder)?;
    let write = || -> std::io::Result<()> {
        trace::step("write", path)?;
        let (mut file, _unfinished) =
            Unfinished::make(tempfile::Builder::new().prefix(UNFINISHED), folder)?;
        fill(&mut file)?;
        allow_all_to_read(file.as_file())?;
        trace::step("rename", path)?;
        interrupt::whole(|| file.persist(path)).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| failed(path, source, NO_ROOM))
}

/// Waits until files that [`put`] wrote below a folder are on the disk, with their names in their folders.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn sync(below: &Path, paths: &[PathBuf]) -> Result<()> {
    #[cfg(target_os = "linux")]
    if paths.len() > MANY {
        return sync_all(below);
    }
    paths
        .par_iter()
        .try_for_each(|path| sync_content(path).map_err(|source| failed(path, source, NO_ROOM)))?;
    let folders: BTreeSet<&Path> = paths.iter().map(|path| folder_of(path)).collect();
    folders.into_iter().chain([below]).try_for_each(sync_folder)
}

/// Syncs the whole file system. For 100,000 files this is much faster than syncing each.
#[cfg(target_os = "linux")]
fn sync_all(below: &Path) -> Result<()> {
    let sync = || -> std::io::Result<()> {
        trace::step("sync", below)?;
        Ok(rustix::fs::syncfs(File::open(below)?)?)
    };
    sync().map_err(|source| failed(below, source, NO_ROOM))
}

fn sync_content(path: &Path) -> std::io::Result<()> {
    trace::step("sync", path)?;
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// Waits until the names in a folder are on the disk.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    let sync = || -> std::io::Result<()> {
        trace::step("sync", folder)?;
        File::open(folder)?.sync_all()
    };
    sync().map_err(|source| failed(folder, source, NO_ROOM))
}

/// Other systems cannot open folders. Their file systems keep the order of renames themselves.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}

/// Removes a file if it exists.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let removed = trace::step("remove", path).and_then(|()| std::fs::remove_file(path));
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(failed(path, error, "remove this old file by hand"))
        }
        _ => Ok(()),
    }
}

/// Removes the unfinished files that a kill left in a folder. No other process may be writing there.
pub(crate) fn remove_unfinished(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let unfinished = |path: &PathBuf| {
        path.file_name().is_some_and(|name| is_unfinished(&name.to_string_lossy()))
    };
    // A file that cannot be removed does no harm, because nothing names it.
    paths.filter(unfinished).for_each(|path| drop(std::fs::remove_file(path)));
}

/// Whether this is the name of an unfinished file of ours.
pub(crate) fn is_unfinished(name: &str) -> bool {
    let is_random = |rest: &str| rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    name.strip_prefix(UNFINISHED).is_some_and(is_random)
}

/// The folder of a file; for a bare name the current folder.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("."),
    }
}

/// Makes a folder and those above it.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    trace::step("make", path)
        .and_then(|()| std::fs::create_dir_all(path))
        .map_err(|source| failed(path, source, "check that the folder can be made there"))
}

/// An open file that is locked against other processes of this program until it is dropped.
#[derive(Debug)]
pub(crate) struct Held(File);

impl Deref for Held {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for Held {
    /// Unlocks explicitly. Closing is not enough: a child process that another thread is starting holds the file too,
    /// for a moment, and a lock lasts until its last holder closes it. If unlocking fails, the lock ends with the
    /// process.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Locks a lock file against other processes of this program until the result is dropped. The lock file is separate and
/// stays, because a lock on a file that is replaced would be lost.
///
/// # Errors
/// [`Error::File`] with the path. It says `busy` if another process holds the lock.
pub(crate) fn lock(path: &Path, busy: &'static str) -> Result<Held> {
    make_folder(folder_of(path))?;
    let opened = OpenOptions::new().create(true).write(true).truncate(false).open(path);
    let file = opened.map_err(|source| failed(path, source, NO_ROOM))?;
    hold(file, path, busy)
}

/// Locks an open file that is never replaced against other processes of this program.
///
/// # Errors
/// Those of [`lock`].
pub(crate) fn hold(file: File, path: &Path, busy: &'static str) -> Result<Held> {
    held(file.try_lock(), path, busy)?;
    Ok(Held(file))
}

/// Does the same as [`hold`] for a file that is only read. Other processes may read it too.
///
/// # Errors
/// Those of [`lock`].
pub(crate) fn hold_to_read(file: File, path: &Path, busy: &'static str) -> Result<Held> {
    held(file.try_lock_shared(), path, busy)?;
    Ok(Held(file))
}

fn held(
    lock: std::result::Result<(), TryLockError>,
    path: &Path,
    busy: &'static str,
) -> Result<()> {
    lock.map_err(|error| match error {
        TryLockError::Error(source) => {
            failed(path, source, "put it on a disk where files can be locked")
        }
        TryLockError::WouldBlock => {
            let source = std::io::Error::new(ErrorKind::WouldBlock, busy);
            failed(path, source, "wait until it is done")
        }
    })
}

/// The files of a folder, sorted by name.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    entries(folder, Path::is_file)
}

/// Whether a file is hidden, by its name.
pub(crate) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// The subfolders of a folder, sorted by name.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    entries(folder, |path| path.is_dir() && !path.is_symlink())
}

fn entries(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let list = || -> std::io::Result<Vec<_>> {
        let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        entries.filter(|path| path.as_ref().map_or(true, |path| wanted(path))).collect()
    };
    let mut paths = list().map_err(|source| failed(folder, source, "check the folder's path"))?;
    paths.sort();
    Ok(paths)
}

/// Adds the path and the advice to an error of the system.
pub(crate) fn failed(path: &Path, source: std::io::Error, advice: &'static str) -> Error {
    Error::File { path: path.display().to_string(), source, advice }
}

/// Makes a file readable for all. Temporary files are private, but a web server often runs as another user.
#[cfg(unix)]
fn allow_all_to_read(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn allow_all_to_read(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_ends_with_its_holder_though_a_child_still_has_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = lock(&path, "busy").unwrap();
        let of_a_child = held.try_clone().unwrap();
        assert!(lock(&path, "busy").unwrap_err().to_string().contains("busy"));
        drop(held);
        lock(&path, "busy").unwrap();
        drop(of_a_child);
    }
}
