//! 3x3 convolutions with bias, ReLU and any 2x2 pooling that follows. They are nearly all of the network's work.
//!
//! Maps are `[blocks of channels, height, width, lanes] f32`, where the lanes are those of the machine's vectors. The
//! last block is filled with zeros. One convolution reads the map of another without a change of layout.
//!
//! Two alternatives were measured and rejected, on a core with AVX-512 whose floats peak at 125 GMAC/s:
//!
//! - Keeping the transformed weights, 530 MB for full VGG16. An image then takes 1.47 times as long: reading them from
//!   memory is slower than computing them from the stored codes, a part at a time, in the core's cache.
//! - Smaller numbers. Products of bfloat16 run at half the rate of floats (62 GMAC/s), those of 8-bit integers at four
//!   times the rate of floats (492), but Winograd's method needs 5.4 times fewer products. By the definition, 8 bits
//!   would take 31 ms per image at the peak rate; floats take 50 ms in all. In a page, i16 dot products take 279 ms at
//!   their peak (55 GMAC/s), more than floats take in all (166 ms). Relaxed i8 dot products take 123 ms at their peak
//!   (125 GMAC/s), so they would have to reach three quarters of it to be as fast as floats. Only tile instructions
//!   multiply quickly enough; `embed --fast` uses them (`amx.rs`) where the owner asks for it.

mod buffer;
#[cfg(feature = "native")]
mod definition;
mod first;
mod functions;
mod kernel;
mod lanes;
mod layout;
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
#[cfg(feature = "native")]
pub(super) use definition::convolved;
pub(super) use first::FirstConvolution;
pub(super) use functions::available;
pub(super) use kernel::Kernel;
use layout::{
    COEFFICIENTS, GROUP, InputStrides, PAIRS, PART, PATCH, PRODUCTS, QUAD, ROW, TILES, TOGETHER,
    WeightStrides,
};
pub(super) use region::Region;
use weights::PackedWeights;
pub(super) use weights::{Values, Weights};
use winograd::{CONSTANTS, Constants};

/// A convolution for maps of one size.
pub(super) struct Convolution {
    kernel: &'static Kernel,
    constants: &'static Constants,
    weights: PackedWeights,
    /// `[height, width]` of the input.
    size: [usize; 2],
    pooled: bool,
    /// The network's first convolution, where it computes this one's input, a patch at a time.
    first: Option<FirstConvolution>,
}

/// Blocks of output channels that are computed together.
#[derive(Clone, Copy)]
struct Panel {
    first: usize,
    /// The number of blocks, up to [`Kernel::panel`].
    vectors: usize,
}

impl Convolution {
    pub(super) fn new(
        kernel: &'static Kernel,
        weights: Weights<'_>,
        size: [usize; 2],
        pooled: bool,
    ) -> Convolution {
        let weights = PackedWeights::new(weights, kernel.lanes);
        Convolution {
            kernel,
            constants: std::hint::black_box(&CONSTANTS),
            weights,
            size,
            pooled,
            first: None,
        }
    }

    /// The same convolution, applied to the output of the network's first convolution.
    pub(super) fn after(self, first: FirstConvolution) -> Convolution {
        assert_eq!(self.size, first.size());
        Convolution { first: Some(first), ..self }
    }

    /// The same convolution for one of several workers, without the weights that only others use.
    pub(super) fn of_worker(mut self, worker: usize, workers: usize) -> Convolution {
        let region = self.partition(worker, workers);
        self.weights.keep(&region.blocks);
        self
    }

    /// `[height, width]` of the output.
    fn output_size(&self) -> [usize; 2] {
        if self.pooled { self.size.map(|side| side / 2) } else { self.size }
    }

    /// `[blocks, height, width, lanes]` of the input; `[3, height, width, 1]` where the input is planes.
    pub(super) fn input_shape(&self) -> [usize; 4] {
        if self.first.is_some() {
            return [3, self.size[0], self.size[1], 1];
        }
        let blocks = self.weights.inputs.div_ceil(self.kernel.lanes);
        [blocks, self.size[0], self.size[1], self.kernel.lanes]
    }

