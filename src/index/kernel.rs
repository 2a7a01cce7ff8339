//! The scan over packed codes: dot products of 16-bit weights with the levels of codes.
//!
//! All sums are integers, so every machine computes the same scores to the last bit.

#[cfg(any(target_arch = "aarch64", target_arch = "x86_64", target_arch = "wasm32"))]
use crate::embedding::BLOCK;
use crate::embedding::Form;

/// Computes the score of each row: the sum over its codes of weight times level; 0 where rows have no codes.
///
/// The caller keeps the sum of the absolute weights below 2^23, so that no sum of two scores overflows.
///
/// # Panics
/// Where the lengths do not fit together.
pub fn scan(form: &Form, weights: &[i16], rows: &[u8], scores: &mut [i32]) {
    assert_eq!(weights.len(), form.codes(), "a weight for each code");
    assert_eq!(rows.len(), scores.len() * form.bytes(), "whole rows");
    machine(form, weights, rows, scores);
}

#[cfg(target_arch = "aarch64")]
use arm::scan as machine;
#[cfg(target_arch = "wasm32")]
use wasm::scan as machine;

/// Scans with the best instructions of this machine.
#[cfg(not(any(target_arch = "aarch64", target_arch = "wasm32")))]
fn machine(form: &Form, weights: &[i16], rows: &[u8], scores: &mut [i32]) {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
        // SAFETY: the machine has AVX2, and the caller has checked the lengths.
        return unsafe { x86::scan(form, weights, rows, scores) };
    }
    portable(form, weights, rows, scores);
}

