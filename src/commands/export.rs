//! `recasketch export`: a site's vectors and metadata, in files that other engines read.
//!
//! A row a model, in the site's order, `f32`. What the vectors are depends on what the site has, and the
//! origin that goes with them says it:
//!
//! | `vectors` | what |
//! | --- | --- |
//! | `maps` | what the classes give and whole maps, as [`Metric`] lays their values, each divided by its length |
//! | `coefficients` | what the codes of all levels say, along axes at right angles, the even part first |
//!
//! Of `dimensions` values the first `even` are the even part `e`, the others the odd part `o`. The score of
//! two rows is `e . e' + |o . o'|`, which the page rounds to about 0.001: their inner product, or, where it is
//! more, that of the one and the other's mirror image `(e, -o)`. Of a site whose metric is `cosine` all is even.
//!
//! Parquet has the metadata as columns; the other formats have a second file `OUT.jsonl` beside, a line of
//! JSON a row.

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
    /// NumPy's array `[models, dimensions]`, without the origin.
    Npy,
    /// Parquet, a column for each of the catalogue's and `embedding`, a list; the origin is JSON under the
    /// key `recasketch`.
    Parquet,
    /// One tensor `embeddings` `[models, dimensions]`; the origin is JSON under the key `recasketch`.
    Safetensors,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Rows.
    pub models: usize,
    /// Values of a row.
    pub dimensions: usize,
    /// What the values are.
    pub kind: Kind,
}

/// What vectors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Whole maps, each divided by its length; zeros for a map of zeros.
    Maps,
    /// Coefficients that codes stand for, along axes at right angles.
    Coefficients,
}

/// Where vectors come from, for who joins them with others.
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
    /// How many classes the network tells; what they give is the next power of 2 of values, at the start of the even
    /// part of whole maps, but for a site whose metric is `cosine`.
    classes: usize,
    /// How many values of a row are the even part.
    even: usize,
}

/// So many rows are turned at once.
const ROWS: usize = 256;

/// The rows of a site.
struct Vectors<'a> {
    index: &'a Index<Vec<u8>>,
    kind: Kind,
    /// What coefficients are multiplied with; see [`axes`].
    axes: Option<[Array2<f32>; 2]>,
    models: usize,
    /// Values of each part of a row.
    parts: [usize; 2],
}

/// Writes a site's vectors and metadata; the vectors' file last.
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

    /// Some rows, one after another.
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
        let turned = PARTS.map(|part| {
            let own: Vec<f32> = values.iter().flat_map(|parts| &parts[part]).copied().collect();
            let own = Array2::from_shape_vec((values.len(), self.parts[part]), own);
            own.expect("a value an axis").dot(&axes[part])
        });
        let [even, odd] = &turned;
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

/// A map divided by its length; one of zeros stays as it is.
fn of_length_one(mut map: Vec<f32>) -> Vec<f32> {
    let squares: f64 = map.iter().map(|&value| f64::from(value).powi(2)).sum();
    let length = if squares > 0.0 { squares.sqrt() } else { 1.0 };
    map.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
    map
}

fn little_endian(values: &[f32]) -> impl Iterator<Item = u8> {
    values.iter().flat_map(|value| value.to_le_bytes())
}
