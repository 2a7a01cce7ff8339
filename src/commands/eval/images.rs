//! Labelled images and their feature maps.

use std::path::PathBuf;

use rayon::prelude::*;

use super::Picture;
use crate::embedding::descriptor::Descriptor;
use crate::error::{Details, Error, Result};
use crate::network::{FeatureMap, Network};
use crate::pixels::{Pixels, Preprocessing};
use crate::search::Neighbour;
use crate::site::catalogue::sheet::Sheet;
use crate::util::progress::Progress;
use crate::util::{files, options};
use crate::weights::shipped::NetworkSource;

/// The columns of the labels' file.
const COLUMNS: [&str; 3] = ["file", "category", "name"];

/// The options of `eval --labels`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// A CSV file with the columns `file` and `category`, and optionally `name`. Other columns are ignored, and so is
    /// every category after the first vertical bar.
    pub labels: PathBuf,
    /// The folder that the files' paths are relative to. The default is the labels' folder.
    pub images: Option<PathBuf>,
    /// Judges only files in this folder, relative to `images`.
    pub only: Option<PathBuf>,
    /// The network.
    pub network: NetworkSource,
    /// How images are fitted to the network's input.
    pub preprocessing: Preprocessing,
}

impl Options {
    /// Returns the program's defaults for a file of labels.
    pub fn new(labels: impl Into<PathBuf>) -> Options {
        Options {
            labels: labels.into(),
            images: None,
            only: None,
            network: NetworkSource::default(),
            preprocessing: Preprocessing::default(),
        }
    }
}

/// Labelled images with their feature maps.
pub struct Images {
    /// The images, in the order of the labels.
    pub pictures: Vec<Picture>,
    /// The number of images that were left out because they could not be used.
    pub left_out: usize,
    maps: Vec<FeatureMap>,
}

impl Images {
    /// Reads the labels and runs the network on every image, on all cores. An image that cannot be used
    /// is reported and left out.
    ///
    /// # Errors
    /// [`Error::Catalogue`] for labels that are invalid or of which no image can be used, [`Error::File`] and
    /// [`Error::Network`] for labels or a network that cannot be read.
    pub fn read(options: &Options) -> Result<Images> {
        options::file("--labels", &options.labels)?;
        if let Some(images) = &options.images {
            options::folder("--images", images)?;
        }
        options.network.check("--network")?;
        let network = Network::read(&options.network.read()?)?;
        let labelled = labelled(options)?;
        let progress = Progress::start("reading", labelled.len());
        let seen: Vec<Option<FeatureMap>> = labelled
            .par_iter()
            .map(|picture| {
                let seen = see(&network, picture, options.preprocessing);
                if let Err(reason) = &seen {
                    progress.say(&format!("left out {}: {reason}", picture.file.display()));
                }
                progress.step();
                seen.ok()
            })
            .collect();
        progress.finish();
        let all = labelled.len();
        let (pictures, maps): (Vec<_>, Vec<_>) = labelled
            .into_iter()
            .zip(seen)
            .filter_map(|(picture, map)| Some((picture, map?)))
            .unzip();
        if pictures.is_empty() {
            let advice = "see the reasons above, and check whether --images is the right folder";
            return Err(wrong("at least one image that can be used", "none", advice));
        }
        Ok(Images { left_out: all - pictures.len(), pictures, maps })
    }

    /// Computes the vectors of all images by a descriptor.
    pub(super) fn describe(&self, descriptor: Descriptor) -> Vectors {
        let vectors = self.maps.par_iter().map(|map| unit(descriptor.describe(map))).collect();
        let odd = self.maps.first().map_or(0, |map| descriptor.odd(map.shape()));
        Vectors { vectors, odd }
    }
}

fn labelled(options: &Options) -> Result<Vec<Picture>> {
    let sheet = Sheet::read(&options.labels, &files::read(&options.labels)?, &COLUMNS)?;
    let [file, category, name] = COLUMNS.map(|column| sheet.column(column));
    let folder = options.images.as_deref().or(options.labels.parent()).unwrap_or("".as_ref());
    let mut pictures = Vec::new();
    let advice = "correct the labels and run the command again";
    sheet.must_have(["file", "category"], advice)?;
    for row in &sheet.rows {
        if row.text(file).is_empty() {
            let came = format!("none in line {}", row.line);
            return Err(wrong("a file in the column `file` of every row", &came, advice));
        }
        let file = PathBuf::from(row.text(file));
        if options.only.as_ref().is_none_or(|only| file.starts_with(only)) {
            let name = match row.text(name) {
                "" => file.display().to_string(),
                name => name.to_owned(),
            };
            let category = row.text(category).split('|').next().unwrap_or_default().trim();
            let category = category.to_owned();
            pictures.push(Picture { file: folder.join(file), name, category });
        }
    }
    if pictures.is_empty() {
        let expected = match &options.only {
            Some(only) => format!("labels of images in {}", only.display()),
            None => "at least one labelled image".to_owned(),
        };
        return Err(wrong(&expected, "none", "check --labels and --only"));
    }
    Ok(pictures)
}

fn see(network: &Network, picture: &Picture, preprocessing: Preprocessing) -> Result<FeatureMap> {
    let [height, width] = network.input_size();
    network.features(&Pixels::decode(&files::read(&picture.file)?, preprocessing, height, width)?)
}

fn wrong(expected: &str, came: &str, advice: &str) -> Error {
    Error::Catalogue(Details::new(expected, came, advice))
}

/// The vectors by which images are compared. Each has length 1, or 0 where all features are zero.
pub(super) struct Vectors {
    vectors: Vec<Vec<f32>>,
    /// The number of values at the end of each vector that are the odd part. The absolute value of their product
    /// counts.
    odd: usize,
}

impl Vectors {
    /// Returns all other rows, sorted by their cosine with this row, best first. Equal ones have the order of rows.
    pub(super) fn ranking(&self, row: usize) -> Vec<Neighbour> {
        let score = |other: usize| {
            let [one, other] = [row, other].map(|row| {
                let vector = &self.vectors[row];
                vector.split_at(vector.len() - self.odd)
            });
            dot(one.0, other.0) + dot(one.1, other.1).abs()
        };
        let others = (0..self.vectors.len()).filter(|&other| other != row);
        let mut ranking: Vec<Neighbour> =
            others.map(|other| Neighbour { row: other, score: score(other) }).collect();
        ranking.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
        ranking
    }
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let squares = vector.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>();
    let scale = if squares > 0.0 { 1.0 / squares.sqrt() } else { 0.0 };
    vector.iter_mut().for_each(|value| *value = (f64::from(*value) * scale) as f32);
    vector
}

/// Computes the dot product in sixteen partial sums, so that the compiler can use vector instructions.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (left_blocks, left_rest) = left.as_chunks::<16>();
    let (right_blocks, right_rest) = right.as_chunks::<16>();
    let mut sums = [0f32; 16];
    for (a, b) in left_blocks.iter().zip(right_blocks) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}
