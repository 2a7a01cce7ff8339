//! The vector operations that the kernels need from a machine.

#[cfg(target_arch = "aarch64")]
pub(super) mod arm;
#[cfg(target_arch = "wasm32")]
pub(super) mod wasm;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86;

/// The vectors of a machine, `WIDTH` floats each.
///
/// # Safety
/// The machine must have the instructions. Loads and stores need `WIDTH` values at the pointer, aligned as their type.
pub(super) trait Lanes {
    const WIDTH: usize;
    /// The most blocks of output channels that are computed together. With four tiles this gives enough sums to hide
    /// the latency of additions, and leaves registers for the factors.
    const PANEL: usize;
    /// The number of pairs of rows of coefficients whose weights are transformed together: all of them where
    /// transforming is expensive, one where writing is expensive.
    const PAIRS: usize;
    /// The most floats of transformed weights that are computed once for a whole map. More weights are transformed a
    /// part at a time, which is better where products are so fast that they would wait for memory.
    const RESIDENT: usize;
    type Vector: Copy;

    unsafe fn load(from: *const f32) -> Self::Vector;
    /// Loads 8-bit codes and converts them to floats.
    unsafe fn load_codes(from: *const i8) -> Self::Vector;
    unsafe fn store(vector: Self::Vector, to: *mut f32);
    /// Loads one float into every lane.
    unsafe fn splat(from: *const f32) -> Self::Vector;
    unsafe fn zero() -> Self::Vector;
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b + c`
    unsafe fn mul_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// `c - a * b`
    unsafe fn mul_sub(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// `a` where it is greater than `b`, else `b`.
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector;
}

/// Four floats without special instructions. The tests compare the other vectors with these.
pub(super) struct Portable;

impl Lanes for Portable {
    const WIDTH: usize = 4;
    const PANEL: usize = 2;
    const PAIRS: usize = 5;
    const RESIDENT: usize = 3 << 19;
    type Vector = [f32; 4];

    #[inline(always)]
    unsafe fn load(from: *const f32) -> [f32; 4] {
        // SAFETY: the caller gives four floats.
        unsafe { from.cast::<[f32; 4]>().read() }
    }

    #[inline(always)]
    unsafe fn load_codes(from: *const i8) -> [f32; 4] {
        // SAFETY: the caller gives four codes.
        unsafe { from.cast::<[i8; 4]>().read() }.map(f32::from)
    }

    #[inline(always)]
    unsafe fn store(vector: [f32; 4], to: *mut f32) {
        // SAFETY: the caller gives room for four floats.
        unsafe { to.cast::<[f32; 4]>().write(vector) }
    }

    #[inline(always)]
    unsafe fn splat(from: *const f32) -> [f32; 4] {
        // SAFETY: the caller gives a float.
        [unsafe { from.read() }; 4]
    }

    #[inline(always)]
    unsafe fn zero() -> [f32; 4] {
        [0.0; 4]
    }

    #[inline(always)]
    unsafe fn add(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
        lanewise(|lane| a[lane] + b[lane])
    }

    #[inline(always)]
    unsafe fn sub(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
        lanewise(|lane| a[lane] - b[lane])
    }

    #[inline(always)]
    unsafe fn mul(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
        lanewise(|lane| a[lane] * b[lane])
    }

    #[inline(always)]
    unsafe fn mul_add(a: [f32; 4], b: [f32; 4], c: [f32; 4]) -> [f32; 4] {
        lanewise(|lane| a[lane] * b[lane] + c[lane])
    }

    #[inline(always)]
    unsafe fn mul_sub(a: [f32; 4], b: [f32; 4], c: [f32; 4]) -> [f32; 4] {
        lanewise(|lane| c[lane] - a[lane] * b[lane])
    }

    #[inline(always)]
    unsafe fn max(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
        lanewise(|lane| if a[lane] > b[lane] { a[lane] } else { b[lane] })
    }
}

#[inline(always)]
fn lanewise(value: impl Fn(usize) -> f32) -> [f32; 4] {
    std::array::from_fn(value)
}
