//! Weights from other tools' files: every form gives the same floats, wrong ones are refused by name,
//! and what comes out answers as Keras itself does.

use std::path::{Path, PathBuf};
use std::process::Command;

use half::f16;
use recasketch::network::Network;
use recasketch::network::weights::Weights;
use recasketch::pixels::{Fit, Pixels, Preprocessing};
use recasketch::weights::import::{self, Format, Imported, KernelOrder, Naming, PixelConvention};

use crate::golden::Golden;
use crate::seeded::{self, FULL, NARROW};
use crate::support::{self, reference, relative_error};

const QUARTER: &[u8] = include_bytes!("../../models/vgg16-quarter.onnx");

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/weights").join(name)
}

pub(crate) fn file(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn read(name: &str) -> Imported {
    import::read(file(name), None).unwrap()
}

pub(crate) fn refusal(bytes: Vec<u8>) -> String {
    import::read(bytes, None).expect_err("a wrong file was accepted").to_string()
}

pub(crate) fn says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "'{word}' is missing from: {message}");
    }
}

fn image() -> Pixels {
    Pixels::decode(include_bytes!("../fixtures/images/png-224.png"), Fit::Crop, 224, 224).unwrap()
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
    let golden = Golden::read(include_str!("../../models/vgg16-seeded.golden"));
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
    let golden = Golden::read(include_str!("../fixtures/weights/keras.golden"));
    let network = Network::read(&read("keras.h5").weights.write()).unwrap();
    let answer = |preprocessing: Preprocessing| {
        let image = include_bytes!("../fixtures/images/png-640x360.png");
        let pixels = Pixels::decode(image, preprocessing, 224, 224).unwrap();
        network.features(&pixels).unwrap()
    };
    golden.check("load_img", answer(Preprocessing::KERAS).values(), 1e-4);
    let cubic = relative_error(answer(Fit::Squash.into()).values(), &golden.values);
    assert!(cubic > 1e-2, "another resize should be another answer: {cubic}");
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
