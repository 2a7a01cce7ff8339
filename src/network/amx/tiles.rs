//! The kernel of Intel's tile instructions.
//!
//! Compilers have no stable functions for tiles, so the product is written in assembly. A tile has 16 rows of 64 bytes.
//! Four tiles hold the sums of a block, two the values of 16 positions each, and two the weights of 16 outputs each.
//! With each pair of these a product takes 8,192 multiplications and 16 cycles.

use core::arch::asm;
use core::arch::x86_64::__cpuid_count;
use std::sync::LazyLock;

use half::bf16;

use super::finish::{Output, finish};
use super::kernel::Kernel;
use super::layout::{BLOCK, Scaling, Taps, Window};

static KERNEL: Kernel = Kernel { multiply, halves: finish_vectors, floats: finish_vectors };

/// The rows of a tile.
const ROWS: usize = 16;

/// The number of the tiles' data among the states of a process, in the processor and in Linux.
const TILE_DATA: u64 = 18;

/// The request to Linux's `arch_prctl` for the permission to use a state.
const REQUEST_PERMISSION: libc::c_int = 0x1023;

/// The kernel, if the processor has the instructions and the system lets this process use them.
pub(super) fn kernel() -> Option<&'static Kernel> {
    static AVAILABLE: LazyLock<bool> = LazyLock::new(|| has_instructions() && is_permitted());
    AVAILABLE.then_some(&KERNEL)
}

/// Whether the processor has tiles, their products of bfloat16, and AVX-512.
fn has_instructions() -> bool {
    const TILES: u32 = 1 << 24;
    const PRODUCTS: u32 = 1 << 22;
    let has_vectors = std::is_x86_feature_detected!("avx512f")
        && std::is_x86_feature_detected!("avx512bw")
        && std::is_x86_feature_detected!("avx512vl");
    has_vectors && __cpuid_count(7, 0).edx & (TILES | PRODUCTS) == TILES | PRODUCTS
}

/// Asks Linux for the permission to use tiles, which it gives to all threads of the process.
fn is_permitted() -> bool {
    // SAFETY: this request reads and writes no memory of the process.
    unsafe { libc::syscall(libc::SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0 }
}

/// The shapes of the tiles, as `ldtilecfg` reads them.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    bytes_of_a_row: [u16; 16],
    rows: [u8; 16],
}

/// Eight tiles of 16 rows of 64 bytes.
static SHAPES: Shapes = Shapes {
    palette: 1,
    start_row: 0,
    reserved: [0; 14],
    bytes_of_a_row: [64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0],
    rows: [16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0],
};

/// [`Kernel::multiply`]
fn multiply(values: &[bf16], taps: &Taps, weights: &[bf16], products: &mut [f32]) {
    assert!(kernel().is_some());
    let blocks = products.as_chunks_mut::<{ BLOCK * BLOCK }>().0;
    assert!(!blocks.is_empty() && values.len() >= taps.reach(blocks.len()));
    assert!(!taps.offsets.is_empty() && taps.planes > 0 && weights.len() >= taps.weights());
    // SAFETY: the instructions are there, and the lengths have been checked.
    unsafe {
        asm!("ldtilecfg [{}]", in(reg) &raw const SHAPES, options(nostack, readonly));
        for (at, products) in blocks.iter_mut().enumerate() {
            let values = values.as_ptr().add(at * BLOCK * taps.stride);
            block(values, taps, weights.as_ptr(), products.as_mut_ptr());
        }
        asm!("tilerelease", options(nostack, nomem));
    }
}

/// Computes the sums of one block.
///
/// # Safety
/// Tiles have [`SHAPES`]; the values and weights can be read, and the products written.
#[inline]
unsafe fn block(values: *const bf16, taps: &Taps, weights: *const bf16, products: *mut f32) {
    let stride = taps.stride * size_of::<bf16>();
    // SAFETY: the caller vouches for the tiles and the memory. The loops run over every plane and tap, as `taps` counts
    // them.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            // For each plane:
            "2:",
            "mov {tap}, {first}",
            // For each tap:
            "3:",
            "mov {upper}, qword ptr [{tap}]",
            "lea {upper}, [{values} + {upper} * 2]",
            "lea {lower}, [{upper} + {half}]",
            "tileloadd tmm4, [{upper} + {stride} * 1]",
            "tileloadd tmm6, [{weights} + {line} * 1]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{weights} + {line} * 1 + 1024]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{lower} + {stride} * 1]",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            "add {weights}, 2048",
            "add {tap}, 8",
            "cmp {tap}, {last}",
            "jne 3b",
            "add {values}, {plane}",
            "dec {left}",
            "jnz 2b",
            // A position has 32 sums, 128 bytes.
            "mov {left}, 128",
            "tilestored [{products} + {left} * 1], tmm0",
            "tilestored [{products} + {left} * 1 + 64], tmm1",
            "tilestored [{products} + {left} * 1 + 2048], tmm2",
            "tilestored [{products} + {left} * 1 + 2112], tmm3",
            values = inout(reg) values => _,
            half = in(reg) ROWS * stride,
            stride = in(reg) stride,
            plane = in(reg) taps.plane * size_of::<bf16>(),
            line = in(reg) 64_usize,
            left = inout(reg) taps.planes => _,
            first = in(reg) taps.offsets.as_ptr(),
            last = in(reg) taps.offsets.as_ptr_range().end,
            weights = inout(reg) weights => _,
            products = in(reg) products,
            tap = out(reg) _,
            upper = out(reg) _,
            lower = out(reg) _,
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack),
        );
    }
}

/// [`Kernel::halves`] and [`Kernel::floats`]
fn finish_vectors<T: Output>(
    sums: &[f32],
    window: Window,
    scaling: Scaling<'_>,
    outputs: &mut [T],
) {
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn vectors<T: Output>(sums: &[f32], window: Window, scaling: Scaling<'_>, outputs: &mut [T]) {
        finish(sums, window, scaling, outputs);
    }

    assert!(kernel().is_some());
    // SAFETY: the instructions are there.
    unsafe { vectors(sums, window, scaling, outputs) }
}
