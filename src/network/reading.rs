//! Bytes -> [`Network`], during the download: a layer is prepared as soon as its own bytes have arrived.

use std::sync::Arc;

#[cfg(feature = "native")]
use super::amx;
use super::classifier::Classifier;
use super::graph::{self, Layers};
use super::packed::{self, PackedLayer, Unpacker};
use super::partition::Partition;
use super::topology::Topology;
use super::{Network, convolution, decode, not_onnx, partition, stored, unusable};
use crate::digest::{Digest, Digesting};
use crate::error::{Error, Result};

/// Reads a network from the pieces of its file; see [`Network::read`].
pub struct Reading {
    digest: Known,
    form: Form,
    wanted: Wanted,
}

/// What is prepared of a network.
#[derive(Clone, Copy, Default)]
struct Wanted {
    /// The worker and the number of workers, where only the weights of one worker are kept.
    worker: Option<[usize; 2]>,
    /// The kernel of the convolutions in bfloat16, where they are wanted too.
    #[cfg(feature = "native")]
    fast: Option<&'static amx::Kernel>,
}

/// Reads one worker's partition of a network from the pieces of the network's file. It keeps only what this worker
/// needs.
pub struct PartitionReading {
    reading: Reading,
    worker: usize,
    workers: usize,
}

enum Known {
    /// The caller checks the file against this digest.
    Already(Digest),
    Later(Digesting),
}

enum Form {
    /// There are too few bytes to recognise the format.
    Unknown(Vec<u8>),
    Packed(Box<(Unpacker, Parts)>),
    /// Read once all bytes have arrived.
    Onnx(Vec<u8>),
    Refused(Error),
}

/// The parts of a network.
struct Parts {
    input_size: [usize; 2],
    layers: Layers,
    classifier: Option<Classifier>,
}

impl Reading {
    /// Starts before the first bytes. Computing the digest of the whole file takes time, so a caller that checks the
    /// file against a digest passes that digest.
    pub fn new(known: Option<Digest>) -> Reading {
        let digest = known.map_or_else(|| Known::Later(Digesting::default()), Known::Already);
        Reading { digest, form: Form::Unknown(Vec::new()), wanted: Wanted::default() }
    }

    /// Starts before the first bytes of a network that is computed in bfloat16.
    #[cfg(feature = "native")]
    pub(super) fn fast(kernel: &'static amx::Kernel) -> Reading {
        let mut reading = Reading::new(None);
        reading.wanted.fast = Some(kernel);
        reading
    }

    /// Takes the next bytes. Errors are reported by [`finish`](Self::finish).
    pub fn push(&mut self, bytes: &[u8]) {
        if let Known::Later(digesting) = &mut self.digest {
            digesting.push(bytes);
        }
        let form = std::mem::replace(&mut self.form, Form::Unknown(Vec::new()));
        self.form = form.with(bytes, self.wanted).unwrap_or_else(Form::Refused);
    }

    /// Returns the network once all bytes have been pushed.
    ///
    /// # Errors
    /// As [`Network::read`].
    pub fn finish(self) -> Result<Network> {
        let digest = match self.digest {
            Known::Already(digest) => digest,
            Known::Later(digesting) => digesting.finish(),
        };
        match self.form {
            Form::Unknown(bytes) if bytes.starts_with(&packed::MAGIC) => {
                Err(Unpacker::begin(&bytes).err().unwrap_or_else(|| not_onnx(&bytes, "cut short")))
            }
            Form::Packed(both) => {
                let (unpacker, parts) = *both;
                unpacker.finish()?;
                parts.network(digest)
            }
            Form::Unknown(bytes) | Form::Onnx(bytes) => {
                of_onnx(&bytes, self.wanted)?.network(digest)
            }
            Form::Refused(error) => Err(error),
        }
    }
}

impl PartitionReading {
    /// Starts before the first bytes.
    ///
    /// # Errors
    /// As [`Partition::new`].
    pub fn new(worker: usize, workers: usize) -> Result<PartitionReading> {
        partition::check_worker(worker, workers)?;
        // A partition does not report the network's digest.
        let mut reading = Reading::new(Some(Digest([0; 32])));
        reading.wanted.worker = Some([worker, workers]);
        Ok(PartitionReading { reading, worker, workers })
    }

    /// As [`Reading::push`].
    pub fn push(&mut self, bytes: &[u8]) {
        self.reading.push(bytes);
    }

    /// Returns the partition once all bytes have been pushed.
    ///
    /// # Errors
    /// As [`Network::read`].
    pub fn finish(self) -> Result<Partition> {
        Partition::new(&self.reading.finish()?, self.worker, self.workers)
    }
}

impl Form {
    fn with(self, bytes: &[u8], wanted: Wanted) -> Result<Form> {
        match self {
            Form::Unknown(mut all) => {
                all.extend_from_slice(bytes);
                if all.len() < packed::HEAD {
                    return Ok(Form::Unknown(all));
                }
                if !all.starts_with(&packed::MAGIC) {
                    return Ok(Form::Onnx(all));
                }
                let unpacker = Unpacker::begin(&all)?;
                let parts = Parts::new(unpacker.input_size, wanted);
                Form::Packed(Box::new((unpacker, parts))).with(&[], wanted)
            }
            Form::Packed(mut both) => {
                let (unpacker, parts) = &mut *both;
                unpacker.push(bytes);
                while let Some(layer) = unpacker.next_layer()? {
                    parts.add(layer);
                }
                Ok(Form::Packed(both))
            }
            Form::Onnx(mut all) => {
                all.extend_from_slice(bytes);
                Ok(Form::Onnx(all))
            }
            refused @ Form::Refused(_) => Ok(refused),
        }
    }
}

impl Parts {
    /// Starts without layers, for the best kernel of this machine.
    fn new(input_size: [usize; 2], wanted: Wanted) -> Parts {
        let layers = Layers::new(convolution::available()[0], input_size, wanted.worker);
        #[cfg(feature = "native")]
        let layers = match wanted.fast {
            Some(kernel) => layers.with_fast(kernel),
            None => layers,
        };
        Parts { input_size, layers, classifier: None }
    }

    /// Adds the next convolution or, after the last one, the classifier.
    fn add(&mut self, layer: PackedLayer) {
        if self.layers.are_whole() {
            self.classifier = Some(Classifier::new(layer.expanded(), layer.bias));
        } else {
            self.layers.add(layer.into_weights());
        }
    }

    fn network(self, digest: Digest) -> Result<Network> {
        let Parts { input_size, layers, classifier } = self;
        #[cfg(feature = "native")]
        let (layers, fast) = layers.without_fast();
        let kernel = layers.kernel();
        let (layers, output_shape) = layers.finish();
        let plan = graph::plan(&layers, input_size).map_err(|error| unusable(&error))?;
        let classifier = classifier.map(Arc::new);
        Ok(Network {
            plan,
            layers,
            kernel,
            #[cfg(feature = "native")]
            fast,
            classifier,
            input_size,
            output_shape,
            digest,
        })
    }
}

fn of_onnx(bytes: &[u8], wanted: Wanted) -> Result<Parts> {
    let proto = decode(bytes)?;
    let graph = proto.graph.as_ref().ok_or_else(|| not_onnx(bytes, "no graph"))?;
    let topology = Topology::of(graph)?;
    let mut parts = Parts::new(topology.input_size, wanted);
    topology.layers.iter().for_each(|layer| parts.layers.add(layer.weights()));
    let classifier = topology.classifier.as_ref();
    parts.classifier =
        classifier.map(|layer| Classifier::new(layer.floats(), stored::values(layer.bias)));
    Ok(parts)
}
