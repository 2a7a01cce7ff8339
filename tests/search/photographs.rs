//! What scores mean for photographs: measured by a sample of them, and apart from what they mean for models.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::digest::Digest;
use recasketch::embedding::{Embedding, Metric};
use recasketch::index::{Builder, Calibration, Index, Origin};
use recasketch::pixels::Fit;
use recasketch::search::{Filter, nearest};

/// Two positions with 16 channels each.
const SHAPE: [usize; 3] = [2, 1, 16];

/// What is common to all models, or to all photographs, and what each has of its own.
fn embeddings(count: usize, common: i8, seed: u64) -> Vec<Embedding> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut one = || -> Vec<i8> {
        let value = |at: usize, own: i8| if at.is_multiple_of(2) { common + own } else { own };
        (0..32).map(|at| value(at, random.i8(0..=30))).collect()
    };
    (0..count).map(|_| Embedding::from_codes(&one())).collect()
}

fn file(photographs: Vec<Embedding>) -> Vec<u8> {
    let (network, metric) = (Digest([7; 32]), Metric::MirrorSqrt);
    let preprocessing = Fit::Crop.into();
    let origin = Origin { network, preprocessing, metric, shape: SHAPE, classes: 0 };
    let mut builder = Builder::new(origin).with_photographs(photographs);
    for (row, embedding) in embeddings(200, 90, 1).into_iter().enumerate() {
        builder.push(&format!("uid{row}"), embedding).unwrap();
    }
    builder.finish()
}

#[test]
fn a_query_unlike_the_catalogue_is_compared_with_photographs() {
    let sample = embeddings(50, 0, 2);
    let file = file(sample.clone());
    let index = Index::open(&file).unwrap();
    let bytes = index.calibration().bytes();
    assert_eq!(Calibration::read(&bytes).as_ref(), Some(index.calibration()));
    // A model has the meaning of the catalogue's pairs.
    let model = index.query_of(3);
    assert_eq!(index.closeness(&model).alike(), index.calibration().alike());
    // The best models for a photograph are less close than pairs of models, but not for a photograph.
    let (mut unanswered, mut highest) = (0, 0f32);
    for photograph in embeddings(100, 0, 3) {
        let query = index.query(&photograph);
        let closeness = index.closeness(&query);
        let best = nearest(&index, &query, Filter::default(), 1)[0].score;
        assert!(best < index.calibration().alike(), "{best}");
        assert!(closeness.alike() < index.calibration().alike());
        assert!(closeness.closer_than(best) > 0.9, "{}", closeness.closer_than(best));
        unanswered += usize::from(best < closeness.alike());
        highest = highest.max(closeness.closer_than(best));
    }
    assert!((10..90).contains(&unanswered), "{unanswered} of 100");
    assert!(highest > 0.99, "{highest}");
}

#[test]
fn without_a_sample_every_query_is_compared_with_the_catalogue() {
    let file = file(Vec::new());
    let index = Index::open(&file).unwrap();
    let query = index.query(&embeddings(1, 0, 3)[0]);
    assert_eq!(index.closeness(&query).alike(), index.calibration().alike());
    assert!(index.calibration().bytes()[256..].iter().all(|&byte| byte == 0));
}

#[test]
fn a_calibration_that_does_not_rise_or_leaves_its_range_is_refused() {
    let file = file(embeddings(50, 0, 2));
    let bytes = Index::open(&file).unwrap().calibration().bytes();
    assert_eq!(bytes.len(), 520);
    let with = |entry: usize, value: f32| {
        let mut changed = bytes.clone();
        changed[4 * entry..4 * entry + 4].copy_from_slice(&value.to_le_bytes());
        Calibration::read(&changed)
    };
    // The pairs' table, the mean score, the best lift, the lifts' table.
    for (entry, largest) in [(63, 1.0), (64, 1.0), (65, 100.0), (129, 100.0)] {
        assert!(with(entry, largest).is_some(), "{entry}");
        assert_eq!(with(entry, 1.01 * largest), None, "{entry}");
        assert_eq!(with(entry, f32::NAN), None, "{entry}");
    }
    assert_eq!(with(0, 1.0), None);
    assert_eq!(with(66, 99.0), None);
    assert_eq!(Calibration::read(&bytes[4..]), None);
}
