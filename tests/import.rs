//! Weights from other tools' files: every form gives the same floats, wrong ones are refused by name,
//! and what comes out answers as Keras itself does.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/golden.rs"]
mod golden;
#[path = "support/seeded.rs"]
mod seeded;
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use golden::Golden;
use half::f16;
use prost::Message;
use recasketch::network::Network;
use recasketch::network::weights::Weights;
use recasketch::pixels::{Fit, Pixels, Preprocessing};
use recasketch::weights::import::{self, Format, Imported, KernelOrder, Naming, PixelConvention};
use seeded::{FULL, NARROW, Stored};
use support::{reference, relative_error};
use tract_onnx::pb::ModelProto;

const QUARTER: &[u8] = include_bytes!("../models/vgg16-quarter.onnx");

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/weights").join(name)
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn read(name: &str) -> Imported {
    import::read(file(name), None).unwrap()
}

fn refusal(bytes: Vec<u8>) -> String {
    import::read(bytes, None).expect_err("a wrong file was accepted").to_string()
}

fn says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "'{word}' is missing from: {message}");
    }
}

fn image() -> Pixels {
    Pixels::decode(include_bytes!("fixtures/images/png-224.png"), Fit::Crop, 224, 224).unwrap()
}

#[test]
fn every_form_that_keras_has_had_gives_the_same_floats() {
    for (name, format, order, left_out) in [
        ("keras.h5", Format::Hdf5, KernelOrder::Hwio, 0),
        ("keras1-names.h5", Format::Hdf5, KernelOrder::Hwio, 0),
        ("keras3.weights.h5", Format::Hdf5, KernelOrder::Hwio, 6),
        ("keras.safetensors", Format::Safetensors, KernelOrder::Hwio, 0),
        ("keras.npz", Format::Npz, KernelOrder::Hwio, 0),
        ("tf2onnx.onnx", Format::Onnx, KernelOrder::Oihw, 10),
    ] {
        let imported = read(name);
        assert_eq!(imported.weights, seeded::weights(&NARROW), "{name}");
        let found = (imported.format, imported.order, imported.left_out);
        assert_eq!(found, (format, order, left_out), "{name}");
        let guessed = (imported.naming, imported.preprocessing);
        assert_eq!(guessed, (Naming::Keras, PixelConvention::Caffe), "{name}");
    }
}

#[test]
fn half_precision_in_compressed_chunks_is_widened() {
    let mut expected = seeded::weights(&NARROW);
    for layer in &mut expected.layers {
        let values = layer.kernel.iter_mut().chain(&mut layer.bias);
        values.for_each(|value| *value = f16::from_f32(*value).to_f32());
    }
    assert_eq!(read("keras2-f16.h5").weights, expected);
}

#[test]
fn torchvisions_files_differ_from_keras_in_the_first_layer_alone() {
    for (name, format, left_out) in [
        ("torchvision.safetensors", Format::Safetensors, 6),
        ("torchvision.npz", Format::Npz, 0),
        ("torchvision.onnx", Format::Onnx, 6),
    ] {
        let imported = read(name);
        let found = (imported.format, imported.order, imported.left_out);
        assert_eq!(found, (format, KernelOrder::Oihw, left_out), "{name}");
        let guessed = (imported.naming, imported.preprocessing);
        assert_eq!(guessed, (Naming::Torchvision, PixelConvention::Torchvision), "{name}");
        assert_eq!(imported.weights, read("torchvision.npz").weights, "{name}");
        assert_eq!(imported.weights.layers[1..], seeded::weights(&NARROW).layers[1..], "{name}");
        let as_caffe = import::read(file(name), Some(PixelConvention::Caffe)).unwrap();
        assert_eq!(as_caffe.weights, seeded::weights(&NARROW), "{name}");
    }
}

