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
//! | 4 | metric u32: 0 the post's, 1 mirrored roots, see [`Metric`] |
//! | 12 | height, width, channels of the feature map, each u32 |
//! | 4 | classes that the network tells u32 |
//! | 4 | models u32 |
//! | 4 | bytes of uid text u32 |
//! | 2 x 8 | of each level: bytes of its codebook u32, bytes of a row u32; all 0 for whole maps |
//! | 32 | SHA-256 of the network's file |
//! | 256 | calibration: 64 scores f32, see [`Calibration`] |
//! | ... | the rows, in one of two forms |
//! | models x 4 | where each uid ends in the text u32 |
//! | bytes of text | uids, UTF-8, one after another |
//! | 32 | SHA-256 of everything before |
//!
//! Whole maps:
//!
//! | bytes | what |
//! | --- | --- |
//! | models x dimensions | codes i8, a row a model, see [`Embedding`]; dimensions = those of the classes + height x width x channels |
//! | models x 4 | squared norms of the rows u32 |
//!
//! Two levels of codes:
//!
//! | bytes | what |
//! | --- | --- |
//! | dimensions, where there is a model | the whole map of the first model i8, for the self-test |
//! | bytes of the first codebook | as `src/embedding/book.rs` writes it |
//! | models x bytes of an even row | the first level's codes of the even part, see [`Form`](crate::embedding::Form) |
//! | models x bytes of an odd row | those of the odd part |
//! | ... | the second codebook and its codes in the same way |
//!
//! What ends with the first level's codes is a file too, which answers more roughly and knows no uids:
//! a page begins with it, and reads the rest while it answers.

mod arithmetic;
mod builder;
mod calibration;
mod cells;
#[cfg(feature = "native")]
mod clustering;
mod code;
mod header;
#[allow(unsafe_code)]
// the machine's own instructions; each block says why it is sound
mod kernel;
mod layout;
mod query;
mod scorer;

use std::ops::Range;
use std::sync::Arc;

pub use builder::Builder;
pub use calibration::Calibration;
#[cfg(feature = "native")]
pub use clustering::{Clustering, clustered};
pub use code::{CODE_VERSION, MAXIMUM as MAXIMUM_CODE, MAXIMUM_OF_MAP as MAXIMUM_CODE_OF_MAP};
pub(crate) use header::numbers;
use header::{check_shape, check_start, metric, preprocessing};
pub use kernel::scan;
use layout::Layout;
pub use query::Query;
pub(crate) use query::{add, cosine};
pub(crate) use scorer::{Scorer, Weighed};

use crate::digest::Digest;
use crate::embedding::{Codebook, Coefficients, Embedding, Level, Metric, PARTS};
use crate::error::{Details, Error, Result};
use crate::network::Network;
use crate::pixels::Preprocessing;

/// The version of the layout. A file of another version is not read; it is made anew by `embed`,
/// which takes minutes, so no older layout is carried along.
pub const VERSION: u32 = 6;

const MAGIC: [u8; 8] = *b"RECASK\r\n";
const HEADER: usize = 96;
/// Where the number of models is.
const MODELS: usize = 40;
const CALIBRATION: usize = 256;
const DIGEST: usize = 32;

/// What all rows of an embedding file have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The digest of the network that made the embeddings.
    pub network: Digest,
    /// How images became the network's shape.
    pub preprocessing: Preprocessing,
    /// How maps are compared.
    pub metric: Metric,
    /// `[height, width, channels]` of the feature maps.
    pub shape: [usize; 3],
    /// How many classes the network tells, at most [`MAXIMUM_CLASSES`](crate::network::MAXIMUM_CLASSES).
    pub classes: usize,
}

impl Origin {
    /// What all embeddings by a network have in common that are made and compared so.
    pub fn of(network: &Network, preprocessing: Preprocessing, metric: Metric) -> Origin {
        let (shape, classes) = (network.output_shape(), network.classes());
        Origin { network: network.digest(), preprocessing, metric, shape, classes }
    }

    /// The number of codes of a row.
    pub fn dimensions(&self) -> usize {
        self.class_values() + self.shape.iter().product::<usize>()
    }

    /// How many of them, the first ones, are of classes.
    pub fn class_values(&self) -> usize {
        self.metric.class_values(self.classes)
    }

    /// How many of them, the first ones, are of classes and of even places.
    pub fn even(&self) -> usize {
        self.class_values() + self.metric.even_places(self.shape) * self.shape[2]
    }
}

/// An embedding file, read in place from any bytes.
#[derive(Debug, Clone)]
pub struct Index<Bytes> {
    bytes: Bytes,
    origin: Origin,
    models: usize,
    calibration: Calibration,
    rows: Rows,
    /// Where the uids' ends and the uids lie; none in a file that ends with the first level.
    uids: Option<[Range<usize>; 2]>,
}

