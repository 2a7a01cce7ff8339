//! Networks with seeded weights, built as ONNX, and a plain reference to hold answers against.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use prost::Message;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, type_proto,
};

/// VGG16's widths, block by block.
pub const FULL: [usize; 5] = [64, 128, 256, 512, 512];

const BLOCKS: [usize; 5] = [2, 2, 3, 3, 3];

/// A layer's weights: `kernel [out, in, 3, 3]`, `bias [out]`.
pub struct Layer {
    pub name: String,
    pub inputs: usize,
    pub outputs: usize,
    pub kernel: Vec<f32>,
    pub bias: Vec<f32>,
    pub pooled: bool,
}

/// Weights as trained ones are scaled: each layer keeps the size of what flows through it.
pub fn layers(widths: [usize; 5], seed: u64) -> Vec<Layer> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut inputs = 3;
    let mut layers = Vec::new();
    for (block, (&convolutions, &outputs)) in BLOCKS.iter().zip(&widths).enumerate() {
        for convolution in 1..=convolutions {
            // Uniform with the variance 2 / (9 * inputs), that of He's initialisation.
            let limit = (6.0 / (9.0 * inputs as f32)).sqrt();
            let mut draw = |size: f32| (random.f32() * 2.0 - 1.0) * size;
            layers.push(Layer {
                name: format!("block{}_conv{convolution}", block + 1),
                inputs,
                outputs,
                kernel: (0..outputs * inputs * 9).map(|_| draw(limit)).collect(),
                bias: (0..outputs).map(|_| draw(1.0)).collect(),
                pooled: convolution == convolutions,
            });
            inputs = outputs;
        }
    }
    layers
}

/// The network as ONNX, in the form of `models/vgg16-quarter.onnx`: int8 kernels with one scale per
/// output channel behind `DequantizeLinear`, or plain floats.
pub fn onnx(layers: &[Layer], side: i64, quantised: bool) -> ModelProto {
    let mut graph = GraphProto { name: "vgg16".into(), ..GraphProto::default() };
    let mut value = "pixels".to_owned();
    for (at, layer) in layers.iter().enumerate() {
        let name = &layer.name;
        let kernel = format!("{name}_kernel");
        if quantised {
            store_quantised(&mut graph, layer);
        } else {
            graph.initializer.push(floats(&kernel, &kernel_shape(layer), &layer.kernel));
        }
        let bias = format!("{name}_bias");
        graph.initializer.push(floats(&bias, &[layer.outputs as i64], &layer.bias));
        let attributes =
            [("kernel_shape", vec![3, 3]), ("pads", vec![1; 4]), ("strides", vec![1, 1])];
        graph.node.push(node("Conv", name, &[&value, &kernel, &bias], &attributes));
        graph.node.push(node("Relu", &format!("{name}_relu"), &[name], &[]));
        value = format!("{name}_relu");
        if layer.pooled {
            let last = at + 1 == layers.len();
            let output = if last { "features".to_owned() } else { format!("{name}_pool") };
            let attributes = [("kernel_shape", vec![2, 2]), ("strides", vec![2, 2])];
            graph.node.push(node("MaxPool", &output, &[&value], &attributes));
            value = output;
        }
    }
    let channels = layers.last().map_or(0, |layer| layer.outputs as i64);
    graph.input.push(tensor_value("pixels", &[1, 3, side, side]));
    graph.output.push(tensor_value("features", &[1, channels, side / 32, side / 32]));
    ModelProto {
        ir_version: 8,
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: 13 }],
        graph: Some(graph),
        ..ModelProto::default()
    }
}

pub fn bytes(model: &ModelProto) -> Vec<u8> {
    model.encode_to_vec()
}

/// The same layers with their kernels rounded to what int8 can say.
pub fn rounded(layers: Vec<Layer>) -> Vec<Layer> {
    let round = |mut layer: Layer| {
        for channel in layer.kernel.chunks_exact_mut(layer.inputs * 9) {
            let scale = scale(channel);
            channel.iter_mut().for_each(|weight| *weight = (*weight / scale).round() * scale);
        }
        layer
    };
    layers.into_iter().map(round).collect()
}

/// The definition, in double precision: `[3, side, side]` planes -> `[side / 32, side / 32, channels]`.
pub fn reference(layers: &[Layer], planes: &[f64], mut side: usize) -> Vec<f64> {
    let mut maps = planes.to_vec();
    for layer in layers {
        maps = convolved(layer, &maps, side);
        if layer.pooled {
            maps = pooled(&maps, side);
            side /= 2;
        }
    }
    let (cells, channels) = (side * side, maps.len() / (side * side));
    (0..cells)
        .flat_map(|cell| (0..channels).map(move |channel| (cell, channel)))
        .map(|(cell, channel)| maps[channel * cells + cell])
        .collect()
}

