//! A truncated VGG16 -> ONNX, in the one form that this crate writes.

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, attribute_proto, type_proto,
};

use super::topology::{CLASSES, REDUCTION, layer_names};
use super::weights::{Layer, Weights};

/// The version of ONNX's operator set.
const OPERATOR_SET: i64 = 13;

/// The graph in floats: 13 convolutions, each with its ReLU, 5 poolings, and the classifier where there is one.
pub(super) fn model(weights: &Weights) -> ModelProto {
    let mut graph = GraphProto { name: "vgg16_notop".into(), ..GraphProto::default() };
    let (mut value, mut channels) = ("pixels".to_owned(), 3);
    for (at, (layer, (name, pooled))) in weights.layers.iter().zip(layer_names()).enumerate() {
        convolution(&mut graph, &name, &value, 3, layer);
        value = format!("{name}_relu");
        graph.node.push(node("Relu", &[&name], &value, vec![]));
        if pooled {
            let is_last = at + 1 == weights.layers.len();
            let output = if is_last { "features".into() } else { format!("{name}_pool") };
            graph.node.push(pooling(&value, &output));
            value = output;
        }
        channels = layer.outputs() as i64;
    }
    let [height, width] = weights.input_size.map(|side| side as i64);
    let reduction = REDUCTION as i64;
    graph.input.push(value_info("pixels", &[1, 3, height, width]));
    let output = [1, channels, height / reduction, width / reduction];
    graph.output.push(value_info("features", &output));
    if let Some(layer) = &weights.classifier {
        graph.node.push(node("GlobalAveragePool", &[&value], "means", vec![]));
        convolution(&mut graph, CLASSES, "means", 1, layer);
        graph.output.push(value_info(CLASSES, &[1, layer.outputs() as i64, 1, 1]));
    }
    ModelProto {
        ir_version: 8,
        producer_name: env!("CARGO_PKG_NAME").into(),
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPERATOR_SET }],
        graph: Some(graph),
        ..ModelProto::default()
    }
}

/// Adds a convolution with a kernel of `side` by `side`, padded so that the map keeps its size.
fn convolution(graph: &mut GraphProto, name: &str, input: &str, side: i64, layer: &Layer) {
    let [outputs, inputs] = [layer.outputs(), layer.inputs].map(|width| width as i64);
    let (kernel, bias) = (format!("{name}_kernel"), format!("{name}_bias"));
    graph.initializer.push(floats(&kernel, &[outputs, inputs, side, side], &layer.kernel));
    graph.initializer.push(floats(&bias, &[outputs], &layer.bias));
    let attributes = [
        integers("kernel_shape", &[side; 2]),
        integers("pads", &[side / 2; 4]),
        integers("strides", &[1, 1]),
    ];
    graph.node.push(node("Conv", &[input, &kernel, &bias], name, attributes.to_vec()));
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