/// torchvision's own preprocessing and its own weights, by the definition in double precision.
fn as_torchvision_has_it(pixels: &Pixels) -> Vec<f64> {
    let (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
    let plane = |channel: usize| {
        let value = move |pixel: &[u8]| {
            (f64::from(pixel[channel]) / 255.0 - mean[channel]) / deviation[channel]
        };
        pixels.rgb().chunks(3).map(value)
    };
    let planes: Vec<f64> = (0..3).flat_map(plane).collect();
    let pooled = [1, 3, 6, 9, 12];
    let layers: Vec<support::Layer> = seeded::weights(&NARROW)
        .layers
        .into_iter()
        .enumerate()
        .map(|(at, layer)| support::Layer {
            name: layer.name,
            inputs: layer.inputs,
            outputs: layer.bias.len(),
            kernel: layer.kernel,
            bias: layer.bias,
            pooled: pooled.contains(&at),
        })
        .collect();
    reference(&layers, &planes, 224)
}

#[test]
fn torchvisions_preprocessing_is_folded_in() {
    let imported = read("torchvision.safetensors");
    let network = Network::read(&imported.weights.write()).unwrap();
    let features = network.features(&image()).unwrap();
    let expected = as_torchvision_has_it(&image());
    let error = relative_error(features.values(), &expected);
    println!("torchvision's preprocessing folded in: relative error {error:.1e}");
    // The border's zeros stand for means that differ by half a level of 255; hence not 1e-6.
    assert!(error < 3e-4, "relative error {error}");
    // Not folded, the same weights see pixels a hundred times too large.
    let as_caffe = import::read(file("torchvision.safetensors"), Some(PixelConvention::Caffe));
    let unfolded = Network::read(&as_caffe.unwrap().weights.write()).unwrap();
    let error = relative_error(unfolded.features(&image()).unwrap().values(), &expected);
    assert!(error > 1.0, "without folding the answer should be another: {error}");
}

#[test]
fn a_classifier_comes_with_the_weights_and_stays() {
    let with = |classes: usize, inputs: usize| {
        let values = (0..classes * inputs).map(|at| at as f32 / 64.0 - 0.5).collect();
        let weight = ("classes.weight".to_owned(), vec![classes, inputs], values);
        let bias = ("classes.bias".to_owned(), vec![3], vec![0.5, 0.0, -0.5]);
        let tensors = [seeded::torchvision(&NARROW), vec![weight, bias]].concat();
        import::read(seeded::safetensors(&tensors), None)
    };
    let inputs = NARROW[12];
    let imported = with(3, inputs).unwrap();
    assert_eq!(imported.left_out, 0);
    let classifier = imported.weights.classifier.as_ref().unwrap();
    assert_eq!((classifier.inputs, &classifier.bias[..]), (inputs, &[0.5, 0.0, -0.5][..]));
    assert_eq!((classifier.kernel.len(), classifier.kernel[2]), (3 * inputs, 2.0 / 64.0 - 0.5));
    let written = imported.weights.write();
    assert_eq!(import::read(written.clone(), None).unwrap().weights, imported.weights);
    assert_eq!(Network::read(&written).unwrap().classes(), 3);
    for (classes, inputs) in [(4, inputs), (3, inputs + 1)] {
        let refusal = with(classes, inputs).unwrap_err().to_string();
        assert!(refusal.contains("classes.weight [1 to 4096, "), "{refusal}");
    }
}

#[test]
fn full_width_vgg16_answers_as_keras_does_from_all_four_formats() {
    let golden = Golden::read(include_str!("../models/vgg16-seeded.golden"));
    let pixels = image();
    let keras = seeded::keras(&FULL);
    let mut first: Option<Weights> = None;
    for (name, bytes) in [
        ("h5", seeded::h5(&keras)),
        ("safetensors", seeded::safetensors(&keras)),
        ("npz", seeded::npz(&keras)),
        ("onnx", seeded::weights(&FULL).write()),
    ] {
        let imported = import::read(bytes, None).unwrap();
        let network = Network::read(&imported.weights.write()).unwrap();
        assert_eq!(network.output_shape(), [7, 7, 512]);
        golden.check(name, network.features(&pixels).unwrap().values(), 1e-4);
        assert_eq!(*first.get_or_insert(imported.weights.clone()), imported.weights, "{name}");
    }
}

/// With the post's preprocessing, everything from the image's file on is Keras's: its own `load_img` resized it.
#[test]
fn an_image_of_another_size_is_answered_as_keras_does() {
    let golden = Golden::read(include_str!("fixtures/weights/keras.golden"));
    let network = Network::read(&read("keras.h5").weights.write()).unwrap();
    let answer = |preprocessing: Preprocessing| {
        let image = include_bytes!("fixtures/images/png-640x360.png");
        let pixels = Pixels::decode(image, preprocessing, 224, 224).unwrap();
        network.features(&pixels).unwrap()
    };
    golden.check("load_img", answer(Preprocessing::KERAS).values(), 1e-4);
    let cubic = relative_error(answer(Fit::Squash.into()).values(), &golden.values);
    assert!(cubic > 1e-2, "another resize should be another answer: {cubic}");
}

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

/// Runs the program and gives whether it succeeded, and what it said.
fn recasketch(arguments: &[&str]) -> (Option<i32>, String) {
    let program = Command::new(env!("CARGO_BIN_EXE_recasketch")).args(arguments).output().unwrap();
    let said = [program.stdout, program.stderr].concat();
    (program.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn the_program_imports_and_says_what_it_read() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("networks/vgg16.onnx");
    let (code, said) = recasketch(&[
        "network",
        "import",
        path("torchvision.safetensors").to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(code, Some(0), "{said}");
    let bytes = std::fs::read(&out).unwrap();
    let digest = Network::read(&bytes).unwrap().digest().to_string();
    says(
        &said,
        &[
            "safetensors, torchvision's names, kernels [out, in, 3, 3], preprocessing torchvision",
            "left out 6 tensors",
            "widths   3 4 4 5 5 5 5 6 6 6 6 7 7",
            "output   7 x 7 x 7",
            &digest,
        ],
    );
    assert_eq!(Weights::read(&bytes).unwrap(), read("torchvision.safetensors").weights);
}

#[test]
fn the_program_refuses_with_one_sentence_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (wrong, out) = (folder.path().join("wrong.h5"), folder.path().join("out.onnx"));
    std::fs::write(&wrong, b"<html>404</html>").unwrap();
    let (wrong, to) = (wrong.to_str().unwrap(), out.to_str().unwrap());
    let (code, said) = recasketch(&["network", "import", wrong, "--out", to]);
    assert_eq!((code, said.lines().count(), out.exists()), (Some(1), 1, false), "{said}");
    says(&said, &["a page of HTML or XML"]);
    let (code, said) = recasketch(&["network", "export", "nowhere.onnx", "--out", to]);
    assert_eq!((code, out.exists()), (Some(1), false), "{said}");
    let (code, _) = recasketch(&["network", "import", wrong]);
    assert_eq!(code, Some(2));
}

#[test]
fn an_exported_int8_network_answers_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("floats.onnx");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/vgg16-quarter.onnx");
    let (code, said) = recasketch(&[
        "network",
        "export",
        shipped.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(code, Some(0), "{said}");
    let features = |bytes: &[u8]| Network::read(bytes).unwrap().features(&image()).unwrap();
    let (before, after) = (features(QUARTER), features(&std::fs::read(&out).unwrap()));
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let (a, b) = (before.values(), after.values());
    let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    assert!((cosine - 1.0).abs() < 1e-6, "cosine {cosine}");
    // And import takes our own int8 form too, with nothing folded in.
    let imported = import::read(QUARTER.to_vec(), None).unwrap();
    assert_eq!(imported.weights, Weights::read(&std::fs::read(&out).unwrap()).unwrap());
}
