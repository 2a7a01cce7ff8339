//! The 128-bit vectors of WebAssembly. With `relaxed-simd`, a multiplication with addition is rounded once.

use core::arch::wasm32::*;

use super::Lanes;

pub(in super::super) struct Simd128;

impl Lanes for Simd128 {
    const WIDTH: usize = 4;
    const PANEL: usize = 2;
    const PAIRS: usize = 5;
    const RESIDENT: usize = 3 << 19;
    type Vector = v128;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> v128 {
        // SAFETY: the caller gives four floats.
        unsafe { v128_load(from.cast()) }
    }

    #[inline(always)]
    unsafe fn load_codes(from: *const i8) -> v128 {
        // SAFETY: the caller gives four codes.
        let codes = i16x8_extend_low_i8x16(unsafe { v128_load32_zero(from.cast()) });
        f32x4_convert_i32x4(i32x4_extend_low_i16x8(codes))
    }

    #[inline(always)]
    unsafe fn store(vector: v128, to: *mut f32) {
        // SAFETY: the caller gives room for four floats.
        unsafe { v128_store(to.cast(), vector) }
    }

    #[inline(always)]
    unsafe fn splat(from: *const f32) -> v128 {
        // SAFETY: the caller gives a float.
        unsafe { v128_load32_splat(from.cast()) }
    }

    #[inline(always)]
    unsafe fn zero() -> v128 {
        f32x4_splat(0.0)
    }

    #[inline(always)]
    unsafe fn add(a: v128, b: v128) -> v128 {
        f32x4_add(a, b)
    }

    #[inline(always)]
    unsafe fn sub(a: v128, b: v128) -> v128 {
        f32x4_sub(a, b)
    }

    #[inline(always)]
    unsafe fn mul(a: v128, b: v128) -> v128 {
        f32x4_mul(a, b)
    }

    #[inline(always)]
    unsafe fn mul_add(a: v128, b: v128, c: v128) -> v128 {
        #[cfg(target_feature = "relaxed-simd")]
        return f32x4_relaxed_madd(a, b, c);
        #[cfg(not(target_feature = "relaxed-simd"))]
        f32x4_add(f32x4_mul(a, b), c)
    }

    #[inline(always)]
    unsafe fn mul_sub(a: v128, b: v128, c: v128) -> v128 {
        #[cfg(target_feature = "relaxed-simd")]
        return f32x4_relaxed_nmadd(a, b, c);
        #[cfg(not(target_feature = "relaxed-simd"))]
        f32x4_sub(c, f32x4_mul(a, b))
    }

    #[inline(always)]
    unsafe fn max(a: v128, b: v128) -> v128 {
        f32x4_pmax(b, a)
    }
}
