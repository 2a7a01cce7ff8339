//! ONNX: the graph assigns the weights to the layers, so names only tell which tool wrote them.
//!
//! This crate's own form, int8 or float, is read directly. In graphs of other exporters the convolutions are read in
//! order up to the last pooling. Transposes and constants that converters leave between them are skipped. The fully
//! connected layers after the pooling are left out.

use std::collections::HashMap;

use prost::Message;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto};

use super::archive::{Entry, Number};
use super::names::{KernelOrder, Naming};
use super::{Found, INPUT_SIZE, check_widths, wrong};
use crate::error::Result;
use crate::network::tensor::{self, Stored};
use crate::network::weights::{Layer, Weights};
use crate::network::{layer_names, wire};

/// Operators that converters leave between the layers. They change no value of the feature map.
const PASSED_OVER: [&str; 4] = ["Transpose", "Constant", "Identity", "Dropout"];

/// Reads the convolutions of an ONNX graph.
pub(super) fn find(bytes: &[u8]) -> Result<Found> {
    let came = |error: String| wrong("an ONNX file", error);
    if !wire::is_small(bytes) {
        let expected = format!("an ONNX file of at most {} parts", wire::MAXIMUM_PARTS);
        return Err(wrong(expected, format!("more of them in {} bytes", bytes.len())));
    }
    let model = ModelProto::decode(bytes).map_err(|error| came(error.to_string()))?;
    let graph = model.graph.as_ref().ok_or_else(|| came("no graph in it".into()))?;
    let naming = naming(&model, graph);
    let Weights { layers, classifier, input_size } = match Weights::read(bytes) {
        Ok(weights) => weights,
        Err(_) => {
            let layers = Walk::start(graph).layers()?;
            Weights { layers, classifier: None, input_size: INPUT_SIZE }
        }
    };
    let read = layers.len() + usize::from(classifier.is_some());
    let left_out = graph.initializer.len().saturating_sub(2 * read);
    Ok(Found { layers, classifier, input_size, naming, order: KernelOrder::Oihw, left_out })
}

/// The tool that made the weights. PyTorch writes its name into the file, and other tools keep torchvision's names.
fn naming(model: &ModelProto, graph: &GraphProto) -> Naming {
    let is_torchvision = |tensor: &TensorProto| tensor.name.contains("features.");
    if model.producer_name == "pytorch" || graph.initializer.iter().any(is_torchvision) {
        return Naming::Torchvision;
    }
    Naming::Keras
}

/// A walk along the nodes, which ONNX stores in the order in which they run.
struct Walk<'a> {
    tensors: HashMap<&'a str, &'a TensorProto>,
    nodes: std::iter::Peekable<std::slice::Iter<'a, NodeProto>>,
}

