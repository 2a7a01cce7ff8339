//! The files that are to be published.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::thumbnails::{Made, Original, Store};
use super::{Named, PART, Parts, named};
use crate::digest::Digest;
use crate::error::Result;
use crate::util::files::{self, Scratch};

/// A file of at most this many bytes is not cut by its content.
const CUT_ABOVE: usize = 4 << 20;

/// The shortest and the longest part of a file that is cut by its content, and the binary logarithm of the mean length
/// beyond the shortest.
const SHORTEST: usize = 128 << 10;
const LONGEST: usize = 2 << 20;
const MEAN_BITS: u32 = 19;

/// The source of a file's bytes.
pub(super) enum Source<'a> {
    /// The bytes themselves.
    Bytes(Cow<'a, [u8]>),
    /// A range of a temporary file.
    Scratch(Arc<Scratch>, Range<u64>),
    /// Thumbnails, one after another.
    Pieces(Vec<Piece<'a>>),
    /// The file is already in the folder, from the last publication.
    There,
}

/// A thumbnail in a file that is to be published.
#[derive(Clone)]
pub(super) enum Piece<'a> {
    /// The owner's file.
    Copy(&'a Original),
    /// A reduced thumbnail of the store.
    Made(&'a Store, Made),
}

impl Piece<'_> {
    pub(super) fn digest(&self) -> Digest {
        match self {
            Piece::Copy(original) => original.digest,
            Piece::Made(_, made) => made.digest,
        }
    }

    /// The number of its bytes.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Piece::Copy(original) => original.bytes,
            Piece::Made(_, made) => made.bytes.into(),
        }
    }

    fn read(&self) -> Result<Vec<u8>> {
        let original = match self {
            Piece::Made(store, made) => return store.read(*made),
            Piece::Copy(original) => original,
        };
        let bytes = files::read(&original.path)?;
        if Digest::of(&bytes) != original.digest {
            let source = std::io::Error::other("this file changed while it was embedded");
            return Err(files::failed(&original.path, source, "run the same command again"));
        }
        Ok(bytes)
    }
}

impl Source<'_> {
    /// The length of the file; `None` for one that is already in the folder.
    pub(super) fn length(&self) -> Option<u64> {
        match self {
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::Scratch(_, range) => Some(range.end - range.start),
            Source::Pieces(pieces) => Some(pieces.iter().map(Piece::bytes).sum()),
            Source::There => None,
        }
    }

    /// The bytes of the file; `None` for one that is already in the folder.
    ///
    /// # Errors
    /// [`crate::error::Error::File`].
    pub(super) fn read(&self) -> Result<Option<Cow<'_, [u8]>>> {
        match self {
            Source::Bytes(bytes) => Ok(Some(Cow::Borrowed(bytes))),
            Source::Scratch(scratch, range) => Ok(Some(scratch.read(range)?.into())),
            Source::Pieces(pieces) => {
                let read: Vec<Vec<u8>> = pieces.iter().map(Piece::read).collect::<Result<_>>()?;
                Ok(Some(read.concat().into()))
            }
            Source::There => Ok(None),
        }
    }
}

/// The files of a publication, by their names within the site.
#[derive(Default)]
pub(super) struct Publication<'a> {
    /// Files named by their content, which never change.
    pub(super) files: BTreeMap<String, Source<'a>>,
    /// Files with fixed names. Each must work both with the files of this publication and with those of the last.
    pub(super) doors: BTreeMap<String, Vec<u8>>,
}

impl<'a> Publication<'a> {
    /// Adds a file under a given name, such as one in a folder that is named by its content.
    pub(super) fn add(&mut self, name: String, source: Source<'a>) {
        self.files.insert(name, source);
    }

    /// Adds a file in parts that any host accepts, named by their content.
    pub(super) fn parts(&mut self, kind: &str, ending: &str, bytes: Cow<'a, [u8]>) -> Parts {
        match bytes {
            Cow::Borrowed(bytes) => {
                bytes.chunks(PART).map(|part| self.part(kind, ending, part.into())).collect()
            }
            Cow::Owned(bytes) if bytes.is_empty() => Parts::new(),
            Cow::Owned(bytes) if bytes.len() <= PART => vec![self.part(kind, ending, bytes.into())],
            Cow::Owned(bytes) => bytes
                .chunks(PART)
                .map(|part| self.part(kind, ending, part.to_vec().into()))
                .collect(),
        }
    }

    /// Adds a range of a temporary file in the same way.
    pub(super) fn parts_of(
        &mut self,
        kind: &str,
        ending: &str,
        scratch: &Arc<Scratch>,
        range: Range<u64>,
    ) -> Result<Parts> {
        let parts = range.clone().step_by(PART).map(|start| {
            let part = start..range.end.min(start + PART as u64);
            let bytes = scratch.read(&part)?;
            Ok(self.part_of(kind, ending, scratch, part, &bytes))
        });
        parts.collect()
    }

