//! Networks: what is accepted, what is refused, and that the answers are the definition's.

#[path = "../support/golden.rs"]
mod golden;
mod packed;
mod partition;
#[path = "../support/mod.rs"]
mod support;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use golden::Golden;
use recasketch::network::{MEAN_BGR, Network};
use recasketch::pixels::{Fit, Pixels};
use support::{FULL, bytes, layers, onnx, reference, relative_error, rounded};
use tract_onnx::pb::ModelProto;

const QUARTER: &[u8] = include_bytes!("../../models/vgg16-quarter.onnx");

/// Our convolutions are Winograd's, which trade a digit for speed: 1.5e-5 after all thirteen, where the
/// definition in the same floats is at 1e-6.
const TOLERANCE: f64 = 1e-4;

const NARROW: [usize; 5] = [4, 6, 8, 10, 12];

/// Seeded noise, already of the network's size.
fn noise(side: usize, seed: u64) -> Pixels {
    let mut random = fastrand::Rng::with_seed(seed);
    let rgba: Vec<u8> =
        (0..side * side).flat_map(|_| [random.u8(..), random.u8(..), random.u8(..), 255]).collect();
    Pixels::from_rgba(&rgba, side as u32, side as u32, Fit::Crop, side, side).unwrap()
}

/// The post's preprocessing, written out again: blue, green, red planes minus the means.
fn planes(pixels: &Pixels) -> Vec<f64> {
    let plane = |(channel, mean): (usize, f32)| {
        pixels.rgb().chunks(3).map(move |pixel| f64::from(f32::from(pixel[channel]) - mean))
    };
    [2, 1, 0].into_iter().zip(MEAN_BGR).flat_map(plane).collect()
}

#[test]
fn the_small_network_is_a_quarter_of_vgg16() {
    let network = Network::read(QUARTER).unwrap();
    assert_eq!(network.input_size(), [224, 224]);
    assert_eq!(network.output_shape(), [7, 7, 128]);
    assert_eq!(network.digest().short(), "a5187d4599e0f7d6");
}

/// What onnxruntime makes of the same image; `models/golden.py` wrote it.
#[test]
fn another_engine_gives_the_same_features() {
    let network = Network::read(QUARTER).unwrap();
    let pixels =
        Pixels::decode(include_bytes!("../fixtures/images/png-224.png"), Fit::Crop, 224, 224)
            .unwrap();
    let golden = Golden::read(include_str!("../../models/vgg16-quarter.golden"));
    golden.check("onnxruntime", network.features(&pixels).unwrap().values(), 1e-5);
}

#[test]
fn answers_are_those_of_the_definition_in_double_precision() {
    for quantised in [false, true] {
        let mut layers = layers(NARROW, 7);
        let network = Network::read(&bytes(&onnx(&layers, 64, quantised))).unwrap();
        if quantised {
            layers = rounded(layers);
        }
        let pixels = noise(64, 3);
        let features = network.features(&pixels).unwrap();
        assert_eq!(features.shape(), [2, 2, 12]);
        let error = relative_error(features.values(), &reference(&layers, &planes(&pixels), 64));
        assert!(error < TOLERANCE, "relative error {error}, quantised: {quantised}");
    }
}

#[test]
fn full_width_vgg16_works_unchanged() {
    let layers = layers(FULL, 16);
    let small = Network::read(&bytes(&onnx(&layers, 32, true))).unwrap();
    let pixels = noise(32, 5);
    let features = small.features(&pixels).unwrap();
    let error =
        relative_error(features.values(), &reference(&rounded(layers), &planes(&pixels), 32));
    assert!(error < TOLERANCE, "relative error {error}");
}

#[test]
fn full_width_vgg16_takes_an_image_of_224_by_224() {
    let network = Network::read(&bytes(&onnx(&layers(FULL, 16), 224, true))).unwrap();
    let features = network.features(&noise(224, 9)).unwrap();
    assert_eq!(features.shape(), [7, 7, 512]);
    assert_eq!(features.values().len(), 25_088);
    // He's scaling keeps the size of what flows through: pixels of about 75 stay in the hundreds.
    let mean = features.values().iter().sum::<f32>() / 25_088.0;
    assert!((10.0..1000.0).contains(&mean), "mean {mean}");
    assert!(features.values().iter().all(|value| *value >= 0.0 && value.is_finite()));
}

