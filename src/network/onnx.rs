//! A truncated VGG16 -> the one form of ONNX that this crate writes.

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, attribute_proto, type_proto,
};

use super::topology::{CLASSES, REDUCTION, layer_names};

/// The version of ONNX's operators that is written: the first whose `DequantizeLinear` has an axis.
const OPERATOR_SET: i64 = 13;

/// What a convolution stores; its number of inputs is the outputs of the one before, at first 3.
pub(super) struct Convolution<'a> {
    pub(super) kernel: Kernel<'a>,
    /// `[out] f32`.
    pub(super) bias: &'a [f32],
}

/// `[out, in, 3, 3]`, or `[classes, channels, 1, 1]`.
pub(super) enum Kernel<'a> {
    #[cfg(feature = "native")]
    Floats(&'a [f32]),
    /// Codes and one scale for each output channel.
    Codes(Vec<i8>, &'a [f32]),
}

/// The graph of 13 convolutions, each with its ReLU, and 5 poolings, and of the classifier where there is one.
pub(super) fn model(
    input_size: [usize; 2],
    layers: Vec<Convolution<'_>>,
    classifier: Option<Convolution<'_>>,
) -> ModelProto {
    let mut graph = GraphProto { name: "vgg16_notop".into(), ..GraphProto::default() };
    let (mut value, mut channels) = ("pixels".to_owned(), 3);
    let count = layers.len();
    for (at, (layer, (name, pooled))) in layers.into_iter().zip(layer_names()).enumerate() {
        let outputs = convolution(&mut graph, &name, &value, [channels, 3], layer);
        value = format!("{name}_relu");
        graph.node.push(node("Relu", &[&name], &value, vec![]));
        if pooled {
            let is_last = at + 1 == count;
            let output = if is_last { "features".into() } else { format!("{name}_pool") };
            graph.node.push(pooling(&value, &output));
            value = output;
        }
        channels = outputs;
    }
    let [height, width] = input_size.map(|side| side as i64);
    let reduction = REDUCTION as i64;
    graph.input.push(value_info("pixels", &[1, 3, height, width]));
    let output = [1, channels, height / reduction, width / reduction];
    graph.output.push(value_info("features", &output));
    if let Some(layer) = classifier {
        graph.node.push(node("GlobalAveragePool", &[&value], "means", vec![]));
        let classes = convolution(&mut graph, CLASSES, "means", [channels, 1], layer);
        graph.output.push(value_info(CLASSES, &[1, classes, 1, 1]));
    }
    ModelProto {
        ir_version: 8,
        producer_name: env!("CARGO_PKG_NAME").into(),
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPERATOR_SET }],
        graph: Some(graph),
        ..ModelProto::default()
    }
}

/// Stores floats as they are, codes behind `DequantizeLinear`.
fn store_kernel(graph: &mut GraphProto, name: &str, shape: &[i64], kernel: Kernel<'_>) {
    let output = format!("{name}_kernel");
    let (codes, scales) = match kernel {
        #[cfg(feature = "native")]
        Kernel::Floats(values) => return graph.initializer.push(floats(&output, shape, values)),
        Kernel::Codes(codes, scales) => (codes, scales),
    };
    let (code_name, scale_name) = (format!("{name}_kernel_q"), format!("{name}_scale"));
    graph.initializer.push(TensorProto {
        name: code_name.clone(),
        dims: shape.to_vec(),
        data_type: DataType::Int8 as i32,
        // In their place: there are millions.
        raw_data: codes.into_iter().map(|code| code as u8).collect(),
        ..TensorProto::default()
    });
    graph.initializer.push(floats(&scale_name, &shape[..1], scales));
    let axis = AttributeProto {
        name: "axis".into(),
        r#type: attribute_proto::AttributeType::Int as i32,
        i: 0,
        ..AttributeProto::default()
    };
    graph.node.push(node("DequantizeLinear", &[&code_name, &scale_name], &output, vec![axis]));
}

/// A convolution of `side` by `side`, which keeps the map's size; gives the number of its outputs.
fn convolution(
    graph: &mut GraphProto,
    name: &str,
    input: &str,
    [channels, side]: [i64; 2],
    layer: Convolution<'_>,
) -> i64 {
    let outputs = layer.bias.len() as i64;
    store_kernel(graph, name, &[outputs, channels, side, side], layer.kernel);
    let (kernel, bias) = (format!("{name}_kernel"), format!("{name}_bias"));
    graph.initializer.push(floats(&bias, &[outputs], layer.bias));
    let attributes = [
        integers("kernel_shape", &[side; 2]),
        integers("pads", &[side / 2; 4]),
        integers("strides", &[1, 1]),
    ];
    graph.node.push(node("Conv", &[input, &kernel, &bias], name, attributes.to_vec()));
    outputs
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
