//! Learns one part of a codebook, for the even or the odd positions of the maps.

use std::path::Path;

use ndarray::{Array1, Array2, ArrayView1, Axis, s};
use rayon::prelude::*;

use super::super::codebook::{Codebook, Level, PARTS, Part, Slot};
use super::super::form::Form;
use super::super::{Embedding, Embeddings, encoder};
use super::matrix::{BLOCK, Matrix};
use super::{Aim, lloyd, principal};
use crate::error::Result;

/// The most values that the levels of 4-bit and 2-bit codes are fitted to.
const VALUES: usize = 200_000;

/// One part of the sample during learning.
pub(super) struct Half {
    part: usize,
    /// `[maps, values]`: the values of the classes (even part only) and of the rotated maps, minus their projection
    /// onto the vectors so far.
    maps: Matrix,
    /// `[maps, dimensions]`: coefficients of the maps.
    coefficients: Array2<f32>,
    /// `[maps, dimensions]`: the coefficients that the codes so far describe.
    said: Array2<f32>,
    /// The candidates for the next level.
    offered: Offer,
}

/// New vectors, and the errors of the coefficients for old and new vectors.
#[derive(Default)]
struct Offer {
    vectors: Array2<f32>,
    /// The errors of the centred coefficients.
    rest: Array2<f32>,
    /// The mean squared error of each coefficient.
    errors: Vec<f32>,
    /// The cost of each coefficient's error, the largest first, and the coefficient's number.
    costs: Vec<(f32, usize)>,
}

impl Half {
    /// Rotates both parts of the sample, which are rows of `embeddings`, by a level that only rotates. Calls `told` with
    /// the number of maps that are done.
    ///
    /// # Errors
    /// Those of `embeddings`, and those of [`Matrix::push`].
    pub(super) fn both<E: Embeddings + ?Sized>(
        codebook: &Codebook,
        rotation: &Level,
        embeddings: &E,
        sample: &[usize],
        scratch: &Path,
        mut told: impl FnMut(usize),
    ) -> Result<[Half; 2]> {
        let length = |part| codebook.length(part, rotation.channels);
        let mut maps = PARTS.map(|part| Matrix::new(scratch, length(part)));
        let mut done = 0;
        for rows in sample.chunks(BLOCK) {
            let own = rows.iter().map(|&row| embeddings.get(row)).collect::<Result<Vec<_>>>()?;
            for (part, maps) in maps.iter_mut().enumerate() {
                let mut rotated = Array2::zeros((own.len(), length(part)));
                let rows: Vec<_> = rotated.rows_mut().into_iter().zip(&own).collect();
                rows.into_par_iter().for_each(|(mut row, embedding)| {
                    row.assign(&turned(codebook, part, rotation, embedding));
                });
                maps.push(&rotated)?;
            }
            done += rows.len();
            told(done);
        }
        let none = || Array2::zeros((sample.len(), 0));
        let mut parts = PARTS.into_iter();
        Ok(maps.map(|maps| Half {
            part: parts.next().unwrap_or_default(),
            maps,
            coefficients: none(),
            said: none(),
            offered: Offer::default(),
        }))
    }

    /// Up to `count` directions in which the maps vary most, within the channels of the last level, and their second
    /// moments. Calls `told` with the parts of the work that are done, and with all.
    ///
    /// # Errors
    /// Those of [`Matrix::read`].
    pub(super) fn directions(
        &mut self,
        codebook: &Codebook,
        count: usize,
        told: impl Fn(usize, usize),
    ) -> Result<(Vec<f64>, Array2<f32>)> {
        let length = self.length(codebook);
        principal::directions(&mut self.maps, length, count, told)
    }

    /// Adds rounded vectors to the last level as candidates, and computes the costs of their coefficients.
    ///
    /// # Errors
    /// Those of [`Matrix::read`].
    pub(super) fn offer(
        &mut self,
        codebook: &mut Codebook,
        mut vectors: Array2<f32>,
        aim: &Aim,
    ) -> Result<()> {
        if let Some(level) = codebook.levels.last_mut() {
            round(&mut vectors, aim.fineness, &mut level.parts[self.part]);
        }
        let coefficients = self.solve(codebook, &vectors)?;
        let known = self.said.ncols();
        let before = &coefficients.slice(s![.., ..known]) - &self.said;
        let mean = self.mean(&coefficients);
        // Centred in place, because these matrices are as long as the sample.
        let mut rest = coefficients - &mean;
        let squares =
            |columns: &Array2<f32>| columns.columns().into_iter().map(mean_square).collect();
        let variance: Vec<f32> = squares(&rest);
        rest.slice_mut(s![.., ..known]).assign(&before);
        let errors: Vec<f32> = squares(&rest);
        let cost = |(error, variance): (&f32, &f32)| error * variance.powf(aim.sharpness);
        let costs = errors.iter().zip(&variance).map(cost);
        let mut costs: Vec<(f32, usize)> = costs.enumerate().map(|(at, cost)| (cost, at)).collect();
        costs.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.offered = Offer { vectors, rest, errors, costs };
        Ok(())
    }

