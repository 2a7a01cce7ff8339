//! The weights of a truncated VGG16 outside tract, as the owner's verbs handle them, and the one
//! form of ONNX that they are written in.

use prost::Message;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, attribute_proto, type_proto,
};

use super::stored::{StoredLayer, dequantise, values};
use super::topology::{BLOCKS, Topology};
use super::{decode, not_onnx};
use crate::error::Result;

/// The version of ONNX's operators that is written: the first whose `DequantizeLinear` has an axis.
const OPERATOR_SET: i64 = 13;

/// The weights of a truncated VGG16, in floats.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// `[height, width]` of the input.
    pub input_size: [usize; 2],
    /// The 13 convolutions, in order.
    pub layers: Vec<Layer>,
}

/// The weights of a convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Keras's name, such as `block1_conv1`.
    pub name: String,
    /// The number of input channels.
    pub inputs: usize,
    /// `[out, in, 3, 3] f32`.
    pub kernel: Vec<f32>,
    /// `[out] f32`.
    pub bias: Vec<f32>,
}

/// A kernel in 8-bit codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Codes {
    /// `[out, in, 3, 3] i8`.
    pub codes: Vec<i8>,
    /// `[out] f32`: what a channel's codes are multiplied with.
    pub scales: Vec<f32>,
}

impl Codes {
    /// The floats that the codes stand for.
    pub fn expanded(&self) -> Vec<f32> {
        let mut kernel: Vec<f32> = self.codes.iter().map(|&code| f32::from(code)).collect();
        dequantise(&mut kernel, &self.scales, &vec![0.0; self.scales.len()]);
        kernel
    }
}

/// `block1_conv1`, `block1_conv2`, ... and whether a pooling follows.
pub fn layer_names() -> impl Iterator<Item = (String, bool)> {
    BLOCKS.iter().enumerate().flat_map(|(block, &convolutions)| {
        (1..=convolutions)
            .map(move |at| (format!("block{}_conv{at}", block + 1), at == convolutions))
    })
}

impl Weights {
    /// Reads an ONNX file in the form that [`super::Network::read`] takes, codes expanded.
    ///
    /// # Errors
    /// As [`super::Network::read`].
    pub fn read(bytes: &[u8]) -> Result<Weights> {
        let proto = decode(bytes)?;
        let graph = proto.graph.as_ref().ok_or_else(|| not_onnx(bytes, "no graph"))?;
        let topology = Topology::of(graph)?;
        let layers = topology.layers.iter().map(expanded).collect();
        Ok(Weights { input_size: topology.input_size, layers })
    }

    /// The network as ONNX: plain floats, or `codes` (one for each layer) behind `DequantizeLinear`.
    pub fn write(&self, codes: Option<&[Codes]>) -> Vec<u8> {
        let mut graph = GraphProto { name: "vgg16_notop".into(), ..GraphProto::default() };
        let mut value = "pixels".to_owned();
        for (at, (layer, (_, pooled))) in self.layers.iter().zip(layer_names()).enumerate() {
            let name = &layer.name;
            match codes {
                Some(codes) => store_codes(&mut graph, layer, &codes[at]),
                None => {
                    let kernel = floats(&format!("{name}_kernel"), &layer.shape(), &layer.kernel);
                    graph.initializer.push(kernel);
                }
            }
            let (kernel, bias) = (format!("{name}_kernel"), format!("{name}_bias"));
            graph.initializer.push(floats(&bias, &[layer.outputs() as i64], &layer.bias));
            graph.node.push(convolution(name, [&value, &kernel, &bias]));
            value = format!("{name}_relu");
            graph.node.push(node("Relu", &[name], &value, vec![]));
            if pooled {
                let is_last = at + 1 == self.layers.len();
                let output = if is_last { "features".into() } else { format!("{name}_pool") };
                graph.node.push(pooling(&value, &output));
                value = output;
            }
        }
        self.declare(&mut graph);
        let model = ModelProto {
            ir_version: 8,
            producer_name: env!("CARGO_PKG_NAME").into(),
            opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPERATOR_SET }],
            graph: Some(graph),
            ..ModelProto::default()
        };
        model.encode_to_vec()
    }

    /// Declares the graph's input and output.
    fn declare(&self, graph: &mut GraphProto) {
        let [height, width] = self.input_size.map(|side| side as i64);
        let channels = self.layers.last().map_or(0, |layer| layer.outputs() as i64);
        let reduction = super::topology::REDUCTION as i64;
        graph.input.push(value_info("pixels", &[1, 3, height, width]));
        let output = [1, channels, height / reduction, width / reduction];
        graph.output.push(value_info("features", &output));
    }
}

