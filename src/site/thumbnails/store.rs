//! The store of reduced thumbnails, a file beside the site that only grows. A thumbnail is therefore reduced once only,
//! also where a run was killed.
//!
//! The layout is little endian, without padding:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | the magic `RECATHU\n` |
//! | 4 | [`VERSION`] u32 |
//! | ... | records |
//!
//! A record:
//!
//! | bytes | what |
//! | --- | --- |
//! | 32 | the key: SHA-256 of the owner's file, the width and the version of the reduction; see [`Store::key`] |
//! | 32 | SHA-256 of the JPEG |
//! | 4 | bytes of the JPEG u32; 0 if the owner's file is published as it is |
//! | ... | the JPEG |
//!
//! An incomplete record at the end of the file is removed.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::error::{Details, Error, Result};
use crate::util::files::{self, Held};
use crate::util::interrupt;

/// The version of the layout.
const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"RECATHU\n";
const START: u64 = 12;
const HEADER: usize = 68;

const ADVICE: &str = "check that the disk has room and that you may write into the folder";
const BUSY: &str = "another recasketch is writing into this file";

/// A reduced thumbnail in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) digest: Digest,
    pub(crate) bytes: u32,
    /// Where it begins in the file.
    at: u64,
}

/// A store that is open for more thumbnails of one width.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    file: Held,
    width: u32,
    /// The end of the last complete record.
    end: u64,
    /// `None` for a thumbnail that is published as it is.
    known: HashMap<[u8; 32], Option<Made>>,
}

