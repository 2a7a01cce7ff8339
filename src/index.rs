//! The embedding file. The owner's program writes it; the page opens it from its bytes alone.
//!
//! Little endian, sections without gaps:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | the magic `RECASK\r\n`; its line end shows when a file was transferred as text |
//! | 4 | [`VERSION`] u32 |
//! | 4 | fit u32: 0 crop, 1 squash, 2 pad |
//! | 4 | resize u32: 0 cubic, 1 nearest |
//! | 4 | metric u32: 0 cosine, 1 mirror-sqrt, see [`Metric`] |
//! | 12 | height, width, channels of the feature map, each u32 |
//! | 4 | classes of the network u32 |
//! | 4 | models u32 |
//! | 4 | bytes of uid text u32 |
//! | 2 x 8 | for each level: bytes of its codebook u32, bytes of a row u32; all 0 for whole maps |
//! | 32 | SHA-256 of the network's file |
//! | 520 | calibration: 64 scores f32, and of photographs a score f32, a lift f32 and 64 lifts f32, see [`Calibration`] |
//! | ... | the rows, in one of two forms |
//! | models x 4 | the end of each uid in the text u32 |
//! | bytes of text | uids, UTF-8, without separators |
//! | 32 | SHA-256 of all bytes before |
//!
//! Whole maps:
//!
//! | bytes | what |
//! | --- | --- |
//! | models x dimensions | codes i8, one row per model, see [`Embedding`]; dimensions = class values + height x width x channels |
//! | models x 4 | squared norms of the rows u32 |
//!
//! Two levels of codes:
//!
//! | bytes | what |
//! | --- | --- |
//! | dimensions, unless there are no models | the whole map of the first model i8, for the self-test |
//! | bytes of the first codebook | as `src/embedding/book.rs` writes it |
//! | models x bytes of an even row | the first level's codes of the even part, see [`Form`](crate::embedding::Form) |
//! | models x bytes of an odd row | those of the odd part |
//! | ... | the second codebook and its codes in the same form |
//!
//! The part of the file up to the end of the first level's codes is also a valid file. Its scores are less accurate,
//! and it has no uids. The page can answer from it before the rest has arrived.

mod arithmetic;
mod builder;
mod calibration;
mod cells;
#[cfg(feature = "native")]
mod clustering;
mod code;
mod header;
#[allow(unsafe_code)]
// It uses vector instructions; each block says why it is sound.
mod kernel;
mod layout;
mod query;
mod scorer;
pub(crate) mod varint;
mod writer;

use std::ops::Range;
use std::sync::Arc;

pub use builder::Builder;
#[cfg(feature = "native")]
pub use builder::codebook_for_visitors;
pub use calibration::{Calibration, Closeness};
pub use cells::{CELL_BLOCK, CELL_ROWS, CellFiles, read_cells, write_cells};
#[cfg(feature = "native")]
pub use clustering::{Clustering, assigned, clustered};
pub use code::{CODE_VERSION, MAXIMUM as MAXIMUM_CODE, MAXIMUM_OF_MAP as MAXIMUM_CODE_OF_MAP};
#[cfg(feature = "native")]
pub(crate) use header::is_in_levels;
pub(crate) use header::numbers;
use header::{check_shape, check_start, metric, preprocessing};
pub use kernel::scan;
use layout::Layout;
pub use query::Query;
pub(crate) use query::{add, cosine};
pub(crate) use scorer::{Scorer, Weighed};
#[cfg(feature = "native")]
pub(crate) use writer::{Content, Uids, Writer};

use crate::digest::Digest;
use crate::embedding::{Codebook, Coefficients, Embedding, Level, Metric, PARTS};
use crate::error::{Details, Error, Result};
use crate::network::Network;
use crate::pixels::Preprocessing;

/// The version of the layout. Files of other versions are not read: `embed` makes a new one in minutes.
pub const VERSION: u32 = 7;

const MAGIC: [u8; 8] = *b"RECASK\r\n";
const HEADER: usize = 96;
/// The offset of the number of models.
const MODELS: usize = 40;
const CALIBRATION: usize = calibration::BYTES;
const DIGEST: usize = 32;

/// The properties that all rows of an embedding file share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The digest of the network that made the embeddings.
    pub network: Digest,
    /// The preprocessing of the images.
    pub preprocessing: Preprocessing,
    /// The metric that compares maps.
    pub metric: Metric,
    /// `[height, width, channels]` of the feature maps.
    pub shape: [usize; 3],
    /// The number of classes of the network, at most [`MAXIMUM_CLASSES`](crate::network::MAXIMUM_CLASSES).
    pub classes: usize,
}

impl Origin {
    /// The properties of embeddings by a network, with a preprocessing and a metric.
    pub fn of(network: &Network, preprocessing: Preprocessing, metric: Metric) -> Origin {
        let (shape, classes) = (network.output_shape(), network.classes());
        Origin { network: network.digest(), preprocessing, metric, shape, classes }
    }

    /// The number of codes of a row.
    pub fn dimensions(&self) -> usize {
        self.class_values() + self.shape.iter().product::<usize>()
    }

    /// The number of codes of the classes, which come first in a row.
    pub fn class_values(&self) -> usize {
        self.metric.class_values(self.classes)
    }

    /// The number of codes of the classes and the even positions, which come before those of the odd positions.
    pub fn even(&self) -> usize {
        self.class_values() + self.metric.even_places(self.shape) * self.shape[2]
    }
}

