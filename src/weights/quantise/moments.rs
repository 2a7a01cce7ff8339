//! The mean and the covariance of the inputs of each convolution, over positions and images.
//!
//! An error `e` of an output channel's weights changes its output by `e . x` at a position whose 3x3 inputs are `x`.
//! The bias makes up for the mean of this change. The variance that remains is `e' C e`, with `C` the covariance of the
//! inputs. So `C` tells which errors matter, and which cancel.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, Axis, s};
use rayon::prelude::*;

use super::cholesky;
use crate::error::Result;
use crate::network::probe::{Maps, Probe};
use crate::network::weights::Weights;
use crate::pixels::Pixels;
use crate::util::progress::Progress;

/// The number of positions to take of each map: all of a 14x14 map.
const PLACES: usize = 196;

/// The number of images in memory at once; full VGG16 takes 27 MB an image.
const BATCH: usize = 8;

/// The number of rows of the covariance that one task computes.
const ROWS: usize = 256;

/// Added to every variance, as a share of the mean variance. With few images, some inputs seem correlated that are not.
const DAMPING: f32 = 0.01;

/// The moments of the `n = 9 x inputs` inputs of one convolution, in the order of its weights.
pub(super) struct Moments {
    /// `[n]`: the mean of each input.
    pub(super) mean: Array1<f32>,
    /// `[n]`: the variance of each input.
    pub(super) variance: Array1<f32>,
    /// The indices of the inputs, sorted by increasing variance.
    pub(super) order: Vec<usize>,
    /// `[n, n]`: the lower triangular `L` of their covariance `L L'`, in that order.
    pub(super) factor: Array2<f32>,
}

/// Runs the images through the float network and measures the inputs of each layer.
pub(super) fn gather(weights: &Weights, images: &[&Pixels]) -> Result<Vec<Moments>> {
    let probe = Probe::new(weights);
    let mut sums: Vec<Sums> =
        weights.layers.iter().map(|layer| Sums::new(9 * layer.inputs)).collect();
    let progress = Progress::start("measuring images", images.len());
    for batch in images.chunks(BATCH) {
        let watched = batch.par_iter().map(|pixels| {
            let inputs = probe.inputs(pixels)?;
            progress.step();
            Ok(inputs.iter().map(patches).collect())
        });
        let watched: Vec<Vec<Array2<f32>>> = watched.collect::<Result<_>>()?;
        let mut watched: Vec<_> = watched.into_iter().map(Vec::into_iter).collect();
        for sums in &mut sums {
            sums.add(watched.iter_mut().filter_map(Iterator::next).collect());
        }
    }
    progress.finish();
    Ok(sums.into_iter().map(Sums::moments).collect())
}

/// `[positions, 9 x channels]`: the inputs of a kernel `[channels, 3, 3]` at some positions, with zeros outside the
/// map.
fn patches(maps: &Maps) -> Array2<f32> {
    let [channels, height, width] = maps.shape;
    let mut random = fastrand::Rng::with_seed(0);
    let cells = height * width;
    let places = random.choose_multiple(0..cells, PLACES.min(cells));
    let mut patches = Array2::zeros((places.len(), 9 * channels));
    for (place, mut patch) in places.into_iter().zip(patches.rows_mut()) {
        let (row, column) = (place / width, place % width);
        for (at, value) in patch.iter_mut().enumerate() {
            let (channel, tap) = (at / 9, at % 9);
            let (row, column) = (row + tap / 3, column + tap % 3);
            if (1..=height).contains(&row) && (1..=width).contains(&column) {
                *value = maps.values[channel * cells + (row - 1) * width + column - 1];
            }
        }
    }
    patches
}

/// Sums over patches. A centre near their mean is subtracted first, so that floats lose little.
struct Sums {
    count: usize,
    centre: Array1<f32>,
    sum: Array1<f32>,
    /// Only the lower triangle is filled.
    products: Array2<f32>,
}

impl Sums {
    fn new(inputs: usize) -> Sums {
        let (vector, matrix) = (Array1::zeros(inputs), Array2::zeros((inputs, inputs)));
        Sums { count: 0, centre: vector.clone(), sum: vector, products: matrix }
    }

    fn add(&mut self, mut patches: Vec<Array2<f32>>) {
        if self.count == 0 {
            let means = patches.iter().filter_map(|patches| patches.mean_axis(Axis(0)));
            let of_all = means.fold(self.centre.clone(), |sum, mean| sum + mean);
            self.centre = of_all / patches.len() as f32;
        }
        for patches in &mut patches {
            *patches -= &self.centre;
            self.count += patches.nrows();
            self.sum += &patches.sum_axis(Axis(0));
        }
        let chunks: Vec<_> = self.products.axis_chunks_iter_mut(Axis(0), ROWS).collect();
        chunks.into_par_iter().enumerate().for_each(|(chunk, mut rows)| {
            let (start, end) = (chunk * ROWS, chunk * ROWS + rows.nrows());
            let mut rows = rows.slice_mut(s![.., ..end]);
            for patches in &patches {
                let (own, all) = (patches.slice(s![.., start..end]), patches.slice(s![.., ..end]));
                general_mat_mul(1.0, &own.t(), &all, 1.0, &mut rows);
            }
        });
    }

    fn moments(self) -> Moments {
        let count = self.count.max(1) as f32;
        let shift = self.sum / count;
        let covariance =
            |a: usize, b: usize| self.products[[a.max(b), a.min(b)]] / count - shift[a] * shift[b];
        let inputs = shift.len();
        let variance = Array1::from_shape_fn(inputs, |at| covariance(at, at).max(0.0));
        let mut order: Vec<usize> = (0..inputs).collect();
        order.sort_by(|&a, &b| variance[a].total_cmp(&variance[b]));
        // If no input varies, any positive variance will do.
        let mean_variance = variance.mean().filter(|mean| *mean > 0.0).unwrap_or(1.0);
        let mut damping = DAMPING * mean_variance;
        let factor = loop {
            let mut matrix =
                Array2::from_shape_fn((inputs, inputs), |(row, column)| match column <= row {
                    true => covariance(order[row], order[column]),
                    false => 0.0,
                });
            matrix.diag_mut().iter_mut().for_each(|variance| *variance += damping);
            if cholesky::factorise(&mut matrix) {
                break matrix;
            }
            damping *= 10.0;
        };
        Moments { mean: self.centre + shift, variance, order, factor }
    }
}
