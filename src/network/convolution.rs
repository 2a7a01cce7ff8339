//! 3x3 convolutions with bias, ReLU and, where it follows, 2x2 pooling: the network's work.
//!
//! Maps are `[blocks of channels, height, width, lanes] f32`, the lanes those of the machine's
//! vectors; channels that fill no block are zeros. Nothing is re-laid out between two convolutions.

mod buffer;
mod first;
mod functions;
mod kernel;
mod lanes;
mod parallel;
#[cfg(feature = "native")]
mod peak;
mod quad;
mod region;
mod weights;
mod winograd;

use std::ops::Range;

use buffer::Workspace;
pub(super) use buffer::{Buffer, Pool};
pub(super) use first::FirstConvolution;
pub(super) use functions::available;
pub(super) use kernel::Kernel;
use kernel::{VECTORS, place};
use quad::{GROUP, InputStrides, QUAD, TILES, WeightStrides};
pub(super) use region::Region;
use weights::PackedWeights;
pub(super) use weights::{Values, Weights};
use winograd::{COEFFICIENTS, CONSTANTS, Constants};

/// Transformed weights of up to this many floats (6 MB) are made once a map; more, a part at a time.
const RESIDENT: usize = 3 << 19;

/// Floats of transformed values, weights or products (0.4 MB) that a core's own cache should keep.
const STEP: usize = 3 << 15;

/// A convolution of a map of one size.
pub(super) struct Convolution {
    kernel: &'static Kernel,
    constants: &'static Constants,
    weights: PackedWeights,
    /// `[height, width]` of the input.
    size: [usize; 2],
    pooled: bool,
}

/// Blocks of output channels that are computed together.
#[derive(Clone, Copy)]
struct Panel {
    first: usize,
    /// How many, up to [`VECTORS`].
    vectors: usize,
}

impl Convolution {
    pub(super) fn new(
        kernel: &'static Kernel,
        weights: Weights,
        size: [usize; 2],
        pooled: bool,
    ) -> Convolution {
        let weights = PackedWeights::new(weights, kernel.lanes);
        Convolution { kernel, constants: std::hint::black_box(&CONSTANTS), weights, size, pooled }
    }

    /// `[height, width]` of the output.
    fn output_size(&self) -> [usize; 2] {
        if self.pooled { self.size.map(|side| side / 2) } else { self.size }
    }

    /// `[blocks, height, width, lanes]` of the input.
    pub(super) fn input_shape(&self) -> [usize; 4] {
        let blocks = self.weights.inputs.div_ceil(self.kernel.lanes);
        [blocks, self.size[0], self.size[1], self.kernel.lanes]
    }

    /// `[blocks, height, width, lanes]` of the output.
    pub(super) fn output_shape(&self) -> [usize; 4] {
        let [height, width] = self.output_size();
        [self.weights.blocks(), height, width, self.kernel.lanes]
    }

    /// What the definition multiplies.
    #[cfg(feature = "native")]
    pub(super) fn multiplications(&self) -> usize {
        self.size[0] * self.size[1] * 9 * self.weights.inputs * self.weights.outputs
    }

    /// Computes a region of a map from a map, both of the shapes above. Each value is the same to the
    /// bit in whatever region it is computed.
    pub(super) fn run(&self, pool: &Pool, map: &[f32], output: &mut [f32], region: &Region) {
        assert_eq!(map.len(), self.input_shape().iter().product::<usize>());
        assert_eq!(output.len(), self.output_shape().iter().product::<usize>());
        if self.is_resident() {
            self.by_rows(pool, map, output, region);
        } else {
            self.by_panels(pool, map, output, region);
        }
    }

    /// Whether all its weights are transformed at once.
    fn is_resident(&self) -> bool {
        let outputs = self.weights.blocks() * self.kernel.lanes;
        self.weights.inputs * outputs * COEFFICIENTS <= RESIDENT
    }

