//! The kernels of all machines, compiled from the one source in [`super::quad`].

use std::ops::Range;

use super::kernel::Kernel;
#[cfg(target_arch = "aarch64")]
use super::lanes::arm::Neon;
#[cfg(target_arch = "wasm32")]
use super::lanes::wasm::Simd128;
#[cfg(target_arch = "x86_64")]
use super::lanes::x86::{Avx2, Avx512};
use super::lanes::{Lanes, Portable};
use super::layout::{InputStrides, Plane, WeightStrides, Window};
use super::quad;
use super::winograd::Constants;

/// Stored weights, `[input][9][lane]`.
#[derive(Clone, Copy)]
pub(super) enum Stored<'a> {
    Codes(&'a [i8]),
    Floats(&'a [f32]),
}

/// Transformed inputs and their strides.
pub(super) type Inputs = (*const f32, InputStrides);

/// Transformed weights and their strides.
pub(super) type Weights = (*const f32, WeightStrides);

/// Input channels, and pairs of rows of coefficients.
pub(super) type Ranges = (Range<usize>, Range<usize>);

/// Products of one block, and the stride between coefficients in floats.
pub(super) type Products = (*const f32, usize);

/// Planes with a border, and the strides between planes and between rows in floats.
pub(super) type Planes = (*const f32, usize, usize);

/// The functions of one machine; see the functions of the same names in [`super::quad`].
///
/// # Safety
/// The machine must have the instructions that a function is compiled for, and the function must own the memory that it
/// reaches.
pub(super) struct Functions {
    pub(super) input: unsafe fn(&Constants, Plane, [usize; 2], *mut f32, InputStrides),
    pub(super) expand:
        unsafe fn(&Constants, (Stored<'_>, *const f32), Ranges, *mut f32, WeightStrides),
    pub(super) multiply: unsafe fn([usize; 4], Inputs, Weights, *mut f32, bool),
    pub(super) output: unsafe fn(&Constants, Products, *const f32, Window),
    pub(super) first: unsafe fn(Planes, usize, (*const f32, *const f32), *mut f32),
    #[cfg(feature = "native")]
    pub(super) sums: unsafe fn(Planes, usize, (*const f32, *const f32), *mut f32),
    #[cfg(feature = "native")]
    pub(super) peak: unsafe fn(usize) -> f32,
}

/// Compiles the kernels for some lanes and the instructions that they need.
macro_rules! kernel {
    ($name:expr, $lanes:ty $(, $feature:literal)?) => {{
        type L = $lanes;

        // SAFETY (of all): the caller vouches for the instructions and the memory.

        $(#[target_feature(enable = $feature)])?
        unsafe fn input(
            constants: &Constants,
            plane: Plane,
            quad: [usize; 2],
            to: *mut f32,
            strides: InputStrides,
        ) {
            unsafe { quad::input::<L>(constants, plane, quad, to, strides) }
        }

        $(#[target_feature(enable = $feature)])?
        unsafe fn expand(
            constants: &Constants,
            (stored, scales): (Stored<'_>, *const f32),
            ranges: Ranges,
            to: *mut f32,
            strides: WeightStrides,
        ) {
            unsafe {
                match stored {
                    Stored::Codes(codes) => {
                        let weights = (codes.as_ptr(), scales);
                        quad::expand::<L, i8>(constants, weights, ranges, to, strides)
                    }
                    Stored::Floats(floats) => {
                        let weights = (floats.as_ptr(), scales);
                        quad::expand::<L, f32>(constants, weights, ranges, to, strides)
                    }
                }
            }
        }

        $(#[target_feature(enable = $feature)])?
        unsafe fn multiply(
            [vectors, channels, quads, coefficients]: [usize; 4],
            inputs: Inputs,
            weights: Weights,
            products: *mut f32,
            is_continued: bool,
        ) {
            let counts = [channels, quads, coefficients];
            unsafe {
                match vectors {
                    1 => quad::multiply::<L, 1>(inputs, weights, products, counts, is_continued),
                    2 => quad::multiply::<L, 2>(inputs, weights, products, counts, is_continued),
                    3 if <L as Lanes>::PANEL > 2 => {
                        quad::multiply::<L, 3>(inputs, weights, products, counts, is_continued)
                    }
                    4 if <L as Lanes>::PANEL > 2 => {
                        quad::multiply::<L, 4>(inputs, weights, products, counts, is_continued)
                    }
                    _ => unreachable!("a panel has no more vectors"),
                }
            }
        }

        $(#[target_feature(enable = $feature)])?
        unsafe fn output(
            constants: &Constants,
            from: Products,
            bias: *const f32,
            window: Window,
        ) {
            unsafe { quad::output::<L>(constants, from, bias, window) }
        }

        $(#[target_feature(enable = $feature)])?
        unsafe fn first(
            planes: Planes,
            vectors: usize,
            weights: (*const f32, *const f32),
            to: *mut f32,
        ) {
            unsafe {
                match (vectors, <L as Lanes>::PANEL) {
                    (1, _) => quad::first::<L, 1, 4>(planes, weights, to),
                    (_, 4) => quad::first::<L, 2, 8>(planes, weights, to),
                    _ => quad::first::<L, 2, 4>(planes, weights, to),
                }
            }
        }

        #[cfg(feature = "native")]
        $(#[target_feature(enable = $feature)])?
        unsafe fn sums(
            planes: Planes,
            inputs: usize,
            weights: (*const f32, *const f32),
            to: *mut f32,
        ) {
            unsafe { super::definition::sums::<L>(planes, inputs, weights, to) }
        }

        #[cfg(feature = "native")]
        $(#[target_feature(enable = $feature)])?
        unsafe fn peak(times: usize) -> f32 {
            unsafe { super::peak::peak::<L>(times) }
        }

        Kernel {
            name: $name,
            lanes: <L as Lanes>::WIDTH,
            panel: <L as Lanes>::PANEL,
            pairs: <L as Lanes>::PAIRS,
            resident: <L as Lanes>::RESIDENT,
            functions: Functions {
                input,
                expand,
                multiply,
                output,
                first,
                #[cfg(feature = "native")]
                sums,
                #[cfg(feature = "native")]
                peak,
            },
        }
    }};
}

static PORTABLE: Kernel = kernel!("portable", Portable);
#[cfg(target_arch = "aarch64")]
static NEON: Kernel = kernel!("neon", Neon, "neon");
#[cfg(target_arch = "x86_64")]
static AVX2: Kernel = kernel!("avx2", Avx2, "avx2,fma");
#[cfg(target_arch = "x86_64")]
static AVX512: Kernel = kernel!("avx512", Avx512, "avx512f");
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
static SIMD128: Kernel = kernel!("relaxed-simd", Simd128);
#[cfg(all(target_arch = "wasm32", not(target_feature = "relaxed-simd")))]
static SIMD128: Kernel = kernel!("simd128", Simd128);

/// The kernels that this machine can run, the fastest first.
pub(in super::super) fn available() -> Vec<&'static Kernel> {
    [
        #[cfg(target_arch = "x86_64")]
        std::is_x86_feature_detected!("avx512f").then_some(&AVX512),
        #[cfg(target_arch = "x86_64")]
        (std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma"))
            .then_some(&AVX2),
        #[cfg(target_arch = "aarch64")]
        Some(&NEON),
        #[cfg(target_arch = "wasm32")]
        Some(&SIMD128),
        Some(&PORTABLE),
    ]
    .into_iter()
    .flatten()
    .collect()
}
