//! Reading and writing whole files, with the path in every error.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Reads a file.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path)
        .map_err(|source| failed(path, source, "check the path and that it can be read"))
}

/// Writes a file beside its place and renames it, so that nobody ever sees half of it.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let advice = "check that there is room and that the folder can be written";
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(folder)?;
        file.write_all(bytes)?;
        allow_all_to_read(file.as_file())?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| failed(path, source, advice))
}

/// Makes a folder and those above it.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)
        .map_err(|source| failed(path, source, "check that the folder can be made there"))
}

/// The files of a folder, in the order of their names.
///
/// # Errors
/// [`Error::File`] with the path.
pub(crate) fn list(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let list = || -> std::io::Result<Vec<_>> {
        let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        entries.filter(|path| path.as_ref().map_or(true, |path| path.is_file())).collect()
    };
    let mut paths = list().map_err(|source| failed(folder, source, "check the folder's path"))?;
    paths.sort();
    Ok(paths)
}

/// Puts the path and the advice to what the system said.
pub(crate) fn failed(path: &Path, source: std::io::Error, advice: &'static str) -> Error {
    Error::File { path: path.display().to_string(), source, advice }
}

/// Temporary files are private; a site is read by a web server of another name.
#[cfg(unix)]
fn allow_all_to_read(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn allow_all_to_read(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
