//! The inputs of each convolution, which quantising measures.

use super::convolution::{Kernel, available, convolved};
use super::topology::layer_names;
use super::weights::{Layer, Weights};
use super::{check_size, planes};
use crate::error::Result;
use crate::pixels::Pixels;

/// A float network that gives the inputs of its convolutions.
pub struct Probe<'a> {
    weights: &'a Weights,
    kernel: &'static Kernel,
}

/// The input of a convolution: `[channels, height, width] f32`.
pub struct Maps {
    /// `[channels, height, width]`.
    pub shape: [usize; 3],
    /// The values, plane after plane.
    pub values: Vec<f32>,
}

impl Probe<'_> {
    /// Computes with the best instructions of this machine.
    pub fn new(weights: &Weights) -> Probe<'_> {
        Probe { weights, kernel: available()[0] }
    }

    /// The input of each convolution for one image; that of the first is the image.
    ///
    /// # Errors
    /// [`crate::error::Error::Mismatch`] where the pixels are not of the network's input size.
    pub fn inputs(&self, pixels: &Pixels) -> Result<Vec<Maps>> {
        let [height, width] = self.weights.input_size;
        check_size(pixels, [height, width])?;
        let mut inputs = vec![Maps { shape: [3, height, width], values: planes(pixels) }];
        for layer in 0..self.weights.layers.len() - 1 {
            inputs.push(self.output(layer, &inputs[layer]));
        }
        Ok(inputs)
    }

    /// The output of a convolution for its input, pooled where a pooling follows.
    fn output(&self, layer: usize, input: &Maps) -> Maps {
        let [_, height, width] = input.shape;
        let Layer { kernel, bias, .. } = &self.weights.layers[layer];
        let values = convolved(self.kernel, (&input.values, [height, width]), (kernel, bias));
        let maps = Maps { shape: [bias.len(), height, width], values };
        let is_pooled = layer_names().nth(layer).is_some_and(|(_, pooled)| pooled);
        if is_pooled { maps.pooled() } else { maps }
    }
}

impl Maps {
    /// The largest value of each 2 x 2 positions; a last odd row or column is left out.
    fn pooled(&self) -> Maps {
        let [channels, height, width] = self.shape;
        let shape = [channels, height / 2, width / 2];
        let rows = self.values.chunks_exact(height * width).flat_map(|plane| {
            (0..height / 2).map(move |row| plane[2 * row * width..].split_at(width))
        });
        let values = rows.flat_map(|(upper, lower)| {
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            pairs.map(|(a, b)| a[0].max(a[1]).max(b[0].max(b[1])))
        });
        Maps { shape, values: values.collect() }
    }
}
