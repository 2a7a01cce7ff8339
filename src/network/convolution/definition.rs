//! A convolution by its definition, which quantising measures a network with. It takes five times the multiplications
//! of Winograd's method.
//!
//! Each sum runs over the inputs and the nine weights in their order. Quantising amplifies the last bit of a sum: with
//! another order a network is packed to other bytes of the same quality. So the sums are those of tract, with which the
//! shipped network was packed: without a second rounding where the machine multiplies and adds at once, and of wide maps
//! as [`WIDE`] says. They do not depend on the width of the vectors.

use super::Kernel;
use super::lanes::Lanes;

/// The number of positions that are computed together: enough sums to hide the latency of additions.
const PLACES: usize = 8;

/// Of maps with as many positions a row, sums begin with the bias instead of ending with it. The first position of a
/// row, and those behind the last whole [`PLACES`] after it, round each product.
const WIDE: usize = 128;

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
    let map = height * width;
    let (inputs, outputs) = (planes.len() / map, bias.len());
    assert_eq!(planes.len(), inputs * map);
    assert_eq!(weights.len(), outputs * inputs * 9);
    let planes = Bordered::new(planes, [height, width]);
    let fused = (width >= WIDE).then(|| 1..(width - 2) / PLACES * PLACES + 1);
    let lanes = kernel.lanes;
    let mut maps = vec![0.0; outputs * map];
    let blocks = weights.chunks(lanes * inputs * 9).zip(bias.chunks(lanes));
    for ((weights, bias), maps) in blocks.zip(maps.chunks_mut(lanes * map)) {
        let mut block = vec![0.0; inputs * 9 * lanes];
        for (lane, weights) in weights.chunks_exact(inputs * 9).enumerate() {
            let places = block[lane..].iter_mut().step_by(lanes);
            places.zip(weights).for_each(|(to, &weight)| *to = weight);
        }
        let mut before = vec![0.0; lanes];
        if fused.is_some() {
            before[..bias.len()].copy_from_slice(bias);
        }
        let mut sums = vec![0.0; PLACES * lanes];
        for (y, x) in (0..height).flat_map(|y| (0..width).step_by(PLACES).map(move |x| (y, x))) {
            kernel.sums(planes.from([y, x]), &block, &before, &mut sums);
            let own = maps.chunks_exact_mut(map).zip(weights.chunks_exact(inputs * 9));
            for (lane, ((map, weights), &bias)) in own.zip(bias).enumerate() {
                let row = map[y * width..][..width].iter_mut().enumerate().skip(x);
                for ((x, to), &sum) in row.zip(sums[lane..].iter().step_by(lanes)) {
                    *to = match &fused {
                        None => sum + bias,
                        Some(fused) if fused.contains(&x) => sum,
                        Some(_) => planes.rounded([y, x], weights, bias),
                    }
                    .max(0.0);
                }
            }
        }
    }
    maps
}

/// Planes with zeros around them.
struct Bordered {
    values: Vec<f32>,
    /// The distance between planes.
    plane: usize,
    /// The distance between rows.
    row: usize,
}

impl Bordered {
    fn new(planes: &[f32], [height, width]: [usize; 2]) -> Bordered {
        let row = width.next_multiple_of(PLACES) + 2;
        let plane = (height + 2) * row;
        let map = height * width;
        let mut values = vec![0.0; planes.len() / map * plane];
        for (from, to) in planes.chunks_exact(map).zip(values.chunks_exact_mut(plane)) {
            for (from, to) in from.chunks_exact(width).zip(to[row..].chunks_exact_mut(row)) {
                to[1..=width].copy_from_slice(from);
            }
        }
        Bordered { values, plane, row }
    }

    /// The values from one position above and to the left of a position on, with the distances.
    fn from(&self, [y, x]: [usize; 2]) -> (&[f32], usize, usize) {
        (&self.values[y * self.row + x..], self.plane, self.row)
    }

    /// The sum of one position, with each product rounded.
    fn rounded(&self, place: [usize; 2], weights: &[f32], bias: f32) -> f32 {
        let (values, plane, row) = self.from(place);
        let products = weights
            .iter()
            .enumerate()
            .map(|(at, weight)| weight * values[at / 9 * plane + at % 9 / 3 * row + at % 3]);
        products.fold(bias, |sum, product| sum + product)
    }
}

impl Kernel {
    /// Adds the products of [`PLACES`] positions of one block to what is there before, `[lane]`. The planes begin one
    /// position above and to the left of the first; weights are `[input][9][lane]`, the sums `[place][lane]`.
    fn sums(
        &self,
        (planes, plane, row): (&[f32], usize, usize),
        weights: &[f32],
        before: &[f32],
        sums: &mut [f32],
    ) {
        let inputs = weights.len() / (9 * self.lanes);
        assert!(inputs > 0 && planes.len() >= (inputs - 1) * plane + 2 * row + PLACES + 2);
        assert_eq!([before.len(), sums.len()], [self.lanes, PLACES * self.lanes]);
        let (planes, weights) =
            ((planes.as_ptr(), plane, row), (weights.as_ptr(), before.as_ptr()));
        // SAFETY: kernels exist only where the machine has the instructions; the lengths have been checked.
        unsafe { (self.functions.sums)(planes, inputs, weights, sums.as_mut_ptr()) }
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
    (mut weights, before): (*const f32, *const f32),
    to: *mut f32,
) {
    // SAFETY: the caller vouches for all of them.
    unsafe {
        let mut sums = [L::load(before); PLACES];
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