impl Store {
    /// Opens a store, or creates it. No other process may have it open.
    ///
    /// # Errors
    /// [`Error::File`], and [`Error::EmbeddingFile`] where the file is not a store; it then stays unchanged.
    pub(crate) fn open(path: &Path, width: u32) -> Result<Store> {
        files::make_folder(files::folder_of(path))?;
        let failed = |source| files::failed(path, source, ADVICE);
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).read(true).open(path).map_err(failed)?;
        let file = files::hold(file, path, BUSY)?;
        let path = path.to_owned();
        let mut store = Store { path, file, width, end: START, known: HashMap::new() };
        store.begin()?;
        store.find().map_err(|source| store.failed(source))?;
        let end = store.end;
        store.file.set_len(end).map_err(|source| store.failed(source))?;
        Ok(store)
    }

    /// Whether it is known how the thumbnail with this digest is published.
    pub(crate) fn has(&self, original: Digest) -> bool {
        self.known.contains_key(&self.key(original))
    }

    /// The reduced thumbnail of the owner's file with this digest; `None` if that file is published as it is.
    pub(crate) fn get(&self, original: Digest) -> Option<Made> {
        self.known.get(&self.key(original)).copied().flatten()
    }

    /// Adds thumbnails that the store does not have, each with the digest of the owner's file, and writes them through
    /// to the disk.
    ///
    /// # Errors
    /// [`Error::File`]; an incomplete record is removed when the store is next opened.
    pub(crate) fn add(&mut self, made: Vec<(Digest, Option<Vec<u8>>)>) -> Result<()> {
        let mut batch = Vec::new();
        for (original, jpeg) in made {
            let key = self.key(original);
            if self.known.contains_key(&key) {
                continue;
            }
            let jpeg = jpeg.unwrap_or_default();
            let (digest, bytes) = (Digest::of(&jpeg), jpeg.len() as u32);
            batch.extend_from_slice(&key);
            batch.extend_from_slice(&digest.0);
            batch.extend_from_slice(&bytes.to_le_bytes());
            let at = self.end + batch.len() as u64;
            batch.extend_from_slice(&jpeg);
            self.known.insert(key, (bytes > 0).then_some(Made { digest, bytes, at }));
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.end += batch.len() as u64;
        let mut write = || self.file.write_all(&batch).and_then(|()| self.file.sync_data());
        let written = interrupt::whole(&mut write);
        written.map_err(|source| self.failed(source))
    }

    /// Reads a reduced thumbnail. Several threads may read at once.
    ///
    /// # Errors
    /// [`Error::File`], also where the file was damaged.
    pub(crate) fn read(&self, made: Made) -> Result<Vec<u8>> {
        let mut bytes = vec![0; made.bytes as usize];
        let read = files::read_at(&self.file, &mut bytes, made.at);
        read.map_err(|source| self.failed(source))?;
        if Digest::of(&bytes) == made.digest {
            return Ok(bytes);
        }
        let source = std::io::Error::other("a thumbnail in it is damaged");
        Err(files::failed(&self.path, source, "remove this file; it is made again"))
    }

    /// What decides the bytes of a reduced thumbnail.
    fn key(&self, original: Digest) -> [u8; 32] {
        let numbers = [self.width, super::VERSION].map(u32::to_le_bytes).concat();
        Digest::of(&[&original.0[..], &numbers].concat()).0
    }

    /// Checks the magic and the version, or writes them into a new file.
    fn begin(&mut self) -> Result<()> {
        let mut there = Vec::new();
        let read = (&*self.file).take(START).read_to_end(&mut there);
        read.map_err(|source| self.failed(source))?;
        let start = [&MAGIC[..], &VERSION.to_le_bytes()].concat();
        if there == start {
            return Ok(());
        }
        if !start.starts_with(&there) {
            return Err(Error::EmbeddingFile(Details::new(
                format!("{} to be reduced thumbnails of version {VERSION}", self.path.display()),
                "another file, which stays unchanged",
                "move that file away",
            )));
        }
        let mut write = || self.file.set_len(0).and_then(|()| self.file.write_all(&start));
        write().map_err(|source| self.failed(source))
    }

    /// Finds all complete records. Their JPEGs are passed over, and compared with their digests when they are read.
    fn find(&mut self) -> std::io::Result<()> {
        let length = self.file.metadata()?.len();
        let mut reader = BufReader::new(&*self.file);
        reader.seek(SeekFrom::Start(START))?;
        let mut header = [0; HEADER];
        while length - self.end >= HEADER as u64 {
            reader.read_exact(&mut header)?;
            let (mut key, mut digest, mut bytes) = ([0; 32], [0; 32], [0; 4]);
            key.copy_from_slice(&header[..32]);
            digest.copy_from_slice(&header[32..64]);
            bytes.copy_from_slice(&header[64..]);
            let bytes = u32::from_le_bytes(bytes);
            let at = self.end + HEADER as u64;
            if length - at < u64::from(bytes) {
                break;
            }
            reader.seek_relative(bytes.into())?;
            let made = Made { digest: Digest(digest), bytes, at };
            self.known.insert(key, (bytes > 0).then_some(made));
            self.end = at + u64::from(bytes);
        }
        Ok(())
    }

    fn failed(&self, source: std::io::Error) -> Error {
        files::failed(&self.path, source, ADVICE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original(number: u8) -> Digest {
        Digest::of(&[number])
    }

    /// A store of three thumbnails, the second published as it is, and the ends of its records.
    fn three(path: &Path) -> [u64; 3] {
        let mut store = Store::open(path, 384).unwrap();
        let jpegs = [Some(vec![7; 100]), None, Some(vec![9; 50])];
        let mut ends = [0; 3];
        for (number, jpeg) in jpegs.into_iter().enumerate() {
            store.add(vec![(original(number as u8), jpeg)]).unwrap();
            ends[number] = std::fs::metadata(path).unwrap().len();
        }
        ends
    }

    fn known(store: &Store) -> Vec<u8> {
        (0..4).filter(|&number| store.has(original(number))).collect()
    }

    #[test]
    fn a_store_that_is_cut_anywhere_keeps_its_whole_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("thumbnails");
        let ends = three(&path);
        let whole = std::fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let mut store = Store::open(&path, 384).unwrap();
            let expected = ends.iter().filter(|&&end| end <= length as u64).count();
            assert_eq!(known(&store), [0, 1, 2][..expected], "{length} bytes");
            for (number, jpeg) in [(0, [7; 100].to_vec()), (2, [9; 50].to_vec())] {
                if let Some(made) = store.get(original(number)) {
                    assert_eq!((made.digest, store.read(made).unwrap()), (Digest::of(&jpeg), jpeg));
                }
            }
            assert_eq!(store.get(original(1)), None);
            // The next records come behind the last whole one.
            store.add(vec![(original(3), Some(vec![1, 2, 3]))]).unwrap();
            drop(store);
            let store = Store::open(&path, 384).unwrap();
            assert_eq!(store.read(store.get(original(3)).unwrap()).unwrap(), [1, 2, 3]);
        }
    }

    #[test]
    fn another_width_is_another_thumbnail_and_both_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("thumbnails");
        three(&path);
        let mut store = Store::open(&path, 320).unwrap();
        assert_eq!(known(&store), Vec::<u8>::new());
        store.add(vec![(original(0), Some(vec![5]))]).unwrap();
        drop(store);
        let store = Store::open(&path, 384).unwrap();
        assert_eq!(known(&store), [0, 1, 2]);
        assert_eq!(store.read(store.get(original(0)).unwrap()).unwrap(), [7; 100]);
    }

    #[test]
    fn another_file_stays_and_a_damaged_thumbnail_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("thumbnails");
        std::fs::write(&path, "the owner's list of thumbnails").unwrap();
        let said = Store::open(&path, 384).unwrap_err().to_string();
        assert!(said.contains("another file, which stays unchanged"), "{said}");
        assert_eq!(std::fs::read(&path).unwrap(), b"the owner's list of thumbnails");
        std::fs::remove_file(&path).unwrap();
        let ends = three(&path);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[ends[0] as usize - 1] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let store = Store::open(&path, 384).unwrap();
        let said = store.read(store.get(original(0)).unwrap()).unwrap_err().to_string();
        assert!(said.contains("a thumbnail in it is damaged; remove this file"), "{said}");
        assert!(Store::open(&path, 384).unwrap_err().to_string().contains(BUSY));
    }
}
