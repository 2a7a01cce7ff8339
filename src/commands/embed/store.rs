//! The store of finished embeddings, a file beside the site that only grows. A kill at any byte loses at most the
//! batch that was being written.
//!
//! The layout is little endian, without padding:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | the magic `RECASTO\n`; its line end reveals a transfer in text mode |
//! | 4 | [`VERSION`] u32 |
//! | ... | batches |
//!
//! A batch:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | records u32 |
//! | 4 | dimensions u32 |
//! | 32 | the digest of what made them: see `maker` |
//! | records x (32 + dimensions) | SHA-256 of a thumbnail's bytes, and its map's codes i8 |
//! | 32 | SHA-256 of the batch's bytes before this field |
//!
//! An incomplete batch at the end of the file is removed. A batch with a wrong digest is skipped.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::embedding::Embedding;
use crate::error::{Details, Error, Result};
use crate::index::Origin;
use crate::network::MAXIMUM_DIMENSIONS;
use crate::util::files::{self, Held};
use crate::util::interrupt;
use crate::util::progress::Progress;

/// The version of the layout.
const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"RECASTO\n";
const START: usize = 12;
const HEADER: usize = 40;
const DIGEST: usize = 32;

const ADVICE: &str = "check that the disk has room and that you may write into the folder";
const BUSY: &str = "another recasketch is embedding into this file";

/// A store that is open for more batches, with the positions of the embeddings of one network, preprocessing and
/// metric.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    file: Held,
    maker: Digest,
    dimensions: usize,
    known: Known,
}

/// The embeddings of a store, by the digests of their thumbnails.
#[derive(Debug, Default)]
struct Known {
    /// The position of each.
    places: HashMap<[u8; DIGEST], u64>,
    /// Those whose codes are all 0; few thumbnails have one.
    blank: HashSet<[u8; DIGEST]>,
}

impl Known {
    fn insert(&mut self, thumbnail: Digest, place: u64, codes: &[u8]) {
        self.places.insert(thumbnail.0, place);
        if codes.iter().all(|&code| code == 0) {
            self.blank.insert(thumbnail.0);
        }
    }
}

