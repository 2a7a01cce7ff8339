//! Finds VGG16's 13 convolutions among the tensors by their names, then checks their shapes.

use std::fmt;

use super::archive::{Archive, Entry};
use super::{check_widths, wrong};
use crate::error::Result;
use crate::network::layer_names;
use crate::network::weights::Layer;

/// The indices of the convolutions in torchvision's `features`.
const TORCHVISION: [usize; 13] = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];

/// The tool that named the tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `block1_conv1/kernel` and its older and newer forms.
    Keras,
    /// `features.0.weight`.
    Torchvision,
}

/// The order of a kernel's axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KernelOrder {
    /// `[3, 3, in, out]`, Keras's.
    Hwio,
    /// `[out, in, 3, 3]`, torchvision's, ONNX's and this crate's.
    Oihw,
}

impl fmt::Display for Naming {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Naming::Keras => "Keras",
            Naming::Torchvision => "torchvision",
        })
    }
}

impl fmt::Display for KernelOrder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            KernelOrder::Hwio => "[3, 3, in, out]",
            KernelOrder::Oihw => "[out, in, 3, 3]",
        })
    }
}

impl KernelOrder {
    /// Values in this order -> `[out, in, 3, 3]`.
    fn turned(self, values: Vec<f32>, inputs: usize, outputs: usize) -> Vec<f32> {
        if self == KernelOrder::Oihw {
            return values;
        }
        let source = |at: usize| {
            let (out, input, tap) = (at / (inputs * 9), at / 9 % inputs, at % 9);
            (tap * inputs + input) * outputs + out
        };
        (0..values.len()).map(|at| values[source(at)]).collect()
    }
}

/// The convolutions of an archive, with checked shapes.
pub(super) struct Located {
    pub(super) places: Vec<Place>,
    pub(super) naming: Naming,
    pub(super) order: KernelOrder,
}

/// The tensors of one convolution.
pub(super) struct Place {
    name: String,
    kernel: usize,
    bias: usize,
    inputs: usize,
    outputs: usize,
}

impl Located {
    /// Reads the convolutions and reorders their kernels.
    pub(super) fn layers(&self, archive: &dyn Archive) -> Result<Vec<Layer>> {
        let layer = |place: &Place| {
            let kernel = archive.values(place.kernel)?;
            Ok(Layer {
                name: place.name.clone(),
                inputs: place.inputs,
                kernel: self.order.turned(kernel, place.inputs, place.outputs),
                bias: archive.values(place.bias)?,
            })
        };
        self.places.iter().map(layer).collect()
    }
}

/// Finds the convolutions and checks them, layer by layer.
pub(super) fn locate(entries: &[Entry]) -> Result<Located> {
    let (naming, found) = by_name(entries)?;
    let (mut places, mut order, mut inputs) = (Vec::new(), None, 3);
    let mut widths = Vec::new();
    for ((name, _), [kernel, bias]) in layer_names().zip(found) {
        let missing = |role: &str| {
            let expected = format!("the {role} of {}", label(&name, places.len(), naming));
            wrong(expected, nearest(entries))
        };
        let bias = bias.ok_or_else(|| missing("bias"))?;
        let kernel = kernel.ok_or_else(|| missing("kernel"))?;
        let [outputs] = *entries[bias].dims else {
            return Err(unfit(&format!("a bias [out] for {name}"), &entries[bias]));
        };
        widths.push(outputs);
        check_widths(&name, &widths)?;
        let of_kernel = order_of(&name, &entries[kernel], inputs, outputs)?;
        if order.is_some() && of_kernel.is_some() && order != of_kernel {
            let expected = format!("kernels of one order, {name}'s as those before it");
            return Err(unfit(&expected, &entries[kernel]));
        }
        order = order.or(of_kernel);
        places.push(Place { name, kernel, bias, inputs, outputs });
        inputs = outputs;
    }
    // If every kernel is 3 x 3 x 3 x 3, the names decide.
    let order = order.unwrap_or(match naming {
        Naming::Keras => KernelOrder::Hwio,
        Naming::Torchvision => KernelOrder::Oihw,
    });
    Ok(Located { places, naming, order })
}

/// The order of a kernel's axes, by its shape; `None` if the shape fits both orders.
fn order_of(
    layer: &str,
    kernel: &Entry,
    inputs: usize,
    outputs: usize,
) -> Result<Option<KernelOrder>> {
    let (hwio, oihw) = ([3, 3, inputs, outputs], [outputs, inputs, 3, 3]);
    match (kernel.dims == hwio, kernel.dims == oihw) {
        (true, true) => Ok(None),
        (true, false) => Ok(Some(KernelOrder::Hwio)),
        (false, true) => Ok(Some(KernelOrder::Oihw)),
        (false, false) => Err(unfit(&format!("a kernel {hwio:?} or {oihw:?} for {layer}"), kernel)),
    }
}

/// The tool that named the tensors, and for each layer the entries of its kernel and its bias.
type ByName = (Naming, [[Option<usize>; 2]; 13]);

fn by_name(entries: &[Entry]) -> Result<ByName> {
    let mut found = [[None; 2]; 13];
    let mut first: Option<(Naming, &str)> = None;
    for (at, entry) in entries.iter().enumerate() {
        let Some(Named { naming, layer, is_bias }) = Named::read(&entry.name) else { continue };
        let name = &entry.name;
        match first {
            Some((before, other)) if before != naming => {
                let came = format!("'{other}' and '{name}'");
                return Err(wrong("names of Keras or of torchvision", came));
            }
            _ => first = first.or(Some((naming, name))),
        }
        let Some(slot) = layer.and_then(|layer| found.get_mut(layer)) else {
            let expected = "the 13 convolutions of VGG16 and no other layer between them";
            return Err(unfit(expected, entry));
        };
        if let Some(other) = slot[usize::from(is_bias)].replace(at) {
            let came = format!("'{}' and '{name}'", entries[other].name);
            return Err(wrong("every layer once", came));
        }
    }
    let expected = "tensors such as block1_conv1/kernel (Keras) or features.0.weight (torchvision)";
    let (naming, _) = first.ok_or_else(|| wrong(expected, nearest(entries)))?;
    Ok((naming, found))
}

