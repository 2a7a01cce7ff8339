//! The packed file of a network: 8-bit codes, entropy-coded, so that the server need not compress it.
//!
//! Little endian, without gaps:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | the magic `RECANET\n`; its line end shows when a file was transferred as text |
//! | 4 | [`VERSION`] u32 |
//! | 8 | height, width of the input, each u32 |
//! | 13 x 4 | output channels of each convolution u32 |
//! | 4 | classes of the classifier u32, 0 where there is none |
//! | 13 x ... | each convolution: its length in bytes u32, scales `[out] f32`, bias `[out] f32`, codes `[out, in, 3, 3]` as `src/network/entropy.rs` writes them |
//! | ... | the classifier in the same form; its codes are `[classes, channels]` |
//!
//! A weight is its code times the scale of its output channel. A layer can be read as soon as its own bytes are there.

use std::collections::VecDeque;

use super::convolution::{Values, Weights};
use super::entropy;
use super::limits::{check_classifier, check_size};
use super::reader::{Reader, damaged};
use super::topology::BLOCKS;
use crate::error::Result;

/// The version of the layout.
pub const VERSION: u32 = 3;

pub(super) const MAGIC: [u8; 8] = *b"RECANET\n";

/// A network as 8-bit codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    /// `[height, width]` of the input.
    pub input_size: [usize; 2],
    /// The 13 convolutions, in order.
    pub layers: Vec<PackedLayer>,
    /// The classifier, where there is one.
    pub classifier: Option<PackedLayer>,
}

/// A convolution or the classifier as 8-bit codes.
#[derive(Debug, Clone, PartialEq)]
pub struct PackedLayer {
    /// `[out, in, 3, 3] i8`, or `[classes, channels] i8`.
    pub codes: Vec<i8>,
    /// `[out] f32`: the factors of the channels' codes.
    pub scales: Vec<f32>,
    /// `[out] f32`.
    pub bias: Vec<f32>,
}

impl Packed {
    /// Reads a packed network, within the limits of [`Network::read`](super::Network::read).
    ///
    /// # Errors
    /// [`crate::error::Error::Network`], which says which part does not fit.
    pub fn read(bytes: &[u8]) -> Result<Packed> {
        let mut unpacker = Unpacker::begin(bytes)?;
        let (mut layers, mut classifier) = (Vec::with_capacity(CONVOLUTIONS), None);
        while let Some(layer) = unpacker.next_layer()? {
            match layers.len() {
                CONVOLUTIONS => classifier = Some(layer),
                _ => layers.push(layer),
            }
        }
        let input_size = unpacker.input_size;
        unpacker.finish()?;
        Ok(Packed { input_size, layers, classifier })
    }

    /// The bytes of the file.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let numbers = self.input_size.into_iter().chain(self.layers.iter().map(|l| l.bias.len()));
        bytes.extend(VERSION.to_le_bytes());
        let classes = self.classifier.as_ref().map_or(0, |layer| layer.bias.len());
        bytes.extend(numbers.chain([classes]).flat_map(|number| (number as u32).to_le_bytes()));
        bytes.extend(self.layers.iter().chain(&self.classifier).flat_map(PackedLayer::bytes));
        bytes
    }
}

/// The number of convolutions.
const CONVOLUTIONS: usize = {
    let [one, two, three, four, five] = BLOCKS;
    one + two + three + four + five
};

/// The bytes before the first layer: the magic, the version, two sides, the widths of all convolutions, and the
/// classes.
pub(super) const HEAD: usize = MAGIC.len() + 4 * (1 + 2 + CONVOLUTIONS + 1);

/// Reads a packed network layer by layer from the pieces of its file.
pub(super) struct Unpacker {
    /// `[height, width]` of the input.
    pub(super) input_size: [usize; 2],
    /// The number of rows and their length, for each layer that follows.
    sizes: VecDeque<[usize; 2]>,
    /// The bytes that have arrived and are still needed.
    bytes: Vec<u8>,
    /// The number of these bytes whose layers have been read since.
    taken: usize,
}

