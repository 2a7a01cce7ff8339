//! What the kernels need of a machine: vectors of 32-bit floats and nine things to do with them.

#[cfg(target_arch = "wasm32")]
pub(super) mod wasm;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86;

/// A machine's vectors, `WIDTH` floats each.
///
/// # Safety
/// Every method needs the instructions of its machine; the loads and stores need `WIDTH` values at
/// the pointer, aligned as their type.
pub(super) trait Lanes {
    const WIDTH: usize;
    /// The most blocks of output channels that are computed together: with four tiles, sums enough to
    /// hide the latency of additions, and registers left for their terms.
    const PANEL: usize;
    /// Pairs of rows of coefficients whose weights are transformed together: all where transforming is
    /// dear, one where writing is.
    const PAIRS: usize;
    /// Transformed weights of up to this many floats are made once a map; more, a part at a time, which
    /// is better where products are so quick that they would wait for memory.
    const RESIDENT: usize;
    type Vector: Copy;

    unsafe fn load(from: *const f32) -> Self::Vector;
    /// 8-bit codes as floats.
    unsafe fn load_codes(from: *const i8) -> Self::Vector;
    unsafe fn store(vector: Self::Vector, to: *mut f32);
    /// The float at the pointer in every lane.
    unsafe fn splat(from: *const f32) -> Self::Vector;
    unsafe fn zero() -> Self::Vector;
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b + c`
    unsafe fn mul_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// `c - a * b`
    unsafe fn mul_sub(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// `a` where it is more than `b`, else `b`.
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector;
}

/// Four floats and no instruction that a machine may lack: what the others are tested against.
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
