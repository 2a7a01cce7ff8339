//! VGG16's weights from the files of other tools: Keras's and torchvision's, in HDF5, safetensors,
//! npz or ONNX.
//!
//! ```text
//! bytes -> archive of named tensors -> 13 convolutions, found by name -> Weights
//!          (h5, safetensors, npz)      (names)                           (preprocessing folded in)
//! bytes -> graph, walked node by node (onnx) ------------------------^
//! ```
//!
//! The imported weights always take this crate's pixels: blue, green, red minus Caffe's means. Another preprocessing is
//! folded into the first layer, so that there is only one path from images to pixels.

mod archive;
mod h5;
mod names;
mod npz;
mod onnx;
mod preprocessing;
mod safetensors;

use std::fmt;

use crate::error::{Details, Error, Result};
use crate::network::weights::{Layer, Weights};
use crate::network::{MAXIMUM_CLASSES, check_weights};
use archive::Archive;
pub use names::{KernelOrder, Naming};
pub use preprocessing::PixelConvention;

/// `[height, width]` of VGG16's input, for files of weights that do not give it.
const INPUT_SIZE: [usize; 2] = [224, 224];

/// Weights from another tool's file, and the form that they had there.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The weights, for this crate's pixels.
    pub weights: Weights,
    /// The file's form.
    pub format: Format,
    /// The tool that named the tensors.
    pub naming: Naming,
    /// The order of the kernels' axes in the file.
    pub order: KernelOrder,
    /// The pixels that the file's own network expects; folded into the weights.
    pub preprocessing: PixelConvention,
    /// The number of tensors that were left out: the fully connected layers' and any others.
    pub left_out: usize,
}

/// The form of a file of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// HDF5, as Keras writes `.h5` and `.weights.h5`.
    Hdf5,
    /// Safetensors.
    Safetensors,
    /// NumPy's `.npz`.
    Npz,
    /// ONNX, a whole graph.
    Onnx,
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Format::Hdf5 => "HDF5",
            Format::Safetensors => "safetensors",
            Format::Npz => "npz",
            Format::Onnx => "ONNX",
        })
    }
}

/// The convolutions of a file, with kernels `[out, in, 3, 3]`.
struct Found {
    layers: Vec<Layer>,
    classifier: Option<Layer>,
    input_size: [usize; 2],
    naming: Naming,
    order: KernelOrder,
    left_out: usize,
}

/// Reads weights of any accepted form. Without `preprocessing`, the names of the tensors decide it.
///
/// # Errors
/// [`Error::Network`] for another form, or with the first layer of VGG16 that does not fit.
pub fn read(bytes: Vec<u8>, preprocessing: Option<PixelConvention>) -> Result<Imported> {
    let format = format_of(&bytes)?;
    let found = match format {
        Format::Hdf5 => from_archive(&h5::Hdf5::open(bytes)?)?,
        Format::Safetensors => from_archive(&safetensors::Safetensors::open(&bytes)?)?,
        Format::Npz => from_archive(&npz::Npz::open(&bytes)?)?,
        Format::Onnx => onnx::find(&bytes)?,
    };
    let preprocessing = preprocessing.unwrap_or(match found.naming {
        Naming::Keras => PixelConvention::Caffe,
        Naming::Torchvision => PixelConvention::Torchvision,
    });
    let (mut layers, classifier) = (found.layers, found.classifier);
    if let Some(first) = layers.first_mut() {
        preprocessing.fold_into(first);
    }
    layers.iter().chain(&classifier).try_for_each(check_values)?;
    Ok(Imported {
        weights: Weights { input_size: found.input_size, layers, classifier },
        format,
        naming: found.naming,
        order: found.order,
        preprocessing,
        left_out: found.left_out,
    })
}

fn from_archive(archive: &dyn Archive) -> Result<Found> {
    let located = names::locate(archive.entries())?;
    let layers = located.layers(archive)?;
    let channels = layers.last().map_or(0, Layer::outputs);
    let classifier = classifier(archive, channels)?;
    let read = 2 * (located.places.len() + usize::from(classifier.is_some()));
    Ok(Found {
        layers,
        classifier,
        input_size: INPUT_SIZE,
        naming: located.naming,
        order: located.order,
        left_out: archive.entries().len() - read,
    })
}

/// The linear layer over the mean of the last feature map, if the file has one: `classes.weight` `[classes, channels]`
/// and `classes.bias` `[classes]`. `models/torchvision_vgg16.py` adds it.
fn classifier(archive: &dyn Archive, channels: usize) -> Result<Option<Layer>> {
    let entries = archive.entries();
    let named = |name: &str| entries.iter().position(|entry| entry.name == name);
    let (weight, bias) = match (named("classes.weight"), named("classes.bias")) {
        (None, None) => return Ok(None),
        (Some(weight), Some(bias)) => (weight, bias),
        _ => return Err(wrong("classes.weight and classes.bias", "one of them alone")),
    };
    let dims = [&entries[weight].dims[..], &entries[bias].dims];
    match dims {
        [[classes, inputs], [biases]]
            if classes == biases
                && *inputs == channels
                && (1..=MAXIMUM_CLASSES).contains(classes) =>
        {
            let (kernel, bias) = (archive.values(weight)?, archive.values(bias)?);
            Ok(Some(Layer { name: "classes".into(), inputs: channels, kernel, bias }))
        }
        _ => {
            let expected = format!(
                "classes.weight [1 to {MAXIMUM_CLASSES}, {channels}] with as many in classes.bias"
            );
            Err(wrong(expected, format!("{dims:?}")))
        }
    }
}

/// The form, by the first bytes, because a file can have a wrong ending.
fn format_of(bytes: &[u8]) -> Result<Format> {
    let came = match bytes {
        [] => "an empty file".to_owned(),
        [0x89, b'H', b'D', b'F', b'\r', b'\n', 0x1a, b'\n', ..] => return Ok(Format::Hdf5),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => return Ok(Format::Npz),
        [_, _, _, _, _, 0, 0, 0, b'{', ..] => return Ok(Format::Safetensors),
        [b'<', ..] => "a page of HTML or XML".to_owned(),
        [0x80, 2..=5, ..] => "a Python pickle, which runs code when it is read".to_owned(),
        _ if bytes.starts_with(b"version https://git-lfs") => {
            "Git LFS's pointer instead of the file".to_owned()
        }
        // ONNX has no signature. Decoding shows whether it is ONNX.
        _ => return Ok(Format::Onnx),
    };
    Err(wrong("a .h5, .safetensors, .npz or .onnx file", came))
}

fn check_values(layer: &Layer) -> Result<()> {
    if layer.is_finite() {
        return Ok(());
    }
    Err(wrong(format!("finite weights at {}", layer.name), "an infinity or NaN"))
}

/// Refuses widths that no network may have before memory is allocated for them. `widths` are those up to this layer.
fn check_widths(layer: &str, widths: &[usize]) -> Result<()> {
    let refused = |[expected, came]: [String; 2]| wrong(format!("{expected} at {layer}"), came);
    check_weights(widths).map_err(refused)
}

fn wrong(expected: impl Into<String>, came: impl Into<String>) -> Error {
    Error::Network(Details::new(
        expected,
        came,
        "give VGG16's weights as Keras or torchvision name them, in .h5, .safetensors, .npz or .onnx",
    ))
}
