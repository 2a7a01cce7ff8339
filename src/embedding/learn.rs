//! Learns a [`Codebook`] from the embeddings of a catalogue.
//!
//! Vectors are the principal directions of the maps; in a later level, of the errors that the earlier levels leave.
//! Bits are allotted by the effect of an error on the score. A coefficient's error is multiplied by the query's
//! coefficient, which is about as large as the catalogue's, so the error of the score is the coefficient's error times
//! its standard deviation. Compared with minimising the error of the maps, the first coefficients get more bits, and
//! more coefficients get none.
//!
//! The codebook depends only on the maps, not on the number of cores.

mod allot;
mod eigen;
mod half;
mod lloyd;
mod matrix;
mod principal;

use std::cell::Cell;
use std::ops::Range;
use std::path::Path;

use half::Half;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, s};

use super::codebook::{Codebook, Level, PARTS};
use super::{Embeddings, Metric, Watch};
use crate::error::Result;

/// The most embeddings that are learnt from. They are evenly spaced in the catalogue.
pub(crate) const SAMPLE: usize = 16_384;

/// The most embeddings that the rotation of the channels is learnt from.
const ROTATION_SAMPLE: usize = 2048;

/// The phase that is reported, in percent. The shares of its steps are those of their multiplications for many models
/// at full width.
const PHASE: &str = "learning the codes";
const PERCENT: usize = 100;

/// The share of the rotation, and of rotating the sample.
const ROTATION: usize = 4;
const ROTATING: usize = 12;

/// The size of a level, and how its bits are allotted.
struct Aim {
    /// The bytes of a row.
    bytes: usize,
    /// The number of rotated channels in its vectors. The other channels contain little.
    channels: usize,
    /// The most new coefficients of both parts together.
    dimensions: usize,
    /// The factor of a vector's values, whose length is 1, before they are rounded. The error of a coefficient is then
    /// the length of its map divided by 3.5 times this factor, for any number of values.
    fineness: f32,
    /// The weight of an error is the coefficient's variance to this power. Theory gives 1; a slightly greater power
    /// keeps more neighbours where there are few bits.
    sharpness: f32,
    /// The shares of its steps in the work, for each part.
    shares: [Shares; 2],
}

/// The percentages of the work that are finding directions, offering them and taking some.
struct Shares {
    directions: usize,
    offer: usize,
    take: usize,
}

/// The levels: 128 bytes per model in the first, 512 in both.
const AIMS: [Aim; 2] = [
    Aim {
        bytes: 128,
        channels: 96,
        dimensions: 400,
        fineness: 55.0,
        sharpness: 1.25,
        shares: [
            Shares { directions: 6, offer: 1, take: 2 },
            Shares { directions: 5, offer: 1, take: 2 },
        ],
    },
    Aim {
        bytes: 384,
        channels: 128,
        dimensions: 1200,
        fineness: 120.0,
        sharpness: 1.0,
        shares: [
            Shares { directions: 26, offer: 4, take: 9 },
            Shares { directions: 19, offer: 3, take: 6 },
        ],
    },
];

/// Learns a codebook from embeddings of maps `[height, width, channels]` and of classes, for a metric. Reports each
/// step to `watch`. Returns `None` where the embeddings do not vary. The sample's maps are held in a temporary file in
/// the folder `scratch`: 27 kB a map at most, so 450 MB.
///
/// # Errors
/// Those of `embeddings`, and [`Error::File`](crate::error::Error::File) where the temporary file cannot be written.
pub fn learn<E: Embeddings + ?Sized>(
    shape: [usize; 3],
    classes: usize,
    metric: Metric,
    embeddings: &E,
    scratch: &Path,
    watch: &Watch,
) -> Result<Option<Codebook>> {
    let steps = Steps { watch, done: Cell::new(0), told: Cell::new(0) };
    watch.tell(PHASE, 0, PERCENT);
    let [height, width, channels] = shape;
    let mut filled = Vec::with_capacity(embeddings.len());
    for row in 0..embeddings.len() {
        if !embeddings.is_blank(row)? {
            filled.push(row);
        }
    }
    let sample = spaced(&filled, SAMPLE);
    let class_values = metric.class_values(classes);
    let maps = spaced(&filled, ROTATION_SAMPLE);
    drop(filled);
    let rotation = steps.take(ROTATION, || rotation(embeddings, &maps, class_values, channels))?;
    let mut codebook = Codebook {
        shape: [height * width, channels],
        class_values,
        even_places: metric.even_places(shape),
        levels: Vec::new(),
    };
    let kept = AIMS.iter().fold(0, |most, aim| aim.channels.max(most)).min(channels);
    // The rotation has the precision of the file, because embeddings will be rotated by the file's.
    let whole = turn(&rotation, 0..kept);
    let told = |done: usize| steps.within(ROTATING, done, sample.len());
    let rotated = || Half::both(&codebook, &whole, embeddings, &sample, scratch, told);
    let mut halves = steps.take(ROTATING, rotated)?;
    for (number, aim) in AIMS.iter().enumerate() {
        let is_last = number + 1 == AIMS.len();
        if !add(&mut codebook, &mut halves, &rotation, (aim, is_last), &steps)? {
            return Ok(None);
        }
    }
    Ok(Some(codebook))
}

