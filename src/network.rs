//! [`Pixels`] -> [`FeatureMap`]: a truncated VGG16 read from ONNX and run by tract.
//!
//! The network is the post's: VGG16 without its three fully connected layers. In their place it may have a classifier,
//! one small linear layer. The file decides the widths and the input size, and so the shape of the feature map. The
//! topology is checked before tract reads the graph, so that an error names what is wrong.

#[cfg(feature = "native")]
#[allow(unsafe_code)]
// Its kernel uses tile instructions; each block says why it is sound.
mod amx;
mod classifier;
#[allow(unsafe_code)]
// Its kernels use vector instructions; each block says why it is sound.
mod convolution;
pub(crate) mod entropy;
mod focus;
mod graph;
mod limits;
#[cfg(feature = "native")]
mod onnx;
#[cfg(all(test, feature = "native"))]
mod operators;
pub mod packed;
pub mod partition;
#[cfg(feature = "native")]
pub mod probe;
#[cfg(feature = "native")]
pub mod profile;
pub(crate) mod reader;
mod reading;
mod stored;
pub(crate) mod tensor;
#[cfg(all(test, feature = "native"))]
mod tests;
mod topology;
#[cfg(feature = "native")]
pub mod weights;
pub(crate) mod wire;

use std::sync::Arc;

use prost::Message;
use tract_onnx::pb::ModelProto;
use tract_onnx::tract_hir::internal::*;

use crate::digest::Digest;
use crate::error::{Details, Error, Result};
use crate::pixels::Pixels;
use classifier::Classifier;
#[cfg(feature = "native")]
pub(crate) use limits::check_weights;
pub use limits::{
    MAXIMUM_CHANNELS, MAXIMUM_CLASSES, MAXIMUM_INPUT_SIDE, MAXIMUM_MAP, MAXIMUM_WEIGHTS,
};
pub use reading::{PartitionReading, Reading};
pub use topology::layer_names;

/// The means of ImageNet for blue, green and red (0..=255), in Caffe's order. VGG16 subtracts them from its input, as
/// the post's `preprocess_input` does.
pub const MEAN_BGR: [f32; 3] = [103.939, 116.779, 123.68];

/// A truncated VGG16, ready to run.
pub struct Network {
    plan: Arc<TypedRunnableModel>,
    layers: Vec<graph::Layer>,
    kernel: &'static convolution::Kernel,
    /// The convolutions in bfloat16, for a network that was read by [`Network::read_fast`].
    #[cfg(feature = "native")]
    fast: Option<amx::Convolutions>,
    classifier: Option<Arc<Classifier>>,
    input_size: [usize; 2],
    output_shape: [usize; 3],
    digest: Digest,
}

/// The most numbers in an embedding, those of the classes included. As `128 * 128 * 100,000 < 2^31`, no dot product of
/// two embeddings overflows.
pub const MAXIMUM_DIMENSIONS: usize = 100_000;

/// The output of the network for one image: `[height, width, channels] f32`, at least 0, after ReLU and the last
/// pooling. It is flattened in this order, channels fastest, as in Keras. Where the network has a classifier, the
/// probabilities of the classes come with the map.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMap {
    shape: [usize; 3],
    values: Vec<f32>,
    probabilities: Vec<f32>,
}

impl Network {
    /// Reads a network from the bytes of an ONNX file or of a packed network.
    ///
    /// The file need not be trusted. The limits [`MAXIMUM_INPUT_SIDE`], [`MAXIMUM_CHANNELS`], [`MAXIMUM_WEIGHTS`] and
    /// [`MAXIMUM_MAP`] are checked before memory is allocated.
    ///
    /// # Errors
    /// [`Error::Network`] where the bytes are neither, or where the graph is not VGG16's 13 convolutions and 5
    /// poolings; the error names the layer that does not fit.
    pub fn read(bytes: &[u8]) -> Result<Network> {
        let mut reading = Reading::new(None);
        reading.push(bytes);
        reading.finish()
    }

