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
mod lloyd;
mod principal;

use std::ops::Range;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::codebook::{Codebook, Level, Slot};
use super::form::Form;
use super::{Embedding, encoder};

/// More embeddings than this are not looked at: evenly spaced ones stand for all.
const SAMPLE: usize = 16_384;

/// How many embeddings the rotation of the channels is learnt from.
const ROTATION_SAMPLE: usize = 2048;

/// How many values the levels of narrow codes are fitted to.
const VALUES: usize = 200_000;

/// What a level may take, and how its bits are allotted.
struct Aim {
    /// Bytes of a row.
    bytes: usize,
    /// Rotated channels that its vectors speak of; the others hold little.
    channels: usize,
    /// New coefficients, at most.
    dimensions: usize,
    /// The root mean square of a vector's codes: what its precision is.
    steps: f32,
    /// An error's weight is the coefficient's variance to this power. The theory says 1; a little more
    /// keeps more neighbours where bits are few.
    sharpness: f32,
}

/// The levels: 128 bytes a model to begin with, 512 in all.
const AIMS: [Aim; 2] = [
    Aim { bytes: 128, channels: 64, dimensions: 320, steps: 2.0, sharpness: 1.5 },
    Aim { bytes: 384, channels: 128, dimensions: 720, steps: 2.0, sharpness: 1.0 },
];

/// Learns from embeddings of `shape`; none where they have nothing in them.
pub fn learn(shape: [usize; 3], embeddings: &[Embedding]) -> Option<Codebook> {
    let [height, width, channels] = shape;
    let shape = [height * width, channels];
    let filled: Vec<&Embedding> =
        embeddings.iter().filter(|embedding| embedding.codes().iter().any(|&c| c != 0)).collect();
    let sample = spaced(&filled, SAMPLE);
    let rotation = rotation(&spaced(&filled, ROTATION_SAMPLE), channels);
    let mut learner = Learner::new(shape, &sample, rotation);
    let is_learnt = AIMS.iter().all(|aim| learner.add(aim));
    is_learnt.then_some(Codebook { shape, levels: learner.levels })
}

/// Up to `count` of some items, evenly spaced.
fn spaced<'a>(items: &[&'a Embedding], count: usize) -> Vec<&'a Embedding> {
    let count = count.min(items.len());
    (0..count).map(|at| items[at * items.len() / count]).collect()
}

/// The directions of the channels at a place, `[directions, channels]`, the largest first.
fn rotation(sample: &[&Embedding], channels: usize) -> Array2<f32> {
    let mut moments = Array2::<f32>::zeros((channels, channels));
    for embedding in sample {
        let scale = 1.0 / (embedding.squared_norm() as f32).sqrt();
        let map: Vec<f32> = embedding.codes().iter().map(|&code| f32::from(code) * scale).collect();
        let places = ArrayView2::from_shape((map.len() / channels, channels), &map)
            .expect("a map has whole places");
        general_mat_mul(1.0, &places.t(), &places, 1.0, &mut moments);
    }
    let (_, vectors) = eigen::symmetric(moments.mapv(f64::from));
    vectors.mapv(|value| value as f32)
}

/// What is known of the sample so far.
struct Learner {
    shape: [usize; 2],
    rotation: Array2<f32>,
    /// `[maps, channels * places]`: rotated maps, less what the vectors so far can say of them.
    maps: Array2<f32>,
    /// The levels so far.
    levels: Vec<Level>,
    /// `[maps, dimensions]`: coefficients of the maps.
    coefficients: Array2<f32>,
    /// `[maps, dimensions]`: what the codes so far say of them.
    said: Array2<f32>,
}

impl Learner {
    fn new(shape: [usize; 2], sample: &[&Embedding], rotation: Array2<f32>) -> Learner {
        let [places, channels] = shape;
        let kept = AIMS.iter().fold(0, |most, aim| aim.channels.max(most)).min(channels);
        // In the precision of the file, as embeddings will be rotated.
        let whole = turn(&rotation, 0..kept);
        let mut maps = Array2::zeros((sample.len(), kept * places));
        let rows: Vec<_> = maps.rows_mut().into_iter().zip(sample).collect();
        rows.into_par_iter().for_each(|(mut row, embedding)| {
            let mut rotated = Vec::new();
            whole.rotate(embedding.codes(), channels, &mut rotated);
            let scale = 1.0 / (embedding.squared_norm() as f32).sqrt();
            row.assign(&(Array1::from(rotated) * scale));
        });
        let none = Array2::zeros((sample.len(), 0));
        let (coefficients, said) = (none.clone(), none);
        Learner { shape, rotation, maps, levels: Vec::new(), coefficients, said }
    }

