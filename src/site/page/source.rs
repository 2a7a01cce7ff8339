//! Where a page comes from: the program itself, or a folder that `build.sh` made.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{INDEX, Page};
use crate::digest::Digest;
use crate::error::{Details, Error, Result};
use crate::site::{Named, VERSION};
use crate::util::files;

/// The list of a page's files. Other files of the folder are not published.
const LIST: &str = "page.json";

/// The page that the program holds: the list, a newline, and the files that it names, in its order, all in
/// one stream of brotli. It is empty where the page was not built before the program; see `build.rs`.
static BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/page.packed"));

/// The bytes that are decompressed at once.
const BUFFER: usize = 1 << 16;

/// Files that every page must have.
const NEEDED: [&str; 5] =
    [INDEX, "modules.js", "recasketch_bg.wasm", "service-worker.js", "worker.js"];

/// Where the files of a page are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageSource {
    /// In this program.
    BuiltIn,
    /// In a folder that `build.sh` made.
    Folder(PathBuf),
}

impl PageSource {
    /// Returns the page of this program, if it was built with one.
    pub fn built_in() -> Option<PageSource> {
        (!BUILT_IN.is_empty()).then_some(PageSource::BuiltIn)
    }
}

/// The list of a page's files.
#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    /// The version of the sites that the page's worker can read.
    site_version: u32,
    files: Vec<Named>,
}

impl Page {
    /// Reads the files of a page.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for another folder, and for a page with a missing or changed file. It names `--page`.
    pub(crate) fn read(source: &PageSource) -> Result<Page> {
        match source {
            PageSource::BuiltIn => Page::unpack(BUILT_IN),
            PageSource::Folder(folder) => {
                let read = |named: &Named| read_own(folder, &named.file);
                Page::listed(&read_own(folder, LIST)?, &folder.display(), read)
            }
        }
    }

    /// Reads a page that was packed into one file.
    fn unpack(packed: &[u8]) -> Result<Page> {
        let place = "the page in this program";
        let mut bytes = Vec::new();
        brotli::Decompressor::new(packed, BUFFER)
            .read_to_end(&mut bytes)
            .map_err(|error| not_a_page(&place, LIST, &error))?;
        let mut list = serde_json::Deserializer::from_slice(&bytes).into_iter::<Listed>();
        let _ = list.next();
        let (list, rest) = bytes.split_at(list.byte_offset());
        let mut rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        Page::listed(list, &place, |named| {
            let file;
            (file, rest) = rest
                .split_at_checked(named.bytes)
                .ok_or_else(|| not_a_page(&place, &named.file, &"its beginning only"))?;
            Ok(file.to_vec())
        })
    }

    /// Reads the files of a list one after another.
    fn listed(
        json: &[u8],
        place: &dyn Display,
        mut read: impl FnMut(&Named) -> Result<Vec<u8>>,
    ) -> Result<Page> {
        let listed: Listed =
            serde_json::from_slice(json).map_err(|error| not_a_page(place, LIST, &error))?;
        if listed.site_version != VERSION {
            let came = format!("a page for sites of version {}", listed.site_version);
            return Err(no_page(&format!("a page for sites of version {VERSION}"), &came));
        }
        let mut files = BTreeMap::new();
        for named in listed.files {
            if !is_within(&named.file) {
                return Err(not_a_page(place, LIST, &format!("the name {:?}", named.file)));
            }
            let bytes = read(&named)?;
            if bytes.len() != named.bytes || Digest::of(&bytes).to_string() != named.sha256 {
                let expected = format!("{} of {place} as {LIST} beside it lists it", named.file);
                return Err(no_page(&expected, "other content"));
            }
            files.insert(named.file, bytes);
        }
        match NEEDED.iter().find(|name| !files.contains_key(**name)) {
            Some(name) => Err(not_a_page(place, LIST, &format!("no {name}"))),
            None => Ok(Page(files)),
        }
    }
}

/// Reads a file of the page's folder. Symbolic links are refused, because they may lead out of it.
fn read_own(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let kind = |path: &Path| {
        let found = std::fs::symlink_metadata(path);
        found
            .map(|found| found.file_type())
            .map_err(|error| not_a_page(&folder.display(), name, &error))
    };
    let mut path = folder.to_owned();
    let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        path.push(part);
        if !kind(&path)?.is_dir() {
            let came = format!("{part}, which is no folder");
            return Err(not_a_page(&folder.display(), name, &came));
        }
    }
    path.push(file);
    if !kind(&path)?.is_file() {
        return Err(not_a_page(&folder.display(), name, &"no plain file"));
    }
    files::read(&path)
}

/// Whether a name stays within the page's folder, on any system.
fn is_within(name: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_plain = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphanumeric()) && part.bytes().all(is_safe)
    };
    name.split('/').all(is_plain)
}

fn not_a_page(place: &dyn Display, file: &str, came: &dyn Display) -> Error {
    no_page(&format!("{place} to be a page, with {file}"), &came.to_string())
}

fn no_page(expected: &str, came: &str) -> Error {
    let advice = "leave --page away for the program's own page, or name the folder `page` that `./build.sh page` makes";
    Error::Mismatch(Details::new(expected, came, advice))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Packs files as `build.sh` does.
    fn packed(files: &[(&str, &str)], cut: usize) -> Vec<u8> {
        let named = |(file, text): &(&str, &str)| Named {
            file: (*file).to_owned(),
            bytes: text.len(),
            sha256: Digest::of(text.as_bytes()).to_string(),
        };
        let listed = Listed { site_version: VERSION, files: files.iter().map(named).collect() };
        let mut bytes = serde_json::to_vec(&listed).unwrap();
        bytes.push(b'\n');
        files.iter().for_each(|(_, text)| bytes.extend_from_slice(text.as_bytes()));
        bytes.truncate(bytes.len() - cut);
        let mut packed = brotli::CompressorWriter::new(Vec::new(), BUFFER, 5, 22);
        packed.write_all(&bytes).unwrap();
        packed.into_inner()
    }

    #[test]
    fn a_packed_page_is_read_file_by_file() {
        let files = NEEDED.map(|name| (name, name));
        let Page(read) = Page::unpack(&packed(&files, 0)).unwrap();
        let wanted = NEEDED.map(|name| (name.to_owned(), name.as_bytes().to_vec()));
        assert_eq!(read, BTreeMap::from(wanted));
    }

    #[test]
    fn a_packed_page_that_is_cut_or_none_is_refused() {
        let files = NEEDED.map(|name| (name, name));
        for (bytes, words) in [
            (packed(&files, 1), "with worker.js"),
            (packed(&files[..4], 0), "no worker.js"),
            (packed(&[], 3), "page.json"),
            (Vec::new(), "page.json"),
        ] {
            let said = Page::unpack(&bytes).map(drop).unwrap_err().to_string();
            assert!(said.contains(words) && said.contains("--page"), "{said}");
        }
    }
}