impl Store {
    /// Opens a store, or creates it. No other process may have it open.
    ///
    /// # Errors
    /// [`Error::File`], and [`Error::EmbeddingFile`] where the file is not a store; it then stays unchanged.
    pub(crate) fn open(path: &Path, origin: Origin) -> Result<Store> {
        files::make_folder(path.parent().unwrap_or(Path::new(".")))?;
        let failed = |source| files::failed(path, source, ADVICE);
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).read(true).open(path).map_err(failed)?;
        let mut file = files::hold(file, path, BUSY)?;
        if is_new(&mut file, path)? {
            file.set_len(0).map_err(failed)?;
            file.write_all(&start()).map_err(failed)?;
        }
        let (path, maker) = (path.to_owned(), maker(origin));
        let (dimensions, known) = (origin.dimensions(), Known::default());
        let mut store = Store { path, file, maker, dimensions, known };
        let (known, end) = store.find()?;
        store.known = known;
        store.file.set_len(end).map_err(|source| store.failed(source))?;
        interrupt::keeps(format!(
            "what was embedded so far is kept in {}, and a site from an earlier run is unchanged",
            store.path.display()
        ));
        Ok(store)
    }

    /// Allocates memory for the positions of this number of thumbnails.
    pub(crate) fn expect(&mut self, thumbnails: usize) {
        let places = &mut self.known.places;
        places.reserve(thumbnails.saturating_sub(places.len()));
    }

    /// Returns whether the store has the embedding of the thumbnail with this digest.
    pub(crate) fn has(&self, thumbnail: Digest) -> bool {
        self.known.places.contains_key(&thumbnail.0)
    }

    /// Returns whether the codes of the thumbnail with this digest are all 0.
    pub(crate) fn is_blank(&self, thumbnail: Digest) -> bool {
        self.known.blank.contains(&thumbnail.0)
    }

    /// Returns the embedding of the thumbnail with this digest.
    ///
    /// # Errors
    /// [`Error::File`], also where there is none.
    pub(crate) fn get(&self, thumbnail: Digest) -> Result<Embedding> {
        let mut codes = vec![0; self.dimensions];
        let mut read = || -> std::io::Result<()> {
            let absent = || std::io::Error::other(format!("no embedding of {}", thumbnail.short()));
            let at = self.known.places.get(&thumbnail.0).ok_or_else(absent)?;
            (&*self.file).seek(SeekFrom::Start(*at))?;
            (&*self.file).read_exact(&mut codes)
        };
        read().map_err(|source| self.failed(source))?;
        Ok(Embedding::from_codes(bytemuck::cast_slice(&codes)))
    }

    /// Adds the embeddings that the store does not have as one batch, and writes it through to the disk.
    ///
    /// # Errors
    /// [`Error::File`]; an incomplete batch is removed when the store is next opened.
    ///
    /// # Panics
    /// Where an embedding has other dimensions than those of the store's network.
    pub(crate) fn add(&mut self, embeddings: &[(Digest, Embedding)]) -> Result<()> {
        let mut batch = vec![0; HEADER];
        let end = self.file.metadata().map_err(|source| self.failed(source))?.len();
        let mut records = 0u32;
        for (thumbnail, embedding) in embeddings {
            assert_eq!(embedding.codes().len(), self.dimensions, "a map of the store's network");
            if self.has(*thumbnail) {
                continue;
            }
            batch.extend_from_slice(&thumbnail.0);
            let codes = bytemuck::cast_slice(embedding.codes());
            self.known.insert(*thumbnail, end + batch.len() as u64, codes);
            batch.extend_from_slice(codes);
            records += 1;
        }
        if records == 0 {
            return Ok(());
        }
        batch[..4].copy_from_slice(&records.to_le_bytes());
        batch[4..8].copy_from_slice(&(self.dimensions as u32).to_le_bytes());
        batch[8..HEADER].copy_from_slice(&self.maker.0);
        let digest = Digest::of(&batch);
        batch.extend_from_slice(&digest.0);
        let mut write = || self.file.write_all(&batch).and_then(|()| self.file.sync_data());
        let written = interrupt::whole(&mut write);
        written.map_err(|source| self.failed(source))
    }

    /// Copies the embeddings of the same network, preprocessing and metric from another store. No process may be
    /// writing to it.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::EmbeddingFile`] for a file that is not a store, and [`Error::Mismatch`] where all of
    /// its embeddings are of another network, preprocessing, metric or version.
    pub(crate) fn take(&mut self, path: &Path) -> Result<()> {
        let failed = |source| files::failed(path, source, "check the path and that it can be read");
        let mut file = files::hold_to_read(File::open(path).map_err(failed)?, path, BUSY)?;
        is_new(&mut file, path)?;
        let (mut own, mut others) = (0, 0);
        let mut batches = Batches::of(&file, path)?;
        while let Some((_, batch)) = batches.read()? {
            if batch.is_of(self) {
                self.add(&batch.embeddings())?;
                own += 1;
            } else {
                others += 1;
            }
        }
        if own == 0 && others > 0 {
            return Err(Error::Mismatch(Details::plain(
                format!(
                    "{} holds only embeddings of another network, preprocessing or version",
                    path.display()
                ),
                "embed that shard with the same program, --network, --fit, --resize and --metric",
            )));
        }
        Ok(())
    }

    /// Returns the position of every embedding that fits this store, and the end of the last complete batch.
    fn find(&self) -> Result<(Known, u64)> {
        let mut known = Known::default();
        let mut batches = Batches::of(&self.file, &self.path)?;
        while let Some((at, batch)) = batches.read()? {
            if batch.is_of(self) {
                for (thumbnail, place) in batch.records() {
                    known.insert(thumbnail, at + place as u64, batch.codes(place));
                }
            }
        }
        Ok((known, batches.end))
    }

    fn failed(&self, source: std::io::Error) -> Error {
        files::failed(&self.path, source, ADVICE)
    }
}

/// Reads the complete batches of a store's file, one after another.
struct Batches<'a> {
    path: &'a Path,
    reader: BufReader<&'a File>,
    progress: Progress,
    /// The position of the next batch.
    end: u64,
    length: u64,
}

/// A batch with the right digest.
struct Batch {
    bytes: Vec<u8>,
    dimensions: usize,
}

