//! The functions that a machine's instructions compute.

use half::bf16;

use super::finish::Finish;
use super::layout::Taps;

/// What the convolutions call.
pub(in super::super) struct Kernel {
    /// Computes the sums of blocks of 32 positions with one block of 32 outputs, `[position][output] f32`, from values
    /// that begin with the first position's. Weights are `[plane][tap][half of the outputs][16 pairs of inputs][16
    /// outputs][2]`.
    ///
    /// # Panics
    /// Where a slice is too short.
    pub(super) multiply: fn(&[bf16], &Taps, &[bf16], &mut [f32]),
    /// Finishes sums as the input of the next convolution.
    pub(super) halves: Finish<bf16>,
    /// Finishes sums as features.
    pub(super) floats: Finish<f32>,
}

/// The kernel of this machine, if its processor has tiles and the system lets this process use them.
pub(in super::super) fn available() -> Option<&'static Kernel> {
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    return super::tiles::kernel();
    #[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
    None
}