    /// `[blocks, height, width, lanes]` of the output.
    pub(super) fn output_shape(&self) -> [usize; 4] {
        let [height, width] = self.output_size();
        [self.weights.blocks(), height, width, self.kernel.lanes]
    }

    /// The number of multiplications by the definition of a convolution.
    #[cfg(feature = "native")]
    pub(super) fn multiplications(&self) -> usize {
        self.first.as_ref().map_or(0, FirstConvolution::multiplications)
            + self.size[0] * self.size[1] * 9 * self.weights.inputs * self.weights.outputs
    }

    /// Computes a region of the output from the input, both of the shapes above. A value is equal to the bit in every
    /// region that contains it.
    pub(super) fn run(&self, pool: &Pool, map: &[f32], output: &mut [f32], region: &Region) {
        assert_eq!(map.len(), self.input_shape().iter().product::<usize>());
        assert_eq!(output.len(), self.output_shape().iter().product::<usize>());
        let mut workspace = pool.take();
        let map = match &self.first {
            None => map,
            Some(first) => {
                let bordered = workspace.patch.floats(first.bordered());
                first.border(map, bordered);
                bordered
            }
        };
        if self.is_resident() {
            self.by_rows(pool, map, output, region);
        } else {
            self.by_panels(pool, map, output, region);
        }
        pool.give(workspace);
    }

    /// The number of floats of the transformed weights.
    fn transformed(&self) -> usize {
        COEFFICIENTS * self.weights.inputs * self.weights.blocks() * self.kernel.lanes
    }

    /// Whether all weights are transformed at once.
    fn is_resident(&self) -> bool {
        self.transformed() <= self.kernel.resident
    }