/// Where the rows lie, and what they are.
#[derive(Debug, Clone)]
enum Rows {
    Maps { codes: Range<usize>, squared_norms: Range<usize> },
    Levels { codebook: Arc<Codebook>, rows: Vec<[Range<usize>; 2]>, first_map: Range<usize> },
}

impl<Bytes: AsRef<[u8]>> Index<Bytes> {
    /// Opens a file: magic, version, header, every length, offset and float. No row is copied, and the time
    /// does not grow with them; [`Index::verify`] reads everything.
    ///
    /// The file may be a stranger's. Its sections are held against its length before anything is allocated; a map has
    /// at most [`MAXIMUM_DIMENSIONS`](crate::network::MAXIMUM_DIMENSIONS) values, scores of pairs lie in -1..=1, and a
    /// codebook's sizes and floats have the limits that `src/embedding/book.rs` states.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`], saying which part does not fit.
    pub fn open(bytes: Bytes) -> Result<Index<Bytes>> {
        let file = bytes.as_ref();
        check_start(file)?;
        let number = |at: usize| u32_at(file, at) as usize;
        let (preprocessing, metric) = (preprocessing(number(12), number(16))?, metric(number(20))?);
        let shape = [number(24), number(28), number(32)];
        let classes = number(36);
        check_shape(shape, metric, classes)?;
        let mut network = [0; DIGEST];
        network.copy_from_slice(&file[HEADER - DIGEST..HEADER]);
        let origin = Origin { network: Digest(network), preprocessing, metric, shape, classes };
        let (models, text) = (number(MODELS), number(44));
        let levels = [[number(48), number(52)], [number(56), number(60)]];
        let calibration = Calibration::read(&file[HEADER..HEADER + CALIBRATION])
            .ok_or_else(|| damaged("scores of pairs that rise from -1 to 1", "others"))?;
        let mut layout = Layout { file, end: HEADER + CALIBRATION };
        let (rows, is_whole) = match levels {
            [[0, 0], [0, 0]] => (layout.maps(models, origin.dimensions())?, true),
            _ => layout.levels(models, &origin, levels)?,
        };
        let uids = is_whole.then(|| layout.uids(models, text)).transpose()?;
        let index = Index { bytes, origin, models, calibration, rows, uids };
        index.check_uids()?;
        Ok(index)
    }

