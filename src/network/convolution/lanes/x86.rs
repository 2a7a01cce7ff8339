//! The vectors of x86-64: 256 bits of AVX2 with FMA, and 512 bits of AVX-512F.

use core::arch::x86_64::*;

use super::Lanes;

/// Implements [`Lanes`] with the intrinsics of one width.
macro_rules! lanes {
    ($name:ident, $width:literal, $panel:literal, $resident:expr, $vector:ty, $load:ident, $codes:ident, $store:ident,
     $splat:ident, $zero:ident, $add:ident, $sub:ident, $mul:ident, $mul_add:ident,
     $mul_sub:ident, $max:ident) => {
        pub(in super::super) struct $name;

        // SAFETY (of every block): the caller vouches for the instructions and the pointers.
        impl Lanes for $name {
            const WIDTH: usize = $width;
            const PANEL: usize = $panel;
            const PAIRS: usize = 1;
            const RESIDENT: usize = $resident;
            type Vector = $vector;

            #[inline(always)]
            unsafe fn load(from: *const f32) -> $vector {
                unsafe { $load(from) }
            }

            #[inline(always)]
            unsafe fn load_codes(from: *const i8) -> $vector {
                unsafe { $codes(from) }
            }

            #[inline(always)]
            unsafe fn store(vector: $vector, to: *mut f32) {
                unsafe { $store(to, vector) }
            }

            #[inline(always)]
            unsafe fn splat(from: *const f32) -> $vector {
                unsafe { $splat(*from) }
            }

            #[inline(always)]
            unsafe fn zero() -> $vector {
                unsafe { $zero() }
            }

            #[inline(always)]
            unsafe fn add(a: $vector, b: $vector) -> $vector {
                unsafe { $add(a, b) }
            }

            #[inline(always)]
            unsafe fn sub(a: $vector, b: $vector) -> $vector {
                unsafe { $sub(a, b) }
            }

            #[inline(always)]
            unsafe fn mul(a: $vector, b: $vector) -> $vector {
                unsafe { $mul(a, b) }
            }

            #[inline(always)]
            unsafe fn mul_add(a: $vector, b: $vector, c: $vector) -> $vector {
                unsafe { $mul_add(a, b, c) }
            }

            #[inline(always)]
            unsafe fn mul_sub(a: $vector, b: $vector, c: $vector) -> $vector {
                unsafe { $mul_sub(a, b, c) }
            }

            #[inline(always)]
            unsafe fn max(a: $vector, b: $vector) -> $vector {
                unsafe { $max(a, b) }
            }
        }
    };
}

lanes!(
    Avx2,
    8,
    2,
    3 << 19,
    __m256,
    _mm256_loadu_ps,
    eight_codes,
    _mm256_storeu_ps,
    _mm256_set1_ps,
    _mm256_setzero_ps,
    _mm256_add_ps,
    _mm256_sub_ps,
    _mm256_mul_ps,
    _mm256_fmadd_ps,
    _mm256_fnmadd_ps,
    _mm256_max_ps
);

lanes!(
    Avx512,
    16,
    4,
    3 << 18,
    __m512,
    _mm512_loadu_ps,
    sixteen_codes,
    _mm512_storeu_ps,
    _mm512_set1_ps,
    _mm512_setzero_ps,
    _mm512_add_ps,
    _mm512_sub_ps,
    _mm512_mul_ps,
    _mm512_fmadd_ps,
    _mm512_fnmadd_ps,
    _mm512_max_ps
);

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn eight_codes(from: *const i8) -> __m256 {
    // SAFETY: the caller gives eight codes.
    let codes = unsafe { _mm_loadl_epi64(from.cast()) };
    _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(codes))
}

#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn sixteen_codes(from: *const i8) -> __m512 {
    // SAFETY: the caller gives sixteen codes.
    let codes = unsafe { _mm_loadu_si128(from.cast()) };
    _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(codes))
}