    /// For large maps: rows of quads, each with all its panels, the weights transformed once.
    fn by_rows(&self, pool: &Pool, map: &[f32], output: &mut [f32], region: &Region) {
        let channels = self.weights.inputs;
        let panels = self.panels(region);
        let mut shared = pool.take();
        let length = COEFFICIENTS * self.weight_strides(VECTORS, channels).coefficient;
        let weights = shared.weights.floats(length * panels.len());
        let tasks = weights.chunks_mut(length).zip(&panels).collect();
        parallel::for_each(tasks, |(to, &panel): (&mut [f32], _)| {
            self.expand(panel, 0..channels, to);
        });
        let weights: Vec<(Panel, &[f32])> =
            panels.into_iter().zip(weights.chunks(length)).collect();
        let rows = self.quad_rows(region);
        let tasks = self.rows(output).into_iter().enumerate().take(rows.end).skip(rows.start);
        let tasks = tasks.collect();
        parallel::for_each(tasks, |(row, mut blocks): (usize, Vec<&mut [f32]>)| {
            let mut workspace = pool.take();
            self.row(&mut workspace, map, &weights, row, &mut blocks);
            pool.give(workspace);
        });
        pool.give(shared);
    }

    /// One row of quads, to the rows of each output block that it makes.
    fn row(
        &self,
        Workspace { values, products, .. }: &mut Workspace,
        map: &[f32],
        weights: &[(Panel, &[f32])],
        row: usize,
        blocks: &mut [&mut [f32]],
    ) {
        let (channels, strides) = (self.weights.inputs, self.input_strides());
        let quads: Vec<[usize; 2]> = (0..self.quads()[1]).map(|column| [row, column]).collect();
        for quads in quads.chunks((2 * STEP / strides.quad).max(1)) {
            let values = values.floats(quads.len() * strides.quad);
            for (quad, to) in quads.iter().zip(values.chunks_mut(strides.quad)) {
                self.transform(map, *quad, to);
            }
            for &(panel, weights) in weights {
                let weights = (weights, self.weight_strides(panel.vectors, channels));
                let products = products.floats(self.products(panel) * quads.len());
                let counts = [panel.vectors, channels, quads.len()];
                self.kernel.multiply(counts, (values, strides), weights, products, false);
                self.settle(panel, products, quads, (&mut blocks[panel.first..], row));
            }
        }
    }

    /// For many channels: panels of outputs, each over the whole map, the weights transformed a part
    /// at a time.
    fn by_panels(&self, pool: &Pool, map: &[f32], output: &mut [f32], region: &Region) {
        let columns = self.quads()[1];
        let rows = self.quad_rows(region);
        let quads: Vec<[usize; 2]> =
            rows.flat_map(|row| (0..columns).map(move |column| [row, column])).collect();
        let mut shared = pool.take();
        let length = self.input_strides().quad;
        let values = shared.values.floats(quads.len() * length);
        let tasks = quads.iter().zip(values.chunks_mut(length)).collect();
        parallel::for_each(tasks, |(quad, to): (&[usize; 2], _)| self.transform(map, *quad, to));
        let values = &*values;
        let plane: usize = self.output_shape()[1..].iter().product();
        let planes = output[region.blocks.start * plane..].chunks_mut(VECTORS * plane);
        let tasks = self.panels(region).into_iter().zip(planes).collect();
        parallel::for_each(tasks, |(panel, planes): (Panel, &mut [f32])| {
            let mut workspace = pool.take();
            let mut blocks: Vec<&mut [f32]> = planes.chunks_mut(plane).collect();
            let step = (STEP / self.products(panel)).max(1);
            for (quads, values) in quads.chunks(step).zip(values.chunks(step * length)) {
                self.panel(&mut workspace, values, panel, quads, &mut blocks);
            }
            pool.give(workspace);
        });
        pool.give(shared);
    }

    /// Some quads' outputs of one panel, to its blocks.
    fn panel(
        &self,
        Workspace { weights, products, .. }: &mut Workspace,
        values: &[f32],
        panel: Panel,
        quads: &[[usize; 2]],
        blocks: &mut [&mut [f32]],
    ) {
        let channels = self.weights.inputs;
        let products = products.floats(self.products(panel) * quads.len());
        let step = STEP / (COEFFICIENTS * panel.vectors * self.kernel.lanes) / GROUP * GROUP;
        for first in (0..channels).step_by(step.max(GROUP)) {
            let part = first..channels.min(first + step.max(GROUP));
            let strides = self.weight_strides(panel.vectors, part.len());
            let weights = weights.floats(COEFFICIENTS * strides.coefficient);
            self.expand(panel, part.clone(), weights);
            let values = (&values[place(first)..], self.input_strides());
            let counts = [panel.vectors, part.len(), quads.len()];
            self.kernel.multiply(counts, values, (weights, strides), products, first > 0);
        }
        self.settle(panel, products, quads, (blocks, 0));
    }

