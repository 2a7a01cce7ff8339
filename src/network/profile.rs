//! The time of each layer, compared with the multiplications of the definition and with the machine's peak.

use std::time::Instant;

use serde::Serialize;
use tract_onnx::tract_hir::internal::*;

use super::{Network, planes, unusable};
use crate::error::Result;
use crate::pixels::Pixels;

/// The number of runs of each layer; the fastest one counts.
const RUNS: usize = 7;

/// A layer's cost in one thread.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerCost {
    /// Keras's name, such as `block2_conv1`; its ReLU and pooling are included. The first two
    /// convolutions are one layer, `block1_conv1, block1_conv2`.
    pub layer: String,
    /// The time of the fastest run.
    pub milliseconds: f64,
    /// 10⁹ additions and multiplications per second, counted by the definition. A transform that saves multiplications
    /// can therefore exceed the peak.
    pub gflops: f64,
    /// [`LayerCost::gflops`] divided by the core's peak.
    pub of_peak: f64,
}

impl Network {
    /// Measures layer by layer on one image, in the caller's thread pool.
    ///
    /// # Errors
    /// [`crate::error::Error::Network`] where tract fails.
    pub fn profile(&self, pixels: &Pixels) -> Result<Vec<LayerCost>> {
        let peak = self.kernel.peak_gflops();
        let [height, width] = self.input_size;
        let input = Tensor::from_shape(&[3, height, width], &planes(pixels));
        let mut map: TValue = input.map_err(|error| unusable(&error))?.into();
        let mut costs = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let (mut quickest, mut output) = (f64::INFINITY, map.clone());
            for _ in 0..RUNS {
                let input = tvec!(map.clone());
                let start = Instant::now();
                let outputs = layer.eval(&EvalContext::out_of_plan(), input);
                quickest = quickest.min(start.elapsed().as_secs_f64());
                output = outputs.map_err(|error| unusable(&error))?.remove(0);
            }
            map = output;
            let gflops = 2.0 * layer.multiplications() as f64 / quickest / 1e9;
            let (layer, milliseconds) = (layer.title().to_owned(), quickest * 1e3);
            costs.push(LayerCost { layer, milliseconds, gflops, of_peak: gflops / peak });
        }
        Ok(costs)
    }
}
