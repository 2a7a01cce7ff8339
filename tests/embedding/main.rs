//! Packing: what 8 bits keep of a feature map.

#[path = "../support/coded.rs"]
mod coded;
mod codes;
mod descriptor;
#[cfg(not(target_arch = "wasm32"))]
mod learn;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::embedding::{CLASS_WEIGHT, Embedding, Metric, cosine, dot};
use recasketch::network::{FeatureMap, MAXIMUM_DIMENSIONS};

const SHAPE: [usize; 3] = [7, 7, 128];

/// A feature map as networks give them: a tenth of the values above zero, exponentially spread.
fn features(random: &mut fastrand::Rng) -> FeatureMap {
    let value = |random: &mut fastrand::Rng| {
        if random.f32() < 0.1 { -random.f32().max(1e-6).ln() } else { 0.0 }
    };
    FeatureMap::new(SHAPE, (0..7 * 7 * 128).map(|_| value(random)).collect()).unwrap()
}

/// A map that shares a part of another one.
fn like(other: &FeatureMap, share: f32, random: &mut fastrand::Rng) -> FeatureMap {
    let own = features(random);
    let values =
        other.values().iter().zip(own.values()).map(|(a, b)| a * share + b * (1.0 - share));
    FeatureMap::new(SHAPE, values.collect()).unwrap()
}

fn exact_cosine(a: &FeatureMap, b: &FeatureMap) -> f64 {
    let dot = |a: &[f32], b: &[f32]| {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
    };
    dot(a.values(), b.values()) / (dot(a.values(), a.values()) * dot(b.values(), b.values())).sqrt()
}

fn packed_cosine(a: &Embedding, b: &Embedding) -> f32 {
    cosine(dot(a.codes(), b.codes()), a.squared_norm(), b.squared_norm())
}

#[test]
fn packed_cosines_stay_within_two_thousandths_of_exact_ones() {
    let mut random = fastrand::Rng::with_seed(42);
    for step in 0..=20 {
        let first = features(&mut random);
        let second = like(&first, step as f32 / 20.0, &mut random);
        let exact = exact_cosine(&first, &second);
        let packed = f64::from(packed_cosine(
            &Embedding::pack(&first, Metric::Cosine),
            &Embedding::pack(&second, Metric::Cosine),
        ));
        assert!((exact - packed).abs() < 2e-3, "exact {exact}, packed {packed}");
    }
}

#[test]
fn a_map_is_exactly_like_itself_at_any_scale() {
    let mut random = fastrand::Rng::with_seed(1);
    let map = features(&mut random);
    let scaled =
        FeatureMap::new(SHAPE, map.values().iter().map(|value| value * 1024.0).collect()).unwrap();
    assert_eq!(Embedding::pack(&map, Metric::Cosine), Embedding::pack(&scaled, Metric::Cosine));
    assert_eq!(
        packed_cosine(
            &Embedding::pack(&map, Metric::Cosine),
            &Embedding::pack(&scaled, Metric::Cosine)
        ),
        1.0
    );
    assert_eq!(Embedding::pack(&map, Metric::Cosine).codes().iter().max(), Some(&127));
}

#[test]
fn values_round_to_the_nearest_code() {
    let map = FeatureMap::new([1, 1, 5], vec![2.54, 0.0, 0.029, 0.031, -1.27]).unwrap();
    assert_eq!(Embedding::pack(&map, Metric::Cosine).codes(), [127, 0, 1, 2, -64]);
}

#[test]
fn a_map_of_zeros_or_of_nonsense_is_like_nothing() {
    let other = Embedding::from_codes(&[1, 2, 3]);
    for values in [vec![0.0; 3], vec![f32::INFINITY, 1.0, 0.0], vec![f32::NAN; 3]] {
        let empty = Embedding::pack(&FeatureMap::new([1, 1, 3], values).unwrap(), Metric::Cosine);
        assert_eq!(empty.codes(), [0, 0, 0]);
        assert_eq!(packed_cosine(&empty, &other), 0.0);
    }
}

#[test]
fn dot_is_the_sum_of_products_at_every_length() {
    let mut random = fastrand::Rng::with_seed(2);
    for length in [0, 1, 15, 16, 17, 31, 32, 33, 100, 6272] {
        let mut row = || (0..length).map(|_| random.i8(-127..=127)).collect::<Vec<i8>>();
        let (a, b) = (row(), row());
        let expected: i32 = a.iter().zip(&b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
        assert_eq!(dot(&a, &b), expected, "length {length}");
    }
}

#[test]
fn the_largest_dot_product_does_not_overflow() {
    let worst = vec![i8::MIN; MAXIMUM_DIMENSIONS];
    assert_eq!(i64::from(dot(&worst, &worst)), 128 * 128 * MAXIMUM_DIMENSIONS as i64);
}

#[test]
fn a_shape_that_does_not_fit_its_values_is_refused() {
    let message = FeatureMap::new([7, 7, 2], vec![0.0; 97]).unwrap_err().to_string();
    assert!(message.contains("found 97"), "{message}");
}

#[test]
fn what_two_images_are_likely_to_show_counts_beside_how_their_maps_look() {
    let mut random = fastrand::Rng::with_seed(12);
    let (map, other) = (features(&mut random), features(&mut random));
    let told = |map: &FeatureMap, probabilities: [f32; 3]| {
        let told = map.clone().with_probabilities(probabilities.to_vec());
        Embedding::pack(&told, Metric::MirrorSqrt)
    };
    let one = told(&map, [1.0, 0.0, 0.0]);
    assert_eq!(one.codes().len(), 4 + 7 * 7 * 128);
    let near = |came: f32, expected: f32| assert!((came - expected).abs() < 2e-3, "{came}");
    let joined = |maps: f32, classes: f32| (maps + CLASS_WEIGHT * classes) / (1.0 + CLASS_WEIGHT);
    near(one.cosine(&told(&map, [0.0, 0.0, 1.0])), joined(1.0, 0.0));
    // What is likely counts to the power of 5/8, and so is less in all than what is certain.
    let unsure = 0.25f32.powf(1.25) + 0.75f32.powf(1.25);
    let lengths = ((1.0 + CLASS_WEIGHT) * (1.0 + CLASS_WEIGHT * unsure)).sqrt();
    let expected = (1.0 + CLASS_WEIGHT * 0.25f32.powf(0.625)) / lengths;
    near(one.cosine(&told(&map, [0.25, 0.0, 0.75])), expected);
    let plain = |map: &FeatureMap| Embedding::pack(map, Metric::MirrorSqrt);
    let maps = plain(&map).cosine(&plain(&other));
    near(one.cosine(&told(&other, [1.0, 0.0, 0.0])), joined(maps, 1.0));
    // The post's cosine knows no classes.
    let post = |map: &FeatureMap| Embedding::pack(map, Metric::Cosine);
    assert_eq!(post(&map.clone().with_probabilities(vec![0.5; 2])), post(&map));
}
