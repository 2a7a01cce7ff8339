//! The loops of the kernels over the quads of a map, one source for every machine.
//!
//! A quad has 14 x 14 positions, which are 2 x 2 tiles. This is the smallest number of tiles with an even side, so that
//! no window of a 2x2 pooling lies in two quads. Its four tiles are the rows of one step of the matrix product.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::first::SIDE;
use super::lanes::Lanes;
use super::layout::{
    COEFFICIENTS, GROUP, InputStrides, PATCH, Plane, QUAD, TILE, TILES, WIDEST, WeightStrides,
    Window,
};
use super::winograd::{self, Constants};

/// Transforms a quad of one block of channels.
///
/// # Safety
/// The machine has the instructions; the plane can be read and the outputs can be written.
#[inline(always)]
pub(super) unsafe fn input<L: Lanes>(
    constants: &Constants,
    plane: Plane,
    [quad_row, quad_column]: [usize; 2],
    to: *mut f32,
    strides: InputStrides,
) {
    for tile in 0..TILES {
        let top = quad_row * QUAD + tile / 2 * TILE;
        let left = quad_column * QUAD + tile % 2 * TILE;
        let (border, row) = (plane.border, (plane.width + 2 * plane.border) * L::WIDTH);
        let is_inside = top + border > 0
            && left + border > 0
            && top + TILE < plane.height + border
            && left + TILE < plane.width + border;
        // SAFETY: the patch of an inner tile, one position larger on each side, lies in the plane; the patch of another
        // tile is copied as far as it lies in the plane.
        unsafe {
            let mut rows = [to.add(tile * GROUP); PATCH];
            for (y, row) in rows.iter_mut().enumerate() {
                let (band, y) = (y / (2 * L::PAIRS), y % (2 * L::PAIRS));
                *row = row.add(band * strides.band + y * PATCH * strides.coefficient);
            }
            if is_inside {
                let from =
                    plane.values.add((top + border - 1) * row + (left + border - 1) * L::WIDTH);
                winograd::input::<L>(constants, from, row, rows, strides.coefficient);
            } else {
                let mut patch = [0.0; COEFFICIENTS * WIDEST];
                copy_patch::<L>(plane, [top, left], &mut patch);
                let row = PATCH * L::WIDTH;
                winograd::input::<L>(constants, patch.as_ptr(), row, rows, strides.coefficient);
            }
        }
    }
}

/// Copies the part in the map of the 9 x 9 positions around a tile at its edge. The map has no border.
#[inline(always)]
unsafe fn copy_patch<L: Lanes>(
    plane: Plane,
    [top, left]: [usize; 2],
    patch: &mut [f32; COEFFICIENTS * WIDEST],
) {
    for y in (1 - top.min(1))..PATCH.min((plane.height + 1).saturating_sub(top)) {
        for x in (1 - left.min(1))..PATCH.min((plane.width + 1).saturating_sub(left)) {
            let place = (top + y - 1) * plane.width + left + x - 1;
            // SAFETY: both indices stay within the plane and the patch.
            unsafe {
                let value = L::load(plane.values.add(place * L::WIDTH));
                L::store(value, patch.as_mut_ptr().add((y * PATCH + x) * L::WIDTH));
            }
        }
    }
}

/// Transforms a quad's products of one block of channels into outputs, adds the bias, and applies ReLU and, where
/// wanted, the pooling. The products are `[tile][lane]` for each coefficient, the coefficients `stride` floats apart.
///
/// # Safety
/// As [`input`].
#[inline(always)]
pub(super) unsafe fn output<L: Lanes>(
    constants: &Constants,
    (from, stride): (*const f32, usize),
    bias: *const f32,
    window: Window,
) {
    let is_whole = window.height == QUAD && window.width == QUAD && !window.pooled;
    let mut places = MaybeUninit::<[f32; QUAD * QUAD * WIDEST]>::uninit();
    let (to, row) = if is_whole {
        (window.values, window.row)
    } else {
        (places.as_mut_ptr().cast::<f32>(), QUAD * L::WIDTH)
    };
    // SAFETY: the window holds a whole quad, or `places` does; all of it is written before it is read.
    unsafe {
        let bias = L::load(bias);
        for tile in 0..TILES {
            let from = from.add(tile * L::WIDTH);
            let to = to.add(tile / 2 * TILE * row + tile % 2 * TILE * L::WIDTH);
            winograd::output::<L>(constants, (from, stride), bias, to, row);
        }
        if !is_whole {
            write::<L>(to, window);
        }
    }
}

