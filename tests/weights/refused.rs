//! Files of other tools that are refused, each by the name of what is wrong.

use prost::Message;
use recasketch::weights::import;
use tract_onnx::pb::ModelProto;

use crate::import::{file, refusal, says};
use crate::seeded::{self, NARROW, Stored};

/// Changes Keras's narrow tensors and gives the sentence with which they are refused.
fn changed(change: impl FnOnce(&mut Vec<Stored>)) -> String {
    let mut tensors = seeded::keras(&NARROW);
    change(&mut tensors);
    refusal(seeded::safetensors(&tensors))
}

fn zeros(name: &str, dims: &[usize]) -> Stored {
    (name.into(), dims.to_vec(), vec![0.0; dims.iter().product()])
}

#[test]
fn the_first_layer_that_does_not_fit_is_named_with_what_would() {
    let message = changed(|tensors| tensors[2] = zeros("block1_conv2/kernel", &[3, 3, 3, 8]));
    says(
        &message,
        &[
            "expected a kernel [3, 3, 3, 4] or [4, 3, 3, 3] for block1_conv2",
            "found [3, 3, 3, 8] in 'block1_conv2/kernel'",
        ],
    );
    let message = changed(|tensors| drop(tensors.remove(8)));
    says(&message, &["expected the kernel of block3_conv1", "among 25 tensors"]);
    let message = changed(|tensors| tensors[25] = zeros("block5_conv3/bias", &[7, 1]));
    says(&message, &["expected a bias [out] for block5_conv3", "found [7, 1]"]);
    let message = changed(|tensors| tensors[4] = zeros("block2_conv1/kernel", &[4, 4, 3, 3]));
    says(&message, &["kernels of one order, block2_conv1's", "[4, 4, 3, 3]"]);
    let message = changed(|tensors| tensors[7].2[2] = f32::NAN);
    says(&message, &["expected finite weights at block2_conv2", "NaN"]);
    let message = changed(|tensors| tensors.clear());
    says(&message, &["block1_conv1/kernel (Keras) or features.0.weight", "no tensors"]);
}

#[test]
fn other_vggs_are_refused_by_the_layer_that_vgg16_has_not() {
    let message = changed(|tensors| tensors.push(zeros("block3_conv4/kernel", &[3, 3, 5, 5])));
    says(&message, &["13 convolutions of VGG16 and no other", "'block3_conv4/kernel'"]);
    let mut tensors = seeded::torchvision(&NARROW);
    tensors.push(zeros("features.1.running_mean", &[3]));
    says(&refusal(seeded::safetensors(&tensors)), &["[3] in 'features.1.running_mean'"]);
    let message = changed(|tensors| tensors.push(zeros("features.0.bias", &[3])));
    says(&message, &["names of Keras or of torchvision", "'features.0.bias'"]);
    let message = changed(|tensors| tensors.push(zeros("vgg16/block1_conv1/bias", &[3])));
    says(&message, &["expected every layer once", "'vgg16/block1_conv1/bias'"]);
}

#[test]
fn integers_are_refused_by_name_where_weights_should_be() {
    use safetensors::{Dtype, tensor::TensorView};
    let tensors = seeded::keras(&NARROW);
    let bytes = vec![0; 1 << 16];
    let views = tensors.iter().map(|(name, dims, values)| {
        (name, TensorView::new(Dtype::I32, dims.clone(), &bytes[..values.len() * 4]).unwrap())
    });
    let message = refusal(safetensors::serialize(views, None).unwrap());
    says(&message, &["floats of 16, 32 or 64 bits", "'block1_conv1/kernel' as I32"]);
}

#[test]
fn files_that_are_no_weights_are_named() {
    says(&refusal(vec![]), &["expected a .h5, .safetensors, .npz or .onnx", "an empty file"]);
    says(&refusal(b"<!DOCTYPE html><title>404</title>".to_vec()), &["a page of HTML"]);
    says(&refusal(b"version https://git-lfs.github.com/spec/v1\n".to_vec()), &["Git LFS"]);
    says(&refusal(b"\x80\x02}q\x00.".to_vec()), &["a Python pickle"]);
    says(&refusal(b"any text at all, but no weights".to_vec()), &["expected an ONNX file"]);
    let zipped = |name: &str| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.finish().unwrap().into_inner()
    };
    says(&refusal(zipped("archive/data.pkl")), &["PyTorch's own archive", ".safetensors"]);
    says(&refusal(zipped("model.weights.h5")), &["Keras's archive", "model.weights.h5"]);
}