/// The definition, for machines without a kernel.
#[cfg(not(any(target_arch = "aarch64", target_arch = "wasm32")))]
fn portable(form: &Form, weights: &[i16], rows: &[u8], scores: &mut [i32]) {
    scores.fill(0);
    for (row, score) in rows.chunks_exact(form.bytes().max(1)).zip(scores) {
        let products = form.levels(row).zip(weights).map(|(a, &b)| i32::from(a) * i32::from(b));
        *score = products.sum();
    }
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use std::arch::aarch64::*;

    use super::{BLOCK, Form};

    /// Scans with NEON, which every machine of this architecture has.
    pub(super) fn scan(form: &Form, weights: &[i16], rows: &[u8], scores: &mut [i32]) {
        assert!(weights.len() == form.codes() && rows.len() == scores.len() * form.bytes());
        // SAFETY: every load is of 16 bytes of a table, of a block of a row, or of 8 weights; there is a weight for
        // each code of the blocks.
        unsafe {
            let sixteen = vld1q_u8(form.sixteen.as_ptr().cast());
            let four = u32::from_le_bytes(form.four.map(|level| level as u8));
            let four = vreinterpretq_u8_u32(vdupq_n_u32(four));
            let mut block = rows.as_ptr();
            for score in scores {
                let mut weight = weights.as_ptr();
                let mut sums = [vdupq_n_s32(0); 4];
                let mut add = |levels: uint8x16_t| {
                    let levels = vreinterpretq_s8_u8(levels);
                    let (low, high) = (vmovl_s8(vget_low_s8(levels)), vmovl_high_s8(levels));
                    let (first, second) = (vld1q_s16(weight), vld1q_s16(weight.add(8)));
                    weight = weight.add(16);
                    sums[0] = vmlal_s16(sums[0], vget_low_s16(low), vget_low_s16(first));
                    sums[1] = vmlal_high_s16(sums[1], low, first);
                    sums[2] = vmlal_s16(sums[2], vget_low_s16(high), vget_low_s16(second));
                    sums[3] = vmlal_high_s16(sums[3], high, second);
                };
                for _ in 0..form.blocks[0] {
                    add(vld1q_u8(block));
                    block = block.add(BLOCK);
                }
                for _ in 0..form.blocks[1] {
                    let codes = vld1q_u8(block);
                    block = block.add(BLOCK);
                    add(vqtbl1q_u8(sixteen, vandq_u8(codes, vdupq_n_u8(15))));
                    add(vqtbl1q_u8(sixteen, vshrq_n_u8::<4>(codes)));
                }
                for _ in 0..form.blocks[2] {
                    let codes = vld1q_u8(block);
                    block = block.add(BLOCK);
                    let low = vdupq_n_u8(3);
                    add(vqtbl1q_u8(four, vandq_u8(codes, low)));
                    add(vqtbl1q_u8(four, vandq_u8(vshrq_n_u8::<2>(codes), low)));
                    add(vqtbl1q_u8(four, vandq_u8(vshrq_n_u8::<4>(codes), low)));
                    add(vqtbl1q_u8(four, vshrq_n_u8::<6>(codes)));
                }
                let pairs = [vaddq_s32(sums[0], sums[1]), vaddq_s32(sums[2], sums[3])];
                *score = vaddvq_s32(vaddq_s32(pairs[0], pairs[1]));
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{BLOCK, Form};

    /// # Safety
    /// The machine has AVX2; there is a weight for each code of a row, and a score for each row.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn scan(form: &Form, weights: &[i16], rows: &[u8], scores: &mut [i32]) {
        // SAFETY: every load is of 16 bytes of a table, of a block of a row, or of 16 weights; there is a weight for
        // each code of the blocks.
        unsafe {
            let sixteen = _mm_loadu_si128(form.sixteen.as_ptr().cast());
            let four = _mm_set1_epi32(i32::from_le_bytes(form.four.map(|level| level as u8)));
            let mut block = rows.as_ptr();
            for score in scores {
                let mut weight = weights.as_ptr();
                let mut sums = [_mm256_setzero_si256(); 2];
                let mut add = |levels: __m128i, to: usize| {
                    let weights = _mm256_loadu_si256(weight.cast());
                    weight = weight.add(16);
                    let products = _mm256_madd_epi16(_mm256_cvtepi8_epi16(levels), weights);
                    sums[to] = _mm256_add_epi32(sums[to], products);
                };
                for _ in 0..form.blocks[0] {
                    add(_mm_loadu_si128(block.cast()), 0);
                    block = block.add(BLOCK);
                }
                for _ in 0..form.blocks[1] {
                    let codes = _mm_loadu_si128(block.cast());
                    block = block.add(BLOCK);
                    let low = _mm_set1_epi8(15);
                    add(_mm_shuffle_epi8(sixteen, _mm_and_si128(codes, low)), 0);
                    let high = _mm_and_si128(_mm_srli_epi16::<4>(codes), low);
                    add(_mm_shuffle_epi8(sixteen, high), 1);
                }
                for _ in 0..form.blocks[2] {
                    let codes = _mm_loadu_si128(block.cast());
                    block = block.add(BLOCK);
                    let low = _mm_set1_epi8(3);
                    add(_mm_shuffle_epi8(four, _mm_and_si128(codes, low)), 0);
                    let second = _mm_and_si128(_mm_srli_epi16::<2>(codes), low);
                    add(_mm_shuffle_epi8(four, second), 1);
                    let third = _mm_and_si128(_mm_srli_epi16::<4>(codes), low);
                    add(_mm_shuffle_epi8(four, third), 0);
                    let fourth = _mm_and_si128(_mm_srli_epi16::<6>(codes), low);
                    add(_mm_shuffle_epi8(four, fourth), 1);
                }
                *score = sum(_mm256_add_epi32(sums[0], sums[1]));
            }
        }
    }

    #[target_feature(enable = "avx2")]
    fn sum(lanes: __m256i) -> i32 {
        let four =
            _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256::<1>(lanes));
        let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b1110>(four));
        _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<1>(two)))
    }
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use std::arch::wasm32::*;

    use super::{BLOCK, Form};

    /// Scans with SIMD. There is a weight for each code of a row, and a score for each row.
    pub(super) fn scan(form: &Form, weights: &[i16], rows: &[u8], scores: &mut [i32]) {
        assert!(weights.len() == form.codes() && rows.len() == scores.len() * form.bytes());
        // SAFETY: every load is of 16 bytes of a table, of a block of a row, or of 8 weights; there is a weight for
        // each code of the blocks.
        unsafe {
            let sixteen = v128_load(form.sixteen.as_ptr().cast());
            let four = i32x4_splat(i32::from_le_bytes(form.four.map(|level| level as u8)));
            let mut block = rows.as_ptr();
            for score in scores {
                let mut weight = weights.as_ptr();
                let mut sums = [i32x4_splat(0); 2];
                let mut add = |levels: v128| {
                    let low =
                        i32x4_dot_i16x8(i16x8_extend_low_i8x16(levels), v128_load(weight.cast()));
                    let high = i32x4_dot_i16x8(
                        i16x8_extend_high_i8x16(levels),
                        v128_load(weight.add(8).cast()),
                    );
                    weight = weight.add(16);
                    sums = [i32x4_add(sums[0], low), i32x4_add(sums[1], high)];
                };
                for _ in 0..form.blocks[0] {
                    add(v128_load(block.cast()));
                    block = block.add(BLOCK);
                }
                for _ in 0..form.blocks[1] {
                    let codes = v128_load(block.cast());
                    block = block.add(BLOCK);
                    add(i8x16_swizzle(sixteen, v128_and(codes, i8x16_splat(15))));
                    add(i8x16_swizzle(sixteen, u8x16_shr(codes, 4)));
                }
                for _ in 0..form.blocks[2] {
                    let codes = v128_load(block.cast());
                    block = block.add(BLOCK);
                    add(i8x16_swizzle(four, v128_and(codes, i8x16_splat(3))));
                    add(i8x16_swizzle(four, v128_and(u8x16_shr(codes, 2), i8x16_splat(3))));
                    add(i8x16_swizzle(four, v128_and(u8x16_shr(codes, 4), i8x16_splat(3))));
                    add(i8x16_swizzle(four, u8x16_shr(codes, 6)));
                }
                let both = i32x4_add(sums[0], sums[1]);
                let two = i32x4_add(both, i32x4_shuffle::<2, 3, 2, 3>(both, both));
                *score = i32x4_extract_lane::<0>(two) + i32x4_extract_lane::<1>(two);
            }
        }
    }
}
