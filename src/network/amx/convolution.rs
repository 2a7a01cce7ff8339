//! One 3x3 convolution with bias, ReLU and any pooling that follows.

use half::bf16;

use super::finish::Finish;
use super::halves::Halves;
use super::kernel::Kernel;
use super::layout::{BLOCK, PLANE, Scaling, Shape, Taps, Window};
use crate::network::MEAN_BGR;
use crate::network::convolution::{Buffer, Weights};

/// The size of a band's input in values, and the number of its positions. A band of rows is computed for all outputs
/// while its input and sums stay in a core's own cache.
const BAND: [usize; 2] = [1 << 19, 1 << 11];

/// A convolution for maps of one size.
pub(super) struct Convolution {
    input: Shape,
    output: Shape,
    pooled: bool,
    taps: Taps,
    /// For each block of outputs, what [`Kernel::multiply`] takes.
    weights: Halves,
    scales: Vec<[f32; BLOCK]>,
    bias: Vec<[f32; BLOCK]>,
    /// The number of output channels; the last block is filled with zeros.
    outputs: usize,
}

impl Convolution {
    /// A convolution of a map of this shape, with weights whose shape has been checked.
    pub(super) fn new(input: Shape, weights: &Weights<'_>, pooled: bool) -> Convolution {
        let outputs = weights.bias.len();
        let size = if pooled { input.size.map(|side| side / 2) } else { input.size };
        let output = Shape { size, channels: outputs.next_multiple_of(BLOCK) };
        let taps = taps(input);
        let scales: Vec<f32> = (0..outputs).map(|out| weights.kernel.scale(out)).collect();
        let mut bias = weights.bias.clone();
        if input.is_image() {
            // Of an image only the rounded means have been subtracted.
            for (out, (bias, scale)) in bias.iter_mut().zip(&scales).enumerate() {
                let rest = |at: usize| {
                    let mean = MEAN_BGR[at / 9];
                    weights.kernel.stored(out * 27 + at) * (mean - mean.round())
                };
                *bias -= scale * (0..27).map(rest).sum::<f32>();
            }
        }
        let packed = packed(weights, input, &taps);
        let (scales, bias) = (blocks(scales), blocks(bias));
        let weights = Halves::of(&packed);
        Convolution { input, output, pooled, taps, weights, scales, bias, outputs }
    }

    /// The shape of its output.
    pub(super) fn output(&self) -> Shape {
        self.output
    }

    /// Computes the input of the next convolution.
    pub(super) fn run(
        &self,
        kernel: &Kernel,
        input: &Halves,
        products: &mut Buffer,
        output: &mut Halves,
    ) {
        let shape = self.output;
        let values = output.values_mut(shape.length());
        let (pitch, stride) = (shape.pitch(), shape.stride());
        for plane in values[..shape.channels / PLANE * shape.plane()].chunks_mut(shape.plane()) {
            plane[..pitch * stride].fill(bf16::ZERO);
            plane[(shape.size[0] + 1) * pitch * stride..].fill(bf16::ZERO);
            for row in plane.chunks_mut(pitch * stride) {
                row[..stride].fill(bf16::ZERO);
                row[(pitch - 1) * stride..].fill(bf16::ZERO);
            }
        }
        let places = Places { plane: shape.plane(), row: pitch * stride, position: stride };
        let values = &mut values[(pitch + 1) * stride..];
        self.bands(kernel, kernel.halves, input, products, (values, places));
    }

    /// Computes the features, `[height, width, channels] f32`.
    pub(super) fn run_last(
        &self,
        kernel: &Kernel,
        input: &Halves,
        products: &mut Buffer,
    ) -> Vec<f32> {
        let Shape { size: [height, width], channels } = self.output;
        let mut values = vec![0.0; height * width * channels];
        let places = Places { plane: BLOCK, row: width * channels, position: channels };
        self.bands(kernel, kernel.floats, input, products, (&mut values, places));
        let positions = values.chunks_exact(channels);
        positions.flat_map(|position| &position[..self.outputs]).copied().collect()
    }

    /// Computes band after band of rows.
    fn bands<T>(
        &self,
        kernel: &Kernel,
        finish: Finish<T>,
        input: &Halves,
        products: &mut Buffer,
        (outputs, places): (&mut [T], Places),
    ) {
        let [height, width] = self.input.size;
        let (pitch, stride) = (self.input.pitch(), self.input.stride());
        let step = if self.pooled { 2 } else { 1 };
        let [values, positions] = BAND;
        let rows = (values / (pitch * self.input.channels)).min(positions / pitch).max(2) / 2 * 2;
        for first in (0..height / step * step).step_by(rows) {
            let rows = rows.min(height / step * step - first);
            let blocks = (rows * pitch - 2).div_ceil(BLOCK);
            let products = products.floats(blocks * BLOCK * BLOCK);
            let values = &input.values()[first * pitch * stride..];
            let Places { row, position, .. } = places;
            let window = Window { size: [rows, width], pitch, pooled: self.pooled, row, position };
            let weights = self.weights.values().chunks(self.taps.weights());
            let scalings = self.scales.iter().zip(&self.bias);
            for (block, (weights, (scales, bias))) in weights.zip(scalings).enumerate() {
                (kernel.multiply)(values, &self.taps, weights, products);
                let outputs = &mut outputs[block * places.plane + first / step * row..];
                finish(products, window, Scaling { scales, bias }, outputs);
            }
        }
    }
}

/// The distances between outputs, in values.
#[derive(Clone, Copy)]
struct Places {
    plane: usize,
    row: usize,
    position: usize,
}

/// A map's nine taps are positions of each plane. An image's three taps are rows of three neighbouring positions.
fn taps(input: Shape) -> Taps {
    let (pitch, stride) = (input.pitch(), input.stride());
    let offsets = match input.is_image() {
        true => (0..3).map(|row| row * pitch * stride).collect(),
        false => (0..9).map(|tap| (tap / 3 * pitch + tap % 3) * stride).collect(),
    };
    Taps { offsets, planes: input.channels.div_ceil(PLANE), plane: input.plane(), stride }
}

/// The weights in the order that [`Kernel::multiply`] takes, block after block.
fn packed(weights: &Weights<'_>, input: Shape, taps: &Taps) -> Vec<bf16> {
    let (outputs, inputs) = (weights.bias.len(), weights.inputs);
    let mut packed = vec![bf16::ZERO; outputs.div_ceil(BLOCK) * taps.weights()];
    for (out, to) in (0..outputs).map(|out| (out, out / BLOCK * taps.weights())) {
        let lane = out % BLOCK / 16 * 512 + out % 16 * 2;
        let products = to..to + taps.weights();
        for (at, first) in products.step_by(PLANE * BLOCK).enumerate() {
            let (plane, tap) = (at / taps.offsets.len(), at % taps.offsets.len());
            for value in 0..PLANE {
                let (channel, place) = match input.is_image() {
                    true => (value % 3, tap * 3 + value / 3),
                    false => (plane * PLANE + value, tap),
                };
                if channel < inputs && (!input.is_image() || value < 9) {
                    let weight = weights.kernel.stored((out * inputs + channel) * 9 + place);
                    packed[first + value / 2 * 32 + lane + value % 2] = bf16::from_f32(weight);
                }
            }
        }
    }
    packed
}

/// Values in blocks; the last is filled with zeros.
fn blocks(mut values: Vec<f32>) -> Vec<[f32; BLOCK]> {
    values.resize(values.len().next_multiple_of(BLOCK), 0.0);
    values.as_chunks().0.to_vec()
}
