//! Checks node by node that an ONNX graph is a truncated VGG16, before memory is allocated for it.
//!
//! VGG16's five blocks have 2, 2, 3, 3 and 3 convolutions of 3x3 with ReLU, and each block ends with a maximum pooling
//! of 2x2. Widths and input size are free. A classifier may follow: a `GlobalAveragePool` and a convolution of 1x1,
//! which gives a second output. Weights are initialisers, either floats or 8-bit integers with a `DequantizeLinear`.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::type_proto::Value as Type;
use tract_onnx::pb::{GraphProto, NodeProto, TensorProto, ValueInfoProto};

use super::limits::{
    MAXIMUM_CHANNELS, MAXIMUM_CLASSES, MAXIMUM_INPUT_SIDE, check_classifier, check_size,
};
use super::stored::StoredLayer;
use super::tensor::{self, Stored};
use crate::error::{Details, Error, Result};

/// The number of convolutions of each block.
pub(super) const BLOCKS: [usize; 5] = [2, 2, 3, 3, 3];

/// The five poolings divide each side by this number.
pub(super) const REDUCTION: usize = 1 << BLOCKS.len();

/// The names of the convolutions, `block1_conv1`, `block1_conv2`, ..., each with whether a pooling follows it.
pub fn layer_names() -> impl Iterator<Item = (String, bool)> {
    BLOCKS.iter().enumerate().flat_map(|(block, &convolutions)| {
        (1..=convolutions)
            .map(move |at| (format!("block{}_conv{at}", block + 1), at == convolutions))
    })
}

/// The name of the classifier's layer and of its output.
pub(super) const CLASSES: &str = "classes";

/// The sizes and tensors of a checked network.
pub(super) struct Topology<'a> {
    /// `[height, width]` of the input.
    pub(super) input_size: [usize; 2],
    /// The convolutions, in order.
    pub(super) layers: Vec<StoredLayer<'a>>,
    /// The classifier, where there is one; its kernel is `[classes, channels, 1, 1]`.
    pub(super) classifier: Option<StoredLayer<'a>>,
}

impl<'a> Topology<'a> {
    /// Checks the whole graph.
    pub(super) fn of(graph: &'a GraphProto) -> Result<Topology<'a>> {
        let mut walk = Walk::start(graph)?;
        for (block, &convolutions) in BLOCKS.iter().enumerate() {
            for convolution in 1..=convolutions {
                walk.convolution(&format!("block{}_conv{convolution}", block + 1))?;
            }
            walk.pooling(&format!("block{}_pool", block + 1))?;
        }
        let features = walk.value;
        let classifier = walk.classifier()?;
        walk.end(features, classifier)
    }
}

/// A walk along the graph's single path, from the pixels to the feature map.
struct Walk<'a> {
    graph: &'a GraphProto,
    initialisers: HashMap<&'a str, &'a TensorProto>,
    /// The value reached so far.
    value: &'a str,
    channels: usize,
    input_size: [usize; 2],
    nodes_passed: usize,
    layers: Vec<StoredLayer<'a>>,
}

impl<'a> Walk<'a> {
    fn start(graph: &'a GraphProto) -> Result<Walk<'a>> {
        let initialisers: HashMap<&str, &TensorProto> =
            graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
        graph.initializer.iter().try_for_each(check_storage)?;
        check_names(graph)?;
        let mut inputs =
            graph.input.iter().filter(|value| !initialisers.contains_key(&*value.name));
        let (Some(pixels), None) = (inputs.next(), inputs.next()) else {
            return Err(wrong("one input, the pixels", &format!("{} inputs", graph.input.len())));
        };
        let input_size = input_size(pixels)?;
        Ok(Walk {
            graph,
            initialisers,
            value: &pixels.name,
            channels: 3,
            input_size,
            nodes_passed: 0,
            layers: Vec::new(),
        })
    }

    /// The nodes that have the value reached so far as an input.
    fn takers(&self) -> impl Iterator<Item = &'a NodeProto> + use<'a> {
        let value = self.value;
        self.graph.node.iter().filter(move |node| node.input.iter().any(|input| input == value))
    }

    /// Passes the only node that takes the value reached so far. It must be an `operator`.
    fn step(&mut self, layer: &str, operator: &str) -> Result<&'a NodeProto> {
        let mut takers = self.takers();
        let expected = format!("{operator} at {layer}");
        let node = takers.next().ok_or_else(|| wrong(&expected, "the end of the graph"))?;
        if node.op_type != operator || !node.domain.is_empty() {
            return Err(wrong(&expected, &format!("{} ({})", node.op_type, node.name)));
        }
        if let Some(branch) = takers.next() {
            return Err(wrong("a single path of layers", &format!("a branch to {}", branch.name)));
        }
        if node.input.first().is_none_or(|first| first != self.value) || node.output.len() != 1 {
            return Err(wrong(&expected, &format!("{operator} with other inputs or outputs")));
        }
        self.value = &node.output[0];
        self.nodes_passed += 1;
        Ok(node)
    }

