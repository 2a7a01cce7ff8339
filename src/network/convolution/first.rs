//! The network's first convolution. Its input has three planes, too few for Winograd's transforms to pay.
//!
//! Its output is the network's largest map, 12.8 MB in full VGG16. The whole map is therefore never stored: when the
//! second convolution transforms a quad, it has the patch around the quad computed.

use super::kernel::Kernel;
use super::layout::QUAD;
use super::weights::{Values, Weights};

/// The number of blocks of output channels that are computed together; a group of channels has at least as many.
pub(super) const VECTORS: usize = 2;

/// The side of a patch, in positions: a quad's, and one more on each side.
pub(super) const SIDE: usize = QUAD + 2;

/// A 3x3 convolution of three planes, by the definition.
pub(in super::super) struct FirstConvolution {
    kernel: &'static Kernel,
    /// `[panel][27][vectors x lanes]`
    weights: Vec<f32>,
    bias: Vec<f32>,
    size: [usize; 2],
}

impl FirstConvolution {
    pub(in super::super) fn new(
        kernel: &'static Kernel,
        weights: Weights<'_>,
        size: [usize; 2],
    ) -> FirstConvolution {
        let outputs = weights.bias.len();
        let floats = match weights.kernel {
            Values::Floats(floats) => floats,
            Values::Codes(codes, scales) => codes
                .chunks(27)
                .zip(scales)
                .flat_map(|(codes, scale)| codes.iter().map(move |&code| f32::from(code) * scale))
                .collect(),
        };
        let padded = outputs.next_multiple_of(kernel.lanes);
        let mut bias = weights.bias;
        bias.resize(padded, 0.0);
        let mut packed = Vec::with_capacity(27 * padded);
        let panel = VECTORS * kernel.lanes;
        for first in (0..padded).step_by(panel) {
            for tap in 0..27 {
                packed.extend(
                    (first..padded.min(first + panel))
                        .map(|out| if out < outputs { floats[out * 27 + tap] } else { 0.0 }),
                );
            }
        }
        FirstConvolution { kernel, weights: packed, bias, size }
    }

    /// `[height, width]`.
    pub(super) fn size(&self) -> [usize; 2] {
        self.size
    }

    /// The number of multiplications by the definition, with full blocks.
    #[cfg(feature = "native")]
    pub(super) fn multiplications(&self) -> usize {
        self.weights.len() * self.size[0] * self.size[1]
    }

    /// The number of floats of the planes with their border; see [`FirstConvolution::border`].
    pub(super) fn bordered(&self) -> usize {
        let [height, width] = self.bordered_size();
        3 * height * width
    }

    /// `[height, width]` of a plane with its border: two zeros around whole quads, so that all patches are computed in
    /// the same way.
    fn bordered_size(&self) -> [usize; 2] {
        self.size.map(|side| side.next_multiple_of(QUAD) + 4)
    }

    /// Copies planes `[3, height, width]` and adds a border of zeros.
    pub(super) fn border(&self, planes: &[f32], bordered: &mut [f32]) {
        let ([height, width], [rows, row]) = (self.size, self.bordered_size());
        bordered.fill(0.0);
        for (from, to) in planes.chunks(height * width).zip(bordered.chunks_mut(rows * row)) {
            for (from, to) in from.chunks(width).zip(to[2 * row..].chunks_mut(row)) {
                to[2..2 + width].copy_from_slice(from);
            }
        }
    }

    /// Computes the 16 x 16 positions around a quad, of up to [`VECTORS`] blocks from `block` on. Positions outside the
    /// map are 0, as the second convolution expects.
    pub(super) fn patch(
        &self,
        bordered: &[f32],
        quad: [usize; 2],
        block: usize,
        patch: &mut [f32],
    ) {
        let (lanes, [rows, row]) = (self.kernel.lanes, self.bordered_size());
        let planes = &bordered[(quad[0] * row + quad[1]) * QUAD..];
        let (weights, bias) = (&self.weights[27 * block * lanes..], &self.bias[block * lanes..]);
        self.kernel.first((planes, rows * row, row), (weights, bias), patch);
        let [top, left] = quad.map(|at| at * QUAD);
        let inside = |at: usize, first: usize, side: usize| (1..=side).contains(&(first + at));
        if top > 0 && left > 0 && top + QUAD < self.size[0] && left + QUAD < self.size[1] {
            return;
        }
        for (at, place) in patch.chunks_exact_mut(lanes).enumerate() {
            let (y, x) = (at / SIDE % SIDE, at % SIDE);
            if !inside(y, top, self.size[0]) || !inside(x, left, self.size[1]) {
                place.fill(0.0);
            }
        }
    }
}
