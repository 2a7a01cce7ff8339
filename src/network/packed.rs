//! The packed form of a network: 8-bit codes, entropy-coded, so that no host needs to compress it.
//!
//! Little endian, one after another with nothing between or behind:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | the magic `RECANET\n`, whose line end shows a transfer as text |
//! | 4 | [`VERSION`] u32 |
//! | 8 | height, width of the input, each u32 |
//! | 13 x 4 | output channels of each convolution u32 |
//! | 13 x ... | each convolution: scales `[out] f32`, bias `[out] f32`, codes `[out, in, 3, 3]` as `src/network/entropy.rs` writes them |
//! | 4 | classes of the classifier u32, 0 where there is none |
//! | ... | the classifier alike, its codes `[classes, channels]` |
//!
//! A weight is its code times its output channel's scale.

use tract_onnx::pb::ModelProto;

use super::entropy::{self, Coded};
use super::limits::{check_classifier, check_size};
use super::onnx::{self, Convolution, Kernel};
use super::topology::BLOCKS;
use crate::error::{Details, Error, Result};

/// The version of the layout.
pub const VERSION: u32 = 2;

pub(super) const MAGIC: [u8; 8] = *b"RECANET\n";

/// A network in codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    /// `[height, width]` of the input.
    pub input_size: [usize; 2],
    /// The 13 convolutions, in order.
    pub layers: Vec<PackedLayer>,
    /// The classifier, where there is one.
    pub classifier: Option<PackedLayer>,
}

/// A convolution or the classifier in codes.
#[derive(Debug, Clone, PartialEq)]
pub struct PackedLayer {
    /// `[out, in, 3, 3] i8`, or `[classes, channels] i8`.
    pub codes: Vec<i8>,
    /// `[out] f32`: what a channel's codes are multiplied with.
    pub scales: Vec<f32>,
    /// `[out] f32`.
    pub bias: Vec<f32>,
}

impl Packed {
    /// Reads a packed network, within the limits of [`Network::read`](super::Network::read).
    ///
    /// # Errors
    /// [`crate::error::Error::Network`], saying which part does not fit.
    pub fn read(bytes: &[u8]) -> Result<Packed> {
        let mut reader = Reader::new(bytes);
        if reader.take(MAGIC.len(), "the magic")? != MAGIC {
            return Err(damaged("the magic of a packed network", "other bytes"));
        }
        let version = reader.number("the version")?;
        if version != VERSION as usize {
            return Err(damaged(&format!("version {VERSION}"), &version.to_string()));
        }
        let input_size = [reader.number("the height")?, reader.number("the width")?];
        let outputs = (0..BLOCKS.iter().sum()).map(|_| reader.number("the widths"));
        let outputs: Vec<usize> = outputs.collect::<Result<_>>()?;
        // Before anything is allocated for them.
        check_size(input_size, &outputs).map_err(|[expected, came]| damaged(&expected, &came))?;
        let mut inputs = 3;
        let mut parts = Vec::with_capacity(outputs.len() + 1);
        for &outputs in &outputs {
            parts.push(CodedLayer::read(&mut reader, outputs, 9 * inputs)?);
            inputs = outputs;
        }
        let classes = reader.number("the number of classes")?;
        if classes > 0 {
            check_classifier(classes, inputs)
                .map_err(|[expected, came]| damaged(&expected, &came))?;
            parts.push(CodedLayer::read(&mut reader, classes, inputs)?);
        }
        if !reader.is_empty() {
            return Err(damaged("the end of the file", &format!("{} bytes more", reader.0.len())));
        }
        let mut layers = CodedLayer::decode(parts)?;
        let classifier = layers.split_off(outputs.len()).pop();
        Ok(Packed { input_size, layers, classifier })
    }