#[test]
fn pixels_of_another_size_are_refused() {
    let network = Network::read(&bytes(&onnx(&layers(NARROW, 1), 64, false))).unwrap();
    let message = network.features(&noise(32, 1)).unwrap_err().to_string();
    assert!(
        message.contains("expected 64 x 64 pixels") && message.contains("found 32 x 32"),
        "{message}"
    );
}

/// Changes a good network and gives the sentence with which it is refused.
fn refusal(change: impl FnOnce(&mut ModelProto)) -> String {
    let mut model = onnx(&layers(NARROW, 1), 64, true);
    change(&mut model);
    match Network::read(&bytes(&model)) {
        Ok(_) => panic!("a wrong network was accepted"),
        Err(error) => error.to_string(),
    }
}

fn node<'a>(model: &'a mut ModelProto, name: &str) -> &'a mut tract_onnx::pb::NodeProto {
    let graph = model.graph.as_mut().unwrap();
    graph.node.iter_mut().find(|node| node.name == name).unwrap()
}

fn tensor<'a>(model: &'a mut ModelProto, name: &str) -> &'a mut tract_onnx::pb::TensorProto {
    let graph = model.graph.as_mut().unwrap();
    graph.initializer.iter_mut().find(|tensor| tensor.name == name).unwrap()
}

fn says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "'{word}' is missing from: {message}");
    }
}

#[test]
fn another_operator_is_named_with_its_layer() {
    let message = refusal(|model| node(model, "block3_conv2_relu").op_type = "Sigmoid".into());
    says(&message, &["expected Relu at block3_conv2", "found Sigmoid"]);
}

#[test]
fn another_stride_kernel_padding_or_group_is_named() {
    let set = |name: &'static str, attribute: usize, ints: Vec<i64>| {
        refusal(move |model| node(model, name).attribute[attribute].ints = ints)
    };
    says(&set("block2_conv1", 2, vec![2, 2]), &["strides [1, 1] at block2_conv1", "found [2, 2]"]);
    says(
        &set("block1_conv2", 1, vec![0; 4]),
        &["pads [1, 1, 1, 1] at block1_conv2", "found [0, 0, 0, 0]"],
    );
    says(
        &set("block5_conv3", 0, vec![5, 5]),
        &["kernel_shape [3, 3] at block5_conv3", "found [5, 5]"],
    );
    says(
        &set("block2_conv2_pool", 1, vec![1, 1]),
        &["strides [2, 2] at block2_pool", "found [1, 1]"],
    );
}

#[test]
fn a_missing_layer_is_named() {
    // block4 closes one convolution early.
    let message = refusal(|model| {
        let graph = model.graph.as_mut().unwrap();
        graph
            .node
            .retain(|node| !node.name.starts_with("block4_conv3") || node.op_type == "MaxPool");
        let pool = graph.node.iter_mut().find(|node| node.name == "block4_conv3_pool").unwrap();
        pool.input[0] = "block4_conv2_relu".into();
    });
    says(&message, &["expected Conv at block4_conv3", "found MaxPool"]);
}

#[test]
fn the_top_is_named_when_it_was_not_cut_off() {
    let message = refusal(|model| {
        let graph = model.graph.as_mut().unwrap();
        let mut flatten = graph.node.last().unwrap().clone();
        (flatten.op_type, flatten.name) = ("Flatten".into(), "flatten".into());
        (flatten.input, flatten.output) = (vec!["features".into()], vec!["flat".into()]);
        graph.node.push(flatten);
        graph.output[0].name = "flat".into();
    });
    says(&message, &["expected the end of the graph after block5_pool", "found Flatten"]);
}