    /// The same network, computed in bfloat16 by the processor's tile instructions (Intel's AMX): an image takes
    /// a quarter of the time, and the embedding has a cosine of about 0.99995 to the usual one.
    ///
    /// # Errors
    /// As [`Network::read`], and [`Error::Machine`] where the processor has no such instructions, or the system is not
    /// Linux.
    #[cfg(feature = "native")]
    pub fn read_fast(bytes: &[u8]) -> Result<Network> {
        let Some(kernel) = amx::available() else {
            let expected = "a processor with AMX for `--fast`, under Linux";
            let advice = "leave out `--fast`";
            return Err(Error::Machine(Details::new(expected, "another machine", advice)));
        };
        let mut reading = Reading::fast(kernel);
        reading.push(bytes);
        reading.finish()
    }

    /// Whether this machine can run a network of [`Network::read_fast`].
    #[cfg(feature = "native")]
    pub fn can_be_fast() -> bool {
        amx::available().is_some()
    }

    /// The name of the vector instructions that its convolutions use, the best of this machine: `avx512`, `avx2`,
    /// `neon`, `relaxed-simd`, `simd128` or `portable`; or `amx` after [`Network::read_fast`].
    pub fn kernel(&self) -> &'static str {
        #[cfg(feature = "native")]
        if self.fast.is_some() {
            return "amx";
        }
        self.kernel.name
    }

    /// `[height, width]` of the input pixels.
    pub fn input_size(&self) -> [usize; 2] {
        self.input_size
    }

    /// `[height, width, channels]` of its feature map.
    pub fn output_shape(&self) -> [usize; 3] {
        self.output_shape
    }

    /// The number of classes; 0 where the network has no classifier.
    pub fn classes(&self) -> usize {
        self.classifier.as_ref().map_or(0, |classifier| classifier.classes())
    }

    /// The digest of the file that the network was read from.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Where the things are that the network sees in an image, from its features: up to three squares `[left, top,
    /// side]` in fractions of the input's sides, the one with the most activation first. They hardly overlap. None where
    /// the only thing lies in the middle, where nothing stands out, and where the network has no classifier.
    pub fn focus(&self, features: &FeatureMap) -> Vec<[f32; 3]> {
        let Some(classifier) = &self.classifier else { return Vec::new() };
        let [height, width, _] = features.shape;
        let activations = classifier.activations(&features.values, &features.probabilities);
        focus::focus(&activations, &classifier.answers(&features.values), [height, width])
    }

    /// Runs the network on one image.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the pixels are not of [`Network::input_size`]; [`Error::Network`] where weights are so
    /// large that a feature is an infinity or NaN.
    pub fn features(&self, pixels: &Pixels) -> Result<FeatureMap> {
        check_size(pixels, self.input_size)?;
        let values = self.values(pixels)?;
        let map = FeatureMap::classified(self.output_shape(), values, self.classifier.as_deref());
        if !map.values.iter().chain(&map.probabilities).all(|value| value.is_finite()) {
            let advice = "make the network again; its weights are too large";
            let came = "an infinity or NaN";
            return Err(Error::Network(Details::new("finite features", came, advice)));
        }
        Ok(map)
    }

    /// The values of the feature map, `[height, width, channels] f32`.
    fn values(&self, pixels: &Pixels) -> Result<Vec<f32>> {
        #[cfg(feature = "native")]
        if let Some(fast) = &self.fast {
            return Ok(fast.run(pixels));
        }
        let blocks = self.run(&planes(pixels)).map_err(|error| unusable(&error))?;
        Ok(channels_last(&blocks, self.kernel.lanes, self.output_shape()))
    }

    /// Planes `[3, height, width]` -> the blocks of the last map `[blocks, height, width, lanes]`.
    fn run(&self, planes: &[f32]) -> TractResult<Vec<f32>> {
        let [height, width] = self.input_size;
        let input = Tensor::from_shape(&[3, height, width], planes)?;
        let output = self.plan.run(tvec!(input.into()))?;
        Ok(output[0].view().as_slice::<f32>()?.to_vec())
    }
}