    /// The costs of the candidates' errors, the largest first.
    pub(super) fn costs(&self) -> Vec<f32> {
        self.offered.costs.iter().map(|&(cost, _)| cost).collect()
    }

    /// Gives blocks of codes to the coefficients with the largest costs. Unless this is the last level, also encodes the
    /// sample, from whose errors the next level is learnt.
    ///
    /// # Errors
    /// Those of [`Matrix::read`].
    pub(super) fn take(
        &mut self,
        codebook: &mut Codebook,
        blocks: [usize; 3],
        is_last: bool,
    ) -> Result<()> {
        let (form, slots) = self.choose(blocks);
        // Vectors without codes are dropped.
        let used = slots.iter().map(|slot| slot.dimension + 1).max().unwrap_or(0);
        let new = used.saturating_sub(self.coefficients.ncols());
        let length = self.length(codebook);
        let vectors = std::mem::take(&mut self.offered).vectors;
        let vectors = vectors.slice(s![..new, ..]).to_owned();
        if let Some(level) = codebook.levels.last_mut() {
            let part = &mut level.parts[self.part];
            (part.form, part.slots) = (form, slots);
            part.vectors.truncate(new * length);
            part.vector_scales.truncate(new);
        }
        let coefficients = self.solve(codebook, &vectors)?;
        let fresh = coefficients.slice(s![.., self.coefficients.ncols()..]).to_owned();
        let mean = self.mean(&fresh);
        if let Some(level) = codebook.levels.last_mut() {
            level.parts[self.part].mean = mean.to_vec();
        }
        if is_last { Ok(()) } else { self.settle(codebook, coefficients, &vectors, &mean) }
    }

    /// The number of values of a map within the channels of the last level.
    fn length(&self, codebook: &Codebook) -> usize {
        let channels = codebook.levels.last().map_or(0, |level| level.channels);
        codebook.length(self.part, channels)
    }

    /// `[maps, dimensions]`: the least-squares coefficients of the maps for the old and the new vectors.
    fn solve(&mut self, codebook: &Codebook, vectors: &Array2<f32>) -> Result<Array2<f32>> {
        let length = vectors.ncols();
        // The products with the original maps are those with their rests and those with the projections that were
        // subtracted.
        let old = self.vectors(codebook, length);
        let of_new = principal::product(old.view(), vectors.t());
        let of_old = principal::product(old.view(), old.t());
        let side = old.nrows() + vectors.nrows();
        let all = encoder::vectors(codebook, self.part, &codebook.levels);
        let inverse = encoder::inverse(encoder::gram(&all));
        let inverse = Array2::from_shape_vec((side, side), inverse).expect("a product a vector");
        let mut solution = Array2::zeros((self.maps.rows(), side));
        for block in self.maps.blocks() {
            let maps = self.maps.read(block.clone())?;
            let before = self.coefficients.slice(s![block.clone(), ..]);
            let new = principal::product(maps.slice(s![.., ..length]), vectors.t())
                + principal::product(before, of_new.view());
            let known = principal::product(before, of_old.view());
            let products = ndarray::concatenate![Axis(1), known, new];
            let own = principal::product(products.view(), inverse.view());
            solution.slice_mut(s![block, ..]).assign(&own);
        }
        Ok(solution)
    }

    /// `[dimensions, length]`: the vectors of the earlier levels.
    fn vectors(&self, codebook: &Codebook, length: usize) -> Array2<f32> {
        let mut vectors = Array2::zeros((self.coefficients.ncols(), length));
        let own = encoder::vectors(codebook, self.part, &codebook.levels);
        for ((vector, scale), mut row) in own.into_iter().zip(vectors.rows_mut()) {
            row.iter_mut().zip(vector).for_each(|(to, &code)| *to = scale * f32::from(code));
        }
        vectors
    }

    /// The mean of coefficients; 0 for odd ones, whose sign changes in a mirror image.
    fn mean(&self, coefficients: &Array2<f32>) -> Array1<f32> {
        match self.part {
            0 => coefficients.mean_axis(Axis(0)).unwrap_or_default(),
            _ => Array1::zeros(coefficients.ncols()),
        }
    }

