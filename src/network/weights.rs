//! The weights of a truncated VGG16 as floats, for the program's commands.

use prost::Message;
use tract_onnx::pb::ModelProto;

use super::packed::{self, Packed, PackedLayer};
use super::stored::{StoredLayer, values};
use super::topology::{CLASSES, Topology, layer_names};
use super::{decode, not_onnx, onnx};
use crate::digest::Digest;
use crate::error::Result;

/// The weights of a truncated VGG16, as floats.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// `[height, width]` of the input.
    pub input_size: [usize; 2],
    /// The 13 convolutions, in order.
    pub layers: Vec<Layer>,
    /// The classifier, where there is one.
    pub classifier: Option<Layer>,
}

/// The weights of a convolution or of the classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Keras's name, such as `block1_conv1`; or `classes`.
    pub name: String,
    /// The number of input channels.
    pub inputs: usize,
    /// `[out, in, 3, 3] f32`, or `[classes, channels] f32`.
    pub kernel: Vec<f32>,
    /// `[out] f32`.
    pub bias: Vec<f32>,
}

impl Weights {
    /// Reads a file that [`super::Network::read`] takes; codes are expanded.
    ///
    /// # Errors
    /// As [`super::Network::read`].
    pub fn read(bytes: &[u8]) -> Result<Weights> {
        if bytes.starts_with(&packed::MAGIC) {
            return Ok(Weights::of_packed(Packed::read(bytes)?));
        }
        let proto = decode(bytes)?;
        let topology = topology(&proto, bytes)?;
        let layers = topology.layers.iter().map(Layer::of_stored).collect();
        let classifier = topology.classifier.as_ref().map(Layer::of_stored);
        Ok(Weights { input_size: topology.input_size, layers, classifier })
    }

    fn of_packed(packed: Packed) -> Weights {
        let named = layer_names().zip(packed.layers);
        let layers = named.map(|((name, _), layer)| Layer::of_packed(name, layer)).collect();
        let classifier = packed.classifier.map(|layer| Layer::of_packed(CLASSES.into(), layer));
        Weights { input_size: packed.input_size, layers, classifier }
    }

    /// The digest of the weights as floats, which does not depend on the file format. It digests for each layer the
    /// numbers of outputs and inputs (u32), the kernel `[out, in, 3, 3]` and the bias (f32), little endian. The
    /// classifier is the last layer.
    pub fn digest(&self) -> Digest {
        let mut bytes = Vec::new();
        for layer in self.layers.iter().chain(&self.classifier) {
            for width in [layer.outputs(), layer.inputs] {
                bytes.extend_from_slice(&(width as u32).to_le_bytes());
            }
            let values = layer.kernel.iter().chain(&layer.bias);
            bytes.extend(values.flat_map(|value| value.to_le_bytes()));
        }
        Digest::of(&bytes)
    }

    /// The network as an ONNX file of plain floats.
    pub fn write(&self) -> Vec<u8> {
        onnx::model(self).encode_to_vec()
    }
}

/// Whether a network's file stores kernels as 8-bit codes instead of floats.
///
/// # Errors
/// As [`super::Network::read`].
pub fn is_quantised(bytes: &[u8]) -> Result<bool> {
    Ok(bytes.starts_with(&packed::MAGIC)
        || topology(&decode(bytes)?, bytes)?.layers.iter().any(|layer| layer.scale.is_some()))
}

fn topology<'a>(proto: &'a ModelProto, bytes: &[u8]) -> Result<Topology<'a>> {
    Topology::of(proto.graph.as_ref().ok_or_else(|| not_onnx(bytes, "no graph"))?)
}

impl Layer {
    /// Takes a layer of an ONNX file.
    fn of_stored(stored: &StoredLayer<'_>) -> Layer {
        Layer {
            name: stored.name.clone(),
            inputs: stored.inputs(),
            kernel: stored.floats(),
            bias: values(stored.bias),
        }
    }

    fn of_packed(name: String, packed: PackedLayer) -> Layer {
        let places = if name == CLASSES { 1 } else { 9 };
        let inputs = packed.codes.len() / packed.bias.len() / places;
        Layer { name, inputs, kernel: packed.expanded(), bias: packed.bias }
    }

    /// The number of output channels.
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Whether no weight is an infinity or NaN. A network with one of them answers NaN to every image.
    pub fn is_finite(&self) -> bool {
        self.kernel.iter().chain(&self.bias).all(|value| value.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;

    const QUARTER: &[u8] = include_bytes!("../../models/vgg16-quarter.onnx");

    #[test]
    fn what_is_read_and_written_is_read_again_the_same() {
        let weights = Weights::read(QUARTER).unwrap();
        assert_eq!(weights.input_size, [224, 224]);
        let widths: Vec<usize> = weights.layers.iter().map(Layer::outputs).collect();
        assert_eq!(widths, [16, 16, 32, 32, 64, 64, 64, 128, 128, 128, 128, 128, 128]);
        let written = weights.write();
        assert_eq!(Weights::read(&written).unwrap(), weights);
        assert_eq!(Network::read(&written).unwrap().output_shape(), [7, 7, 128]);
    }
}
