//! The embedding file: written by the owner's program, opened in the page from its bytes alone.
//!
//! Little endian, sections one after another with nothing between or behind them:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | the magic `RECASK\r\n`, whose line end shows a transfer as text |
//! | 4 | [`VERSION`] u32 |
//! | 4 | fit u32: 0 crop, 1 squash, 2 pad |
//! | 4 | resize u32: 0 cubic, 1 nearest |
//! | 12 | height, width, channels of the feature map, each u32 |
//! | 4 | models u32 |
//! | 4 | bytes of uid text u32 |
//! | 32 | SHA-256 of the network's file |
//! | models x dimensions | codes i8, a row a model; dimensions = height x width x channels |
//! | models x 4 | squared norms of the rows u32 |
//! | models x 4 | where each uid ends in the text u32 |
//! | bytes of text | uids, UTF-8, one after another |
//! | 32 | SHA-256 of everything before |

use std::collections::HashSet;
use std::ops::Range;

use crate::digest::Digest;
use crate::embedding::{Embedding, MAXIMUM_DIMENSIONS};
use crate::error::{Details, Error, Result};
use crate::pixels::{Fit, Framing, Resize};

/// The version of the layout. A file of another version is not read; it is made anew by `embed`,
/// which takes minutes, so no older layout is carried along.
pub const VERSION: u32 = 2;

const MAGIC: [u8; 8] = *b"RECASK\r\n";
const HEADER: usize = 72;
const DIGEST: usize = 32;

/// What all rows of an embedding file have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The digest of the network that made the embeddings.
    pub network: Digest,
    /// How images became the network's shape.
    pub framing: Framing,
    /// `[height, width, channels]` of the feature maps.
    pub shape: [usize; 3],
}

impl Origin {
    /// The number of codes of a row.
    pub fn dimensions(&self) -> usize {
        self.shape.iter().product()
    }
}

/// An embedding file, read in place from any bytes.
#[derive(Debug, Clone)]
pub struct Index<Bytes> {
    bytes: Bytes,
    origin: Origin,
    models: usize,
    sections: Sections,
}

/// Where the sections lie; computed from the header and checked against the file's length.
#[derive(Debug, Clone)]
struct Sections {
    codes: Range<usize>,
    squared_norms: Range<usize>,
    uid_ends: Range<usize>,
    uids: Range<usize>,
}

impl<Bytes: AsRef<[u8]>> Index<Bytes> {
    /// Opens a file: magic, version, header, every length and offset. Nothing is copied, and the
    /// time does not grow with the codes; [`Index::verify`] reads everything.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`], saying which part does not fit.
    pub fn open(bytes: Bytes) -> Result<Index<Bytes>> {
        let file = bytes.as_ref();
        check_start(file)?;
        let number = |at: usize| u32_at(file, at) as usize;
        let framing = framing(number(12), number(16))?;
        let shape = [number(20), number(24), number(28)];
        let mut network = [0; DIGEST];
        network.copy_from_slice(&file[40..HEADER]);
        let origin = Origin { network: Digest(network), framing, shape };
        let (models, text) = (number(32), number(36));
        let sections = Sections::lay(shape, models, text, file.len())?;
        let index = Index { bytes, origin, models, sections };
        index.check_uids()?;
        Ok(index)
    }

    /// Reads the whole file and checks its digest and its squared norms.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`] where a byte has changed since it was written.
    pub fn verify(&self) -> Result<()> {
        let file = self.bytes.as_ref();
        let (content, stored) = file.split_at(file.len() - DIGEST);
        let computed = Digest::of(content);
        if computed.0 != stored {
            let came = computed.short();
            return Err(damaged(
                "the digest at the file's end",
                &format!("{came}, so bytes have changed"),
            ));
        }
        for row in 0..self.models {
            if self.embedding(row).squared_norm() != self.squared_norm(row) {
                return Err(damaged(
                    "squared norms of the codes",
                    &format!("another one in row {row}"),
                ));
            }
        }
        Ok(())
    }

    /// What all rows have in common.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The number of models.
    pub fn len(&self) -> usize {
        self.models
    }

