//! What a core's lanes can do at most in a page: they multiply and add, and touch no memory.

use std::arch::wasm32::*;

/// Sums that do not wait for one another: enough to hide the latency of a product and its sum.
const SUMS: usize = 12;

/// A run's multiplications and additions, in each lane of each sum.
const STEPS: usize = 1 << 20;

/// Floats multiplied or added by [`run`].
#[unsafe(no_mangle)]
pub extern "C" fn operations() -> f64 {
    (2 * 4 * SUMS * STEPS) as f64
}

/// Something that depends on all that was computed.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> f32 {
    let [factor, term] = std::hint::black_box([f32x4_splat(0.5), f32x4_splat(1.0)]);
    let mut sums = [f32x4_splat(0.0); SUMS];
    for _ in 0..STEPS {
        for sum in &mut sums {
            *sum = multiply_add(*sum, factor, term);
        }
    }
    let total = sums.into_iter().fold(f32x4_splat(0.0), |total, sum| f32x4_add(total, sum));
    f32x4_extract_lane::<0>(total) + f32x4_extract_lane::<3>(total)
}

#[cfg(target_feature = "relaxed-simd")]
fn multiply_add(sum: v128, factor: v128, term: v128) -> v128 {
    f32x4_relaxed_madd(sum, factor, term)
}

#[cfg(not(target_feature = "relaxed-simd"))]
fn multiply_add(sum: v128, factor: v128, term: v128) -> v128 {
    f32x4_add(f32x4_mul(sum, factor), term)
}