#[test]
fn files_cut_anywhere_are_refused() {
    for name in [
        "keras.h5",
        "keras2-f16.h5",
        "keras.npz",
        "torchvision.npz",
        "keras.safetensors",
        "torchvision.onnx",
    ] {
        let whole = file(name);
        for length in (0..whole.len()).step_by(whole.len() / 150) {
            let cut = import::read(whole[..length].to_vec(), None);
            assert!(cut.is_err(), "{name} cut at {length} of {}", whole.len());
        }
    }
}

/// Whatever a file says, reading it ends, with weights or with a sentence.
#[test]
fn damaged_files_never_panic() {
    let mut random = fastrand::Rng::with_seed(11);
    for name in
        ["keras.h5", "keras2-f16.h5", "torchvision.npz", "keras.safetensors", "tf2onnx.onnx"]
    {
        let whole = file(name);
        for _ in 0..150 {
            let mut damaged = whole.clone();
            for _ in 0..8 {
                // Most of what can go wrong is in the first kilobytes, where the structure lies.
                let within = if random.bool() { 4096 } else { damaged.len() };
                damaged[random.usize(..within)] = random.u8(..);
            }
            let _ = import::read(damaged, None);
        }
    }
}

#[test]
fn sizes_that_the_file_cannot_hold_are_refused_before_they_are_allocated() {
    let mut header = (200u64 << 20).to_le_bytes().to_vec();
    header.extend(b"{\"a\":");
    assert!(import::read(header, None).is_err());
    let claimed = |shape: &str, descr: &str| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, _, values) in seeded::keras(&NARROW) {
            let dims = if name == "block1_conv1/kernel" { shape } else { "(3,)" };
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            seeded::npy(&mut archive, &name, dims, descr, &bytes);
        }
        refusal(archive.finish().unwrap().into_inner())
    };
    let huge = "(3, 3, 3, 18446744073709551615)";
    says(&claimed(huge, "<f4"), &["expected a kernel [3, 3, 3, 3]", "18446744073709551615"]);
    says(&claimed("(3, 3, 3, -1)", "<f4"), &["a .npy file as 'block1_conv1/kernel'", "-1"]);
    for width in [0, 4097] {
        let mut tensors = seeded::torchvision(&NARROW);
        tensors[1] = zeros("features.0.bias", &[width]);
        let message = refusal(seeded::safetensors(&tensors));
        says(&message, &["1 to 4096 channels at block1_conv1", &format!("found {width}")]);
    }
}

#[test]
fn graphs_that_compute_something_else_are_refused_by_layer() {
    let graph = |change: fn(&mut tract_onnx::pb::GraphProto)| {
        let mut model = ModelProto::decode(&*file("torchvision.onnx")).unwrap();
        change(model.graph.as_mut().unwrap());
        refusal(model.encode_to_vec())
    };
    let message = graph(|graph| graph.node[4].op_type = "AveragePool".into());
    says(&message, &["expected MaxPool at the pooling after block1_conv2", "AveragePool"]);
    let message = graph(|graph| graph.node[1].op_type = "Sigmoid".into());
    says(&message, &["expected Relu at block1_conv1's activation", "Sigmoid"]);
    let message = graph(|graph| graph.node[0].attribute.clear());
    says(&message, &["expected pads [1, 1, 1, 1] at block1_conv1"]);
    let message = graph(|graph| graph.node.truncate(7));
    says(&message, &["expected Conv at block2_conv2", "the end of the graph"]);
    let message = graph(|graph| graph.initializer[3].name = "elsewhere".into());
    says(&message, &["a stored bias at block1_conv2", "'features.2.bias', computed or missing"]);
    let message = graph(|graph| graph.initializer[0].dims[0] = i64::MAX);
    says(&message, &["expected a kernel [3, 3, 3, 3] for block1_conv1"]);
}
