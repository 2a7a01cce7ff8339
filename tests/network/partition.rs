//! One image on several workers: the features are one worker's, to the bit.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::error::Error;
use recasketch::network::partition::Partition;
use recasketch::network::{FeatureMap, Network, PartitionReading};
use recasketch::pixels::{Fit, Pixels};

use crate::support::{FULL, bytes, layers, onnx};

const QUARTER: &[u8] = include_bytes!("../../models/vgg16-quarter.onnx");

/// Seeded noise of the network's size.
fn noise(network: &Network, seed: u64) -> Pixels {
    let mut random = fastrand::Rng::with_seed(seed);
    let [height, width] = network.input_size();
    let mut pixel = || [random.u8(..), random.u8(..), random.u8(..), 255];
    let rgba: Vec<u8> = (0..height * width).flat_map(|_| pixel()).collect();
    Pixels::from_rgba(&rgba, width as u32, height as u32, Fit::Crop, height, width).unwrap()
}

/// The first has the whole network, the others what they need of it.
fn workers(file: &[u8], count: usize) -> Vec<Partition> {
    let first = Partition::new(&Network::read(file).unwrap(), 0, count).unwrap();
    let other = |worker| {
        let mut reading = PartitionReading::new(worker, count).unwrap();
        file.chunks(100_000).for_each(|piece| reading.push(piece));
        reading.finish().unwrap()
    };
    std::iter::once(first).chain((1..count).map(other)).collect()
}

/// Carries everything between all workers; how many floats that were.
fn exchange(partitions: &mut [Partition]) -> usize {
    let mut carried = 0;
    let count = partitions.len();
    for (from, to) in (0..count * count).map(|pair| (pair / count, pair % count)) {
        let floats = partitions[from].outgoing(to).concat();
        assert!(
            floats.len() <= partitions[from].most(to) && floats.len() <= partitions[to].most(from)
        );
        let mut rest = &*floats;
        for place in partitions[to].incoming(from) {
            let (floats, others) = rest.split_at(place.len());
            place.copy_from_slice(floats);
            rest = others;
        }
        assert!(rest.is_empty(), "{} floats are expected by nobody", rest.len());
        carried += floats.len();
    }
    carried
}

/// The features and the floats that were carried for them.
fn features(partitions: &mut [Partition], pixels: &Pixels) -> (FeatureMap, usize) {
    partitions[0].begin(pixels).unwrap();
    partitions[1..].iter_mut().for_each(Partition::join);
    let mut carried = exchange(partitions);
    while partitions.iter_mut().filter_map(|partition| partition.step().then_some(())).count() > 0 {
        carried += exchange(partitions);
    }
    (partitions[0].features().unwrap(), carried)
}

fn bits(features: &FeatureMap) -> Vec<u32> {
    features.values().iter().map(|value| value.to_bits()).collect()
}

/// Two images one after the other, as what the first leaves behind must not show in the second.
fn any_number_of_workers_gives_the_same_bits(file: &[u8], counts: &[usize]) {
    let network = Network::read(file).unwrap();
    let images = [noise(&network, 1), noise(&network, 2)];
    let expected = images.each_ref().map(|image| network.features(image).unwrap());
    assert_ne!(bits(&expected[0]), bits(&expected[1]));
    for &count in counts {
        let mut partitions = workers(file, count);
        for (image, expected) in images.iter().zip(&expected) {
            let (features, _) = features(&mut partitions, image);
            assert_eq!(features.shape(), network.output_shape());
            assert!(bits(&features) == bits(expected), "{count} workers differ from one");
        }
    }
}

#[test]
fn the_small_network_gives_the_same_bits_on_any_number_of_workers() {
    any_number_of_workers_gives_the_same_bits(QUARTER, &[1, 2, 3, 4, 5]);
}

#[test]
fn full_width_gives_the_same_bits_on_any_number_of_workers() {
    let network = bytes(&onnx(&layers(FULL, 16), 224, true));
    any_number_of_workers_gives_the_same_bits(&network, &[1, 2, 3, 5]);
}

/// Sides that no quad divides, and more workers than there are rows or channels.
#[test]
fn small_and_uneven_maps_give_the_same_bits_on_any_number_of_workers() {
    for (widths, side) in [([4, 6, 8, 10, 12], 96), ([3, 5, 300, 70, 33], 160), ([1; 5], 32)] {
        let network = bytes(&onnx(&layers(widths, 7), side, false));
        any_number_of_workers_gives_the_same_bits(&network, &[1, 2, 3, 5, 40]);
    }
}

#[test]
fn the_work_is_shared_and_little_is_carried() {
    let network = Network::read(QUARTER).unwrap();
    let image = noise(&network, 3);
    let expected = network.features(&image).unwrap();
    let (_, alone) = features(&mut workers(QUARTER, 1), &image);
    assert_eq!(alone, 0);
    let (_, carried) = features(&mut workers(QUARTER, 2), &image);
    // The network's maps have 3 million floats.
    assert!((1..500_000).contains(&carried), "{carried} floats");
    // Without what others compute the features are others.
    let mut partitions = workers(QUARTER, 2);
    partitions[0].begin(&image).unwrap();
    while partitions[0].step() {}
    assert_ne!(bits(&partitions[0].features().unwrap()), bits(&expected));
}

#[test]
fn features_are_the_first_workers_and_come_last() {
    let network = Network::read(QUARTER).unwrap();
    let mut partitions = workers(QUARTER, 2);
    partitions[0].begin(&noise(&network, 3)).unwrap();
    partitions[1].join();
    assert!(partitions[0].step() && partitions[0].features().is_none());
    while partitions[1].step() {}
    assert!(partitions[1].features().is_none());
}

#[test]
fn a_worker_beyond_the_last_and_pixels_of_another_size_are_refused() {
    let network = Network::read(QUARTER).unwrap();
    for (worker, workers) in [(2, 2), (0, 0)] {
        let Err(Error::Mismatch(details)) = Partition::new(&network, worker, workers) else {
            panic!("worker {worker} of {workers}");
        };
        assert_eq!(details.expected, format!("a worker's number below {workers}"));
        assert!(matches!(PartitionReading::new(worker, workers), Err(Error::Mismatch(_))));
    }
    let small = Network::read(&bytes(&onnx(&layers([2; 5], 7), 32, false))).unwrap();
    let refused = Partition::new(&network, 0, 1).unwrap().begin(&noise(&small, 1)).unwrap_err();
    assert!(refused.to_string().contains("expected 224 x 224 pixels"), "{refused}");
}
