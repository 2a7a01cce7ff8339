//! Proving a network: what is right passes, and what is wrong is named.

use std::path::{Path, PathBuf};
use std::process::Command;

use recasketch::error::{Error, Result};
use recasketch::network::Network;
use recasketch::network::weights::{Layer, Weights};
use recasketch::pixels::{Pixels, Preprocessing};
use recasketch::weights::import;
use recasketch::weights::shipped::NetworkSource;
use recasketch::weights::verify::{Bound, Evidence, Golden, Summary, run};

use crate::seeded::{self, FULL, NARROW};

const QUARTER: &[u8] = include_bytes!("../../models/vgg16-quarter.onnx");
const QUARTER_GOLDEN: &[u8] = include_bytes!("../../models/vgg16-quarter.golden");
const SEEDED_GOLDEN: &[u8] = include_bytes!("../../models/vgg16-seeded.golden");
const NARROW_GOLDEN: &[u8] = include_bytes!("../fixtures/weights/keras.golden");
const IMAGE: &[u8] = include_bytes!("../fixtures/images/png-640x360.png");

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Three classes over the map of NARROW.
fn classifier() -> Layer {
    let inputs = NARROW[12];
    let kernel = (0..3 * inputs).map(|at| (at % 7) as f32 * 0.01 - 0.02).collect();
    Layer { name: "classes".into(), inputs, kernel, bias: vec![0.0, 0.1, -0.1] }
}

/// The weights of NARROW_GOLDEN after a change, as a network in floats.
fn narrow(change: impl FnOnce(&mut Weights)) -> Vec<u8> {
    let mut weights = seeded::weights(&NARROW);
    change(&mut weights);
    weights.write()
}

fn held_against(golden: &[u8], network: &[u8]) -> Result<Summary> {
    let golden = Golden::read(golden)?;
    run(network, &Evidence { golden: Some(&golden), image: Some(IMAGE), minimum_cosine: None })
}

/// The sentence of an error, whose kind is checked.
fn refusal<T>(result: Result<T>, kind: &str) -> String {
    let Err(error) = result else { panic!("what is wrong was accepted") };
    assert_eq!(error.kind(), kind, "{error}");
    error.to_string()
}

fn says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "'{word}' is missing from: {message}");
    }
}

/// NARROW_GOLDEN with one field's value replaced.
fn golden_with(field: &str, value: serde_json::Value) -> Vec<u8> {
    let mut golden: serde_json::Value = serde_json::from_slice(NARROW_GOLDEN).unwrap();
    golden[field] = value;
    serde_json::to_vec(&golden).unwrap()
}

#[test]
fn the_shipped_network_is_proven_by_what_is_built_in() {
    let summary = run(QUARTER, &Evidence::default()).unwrap();
    summary.verdict().unwrap();
    assert_eq!(summary.known, Some("models/vgg16-quarter.onnx"));
    assert_eq!((summary.quantised, summary.output), (true, [7, 7, 128]));
    assert!(summary.file.starts_with("a5187d4599e0f7d6143654f6d8e84d3f"), "{}", summary.file);
    let features = summary.features.unwrap();
    assert_eq!(features.demanded, Bound::RelativeError(1e-4));
    assert_eq!((features.same_weights, features.compared), (true, 1568));
    assert!(features.relative_error < 1e-5 && features.total_error < 1e-5, "{features:?}");
    assert!((features.cosine - 1.0).abs() < 1e-9, "{features:?}");
}

#[test]
fn vgg16_itself_is_proven_by_what_is_built_in() {
    let file = NetworkSource::Vgg16.read().unwrap();
    assert!(file.len() <= 4_800_000, "{} bytes", file.len());
    let summary = run(&file, &Evidence::default()).unwrap();
    summary.verdict().unwrap();
    assert_eq!(summary.known, Some("models/vgg16.packed"));
    assert_eq!(summary.widths, FULL);
    assert_eq!((summary.quantised, summary.output), (true, [7, 7, 512]));
    let features = summary.features.unwrap();
    assert_eq!(features.demanded, Bound::RelativeError(1e-4));
    assert_eq!((features.same_weights, features.compared), (true, 1568));
    assert!(features.relative_error < 1e-5 && features.total_error < 1e-5, "{features:?}");
}

#[test]
fn what_a_classifier_tells_is_proven_too() {
    let network = narrow(|weights| weights.classifier = Some(classifier()));
    let without = "and 3 classes, found [7, 7, ";
    says(&refusal(held_against(NARROW_GOLDEN, &network), "Mismatch"), &[without]);
    let pixels = Pixels::decode(IMAGE, Preprocessing::KERAS, 224, 224).unwrap();
    let told = Network::read(&network).unwrap().features(&pixels).unwrap();
    let mut probabilities = told.probabilities().to_vec();
    let held = |probabilities: &[f32]| {
        let golden = golden_with("probabilities", serde_json::json!(probabilities));
        held_against(&golden, &network).unwrap()
    };
    // The weights are others than those of the golden file, and so the bound is that of floats still.
    held(&probabilities).verdict().unwrap();
    probabilities[1] += 2e-4;
    let summary = held(&probabilities);
    assert!((summary.features.as_ref().unwrap().class_error - 2e-4).abs() < 1e-6);
    says(&refusal(summary.verdict(), "Mismatch"), &["2.0e-4 of a class"]);
}

