//! The scales of the codes: the value of a code of 1, for each output channel.

use rayon::prelude::*;

use super::moments::Moments;
use crate::network::weights::Layer;

/// The largest code of 8 bits.
pub(super) const MOST: i32 = 127;

/// The same step for all channels of a layer, except for channels whose largest weight it could not reach. Of all
/// scales with the same error, these need the fewest bits after entropy coding.
pub(super) fn even(layer: &Layer, step: f32) -> Vec<f32> {
    let channels = layer.kernel.chunks_exact(9 * layer.inputs);
    channels.map(|kernel| step.max(range(kernel) / MOST as f32)).collect()
}

/// For each channel the scale with the least error for codes up to `levels`. Outliers are clipped if that makes the
/// error smaller.
pub(super) fn clipped(layer: &Layer, moments: &Moments, levels: i32) -> Vec<f32> {
    let channels = layer.kernel.par_chunks_exact(9 * layer.inputs);
    channels.map(|kernel| least_error(kernel, moments, levels as f32)).collect()
}

/// Tries scales from the whole range of the weights down to a third of it, and returns the best.
fn least_error(kernel: &[f32], moments: &Moments, levels: f32) -> f32 {
    let range = range(kernel);
    if range == 0.0 {
        return 1.0; // all codes are zero with any scale
    }
    let error = |scale: f32| -> f32 {
        let weights = kernel.iter().zip(&moments.variance);
        let errors = weights.map(|(weight, variance)| {
            let error = weight - (weight / scale).round().clamp(-levels, levels) * scale;
            error * error * variance
        });
        errors.sum()
    };
    let scales = (0..=32).map(|step| range * (1.0 - step as f32 / 48.0) / levels);
    let with_errors = scales.map(|scale| (error(scale), scale));
    with_errors.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(range, |best| best.1)
}

fn range(kernel: &[f32]) -> f32 {
    kernel.iter().fold(0f32, |range, weight| range.max(weight.abs()))
}