impl FeatureMap {
    /// Takes the values of a map `[height, width, channels]`, without probabilities.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the number of values is not the product of the shape.
    pub fn new(shape: [usize; 3], values: Vec<f32>) -> Result<FeatureMap> {
        if values.len() != shape.iter().product::<usize>() {
            return Err(Error::Mismatch(Details::new(
                format!("the values of a feature map {shape:?}"),
                values.len().to_string(),
                "pass the whole feature map",
            )));
        }
        Ok(FeatureMap::classified(shape, values, None))
    }

    /// The same map with the probabilities of the classes: `[classes] f32`, 0..=1, with the sum 1, at most
    /// [`MAXIMUM_CLASSES`].
    pub fn with_probabilities(self, probabilities: Vec<f32>) -> FeatureMap {
        FeatureMap { probabilities, ..self }
    }

    /// A map with the probabilities that the classifier, where there is one, computes from it.
    fn classified(
        shape: [usize; 3],
        values: Vec<f32>,
        classifier: Option<&Classifier>,
    ) -> FeatureMap {
        let probabilities =
            classifier.map_or_else(Vec::new, |classifier| classifier.probabilities(&values));
        FeatureMap { shape, values, probabilities }
    }

    /// `[height, width, channels]`.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The probability of each class, with the sum 1; empty where the network has no classifier.
    pub fn probabilities(&self) -> &[f32] {
        &self.probabilities
    }

    /// The flattened values, channels fastest.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

fn check_size(pixels: &Pixels, [height, width]: [usize; 2]) -> Result<()> {
    if [pixels.height(), pixels.width()] == [height, width] {
        return Ok(());
    }
    Err(Error::Mismatch(Details::new(
        format!("{height} x {width} pixels, the network's input"),
        format!("{} x {}", pixels.height(), pixels.width()),
        "fit the image to the network's input size",
    )))
}

/// Pixels -> `[3, height, width] f32`, blue, green, red, each minus its mean: about -124..=152.
fn planes(pixels: &Pixels) -> Vec<f32> {
    let plane = |channel: usize, mean: f32| {
        pixels.rgb().chunks_exact(3).map(move |pixel| f32::from(pixel[channel]) - mean)
    };
    let [blue, green, red] = MEAN_BGR;
    plane(2, blue).chain(plane(1, green)).chain(plane(0, red)).collect()
}

/// Blocks of channels `[blocks, height, width, lanes]` -> `[height, width, channels]`.
fn channels_last(blocks: &[f32], lanes: usize, [height, width, channels]: [usize; 3]) -> Vec<f32> {
    let cells = height * width;
    let place = |cell, channel| (channel / lanes * cells + cell) * lanes + channel % lanes;
    (0..cells)
        .flat_map(|cell| (0..channels).map(move |channel| blocks[place(cell, channel)]))
        .collect()
}

fn unusable(error: &TractError) -> Error {
    Error::Network(Details::new(
        "weights that tract can load and run",
        format!("weights that it refuses ({error:#})"),
        "make the network again; this file is damaged",
    ))
}

/// Decodes an ONNX file; its graph is not checked yet.
fn decode(bytes: &[u8]) -> Result<ModelProto> {
    if !wire::is_small(bytes) {
        return Err(Error::Network(Details::new(
            format!("an ONNX file of at most {} parts", wire::MAXIMUM_PARTS),
            format!("more parts in {} bytes", bytes.len()),
            "check where the file came from",
        )));
    }
    ModelProto::decode(bytes).map_err(|error| not_onnx(bytes, &error.to_string()))
}

fn not_onnx(bytes: &[u8], reason: &str) -> Error {
    let came = match bytes {
        [] => "an empty file".to_owned(),
        [b'<', ..] => "a page of HTML or XML".to_owned(),
        [0x89, b'H', b'D', b'F', ..] => "an HDF5 file".to_owned(),
        _ => format!("{} bytes that are not ONNX ({reason})", bytes.len()),
    };
    Error::Network(Details::new(
        "an ONNX file or a packed network",
        came,
        "check where the file came from",
    ))
}