/// Copies or pools the part of a quad that lies in the map to its window.
#[inline(always)]
unsafe fn write<L: Lanes>(from: *const f32, window: Window) {
    let step = if window.pooled { 2 } else { 1 };
    let row = QUAD * L::WIDTH;
    for y in 0..window.height / step {
        for x in 0..window.width / step {
            // SAFETY: the caller vouches for the window; `from` is a whole quad.
            unsafe {
                let from = from.add(y * step * row + x * step * L::WIDTH);
                let mut value = L::load(from);
                if window.pooled {
                    let right = L::load(from.add(L::WIDTH));
                    let (left, below) = (L::load(from.add(row)), L::load(from.add(row + L::WIDTH)));
                    value = L::max(L::max(value, right), L::max(left, below));
                }
                L::store(value, window.values.add(y * window.row + x * L::WIDTH));
            }
        }
    }
}

/// Transforms the kernels of a block of output channels for the given input channels. They are stored as
/// `[input][9][lane]` and are multiplied by the scales first.
///
/// # Safety
/// As [`input`].
#[inline(always)]
pub(super) unsafe fn expand<L: Lanes, W: Weight>(
    constants: &Constants,
    (weights, scales): (*const W, *const f32),
    (inputs, pairs): (Range<usize>, Range<usize>),
    to: *mut f32,
    strides: WeightStrides,
) {
    for (at, input) in inputs.enumerate() {
        // SAFETY: the caller vouches for the lengths.
        unsafe {
            let scale = L::load(scales);
            let from = weights.add(input * 9 * L::WIDTH);
            let mut taps = [scale; 9];
            for (tap, weight) in taps.iter_mut().enumerate() {
                *weight = L::mul(W::load::<L>(from.add(tap * L::WIDTH)), scale);
            }
            let to = to.add(at * strides.input);
            winograd::weights::<L>(constants, taps, pairs.clone(), to, strides.coefficient);
        }
    }
}

/// A stored weight.
pub(super) trait Weight: Copy {
    /// # Safety
    /// As [`Lanes`].
    unsafe fn load<L: Lanes>(from: *const Self) -> L::Vector;
}

impl Weight for f32 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(from: *const f32) -> L::Vector {
        // SAFETY: the caller's.
        unsafe { L::load(from) }
    }
}

impl Weight for i8 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(from: *const i8) -> L::Vector {
        // SAFETY: the caller's.
        unsafe { L::load_codes(from) }
    }
}

/// Multiplies, for each coefficient of a band and each quad, the inputs of the four tiles by the kernels of the panel.
/// Where `is_continued`, the results are added to the products. Products are `[quad][coefficient][vector][tile][lane]`.
///
/// # Safety
/// As [`input`].
#[inline(always)]
pub(super) unsafe fn multiply<L: Lanes, const VECTORS: usize>(
    (values, inputs): (*const f32, InputStrides),
    (weights, panel): (*const f32, WeightStrides),
    products: *mut f32,
    [channels, quads, coefficients]: [usize; 3],
    is_continued: bool,
) {
    let block_length = VECTORS * TILES * L::WIDTH;
    for coefficient in 0..coefficients {
        for quad in 0..quads {
            // SAFETY: the caller vouches for the memory that the strides reach.
            unsafe {
                let values = values.add(quad * inputs.quad + coefficient * inputs.coefficient);
                let weights = weights.add(coefficient * panel.coefficient);
                let products = products.add((quad * COEFFICIENTS + coefficient) * block_length);
                let place =
                    |vector: usize, of: usize| products.add((vector * TILES + of) * L::WIDTH);
                let mut sums: [[L::Vector; TILES]; VECTORS] = [[L::zero(); TILES]; VECTORS];
                if is_continued {
                    for (vector, sums) in sums.iter_mut().enumerate() {
                        for (of, sum) in sums.iter_mut().enumerate() {
                            *sum = L::load(place(vector, of));
                        }
                    }
                }
                let sums = sums_of::<L, VECTORS>((values, inputs.group), weights, channels, sums);
                for (vector, sums) in sums.into_iter().enumerate() {
                    for (of, sum) in sums.into_iter().enumerate() {
                        L::store(sum, place(vector, of));
                    }
                }
            }
        }
    }
}

