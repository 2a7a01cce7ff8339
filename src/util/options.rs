//! Checks the files and folders that options name before the work begins. Errors have the option's name, and nothing is
//! left behind.

use std::io::{Error as IoError, ErrorKind};
use std::path::Path;

use indicatif::DecimalBytes;

use crate::error::{Error, Result};
use crate::util::files;

/// Checks a file that is to be read.
///
/// # Errors
/// [`Error::File`] with the option and the path.
pub(crate) fn file(option: &str, path: &Path) -> Result<()> {
    let opened = files::check_kind(path).and_then(|()| std::fs::File::open(path));
    said(option, path, opened.map(drop), "check the path and that it can be read")
}

/// Checks a folder that is to be read.
///
/// # Errors
/// [`Error::File`] with the option and the path.
pub(crate) fn folder(option: &str, path: &Path) -> Result<()> {
    said(option, path, std::fs::read_dir(path).map(drop), "check the folder's path")
}

/// Checks a file that is to be written or replaced.
///
/// # Errors
/// [`Error::File`] with the option and the path.
pub(crate) fn file_to_write(option: &str, path: &Path) -> Result<()> {
    let check = || match files::check_kind(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            check_name(path)
        }
        other => other,
    };
    said(option, path, check(), "name a file")?;
    let folder = path.parent().unwrap_or(Path::new("."));
    said(option, path, check_folder(folder), WRITABLE)
}

/// Checks a folder that is to be made or written into.
///
/// # Errors
/// [`Error::File`] with the option and the path.
pub(crate) fn folder_to_write(option: &str, path: &Path) -> Result<()> {
    said(option, path, check_folder(path), WRITABLE)
}

/// Checks that the disk has room for a file or folder that is to be written.
///
/// # Errors
/// [`Error::File`] with the option and the path.
pub(crate) fn room(option: &str, path: &Path, bytes: u64) -> Result<()> {
    // If the system does not tell the free space, the work begins.
    let Some(free) = there(path).and_then(|folder| fs4::available_space(folder).ok()) else {
        return Ok(());
    };
    if free >= bytes {
        return Ok(());
    }
    let came = format!("{} needed, {} free", DecimalBytes(bytes), DecimalBytes(free));
    let full = Err(IoError::new(ErrorKind::StorageFull, came));
    said(option, path, full, "make room, or name a folder on another disk")
}

const WRITABLE: &str = "check that the folder can be made and written";

fn said(
    option: &str,
    path: &Path,
    outcome: std::io::Result<()>,
    advice: &'static str,
) -> Result<()> {
    outcome.map_err(|source| {
        let path = format!("{option} {}", path.display());
        Error::File { path, source, advice }
    })
}

fn check_name(path: &Path) -> std::io::Result<()> {
    let is_folder = path.file_name().is_none() || path.as_os_str().to_string_lossy().ends_with('/');
    if is_folder {
        Err(IoError::new(ErrorKind::InvalidInput, "a folder, not a file"))
    } else {
        Ok(())
    }
}

/// Checks that files can be made in a folder, or in the deepest folder on its path that exists.
fn check_folder(path: &Path) -> std::io::Result<()> {
    let Some(folder) = there(path) else { return Ok(()) };
    if !folder.is_dir() {
        let came = format!("{} is not a folder", folder.display());
        return Err(IoError::new(ErrorKind::NotADirectory, came));
    }
    // Making a file is the only check that works on every system. The file is removed at once.
    tempfile::tempfile_in(folder).map(drop)
}

/// The longest part of a path that exists.
fn there(path: &Path) -> Option<&Path> {
    let name = |folder: &'_ Path| folder.as_os_str().is_empty();
    path.ancestors()
        .map(|folder| if name(folder) { Path::new(".") } else { folder })
        .find(|folder| folder.symlink_metadata().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(outcome: Result<()>) -> String {
        outcome.unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_as_it_must_be_is_said_with_the_options_name() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        std::fs::write(at("file"), b"x").unwrap();
        for (outcome, start, reason) in [
            (file("--settings", &at("none")), "--settings ", "none: "),
            (file("--settings", &at("")), "--settings ", "a folder, not a file"),
            (folder("--samples", &at("none")), "--samples ", "none: "),
            (folder("--samples", &at("file")), "--samples ", "file: "),
            (file_to_write("--sheet", &at("")), "--sheet ", "a folder, not a file"),
            (file_to_write("--sheet", &at("new/")), "--sheet ", "a folder, not a file"),
            (file_to_write("--sheet", &at("file/x")), "--sheet ", "file is not a folder"),
            (folder_to_write("--out", &at("file")), "--out ", "file is not a folder"),
            (folder_to_write("--out", &at("file/a/b")), "--out ", "file is not a folder"),
            (room("--store", &at("a/b"), u64::MAX), "--store ", "needed, "),
        ] {
            let said = sentence(outcome);
            assert!(said.starts_with(start) && said.contains(reason), "{said}");
        }
        file("--settings", &at("file")).unwrap();
        folder("--samples", &at("")).unwrap();
        file_to_write("--sheet", &at("file")).unwrap();
        file_to_write("--sheet", &at("a/b/new")).unwrap();
        file_to_write("--sheet", Path::new("new")).unwrap();
        folder_to_write("--out", &at("a/b")).unwrap();
        folder_to_write("--out", Path::new("new")).unwrap();
        room("--store", &at("a/b"), 1).unwrap();
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "nothing was left behind");
    }
}
