//! The network's first convolution: three planes in, too few for the transforms to pay.

use super::Weights;
use super::buffer::Pool;
use super::kernel::{Kernel, VECTORS};
use super::parallel;
use super::quad::TILES;
use super::weights::Values;

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
        weights: Weights,
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

    /// `[blocks, height, width, lanes]` of the output.
    pub(in super::super) fn output_shape(&self) -> [usize; 4] {
        let lanes = self.kernel.lanes;
        [self.bias.len() / lanes, self.size[0], self.size[1], lanes]
    }

    /// What the definition multiplies, blocks filled up.
    #[cfg(feature = "native")]
    pub(in super::super) fn multiplications(&self) -> usize {
        self.weights.len() * self.size[0] * self.size[1]
    }

    pub(in super::super) fn run(&self, pool: &Pool, planes: &[f32], output: &mut [f32]) {
        let [height, width] = self.size;
        assert_eq!(planes.len(), 3 * height * width);
        assert_eq!(output.len(), self.output_shape().iter().product::<usize>());
        let row = width + 2;
        let plane = (height + 2) * row;
        let mut workspace = pool.take();
        let bordered = workspace.values.floats(3 * plane + TILES);
        bordered.fill(0.0);
        for (from, to) in planes.chunks(height * width).zip(bordered.chunks_mut(plane)) {
            for (from, to) in from.chunks(width).zip(to[row..].chunks_mut(row)) {
                to[1..=width].copy_from_slice(from);
            }
        }
        let bordered = &*bordered;
        let mut rows: Vec<Vec<&mut [f32]>> = (0..height).map(|_| Vec::new()).collect();
        for block in output.chunks_mut(height * width * self.kernel.lanes) {
            for (rows, part) in rows.iter_mut().zip(block.chunks_mut(width * self.kernel.lanes)) {
                rows.push(part);
            }
        }
        parallel::for_each(rows.into_iter().enumerate().collect(), |(y, mut blocks)| {
            let blocks: &mut Vec<&mut [f32]> = &mut blocks;
            let (mut weights, mut bias) = (&*self.weights, &*self.bias);
            for to in blocks.chunks_mut(VECTORS) {
                let outputs = to.len() * self.kernel.lanes;
                let from = (&bordered[y * row..], plane, row);
                self.kernel.first(from, (weights, bias), to, width);
                (weights, bias) = (&weights[27 * outputs..], &bias[outputs..]);
            }
        });
        pool.give(workspace);
    }
}
