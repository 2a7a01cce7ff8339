//! Why two images are alike: the contributions of regions, held against their definition.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::digest::Digest;
use recasketch::embedding::{CLASS_WEIGHT, Embedding, Metric};
use recasketch::index::{Builder, Index, Origin};
use recasketch::network::FeatureMap;
use recasketch::pixels::Fit;
use recasketch::search::{Filter, Regions, nearest, regions};

use crate::coded::{embeddings, file};

const SHAPE: [usize; 3] = [7, 7, 16];
const PLACES: usize = 49;

type Map = Vec<f32>;

/// Maps that are strong in some places of their own.
fn maps(count: usize) -> Vec<Map> {
    let mut random = fastrand::Rng::with_seed(31);
    let mut map = || {
        let places: Vec<f32> = (0..PLACES).map(|_| random.f32().powi(3)).collect();
        (0..PLACES * SHAPE[2]).map(|at| random.f32() * places[at / SHAPE[2]]).collect()
    };
    (0..count).map(|_| map()).collect()
}

fn mirrored(map: &Map) -> Map {
    let place = |at: usize| (at / 7 * 7 + 6 - at % 7) * SHAPE[2];
    (0..PLACES).flat_map(|at| &map[place(at)..place(at) + SHAPE[2]]).copied().collect()
}

fn packed(map: &Map, metric: Metric) -> Embedding {
    Embedding::pack(&FeatureMap::new(SHAPE, map.clone()).unwrap(), metric)
}

fn builder(maps: &[Map], metric: Metric) -> Builder {
    let (network, preprocessing) = (Digest([0; 32]), Fit::Crop.into());
    let mut builder =
        Builder::new(Origin { network, preprocessing, metric, shape: SHAPE, classes: 0 });
    for (row, map) in maps.iter().enumerate() {
        builder.push(&row.to_string(), packed(map, metric)).unwrap();
    }
    builder
}

/// The contributions by their definition, of maps that are compared as they are or by their roots.
fn expected(query: &Map, model: &Map, metric: Metric) -> Vec<f32> {
    let value = |value: f32| match metric {
        Metric::Cosine => value,
        Metric::MirrorSqrt => value.sqrt(),
    };
    let length = |map: &Map| map.iter().map(|&one| value(one).powi(2)).sum::<f32>().sqrt();
    let lengths = length(query) * length(model);
    let places = query.chunks(SHAPE[2]).zip(model.chunks(SHAPE[2]));
    let contribution = |(a, b): (&[f32], &[f32])| {
        a.iter().zip(b).map(|(&a, &b)| value(a) * value(b)).sum::<f32>() / lengths
    };
    places.map(contribution).collect()
}

fn sum(regions: &Regions) -> f32 {
    regions.contributions.iter().sum()
}

