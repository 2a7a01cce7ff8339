//! Descriptors by values: small maps whose answers can be worked out by hand.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::embedding::descriptor::{Descriptor, flipped};
use recasketch::network::FeatureMap;

/// Two rows, two columns, two channels.
fn small() -> FeatureMap {
    FeatureMap::new([2, 2, 2], vec![0.0, 1.0, 4.0, 0.0, 0.0, 9.0, 16.0, 0.0]).unwrap()
}

fn close(descriptor: Descriptor, map: &FeatureMap, expected: &[f32]) {
    let values = descriptor.describe(map);
    assert_eq!(values.len(), expected.len(), "{descriptor:?}");
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() < 1e-5, "{descriptor:?}: {values:?}");
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn maps_keep_every_place_and_pools_keep_none() {
    let map = small();
    close(Descriptor::Map, &map, map.values());
    close(Descriptor::Root, &map, &[0.0, 1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 0.0]);
    close(Descriptor::RootMirrored, &map, &[0.0, 1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 0.0]);
    close(Descriptor::Average, &map, &[20.0, 10.0]);
    close(Descriptor::Maximum, &map, &[16.0, 9.0]);
    let cubes = [(64.0 + 4096.0) / 4.0, (1.0 + 729.0) / 4.0f32];
    close(Descriptor::Gem, &map, &cubes.map(f32::cbrt));
}

#[test]
fn the_centre_weighs_most() {
    let mut values = vec![0.0; 9];
    (values[4], values[3]) = (1.0, 1.0);
    let map = FeatureMap::new([3, 3, 1], values).unwrap();
    // One step away is one deviation: exp(-1/2).
    close(Descriptor::Centre, &map, &[1.0 + (-0.5f32).exp()]);
}

#[test]
fn regions_of_three_scales_are_summed_at_equal_length() {
    // A 6 x 6 map with a single value: it is in the whole, in one of the 2 x 2 regions of side 4 that
    // start at 0 and 2, and in one of the 3 x 3 of side 3 that start at 0, 1 and 3.
    let mut values = vec![0.0; 36 * 2];
    values[0] = 5.0;
    let map = FeatureMap::new([6, 6, 2], values.clone()).unwrap();
    close(Descriptor::Rmac, &map, &[3.0, 0.0]);
    // At row 2, column 2 it is in all four of side 4, and in the four of side 3 that start at 0 and 1.
    values[0] = 0.0;
    values[(2 * 6 + 2) * 2 + 1] = 0.25;
    let map = FeatureMap::new([6, 6, 2], values).unwrap();
    close(Descriptor::Rmac, &map, &[0.0, 9.0]);
}

#[test]
fn flipping_exchanges_left_and_right_and_nothing_else() {
    assert_eq!(flipped(&small()).values(), [4.0, 0.0, 0.0, 1.0, 16.0, 0.0, 0.0, 9.0]);
    let mut random = fastrand::Rng::with_seed(6);
    let mut map =
        || FeatureMap::new([3, 5, 4], (0..60).map(|_| random.f32()).collect::<Vec<f32>>()).unwrap();
    let (a, b) = (map(), map());
    assert_eq!(flipped(&flipped(&a)), a);
    // The better of the two dot products is that of the even parts and the size of the odd ones'.
    let part = |map: &FeatureMap, sign: f32| -> Vec<f32> {
        let pairs = map.values().iter().zip(flipped(map).values().to_vec());
        pairs.map(|(value, other)| (value + sign * other) / 2.0).collect()
    };
    let better = dot(a.values(), b.values()).max(dot(flipped(&a).values(), b.values()));
    let parts = dot(&part(&a, 1.0), &part(&b, 1.0)) + dot(&part(&a, -1.0), &part(&b, -1.0)).abs();
    assert!((better - parts).abs() < 1e-4, "{better} {parts}");
}

#[test]
fn a_map_of_zeros_is_described_by_zeros() {
    let map = FeatureMap::new([7, 7, 4], vec![0.0; 7 * 7 * 4]).unwrap();
    for descriptor in Descriptor::ALL {
        assert!(descriptor.describe(&map).iter().all(|&value| value == 0.0), "{descriptor:?}");
    }
}

#[test]
fn maps_of_one_place_and_of_uneven_sides_are_described() {
    for shape in [[1, 1, 3], [2, 5, 3]] {
        let count = shape.iter().product();
        let map = FeatureMap::new(shape, vec![0.5; count]).unwrap();
        for descriptor in Descriptor::ALL {
            let values = descriptor.describe(&map);
            assert!(values.iter().all(|value| *value > 0.0), "{descriptor:?} of {shape:?}");
        }
    }
}