    fn convolution(&mut self, layer: &str) -> Result<()> {
        let node = self.step(layer, "Conv")?;
        let same = attribute(node, "auto_pad").is_some_and(|a| a.s.starts_with(b"SAME_"));
        if !same {
            check_integers(node, layer, "pads", &[1, 1, 1, 1], &[0, 0, 0, 0])?;
        }
        let stored = self.kernel(node, layer, 3)?;
        self.channels = checked_outputs(&stored, MAXIMUM_CHANNELS)?;
        self.layers.push(stored);
        self.step(&format!("{layer}'s activation"), "Relu").map(|_| ())
    }

    /// Passes the classifier, where the graph has one: the mean over all positions and a linear layer.
    fn classifier(&mut self) -> Result<Option<StoredLayer<'a>>> {
        match self.takers().next() {
            None => return Ok(None),
            Some(node) if node.op_type == "GlobalAveragePool" => {}
            Some(node) => {
                let expected = "the end of the graph after block5_pool, or a classifier";
                return Err(wrong(expected, &format!("{} ({})", node.op_type, node.name)));
            }
        }
        self.step("the classifier", "GlobalAveragePool")?;
        let node = self.step(CLASSES, "Conv")?;
        check_integers(node, CLASSES, "pads", &[0, 0, 0, 0], &[0, 0, 0, 0])?;
        let stored = self.kernel(node, CLASSES, 1)?;
        let classes = checked_outputs(&stored, MAXIMUM_CLASSES)?;
        check_classifier(classes, self.channels)
            .map_err(|[expected, came]| wrong(&expected, &came))?;
        Ok(Some(stored))
    }

    /// The tensors of a convolution whose kernel is `side` by `side`.
    fn kernel(&mut self, node: &'a NodeProto, layer: &str, side: i64) -> Result<StoredLayer<'a>> {
        let [_, kernel, bias] = node.input.as_slice() else {
            return Err(wrong(
                &format!("a kernel and a bias at {layer}"),
                &format!("{} inputs", node.input.len()),
            ));
        };
        check_integers(node, layer, "kernel_shape", &[side; 2], &[side; 2])?;
        check_integers(node, layer, "strides", &[1, 1], &[1, 1])?;
        check_integers(node, layer, "dilations", &[1, 1], &[1, 1])?;
        if attribute(node, "group").is_some_and(|a| a.i != 1) {
            return Err(wrong(&format!("one group at {layer}"), "a grouped convolution"));
        }
        let stored = self.stored(layer, kernel, bias)?;
        let width = match *stored.kernel.dims.as_slice() {
            [out, channels, height, width]
                if channels == self.channels as i64 && [height, width] == [side; 2] =>
            {
                out
            }
            _ => {
                let channels = self.channels;
                let expected = format!("a kernel [out, {channels}, {side}, {side}] at {layer}");
                return Err(wrong(&expected, &format!("{:?}", stored.kernel.dims)));
            }
        };
        if stored.bias.dims != [width] {
            let expected = format!("a bias [{width}] at {layer}");
            return Err(wrong(&expected, &format!("{:?}", stored.bias.dims)));
        }
        Ok(stored)
    }

    fn pooling(&mut self, layer: &str) -> Result<()> {
        let node = self.step(layer, "MaxPool")?;
        check_integers(node, layer, "kernel_shape", &[2, 2], &[])?;
        check_integers(node, layer, "strides", &[2, 2], &[1, 1])?;
        check_integers(node, layer, "pads", &[0, 0, 0, 0], &[0, 0, 0, 0])?;
        check_integers(node, layer, "dilations", &[1, 1], &[1, 1])
    }

    /// The tensors of a layer. Its kernel is an initialiser or the output of a `DequantizeLinear`.
    fn stored(&mut self, layer: &str, kernel: &'a str, bias: &'a str) -> Result<StoredLayer<'a>> {
        let bias = self.initialiser(layer, bias)?;
        float(bias, &format!("{layer}'s bias"))?;
        let name = layer.to_owned();
        let makes_kernel = |node: &&NodeProto| node.output.iter().any(|output| output == kernel);
        let Some(node) = self.graph.node.iter().find(makes_kernel) else {
            let kernel = self.initialiser(layer, kernel)?;
            float(kernel, &format!("{layer}'s kernel"))?;
            return Ok(StoredLayer { name, kernel, scale: None, zero_point: None, bias });
        };
        let expected = format!("weights of {layer} behind DequantizeLinear");
        if node.op_type != "DequantizeLinear" {
            return Err(wrong(&expected, &node.op_type));
        }
        let (kernel, scale, zero_point) = match node.input.as_slice() {
            [kernel, scale] => (kernel, scale, None),
            [kernel, scale, zero] => (kernel, scale, Some(self.initialiser(layer, zero)?)),
            _ => return Err(wrong(&expected, &format!("one of {} inputs", node.input.len()))),
        };
        self.nodes_passed += 1;
        let (kernel, scale) = (self.initialiser(layer, kernel)?, self.initialiser(layer, scale)?);
        check_scale(layer, node, kernel, scale)?;
        let fits =
            |zero: &TensorProto| zero.dims == scale.dims && zero.data_type == kernel.data_type;
        if zero_point.is_some_and(|zero_point| !fits(zero_point)) {
            let expected = format!("a zero point for every scale at {layer}, of the weights' type");
            return Err(wrong(&expected, "zero points of another shape or type"));
        }
        Ok(StoredLayer { name, kernel, scale: Some(scale), zero_point, bias })
    }

    fn initialiser(&self, layer: &str, name: &str) -> Result<&'a TensorProto> {
        self.initialisers.get(name).copied().ok_or_else(|| {
            wrong(&format!("stored weights at {layer}"), &format!("'{name}', computed or missing"))
        })
    }

    fn end(self, features: &str, classifier: Option<StoredLayer<'a>>) -> Result<Topology<'a>> {
        if let Some(node) = self.takers().next() {
            return Err(wrong("the end of the graph after its classifier", &node.op_type));
        }
        let outputs: Vec<&str> = self.graph.output.iter().map(|output| &*output.name).collect();
        let expected = match classifier {
            None => vec![features],
            Some(_) => vec![features, self.value],
        };
        if outputs != expected {
            return Err(wrong(&format!("the outputs {expected:?}"), &format!("{outputs:?}")));
        }
        if self.nodes_passed != self.graph.node.len() {
            return Err(wrong("nothing beside VGG16's layers", "other nodes"));
        }
        let widths: Vec<usize> = self.layers.iter().map(StoredLayer::outputs).collect();
        check_size(self.input_size, &widths).map_err(|[expected, came]| wrong(&expected, &came))?;
        Ok(Topology { input_size: self.input_size, layers: self.layers, classifier })
    }
}