    /// Adds the next level; false where nothing varies.
    fn add(&mut self, aim: &Aim) -> bool {
        let [places, channels] = self.shape;
        let channels = aim.channels.min(channels);
        let before = self.levels.last().map_or(0, |level| level.channels);
        let mut level = turn(&self.rotation, before..channels);
        let length = channels * places;
        let mut vectors = principal::directions(self.maps.slice(s![.., ..length]), aim.dimensions);
        round(&mut vectors, aim.steps, &mut level);
        self.levels.push(level);
        let coefficients = self.solve(&vectors);
        if coefficients.ncols() == 0 {
            return false;
        }
        let slots_of = self.choose(aim, &coefficients);
        // What no code speaks of is forgotten.
        let known = self.coefficients.ncols();
        let used = slots_of.iter().map(|slot| slot.dimension + 1).max().unwrap_or(0);
        let new = used.saturating_sub(known);
        let vectors = vectors.slice(s![..new, ..]).to_owned();
        let last = self.levels.len() - 1;
        self.levels[last].slots = slots_of;
        self.levels[last].vectors.truncate(new * length);
        self.levels[last].vector_scales.truncate(new);
        let coefficients = self.solve(&vectors);
        self.settle(coefficients, &vectors);
        true
    }

    /// `[maps, dimensions]`: the coefficients whose vectors, with new ones, add up to the nearest maps.
    fn solve(&self, vectors: &Array2<f32>) -> Array2<f32> {
        let length = vectors.ncols();
        // Products with the maps as they were: with what is left, and with what was taken from them.
        let old = self.vectors(length);
        let new = principal::product(self.maps.slice(s![.., ..length]), vectors.t())
            + principal::product(
                self.coefficients.view(),
                principal::product(old.view(), vectors.t()).view(),
            );
        let known = principal::product(
            self.coefficients.view(),
            principal::product(old.view(), old.t()).view(),
        );
        let products = ndarray::concatenate![Axis(1), known, new];
        let side = products.ncols();
        let inverse = encoder::inverse(encoder::gram(self.shape[0], &self.levels));
        let inverse = Array2::from_shape_vec((side, side), inverse).expect("a product a vector");
        principal::product(products.view(), inverse.view())
    }

    /// `[dimensions, length]`: the vectors of the earlier levels.
    fn vectors(&self, length: usize) -> Array2<f32> {
        let mut vectors = Array2::zeros((self.coefficients.ncols(), length));
        let mut rows = vectors.rows_mut().into_iter();
        for level in &self.levels {
            let own = level.vectors.chunks_exact(level.channels * self.shape[0]);
            for ((vector, scale), mut row) in own.zip(&level.vector_scales).zip(&mut rows) {
                row.iter_mut().zip(vector).for_each(|(to, &code)| *to = scale * f32::from(code));
            }
        }
        vectors
    }

    /// Encodes the sample by the level that was added last.
    fn settle(&mut self, coefficients: Array2<f32>, vectors: &Array2<f32>) {
        let known = self.coefficients.ncols();
        let old = self.vectors(vectors.ncols());
        let change = &coefficients.slice(s![.., ..known]) - &self.coefficients;
        let fresh = coefficients.slice(s![.., known..]);
        let explained = principal::product(change.view(), old.view())
            + principal::product(fresh, vectors.view());
        let mut maps = self.maps.slice_mut(s![.., ..vectors.ncols()]);
        maps -= &explained;
        let mean = fresh.mean_axis(Axis(0)).unwrap_or_default();
        let means = Array2::from_shape_fn(fresh.dim(), |(_, at)| mean[at]);
        self.said = ndarray::concatenate![Axis(1), self.said, means];
        let mut rest = &coefficients - &self.said;
        self.said = coefficients.clone();
        self.coefficients = coefficients;
        let last = self.levels.len() - 1;
        self.levels[last].mean = mean.to_vec();
        let level = &self.levels[last];
        let rows: Vec<_> = rest.rows_mut().into_iter().collect();
        rows.into_par_iter().for_each(|mut row| {
            level.encode(row.as_slice_mut().expect("rows of a matrix in standard layout"));
        });
        self.said -= &rest;
    }