/// Reports the steps.
struct Steps<'a> {
    watch: &'a Watch,
    /// The percentage of the finished steps, and the last one that was reported.
    done: Cell<usize>,
    told: Cell<usize>,
}

impl Steps<'_> {
    /// Runs a step and reports it, which is `share` percent of the work.
    fn take<T>(&self, share: usize, step: impl FnOnce() -> Result<T>) -> Result<T> {
        let came = step()?;
        self.done.set(self.done.get() + share);
        self.tell(self.done.get());
        Ok(came)
    }

    /// Reports that `done` of `all` parts of a step are done, which is `share` percent of the work.
    fn within(&self, share: usize, done: usize, all: usize) {
        self.tell(self.done.get() + share * done / all);
    }

    fn tell(&self, percent: usize) {
        if percent > self.told.replace(percent) {
            self.watch.tell(PHASE, percent, PERCENT);
        }
    }
}

/// Adds the next level, which may be the last. Returns `false` where nothing varies.
fn add(
    codebook: &mut Codebook,
    halves: &mut [Half; 2],
    rotation: &Array2<f32>,
    (aim, is_last): (&Aim, bool),
    steps: &Steps<'_>,
) -> Result<bool> {
    let channels = aim.channels.min(codebook.shape[1]);
    let before = codebook.levels.last().map_or(0, |level| level.channels);
    codebook.levels.push(turn(rotation, before..channels));
    let mut found = Vec::new();
    for (half, shares) in halves.iter_mut().zip(&aim.shares) {
        let told = |done: usize, all: usize| steps.within(shares.directions, done, all);
        let directions = || half.directions(codebook, aim.dimensions, told);
        found.push(steps.take(shares.directions, directions)?);
    }
    let mut values: Vec<f64> =
        found.iter().flat_map(|(values, _)| values.iter().copied()).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values.truncate(aim.dimensions);
    let Some(&least) = values.last() else { return Ok(false) };
    for ((half, shares), (values, vectors)) in halves.iter_mut().zip(&aim.shares).zip(found) {
        let count = values.partition_point(|&value| value >= least);
        let vectors = vectors.slice(s![..count, ..]).to_owned();
        steps.take(shares.offer, || half.offer(codebook, vectors, aim))?;
    }
    let costs = PARTS.map(|part| halves[part].costs());
    let blocks = allot::blocks(costs, aim.bytes);
    for ((half, blocks), shares) in halves.iter_mut().zip(blocks).zip(&aim.shares) {
        steps.take(shares.take, || half.take(codebook, blocks, is_last))?;
    }
    Ok(true)
}

/// Up to `count` evenly spaced rows.
fn spaced(rows: &[usize], count: usize) -> Vec<usize> {
    let count = count.min(rows.len());
    (0..count).map(|at| rows[at * rows.len() / count]).collect()
}

/// The principal directions of the channels at a position, `[directions, channels]`, the largest first.
fn rotation<E: Embeddings + ?Sized>(
    embeddings: &E,
    sample: &[usize],
    class_values: usize,
    channels: usize,
) -> Result<Array2<f32>> {
    let mut moments = Array2::<f32>::zeros((channels, channels));
    for &row in sample {
        let embedding = embeddings.get(row)?;
        let scale = 1.0 / (embedding.squared_norm() as f32).sqrt();
        let codes = embedding.codes()[class_values..].iter();
        let map: Vec<f32> = codes.map(|&code| f32::from(code) * scale).collect();
        let places = ArrayView2::from_shape((map.len() / channels, channels), &map)
            .expect("a map has whole places");
        general_mat_mul(1.0, &places.t(), &places, 1.0, &mut moments);
    }
    let (_, vectors) = eigen::symmetric(moments.mapv(f64::from));
    Ok(vectors.mapv(|value| value as f32))
}

/// A level that only rotates: some rows of the rotation as codes, each scaled so that its largest value is 127.
fn turn(rotation: &Array2<f32>, rows: Range<usize>) -> Level {
    let mut level = Level { channels: rows.end, ..Level::default() };
    for row in rotation.slice(s![rows, ..]).rows() {
        let largest = row.iter().fold(0f32, |most, value| most.max(value.abs()));
        level.rotation.extend(row.iter().map(|value| (value / largest * 127.0).round() as i8));
        level.rotation_scales.push(largest / 127.0);
    }
    level
}