/// The number of outputs of a layer, 1 to `most`.
fn checked_outputs(stored: &StoredLayer<'_>, most: usize) -> Result<usize> {
    let width = stored.kernel.dims[0];
    usize::try_from(width).ok().filter(|width| (1..=most).contains(width)).ok_or_else(|| {
        wrong(&format!("1 to {most} outputs at {}", stored.name), &width.to_string())
    })
}

/// Checks that every initialiser and every output of a node has its own name.
fn check_names(graph: &GraphProto) -> Result<()> {
    let mut known = HashSet::new();
    let stored = graph.initializer.iter().map(|tensor| tensor.name.as_str());
    let computed = graph.node.iter().flat_map(|node| node.output.iter().map(String::as_str));
    match stored.chain(computed).find(|name| !known.insert(*name)) {
        Some(name) => Err(wrong("every value once", &format!("'{name}' again"))),
        None => Ok(()),
    }
}

/// Checks that a kernel has 8-bit codes and one float scale, or one for each output channel.
fn check_scale(
    layer: &str,
    node: &NodeProto,
    kernel: &TensorProto,
    scale: &TensorProto,
) -> Result<()> {
    float(scale, &format!("{layer}'s scale"))?;
    let channels = kernel.dims.first().copied().unwrap_or(0);
    let is_whole = [[].as_slice(), &[1]].contains(&scale.dims.as_slice());
    let is_by_channel =
        scale.dims == [channels] && attribute(node, "axis").is_some_and(|axis| axis.i == 0);
    let is_8_bit = [DataType::Int8 as i32, DataType::Uint8 as i32].contains(&kernel.data_type);
    if (is_whole || is_by_channel) && is_8_bit {
        return Ok(());
    }
    let expected = format!("8-bit weights of {layer} with one scale for each channel");
    Err(wrong(&expected, &format!("scales {:?}", scale.dims)))
}

