//! Winograd's F(7x7, 3x3): 81 multiplications for 49 positions instead of the 441 of the definition.
//!
//! A convolution is a product of polynomials, and a product is determined by its values at enough points: `Y = Aᵀ [ (G
//! g Gᵀ) ⊙ (Bᵀ d B) ] A`. Tiles have the side 7 because 7 divides the side of every map of a 224x224 image (224, 112,
//! 56, 28, 14), so that no multiplication is wasted at the edges. Over VGG16 they need 18.4% of the multiplications of
//! the definition; tiles of 6 need 22.8%, and tiles of 4 need 25.2%.
//!
//! The usual points (0, ±1, ±2, ±1/2 and one more) would lose four digits. Four pairs ±a, searched for the least error,
//! lose two: the error is 2e-5 of the largest value at worst and 7e-6 on average. Pairs also halve the work, because
//! the sums of even and of odd powers serve both points.

use std::mem::MaybeUninit;

use super::lanes::Lanes;
use super::layout::{PATCH, TILE};

// No closure here or in `super::quad` computes with lanes. The standard library's functions that would call it are
// compiled without the machine's instructions, so that each sum would become a call through memory.

/// The points are plus and minus these numbers, which are exact in binary, and infinity.
const POINTS: [f64; 4] = [0.25, 0.6875, 1.125, 2.1875];

/// The constants of the transforms.
///
/// They are read through a reference because V8 would build a `v128` constant with three instructions at every use.
pub(super) struct Constants {
    /// For each pair: the coefficients of x⁰, x², x⁴ in `Π (x² - b²)` over the other pairs; and the point.
    input: [[f32; 4]; 4],
    /// The coefficients of x⁰, x², x⁴, x⁶ in `Π (x² - b²)` over all pairs.
    input_at_infinity: [f32; 4],
    /// For each pair: a, a².
    weights: [[f32; 2]; 4],
    /// For each power of x: that power of every pair's point, divided by the derivative of the product over all points
    /// at this point.
    output: [[f32; 4]; TILE],
}

pub(super) static CONSTANTS: Constants = constants();

const fn constants() -> Constants {
    let mut constants = Constants {
        input: [[0.0; 4]; 4],
        input_at_infinity: [0.0; 4],
        weights: [[0.0; 2]; 4],
        output: [[0.0; 4]; TILE],
    };
    let all = product(POINTS.len());
    let mut pair = 0;
    while pair < POINTS.len() {
        let (point, others) = (POINTS[pair], product(pair));
        let square = point * point;
        let value = ((square + others[2]) * square + others[1]) * square + others[0];
        let derivative = 2.0 * point * value;
        constants.input[pair] =
            [others[0] as f32, others[1] as f32, others[2] as f32, point as f32];
        constants.input_at_infinity[pair] = all[pair] as f32;
        constants.weights[pair] = [point as f32, square as f32];
        let (mut power, mut value) = (0, 1.0 / derivative);
        while power < TILE {
            constants.output[power][pair] = value as f32;
            value *= point;
            power += 1;
        }
        pair += 1;
    }
    constants
}

/// The coefficients of `Π (y - b²)` over all pairs except `without`. The highest coefficient, which is 1, is left out.
const fn product(without: usize) -> [f64; 4] {
    let mut coefficients = [0.0; 5];
    coefficients[0] = 1.0;
    let (mut pair, mut degree) = (0, 0);
    while pair < POINTS.len() {
        if pair != without {
            let square = POINTS[pair] * POINTS[pair];
            degree += 1;
            let mut power = degree;
            while power > 0 {
                coefficients[power] = coefficients[power - 1] - square * coefficients[power];
                power -= 1;
            }
            coefficients[0] *= -square;
        }
        pair += 1;
    }
    [coefficients[0], coefficients[1], coefficients[2], coefficients[3]]
}