impl<'a> Batches<'a> {
    /// Begins after the file's magic and version, which were checked before.
    fn of(file: &'a File, path: &'a Path) -> Result<Batches<'a>> {
        let begin = || -> std::io::Result<_> {
            let mut reader = BufReader::new(file);
            reader.seek(SeekFrom::Start(START as u64))?;
            Ok((reader, file.metadata()?.len()))
        };
        let (reader, length) = begin().map_err(|source| files::failed(path, source, ADVICE))?;
        let progress = Progress::bytes("reading finished embeddings");
        progress.expect(START as u64, Some(length));
        Ok(Batches { path, reader, progress, end: START as u64, length })
    }

    /// Returns the next batch and its position; `None` at the end of the file or of its complete batches.
    fn read(&mut self) -> Result<Option<(u64, Batch)>> {
        loop {
            let left = self.length.saturating_sub(self.end) as usize;
            if left < HEADER {
                return Ok(None);
            }
            let mut bytes = vec![0; HEADER];
            self.fill(&mut bytes)?;
            let number = |at: usize| u32_at(&bytes, at) as usize;
            let (records, dimensions) = (number(0), number(4));
            let body = records.checked_mul(DIGEST + dimensions).map(|body| body + DIGEST);
            let fits = |body: &usize| *body <= left - HEADER && dimensions <= MAXIMUM_DIMENSIONS;
            let Some(body) = body.filter(fits) else { return Ok(None) };
            bytes.resize(HEADER + body, 0);
            self.fill(&mut bytes[HEADER..])?;
            let at = self.end;
            self.end += bytes.len() as u64;
            self.progress.advance(bytes.len() as u64);
            let digest = bytes.split_off(bytes.len() - DIGEST);
            if Digest::of(&bytes).0[..] == digest {
                return Ok(Some((at, Batch { bytes, dimensions })));
            }
        }
    }

    fn fill(&mut self, to: &mut [u8]) -> Result<()> {
        self.reader.read_exact(to).map_err(|source| files::failed(self.path, source, ADVICE))
    }
}

impl Batch {
    fn is_of(&self, store: &Store) -> bool {
        digest_at(&self.bytes, 8) == store.maker && self.dimensions == store.dimensions
    }

    /// Returns the digest of each thumbnail, and the position of its codes within the batch.
    fn records(&self) -> impl Iterator<Item = (Digest, usize)> {
        let starts = (HEADER..self.bytes.len()).step_by(DIGEST + self.dimensions);
        starts.map(|at| (digest_at(&self.bytes, at), at + DIGEST))
    }

    fn embeddings(&self) -> Vec<(Digest, Embedding)> {
        let embedding = |at: usize| Embedding::from_codes(bytemuck::cast_slice(self.codes(at)));
        self.records().map(|(thumbnail, at)| (thumbnail, embedding(at))).collect()
    }

    /// Returns the codes at a position within the batch.
    fn codes(&self, at: usize) -> &[u8] {
        &self.bytes[at..at + self.dimensions]
    }
}

/// Computes the digest of everything that decides an embedding's values: the network, the preprocessing, the metric,
/// and the version of this program, because another version may compute differently.
fn maker(origin: Origin) -> Digest {
    let numbers = crate::index::numbers(origin);
    let mut bytes = origin.network.0.to_vec();
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend_from_slice(env!("CARGO_PKG_VERSION").as_bytes());
    Digest::of(&bytes)
}

fn start() -> Vec<u8> {
    [&MAGIC[..], &VERSION.to_le_bytes()].concat()
}

/// Returns whether a file is empty, or holds no more than the part of magic and version that a kill left.
fn is_new(file: &mut File, path: &Path) -> Result<bool> {
    let mut bytes = Vec::new();
    let read = file.take(START as u64).read_to_end(&mut bytes);
    read.map_err(|source| files::failed(path, source, ADVICE))?;
    let expected = start();
    if bytes == expected {
        return Ok(false);
    }
    if expected.starts_with(&bytes) {
        return Ok(true);
    }
    let came = if bytes.starts_with(&MAGIC) && bytes.len() == START {
        format!("version {}", u32_at(&bytes, MAGIC.len()))
    } else {
        "another file, which stays unchanged".to_owned()
    };
    Err(Error::EmbeddingFile(Details::new(
        format!("{} to be finished embeddings of version {VERSION}", path.display()),
        came,
        "move that file away, or name another file with --store",
    )))
}

fn digest_at(bytes: &[u8], at: usize) -> Digest {
    let mut digest = [0; DIGEST];
    digest.copy_from_slice(&bytes[at..at + DIGEST]);
    Digest(digest)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}