/// `[height, width]` of the input `[1, 3, height, width]`; both are multiples of [`REDUCTION`].
fn input_size(pixels: &ValueInfoProto) -> Result<[usize; 2]> {
    let shape = pixels.r#type.as_ref().and_then(|t| t.value.as_ref()).and_then(|value| {
        let Type::TensorType(tensor) = value;
        (tensor.elem_type == DataType::Float as i32).then_some(tensor.shape.as_ref()).flatten()
    });
    let sides: Vec<Option<i64>> = shape.map_or_else(Vec::new, |shape| {
        let fixed = |dimension: &Option<Dimension>| match dimension {
            Some(Dimension::DimValue(side)) => Some(*side),
            _ => None,
        };
        shape.dim.iter().map(|dimension| fixed(&dimension.value)).collect()
    });
    let side = |side: i64| {
        let side = usize::try_from(side).ok()?;
        (side % REDUCTION == 0 && (REDUCTION..=MAXIMUM_INPUT_SIDE).contains(&side)).then_some(side)
    };
    match *sides.as_slice() {
        [None | Some(1), Some(3), Some(height), Some(width)] => side(height).zip(side(width)),
        _ => None,
    }
    .map(|(height, width)| [height, width])
    .ok_or_else(|| {
        let expected = format!(
            "float pixels [1, 3, height, width], sides multiples of {REDUCTION} up to {MAXIMUM_INPUT_SIDE}"
        );
        wrong(&expected, &format!("{sides:?}"))
    })
}

/// Checks that a tensor stores the values that its shape and type declare, before memory is allocated by them.
fn check_storage(tensor: &TensorProto) -> Result<()> {
    let stored = tensor::stored(tensor).map_err(|[expected, came]| wrong(&expected, &came))?;
    let is_finite = match stored {
        Stored::Raw(bytes) if tensor.data_type == DataType::Float as i32 => {
            let mut values = bytes.as_chunks::<4>().0.iter();
            values.all(|&bytes| f32::from_le_bytes(bytes).is_finite())
        }
        Stored::Floats(values) => values.iter().all(|value| value.is_finite()),
        Stored::Raw(_) | Stored::Integers(_) | Stored::Doubles(_) => true,
    };
    let name = &tensor.name;
    if !is_finite {
        return Err(wrong("finite weights", &format!("an infinity or NaN in '{name}'")));
    }
    match DataType::try_from(tensor.data_type) {
        Ok(DataType::Float | DataType::Int8 | DataType::Uint8) => Ok(()),
        _ => Err(wrong("float or 8-bit weights", &format!("'{name}' of another type"))),
    }
}

fn float(tensor: &TensorProto, what: &str) -> Result<()> {
    if tensor.data_type == DataType::Float as i32 {
        return Ok(());
    }
    Err(wrong(&format!("{what} as floats"), &format!("'{}' of another type", tensor.name)))
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a tract_onnx::pb::AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name == name)
}

/// Checks that an attribute is `expected`. Where it is absent, it has ONNX's `default`.
fn check_integers(
    node: &NodeProto,
    layer: &str,
    name: &str,
    expected: &[i64],
    default: &[i64],
) -> Result<()> {
    let came = attribute(node, name).map_or(default, |attribute| &attribute.ints);
    if came == expected {
        return Ok(());
    }
    Err(wrong(&format!("{name} {expected:?} at {layer}"), &format!("{came:?}")))
}

fn wrong(expected: &str, came: &str) -> Error {
    Error::Network(Details::new(
        expected,
        came,
        "give a VGG16 cut after its last pooling, such as models/vgg16-quarter.onnx",
    ))
}