/// The innermost loop of the product: four tiles by `VECTORS` vectors of outputs, all in registers.
#[inline(always)]
unsafe fn sums_of<L: Lanes, const VECTORS: usize>(
    (mut values, group_stride): (*const f32, usize),
    mut kernels: *const f32,
    mut channels: usize,
    mut sums: [[L::Vector; TILES]; VECTORS],
) -> [[L::Vector; TILES]; VECTORS] {
    while channels > 0 {
        let group = channels.min(GROUP);
        for channel in 0..group {
            // SAFETY: the caller vouches for the memory that the strides reach.
            unsafe {
                let values = values.add(channel);
                accumulate::<L, VECTORS, TILES>((values, GROUP), kernels, &mut sums);
                kernels = kernels.add(VECTORS * L::WIDTH);
            }
        }
        values = values.wrapping_add(group_stride);
        channels -= group;
    }
    sums
}

/// Adds the products of one channel to the sums.
#[inline(always)]
unsafe fn accumulate<L: Lanes, const VECTORS: usize, const ROWS: usize>(
    (values, stride): (*const f32, usize),
    kernels: *const f32,
    sums: &mut [[L::Vector; ROWS]; VECTORS],
) {
    // SAFETY: the caller vouches for a value of each row and for `VECTORS` vectors of kernels.
    unsafe {
        let mut kernel = [L::zero(); VECTORS];
        for (vector, kernel) in kernel.iter_mut().enumerate() {
            *kernel = L::load(kernels.add(vector * L::WIDTH));
        }
        for of in 0..ROWS {
            let value = L::splat(values.add(of * stride));
            for (sums, kernel) in sums.iter_mut().zip(kernel) {
                sums[of] = L::mul_add(value, kernel, sums[of]);
            }
        }
    }
}

/// The network's first convolution, by the definition. It computes a patch of `SIDE` x `SIDE` positions of `VECTORS`
/// blocks, `[block][y][x][lane]`, from three planes, `PLACES` positions of a row at a time.
///
/// # Safety
/// As [`input`]; the planes begin one position above and to the left of the patch.
#[inline(always)]
pub(super) unsafe fn first<L: Lanes, const VECTORS: usize, const PLACES: usize>(
    (planes, plane, row): (*const f32, usize, usize),
    (weights, bias): (*const f32, *const f32),
    to: *mut f32,
) {
    for (y, x) in (0..SIDE).flat_map(|y| (0..SIDE).step_by(PLACES).map(move |x| (y, x))) {
        // SAFETY: the caller vouches for the planes, for 27 vectors of weights per block, and for the patch.
        unsafe {
            let mut sums = [[L::zero(); PLACES]; VECTORS];
            for (vector, sums) in sums.iter_mut().enumerate() {
                *sums = [L::load(bias.add(vector * L::WIDTH)); PLACES];
            }
            let mut weights = weights;
            for line in 0..9 {
                let from = planes.add(line / 3 * plane + (line % 3 + y) * row + x);
                for tap in 0..3 {
                    accumulate::<L, VECTORS, PLACES>((from.add(tap), 1), weights, &mut sums);
                    weights = weights.add(VECTORS * L::WIDTH);
                }
            }
            for (vector, sums) in sums.into_iter().enumerate() {
                for (of, sum) in sums.into_iter().enumerate() {
                    let place = (vector * SIDE + y) * SIDE + x + of;
                    L::store(L::max(L::zero(), sum), to.add(place * L::WIDTH));
                }
            }
        }
    }
}
