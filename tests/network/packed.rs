//! The packed form of a network: what goes in comes out, and nothing damaged gets by.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::digest::Digest;
use recasketch::network::packed::{Packed, PackedLayer};
use recasketch::network::{MEAN_BGR, Network, Reading};
use recasketch::pixels::{Fit, Pixels};

use crate::support::{self, relative_error};

const WIDTHS: [usize; 13] = [3, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 20];
const CLASSES: usize = 5;

/// Codes of many spreads, each row's its own: all the same, few and many values, the ends of the range.
fn packed() -> Packed {
    let mut random = fastrand::Rng::with_seed(4);
    let mut inputs = 3;
    let mut layer = |(at, outputs): (usize, usize)| {
        let row = |row: usize| -> Vec<i8> {
            let reach = [0, 1, 7, 31, 127][(at + row) % 5];
            (0..9 * inputs).map(|_| random.i8(-reach..=reach)).collect()
        };
        let mut codes: Vec<i8> = (0..outputs).flat_map(row).collect();
        codes[..2].copy_from_slice(&[[-128, 127], [127, 127], [-128, -128]][at % 3]);
        inputs = outputs;
        let scales = (0..outputs).map(|out| 0.001 * (out + 1) as f32).collect();
        PackedLayer { codes, scales, bias: (0..outputs).map(|out| out as f32 + 1.0).collect() }
    };
    let layers = WIDTHS.into_iter().enumerate().map(&mut layer).collect();
    Packed { input_size: [64, 96], layers, classifier: Some(classifier()) }
}

/// Of the means of 20 channels.
fn classifier() -> PackedLayer {
    let codes = (0..CLASSES * 20).map(|at| (at * 7 % 31) as i8 - 15);
    let scales = (1..=CLASSES).map(|class| 0.01 * class as f32);
    PackedLayer { codes: codes.collect(), scales: scales.collect(), bias: vec![0.5; CLASSES] }
}

fn refusal(bytes: &[u8]) -> String {
    Network::read(bytes).err().expect("a damaged file was read").to_string()
}

#[test]
fn what_is_packed_is_unpacked_to_the_bit() {
    let packed = packed();
    let bytes = packed.write();
    assert_eq!(Packed::read(&bytes).unwrap(), packed);
    // The layout itself must not change unseen.
    assert_eq!(Digest::of(&bytes).short(), "c8eb4e3786f17743");
}

#[test]
fn codes_take_the_bits_that_they_need() {
    let mut random = fastrand::Rng::with_seed(5);
    let mut three_values = || [-1, 0, 1][random.usize(0..3)];
    let codes: Vec<i8> = (0..64 * 4608).map(|_| three_values()).collect();
    let layer = PackedLayer { codes, scales: vec![1.0; 64], bias: vec![0.0; 64] };
    let bits = 8.0 * (layer.bytes().len() - 512) as f64 / (64 * 4608) as f64;
    let entropy = 3f64.log2();
    assert!((entropy..1.005 * entropy).contains(&bits), "{bits} bits, entropy {entropy}");
}

#[test]
fn a_packed_network_runs_as_the_weights_that_it_stands_for() {
    let mut layers = support::layers([4, 6, 8, 10, 12], 7);
    let pack = |layer: &mut support::Layer| {
        let scales: Vec<f32> = (0..layer.outputs).map(|out| 0.02 + 0.001 * out as f32).collect();
        let rows = layer.kernel.chunks(9 * layer.inputs).zip(&scales);
        let codes = rows.flat_map(|(row, scale)| row.iter().map(move |w| (w / scale) as i8));
        let packed = PackedLayer { codes: codes.collect(), scales, bias: layer.bias.clone() };
        layer.kernel = packed.expanded();
        packed
    };
    let packed = Packed {
        input_size: [64, 64],
        layers: layers.iter_mut().map(pack).collect(),
        classifier: None,
    };
    let network = Network::read(&packed.write()).unwrap();
    assert_eq!(network.output_shape(), [2, 2, 12]);
    let pixels =
        Pixels::decode(include_bytes!("../fixtures/images/png-224.png"), Fit::Crop, 64, 64)
            .unwrap();
    let plane = |(channel, mean): (usize, f32)| {
        pixels.rgb().chunks(3).map(move |pixel| f64::from(f32::from(pixel[channel]) - mean))
    };
    let planes: Vec<f64> = [2, 1, 0].into_iter().zip(MEAN_BGR).flat_map(plane).collect();
    let features = network.features(&pixels).unwrap();
    let error = relative_error(features.values(), &support::reference(&layers, &planes, 64));
    assert!(error < 1e-4, "relative error {error}");
}

#[test]
fn a_network_is_the_same_in_whatever_pieces_it_comes() {
    let pixels =
        Pixels::decode(include_bytes!("../fixtures/images/png-224.png"), Fit::Crop, 64, 96)
            .unwrap();
    let onnx = support::bytes(&support::onnx(&support::layers([3; 5], 7), 96, true));
    for (file, side) in [(packed().write(), [64, 96]), (onnx, [96, 96])] {
        let whole = Network::read(&file).unwrap();
        assert_eq!(whole.input_size(), side);
        for length in [1, 71, 80, 1000, file.len() - 1] {
            let mut reading = Reading::new(None);
            file.chunks(length).for_each(|piece| reading.push(piece));
            let network = reading.finish().unwrap();
            assert_eq!(network.digest(), Digest::of(&file));
            if side == [64, 96] {
                assert_eq!(network.features(&pixels).unwrap(), whole.features(&pixels).unwrap());
            }
        }
    }
    let mut reading = Reading::new(Some(Digest([7; 32])));
    reading.push(&packed().write());
    assert_eq!(reading.finish().unwrap().digest(), Digest([7; 32]));
}