fn convolved(layer: &Layer, maps: &[f64], side: usize) -> Vec<f64> {
    let at = |channel: usize, row: isize, column: isize| {
        let inside = |at: isize| (0..side as isize).contains(&at);
        if !inside(row) || !inside(column) {
            return 0.0;
        }
        maps[(channel * side + row as usize) * side + column as usize]
    };
    let mut output = Vec::with_capacity(layer.outputs * side * side);
    for out in 0..layer.outputs {
        for place in 0..side * side {
            let (row, column) = ((place / side) as isize, (place % side) as isize);
            let mut sum = f64::from(layer.bias[out]);
            for input in 0..layer.inputs {
                for tap in 0..9 {
                    let weight = layer.kernel[(out * layer.inputs + input) * 9 + tap];
                    let (down, right) = (tap as isize / 3 - 1, tap as isize % 3 - 1);
                    sum += f64::from(weight) * at(input, row + down, column + right);
                }
            }
            output.push(sum.max(0.0));
        }
    }
    output
}

fn pooled(maps: &[f64], side: usize) -> Vec<f64> {
    let half = side / 2;
    let plane = |plane: &[f64]| {
        (0..half * half)
            .map(|place| {
                let corner = (place / half) * 2 * side + (place % half) * 2;
                [0, 1, side, side + 1]
                    .iter()
                    .map(|step| plane[corner + step])
                    .fold(f64::MIN, f64::max)
            })
            .collect::<Vec<_>>()
    };
    maps.chunks_exact(side * side).flat_map(plane).collect()
}

/// The largest difference, measured by the largest value of the reference.
pub fn relative_error(values: &[f32], reference: &[f64]) -> f64 {
    assert_eq!(values.len(), reference.len());
    let largest = reference.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let differences = values.iter().zip(reference).map(|(a, b)| (f64::from(*a) - b).abs());
    differences.fold(0.0, f64::max) / largest
}

fn store_quantised(graph: &mut GraphProto, layer: &Layer) {
    let name = &layer.name;
    let channels = layer.kernel.chunks_exact(layer.inputs * 9);
    let scales: Vec<f32> = channels.clone().map(scale).collect();
    let codes = channels.zip(&scales).flat_map(|(channel, scale)| {
        channel.iter().map(move |weight| (weight / scale).round() as i8 as u8)
    });
    graph.initializer.push(TensorProto {
        name: format!("{name}_kernel_q"),
        dims: kernel_shape(layer).to_vec(),
        data_type: DataType::Int8 as i32,
        raw_data: codes.collect(),
        ..TensorProto::default()
    });
    graph.initializer.push(floats(&format!("{name}_scale"), &[layer.outputs as i64], &scales));
    let inputs = [format!("{name}_kernel_q"), format!("{name}_scale")];
    let mut dequantise =
        node("DequantizeLinear", &format!("{name}_kernel"), &[&inputs[0], &inputs[1]], &[]);
    dequantise.attribute.push(AttributeProto {
        name: "axis".into(),
        r#type: 2,
        i: 0,
        ..Default::default()
    });
    graph.node.push(dequantise);
}

fn scale(channel: &[f32]) -> f32 {
    channel.iter().fold(0f32, |largest, weight| largest.max(weight.abs())) / 127.0
}

fn kernel_shape(layer: &Layer) -> [i64; 4] {
    [layer.outputs as i64, layer.inputs as i64, 3, 3]
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

/// A node whose one output has its own name.
fn node(operator: &str, name: &str, inputs: &[&str], attributes: &[(&str, Vec<i64>)]) -> NodeProto {
    let integers = |(name, ints): &(&str, Vec<i64>)| AttributeProto {
        name: (*name).to_owned(),
        r#type: 7,
        ints: ints.clone(),
        ..AttributeProto::default()
    };
    NodeProto {
        op_type: operator.to_owned(),
        name: name.to_owned(),
        input: inputs.iter().map(|&input| input.to_owned()).collect(),
        output: vec![name.to_owned()],
        attribute: attributes.iter().map(integers).collect(),
        ..NodeProto::default()
    }
}

fn tensor_value(name: &str, shape: &[i64]) -> ValueInfoProto {
    let dim = shape.iter().map(|&side| Dimension {
        value: Some(dimension::Value::DimValue(side)),
        ..Dimension::default()
    });
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto { dim: dim.collect() }),
    };
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto {
            value: Some(type_proto::Value::TensorType(tensor)),
            ..Default::default()
        }),
        ..ValueInfoProto::default()
    }
}
