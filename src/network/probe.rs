//! What flows into each convolution: the statistics that quantising needs.

use std::sync::Arc;

use tract_onnx::Onnx;
use tract_onnx::tract_hir::internal::*;

use super::weights::{Weights, layer_names};
use super::{decode, operators, planes, unusable};
use crate::error::Result;
use crate::pixels::Pixels;

/// A float network whose outputs are the inputs of its convolutions, but for the first, which is the
/// image.
pub struct Probe {
    plan: Arc<TypedRunnableModel>,
    input_size: [usize; 2],
}

/// The values of one input channel, over all places and images.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Channel {
    /// Their mean.
    pub mean: f64,
    /// The mean of their squares.
    pub energy: f64,
}

impl Probe {
    /// Opens a network at every convolution.
    ///
    /// # Errors
    /// [`crate::error::Error::Network`] where tract refuses it.
    pub fn new(weights: &Weights) -> Result<Probe> {
        let proto = decode(&weights.write(None))?;
        let [height, width] = weights.input_size;
        let open = || -> TractResult<Arc<TypedRunnableModel>> {
            let onnx = Onnx { op_register: operators::register(), ..Onnx::default() };
            let mut model = onnx.parse(&proto, None)?.model;
            model.set_input_fact(0, f32::fact([1, 3, height, width]).into())?;
            let before = layer_names().map(|(name, pooled)| {
                if pooled { format!("{name}_pool") } else { format!("{name}_relu") }
            });
            model.select_outputs_by_name(before.take(weights.layers.len() - 1))?;
            model.into_typed()?.into_optimized()?.into_runnable()
        };
        Ok(Probe {
            plan: open().map_err(|error| unusable(&error))?,
            input_size: weights.input_size,
        })
    }

    /// For each convolution, its input channels' statistics over one image.
    ///
    /// # Errors
    /// [`crate::error::Error::Network`] where tract fails.
    pub fn statistics(&self, pixels: &Pixels) -> Result<Vec<Vec<Channel>>> {
        let [height, width] = self.input_size;
        let image = planes(pixels);
        let run = || -> TractResult<Vec<Vec<Channel>>> {
            let input = Tensor::from_shape(&[1, 3, height, width], &image)?;
            let mut layers = vec![channels(&image, 3)];
            for output in self.plan.run(tvec!(input.into()))? {
                layers.push(channels(output.view().as_slice::<f32>()?, output.shape()[1]));
            }
            Ok(layers)
        };
        run().map_err(|error| unusable(&error))
    }
}

/// The statistics of `count` planes that follow one another.
fn channels(planes: &[f32], count: usize) -> Vec<Channel> {
    let places = planes.len() / count;
    let channel = |plane: &[f32]| {
        let sum = |term: fn(f64) -> f64| plane.iter().map(|&value| term(value.into())).sum::<f64>();
        Channel { mean: sum(|x| x) / places as f64, energy: sum(|x| x * x) / places as f64 }
    };
    planes.chunks_exact(places).map(channel).collect()
}