#[test]
fn networks_have_names_and_everything_else_is_a_file() {
    let source = |text: &str| text.parse::<NetworkSource>().unwrap();
    assert_eq!([source("vgg16"), source("small")], [NetworkSource::Vgg16, NetworkSource::Small]);
    assert_eq!(NetworkSource::default(), NetworkSource::Vgg16);
    assert_eq!(source("./small"), NetworkSource::File("./small".into()));
    assert!(source("small").read().unwrap() == QUARTER);
    says(&refusal(source("VGG16").read(), "File"), &["VGG16: "]);
}

#[test]
fn weights_are_known_again_in_any_container() {
    let floats = Weights::read(QUARTER).unwrap().write();
    let summary = run(&floats, &Evidence::default()).unwrap();
    summary.verdict().unwrap();
    assert_eq!((summary.known, summary.quantised), (None, false));
    assert!(summary.features.unwrap().same_weights);
}

#[test]
fn full_width_vgg16_imported_from_kerass_form_is_proven_by_kerass_features() {
    let imported = import::read(seeded::h5(&seeded::keras(&FULL)), None).unwrap();
    let golden = Golden::read(SEEDED_GOLDEN).unwrap();
    let evidence = Evidence { golden: Some(&golden), ..Evidence::default() };
    let summary = run(&imported.weights.write(), &evidence).unwrap();
    summary.verdict().unwrap();
    let features = summary.features.unwrap();
    assert_eq!((features.same_weights, features.compared), (true, 1568));
    assert_eq!(features.demanded, Bound::RelativeError(1e-4));
    assert!(features.relative_error < 1e-5 && features.total_error < 1e-5, "{features:?}");
}

#[test]
fn one_changed_weight_is_found_by_what_the_network_answers() {
    held_against(NARROW_GOLDEN, &narrow(|_| ())).unwrap().verdict().unwrap();
    let changed = narrow(|weights| weights.layers[4].kernel[7] += 0.5);
    let summary = held_against(NARROW_GOLDEN, &changed).unwrap();
    let message = refusal(summary.verdict(), "Mismatch");
    says(&message, &["within a relative error of 1e-4", "the weights are not the golden ones"]);
    let features = summary.features.unwrap();
    assert!(!features.same_weights && features.relative_error > 1e-3, "{features:?}");
}

#[test]
fn of_a_quantised_network_a_cosine_is_demanded() {
    let summary = |golden: &[u8]| {
        let golden = Golden::read(golden).unwrap();
        run(QUARTER, &Evidence { golden: Some(&golden), ..Evidence::default() }).unwrap()
    };
    let mut golden: serde_json::Value = serde_json::from_slice(QUARTER_GOLDEN).unwrap();
    golden["weights"] = "of the floats before they were quantised".into();
    let mut changed = |first: f64| {
        golden["values"][1] = first.into();
        summary(&serde_json::to_vec(&golden).unwrap())
    };
    let near = changed(1.0);
    near.verdict().unwrap();
    let features = near.features.unwrap();
    assert_eq!(features.demanded, Bound::Cosine(0.995));
    assert!(features.relative_error > 1e-2 && features.cosine < 1.0, "{features:?}");
    let message = refusal(changed(30.0).verdict(), "Mismatch");
    says(&message, &["expected a cosine of 0.995 or more to the golden features", "found 0."]);
}

#[test]
fn a_cosine_can_be_demanded_of_any_network() {
    let network = narrow(|weights| weights.layers[12].bias[0] += 0.5);
    let golden = Golden::read(NARROW_GOLDEN).unwrap();
    let summary = |minimum_cosine| {
        let evidence = Evidence { golden: Some(&golden), image: Some(IMAGE), minimum_cosine };
        run(&network, &evidence).unwrap()
    };
    assert!(summary(None).verdict().is_err());
    summary(Some(0.99)).verdict().unwrap();
    assert!(summary(Some(0.999_999)).verdict().is_err());
}

#[test]
fn weights_that_are_not_finite_are_named_by_layer() {
    for wrong in [f32::NAN, f32::INFINITY] {
        let network = narrow(|weights| weights.layers[7].bias[2] = wrong);
        let message = refusal(run(&network, &Evidence::default()), "Network");
        says(
            &message,
            &["expected finite weights, found an infinity or NaN in 'block4_conv1_bias'"],
        );
    }
    // Finite weights whose features are not.
    let network = narrow(|weights| weights.layers[11..].iter_mut().for_each(huge));
    says(&refusal(held_against(NARROW_GOLDEN, &network), "Network"), &["finite features"]);
}

fn huge(layer: &mut recasketch::network::weights::Layer) {
    layer.kernel.fill(1e30);
}

