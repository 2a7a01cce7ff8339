//! Quantising: the answers keep what was asked for, and fewer bits are used where that allows it.

use recasketch::error::Error;
use recasketch::network::weights::{Layer, Weights};
use recasketch::network::{FeatureMap, Network};
use recasketch::pixels::{Fit, Pixels};
use recasketch::weights::quantise::{Summary, WIDTHS, run, uniform};

use crate::support;

/// The bytes of a packed network that are no layer's: what it begins with, and how many classes it tells.
const HEADER: usize = 8 + 4 + 8 + 13 * 4 + 4;

const WIDE_ENOUGH: [usize; 5] = [8, 12, 16, 24, 32];

fn float_network() -> Weights {
    let onnx = support::bytes(&support::onnx(&support::layers(WIDE_ENOUGH, 11), 64, false));
    Weights::read(&onnx).unwrap()
}

/// Drawings of the demo, which have flat and busy parts as thumbnails do.
fn images() -> Vec<Pixels> {
    (0..12)
        .map(|index| {
            let drawing = recasketch::commands::demo::draw(5, index, 96, 54);
            let rgba = image::DynamicImage::ImageRgb8(drawing.image).into_rgba8();
            Pixels::from_rgba(rgba.as_raw(), 96, 54, Fit::Crop, 64, 64).unwrap()
        })
        .collect()
}

fn cosine(a: &FeatureMap, b: &FeatureMap) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    dot(a.values(), b.values()) / (dot(a.values(), a.values()) * dot(b.values(), b.values())).sqrt()
}

/// The least cosine over the images, measured here and not taken from the table.
fn least_cosine(weights: &Weights, summary: &Summary, images: &[Pixels]) -> f64 {
    let float = Network::read(&weights.write()).unwrap();
    let quantised = Network::read(&summary.network).unwrap();
    images
        .iter()
        .map(|image| cosine(&float.features(image).unwrap(), &quantised.features(image).unwrap()))
        .fold(1.0, f64::min)
}

#[test]
fn what_is_asked_for_is_kept_on_every_image_with_as_few_bits_as_that_takes() {
    let (weights, images) = (float_network(), images());
    let mut bytes = usize::MAX;
    for least in [0.9995, 0.995, 0.98] {
        let summary = run(&weights, &images, least).unwrap();
        let all = summary.table.last().unwrap();
        let measured = least_cosine(&weights, &summary, &images);
        assert!(measured >= least, "{measured} where {least} was asked for");
        assert!((measured - all.cosine).abs() < 1e-6, "the table says {}", all.cosine);
        assert!(all.bytes < bytes, "{} bytes at {least}, {bytes} for more", all.bytes);
        assert_eq!(summary.table.len(), 14);
        assert_eq!(all.bytes, summary.network.len());
        let parts: usize = summary.table[..13].iter().map(|row| row.bytes).sum();
        assert_eq!(all.bytes, parts + HEADER);
        let count: usize = weights.layers.iter().map(|layer| layer.kernel.len()).sum();
        assert!((all.bits - 8.0 * all.bytes as f64 / count as f64).abs() < 1e-9);
        bytes = all.bytes;
    }
}

#[test]
fn a_classifier_is_kept_in_codes() {
    let mut weights = float_network();
    let mut random = fastrand::Rng::with_seed(8);
    let kernel: Vec<f32> = (0..6 * 32).map(|_| random.f32() * 0.2 - 0.1).collect();
    weights.classifier =
        Some(Layer { name: "classes".into(), inputs: 32, kernel, bias: vec![0.25; 6] });
    let summary = uniform(&weights, &images()[..4], 8).unwrap();
    let row = &summary.table[13];
    assert_eq!((&*row.layer, row.width, row.cosine), ("classes", 5, 1.0));
    let [float, packed] = [&weights.write(), &summary.network].map(|file| Network::read(file));
    let (float, packed) = (float.unwrap(), packed.unwrap());
    assert_eq!((float.classes(), packed.classes()), (6, 6));
    for image in &images()[..4] {
        let [float, packed] = [&float, &packed].map(|network| network.features(image).unwrap());
        let pairs = float.probabilities().iter().zip(packed.probabilities());
        assert!(pairs.clone().all(|(a, b)| (a - b).abs() < 0.02), "{float:?} {packed:?}");
        assert!((float.probabilities().iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn each_width_uses_its_codes_and_loses_more_than_the_wider_one() {
    let (weights, images) = (float_network(), images());
    let mut last = (1.0, usize::MAX);
    for bits in WIDTHS {
        let summary = uniform(&weights, &images, bits).unwrap();
        let levels = (1 << (bits - 1)) - 1;
        for (before, after) in
            weights.layers.iter().zip(Weights::read(&summary.network).unwrap().layers)
        {
            let channels =
                before.kernel.chunks(9 * before.inputs).zip(after.kernel.chunks(9 * before.inputs));
            for (_, after) in channels {
                let step =
                    after.iter().filter(|w| **w != 0.0).fold(f32::MAX, |step, w| step.min(w.abs()));
                let largest = after.iter().fold(0f32, |largest, w| largest.max(w.abs()));
                assert!((largest / step).round() as i32 <= levels, "{bits} bits");
            }
        }
        let cosine = least_cosine(&weights, &summary, &images);
        let bytes = summary.table.last().unwrap().bytes;
        assert!(cosine < last.0 && bytes < last.1, "{bits} bits: cosine {cosine}, {bytes} bytes");
        last = (cosine, bytes);
    }
}

#[test]
fn eight_bits_lose_next_to_nothing() {
    let (weights, images) = (float_network(), images());
    let summary = uniform(&weights, &images, 8).unwrap();
    assert!(least_cosine(&weights, &summary, &images) >= 0.9999);
    assert!(summary.table.last().unwrap().top_10_overlap > 0.95);
}

#[test]
fn more_than_eight_bits_can_give_is_refused_with_what_they_give() {
    let error = run(&float_network(), &images(), 0.999_999_9).unwrap_err();
    let Error::Network(details) = error else { panic!("{error}") };
    assert_eq!(details.expected, "a cosine of 0.9999999 to the float network");
    assert!(
        details.came.starts_with("0.9999") && details.came.ends_with("with 8 bits everywhere"),
        "{}",
        details.came
    );
}

#[test]
fn the_program_writes_a_network_that_it_can_use_and_says_what_each_layer_got() {
    let place = tempfile::tempdir().unwrap();
    let (file, out) = (place.path().join("float.onnx"), place.path().join("small.packed"));
    std::fs::write(&file, float_network().write()).unwrap();
    let quantise = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_recasketch"));
        command.args(["network", "quantise"]).arg(&file).arg("--out").arg(&out).args(more);
        command.output().unwrap()
    };
    let output = quantise(&["--min-cosine", "0.99"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows: Vec<Vec<&str>> =
        table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 15, "{table}");
    assert_eq!((rows[1][0], rows[13][0], rows[14][0]), ("block1_conv1", "block5_conv3", "all"));
    assert!(rows[14][4].parse::<f64>().unwrap() >= 0.99, "{table}");
    assert_eq!(Network::read(&std::fs::read(&out).unwrap()).unwrap().output_shape(), [2, 2, 32]);
    assert_eq!(quantise(&["--bits", "7"]).status.code(), Some(2));
    let nowhere = quantise(&["--images", place.path().join("nothing").to_str().unwrap()]);
    assert_eq!(nowhere.status.code(), Some(1));
}