    /// Encodes the sample with the last level, whose new coefficients have some means.
    fn settle(
        &mut self,
        codebook: &Codebook,
        coefficients: Array2<f32>,
        vectors: &Array2<f32>,
        mean: &Array1<f32>,
    ) -> Result<()> {
        let known = self.coefficients.ncols();
        let old = self.vectors(codebook, vectors.ncols());
        let change = &coefficients.slice(s![.., ..known]) - &self.coefficients;
        let fresh = coefficients.slice(s![.., known..]);
        for block in self.maps.blocks() {
            let explained = principal::product(change.slice(s![block.clone(), ..]), old.view())
                + principal::product(fresh.slice(s![block.clone(), ..]), vectors.view());
            let mut maps = self.maps.read(block.clone())?;
            let mut own = maps.slice_mut(s![.., ..vectors.ncols()]);
            own -= &explained;
            self.maps.write(block.start, &maps)?;
        }
        let means = Array2::from_shape_fn(fresh.dim(), |(_, at)| mean[at]);
        self.said = ndarray::concatenate![Axis(1), self.said, means];
        let mut rest = &coefficients - &self.said;
        self.said = coefficients.clone();
        self.coefficients = coefficients;
        if let Some(level) = codebook.levels.last() {
            let part = &level.parts[self.part];
            let rows: Vec<_> = rest.rows_mut().into_iter().collect();
            rows.into_par_iter().for_each(|mut row| {
                part.encode(row.as_slice_mut().expect("rows of a matrix in standard layout"));
            });
        }
        self.said -= &rest;
        Ok(())
    }

    /// Chooses the coefficient of each code, and the levels of 4-bit and 2-bit codes.
    fn choose(&self, blocks: [usize; 3]) -> (Form, Vec<Slot>) {
        let Offer { rest, errors, costs, .. } = &self.offered;
        let order: Vec<usize> = costs.iter().map(|&(_, at)| at).collect();
        let mut form = Form { blocks, ..Form::default() };
        let [eight, four, two] = form.counts();
        let part = |from: usize, count: usize| {
            let end = (from + count).min(order.len());
            normalised(rest, &order[from.min(end)..end], errors)
        };
        let (sixteen, peak_of_sixteen) = lloyd::levels(part(eight, four));
        let (four, peak_of_four) = lloyd::levels(part(eight + four, two));
        (form.sixteen, form.four) = (sixteen, four);
        let scale = |width: usize, at: usize| match width {
            8 => rest.column(at).iter().fold(0f32, |most, rest| most.max(rest.abs())) / 127.0,
            4 => errors[at].sqrt() * peak_of_sixteen / 127.0,
            _ => errors[at].sqrt() * peak_of_four / 127.0,
        };
        // Where there are fewer coefficients than codes, the last codes are unused.
        let dimensions = order.iter().copied().map(Some).chain(std::iter::repeat(None));
        let slot = |(width, dimension): (usize, Option<usize>)| match dimension {
            Some(dimension) => Slot { dimension, scale: scale(width, dimension) },
            None => Slot { dimension: 0, scale: 0.0 },
        };
        (form, form.widths().zip(dimensions).map(slot).collect())
    }
}

/// The part of a map as a row of the sample: the values of the classes (even part only), then the rotated map, of the
/// embedding's length 1.
fn turned(
    codebook: &Codebook,
    part: usize,
    rotation: &Level,
    embedding: &Embedding,
) -> Array1<f32> {
    let (classes, even, odd) = codebook.split(embedding.codes());
    let (classes, map) = if part == 0 { (classes, even) } else { (&[][..], odd) };
    let mut rotated = classes.iter().map(|&code| f32::from(code)).collect();
    rotation.rotate(map, codebook.shape[1], &mut rotated);
    let scale = 1.0 / (embedding.squared_norm() as f32).sqrt();
    Array1::from(rotated) * scale
}

/// The errors of some coefficients, each divided by its standard deviation; up to [`VALUES`] of them.
fn normalised(rest: &Array2<f32>, dimensions: &[usize], errors: &[f32]) -> Vec<f32> {
    let step = (dimensions.len() * rest.nrows()).div_ceil(VALUES).max(1);
    let values = dimensions.iter().flat_map(|&at| {
        let scale = 1.0 / errors[at].sqrt().max(f32::MIN_POSITIVE);
        rest.column(at).into_iter().map(move |rest| rest * scale)
    });
    values.step_by(step).collect()
}

/// Rounds vectors of the length 1, multiplied by `fineness`, to codes. Leaves the rounded values in `vectors`.
fn round(vectors: &mut Array2<f32>, fineness: f32, part: &mut Part) {
    for mut vector in vectors.rows_mut() {
        let codes = vector.mapv(|value| (value * fineness).round().clamp(-127.0, 127.0));
        // A vector of integers that are not all 0 has at least the length 1.
        let scale = 1.0 / codes.dot(&codes).sqrt().max(1.0);
        part.vectors.extend(codes.iter().map(|&code| code as i8));
        part.vector_scales.push(scale);
        vector.assign(&(codes * scale));
    }
}

fn mean_square(column: ArrayView1<'_, f32>) -> f32 {
    column.dot(&column) / column.len().max(1) as f32
}