#[test]
fn contributions_are_the_products_of_the_same_places_and_add_up_to_the_score() {
    let maps = maps(20);
    for metric in [Metric::Cosine, Metric::MirrorSqrt] {
        let index = Index::open(builder(&maps, metric).finish()).unwrap();
        for query in &maps[..6] {
            let asked = index.query(&packed(query, metric));
            for neighbour in nearest(&index, &asked, Filter::default(), 20) {
                let explanation = regions(&index, &asked, neighbour.row);
                assert_eq!(
                    (explanation.height, explanation.width, explanation.contributions.len()),
                    (7, 7, PLACES)
                );
                assert_eq!(explanation.score, neighbour.score);
                assert!(
                    (sum(&explanation) - explanation.score).abs() < 1e-5,
                    "{} {}",
                    sum(&explanation),
                    explanation.score
                );
                let model = match explanation.mirrored {
                    true => mirrored(&maps[neighbour.row]),
                    false => maps[neighbour.row].clone(),
                };
                for (came, contribution) in
                    explanation.contributions.iter().zip(expected(query, &model, metric))
                {
                    assert!(
                        (came - contribution).abs() < 2e-3,
                        "{metric:?} {came} for {contribution}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_mirror_image_is_alike_region_by_region() {
    let maps = maps(3);
    let index = Index::open(builder(&maps, Metric::MirrorSqrt).finish()).unwrap();
    let asked = index.query(&packed(&mirrored(&maps[1]), Metric::MirrorSqrt));
    let explanation = regions(&index, &asked, 1);
    assert!(explanation.mirrored && explanation.score > 0.999, "{}", explanation.score);
    let own = expected(&mirrored(&maps[1]), &mirrored(&maps[1]), Metric::MirrorSqrt);
    for (came, contribution) in explanation.contributions.iter().zip(own) {
        assert!((came - contribution).abs() < 2e-3, "{came} for {contribution}");
    }
    let itself = regions(&index, &index.query_of(1), 1);
    assert!(!itself.mirrored);
}

#[test]
fn contributions_of_codes_add_up_to_the_score_too() {
    let file = file(60);
    let both = Index::open(&file[..]).unwrap();
    let first = Index::open(&file[..both.until(0).len()]).unwrap();
    for embedding in &embeddings(70)[60..] {
        for index in [&both, &first] {
            let query = index.query(embedding);
            for neighbour in nearest(index, &query, Filter::default(), 60) {
                let explanation = regions(index, &query, neighbour.row);
                assert_eq!(
                    (explanation.score, explanation.contributions.len()),
                    (neighbour.score, 4)
                );
                assert!(
                    (sum(&explanation) - explanation.score).abs() < 1e-5,
                    "{} {}",
                    sum(&explanation),
                    explanation.score
                );
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn what_codes_say_of_regions_is_nearly_what_whole_maps_say() {
    let maps = maps(900);
    let whole = Index::open(builder(&maps, Metric::MirrorSqrt).finish()).unwrap();
    let kept: Vec<Embedding> = maps.iter().map(|map| packed(map, Metric::MirrorSqrt)).collect();
    let (metric, scratch) = (Metric::MirrorSqrt, std::env::temp_dir());
    let codebook =
        recasketch::embedding::learn(SHAPE, 0, metric, &kept[..], &scratch, &Default::default());
    let file = builder(&maps, metric).finish_in_levels(&codebook.unwrap().unwrap());
    let coded = Index::open(&file).unwrap();
    let (mut apart, mut all) = (0.0, 0.0);
    for query in &kept[..20] {
        let [exact, rough] = [whole.query(query), coded.query(query)];
        for neighbour in nearest(&whole, &exact, Filter::default(), 6) {
            let exact = regions(&whole, &exact, neighbour.row);
            let rough = regions(&coded, &rough, neighbour.row);
            for (a, b) in exact.contributions.iter().zip(&rough.contributions) {
                apart += (a - b).powi(2);
                all += a * a;
            }
        }
    }
    assert!((apart / all).sqrt() < 0.2, "{}", (apart / all).sqrt());
}

#[test]
fn what_the_classes_add_is_spread_over_all_regions() {
    let (maps, metric) = (maps(2), Metric::MirrorSqrt);
    let told = |map: &Map, probabilities: [f32; 2]| {
        let map = FeatureMap::new(SHAPE, map.clone()).unwrap();
        Embedding::pack(&map.with_probabilities(probabilities.to_vec()), metric)
    };
    let (network, preprocessing) = (Digest([0; 32]), Fit::Crop.into());
    let mut builder =
        Builder::new(Origin { network, preprocessing, metric, shape: SHAPE, classes: 2 });
    builder.push("model", told(&maps[0], [0.36, 0.64])).unwrap();
    let index = Index::open(builder.finish()).unwrap();
    let explanation = regions(&index, &index.query(&told(&maps[1], [1.0, 0.0])), 0);
    assert!(
        (sum(&explanation) - explanation.score).abs() < 1e-5,
        "{} {}",
        sum(&explanation),
        explanation.score
    );
    let model = if explanation.mirrored { mirrored(&maps[0]) } else { maps[0].clone() };
    // Of the classes the root of 0.36 is shared.
    for (came, contribution) in
        explanation.contributions.iter().zip(expected(&maps[1], &model, metric))
    {
        let classes = CLASS_WEIGHT * 0.6 / PLACES as f32;
        let expected = (contribution + classes) / (1.0 + CLASS_WEIGHT);
        assert!((came - expected).abs() < 2e-3, "{came} for {expected}");
    }
}
