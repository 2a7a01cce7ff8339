//! Sums -> outputs: scale, bias, ReLU and any pooling.

use half::bf16;

use super::layout::{BLOCK, Scaling, Window};

/// Finishes sums and writes the outputs. Both slices begin with the first position's.
pub(super) type Finish<T> = fn(&[f32], Window, Scaling<'_>, &mut [T]);

/// A number as which outputs are stored.
pub(super) trait Output: Copy {
    fn of(value: f32) -> Self;
}

impl Output for f32 {
    #[inline(always)]
    fn of(value: f32) -> f32 {
        value
    }
}

impl Output for bf16 {
    /// Rounds to the nearest, as `bf16::from_f32` does, but without a branch. NaN stays NaN as processors make it.
    #[inline(always)]
    fn of(value: f32) -> bf16 {
        let bits = value.to_bits();
        bf16::from_bits(((bits + 0x7fff + (bits >> 16 & 1)) >> 16) as u16)
    }
}

/// See [`Finish`]. It is compiled for the instructions of its caller.
#[inline(always)]
pub(super) fn finish<T: Output>(
    sums: &[f32],
    window: Window,
    Scaling { scales, bias }: Scaling<'_>,
    outputs: &mut [T],
) {
    let sums = sums.as_chunks::<BLOCK>().0;
    let step = if window.pooled { 2 } else { 1 };
    let [rows, columns] = window.size.map(|side| side / step);
    for row in 0..rows {
        let sums = &sums[row * step * window.pitch..];
        let outputs = &mut outputs[row * window.row..];
        for column in 0..columns {
            let mut largest = [0f32; BLOCK];
            for place in 0..step * step {
                let sums = &sums[column * step + place % 2 + place / 2 * window.pitch];
                for channel in 0..BLOCK {
                    let value = sums[channel] * scales[channel] + bias[channel];
                    // This comparison keeps NaN, so that an overflow is noticed.
                    largest[channel] =
                        if largest[channel] > value { largest[channel] } else { value };
                }
            }
            let to = &mut outputs[column * window.position..][..BLOCK];
            to.iter_mut().zip(largest).for_each(|(to, value)| *to = T::of(value));
        }
    }
}