/// The meaning of a tensor's name.
struct Named {
    naming: Naming,
    /// 0..13, or `None` if VGG16 has no such convolution.
    layer: Option<usize>,
    is_bias: bool,
}

impl Named {
    /// Reads a name; `None` if it is not that of a convolution's kernel or bias.
    fn read(name: &str) -> Option<Named> {
        let name = name.split(':').next()?;
        let parts: Vec<&str> = name.split(['/', '.']).collect();
        // An optimiser has tensors of the same names and shapes.
        if parts.iter().any(|part| part.starts_with("optimizer")) {
            return None;
        }
        let last = parts.last()?;
        if let Some(at) = parts.iter().position(|&part| part == "features") {
            let place: usize = parts.get(at + 1)?.parse().ok()?;
            let layer = TORCHVISION.iter().position(|&convolution| convolution == place);
            return Some(Named { naming: Naming::Torchvision, layer, is_bias: *last == "bias" });
        }
        let (layer, inside) = parts.iter().rev().find_map(|part| keras_layer(part))?;
        let is_bias = match inside.unwrap_or(last) {
            "kernel" | "weight" | "W" | "0" => false,
            "bias" | "b" | "1" => true,
            _ => return None,
        };
        Some(Named { naming: Naming::Keras, layer, is_bias })
    }
}

/// A part of Keras's names -> the layer, and the tensor if the part names it too.
///
/// `block1_conv1` has Keras 2, `block1_conv1_W_1` Keras 1, `conv2d_12` Keras 3.
fn keras_layer(part: &str) -> Option<(Option<usize>, Option<&str>)> {
    if let Some(rest) = part.strip_prefix("conv2d") {
        let at = match rest {
            "" => 0,
            _ => rest.strip_prefix('_')?.parse().ok()?,
        };
        return Some((Some(at), None));
    }
    let mut words = part.split('_');
    let block = words.next()?.strip_prefix("block")?;
    let convolution = words.next()?.strip_prefix("conv")?;
    if [block, convolution].iter().any(|number| number.parse::<u8>().is_err()) {
        return None;
    }
    let name = format!("block{block}_conv{convolution}");
    let layer = layer_names().position(|(layer, _)| layer == name);
    let mut inside = words.filter(|word| word.parse::<u8>().is_err());
    let tensor = inside.next();
    // Two words mean an optimiser's state, such as `block1_conv1_W_1_momentum`.
    inside.next().is_none().then_some((layer, tensor))
}

/// A layer's name, with that of its file.
fn label(name: &str, layer: usize, naming: Naming) -> String {
    match naming {
        Naming::Keras => name.to_owned(),
        Naming::Torchvision => format!("{name} (features.{})", TORCHVISION[layer]),
    }
}

/// A few words about what the file holds instead.
fn nearest(entries: &[Entry]) -> String {
    let names: Vec<String> =
        entries.iter().take(3).map(|entry| format!("'{:.60}'", entry.name)).collect();
    match entries.len() {
        0 => "no tensors".to_owned(),
        number => format!("nothing of that name among {number} tensors: {}, ...", names.join(", ")),
    }
}

fn unfit(expected: &str, entry: &Entry) -> crate::error::Error {
    wrong(expected, format!("{:?} in '{}'", entry.dims, entry.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Option<(Naming, Option<usize>, bool)> {
        Named::read(name).map(|named| (named.naming, named.layer, named.is_bias))
    }

    #[test]
    fn names_of_every_age_are_read() {
        for (name, layer, is_bias) in [
            ("block1_conv1/kernel:0", 0, false),
            ("block1_conv2/bias", 1, true),
            ("block1_conv1/block1_conv1_W_1:0", 0, false),
            ("block5_conv3/block5_conv3_b_1:0", 12, true),
            ("model_weights/block3_conv1/block3_conv1/kernel:0", 4, false),
            ("vgg16/block2_conv1_1/bias", 2, true),
            ("block4_conv1_kernel", 7, false),
            ("layers/conv2d/vars/0", 0, false),
            ("layers/functional/layers/conv2d_12/vars/1", 12, true),
        ] {
            assert_eq!(read(name), Some((Naming::Keras, Some(layer), is_bias)), "{name}");
        }
        for (name, layer, is_bias) in
            [("features.0.weight", 0, false), ("module.features.28.bias", 12, true)]
        {
            assert_eq!(read(name), Some((Naming::Torchvision, Some(layer), is_bias)), "{name}");
        }
    }

    #[test]
    fn what_is_no_convolution_is_passed_over_and_a_strange_one_is_not() {
        for name in [
            "fc1/kernel",
            "classifier.0.weight",
            "optimizer_weights/adam/block1_conv1/kernel",
            "block1_conv1/block1_conv1_W_1_momentum:0",
            "layers/dense/vars/0",
            "",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
        assert_eq!(read("block3_conv4/kernel"), Some((Naming::Keras, None, false)));
        assert_eq!(read("features.1.running_mean"), Some((Naming::Torchvision, None, false)));
        assert_eq!(read("block1_conv1/gamma"), None);
    }
}
