//! A convolution by its definition, which quantising measures a network with. It takes five times the multiplications
//! of Winograd's method. Each sum runs over the inputs and the nine weights in their order, without a second rounding
//! where the machine multiplies and adds at once. So its bits are those of engines that compute a matrix product, such
//! as tract, and do not depend on the width of the vectors.

use super::Kernel;
use super::lanes::Lanes;

/// The number of positions that are computed together: enough sums to hide the latency of additions.
const PLACES: usize = 8;

/// `[outputs, height, width]`: the sums of a 3x3 convolution of planes `[inputs, height, width]` with a kernel
/// `[outputs, inputs, 3, 3]` and zeros around the planes, with bias, after ReLU.
///
/// # Panics
/// Where the lengths are not those of the shapes.
pub(in super::super) fn convolved(
    kernel: &Kernel,
    (planes, [height, width]): (&[f32], [usize; 2]),
    (weights, bias): (&[f32], &[f32]),
) -> Vec<f32> {
    let (inputs, outputs) = (planes.len() / (height * width), bias.len());
    assert_eq!(planes.len(), inputs * height * width);
    assert_eq!(weights.len(), outputs * inputs * 9);
    let row = width.next_multiple_of(PLACES) + 2;
    let plane = (height + 2) * row;
    let mut bordered = vec![0.0; inputs * plane];
    for (from, to) in planes.chunks_exact(height * width).zip(bordered.chunks_exact_mut(plane)) {
        for (from, to) in from.chunks_exact(width).zip(to[row..].chunks_exact_mut(row)) {
            to[1..=width].copy_from_slice(from);
        }
    }
    let lanes = kernel.lanes;
    let mut block = vec![0.0; inputs * 9 * lanes];
    let mut sums = vec![0.0; PLACES * lanes];
    let mut maps = vec![0.0; outputs * height * width];
    for (first, maps) in (0..outputs).step_by(lanes).zip(maps.chunks_mut(lanes * height * width)) {
        for (lane, weights) in
            weights[first * inputs * 9..].chunks_exact(inputs * 9).take(lanes).enumerate()
        {
            block
                .iter_mut()
                .skip(lane)
                .step_by(lanes)
                .zip(weights)
                .for_each(|(to, &weight)| *to = weight);
        }
        for (y, x) in (0..height).flat_map(|y| (0..width).step_by(PLACES).map(move |x| (y, x))) {
            kernel.sums((&bordered[y * row + x..], plane, row), &block, &mut sums);
            for ((map, bias), lane) in
                maps.chunks_exact_mut(height * width).zip(&bias[first..]).zip(0..)
            {
                let places = map[y * width + x..(y + 1) * width].iter_mut().take(PLACES);
                places
                    .zip(sums[lane..].iter().step_by(lanes))
                    .for_each(|(to, sum)| *to = (sum + bias).max(0.0));
            }
        }
    }
    maps
}

impl Kernel {
    /// Computes `[places][lane]` sums of one block without bias. The planes begin one position above and to the left
    /// of the first place; weights are `[input][9][lane]`.
    fn sums(
        &self,
        (planes, plane, row): (&[f32], usize, usize),
        weights: &[f32],
        sums: &mut [f32],
    ) {
        let inputs = weights.len() / (9 * self.lanes);
        assert!(inputs > 0 && planes.len() >= (inputs - 1) * plane + 2 * row + PLACES + 2);
        assert_eq!(sums.len(), PLACES * self.lanes);
        // SAFETY: kernels exist only where the machine has the instructions; the lengths have been checked.
        unsafe {
            (self.functions.sums)(
                (planes.as_ptr(), plane, row),
                inputs,
                weights.as_ptr(),
                sums.as_mut_ptr(),
            );
        }
    }
}

/// The loop of [`Kernel::sums`].
///
/// # Safety
/// The machine has the instructions; the planes and the weights can be read and the sums can be written.
#[inline(always)]
pub(super) unsafe fn sums<L: Lanes>(
    (planes, plane, row): (*const f32, usize, usize),
    inputs: usize,
    mut weights: *const f32,
    to: *mut f32,
) {
    // SAFETY: the caller vouches for all of them.
    unsafe {
        let mut sums = [L::zero(); PLACES];
        for input in 0..inputs {
            for line in 0..3 {
                let from = planes.add(input * plane + line * row);
                for tap in 0..3 {
                    let weight = L::load(weights);
                    for (place, sum) in sums.iter_mut().enumerate() {
                        *sum = L::mul_add(L::splat(from.add(tap + place)), weight, *sum);
                    }
                    weights = weights.add(L::WIDTH);
                }
            }
        }
        for (place, sum) in sums.into_iter().enumerate() {
            L::store(sum, to.add(place * L::WIDTH));
        }
    }
}