    /// Reads the whole file and checks its digest and its squared norms.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`] where a byte has changed since it was written, or where the file ends
    /// with the first level and so has no digest.
    pub fn verify(&self) -> Result<()> {
        let file = self.bytes.as_ref();
        if self.uids.is_none() {
            return Err(damaged("a whole file with its digest", "one of the first level alone"));
        }
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
            if let Some((map, squared_norm)) = self.map(row)
                && Embedding::from_codes(map).squared_norm() != squared_norm
            {
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

    /// How scores spread over pairs of this catalogue.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// The levels that are there; 0 where rows are whole maps and scores are exact.
    pub fn levels(&self) -> usize {
        self.codebook().map_or(0, |codebook| codebook.levels.len())
    }

    /// How rows are coded; none where they are whole maps.
    pub fn codebook(&self) -> Option<&Codebook> {
        match &self.rows {
            Rows::Maps { .. } => None,
            Rows::Levels { codebook, .. } => Some(codebook),
        }
    }

    /// The rows of each part of a level, one after another.
    ///
    /// # Panics
    /// Where `level` is not below [`Index::levels`].
    pub fn rows(&self, level: usize) -> [&[u8]; 2] {
        match &self.rows {
            Rows::Maps { .. } => panic!("whole maps have no level {level}"),
            Rows::Levels { rows, .. } => {
                PARTS.map(|part| &self.bytes.as_ref()[rows[level][part].clone()])
            }
        }
    }

    /// A row's codes of each part of a level.
    ///
    /// # Panics
    /// Where there is no such level or row.
    pub fn row_of(&self, level: (usize, &Level), row: usize) -> [&[u8]; 2] {
        let rows = self.rows(level.0);
        PARTS.map(|part| {
            let bytes = level.1.parts[part].form.bytes();
            &rows[part][row * bytes..(row + 1) * bytes]
        })
    }

    /// The file up to the end of a level's codes; that of the first level is a file too.
    ///
    /// # Panics
    /// Where `level` is not below [`Index::levels`].
    pub fn until(&self, level: usize) -> &[u8] {
        match &self.rows {
            Rows::Maps { .. } => panic!("whole maps have no level {level}"),
            Rows::Levels { rows, .. } => &self.bytes.as_ref()[..rows[level][1].end],
        }
    }

    /// A row's codes, see [`Embedding`], and their squared norm, where rows are whole maps.
    ///
    /// # Panics
    /// Where `row` is not below [`Index::len`].
    pub fn map(&self, row: usize) -> Option<(&[i8], u32)> {
        assert!(row < self.models, "row {row} of {}", self.models);
        let Rows::Maps { codes, squared_norms } = &self.rows else { return None };
        let (bytes, dimensions) = (self.bytes.as_ref(), self.origin.dimensions());
        let codes = &bytes[codes.clone()][row * dimensions..(row + 1) * dimensions];
        Some((bytemuck::cast_slice(codes), u32_at(&bytes[squared_norms.clone()], 4 * row)))
    }

    /// The whole map of the first model: what its thumbnail must give anywhere.
    pub fn first_map(&self) -> Option<Embedding> {
        match &self.rows {
            _ if self.models == 0 => None,
            Rows::Maps { .. } => self.map(0).map(|(map, _)| Embedding::from_codes(map)),
            Rows::Levels { first_map, .. } => {
                let map = &self.bytes.as_ref()[first_map.clone()];
                Some(Embedding::from_codes(bytemuck::cast_slice(map)))
            }
        }
    }

    /// An embedding as a query to this index.
    ///
    /// # Panics
    /// Where the embedding is not of the index's shape.
    pub fn query(&self, embedding: &Embedding) -> Query {
        match &self.rows {
            Rows::Maps { .. } => {
                let dimensions = self.origin.dimensions();
                assert_eq!(embedding.codes().len(), dimensions, "a map of the index's shape");
                Query::Map { map: embedding.clone(), even: self.origin.even() }
            }
            Rows::Levels { codebook, .. } => Query::Point(codebook.coefficients(embedding)),
        }
    }

    /// A row as a query, as far as its codes know it.
    ///
    /// # Panics
    /// Where `row` is not below [`Index::len`].
    pub fn query_of(&self, row: usize) -> Query {
        assert!(row < self.models, "row {row} of {}", self.models);
        match &self.rows {
            Rows::Maps { .. } => {
                let (map, _) = self.map(row).expect("rows are whole maps");
                Query::Map { map: Embedding::from_codes(map), even: self.origin.even() }
            }
            Rows::Levels { codebook, .. } => Query::Point(codebook.products(&self.values(row))),
        }
    }

    /// What the codes of a row say of each part: its map, or its coefficients.
    ///
    /// # Panics
    /// Where `row` is not below [`Index::len`].
    pub fn values(&self, row: usize) -> Coefficients {
        assert!(row < self.models, "row {row} of {}", self.models);
        match &self.rows {
            Rows::Maps { .. } => {
                let map = self.map(row).map_or(&[][..], |(map, _)| map);
                let (even, odd) = map.split_at(self.origin.even());
                [even, odd].map(|part| part.iter().map(|&code| f32::from(code)).collect())
            }
            Rows::Levels { codebook, .. } => {
                let levels = codebook.levels.iter().enumerate();
                let rows: Vec<[&[u8]; 2]> = levels.map(|level| self.row_of(level, row)).collect();
                codebook.decode(&rows)
            }
        }
    }

    /// The uid of a row; none in a file that ends with the first level.
    ///
    /// # Panics
    /// Where `row` is not below [`Index::len`].
    pub fn uid(&self, row: usize) -> Option<&str> {
        assert!(row < self.models, "row {row} of {}", self.models);
        let [ends, text] = self.uids.as_ref()?;
        let bytes = self.bytes.as_ref();
        let end = |row: usize| u32_at(&bytes[ends.clone()], 4 * row) as usize;
        let start = if row == 0 { 0 } else { end(row - 1) };
        std::str::from_utf8(&bytes[text.clone()][start..end(row)]).ok()
    }

    /// The row of a uid.
    pub fn row(&self, uid: &str) -> Option<usize> {
        (0..self.models).find(|&row| self.uid(row) == Some(uid))
    }

    fn check_uids(&self) -> Result<()> {
        let Some([ends, text]) = &self.uids else { return Ok(()) };
        let (ends, uids) = (&self.bytes.as_ref()[ends.clone()], &self.bytes.as_ref()[text.clone()]);
        let text = std::str::from_utf8(uids)
            .map_err(|error| damaged("uids in UTF-8", &error.to_string()))?;
        let mut start = 0;
        for row in 0..self.models {
            let end = u32_at(ends, 4 * row) as usize;
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

impl Index<Vec<u8>> {
    /// The index of this file and what follows it.
    ///
    /// # Errors
    /// As [`Index::open`].
    pub fn completed(&self, rest: &[u8]) -> Result<Index<Vec<u8>>> {
        Index::open([&self.bytes, rest].concat())
    }
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
