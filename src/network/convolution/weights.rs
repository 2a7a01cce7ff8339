//! The weights of a convolution in the kernels' layout, as small as in the file.

use std::borrow::Cow;
use std::ops::Range;

use super::functions::Stored;

/// Weights in the file's order.
pub(in super::super) struct Weights<'a> {
    /// Input channels.
    pub(in super::super) inputs: usize,
    /// `[out, in, 3, 3]`.
    pub(in super::super) kernel: Values<'a>,
    /// `[out] f32`.
    pub(in super::super) bias: Vec<f32>,
}

/// A kernel's values.
pub(in super::super) enum Values<'a> {
    /// 8-bit codes, and the scale of each output channel.
    Codes(Cow<'a, [i8]>, Vec<f32>),
    /// Plain floats.
    Floats(Vec<f32>),
}

#[cfg(feature = "native")]
impl Values<'_> {
    /// The factor of an output channel's codes; 1 where there are floats.
    pub(in super::super) fn scale(&self, out: usize) -> f32 {
        match self {
            Values::Codes(_, scales) => scales[out],
            Values::Floats(_) => 1.0,
        }
    }

    /// A code or a float, by its place in the file's order.
    pub(in super::super) fn stored(&self, at: usize) -> f32 {
        match self {
            Values::Codes(codes, _) => f32::from(codes[at]),
            Values::Floats(floats) => floats[at],
        }
    }
}

/// Weights as `[block of outputs][in][9][lane]`; the last block is filled with zeros.
pub(super) struct PackedWeights {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    lanes: usize,
    values: Values<'static>,
    /// The first block of `values`.
    first: usize,
    bias: Vec<f32>,
}

impl PackedWeights {
    pub(super) fn new(weights: Weights<'_>, lanes: usize) -> PackedWeights {
        let (inputs, outputs) = (weights.inputs, weights.bias.len());
        let padded = |mut values: Vec<f32>| {
            values.resize(outputs.next_multiple_of(lanes), 0.0);
            values
        };
        let values = match weights.kernel {
            Values::Codes(codes, scales) => {
                Values::Codes(packed(&codes, inputs, lanes).into(), padded(scales))
            }
            Values::Floats(floats) => Values::Floats(packed(&floats, inputs, lanes)),
        };
        PackedWeights { inputs, outputs, lanes, values, first: 0, bias: padded(weights.bias) }
    }

    /// The number of blocks of output channels.
    pub(super) fn blocks(&self) -> usize {
        self.bias.len() / self.lanes
    }

    /// Drops the weights of all other blocks.
    pub(super) fn keep(&mut self, blocks: &Range<usize>) {
        if blocks.len() == self.blocks() {
            return;
        }
        let length = self.inputs * 9 * self.lanes;
        let range = blocks.start * length..blocks.end * length;
        match &mut self.values {
            Values::Codes(codes, _) => *codes = codes[range].to_vec().into(),
            Values::Floats(floats) => *floats = floats[range].to_vec(),
        }
        self.first = blocks.start;
    }

    /// A block's weights and their scales.
    pub(super) fn block(&self, block: usize) -> (Stored<'_>, &[f32]) {
        let length = self.inputs * 9 * self.lanes;
        let range = (block - self.first) * length..(block - self.first + 1) * length;
        match &self.values {
            Values::Codes(codes, scales) => {
                (Stored::Codes(&codes[range]), &scales[block * self.lanes..][..self.lanes])
            }
            Values::Floats(floats) => (Stored::Floats(&floats[range]), &[1.0; 16][..self.lanes]),
        }
    }

    /// A block's bias.
    pub(super) fn bias(&self, block: usize) -> &[f32] {
        &self.bias[block * self.lanes..][..self.lanes]
    }
}

/// `[out, in, 9]` -> `[out / lanes, in, 9, lanes]`, of 4, 8 or 16 lanes.
pub(super) fn packed<T: Copy + Default>(kernel: &[T], inputs: usize, lanes: usize) -> Vec<T> {
    let interleave = match lanes {
        4 => interleave::<T, 4>,
        8 => interleave::<T, 8>,
        _ => interleave::<T, 16>,
    };
    let length = lanes * inputs * 9;
    let mut packed = vec![T::default(); kernel.len().next_multiple_of(length)];
    for (block, packed) in kernel.chunks(length).zip(packed.chunks_exact_mut(length)) {
        let mut block = Cow::Borrowed(block);
        if block.len() < length {
            block.to_mut().resize(length, T::default());
        }
        interleave(&block, packed);
    }
    packed
}

/// Interleaves rows. It is not inlined, because a browser switches to its optimised code only between calls.
#[inline(never)]
fn interleave<T: Copy, const LANES: usize>(block: &[T], packed: &mut [T]) {
    let length = block.len() / LANES;
    let rows: [&[T]; LANES] = std::array::from_fn(|lane| &block[lane * length..][..length]);
    for (at, values) in packed.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        *values = rows.map(|row| row[at]);
    }
}