    /// Whether there are no models.
    pub fn is_empty(&self) -> bool {
        self.models == 0
    }

    /// The number of codes of a row.
    pub fn dimensions(&self) -> usize {
        self.origin.dimensions()
    }

    /// The codes of a row, `[height * width * channels] i8`.
    ///
    /// # Panics
    /// Where `row` is not below [`Index::len`].
    pub fn codes(&self, row: usize) -> &[i8] {
        let dimensions = self.dimensions();
        let codes = &self.bytes.as_ref()[self.sections.codes.clone()];
        bytemuck::cast_slice(&codes[row * dimensions..(row + 1) * dimensions])
    }

    /// A row as a query.
    ///
    /// # Panics
    /// Where `row` is not below [`Index::len`].
    pub fn embedding(&self, row: usize) -> Embedding {
        Embedding::from_codes(self.codes(row))
    }

    /// The sum of the squared codes of a row.
    ///
    /// # Panics
    /// Where `row` is not below [`Index::len`].
    pub fn squared_norm(&self, row: usize) -> u32 {
        u32_at(&self.bytes.as_ref()[self.sections.squared_norms.clone()], 4 * row)
    }

    /// The uid of a row.
    ///
    /// # Panics
    /// Where `row` is not below [`Index::len`].
    pub fn uid(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.uid_end(row - 1) };
        let uids = &self.bytes.as_ref()[self.sections.uids.clone()];
        std::str::from_utf8(&uids[start..self.uid_end(row)]).expect("checked when opened")
    }

    /// The row of a uid.
    pub fn row(&self, uid: &str) -> Option<usize> {
        (0..self.models).find(|&row| self.uid(row) == uid)
    }

    fn uid_end(&self, row: usize) -> usize {
        u32_at(&self.bytes.as_ref()[self.sections.uid_ends.clone()], 4 * row) as usize
    }

    fn check_uids(&self) -> Result<()> {
        let uids = &self.bytes.as_ref()[self.sections.uids.clone()];
        let text = std::str::from_utf8(uids)
            .map_err(|error| damaged("uids in UTF-8", &error.to_string()))?;
        let mut start = 0;
        for row in 0..self.models {
            let end = self.uid_end(row);
            if text.get(start..end).is_none_or(str::is_empty) {
                return Err(damaged(
                    "uids one after another",
                    &format!("row {row} ending at {end}"),
                ));
            }
            start = end;
        }
        if start != uids.len() {
            return Err(damaged(
                "uids to the end of their text",
                &format!("{} bytes more", uids.len() - start),
            ));
        }
        Ok(())
    }
}

impl Sections {
    /// Lays the sections out and checks that they fill the file exactly.
    fn lay(shape: [usize; 3], models: usize, text: usize, file: usize) -> Result<Sections> {
        let dimensions = shape
            .iter()
            .try_fold(1usize, |product, &side| product.checked_mul(side))
            .filter(|dimensions| (1..=MAXIMUM_DIMENSIONS).contains(dimensions))
            .ok_or_else(|| damaged("a feature map's shape", &format!("{shape:?}")))?;
        let lengths = [
            models.checked_mul(dimensions),
            models.checked_mul(4),
            models.checked_mul(4),
            Some(text),
        ];
        let mut end = HEADER;
        let mut section = |length: Option<usize>| {
            let start = end;
            end = start.checked_add(length?)?;
            (end <= file).then_some(start..end)
        };
        let sections = lengths.map(&mut section);
        match sections {
            [Some(codes), Some(squared_norms), Some(uid_ends), Some(uids)]
                if uids.end.checked_add(DIGEST) == Some(file) =>
            {
                Ok(Sections { codes, squared_norms, uid_ends, uids })
            }
            _ => Err(damaged(
                &format!("the length that {models} models of {dimensions} codes take"),
                &format!("{file} bytes"),
            )),
        }
    }
}

/// Gathers embeddings and writes them as an embedding file.
#[derive(Debug)]
pub struct Builder {
    origin: Origin,
    codes: Vec<u8>,
    squared_norms: Vec<u8>,
    uid_ends: Vec<u8>,
    text: String,
    known: HashSet<String>,
}