    /// Chooses what each code of the last level speaks of, and the levels of the narrow ones.
    fn choose(&mut self, aim: &Aim, coefficients: &Array2<f32>) -> Vec<Slot> {
        let mean = coefficients.mean_axis(Axis(0)).unwrap_or_default();
        let centred = coefficients - &mean;
        let mut rest = centred.clone();
        let known = self.said.ncols();
        rest.slice_mut(s![.., ..known])
            .assign(&(&coefficients.slice(s![.., ..known]) - &self.said));
        let squares =
            |columns: &Array2<f32>| columns.columns().into_iter().map(mean_square).collect();
        let (errors, variance): (Vec<f32>, Vec<f32>) = (squares(&rest), squares(&centred));
        let costs: Vec<f32> =
            errors.iter().zip(&variance).map(|(e, v)| e * v.powf(aim.sharpness)).collect();
        let mut order: Vec<usize> = (0..costs.len()).collect();
        order.sort_by(|&a, &b| costs[b].total_cmp(&costs[a]));
        let sorted: Vec<f32> = order.iter().map(|&at| costs[at]).collect();
        let mut form = Form { blocks: allot::blocks(&sorted, aim.bytes), ..Form::default() };
        let [eight, four, two] = form.counts();
        let part = |from: usize, count: usize| {
            let end = (from + count).min(order.len());
            normalised(&rest, &order[from.min(end)..end], &errors)
        };
        let (sixteen, peak_of_sixteen) = lloyd::levels(part(eight, four));
        let (four, peak_of_four) = lloyd::levels(part(eight + four, two));
        (form.sixteen, form.four) = (sixteen, four);
        let scale = |width: usize, at: usize| match width {
            8 => rest.column(at).iter().fold(0f32, |most, rest| most.max(rest.abs())) / 127.0,
            4 => errors[at].sqrt() * peak_of_sixteen / 127.0,
            _ => errors[at].sqrt() * peak_of_four / 127.0,
        };
        // Where there are fewer coefficients than codes, the last codes say nothing.
        let dimensions = order.iter().copied().map(Some).chain(std::iter::repeat(None));
        let slot = |(width, dimension): (usize, Option<usize>)| match dimension {
            Some(dimension) => Slot { dimension, scale: scale(width, dimension) },
            None => Slot { dimension: 0, scale: 0.0 },
        };
        let slots = form.widths().zip(dimensions).map(slot).collect();
        let last = self.levels.len() - 1;
        self.levels[last].form = form;
        slots
    }
}

/// What is left of some coefficients, each by its own spread; up to [`VALUES`] of them.
fn normalised(rest: &Array2<f32>, dimensions: &[usize], errors: &[f32]) -> Vec<f32> {
    let step = (dimensions.len() * rest.nrows()).div_ceil(VALUES).max(1);
    let values = dimensions.iter().flat_map(|&at| {
        let scale = 1.0 / errors[at].sqrt().max(f32::MIN_POSITIVE);
        rest.column(at).into_iter().map(move |rest| rest * scale)
    });
    values.step_by(step).collect()
}

/// Rounds vectors to codes whose root mean square is `steps`, and leaves them as the codes say.
fn round(vectors: &mut Array2<f32>, steps: f32, level: &mut Level) {
    let fineness = steps * (vectors.ncols() as f32).sqrt();
    for mut vector in vectors.rows_mut() {
        let codes = vector.mapv(|value| (value * fineness).round().clamp(-127.0, 127.0));
        let scale = 1.0 / codes.dot(&codes).sqrt().max(f32::MIN_POSITIVE);
        level.vectors.extend(codes.iter().map(|&code| code as i8));
        level.vector_scales.push(scale);
        vector.assign(&(codes * scale));
    }
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

fn mean_square(column: ArrayView1<'_, f32>) -> f32 {
    column.dot(&column) / column.len().max(1) as f32
}
