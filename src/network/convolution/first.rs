//! The network's first convolution: three planes in, too few for the transforms to pay.

use super::Weights;
use super::buffer::Pool;
use super::kernel::Kernel;
use super::parallel;
use super::quad::TILES;
use super::weights::Values;

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
        let panel = kernel.panel * kernel.lanes;
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

    /// Computes a map from planes `[3, height, width]`.
    pub(in super::super) fn run(&self, pool: &Pool, planes: &[f32], output: &mut [f32]) {
        let [height, width] = self.size;
        assert_eq!(planes.len(), 3 * height * width);
        assert_eq!(output.len(), self.output_shape().iter().product::<usize>());
        let (row, plane) = (width + 2, (height + 2) * (width + 2));
        let mut workspace = pool.take();
        // The kernels take four places at a time, so the last row may be read past its end.
        let bordered = workspace.values.floats(3 * plane + TILES);
        bordered.fill(0.0);
        for (from, to) in planes.chunks(height * width).zip(bordered.chunks_mut(plane)) {
            for (from, to) in from.chunks(width).zip(to[row..].chunks_mut(row)) {
                to[1..=width].copy_from_slice(from);
            }
        }
        let bordered = &*bordered;
        parallel::for_each(self.rows(output), |(y, mut blocks): (usize, Vec<&mut [f32]>)| {
            self.row((&bordered[y * row..], plane, row), &mut blocks);
        });
        pool.give(workspace);
    }

    /// The output's rows, block by block.
    fn rows<'o>(&self, output: &'o mut [f32]) -> Vec<(usize, Vec<&'o mut [f32]>)> {
        let ([height, width], lanes) = (self.size, self.kernel.lanes);
        let mut rows: Vec<(usize, Vec<&mut [f32]>)> =
            (0..height).map(|y| (y, Vec::new())).collect();
        for block in output.chunks_mut(height * width * lanes) {
            for ((_, row), part) in rows.iter_mut().zip(block.chunks_mut(width * lanes)) {
                row.push(part);
            }
        }
        rows
    }

    /// One row of all blocks, panel by panel.
    fn row(&self, planes: (&[f32], usize, usize), blocks: &mut [&mut [f32]]) {
        let (mut weights, mut bias) = (&*self.weights, &*self.bias);
        for to in blocks.chunks_mut(self.kernel.panel) {
            let outputs = to.len() * self.kernel.lanes;
            self.kernel.first(planes, (weights, bias), to, self.size[1]);
            (weights, bias) = (&weights[27 * outputs..], &bias[outputs..]);
        }
    }
}
