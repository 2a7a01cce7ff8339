//! Files that a run leaves, to hold one run against another.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use recasketch::digest::Digest;
use recasketch::site::Manifest;

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

/// The manifest of a site.
pub fn manifest(site: &Path) -> Manifest {
    serde_json::from_slice(&std::fs::read(site.join("manifest.json")).unwrap()).unwrap()
}

/// The names of all files that a site's manifest names; its lists and itself are among them.
pub fn names(site: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::from(["manifest.json".to_owned()]);
    for list in manifest(site).files {
        let text = std::fs::read_to_string(site.join(&list.file)).unwrap();
        assert_eq!(Digest::of(text.as_bytes()).to_string(), list.sha256);
        names.extend(text.lines().map(str::to_owned));
        names.insert(list.file);
    }
    names
}

/// Every file that a site's manifest names with its digest: not what an earlier one named.
pub fn published(site: &Path) -> Vec<(PathBuf, String)> {
    let digest = |name: String| {
        let bytes =
            std::fs::read(site.join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        (PathBuf::from(name), Digest::of(&bytes).to_string())
    };
    let mut files: Vec<_> = names(site).into_iter().map(digest).collect();
    files.sort();
    files
}
