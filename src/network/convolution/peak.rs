//! Measures the peak rate of a core's vector instructions, for a profile.

use super::lanes::Lanes;

/// The number of independent sums, enough to hide the latency of a multiplication with addition.
pub(super) const SUMS: usize = 12;

/// Multiplies and adds `times` times in each lane of [`SUMS`] vectors, without access to memory.
///
/// # Safety
/// The machine has the instructions.
#[inline(always)]
pub(super) unsafe fn peak<L: Lanes>(times: usize) -> f32 {
    let [factor, term] = std::hint::black_box([0.5f32, 1.0]);
    // SAFETY: the caller vouches for the instructions; the pointers are to variables of this function.
    unsafe {
        let (factor, term) = (L::splat(&factor), L::splat(&term));
        let mut sums = [L::zero(); SUMS];
        for _ in 0..times {
            for sum in &mut sums {
                *sum = L::mul_add(*sum, factor, term);
            }
        }
        let total = sums.into_iter().fold(L::zero(), |total, sum| L::add(total, sum));
        let mut lanes = [0.0; super::layout::WIDEST];
        L::store(total, lanes.as_mut_ptr());
        lanes.iter().sum()
    }
}