    /// Adds a file in parts as [`Publication::parts`] does. A large file is cut where its content says, so that a small
    /// change of it changes few parts.
    pub(super) fn cut(&mut self, kind: &str, ending: &str, bytes: Cow<'a, [u8]>) -> Parts {
        if bytes.len() <= CUT_ABOVE {
            return self.parts(kind, ending, bytes);
        }
        let (mut parts, mut start) = (Parts::new(), 0);
        while start < bytes.len() {
            let window = &bytes[start..bytes.len().min(start + LONGEST)];
            let part = window[..first_cut(window)].to_vec();
            start += part.len();
            parts.push(self.part(kind, ending, part.into()));
        }
        parts
    }

    /// Adds a range of a temporary file in the same way.
    pub(super) fn cut_of(
        &mut self,
        kind: &str,
        ending: &str,
        scratch: &Arc<Scratch>,
        range: Range<u64>,
    ) -> Result<Parts> {
        if range.end - range.start <= CUT_ABOVE as u64 {
            return self.parts_of(kind, ending, scratch, range);
        }
        let (mut parts, mut start) = (Parts::new(), range.start);
        while start < range.end {
            let window = scratch.read(&(start..range.end.min(start + LONGEST as u64)))?;
            let bytes = &window[..first_cut(&window)];
            let part = start..start + bytes.len() as u64;
            start = part.end;
            parts.push(self.part_of(kind, ending, scratch, part, bytes));
        }
        Ok(parts)
    }

    /// Adds a part that is in a temporary file.
    fn part_of(
        &mut self,
        kind: &str,
        ending: &str,
        scratch: &Arc<Scratch>,
        range: Range<u64>,
        bytes: &[u8],
    ) -> Named {
        let named = by_content(kind, ending, bytes);
        self.add(named.file.clone(), Source::Scratch(Arc::clone(scratch), range));
        named
    }

    fn part(&mut self, kind: &str, ending: &str, bytes: Cow<'a, [u8]>) -> Named {
        let named = by_content(kind, ending, &bytes);
        self.add(named.file.clone(), Source::Bytes(bytes));
        named
    }

    /// Adds a file with a fixed name.
    pub(super) fn door(&mut self, name: &str, bytes: Vec<u8>) {
        self.doors.insert(name.to_owned(), bytes);
    }
}

fn by_content(kind: &str, ending: &str, bytes: &[u8]) -> Named {
    named(&format!("{kind}-{}.{ending}", Digest::of(bytes).short()), bytes)
}

/// The length of the first part of some bytes, which ends behind bytes whose hash says so, or with the last of them. The
/// hash is Gear's: the 64 bytes before a place decide it, so behind a change the cuts are soon the same again. See Xia
/// and others, FastCDC, USENIX ATC 2016.
fn first_cut(bytes: &[u8]) -> usize {
    let gear: [u64; 256] = std::array::from_fn(|byte| mixed(byte as u64));
    let mut hash = 0u64;
    for (at, &byte) in bytes.iter().enumerate() {
        hash = (hash << 1).wrapping_add(gear[usize::from(byte)]);
        if at + 1 >= SHORTEST && hash >> (u64::BITS - MEAN_BITS) == 0 {
            return at + 1;
        }
    }
    bytes.len()
}

/// A number whose bits look random, by SplitMix64.
fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes without a pattern.
    fn noise(count: usize) -> Vec<u8> {
        (0..count as u64).map(|at| mixed(at) as u8).collect()
    }

    fn names(bytes: &[u8]) -> Vec<String> {
        let parts = Publication::default().cut("catalogue", "json", bytes.into());
        let lengths = parts.iter().map(|part| part.bytes);
        assert_eq!(lengths.clone().sum::<usize>(), bytes.len());
        assert!(lengths.len() == 1 || lengths.clone().all(|length| length <= LONGEST));
        parts.into_iter().map(|part| part.file).collect()
    }

    #[test]
    fn a_change_of_a_large_file_changes_few_of_its_parts() {
        let bytes = noise(24 << 20);
        let before = names(&bytes);
        assert!((24..=72).contains(&before.len()), "{} parts", before.len());
        for at in [0, 5_000_000, bytes.len()] {
            let mut more = bytes.clone();
            more.splice(at..at, noise(300));
            let new = names(&more).into_iter().filter(|name| !before.contains(name)).count();
            assert!((1..=2).contains(&new), "{new} parts are new at {at}");
        }
    }

    #[test]
    fn small_files_and_those_of_one_byte_are_cut_by_length() {
        assert_eq!(names(&noise(CUT_ABOVE)).len(), 1);
        let parts = Publication::default().cut("embeddings", "bin", vec![0; 9 << 20].into());
        let lengths: Vec<usize> = parts.iter().map(|part| part.bytes).collect();
        assert_eq!(lengths, [LONGEST, LONGEST, LONGEST, LONGEST, 1 << 20]);
    }
}
