//! Weights -> codes. Each weight is rounded so that it compensates the errors of the weights before it.
//!
//! With `C = L L'` the covariance of the inputs, the output's error is the squared length of `L' e`. From the last row
//! of `L'` upwards, each row brings in one more weight. The weight is first shifted to where it would cancel the errors
//! of the weights before it in this row, and then rounded. This is GPTQ (Frantar et al. 2022), in the form of the
//! nearest plane algorithm for lattices.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, s};
use rayon::prelude::*;

use super::moments::Moments;
use crate::network::packed::PackedLayer;
use crate::network::weights::Layer;

/// The number of weights whose errors are passed on together.
const BLOCK: usize = 64;

/// The number of output channels that one task rounds.
const ROWS: usize = 16;

/// Rounds a layer to codes from `-levels` to `levels`, with one scale for each output channel. The bias makes up for
/// the mean of the remaining error.
pub(super) fn rounded(
    layer: &Layer,
    moments: &Moments,
    scales: Vec<f32>,
    levels: i32,
) -> PackedLayer {
    let inputs = 9 * layer.inputs;
    let rows = layer.kernel.par_chunks(ROWS * inputs).zip(scales.par_chunks(ROWS));
    let each = rows.map(|(kernel, scales)| round_rows(kernel, moments, scales, levels));
    let (codes, shifts): (Vec<Vec<i8>>, Vec<Vec<f32>>) = each.collect();
    let shifts = shifts.concat();
    let bias = layer.bias.iter().zip(shifts).map(|(bias, shift)| bias + shift).collect();
    PackedLayer { codes: codes.concat(), scales, bias }
}

/// The codes of some rows, and the mean errors of their outputs.
fn round_rows(
    kernel: &[f32],
    moments: &Moments,
    scales: &[f32],
    levels: i32,
) -> (Vec<i8>, Vec<f32>) {
    let (rows, inputs) = (scales.len(), moments.order.len());
    let levels = levels as f32;
    let mut codes = vec![0i8; kernel.len()];
    let mut errors = Array2::<f32>::zeros((rows, inputs));
    let mut passed_on = Array2::<f32>::zeros((rows, inputs));
    for start in (0..inputs).step_by(BLOCK).rev() {
        let end = (start + BLOCK).min(inputs);
        let block = moments.factor.slice(s![start..end, start..end]).reversed_axes();
        let block = block.as_standard_layout();
        for at in (start..end).rev() {
            let (input, after) = (moments.order[at], at + 1..end);
            let factors = block.slice(s![at - start, at + 1 - start..]);
            for row in 0..rows {
                let inside = errors.slice(s![row, after.clone()]).dot(&factors);
                let owed = (passed_on[[row, at]] + inside) / block[[at - start, at - start]];
                let weight = kernel[row * inputs + input];
                let code = ((weight + owed) / scales[row]).round().clamp(-levels, levels);
                codes[row * inputs + input] = code as i8;
                errors[[row, at]] = weight - code * scales[row];
            }
        }
        let below = moments.factor.slice(s![start..end, ..start]);
        let errors = errors.slice(s![.., start..end]);
        general_mat_mul(1.0, &errors, &below, 1.0, &mut passed_on.slice_mut(s![.., ..start]));
    }
    let mean = |row: usize| {
        let each = moments.order.iter().enumerate();
        each.map(|(at, &input)| errors[[row, at]] * moments.mean[input]).sum()
    };
    let means = (0..rows).map(mean).collect();
    (codes, means)
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;

    use super::super::cholesky;
    use super::*;

    const INPUTS: usize = 9 * 12;
    const STEP: f32 = 0.1;

    fn layer(random: &mut fastrand::Rng) -> Layer {
        let kernel = (0..40 * INPUTS).map(|_| random.f32() * 2.0 - 1.0).collect();
        Layer { name: "block1_conv2".into(), inputs: 12, kernel, bias: vec![0.5; 40] }
    }

    /// The order begins at a third of the inputs, so that a test notices if orders are mixed up.
    fn moments(covariance: &Array2<f32>) -> Moments {
        let order: Vec<usize> = (0..INPUTS).map(|at| (at + INPUTS / 3) % INPUTS).collect();
        let mut factor =
            Array2::from_shape_fn((INPUTS, INPUTS), |(a, b)| covariance[[order[a], order[b]]]);
        assert!(cholesky::factorise(&mut factor));
        let mean = Array1::from_shape_fn(INPUTS, |at| at as f32 * 0.01);
        Moments { mean, variance: covariance.diag().to_owned(), order, factor }
    }

    fn errors(layer: &Layer, packed: &PackedLayer) -> Array2<f32> {
        let (float, came) = (layer.kernel.clone(), packed.expanded());
        let errors = float.iter().zip(came).map(|(float, came)| float - came).collect();
        Array2::from_shape_vec((40, INPUTS), errors).unwrap()
    }

    #[test]
    fn inputs_that_vary_alone_are_rounded_to_the_nearest_and_the_mean_goes_into_the_bias() {
        let layer = layer(&mut fastrand::Rng::with_seed(1));
        let moments = moments(&Array2::eye(INPUTS));
        let packed = rounded(&layer, &moments, vec![STEP; 40], 127);
        let nearest: Vec<i8> = layer.kernel.iter().map(|w| (w / STEP).round() as i8).collect();
        assert_eq!(packed.codes, nearest);
        let shifts = errors(&layer, &packed).dot(&moments.mean);
        for (bias, shift) in packed.bias.iter().zip(shifts) {
            assert!((bias - 0.5 - shift).abs() < 1e-5, "{bias}, {shift}");
        }
    }

    #[test]
    fn where_inputs_vary_together_errors_cancel() {
        let mut random = fastrand::Rng::with_seed(2);
        let layer = layer(&mut random);
        // 12 common causes of 108 inputs, and a little independent noise.
        let causes = Array2::from_shape_fn((INPUTS, 12), |_| random.f32() - 0.5);
        let covariance = causes.dot(&causes.t()) + Array2::<f32>::eye(INPUTS) * 0.01;
        let packed = rounded(&layer, &moments(&covariance), vec![STEP; 40], 127);
        let nearest: Vec<i8> = layer.kernel.iter().map(|w| (w / STEP).round() as i8).collect();
        let energy = |packed: &PackedLayer| {
            let errors = errors(&layer, packed);
            (errors.dot(&covariance) * errors).sum()
        };
        let ratio = energy(&packed) / energy(&PackedLayer { codes: nearest, ..packed.clone() });
        assert!(ratio < 0.2, "{ratio} of what rounding to the nearest gives");
    }

    #[test]
    fn codes_stay_within_the_levels() {
        let layer = layer(&mut fastrand::Rng::with_seed(3));
        let packed = rounded(&layer, &moments(&Array2::eye(INPUTS)), vec![STEP; 40], 7);
        assert_eq!(packed.codes.iter().max(), Some(&7));
        assert_eq!(packed.codes.iter().min(), Some(&-7));
    }
}
