//! Files that a run leaves, to hold one run against another.

#![allow(unreachable_pub)]

use std::path::{Path, PathBuf};

use recasketch::digest::Digest;

/// Every file below a folder with its digest.
pub fn content(folder: &Path) -> Vec<(PathBuf, String)> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let digest = Digest::of(&std::fs::read(&path).unwrap()).to_string();
                files.push((path.strip_prefix(folder).unwrap().to_owned(), digest));
            }
        }
    }
    files.sort();
    files
}