/// `Bᵀ d` for one column: nine inputs -> their values at the points.
#[inline(always)]
unsafe fn input_column<L: Lanes>(
    constants: &Constants,
    d: [L::Vector; PATCH],
) -> [L::Vector; PATCH] {
    // SAFETY: the caller vouches for the instructions; constants are read through references.
    unsafe {
        let mut values = [d[8]; PATCH];
        for (pair, constant) in constants.input.iter().enumerate() {
            let [c0, c2, c4, point] = splats::<L, 4>(constant);
            let odd = L::mul_add(c4, d[5], L::mul_add(c2, d[3], L::mul_add(c0, d[1], d[7])));
            let even = L::mul_add(c4, d[4], L::mul_add(c2, d[2], L::mul_add(c0, d[0], d[6])));
            values[2 * pair] = L::mul_add(point, even, odd);
            values[2 * pair + 1] = L::mul_sub(point, even, odd);
        }
        let [c0, c2, c4, c6] = splats::<L, 4>(&constants.input_at_infinity);
        let low = L::mul_add(c2, d[2], L::mul_add(c0, d[0], d[8]));
        values[8] = L::mul_add(c6, d[6], L::mul_add(c4, d[4], low));
        values
    }
}

/// `G g` for one column: three weights -> their values at the points. The division by the derivative is done in the
/// transform of the output, which runs far less often.
#[inline(always)]
unsafe fn weight_column<L: Lanes>(constants: &Constants, g: [L::Vector; 3]) -> [L::Vector; PATCH] {
    // SAFETY: as in `input_column`.
    unsafe {
        let mut values = [g[2]; PATCH];
        for (pair, constant) in constants.weights.iter().enumerate() {
            let [point, square] = splats::<L, 2>(constant);
            let even = L::mul_add(square, g[2], g[0]);
            values[2 * pair] = L::mul_add(point, g[1], even);
            values[2 * pair + 1] = L::mul_sub(point, g[1], even);
        }
        values
    }
}

/// `Aᵀ m` for one column: the values of the product at the points -> seven outputs.
#[inline(always)]
unsafe fn output_column<L: Lanes>(
    constants: &Constants,
    m: [L::Vector; PATCH],
) -> [L::Vector; TILE] {
    // SAFETY: as in `input_column`.
    unsafe {
        // The derivatives at a and -a differ in sign.
        let (mut even, mut odd) = ([m[8]; 4], [m[8]; 4]);
        for pair in 0..4 {
            even[pair] = L::sub(m[2 * pair], m[2 * pair + 1]);
            odd[pair] = L::add(m[2 * pair], m[2 * pair + 1]);
        }
        let mut values = [m[8]; TILE];
        for (power, constant) in constants.output.iter().enumerate() {
            let of = if power % 2 == 0 { even } else { odd };
            let [c0, c1, c2, c3] = splats::<L, 4>(constant);
            let low = L::mul_add(c1, of[1], L::mul(c0, of[0]));
            values[power] = L::mul_add(c3, of[3], L::mul_add(c2, of[2], low));
        }
        values[TILE - 1] = L::add(values[TILE - 1], m[8]);
        values
    }
}

#[inline(always)]
unsafe fn splats<L: Lanes, const N: usize>(values: &[f32; N]) -> [L::Vector; N] {
    // SAFETY: the caller vouches for the instructions.
    unsafe {
        let mut vectors = [L::zero(); N];
        for (vector, value) in vectors.iter_mut().zip(values) {
            *vector = L::splat(value);
        }
        vectors
    }
}

/// Loads nine vectors, `stride` floats apart.
#[inline(always)]
unsafe fn loads<L: Lanes>(from: *const f32, stride: usize) -> [L::Vector; PATCH] {
    // SAFETY: the caller vouches for the instructions and the memory.
    unsafe {
        let mut vectors = [L::zero(); PATCH];
        for (at, vector) in vectors.iter_mut().enumerate() {
            *vector = L::load(from.add(at * stride));
        }
        vectors
    }
}

