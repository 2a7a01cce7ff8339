//! A convolution's weights, laid out for the kernels and left as small as the file has them.

use super::functions::Stored;

/// Weights in the file's order.
pub(in super::super) struct Weights {
    /// Input channels.
    pub(in super::super) inputs: usize,
    /// `[out, in, 3, 3]`.
    pub(in super::super) kernel: Values,
    /// `[out] f32`.
    pub(in super::super) bias: Vec<f32>,
}

/// A kernel's values.
pub(in super::super) enum Values {
    /// 8-bit codes, and what each output channel's are multiplied with.
    Codes(Vec<i8>, Vec<f32>),
    /// Plain floats.
    Floats(Vec<f32>),
}

/// Weights as `[block of outputs][in][9][lane]`, outputs that fill no block with zeros.
pub(super) struct PackedWeights {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    lanes: usize,
    values: Values,
    bias: Vec<f32>,
}

impl PackedWeights {
    pub(super) fn new(weights: Weights, lanes: usize) -> PackedWeights {
        let (inputs, outputs) = (weights.inputs, weights.bias.len());
        let padded = |mut values: Vec<f32>| {
            values.resize(outputs.next_multiple_of(lanes), 0.0);
            values
        };
        let values = match weights.kernel {
            Values::Codes(codes, scales) => {
                Values::Codes(packed(&codes, inputs, lanes), padded(scales))
            }
            Values::Floats(floats) => Values::Floats(packed(&floats, inputs, lanes)),
        };
        PackedWeights { inputs, outputs, lanes, values, bias: padded(weights.bias) }
    }

    /// Blocks of output channels.
    pub(super) fn blocks(&self) -> usize {
        self.bias.len() / self.lanes
    }

    /// A block's weights and what to multiply them with.
    pub(super) fn block(&self, block: usize) -> (Stored<'_>, &[f32]) {
        let length = self.inputs * 9 * self.lanes;
        let range = block * length..(block + 1) * length;
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

/// `[out, in, 9]` -> `[out / lanes, in, 9, lanes]`.
pub(super) fn packed<T: Copy + Default>(kernel: &[T], inputs: usize, lanes: usize) -> Vec<T> {
    let length = inputs * 9;
    let outputs = kernel.len() / length;
    let mut packed = vec![T::default(); outputs.next_multiple_of(lanes) * length];
    for (out, values) in kernel.chunks_exact(length).enumerate() {
        let first = out / lanes * lanes * length + out % lanes;
        spread(values, &mut packed[first..], lanes);
    }
    packed
}

/// A function of its own, as browsers replace quick code by good code only from call to call.
#[inline(never)]
fn spread<T: Copy>(values: &[T], to: &mut [T], lanes: usize) {
    for (to, value) in to.iter_mut().step_by(lanes).zip(values) {
        *to = *value;
    }
}
