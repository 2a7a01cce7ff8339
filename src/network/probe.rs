//! The inputs of each convolution, which quantising measures.

use std::sync::Arc;

use tract_onnx::Onnx;
use tract_onnx::tract_hir::internal::*;

use super::weights::Weights;
use super::{decode, layer_names, operators, planes, unusable};
use crate::error::Result;
use crate::pixels::Pixels;

/// A float network whose outputs are the inputs of its convolutions, except the first, whose input is the image.
pub struct Probe {
    plan: Arc<TypedRunnableModel>,
    input_size: [usize; 2],
}

/// The input of a convolution: `[channels, height, width] f32`.
pub struct Maps {
    /// `[channels, height, width]`.
    pub shape: [usize; 3],
    /// The values, plane after plane.
    pub values: Vec<f32>,
}

impl Probe {
    /// Makes the input of every convolution an output of the network.
    ///
    /// # Errors
    /// [`crate::error::Error::Network`] where tract refuses the network.
    pub fn new(weights: &Weights) -> Result<Probe> {
        // The classifier is left out because its input is not a convolution's: it is the mean of the last map.
        let convolutions = Weights { classifier: None, ..weights.clone() };
        let proto = decode(&convolutions.write())?;
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

    /// The input of each convolution for one image.
    ///
    /// # Errors
    /// [`crate::error::Error::Network`] where tract fails.
    pub fn inputs(&self, pixels: &Pixels) -> Result<Vec<Maps>> {
        let [height, width] = self.input_size;
        let image = planes(pixels);
        let run = || -> TractResult<Vec<Maps>> {
            let input = Tensor::from_shape(&[1, 3, height, width], &image)?;
            let mut inputs = vec![Maps { shape: [3, height, width], values: image.clone() }];
            for output in self.plan.run(tvec!(input.into()))? {
                let [_, channels, height, width] = *output.shape() else {
                    bail!("maps of {:?}", output.shape());
                };
                let values = output.view().as_slice::<f32>()?.to_vec();
                inputs.push(Maps { shape: [channels, height, width], values });
            }
            Ok(inputs)
        };
        run().map_err(|error| unusable(&error))
    }
}