    /// The bytes of the file.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let numbers = self.input_size.into_iter().chain(self.layers.iter().map(|l| l.bias.len()));
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(numbers.flat_map(|number| (number as u32).to_le_bytes()));
        bytes.extend(self.layers.iter().flat_map(PackedLayer::bytes));
        let classes = self.classifier.as_ref().map_or(0, |layer| layer.bias.len());
        bytes.extend((classes as u32).to_le_bytes());
        bytes.extend(self.classifier.iter().flat_map(PackedLayer::bytes));
        bytes
    }

    /// The same network as ONNX, still in codes.
    pub(super) fn into_onnx(mut self) -> ModelProto {
        let layers = self.layers.iter_mut().map(PackedLayer::take).collect();
        let classifier = self.classifier.as_mut().map(PackedLayer::take);
        onnx::model(self.input_size, layers, classifier)
    }
}

/// A layer whose codes are not decoded yet.
struct CodedLayer<'a> {
    scales: Vec<f32>,
    bias: Vec<f32>,
    codes: Coded<'a>,
}

impl<'a> CodedLayer<'a> {
    fn read(reader: &mut Reader<'a>, outputs: usize, inputs: usize) -> Result<CodedLayer<'a>> {
        let (scales, bias) = (reader.floats(outputs)?, reader.floats(outputs)?);
        let codes = Coded::read(reader, outputs, inputs)?;
        Ok(CodedLayer { scales, bias, codes })
    }

    /// All layers at once, which is quicker than one after another.
    fn decode(layers: Vec<CodedLayer<'a>>) -> Result<Vec<PackedLayer>> {
        let (floats, codes): (Vec<_>, Vec<_>) =
            layers.into_iter().map(|layer| ((layer.scales, layer.bias), layer.codes)).unzip();
        let whole = floats.into_iter().zip(entropy::decode(codes)?);
        Ok(whole.map(|((scales, bias), codes)| PackedLayer { codes, scales, bias }).collect())
    }
}

impl PackedLayer {
    /// What it stores; it has no codes afterwards.
    fn take(&mut self) -> Convolution<'_> {
        let codes = std::mem::take(&mut self.codes);
        Convolution { kernel: Kernel::Codes(codes, &self.scales), bias: &self.bias }
    }

    /// Its part of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let floats = self.scales.iter().chain(&self.bias);
        let mut bytes: Vec<u8> = floats.flat_map(|value| value.to_le_bytes()).collect();
        bytes.extend(entropy::encode(&self.codes, self.codes.len() / self.bias.len()));
        bytes
    }

    /// The kernel that the codes stand for, as they lie, f32.
    pub fn expanded(&self) -> Vec<f32> {
        let mut kernel: Vec<f32> = self.codes.iter().map(|&code| f32::from(code)).collect();
        super::stored::dequantise(&mut kernel, &self.scales, &vec![0.0; self.scales.len()]);
        kernel
    }
}

/// What is left of a file.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Starts at the beginning.
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next bytes, or an error that says what should have been there.
    pub(crate) fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(count).ok_or_else(|| {
            damaged(
                &format!("{count} bytes for {what}"),
                &format!("the end after {}", self.0.len()),
            )
        })?;
        self.0 = left;
        Ok(taken)
    }

    /// A u32.
    pub(crate) fn number(&mut self, what: &str) -> Result<usize> {
        let bytes = self.take(4, what)?;
        Ok(bytes.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte)))
    }

    /// Finite floats.
    pub(crate) fn floats(&mut self, count: usize) -> Result<Vec<f32>> {
        let bytes = self.take(count.saturating_mul(4), "scales and biases")?.as_chunks::<4>().0;
        let values: Vec<f32> = bytes.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        match values.iter().find(|value| !value.is_finite()) {
            Some(value) => Err(damaged("scales and biases that are numbers", &value.to_string())),
            None => Ok(values),
        }
    }
}

pub(super) fn damaged(expected: &str, came: &str) -> Error {
    let advice = "copy the packed network anew, or make it with `recasketch network quantise`";
    Error::Network(Details::new(expected, came, advice))
}