impl Builder {
    /// Starts an empty file.
    pub fn new(origin: Origin) -> Builder {
        Builder {
            origin,
            codes: Vec::new(),
            squared_norms: Vec::new(),
            uid_ends: Vec::new(),
            text: String::new(),
            known: HashSet::new(),
        }
    }

    /// Adds a model as the next row.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for an embedding of other dimensions, [`Error::Catalogue`] for a uid that
    /// is empty or already there.
    pub fn push(&mut self, uid: &str, embedding: &Embedding) -> Result<()> {
        if embedding.codes().len() != self.origin.dimensions() {
            return Err(Error::Mismatch(Details::new(
                format!("{} codes", self.origin.dimensions()),
                embedding.codes().len().to_string(),
                "embed every image with the same network",
            )));
        }
        if uid.is_empty() || !self.known.insert(uid.to_owned()) {
            return Err(Error::Catalogue(Details::new(
                "a uid for every model, each once",
                format!("'{uid}' again or empty"),
                "remove the row from the catalogue",
            )));
        }
        self.codes.extend_from_slice(bytemuck::cast_slice(embedding.codes()));
        self.squared_norms.extend_from_slice(&embedding.squared_norm().to_le_bytes());
        self.text.push_str(uid);
        self.uid_ends.extend_from_slice(&(self.text.len() as u32).to_le_bytes());
        Ok(())
    }

    /// The finished file.
    pub fn finish(self) -> Vec<u8> {
        let [fit, resize] = numbers(self.origin.framing);
        let [height, width, channels] = self.origin.shape.map(|side| side as u32);
        let numbers = [
            VERSION,
            fit,
            resize,
            height,
            width,
            channels,
            self.known.len() as u32,
            self.text.len() as u32,
        ];
        let mut file = MAGIC.to_vec();
        numbers.iter().for_each(|number| file.extend_from_slice(&number.to_le_bytes()));
        file.extend_from_slice(&self.origin.network.0);
        for section in [&self.codes, &self.squared_norms, &self.uid_ends, self.text.as_bytes()] {
            file.extend_from_slice(section);
        }
        let digest = Digest::of(&file);
        file.extend_from_slice(&digest.0);
        file
    }
}

fn check_start(file: &[u8]) -> Result<()> {
    if !file.starts_with(&MAGIC) {
        let came = match file {
            [] => "an empty file".to_owned(),
            [b'<', ..] => "a page of HTML".to_owned(),
            _ => format!("{} bytes of something else", file.len()),
        };
        return Err(damaged("an embedding file", &came));
    }
    if file.len() < HEADER + DIGEST {
        return Err(damaged("a header and a digest", &format!("{} bytes, cut short", file.len())));
    }
    match u32_at(file, MAGIC.len()) {
        VERSION => Ok(()),
        other => Err(damaged(&format!("version {VERSION}"), &format!("version {other}"))),
    }
}

fn framing(fit: usize, resize: usize) -> Result<Framing> {
    let fit = match fit {
        0 => Fit::Crop,
        1 => Fit::Squash,
        2 => Fit::Pad,
        other => return Err(damaged("fit 0, 1 or 2", &other.to_string())),
    };
    let resize = match resize {
        0 => Resize::CatmullRom,
        1 => Resize::Nearest,
        other => return Err(damaged("resize 0 or 1", &other.to_string())),
    };
    Ok(Framing { fit, resize })
}

/// What [`framing`] reads.
fn numbers(framing: Framing) -> [u32; 2] {
    let fit = match framing.fit {
        Fit::Crop => 0,
        Fit::Squash => 1,
        Fit::Pad => 2,
    };
    let resize = match framing.resize {
        Resize::CatmullRom => 0,
        Resize::Nearest => 1,
    };
    [fit, resize]
}

/// Four bytes as a little-endian number; the caller has checked that they are there.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let [a, b, c, d] = bytes[at..at + 4] else { unreachable!("a slice of four has four") };
    u32::from_le_bytes([a, b, c, d])
}

fn damaged(expected: &str, came: &str) -> Error {
    Error::EmbeddingFile(Details::new(
        expected,
        came,
        "run `recasketch embed` again and publish its output whole",
    ))
}