    /// Computes a large map: the weights are transformed once, then each row of quads with all panels.
    fn by_rows(&self, pool: &Pool, map: &[f32], output: &mut [f32], region: &Region) {
        let channels = self.weights.inputs;
        let panels = self.panels(region);
        let mut shared = pool.take();
        let length = COEFFICIENTS * self.weight_strides(self.kernel.panel, channels).coefficient;
        let weights = shared.transformed.floats(length * panels.len());
        let tasks = weights.chunks_mut(length).zip(&panels).collect();
        parallel::for_each(tasks, |(to, &panel): (&mut [f32], _)| {
            self.expand(panel, (0..channels, 0..PAIRS), to);
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

    /// Computes one row of quads and writes it to its rows of each output block.
    fn row(
        &self,
        Workspace { patch, transformed, products }: &mut Workspace,
        map: &[f32],
        weights: &[(Panel, &[f32])],
        row: usize,
        blocks: &mut [&mut [f32]],
    ) {
        let channels = self.weights.inputs;
        let quads: Vec<[usize; 2]> = (0..self.quads()[1]).map(|column| [row, column]).collect();
        let step = ROW.max(self.transformed() / 3) / self.input_strides(1).total(channels);
        for quads in quads.chunks(step.max(1)) {
            let strides = self.input_strides(quads.len());
            let values = transformed.floats(strides.total(channels));
            for (group, to) in values.chunks_mut(strides.group).enumerate() {
                self.transform(map, group, quads, patch, to);
            }
            for &(panel, weights) in weights {
                let panel_strides = self.weight_strides(panel.vectors, channels);
                let products = products.floats(self.products(panel) * quads.len());
                let counts = [panel.vectors, channels, quads.len()];
                for band in self.kernel.bands() {
                    let values = (&values[band.at * strides.band..], strides);
                    let weights =
                        (&weights[band.first * panel_strides.coefficient..], panel_strides);
                    self.kernel.multiply(counts, &band, values, weights, products, false);
                }
                self.finish(panel, products, quads, (&mut blocks[panel.first..], row));
            }
        }
    }

    /// Computes a map of many channels: panel after panel, each over the whole map, with a part of the weights
    /// transformed at a time.
    fn by_panels(&self, pool: &Pool, map: &[f32], output: &mut [f32], region: &Region) {
        let columns = self.quads()[1];
        let rows = self.quad_rows(region);
        let quads: Vec<[usize; 2]> =
            rows.flat_map(|row| (0..columns).map(move |column| [row, column])).collect();
        let mut shared = pool.take();
        let strides = self.input_strides(quads.len());
        let values = shared.transformed.floats(strides.total(self.weights.inputs));
        let tasks = values.chunks_mut(strides.group).enumerate().collect();
        parallel::for_each(tasks, |(group, to): (usize, &mut [f32])| {
            let mut workspace = pool.take();
            self.transform(map, group, &quads, &mut workspace.patch, to);
            pool.give(workspace);
        });
        let values = &*values;
        let plane: usize = self.output_shape()[1..].iter().product();
        let (panels, together) = (self.panels(region), self.panels_together());
        let planes =
            output[region.blocks.start * plane..].chunks_mut(together * self.kernel.panel * plane);
        let tasks = panels.chunks(together).zip(planes).collect();
        parallel::for_each(tasks, |(panels, planes): (&[Panel], &mut [f32])| {
            let mut workspace = pool.take();
            let mut blocks: Vec<&mut [f32]> = planes.chunks_mut(plane).collect();
            let step = PRODUCTS / panels.iter().map(|panel| self.products(*panel)).sum::<usize>();
            for (at, quads) in quads.chunks(step.max(1)).enumerate() {
                let values = (&values[at * step.max(1) * strides.quad..], strides);
                self.panel(&mut workspace, values, panels, quads, &mut blocks);
            }
            pool.give(workspace);
        });
        pool.give(shared);
    }

    /// Computes some panels of some quads and writes them to their blocks.
    fn panel(
        &self,
        Workspace { transformed, products, .. }: &mut Workspace,
        (values, strides): (&[f32], InputStrides),
        panels: &[Panel],
        quads: &[[usize; 2]],
        blocks: &mut [&mut [f32]],
    ) {
        let channels = self.weights.inputs;
        let length = self.products(panels[0]) * quads.len();
        let products = products.floats(length * panels.len());
        for band in self.kernel.bands() {
            let step = PART / (band.length * self.kernel.panel * self.kernel.lanes);
            for part in parts(channels, step) {
                let values = &values[part.start / GROUP * strides.group + band.at * strides.band..];
                for (&panel, products) in panels.iter().zip(products.chunks_mut(length)) {
                    let panel_strides = self.weight_strides(panel.vectors, part.len());
                    let weights = transformed.floats(band.length * panel_strides.coefficient);
                    self.expand(panel, (part.clone(), band.pairs.clone()), weights);
                    let counts = [panel.vectors, part.len(), quads.len()];
                    let (values, weights) = ((values, strides), (&*weights, panel_strides));
                    let is_continued = part.start > 0;
                    self.kernel.multiply(counts, &band, values, weights, products, is_continued);
                }
            }
        }
        for (panel, products) in panels.iter().zip(products.chunks(length)) {
            let blocks = &mut blocks[panel.first - panels[0].first..];
            self.finish(*panel, products, quads, (blocks, 0));
        }
    }

    /// The numbers of rows and columns of quads. A last row or column of the map that pooling drops is not counted.
    fn quads(&self) -> [usize; 2] {
        let step = if self.pooled { 2 } else { 1 };
        self.size.map(|side| (side / step * step).div_ceil(QUAD))
    }

    fn panels(&self, Region { blocks, .. }: &Region) -> Vec<Panel> {
        let panel = |first| Panel { first, vectors: self.kernel.panel.min(blocks.end - first) };
        blocks.clone().step_by(self.kernel.panel).map(panel).collect()
    }

    /// The number of panels that read each part of the values one after another.
    fn panels_together(&self) -> usize {
        (TOGETHER / (self.kernel.panel * self.kernel.lanes)).max(1)
    }

    // The strides are a cache line longer than needed, so that a tile's 81 coefficients fall into different sets of the
    // cache.

    /// The strides of the transformed inputs of a number of quads.
    fn input_strides(&self, quads: usize) -> InputStrides {
        let coefficient = TILES * GROUP + 16;
        let quad = COEFFICIENTS.min(self.kernel.pairs * 2 * PATCH) * coefficient;
        let band = quads * quad;
        InputStrides { coefficient, quad, band, group: PAIRS.div_ceil(self.kernel.pairs) * band }
    }

    fn weight_strides(&self, vectors: usize, channels: usize) -> WeightStrides {
        let input = vectors * self.kernel.lanes;
        WeightStrides { input, coefficient: channels * input + 16 }
    }

    /// The number of floats of a quad's products with a panel.
    fn products(&self, panel: Panel) -> usize {
        panel.vectors * TILES * COEFFICIENTS * self.kernel.lanes
    }

    /// For each row of quads, its rows of the output, block by block.
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

    /// Transforms a group of channels of some quads. `map` is the input, or the planes that the first convolution turns
    /// into the input.
    fn transform(
        &self,
        map: &[f32],
        group: usize,
        quads: &[[usize; 2]],
        patch: &mut Buffer,
        to: &mut [f32],
    ) {
        let lanes = self.kernel.lanes;
        let strides = self.input_strides(quads.len());
        let blocks = self.weights.inputs.div_ceil(lanes);
        let blocks = group * GROUP / lanes..blocks.min((group + 1) * GROUP / lanes);
        for (at, &quad) in quads.iter().enumerate() {
            for block in blocks.clone().step_by(first::VECTORS) {
                let vectors = first::VECTORS.min(blocks.end - block);
                let to = &mut to[at * strides.quad + block * lanes % GROUP..];
                let (planes, length, size, border, quad) = match &self.first {
                    None => {
                        let length = self.size[0] * self.size[1] * lanes;
                        (&map[block * length..], length, self.size, 0, quad)
                    }
                    Some(first) => {
                        let length = first::SIDE * first::SIDE * lanes;
                        let patch = patch.floats(vectors * length);
                        first.patch(map, quad, block, patch);
                        (&*patch, length, [QUAD; 2], 1, [0, 0])
                    }
                };
                for vector in 0..vectors {
                    let plane = (&planes[vector * length..], size, border);
                    let to = &mut to[vector * lanes..];
                    self.kernel.input(self.constants, plane, quad, to, strides);
                }
            }
        }
    }

    /// Transforms a panel's weights for some input channels and pairs of rows.
    fn expand(&self, panel: Panel, (inputs, pairs): (Range<usize>, Range<usize>), to: &mut [f32]) {
        let strides = self.weight_strides(panel.vectors, inputs.len());
        for vector in 0..panel.vectors {
            let to = &mut to[vector * self.kernel.lanes..];
            let block = self.weights.block(panel.first + vector);
            let ranges = (inputs.clone(), pairs.clone());
            self.kernel.expand(self.constants, block, ranges, to, strides);
        }
    }

    /// Transforms a panel's products into outputs and writes them to its blocks, which begin at the row of quads `top`.
    fn finish(
        &self,
        panel: Panel,
        products: &[f32],
        quads: &[[usize; 2]],
        (blocks, top): (&mut [&mut [f32]], usize),
    ) {
        let [_, _, width, lanes] = self.output_shape();
        let step = if self.pooled { 2 } else { 1 };
        let stride = panel.vectors * TILES * lanes;
        for (quad, products) in quads.iter().zip(products.chunks(COEFFICIENTS * stride)) {
            let extent = [0, 1].map(|axis| QUAD.min(self.size[axis] - quad[axis] * QUAD));
            let offset = ((quad[0] - top) * QUAD / step * width + quad[1] * QUAD / step) * lanes;
            for vector in 0..panel.vectors {
                let products = (&products[vector * TILES * lanes..], stride);
                let bias = self.weights.bias(panel.first + vector);
                let window = (&mut *blocks[vector], offset, width * lanes);
                self.kernel.output(self.constants, products, bias, window, (extent, self.pooled));
            }
        }
    }
}

/// Divides `0..channels` into parts of whole groups, of about `step` channels each.
fn parts(channels: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
    let step = (step / GROUP).max(1) * GROUP;
    (0..channels).step_by(step).map(move |first| first..channels.min(first + step))
}

#[cfg(test)]
pub(super) mod tests;