#[test]
fn weights_of_another_shape_or_length_are_named() {
    let message = refusal(|model| tensor(model, "block2_conv1_kernel_q").dims = vec![6, 4, 9, 1]);
    says(&message, &["a kernel [out, 4, 3, 3] at block2_conv1", "[6, 4, 9, 1]"]);
    let message = refusal(|model| tensor(model, "block2_conv1_kernel_q").raw_data.truncate(215));
    let expected = "values of the shape [6, 4, 3, 3] in 'block2_conv1_kernel_q'";
    says(&message, &[expected, "found 215 bytes"]);
    let message =
        refusal(|model| tensor(model, "block1_conv1_bias").dims = vec![i64::MAX, i64::MAX]);
    says(&message, &["values of the shape", "in 'block1_conv1_bias'"]);
    let message = refusal(|model| tensor(model, "block1_conv1_scale").name = "elsewhere".into());
    says(
        &message,
        &["stored weights at block1_conv1", "'block1_conv1_scale', computed or missing"],
    );
}

#[test]
fn values_in_two_fields_or_in_another_types_are_refused_by_name() {
    // As many in all as the shape asks for, which of them first nobody can say.
    let split = refusal(|model| {
        let bias = tensor(model, "block1_conv1_bias");
        bias.raw_data.truncate(4);
        bias.float_data = vec![0.0; 3];
    });
    says(
        &split,
        &[
            "the values of 'block1_conv1_bias' in one field",
            "some in raw_data and some in float_data",
        ],
    );
    let other = refusal(|model| {
        let kernel = tensor(model, "block1_conv2_kernel_q");
        kernel.float_data = vec![0.0; std::mem::take(&mut kernel.raw_data).len()];
    });
    says(&other, &["'block1_conv2_kernel_q' in raw_data or int32_data", "some in float_data"]);
    let wide = refusal(|model| {
        let kernel = tensor(model, "block1_conv2_kernel_q");
        kernel.int32_data = vec![200; std::mem::take(&mut kernel.raw_data).len()];
    });
    says(&wide, &["values of 'block1_conv2_kernel_q' within its type", "found 200"]);
    let infinite = refusal(|model| {
        tensor(model, "block1_conv1_scale").raw_data[..4].copy_from_slice(&[0, 0, 0x80, 0x7f]);
    });
    says(&infinite, &["finite weights", "'block1_conv1_scale'"]);
    let twice = refusal(|model| {
        let again = tensor(model, "block1_conv1_bias").clone();
        model.graph.as_mut().unwrap().initializer.push(again);
    });
    says(&twice, &["every value once", "'block1_conv1_bias' again"]);
}

#[test]
fn sides_and_widths_have_a_limit_together() {
    // 64 channels fit at 512 x 512, and not one at 1024 x 1024 more than 16.
    let read = |width: usize, side| {
        Network::read(&bytes(&onnx(&layers([width, 1, 1, 1, 1], 1), side, true)))
    };
    assert!(read(64, 512).is_ok());
    assert!(read(16, 1024).is_ok());
    let message = read(17, 1024).err().unwrap().to_string();
    says(&message, &["maps of at most 16777216 values", "found 17 channels at 1024 x 1024"]);
}

#[test]
fn sides_that_five_poolings_do_not_divide_are_refused() {
    let model = onnx(&layers(NARROW, 1), 100, false);
    let message = Network::read(&bytes(&model)).err().unwrap().to_string();
    says(&message, &["sides multiples of 32 up to 1024", "Some(100)"]);
}

#[test]
fn files_that_are_not_onnx_are_named() {
    let refused = |bytes: &[u8]| Network::read(bytes).err().unwrap().to_string();
    says(&refused(b""), &["found an empty file"]);
    says(&refused(b"<!DOCTYPE html><title>404</title>"), &["found a page of HTML"]);
    says(&refused(b"\x89HDF\r\n\x1a\n...."), &["found an HDF5 file"]);
    says(&refused(b"version https://git-lfs.github.com/spec/v1\n"), &["expected an ONNX file"]);
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let model = bytes(&onnx(&layers(NARROW, 1), 64, true));
    for length in (0..model.len()).step_by(37) {
        assert!(Network::read(&model[..length]).is_err(), "cut at {length} of {}", model.len());
    }
}