    /// Quads on each side; a last row or column that pooling leaves out makes none.
    fn quads(&self) -> [usize; 2] {
        let step = if self.pooled { 2 } else { 1 };
        self.size.map(|side| (side / step * step).div_ceil(QUAD))
    }

    fn panels(&self, Region { blocks, .. }: &Region) -> Vec<Panel> {
        let panel = |first| Panel { first, vectors: VECTORS.min(blocks.end - first) };
        blocks.clone().step_by(VECTORS).map(panel).collect()
    }

    // The strides have a cache line more than they need, so that a tile's 81 coefficients do not all
    // fall into one set of the cache.

    fn input_strides(&self) -> InputStrides {
        let coefficient = TILES * self.weights.inputs.next_multiple_of(GROUP) + 16;
        InputStrides { coefficient, quad: COEFFICIENTS * coefficient }
    }

    fn weight_strides(&self, vectors: usize, channels: usize) -> WeightStrides {
        let input = vectors * self.kernel.lanes;
        WeightStrides { input, coefficient: channels * input + 16 }
    }

    /// Floats of a quad's products with a panel.
    fn products(&self, panel: Panel) -> usize {
        panel.vectors * TILES * COEFFICIENTS * self.kernel.lanes
    }

    /// The output's rows that each row of quads makes, block by block.
    fn rows<'o>(&self, output: &'o mut [f32]) -> Vec<Vec<&'o mut [f32]>> {
        let [_, height, width, lanes] = self.output_shape();
        let side = self.side();
        let mut rows: Vec<Vec<&mut [f32]>> = (0..self.quads()[0]).map(|_| Vec::new()).collect();
        for block in output.chunks_mut(height * width * lanes) {
            for (rows, part) in rows.iter_mut().zip(block.chunks_mut(side * width * lanes)) {
                rows.push(part);
            }
        }
        rows
    }

    /// Transforms all channels of a quad.
    fn transform(&self, map: &[f32], quad: [usize; 2], to: &mut [f32]) {
        let [_, height, width, lanes] = self.input_shape();
        for (block, plane) in map.chunks(height * width * lanes).enumerate() {
            let to = &mut to[place(block * lanes)..];
            self.kernel.input(self.constants, (plane, self.size), quad, to, self.input_strides());
        }
    }

    /// Transforms a panel's weights for some input channels.
    fn expand(&self, panel: Panel, inputs: Range<usize>, to: &mut [f32]) {
        let strides = self.weight_strides(panel.vectors, inputs.len());
        for vector in 0..panel.vectors {
            let to = &mut to[vector * self.kernel.lanes..];
            let block = self.weights.block(panel.first + vector);
            self.kernel.expand(self.constants, block, inputs.clone(), to, strides);
        }
    }

    /// Transforms a panel's products back into its blocks, which begin at the row of quads `top`.
    fn settle(
        &self,
        panel: Panel,
        products: &[f32],
        quads: &[[usize; 2]],
        (blocks, top): (&mut [&mut [f32]], usize),
    ) {
        let [_, _, width, lanes] = self.output_shape();
        let step = if self.pooled { 2 } else { 1 };
        let length = TILES * COEFFICIENTS * lanes;
        for (quad, products) in quads.iter().zip(products.chunks(panel.vectors * length)) {
            let extent = [0, 1].map(|axis| QUAD.min(self.size[axis] - quad[axis] * QUAD));
            let offset = ((quad[0] - top) * QUAD / step * width + quad[1] * QUAD / step) * lanes;
            for (vector, products) in products.chunks(length).enumerate() {
                let bias = self.weights.bias(panel.first + vector);
                let window = (&mut *blocks[vector], offset, width * lanes);
                self.kernel.output(self.constants, products, bias, window, (extent, self.pooled));
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
