//! Descriptors by values: small maps whose answers can be worked out by hand.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::embedding::descriptor::Descriptor;
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
    // The sums of left and right, row by row, and then their differences.
    let half = std::f32::consts::FRAC_1_SQRT_2;
    let parts = [2.0, 1.0, 4.0, 3.0, -2.0, 1.0, -4.0, 3.0].map(|value| value * half);
    close(Descriptor::RootMirrored, &map, &parts);
    assert_eq!((Descriptor::RootMirrored.odd([2, 2, 2]), Descriptor::Root.odd([2, 2, 2])), (4, 0));
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

/// A map with left and right exchanged.
fn flipped(map: &FeatureMap) -> FeatureMap {
    let [_, width, channels] = map.shape();
    let rows = map.values().chunks_exact(width * channels);
    let values = rows.flat_map(|row| row.chunks_exact(channels).rev().flatten().copied()).collect();
    FeatureMap::new(map.shape(), values).unwrap()
}

#[test]
fn of_a_map_and_its_mirror_image_the_better_counts() {
    let mut random = fastrand::Rng::with_seed(6);
    for shape in [[3, 5, 4], [2, 4, 3], [1, 1, 2]] {
        let length = shape.iter().product();
        let mut map =
            || FeatureMap::new(shape, (0..length).map(|_| random.f32()).collect()).unwrap();
        let (a, b) = (map(), map());
        let root = |map: &FeatureMap| Descriptor::Root.describe(map);
        let better = dot(&root(&a), &root(&b)).max(dot(&root(&flipped(&a)), &root(&b)));
        let even = length - Descriptor::RootMirrored.odd(shape);
        let score = |a: &FeatureMap, b: &FeatureMap| {
            let [a, b] = [a, b].map(|map| Descriptor::RootMirrored.describe(map));
            dot(&a[..even], &b[..even]) + dot(&a[even..], &b[even..]).abs()
        };
        for (a, b) in [(&a, &b), (&flipped(&a), &b), (&a, &flipped(&b)), (&b, &a)] {
            assert!((score(a, b) - better).abs() < 1e-4, "{} for {better}", score(a, b));
        }
    }
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
            // Left and right are equal, so their differences are nothing.
            let (even, odd) = values.split_at(values.len() - descriptor.odd(shape));
            assert!(even.iter().all(|value| *value > 0.0), "{descriptor:?} of {shape:?}");
            assert!(odd.iter().all(|value| *value == 0.0), "{descriptor:?} of {shape:?}");
        }
    }
}
