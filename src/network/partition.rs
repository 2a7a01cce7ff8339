//! One image on several workers: what each computes of every layer, and what they then exchange.
//!
//! Where weights are few, a worker computes a strip of rows, and its neighbours need the rows at the
//! strip's edges. Where they are many, it computes some of the channels, and all others need them.
//! Either way each value comes of the same operations in the same order as on one worker, so the
//! features are the same to the bit.
//!
//! A worker here is whoever drives a [`Partition`]. The page's workers have no memory in common, so they carry the
//! floats from one's [`Partition::outgoing`] to another's [`Partition::incoming`].

use std::ops::Range;
use std::sync::Arc;

use super::classifier::Classifier;
use super::convolution::{Buffer, Region};
use super::graph::Layer;
use super::{FeatureMap, Network, channels_last, check_size, planes};
use crate::error::{Details, Error, Result};
use crate::pixels::Pixels;

/// One worker's partition of the way from pixels to features: all that it computes and exchanges.
pub struct Partition {
    worker: usize,
    lanes: usize,
    input_size: [usize; 2],
    output_shape: [usize; 3],
    classifier: Option<Arc<Classifier>>,
    layers: Vec<(Layer, Region)>,
    /// After the image and after each layer.
    exchanges: Vec<Exchange>,
    /// Layers computed of the present image.
    computed: usize,
    planes: Vec<f32>,
    /// The maps that layers write by turns, whole, though only parts of them are ever filled.
    maps: [Buffer; 2],
}

/// What goes over between one worker and the others of one map.
struct Exchange {
    /// `[blocks, height, width, lanes]` of the whole map.
    shape: [usize; 4],
    /// By worker, what is sent to it.
    outgoing: Vec<Region>,
    /// By worker, what comes from it.
    incoming: Vec<Region>,
}

impl Partition {
    /// The partition of `worker`, counted from 0, of so many `workers`. All must have read the same network.
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
            // The first one tells the features.
            classifier: network.classifier.clone().filter(|_| worker == 0),
            layers: network.layers.iter().cloned().zip(made).collect(),
            exchanges: shapes.enumerate().map(exchange).collect(),
            computed: 0,
            planes: vec![0.0; 3 * height * width],
            maps: Default::default(),
        })
    }

    /// The first worker's begin of an image.
    ///
    /// # Errors
    /// As [`Network::features`].
    pub fn begin(&mut self, pixels: &Pixels) -> Result<()> {
        check_size(pixels, self.input_size)?;
        self.planes = planes(pixels);
        self.computed = 0;
        Ok(())
    }

    /// Every other worker's begin: what it needs of the image comes from the first.
    pub fn join(&mut self) {
        self.computed = 0;
    }

    /// How many layers there are: so often [`step`](Self::step) computes one.
    pub fn layers(&self) -> usize {
        self.layers.len()
    }

    /// Computes this worker's part of the next layer, once what came before has been exchanged;
    /// `false` where no layer is left.
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

    /// What a worker needs of what was computed last, in runs to be sent one after another; none where
    /// it needs nothing.
    pub fn outgoing(&mut self, to: usize) -> Vec<&[f32]> {
        let (map, Exchange { shape, outgoing, .. }) = self.last();
        let map = &*map;
        outgoing[to].runs(*shape).into_iter().map(|run| &map[run]).collect()
    }

    /// The places of what comes from a worker now, in the order of its [`Partition::outgoing`].
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

    /// The most floats that ever go to a worker or come from it at once.
    pub fn most(&self, worker: usize) -> usize {
        let length = |exchange: &Exchange, regions: &[Region]| {
            regions[worker].runs(exchange.shape).iter().map(Range::len).sum()
        };
        let both = |exchange: &Exchange| {
            [length(exchange, &exchange.outgoing), length(exchange, &exchange.incoming)]
        };
        self.exchanges.iter().flat_map(both).max().unwrap_or(0)
    }

    /// The features, once the last layer has been exchanged; `None` before that, and for all workers
    /// but the first.
    pub fn features(&mut self) -> Option<FeatureMap> {
        if self.worker > 0 || self.computed < self.layers.len() {
            return None;
        }
        let (shape, lanes) = (self.output_shape, self.lanes);
        let values = channels_last(self.last().0, lanes, shape);
        Some(FeatureMap::told(shape, values, self.classifier.as_deref()))
    }

    /// The map that was computed last, at first the image, and what is exchanged of it.
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
        format!("a worker of {workers}, counted from 0"),
        worker.to_string(),
        "give each worker a number of its own",
    )))
}

/// What one worker does with one map.
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

/// A worker's parts of the image and of every layer's map. What it needs of one follows from what it
/// makes of the next; the first worker has the image and needs the features.
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
