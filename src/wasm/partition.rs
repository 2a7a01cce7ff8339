//! The network's input -> features, one worker's partition of it.

use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

use super::picture::Pixels;
use crate::network::partition::Partition;
use crate::network::{FeatureMap, PartitionReading};

/// Reads one worker's partition of a network from the pieces of the network's file.
#[wasm_bindgen(js_name = PartitionReading)]
pub struct WebPartitionReading(PartitionReading);

#[wasm_bindgen(js_class = PartitionReading)]
impl WebPartitionReading {
    /// Starts before the first bytes. Throws where there is no such worker.
    #[wasm_bindgen(constructor)]
    pub fn new(worker: usize, workers: usize) -> Result<WebPartitionReading, JsValue> {
        Ok(WebPartitionReading(PartitionReading::new(worker, workers)?))
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }
}

/// One worker's partition of the network; see [`Partition`].
#[wasm_bindgen(js_name = Partition)]
pub struct WebPartition(pub(super) Partition);

#[wasm_bindgen(js_class = Partition)]
impl WebPartition {
    /// Takes the partition once all bytes have been pushed. Throws where they are not a network.
    #[wasm_bindgen(constructor)]
    pub fn new(network: WebPartitionReading) -> Result<WebPartition, JsValue> {
        Ok(WebPartition(network.0.finish()?))
    }

    /// Begins an image on the first worker.
    pub fn begin(&mut self, pixels: &Pixels) -> Result<(), JsValue> {
        Ok(self.0.begin(&pixels.0)?)
    }

    /// Begins an image on any other worker.
    pub fn join(&mut self) {
        self.0.join();
    }

    /// The number of layers.
    #[wasm_bindgen(getter)]
    pub fn layers(&self) -> usize {
        self.0.layers()
    }

    /// Computes the next layer. Returns `false` where none is left.
    pub fn step(&mut self) -> bool {
        self.0.step()
    }

    /// Copies the floats that the worker `to` needs now to a buffer of [`WebPartition::most`] floats, and returns their
    /// number.
    pub fn outgoing(&mut self, to: usize, buffer: &Float32Array) -> u32 {
        let mut place = 0;
        for run in self.0.outgoing(to) {
            let end = place + run.len() as u32;
            buffer.subarray(place, end).copy_from(run);
            place = end;
        }
        place
    }

    /// Whether the worker `from` sends floats now.
    pub fn expects(&mut self, from: usize) -> bool {
        !self.0.incoming(from).is_empty()
    }

    /// Copies the floats that the worker `from` has sent out of a buffer.
    pub fn incoming(&mut self, from: usize, buffer: &Float32Array) {
        let mut place = 0;
        for run in self.0.incoming(from) {
            let end = place + run.len() as u32;
            buffer.subarray(place, end).copy_to(run);
            place = end;
        }
    }

    /// The most floats of one exchange with a worker, in either direction.
    pub fn most(&self, worker: usize) -> usize {
        self.0.most(worker)
    }

    /// The features, on the first worker after the last layer; otherwise `undefined`.
    pub fn features(&mut self) -> Option<Features> {
        self.0.features().map(Features)
    }
}

/// The network's feature map.
#[wasm_bindgen]
pub struct Features(pub(super) FeatureMap);

#[wasm_bindgen]
impl Features {
    /// The map flattened, channels fastest.
    #[wasm_bindgen(getter)]
    pub fn values(&self) -> Vec<f32> {
        self.0.values().to_vec()
    }
}