impl<'a> Walk<'a> {
    fn start(graph: &'a GraphProto) -> Walk<'a> {
        let stored = graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor));
        // Some exporters store weights in nodes instead.
        let constants = graph.node.iter().filter(|node| node.op_type == "Constant");
        let constants = constants.filter_map(|node| {
            let value = node.attribute.iter().find(|attribute| attribute.name == "value")?;
            Some((node.output.first()?.as_str(), value.t.as_ref()?))
        });
        Walk { tensors: stored.chain(constants).collect(), nodes: graph.node.iter().peekable() }
    }

    fn layers(mut self) -> Result<Vec<Layer>> {
        let (mut layers, mut inputs, mut widths) = (Vec::new(), 3, Vec::new());
        for (name, pooled) in layer_names() {
            let layer = self.convolution(name, inputs, &mut widths)?;
            self.step("Relu", &format!("{}'s activation", layer.name))?;
            if pooled {
                let pooling = self.step("MaxPool", &format!("the pooling after {}", layer.name))?;
                check_integers(pooling, &layer.name, "kernel_shape", &[2, 2])?;
                check_integers(pooling, &layer.name, "strides", &[2, 2])?;
            }
            inputs = layer.outputs();
            layers.push(layer);
        }
        Ok(layers)
    }

    /// The next node that computes something. Its operator must be this one.
    fn step(&mut self, operator: &str, place: &str) -> Result<&'a NodeProto> {
        while self.nodes.next_if(|node| PASSED_OVER.contains(&&*node.op_type)).is_some() {}
        let expected = format!("{operator} at {place}");
        match self.nodes.next() {
            Some(node) if node.op_type == operator => Ok(node),
            Some(node) => Err(wrong(expected, format!("{} ('{}')", node.op_type, node.name))),
            None => Err(wrong(expected, "the end of the graph")),
        }
    }

    /// The next convolution. Adds its width to those before.
    fn convolution(
        &mut self,
        name: String,
        inputs: usize,
        widths: &mut Vec<usize>,
    ) -> Result<Layer> {
        let node = self.step("Conv", &name)?;
        check_convolution(node, &name)?;
        let kernel = self.stored(node.input.get(1), &name, "kernel")?;
        let bias = match node.input.get(2) {
            Some(bias) => self.stored(Some(bias), &name, "bias")?,
            None => {
                // Keras's converter may keep the bias apart from the convolution.
                let add = self.step("Add", &format!("{name}'s bias"))?;
                let bias = add.input.iter().find(|input| self.tensors.contains_key(&***input));
                self.stored(bias, &name, "bias")?
            }
        };
        let mut bias_entry = entry(bias);
        bias_entry.dims.retain(|&side| side != 1 || bias.dims.len() == 1);
        let [outputs] = *bias_entry.dims else {
            let came = format!("{:?} in '{}'", bias.dims, bias.name);
            return Err(wrong(format!("a bias [out] for {name}"), came));
        };
        widths.push(outputs);
        check_widths(&name, widths)?;
        let shape = [outputs, inputs, 3, 3];
        if entry(kernel).dims != shape {
            let came = format!("{:?} in '{}'", kernel.dims, kernel.name);
            return Err(wrong(format!("a kernel {shape:?} for {name}"), came));
        }
        Ok(Layer { name, inputs, kernel: values(kernel)?, bias: values(bias)? })
    }

    fn stored(&self, input: Option<&String>, layer: &str, role: &str) -> Result<&'a TensorProto> {
        let expected = format!("a stored {role} at {layer}");
        let name = input.ok_or_else(|| wrong(&*expected, "none"))?;
        let tensor = self.tensors.get(name.as_str()).copied();
        tensor.ok_or_else(|| wrong(expected, format!("'{name}', computed or missing")))
    }
}

/// Checks that a convolution has stride 1, one pixel of zeros around, no dilation and one group.
fn check_convolution(node: &NodeProto, layer: &str) -> Result<()> {
    let same = attribute(node, "auto_pad").is_some_and(|attribute| attribute.s == b"SAME_UPPER");
    if !same {
        check_integers(node, layer, "pads", &[1; 4])?;
    }
    for name in ["strides", "dilations"] {
        if attribute(node, name).is_some() {
            check_integers(node, layer, name, &[1, 1])?;
        }
    }
    match attribute(node, "group") {
        Some(group) if group.i != 1 => {
            Err(wrong(format!("one group at {layer}"), group.i.to_string()))
        }
        _ => Ok(()),
    }
}

fn check_integers(node: &NodeProto, layer: &str, name: &str, expected: &[i64]) -> Result<()> {
    let came = attribute(node, name).map_or(&[][..], |attribute| &attribute.ints);
    if came == expected {
        return Ok(());
    }
    Err(wrong(format!("{name} {expected:?} at {layer}"), format!("{came:?}")))
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a tract_onnx::pb::AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name == name)
}

fn entry(tensor: &TensorProto) -> Entry {
    // A negative side fits no layer.
    let dims = tensor.dims.iter().map(|&side| usize::try_from(side).unwrap_or(usize::MAX));
    Entry { name: tensor.name.clone(), dims: dims.collect() }
}

/// The floats of a tensor, from the field of ONNX that holds them.
fn values(tensor: &TensorProto) -> Result<Vec<f32>> {
    let number = match DataType::try_from(tensor.data_type) {
        Ok(DataType::Float) => Number::F32,
        Ok(DataType::Double) => Number::F64,
        Ok(DataType::Float16) => Number::F16,
        Ok(DataType::Bfloat16) => Number::Bf16,
        Ok(other) => return Err(entry(tensor).not_floats(&format!("{other:?}"))),
        Err(_) => return Err(entry(tensor).not_floats("another type")),
    };
    let stored = tensor::stored(tensor).map_err(|[expected, came]| wrong(expected, came))?;
    Ok(match stored {
        Stored::Raw(bytes) => number.values(bytes, false),
        Stored::Floats(floats) => floats.to_vec(),
        Stored::Doubles(doubles) => doubles.iter().map(|&value| value as f32).collect(),
        Stored::Integers(halves) => {
            let bytes: Vec<u8> =
                halves.iter().flat_map(|&bits| (bits as u16).to_le_bytes()).collect();
            number.values(&bytes, false)
        }
    })
}
