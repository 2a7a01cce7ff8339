//! Learning a [`Codebook`] from a catalogue's own embeddings.
//!
//! Vectors are the principal directions of the maps, those of a later level of what the earlier ones
//! leave. Bits are allotted by what an error costs: a coefficient's error is multiplied by the query's
//! coefficient, which is as large as the catalogue's, so the error of a score is the coefficient's error
//! times its spread. That gives the first coefficients more bits, and more coefficients none, than the
//! smallest error of the maps would.
//!
//! The same maps give the same codebook, whatever the number of cores.

mod allot;
mod eigen;
mod half;
mod lloyd;
mod principal;

use std::cell::Cell;
use std::ops::Range;

use half::Half;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, s};

use super::codebook::{Codebook, Level, PARTS};
use super::{Embedding, Metric, Watch};

/// More embeddings than this are not looked at: evenly spaced ones stand for all.
const SAMPLE: usize = 16_384;

/// How many embeddings the rotation of the channels is learnt from.
const ROTATION_SAMPLE: usize = 2048;

/// What is told of the learning, and of how many steps: one for the rotation, one a part, and three more a part for
/// each level.
const PHASE: &str = "learning the codes";
const STEPS: usize = 1 + PARTS.len() * (1 + 3 * AIMS.len());

/// What a level may take, and how its bits are allotted.
struct Aim {
    /// Bytes of a row.
    bytes: usize,
    /// Rotated channels that its vectors speak of; the others hold little.
    channels: usize,
    /// New coefficients, at most, in both parts.
    dimensions: usize,
    /// What the values of a vector, which is as long as 1, are multiplied with before they are rounded. A coefficient's
    /// error is then its map's length divided by 3.5 times this, however many values the vector has.
    fineness: f32,
    /// An error's weight is the coefficient's variance to this power. The theory says 1; a little more
    /// keeps more neighbours where bits are few.
    sharpness: f32,
}

/// The levels: 128 bytes a model to begin with, 512 in all.
const AIMS: [Aim; 2] = [
    Aim { bytes: 128, channels: 96, dimensions: 400, fineness: 55.0, sharpness: 1.25 },
    Aim { bytes: 384, channels: 128, dimensions: 1200, fineness: 120.0, sharpness: 1.0 },
];

/// Learns from embeddings of maps of a shape, `[height, width, channels]`, and of classes, that are compared in some way;
/// none where they have nothing in them. Whoever watches hears of each step.
pub fn learn(
    shape: [usize; 3],
    classes: usize,
    metric: Metric,
    embeddings: &[Embedding],
    watch: &Watch,
) -> Option<Codebook> {
    let steps = Steps { watch, done: Cell::new(0) };
    watch.tell(PHASE, 0, STEPS);
    let [height, width, channels] = shape;
    let filled: Vec<&Embedding> =
        embeddings.iter().filter(|embedding| embedding.codes().iter().any(|&c| c != 0)).collect();
    let sample = spaced(&filled, SAMPLE);
    let class_values = metric.class_values(classes);
    let maps = spaced(&filled, ROTATION_SAMPLE);
    let rotation = steps.take(|| rotation(&maps, class_values, channels));
    let mut codebook = Codebook {
        shape: [height * width, channels],
        class_values,
        even_places: metric.even_places(shape),
        levels: Vec::new(),
    };
    let kept = AIMS.iter().fold(0, |most, aim| aim.channels.max(most)).min(channels);
    // In the precision of the file, as embeddings will be rotated.
    let whole = turn(&rotation, 0..kept);
    let mut halves = PARTS.map(|part| steps.take(|| Half::new(&codebook, part, &whole, &sample)));
    let mut add = |aim| add(&mut codebook, &mut halves, &rotation, aim, &steps);
    AIMS.iter().all(&mut add).then_some(codebook)
}

/// What is done of the learning.
struct Steps<'a> {
    watch: &'a Watch,
    done: Cell<usize>,
}

impl Steps<'_> {
    /// Takes a step, and tells that it is done.
    fn take<T>(&self, step: impl FnOnce() -> T) -> T {
        let came = step();
        self.done.set(self.done.get() + 1);
        self.watch.tell(PHASE, self.done.get(), STEPS);
        came
    }
}

/// Adds the next level; false where nothing varies.
fn add(
    codebook: &mut Codebook,
    halves: &mut [Half; 2],
    rotation: &Array2<f32>,
    aim: &Aim,
    steps: &Steps<'_>,
) -> bool {
    let channels = aim.channels.min(codebook.shape[1]);
    let before = codebook.levels.last().map_or(0, |level| level.channels);
    codebook.levels.push(turn(rotation, before..channels));
    let directions = |part: usize| halves[part].directions(codebook, aim.dimensions);
    let found = PARTS.map(|part| steps.take(|| directions(part)));
    let mut values: Vec<f64> =
        found.iter().flat_map(|(values, _)| values.iter().copied()).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values.truncate(aim.dimensions);
    let Some(&least) = values.last() else { return false };
    for (part, (values, vectors)) in found.into_iter().enumerate() {
        let count = values.partition_point(|&value| value >= least);
        let vectors = vectors.slice(s![..count, ..]).to_owned();
        steps.take(|| halves[part].offer(codebook, vectors, aim));
    }
    let costs = PARTS.map(|part| halves[part].costs());
    let blocks = allot::blocks(costs, aim.bytes);
    for (half, blocks) in halves.iter_mut().zip(blocks) {
        steps.take(|| half.take(codebook, blocks));
    }
    true
}

/// Up to `count` of some items, evenly spaced.
fn spaced<'a>(items: &[&'a Embedding], count: usize) -> Vec<&'a Embedding> {
    let count = count.min(items.len());
    (0..count).map(|at| items[at * items.len() / count]).collect()
}

/// The directions of the channels at a place, `[directions, channels]`, the largest first.
fn rotation(sample: &[&Embedding], class_values: usize, channels: usize) -> Array2<f32> {
    let mut moments = Array2::<f32>::zeros((channels, channels));
    for embedding in sample {
        let scale = 1.0 / (embedding.squared_norm() as f32).sqrt();
        let codes = embedding.codes()[class_values..].iter();
        let map: Vec<f32> = codes.map(|&code| f32::from(code) * scale).collect();
        let places = ArrayView2::from_shape((map.len() / channels, channels), &map)
            .expect("a map has whole places");
        general_mat_mul(1.0, &places.t(), &places, 1.0, &mut moments);
    }
    let (_, vectors) = eigen::symmetric(moments.mapv(f64::from));
    vectors.mapv(|value| value as f32)
}

/// A level that only rotates: the rows of a range, in codes, each its largest value 127.
fn turn(rotation: &Array2<f32>, rows: Range<usize>) -> Level {
    let mut level = Level { channels: rows.end, ..Level::default() };
    for row in rotation.slice(s![rows, ..]).rows() {
        let largest = row.iter().fold(0f32, |most, value| most.max(value.abs()));
        level.rotation.extend(row.iter().map(|value| (value / largest * 127.0).round() as i8));
        level.rotation_scales.push(largest / 127.0);
    }
    level
}
