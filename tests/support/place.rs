//! A temporary folder. Each family of tests adds in an `impl Place` what it does there.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use std::path::{Path, PathBuf};

/// Options with some of their fields changed.
pub fn changed<T>(mut options: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut options);
    options
}

/// A temporary folder, removed when it is dropped.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.0.path().join(inside)
    }

    /// The same as text, for the arguments of a program.
    pub fn at(&self, inside: &str) -> String {
        self.path(inside).to_string_lossy().into_owned()
    }

    pub fn text(&self, inside: &str) -> String {
        std::fs::read_to_string(self.path(inside)).unwrap()
    }

    /// Writes a file, and makes its folder.
    pub fn write(&self, inside: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(inside);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }
}
