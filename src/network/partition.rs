//! One image on several workers: the part of every layer that each computes, and the floats that they then exchange.
//!
//! In a layer with few weights a worker computes a strip of rows, and its neighbours need the rows at the edges of the
//! strip. In a layer with many weights it computes some of the channels, and all others need them. In both cases every
//! value results from the same operations in the same order as on one worker, so the features are equal to the bit.
//!
//! The caller that drives a [`Partition`] is a worker. The page's workers share no memory, so they carry the floats
//! from the [`Partition::outgoing`] of one to the [`Partition::incoming`] of another.

use std::ops::Range;
use std::sync::Arc;

use super::classifier::Classifier;
use super::convolution::{Buffer, Region};
use super::graph::Layer;
use super::{FeatureMap, Network, channels_last, check_size, planes};
use crate::error::{Details, Error, Result};
use crate::pixels::Pixels;

/// One worker's partition of the network: all that it computes and exchanges.
pub struct Partition {
    worker: usize,
    lanes: usize,
    input_size: [usize; 2],
    output_shape: [usize; 3],
    classifier: Option<Arc<Classifier>>,
    layers: Vec<(Layer, Region)>,
    /// One for the image and one for each layer.
    exchanges: Vec<Exchange>,
    /// The number of layers computed for the current image.
    computed: usize,
    planes: Vec<f32>,
    /// The outputs of the layers, written by turns. They have the size of whole maps, but only the worker's parts are
    /// filled.
    maps: [Buffer; 2],
}

/// The parts of one map that a worker exchanges with the others.
struct Exchange {
    /// `[blocks, height, width, lanes]` of the whole map.
    shape: [usize; 4],
    /// For each worker, the region that is sent to it.
    outgoing: Vec<Region>,
    /// For each worker, the region that it sends.
    incoming: Vec<Region>,
}

impl Partition {
    /// The partition of `worker`, counted from 0, of `workers` workers. All must have read the same network.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there is no such worker.
    pub fn new(network: &Network, worker: usize, workers: usize) -> Result<Partition> {
        check_worker(worker, workers)?;
        let [height, width] = network.input_size;
        let image = [3, height, width, 1];
        let shapes = std::iter::once(image).chain(network.layers.iter().map(Layer::output_shape));
        let parts: Vec<Vec<Part>> =
            (0..workers).map(|worker| parts(&network.layers, image, worker, workers)).collect();
        let exchange = |(at, shape): (usize, [usize; 4])| {
            let sent = |from: usize, to: usize| match from == to {
                true => Region::empty(),
                false => parts[from][at].sent_to(&parts[to][at]),
            };
            Exchange {
                shape,
                outgoing: (0..workers).map(|to| sent(worker, to)).collect(),
                incoming: (0..workers).map(|from| sent(from, worker)).collect(),
            }
        };
        let made = parts[worker][1..].iter().map(|part| part.makes.clone());
        Ok(Partition {
            worker,
            lanes: network.kernel.lanes,
            input_size: network.input_size,
            output_shape: network.output_shape,
            // Only the first worker returns the features.
            classifier: network.classifier.clone().filter(|_| worker == 0),
            layers: network.layers.iter().cloned().zip(made).collect(),
            exchanges: shapes.enumerate().map(exchange).collect(),
            computed: 0,
            planes: vec![0.0; 3 * height * width],
            maps: Default::default(),
        })
    }

    /// Begins an image on the first worker.
    ///
    /// # Errors
    /// As [`Network::features`].
    pub fn begin(&mut self, pixels: &Pixels) -> Result<()> {
        check_size(pixels, self.input_size)?;
        self.planes = planes(pixels);
        self.computed = 0;
        Ok(())
    }

    /// Begins an image on any other worker, which receives its part of the image from the first.
    pub fn join(&mut self) {
        self.computed = 0;
    }

    /// The number of layers; each [`step`](Self::step) computes one.
    pub fn layers(&self) -> usize {
        self.layers.len()
    }