#[test]
fn what_is_wrong_with_the_first_bytes_is_said_once_all_have_come() {
    let mut file = packed().write();
    file[8] = 77;
    let mut reading = Reading::new(None);
    file.chunks(100).for_each(|piece| reading.push(piece));
    let sentence = reading.finish().err().expect("a wrong version was read").to_string();
    assert!(sentence.contains("expected version 3, found 77"), "{sentence}");
}

#[test]
fn a_file_that_ends_early_or_goes_on_is_refused() {
    let bytes = packed().write();
    for end in 8..bytes.len() {
        let sentence = refusal(&bytes[..end]);
        assert!(sentence.contains("this is not a usable network: expected"), "{end}: {sentence}");
    }
    let sentence = refusal(&[&bytes[..], &[0]].concat());
    assert!(sentence.contains("expected the end of the file, found 1 bytes more"), "{sentence}");
}

#[test]
fn no_turned_bit_among_the_codes_goes_unseen_and_none_brings_a_panic() {
    let packed = packed();
    let bytes = packed.write();
    let mut unseen = 0;
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        match Packed::read(&damaged) {
            Err(_) => {}
            // Scales and biases hold any number, and some tables serve as well as others.
            Ok(other) => {
                let same = other.layers == packed.layers && other.classifier == packed.classifier;
                unseen += usize::from(same);
            }
        }
    }
    assert_eq!(
        unseen, 1,
        "of the input's sides, another multiple of 32 alone is not in the layers"
    );
}

#[test]
fn a_file_that_asks_for_gigabytes_is_refused_before_they_are_taken() {
    let mut bytes = packed().write();
    for layer in 0..13 {
        bytes[20 + 4 * layer..24 + 4 * layer].copy_from_slice(&4096u32.to_le_bytes());
    }
    let sentence = refusal(&bytes);
    assert!(sentence.contains("expected at most 33554432 weights"), "{sentence}");
    bytes[20..24].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(refusal(&bytes).contains("expected 1 to 4096 channels, found 4294967295"));
}

#[test]
fn sides_and_widths_have_a_limit_together() {
    let mut bytes = packed().write();
    for at in [12, 16] {
        bytes[at..at + 4].copy_from_slice(&1024u32.to_le_bytes());
    }
    assert!(Network::read(&bytes).is_ok());
    // So many values that a page's words of 32 bits would count none.
    bytes[20..24].copy_from_slice(&4096u32.to_le_bytes());
    let sentence = refusal(&bytes);
    assert!(sentence.contains("expected maps of at most 16777216 values"), "{sentence}");
    assert!(sentence.contains("found 4096 channels at 1024 x 1024"), "{sentence}");
    bytes[12..16].copy_from_slice(&1000u32.to_le_bytes());
    assert!(refusal(&bytes).contains("expected sides that are multiples of 32 up to 1024"));
}

#[test]
fn another_version_is_refused_by_its_number() {
    let mut bytes = packed().write();
    bytes[8] = 2;
    assert!(refusal(&bytes).contains("expected version 3, found 2"));
}

#[test]
fn a_classifier_tells_what_the_means_of_the_map_say() {
    let packed = packed();
    let network = Network::read(&packed.write()).unwrap();
    assert_eq!((network.classes(), network.output_shape()), (CLASSES, [2, 3, 20]));
    let pixels =
        Pixels::decode(include_bytes!("../fixtures/images/png-224.png"), Fit::Crop, 64, 96)
            .unwrap();
    let map = network.features(&pixels).unwrap();
    let mean = |channel: usize| {
        map.values().chunks(20).map(|place| f64::from(place[channel])).sum::<f64>() / 6.0
    };
    let layer = classifier();
    let answer = |class: usize| {
        let codes = layer.codes[class * 20..][..20].iter().enumerate();
        let sum: f64 = codes.map(|(channel, &code)| f64::from(code) * mean(channel)).sum();
        sum * f64::from(layer.scales[class]) + f64::from(layer.bias[class])
    };
    let answers: Vec<f64> = (0..CLASSES).map(answer).collect();
    let largest = answers.iter().copied().fold(f64::MIN, f64::max);
    let powers: Vec<f64> = answers.iter().map(|answer| (answer - largest).exp()).collect();
    let all: f64 = powers.iter().sum();
    for (came, power) in map.probabilities().iter().zip(powers) {
        let expected = power / all;
        assert!((f64::from(*came) - expected).abs() < 1e-4, "{came}, not {expected}");
    }
}

#[test]
fn a_network_without_a_classifier_tells_no_classes() {
    let bytes = Packed { classifier: None, ..packed() }.write();
    assert_eq!(Network::read(&bytes).unwrap().classes(), 0);
    let mut asks = bytes.clone();
    asks[72..76].copy_from_slice(&4097u32.to_le_bytes());
    assert!(refusal(&asks).contains("expected at most 4096 classes, found 4097"));
}
