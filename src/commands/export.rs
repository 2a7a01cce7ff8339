//! `recasketch export`: writes a site's vectors and metadata into files that other engines read.
//!
//! There is one row of `f32` values for each model, in the site's order. The kind of vectors depends on the site. It
//! is the field `vectors` of the origin, which is written with them:
//!
//! | `vectors` | values of a row |
//! | --- | --- |
//! | `maps` | the classes' values and the whole map, in the order of [`Metric`], divided by the row's length |
//! | `coefficients` | the coefficients of the codes of all levels along orthogonal axes, the even part first |
//!
//! The first `even` of the `dimensions` values are the even part `e`, the others the odd part `o`. The score of two
//! rows is `e . e' + |o . o'|`, which the page rounds to about 0.001. It is the larger of two inner products: that of
//! the two rows, and that of one row and the other's mirror image `(e, -o)`. With the metric `cosine` all values are
//! even.
//!
//! Parquet has the metadata as columns. The other formats have a second file `OUT.jsonl`, a line of JSON for each
//! row.

mod axes;
mod npy;
mod parquet;
mod safetensors;

use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use ndarray::Array2;

use serde::Serialize;

use crate::embedding::{Coefficients, Metric, PARTS};
use crate::error::Result;
use crate::index::Index;
use crate::pixels::{Fit, Resize};
use crate::site::Site;
use crate::util::progress::Progress;
use crate::util::{files, options};

/// A file's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// NumPy's format: an array `[models, dimensions]`, without the origin.
    Npy,
    /// Parquet: the catalogue's columns and the column `embedding`, a list. The origin is JSON under the key
    /// `recasketch`.
    Parquet,
    /// Safetensors: one tensor `embeddings` `[models, dimensions]`. The origin is JSON under the key `recasketch`.
    Safetensors,
}

/// The summary of `export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The number of rows.
    pub models: usize,
    /// The number of values of a row.
    pub dimensions: usize,
    /// The kind of vectors.
    pub kind: Kind,
}

/// The kind of vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Whole maps, each divided by its length. A map of zeros stays zeros.
    Maps,
    /// The coefficients of the codes, along orthogonal axes.
    Coefficients,
}

/// The origin of the vectors, for users who combine them with others.
#[derive(Debug, Serialize)]
struct Origin {
    program: &'static str,
    vectors: Kind,
    network_sha256: String,
    fit: Fit,
    resize: &'static str,
    metric: &'static str,
    /// `[height, width, channels]` of the feature maps.
    shape: [usize; 3],
    /// The number of the network's classes. Whole maps have their values at the start of the even part, padded to the
    /// next power of 2. With the metric `cosine` there are none.
    classes: usize,
    /// The number of values in the even part of a row.
    even: usize,
}

/// Rows that are transformed to the orthogonal axes at the same time.
const ROWS: usize = 256;

/// The rows of a site.
struct Vectors<'a> {
    index: &'a Index<Vec<u8>>,
    kind: Kind,
    /// The matrices that coefficients are multiplied by; see [`axes`].
    axes: Option<[Array2<f32>; 2]>,
    models: usize,
    /// The number of values in the even and in the odd part of a row.
    parts: [usize; 2],
}

/// Writes a site's vectors and metadata. The vectors' file is written last.
///
/// # Errors
/// [`crate::error::Error::File`] where a file cannot be written, [`crate::error::Error::EmbeddingFile`]
/// where the site's codes are damaged.
pub fn run(site: &Site, format: Format, out: &Path) -> Result<Summary> {
    options::file_to_write("--out", out)?;
    let vectors = Vectors::of(site.recommender.index())?;
    options::room("--out", out, (vectors.models * vectors.dimensions() * 4) as u64)?;
    let origin = vectors.origin();
    if format != Format::Parquet {
        files::write_by(&out.with_added_extension("jsonl"), |path| {
            let mut file = BufWriter::new(std::fs::File::create(path)?);
            for model in &site.models {
                serde_json::to_writer(&mut file, model)?;
                file.write_all(b"\n")?;
            }
            file.flush()
        })?;
    }
    files::write_by(out, |path| {
        let origin = serde_json::to_string(&origin)?;
        match format {
            Format::Npy => npy::write(path, &vectors),
            Format::Parquet => parquet::write(path, &vectors, &site.models, origin),
            Format::Safetensors => safetensors::write(path, &vectors, origin),
        }
    })?;
    Ok(Summary { models: vectors.models, dimensions: vectors.dimensions(), kind: vectors.kind })
}

impl Vectors<'_> {
    fn of(index: &Index<Vec<u8>>) -> Result<Vectors<'_>> {
        let models = index.len();
        let parts = if models == 0 { [0; 2] } else { index.values(0).map(|part| part.len()) };
        let axes = index.codebook().map(|codebook| axes::of(codebook, parts)).transpose()?;
        let kind = if axes.is_none() { Kind::Maps } else { Kind::Coefficients };
        Ok(Vectors { index, kind, axes, models, parts })
    }

    fn dimensions(&self) -> usize {
        self.parts.iter().sum()
    }

    /// Returns a range of rows, one after another.
    fn rows(&self, rows: Range<usize>) -> impl Iterator<Item = Vec<f32>> {
        let starts = rows.clone().step_by(ROWS);
        let progress = Progress::start("writing", rows.len());
        starts.flat_map(move |start| {
            let block = self.block(start..(start + ROWS).min(rows.end));
            progress.advance(block.len() as u64);
            block
        })
    }

    fn block(&self, rows: Range<usize>) -> Vec<Vec<f32>> {
        let values: Vec<Coefficients> = rows.map(|row| self.index.values(row)).collect();
        let Some(axes) = &self.axes else {
            return values.into_iter().map(|parts| of_length_one(parts.concat())).collect();
        };
        let transformed = PARTS.map(|part| {
            let own: Vec<f32> = values.iter().flat_map(|parts| &parts[part]).copied().collect();
            let own = Array2::from_shape_vec((values.len(), self.parts[part]), own);
            own.expect("a value an axis").dot(&axes[part])
        });
        let [even, odd] = &transformed;
        let rows = even.rows().into_iter().zip(odd.rows());
        rows.map(|(even, odd)| even.iter().chain(odd).copied().collect()).collect()
    }

    fn origin(&self) -> Origin {
        let origin = self.index.origin();
        Origin {
            program: concat!("recasketch ", env!("CARGO_PKG_VERSION")),
            vectors: self.kind,
            network_sha256: origin.network.to_string(),
            fit: origin.preprocessing.fit,
            resize: match origin.preprocessing.resize {
                Resize::CatmullRom => "cubic",
                Resize::Nearest => "nearest",
            },
            metric: match origin.metric {
                Metric::Cosine => "cosine",
                Metric::MirrorSqrt => "mirror-sqrt",
            },
            shape: origin.shape,
            classes: origin.classes,
            even: self.parts[0],
        }
    }
}

/// Divides a map by its length. A map of zeros stays unchanged.
fn of_length_one(mut map: Vec<f32>) -> Vec<f32> {
    let squares: f64 = map.iter().map(|&value| f64::from(value).powi(2)).sum();
    let length = if squares > 0.0 { squares.sqrt() } else { 1.0 };
    map.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
    map
}

fn little_endian(values: &[f32]) -> impl Iterator<Item = u8> {
    values.iter().flat_map(|value| value.to_le_bytes())
}