    /// Computes this worker's part of the next layer, after the previous map has been exchanged. Returns `false` where
    /// no layer is left.
    pub fn step(&mut self) -> bool {
        let Some((layer, makes)) = self.layers.get(self.computed) else { return false };
        let length = |at: usize| self.exchanges[at].shape.iter().product();
        let [even, odd] = &mut self.maps;
        let (from, to) = if self.computed.is_multiple_of(2) { (odd, even) } else { (even, odd) };
        let map = match self.computed {
            0 => &*self.planes,
            before => from.floats(length(before)),
        };
        if !makes.is_empty() {
            layer.run(map, to.floats(length(self.computed + 1)), makes);
        }
        self.computed += 1;
        true
    }

    /// The part of the last computed map that the worker `to` needs, in runs to be sent in this order. It is empty
    /// where that worker needs nothing.
    pub fn outgoing(&mut self, to: usize) -> Vec<&[f32]> {
        let (map, Exchange { shape, outgoing, .. }) = self.last();
        let map = &*map;
        outgoing[to].runs(*shape).into_iter().map(|run| &map[run]).collect()
    }

    /// The places for the floats that the worker `from` sends now, in the order of its [`Partition::outgoing`].
    pub fn incoming(&mut self, from: usize) -> Vec<&mut [f32]> {
        let (mut map, Exchange { shape, incoming, .. }) = self.last();
        let mut passed = 0;
        let cut = |run: Range<usize>| {
            let rest = std::mem::take(&mut map).split_at_mut(run.start - passed).1;
            let (places, rest) = rest.split_at_mut(run.len());
            (map, passed) = (rest, run.end);
            places
        };
        incoming[from].runs(*shape).into_iter().map(cut).collect()
    }

    /// The most floats of one exchange with a worker, in either direction.
    pub fn most(&self, worker: usize) -> usize {
        let length = |exchange: &Exchange, regions: &[Region]| {
            regions[worker].runs(exchange.shape).iter().map(Range::len).sum()
        };
        let both = |exchange: &Exchange| {
            [length(exchange, &exchange.outgoing), length(exchange, &exchange.incoming)]
        };
        self.exchanges.iter().flat_map(both).max().unwrap_or(0)
    }

    /// The features, once the last layer has been exchanged. Returns `None` before that, and always on all workers
    /// except the first.
    pub fn features(&mut self) -> Option<FeatureMap> {
        if self.worker > 0 || self.computed < self.layers.len() {
            return None;
        }
        let (shape, lanes) = (self.output_shape, self.lanes);
        let values = channels_last(self.last().0, lanes, shape);
        Some(FeatureMap::classified(shape, values, self.classifier.as_deref()))
    }

    /// The map that was computed last (before the first layer, the image), and its exchange.
    fn last(&mut self) -> (&mut [f32], &Exchange) {
        let exchange = &self.exchanges[self.computed];
        let map = match self.computed.checked_sub(1) {
            None => &mut *self.planes,
            Some(layer) => self.maps[layer % 2].floats(exchange.shape.iter().product()),
        };
        (map, exchange)
    }
}

pub(super) fn check_worker(worker: usize, workers: usize) -> Result<()> {
    if worker < workers {
        return Ok(());
    }
    Err(Error::Mismatch(Details::new(
        format!("a worker's number below {workers}"),
        worker.to_string(),
        "number the workers from 0",
    )))
}

/// The regions of one map that one worker computes and needs.
struct Part {
    makes: Region,
    needs: Region,
}

impl Part {
    fn sent_to(&self, other: &Part) -> Region {
        if other.makes.contains(&other.needs) {
            Region::empty()
        } else {
            self.makes.and(&other.needs)
        }
    }
}

/// A worker's parts of the image and of every layer's map. The region that it needs of one map follows from the region
/// that it makes of the next. The first worker has the image and needs the features.
fn parts(layers: &[Layer], image: [usize; 4], worker: usize, workers: usize) -> Vec<Part> {
    let whole = |shape| if worker == 0 { Region::whole(shape) } else { Region::empty() };
    let mut needs = layers.last().map_or(Region::empty(), |last| whole(last.output_shape()));
    let mut parts = Vec::with_capacity(layers.len() + 1);
    for layer in layers.iter().rev() {
        let makes = layer.partition(worker, workers);
        let before = layer.needs(&makes);
        parts.push(Part { makes, needs: std::mem::replace(&mut needs, before) });
    }
    parts.push(Part { makes: whole(image), needs });
    parts.reverse();
    parts
}
