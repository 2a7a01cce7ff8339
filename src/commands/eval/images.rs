//! Labelled images, and what a network sees in them.

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

/// The columns of labels.
const COLUMNS: [&str; 3] = ["file", "category", "name"];

/// Which images to judge, and how they are seen.
#[derive(Debug, Clone)]
pub struct Options {
    /// A CSV file with the columns `file` and `category`, and, if there, `name`; others are ignored, as is
    /// every category behind the first vertical bar.
    pub labels: PathBuf,
    /// The folder that files are relative to; by default that of the labels.
    pub images: Option<PathBuf>,
    /// Only files in this folder within it.
    pub only: Option<PathBuf>,
    /// The network.
    pub network: NetworkSource,
    /// How images become the network's shape.
    pub preprocessing: Preprocessing,
}

/// Labelled images with their feature maps.
pub struct Images {
    /// What each shows, in the order of the labels.
    pub pictures: Vec<Picture>,
    /// How many were left out because they could not be used.
    pub left_out: usize,
    maps: Vec<FeatureMap>,
}

impl Images {
    /// Reads the labels and runs the network on every image, on all cores. An image that cannot be used
    /// is reported and left out.
    ///
    /// # Errors
    /// [`Error::Catalogue`] for labels that are wrong or of which no image can be used, [`Error::File`]
    /// and [`Error::Network`] for labels or a network that cannot be read.
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
            let advice = "see the reasons above, and whether --images names the right folder";
            return Err(wrong("at least one image that can be used", "none", advice));
        }
        Ok(Images { left_out: all - pictures.len(), pictures, maps })
    }

    /// Describes all of them.
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
    let advice = "correct the labels and run it again";
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

/// What images are compared by: vectors of length 1, or 0 where there is nothing to see.
pub(super) struct Vectors {
    vectors: Vec<Vec<f32>>,
    /// How many of the values, the last ones, count by the size of their product alone.
    odd: usize,
}

impl Vectors {
    /// All other rows by their cosine with this one, best first; equal ones in the order of rows.
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

/// In sixteen sums, so that compilers use the machine's lanes.
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