impl Layer {
    /// The number of output channels.
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    fn shape(&self) -> [i64; 4] {
        [self.outputs() as i64, self.inputs as i64, 3, 3]
    }
}

/// A layer of the file in floats.
fn expanded(stored: &StoredLayer<'_>) -> Layer {
    Layer {
        name: stored.name.clone(),
        inputs: stored.inputs(),
        kernel: stored.floats(),
        bias: values(stored.bias),
    }
}

fn store_codes(graph: &mut GraphProto, layer: &Layer, stored: &Codes) {
    let name = &layer.name;
    let (codes, scale) = (format!("{name}_kernel_q"), format!("{name}_scale"));
    graph.initializer.push(TensorProto {
        name: codes.clone(),
        dims: layer.shape().to_vec(),
        data_type: DataType::Int8 as i32,
        raw_data: stored.codes.iter().map(|&code| code as u8).collect(),
        ..TensorProto::default()
    });
    graph.initializer.push(floats(&scale, &[layer.outputs() as i64], &stored.scales));
    let axis = AttributeProto {
        name: "axis".into(),
        r#type: attribute_proto::AttributeType::Int as i32,
        i: 0,
        ..AttributeProto::default()
    };
    let kernel = format!("{name}_kernel");
    graph.node.push(node("DequantizeLinear", &[&codes, &scale], &kernel, vec![axis]));
}

fn convolution(name: &str, inputs: [&str; 3]) -> NodeProto {
    let attributes = [
        integers("kernel_shape", &[3, 3]),
        integers("pads", &[1; 4]),
        integers("strides", &[1, 1]),
    ];
    node("Conv", &inputs, name, attributes.to_vec())
}

fn pooling(input: &str, output: &str) -> NodeProto {
    let attributes = [integers("kernel_shape", &[2, 2]), integers("strides", &[2, 2])];
    node("MaxPool", &[input], output, attributes.to_vec())
}

/// A node named by its only output.
fn node(
    operator: &str,
    inputs: &[&str],
    output: &str,
    attribute: Vec<AttributeProto>,
) -> NodeProto {
    NodeProto {
        op_type: operator.to_owned(),
        name: output.to_owned(),
        input: inputs.iter().map(|&input| input.to_owned()).collect(),
        output: vec![output.to_owned()],
        attribute,
        ..NodeProto::default()
    }
}

fn integers(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        r#type: attribute_proto::AttributeType::Ints as i32,
        ints: values.to_vec(),
        ..AttributeProto::default()
    }
}

fn floats(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        name: name.to_owned(),
        dims: dims.to_vec(),
        data_type: DataType::Float as i32,
        raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        ..TensorProto::default()
    }
}

fn value_info(name: &str, shape: &[i64]) -> ValueInfoProto {
    let dim = |&side: &i64| Dimension {
        value: Some(dimension::Value::DimValue(side)),
        ..Dimension::default()
    };
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto { dim: shape.iter().map(dim).collect() }),
    };
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto {
            value: Some(type_proto::Value::TensorType(tensor)),
            ..TypeProto::default()
        }),
        ..ValueInfoProto::default()
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
        let written = weights.write(None);
        assert_eq!(Weights::read(&written).unwrap(), weights);
        assert_eq!(Network::read(&written).unwrap().output_shape(), [7, 7, 128]);
    }

    #[test]
    fn codes_are_written_as_the_shipped_network_has_them() {
        let weights = Weights::read(QUARTER).unwrap();
        // Codes of a known scale: whatever they say must come back, channel by channel.
        let codes: Vec<Codes> = weights
            .layers
            .iter()
            .map(|layer| Codes {
                codes: (0..layer.kernel.len()).map(|at| (at % 255) as u8 as i8).collect(),
                scales: (0..layer.outputs()).map(|out| 0.25 * (out + 1) as f32).collect(),
            })
            .collect();
        let read = Weights::read(&weights.write(Some(&codes))).unwrap();
        for (layer, codes) in read.layers.iter().zip(&codes) {
            assert_eq!(layer.kernel, codes.expanded());
            assert_eq!(
                layer.kernel[9 * layer.inputs + 1],
                f32::from(codes.codes[9 * layer.inputs + 1]) * 0.5
            );
        }
    }
}
