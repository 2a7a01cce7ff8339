//! Safe functions around the kernels of this machine. They check every length, once per quad.

use std::ops::Range;

use super::first::{self, SIDE};
use super::functions::{Functions, Stored};
use super::layout::{
    COEFFICIENTS, GROUP, InputStrides, PAIRS, PATCH, Plane, QUAD, TILES, WeightStrides, Window,
};
use super::winograd::Constants;

/// The coefficients whose weights are transformed together.
pub(super) struct Band {
    pub(super) at: usize,
    /// The first coefficient.
    pub(super) first: usize,
    /// The number of coefficients.
    pub(super) length: usize,
    /// Their pairs of rows.
    pub(super) pairs: Range<usize>,
}

/// The compiled kernels for one set of instructions. A value exists only on a machine that has these instructions.
pub(in super::super) struct Kernel {
    pub(in super::super) name: &'static str,
    /// The number of channels in a vector, and so in a block of a map.
    pub(in super::super) lanes: usize,
    /// The most blocks of output channels in a panel; see [`super::lanes::Lanes::PANEL`].
    pub(super) panel: usize,
    /// The most floats of weights that are transformed at once; see [`super::lanes::Lanes::RESIDENT`].
    pub(super) resident: usize,
    /// The number of pairs of rows of coefficients in a band; see [`super::lanes::Lanes::PAIRS`].
    pub(super) pairs: usize,
    pub(super) functions: Functions,
}

impl Kernel {
    /// The bands of coefficients.
    pub(super) fn bands(&self) -> impl Iterator<Item = Band> {
        let pairs = self.pairs;
        (0..PAIRS.div_ceil(pairs)).map(move |at| {
            let pairs = at * pairs..PAIRS.min((at + 1) * pairs);
            let first = pairs.start * 2 * PATCH;
            Band { at, first, length: COEFFICIENTS.min(pairs.end * 2 * PATCH) - first, pairs }
        })
    }

    /// Transforms one block of channels of a quad. The plane has `border` more positions on each side.
    pub(super) fn input(
        &self,
        constants: &Constants,
        (plane, [height, width], border): (&[f32], [usize; 2], usize),
        quad: [usize; 2],
        to: &mut [f32],
        strides: InputStrides,
    ) {
        assert!(border <= 1);
        assert!(plane.len() >= (height + 2 * border) * (width + 2 * border) * self.lanes);
        let rows = 2 * self.pairs;
        let last =
            (PATCH - 1) / rows * strides.band + (PATCH * rows.min(PATCH) - 1) * strides.coefficient;
        assert!(to.len() >= last + (TILES - 1) * GROUP + self.lanes);
        let plane = Plane { values: plane.as_ptr(), height, width, border };
        // SAFETY: kernels exist only where the machine has the instructions; the lengths have been checked.
        unsafe { (self.functions.input)(constants, plane, quad, to.as_mut_ptr(), strides) }
    }