impl Unpacker {
    /// Starts with the first bytes, at least [`HEAD`] of them.
    ///
    /// # Errors
    /// As [`Packed::read`].
    pub(super) fn begin(bytes: &[u8]) -> Result<Unpacker> {
        let mut reader = Reader::new(bytes);
        if reader.take(MAGIC.len(), "the magic")? != MAGIC {
            return Err(damaged("the magic of a packed network", "other bytes"));
        }
        let version = reader.number("the version")?;
        if version != VERSION as usize {
            return Err(damaged(&format!("version {VERSION}"), &version.to_string()));
        }
        let input_size = [reader.number("the height")?, reader.number("the width")?];
        let outputs = (0..CONVOLUTIONS).map(|_| reader.number("the widths"));
        let outputs: Vec<usize> = outputs.collect::<Result<_>>()?;
        // Before anything is allocated for them.
        check_size(input_size, &outputs).map_err(|[expected, came]| damaged(&expected, &came))?;
        let inputs = std::iter::once(&3).chain(&outputs);
        let sizes = outputs.iter().zip(inputs).map(|(&outputs, inputs)| [outputs, 9 * inputs]);
        let mut sizes: VecDeque<[usize; 2]> = sizes.collect();
        let classes = reader.number("the number of classes")?;
        if classes > 0 {
            let channels = outputs[CONVOLUTIONS - 1];
            check_classifier(classes, channels)
                .map_err(|[expected, came]| damaged(&expected, &came))?;
            sizes.push_back([classes, channels]);
        }
        Ok(Unpacker { input_size, sizes, bytes: reader.left().to_vec(), taken: 0 })
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..std::mem::take(&mut self.taken));
        self.bytes.extend_from_slice(bytes);
    }

    /// The next layer, once all its bytes have arrived: first the convolutions, then the classifier. Returns `None`
    /// before that and after the last layer.
    ///
    /// # Errors
    /// As [`Packed::read`].
    pub(super) fn next_layer(&mut self) -> Result<Option<PackedLayer>> {
        let Some(&[rows, length]) = self.sizes.front() else { return Ok(None) };
        let came = &self.bytes[self.taken..];
        let Some((bytes, behind)) = came.split_first_chunk() else { return Ok(None) };
        let Some(layer) = behind.get(..u32::from_le_bytes(*bytes) as usize) else {
            return Ok(None);
        };
        let mut reader = Reader::new(layer);
        let (scales, bias) = (reader.floats(rows)?, reader.floats(rows)?);
        let codes = entropy::decode(&mut reader, rows, length)?;
        if !reader.is_empty() {
            return Err(damaged(
                "the end of a layer",
                &format!("{} bytes more", reader.left().len()),
            ));
        }
        self.taken += bytes.len() + layer.len();
        self.sizes.pop_front();
        Ok(Some(PackedLayer { codes, scales, bias }))
    }

    /// Checks that the file is complete and that nothing follows it.
    ///
    /// # Errors
    /// As [`Packed::read`].
    pub(super) fn finish(self) -> Result<()> {
        let left = self.bytes.len() - self.taken;
        match self.sizes.len() {
            0 if left == 0 => Ok(()),
            0 => Err(damaged("the end of the file", &format!("{left} bytes more"))),
            layers => Err(damaged(
                &format!("{layers} more layers"),
                &format!("the end of the file, {left} bytes after the last whole layer"),
            )),
        }
    }
}

impl PackedLayer {
    /// The weights of a convolution.
    pub(super) fn into_weights(self) -> Weights<'static> {
        let inputs = self.codes.len() / self.bias.len() / 9;
        let kernel = Values::Codes(self.codes.into(), self.scales);
        Weights { inputs, kernel, bias: self.bias }
    }

    /// The bytes of the layer in the file.
    pub fn bytes(&self) -> Vec<u8> {
        let codes = entropy::encode(&self.codes, self.codes.len() / self.bias.len());
        let floats = self.scales.iter().chain(&self.bias);
        let length = 8 * self.bias.len() + codes.len();
        let mut bytes = (length as u32).to_le_bytes().to_vec();
        bytes.extend(floats.flat_map(|value| value.to_le_bytes()));
        bytes.extend(codes);
        bytes
    }

    /// The kernel as f32, in the order of the codes.
    pub fn expanded(&self) -> Vec<f32> {
        let mut kernel: Vec<f32> = self.codes.iter().map(|&code| f32::from(code)).collect();
        super::stored::dequantise(&mut kernel, &self.scales, &vec![0.0; self.scales.len()]);
        kernel
    }
}