/// An embedding file, read in place.
#[derive(Debug, Clone)]
pub struct Index<Bytes> {
    bytes: Bytes,
    origin: Origin,
    models: usize,
    calibration: Calibration,
    rows: Rows,
    /// The ranges of the uids' ends and of the uids; `None` in a file that ends with the first level.
    uids: Option<[Range<usize>; 2]>,
    /// Of a catalogue in cells, the sample of models that tells what kind of query one is; `None` where it is taken from
    /// the rows.
    sample: Option<Arc<Index<Vec<u8>>>>,
}

/// The ranges of the rows, and their form. The codebook of the head of a catalogue in cells may have more levels than the
/// rows.
#[derive(Debug, Clone)]
enum Rows {
    Maps { codes: Range<usize>, squared_norms: Range<usize> },
    Levels { codebook: Arc<Codebook>, rows: Vec<[Range<usize>; 2]>, first_map: Range<usize> },
}

impl<Bytes: AsRef<[u8]>> Index<Bytes> {
    /// Opens a file and checks its magic, version, header, and every length, offset and float. Rows are neither copied
    /// nor read, so the time does not grow with their size; [`Index::verify`] reads everything.
    ///
    /// The file need not be trusted. Its sections are compared with its length before memory is allocated. A map has at
    /// most [`MAXIMUM_DIMENSIONS`](crate::network::MAXIMUM_DIMENSIONS) values, scores of pairs are within -1..=1, and
    /// `src/embedding/book.rs` has the limits of a codebook.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`], which says which part does not fit.
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
            .ok_or_else(|| damaged("scores of pairs that rise from -1 to 1", "other values"))?;
        let mut layout = Layout { file, end: HEADER + CALIBRATION };
        let (rows, is_whole) = match levels {
            [[0, 0], [0, 0]] => (layout.maps(models, origin.dimensions())?, true),
            _ => layout.levels(models, &origin, levels)?,
        };
        let uids = is_whole.then(|| layout.uids(models, text)).transpose()?;
        let index = Index { bytes, origin, models, calibration, rows, uids, sample: None };
        index.check_uids()?;
        Ok(index)
    }

    /// Reads the whole file and checks its digest and its squared norms.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`] where a byte has changed, or where the file ends with the first level and has no
    /// digest.
    pub fn verify(&self) -> Result<()> {
        let file = self.bytes.as_ref();
        if self.uids.is_none() {
            return Err(damaged("a whole file with its digest", "a file of only the first level"));
        }
        let (content, stored) = file.split_at(file.len() - DIGEST);
        let computed = Digest::of(content);
        if computed.0 != stored {
            let came = computed.short();
            return Err(damaged(
                "content with the digest at the end of the file",
                &format!("content with the digest {came}"),
            ));
        }
        for row in 0..self.models {
            if let Some((map, squared_norm)) = self.map(row)
                && Embedding::from_codes(map).squared_norm() != squared_norm
            {
                return Err(damaged(
                    "the squared norm of each row's codes",
                    &format!("another number for row {row}"),
                ));
            }
        }
        Ok(())
    }

    /// The properties that all rows share.
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

    /// The meaning of scores in this catalogue.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// The number of levels of a row; 0 where rows are whole maps and scores are exact.
    pub fn levels(&self) -> usize {
        match &self.rows {
            Rows::Maps { .. } => 0,
            Rows::Levels { rows, .. } => rows.len(),
        }
    }

    /// The codebook of the rows; `None` where they are whole maps.
    pub fn codebook(&self) -> Option<&Codebook> {
        match &self.rows {
            Rows::Maps { .. } => None,
            Rows::Levels { codebook, .. } => Some(codebook),
        }
    }

    /// The rows of each part of a level, without gaps.
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

    /// The codes of a row, for each part of a level.
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

    /// The file up to the end of a level's codes. Up to the first level it is a valid file.
    ///
    /// # Panics
    /// Where `level` is not below [`Index::levels`].
    pub fn until(&self, level: usize) -> &[u8] {
        match &self.rows {
            Rows::Maps { .. } => panic!("whole maps have no level {level}"),
            Rows::Levels { rows, .. } => &self.bytes.as_ref()[..rows[level][1].end],
        }
    }

    /// The codes of a row (see [`Embedding`]) and their squared norm; `None` where rows are not whole maps.
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

    /// The whole map of the first model, for the self-test; `None` where there are no models.
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

    /// Makes a query to this index from an embedding.
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

    /// Makes a query from a row, with the precision of its codes.
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
            Rows::Levels { codebook, .. } => {
                let mut point = codebook.products(&self.values(row));
                let dimensions = codebook.dimensions();
                PARTS.into_iter().for_each(|part| point[part].resize(dimensions[part], 0.0));
                Query::Point(point)
            }
        }
    }

    /// The values of a row's codes, for each part: its map, or its coefficients.
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
            Rows::Levels { codebook, rows, .. } => {
                let levels = codebook.levels.iter().enumerate().take(rows.len());
                let rows: Vec<[&[u8]; 2]> = levels.map(|level| self.row_of(level, row)).collect();
                codebook.decode(&rows)
            }
        }
    }

    /// The uid of a row; `None` in a file that ends with the first level.
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
                    &format!("an empty or cut uid in row {row}, which ends at {end}"),
                ));
            }
            start = end;
        }
        if start != uids.len() {
            return Err(damaged(
                "uids up to the end of their text",
                &format!("{} more bytes", uids.len() - start),
            ));
        }
        Ok(())
    }
}

impl Index<Vec<u8>> {
    /// The index of the whole file, of which this is the beginning and `rest` the rest.
    ///
    /// # Errors
    /// As [`Index::open`].
    pub fn completed(&self, rest: &[u8]) -> Result<Index<Vec<u8>>> {
        Index::open([&self.bytes, rest].concat())
    }
}

/// Reads a little-endian number; the caller has checked that its four bytes exist.
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