    /// Transforms the kernels of one block of output channels, for some input channels and some pairs of rows of
    /// coefficients.
    pub(super) fn expand(
        &self,
        constants: &Constants,
        (stored, scales): (Stored<'_>, &[f32]),
        (inputs, pairs): (Range<usize>, Range<usize>),
        to: &mut [f32],
        strides: WeightStrides,
    ) {
        assert!(pairs.end <= PAIRS && !pairs.is_empty());
        let length = match stored {
            Stored::Codes(codes) => codes.len(),
            Stored::Floats(floats) => floats.len(),
        };
        assert!(length >= inputs.end * 9 * self.lanes && scales.len() >= self.lanes);
        let coefficients = COEFFICIENTS.min(pairs.end * 2 * PATCH) - pairs.start * 2 * PATCH;
        let last = (coefficients - 1) * strides.coefficient;
        assert!(to.len() >= last + inputs.len().saturating_sub(1) * strides.input + self.lanes);
        // SAFETY: as above.
        unsafe {
            let weights = (stored, scales.as_ptr());
            (self.functions.expand)(constants, weights, (inputs, pairs), to.as_mut_ptr(), strides)
        }
    }

    /// Computes the products of some quads and a panel for a band. `counts` are the numbers of the panel's blocks, of
    /// the input channels and of the quads. The values begin at the band of the first quad.
    pub(super) fn multiply(
        &self,
        counts: [usize; 3],
        band: &Band,
        (values, inputs): (&[f32], InputStrides),
        (weights, panel): (&[f32], WeightStrides),
        products: &mut [f32],
        is_continued: bool,
    ) {
        let [vectors, channels, quads] = counts;
        assert!((1..=self.panel).contains(&vectors) && channels > 0 && quads > 0);
        assert_eq!(panel.input, vectors * self.lanes);
        assert!(band.length > 0 && band.first + band.length <= COEFFICIENTS);
        let last = (quads - 1) * inputs.quad + (band.length - 1) * inputs.coefficient;
        let channel = (channels - 1) / GROUP * inputs.group + (channels - 1) % GROUP;
        assert!(values.len() > last + channel + (TILES - 1) * GROUP);
        let last = (band.length - 1) * panel.coefficient;
        assert!(weights.len() >= last + channels * panel.input);
        assert!(products.len() >= quads * vectors * TILES * COEFFICIENTS * self.lanes);
        let counts = [vectors, channels, quads, band.length];
        let (values, weights) = ((values.as_ptr(), inputs), (weights.as_ptr(), panel));
        let products = products[band.first * vectors * TILES * self.lanes..].as_mut_ptr();
        // SAFETY: as above.
        unsafe { (self.functions.multiply)(counts, values, weights, products, is_continued) }
    }

    /// Computes a quad's outputs of one block and writes them to `rows` from `offset` on. `extent` is the size of the
    /// quad's part in the map. The products begin at the first of the block; `stride` is the distance between
    /// coefficients in floats.
    pub(super) fn output(
        &self,
        constants: &Constants,
        (products, stride): (&[f32], usize),
        bias: &[f32],
        (rows, offset, row): (&mut [f32], usize, usize),
        (extent, pooled): ([usize; 2], bool),
    ) {
        let [height, width] = extent;
        let step = if pooled { 2 } else { 1 };
        assert!(products.len() >= (COEFFICIENTS - 1) * stride + TILES * self.lanes);
        assert!(bias.len() >= self.lanes);
        assert!((step..=QUAD).contains(&height) && (step..=QUAD).contains(&width));
        let end = offset + (height / step - 1) * row + width / step * self.lanes;
        assert!(rows.len() >= end);
        let values = rows[offset..].as_mut_ptr();
        let window = Window { values, row, height, width, pooled };
        // SAFETY: as above.
        unsafe {
            (self.functions.output)(constants, (products.as_ptr(), stride), bias.as_ptr(), window)
        }
    }

    /// Computes a patch `[block][16][16][lane]` of the first convolution; its length gives the number of blocks.
    /// `planes` begin one position above and to the left of it.
    pub(super) fn first(
        &self,
        (planes, plane, row): (&[f32], usize, usize),
        (weights, bias): (&[f32], &[f32]),
        to: &mut [f32],
    ) {
        let vectors = to.len() / (SIDE * SIDE * self.lanes);
        assert!((1..=first::VECTORS).contains(&vectors));
        assert!(planes.len() >= 2 * plane + (SIDE + 1) * row + SIDE + 2);
        assert!(weights.len() >= 27 * vectors * self.lanes && bias.len() >= vectors * self.lanes);
        let (planes, weights) = ((planes.as_ptr(), plane, row), (weights.as_ptr(), bias.as_ptr()));
        // SAFETY: as above.
        unsafe { (self.functions.first)(planes, vectors, weights, to.as_mut_ptr()) }
    }

    /// The peak rate of one core in 10⁹ additions and multiplications per second, the best of nine runs.
    #[cfg(feature = "native")]
    pub(in super::super) fn peak_gflops(&self) -> f64 {
        const TIMES: usize = 1 << 20;
        let work = (2 * TIMES * super::peak::SUMS * self.lanes) as f64;
        let rate = |_| {
            let start = std::time::Instant::now();
            // SAFETY: kernels exist only where the machine has the instructions.
            std::hint::black_box(unsafe { (self.functions.peak)(TIMES) });
            work / start.elapsed().as_secs_f64() / 1e9
        };
        (0..9).map(rate).fold(0.0, f64::max)
    }
}