#[test]
fn weights_without_known_features_are_no_proof() {
    let summary = run(&narrow(|_| ()), &Evidence::default()).unwrap();
    assert_eq!(summary.features, None);
    let message = refusal(summary.verdict(), "Mismatch");
    says(&message, &["golden features", "models/golden_keras.py", "--golden"]);
}

#[test]
fn golden_features_of_another_network_or_image_are_refused() {
    let network = narrow(|_| ());
    let message = refusal(held_against(SEEDED_GOLDEN, &network), "Mismatch");
    says(&message, &["of the shape [7, 7, 7] and 0 classes, found [7, 7, 512]"]);
    let golden = Golden::read(NARROW_GOLDEN).unwrap();
    for (image, came) in [(None, "found none"), (Some(QUARTER), "found another")] {
        let evidence = Evidence { golden: Some(&golden), image, minimum_cosine: None };
        let message = refusal(run(&network, &evidence), "Mismatch");
        says(&message, &["expected the image png-640x360.png", came, "--image"]);
    }
    // Of the same shape and image, but of other weights.
    let other =
        narrow(|weights| weights.layers.iter_mut().for_each(|layer| layer.kernel.reverse()));
    let summary = held_against(NARROW_GOLDEN, &other).unwrap();
    assert!(summary.features.as_ref().unwrap().relative_error > 0.1, "{summary:?}");
    assert!(matches!(summary.verdict(), Err(Error::Mismatch(_))));
    // An image that decodes otherwise here than there.
    let mut image: serde_json::Value = serde_json::from_slice(NARROW_GOLDEN).unwrap();
    image["image"]["pixels"] = "others".into();
    let message =
        refusal(held_against(&golden_with("image", image["image"].take()), &network), "Mismatch");
    says(&message, &["the pixels that Keras 3.15.1 on jax loaded from png-640x360.png"]);
}

#[test]
fn golden_files_that_are_cut_or_contradict_themselves_are_refused() {
    let whole = NARROW_GOLDEN.trim_ascii_end();
    for length in 0..whole.len() {
        let message = refusal(Golden::read(&whole[..length]), "Mismatch");
        says(&message, &["expected golden features in JSON", "models/golden_keras.py"]);
    }
    for (field, value, words) in [
        ("version", 2.into(), "version 1, found version 2"),
        ("shape", serde_json::json!([7, 7, 6]), "1 in 1 of 294 features, found 343"),
        ("shape", serde_json::json!([7, 0, 7]), "a feature map's shape, found [7, 0, 7]"),
        ("shape", serde_json::json!([usize::MAX, 2, 7]), "a feature map's shape"),
        ("every", 0.into(), "1 in 0 of 343 features"),
        ("every", 2.into(), "1 in 2 of 343 features, found 343"),
        ("norm", 0.into(), "finite features, one of them above 0"),
        ("largest", 1e39.into(), "finite features"),
        ("made_by", "\u{1b}[2J".into(), "names of printable characters"),
        ("more", 1.into(), "unknown field `more`"),
    ] {
        let message = refusal(Golden::read(&golden_with(field, value)), "Mismatch");
        says(&message, &[words]);
    }
}

fn program(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_recasketch"))
        .args(["network", "verify"])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_program_prints_what_it_found_and_fails_with_one_sentence() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    let shipped = path("models/vgg16-quarter.onnx").to_string_lossy().into_owned();
    let (code, out, _) = program(&["small"]);
    assert_eq!(code, Some(0), "{out}");
    assert_eq!(program(&[&shipped]), (Some(0), out.clone(), String::new()));
    says(&out, &["widths   16 16 32", "which is models/vgg16-quarter.onnx", "1e-4: holds"]);
    assert_eq!(out.lines().count(), 8, "{out}");

    let (golden, image) = (
        path("tests/fixtures/weights/keras.golden"),
        path("tests/fixtures/images/png-640x360.png"),
    );
    let evidence = ["--golden", golden.to_str().unwrap(), "--image", image.to_str().unwrap()];
    std::fs::write(at("right.onnx"), narrow(|_| ())).unwrap();
    let right = at("right.onnx");
    let (code, out, err) = program(&[&[&*right, "--json"], evidence.as_slice()].concat());
    assert_eq!(code, Some(0), "{err}");
    let summary: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(summary["features"]["holds"], true);
    assert_eq!(summary["features"]["demanded"]["relative_error"], 1e-4);

    std::fs::write(at("wrong.onnx"), narrow(|weights| weights.layers[2].bias[0] += 9.0)).unwrap();
    let wrong = at("wrong.onnx");
    let (code, out, err) = program(&[&[&*wrong], evidence.as_slice()].concat());
    assert_eq!((code, err.lines().count()), (Some(1), 1), "{err}");
    says(&out, &["with other weights", "1e-4: fails"]);
    says(&err, &["expected features within a relative error of 1e-4 of the golden ones, found "]);

    std::fs::write(at("page.onnx"), "<!DOCTYPE html>").unwrap();
    let (code, out, err) = program(&[&at("page.onnx")]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    says(&err, &["expected an ONNX file or a packed network, found a page of HTML"]);
    assert_eq!(program(&[&shipped, "--image", &shipped]).0, Some(2));
}