/// `Bᵀ d B` of a vector of channels: 9 rows of 9 vectors, the rows `row` floats apart -> 9 rows of 9 vectors, the
/// vectors `stride` floats apart.
///
/// # Safety
/// The machine has the instructions; all these vectors can be read and written.
#[inline(always)]
pub(super) unsafe fn input<L: Lanes>(
    constants: &Constants,
    from: *const f32,
    row: usize,
    to: [*mut f32; PATCH],
    stride: usize,
) {
    // SAFETY: the caller vouches for the instructions and the memory; all of `half` is written before it is read.
    unsafe {
        let mut half = MaybeUninit::<[[L::Vector; PATCH]; PATCH]>::uninit();
        let half = half.as_mut_ptr().cast::<L::Vector>();
        for x in 0..PATCH {
            let column = loads::<L>(from.add(x * L::WIDTH), row);
            for (y, value) in input_column::<L>(constants, column).into_iter().enumerate() {
                half.add(y * PATCH + x).write(value);
            }
        }
        for (y, to) in to.into_iter().enumerate() {
            let values = half.add(y * PATCH).cast::<[L::Vector; PATCH]>().read();
            let values = input_column::<L>(constants, values);
            for (x, value) in values.into_iter().enumerate() {
                L::store(value, to.add(x * stride));
            }
        }
    }
}

/// Some pairs of rows of `G g Gᵀ` of a vector of kernels, given as 9 vectors -> 18 vectors per pair, `stride` floats
/// apart. The last of the [`PAIRS`] has one row.
///
/// # Safety
/// As [`input`].
#[inline(always)]
pub(super) unsafe fn weights<L: Lanes>(
    constants: &Constants,
    taps: [L::Vector; 9],
    pairs: std::ops::Range<usize>,
    mut to: *mut f32,
    stride: usize,
) {
    // SAFETY: as in `input`.
    unsafe {
        for pair in pairs {
            let [g0, g1, g2, g3, g4, g5, g6, g7, g8] = taps;
            if pair == POINTS.len() {
                weight_row::<L>(constants, [g6, g7, g8], to, stride);
                continue;
            }
            let [point, square] = splats::<L, 2>(&constants.weights[pair]);
            let (mut plus, mut minus) = ([g0; 3], [g0; 3]);
            for (x, [top, middle, bottom]) in
                [[g0, g3, g6], [g1, g4, g7], [g2, g5, g8]].into_iter().enumerate()
            {
                let even = L::mul_add(square, bottom, top);
                plus[x] = L::mul_add(point, middle, even);
                minus[x] = L::mul_sub(point, middle, even);
            }
            weight_row::<L>(constants, plus, to, stride);
            weight_row::<L>(constants, minus, to.add(PATCH * stride), stride);
            to = to.wrapping_add(2 * PATCH * stride);
        }
    }
}

/// A row of three weights -> its values at the points.
#[inline(always)]
unsafe fn weight_row<L: Lanes>(
    constants: &Constants,
    g: [L::Vector; 3],
    to: *mut f32,
    stride: usize,
) {
    // SAFETY: as in `input`.
    unsafe {
        for (x, value) in weight_column::<L>(constants, g).into_iter().enumerate() {
            L::store(value, to.add(x * stride));
        }
    }
}

/// `Aᵀ m A` plus bias, then ReLU: 81 vectors, `stride` floats apart -> 7 rows of 7 vectors, the rows `row` floats
/// apart.
///
/// # Safety
/// As [`input`].
#[inline(always)]
pub(super) unsafe fn output<L: Lanes>(
    constants: &Constants,
    (from, stride): (*const f32, usize),
    bias: L::Vector,
    to: *mut f32,
    row: usize,
) {
    // SAFETY: as in `input`.
    unsafe {
        let mut half = MaybeUninit::<[[L::Vector; PATCH]; TILE]>::uninit();
        let half = half.as_mut_ptr().cast::<L::Vector>();
        for x in 0..PATCH {
            let column = loads::<L>(from.add(x * stride), PATCH * stride);
            let column = output_column::<L>(constants, column);
            for (y, value) in column.into_iter().enumerate() {
                half.add(y * PATCH + x).write(value);
            }
        }
        for y in 0..TILE {
            let values = half.add(y * PATCH).cast::<[L::Vector; PATCH]>().read();
            let values = output_column::<L>(constants, values);
            for (x, value) in values.into_iter().enumerate() {
                // This order of the operands keeps NaN, so that an overflow is noticed.
                let value = L::max(L::zero(), L::add(value, bias));
                L::store(value, to.add(y * row + x * L::WIDTH));
            }
        }
    }
}
