//! Learning codes from a catalogue's own embeddings.

use std::sync::{Arc, Mutex};

use recasketch::commands::eval::recall;
use recasketch::digest::Digest;
use recasketch::embedding::{Codebook, Embedding, Metric, Watch, cosine, learn, mirrored_dot};
use recasketch::index::{Builder, Index, Origin, Query};
use recasketch::network::FeatureMap;
use recasketch::pixels::Fit;
use recasketch::search::{Filter, nearest};

const SHAPE: [usize; 3] = [4, 4, 64];

/// Maps that mix a few patterns, as those of alike objects do, with a little of their own.
fn maps_for(metric: Metric, count: usize, patterns: usize) -> Vec<Embedding> {
    let mut random = fastrand::Rng::with_seed(9);
    let length = SHAPE.iter().product();
    let sparse = |random: &mut fastrand::Rng| -> Vec<f32> {
        (0..length)
            .map(|_| if random.f32() < 0.3 { -random.f32().max(1e-6).ln() } else { 0.0 })
            .collect()
    };
    let patterns: Vec<Vec<f32>> = (0..patterns).map(|_| sparse(&mut random)).collect();
    let mut map = || {
        let mut values: Vec<f32> = sparse(&mut random).iter().map(|value| 0.3 * value).collect();
        for pattern in &patterns {
            let share = random.f32().powi(3);
            values.iter_mut().zip(pattern).for_each(|(value, part)| *value += share * part);
        }
        Embedding::pack(&FeatureMap::new(SHAPE, values).unwrap(), metric)
    };
    (0..count).map(|_| map()).collect()
}

fn maps(count: usize, patterns: usize) -> Vec<Embedding> {
    maps_for(Metric::MirrorSqrt, count, patterns)
}

fn builder(embeddings: &[Embedding]) -> Builder {
    builder_for(Metric::MirrorSqrt, embeddings)
}

fn builder_for(metric: Metric, embeddings: &[Embedding]) -> Builder {
    let (network, preprocessing) = (Digest([0; 32]), Fit::Crop.into());
    let origin = Origin { network, preprocessing, metric, shape: SHAPE, classes: 0 };
    let mut builder = Builder::new(origin);
    for (row, embedding) in embeddings.iter().enumerate() {
        builder.push(&row.to_string(), embedding.clone()).unwrap();
    }
    builder
}

/// Learns as [`learn`] does, with temporary files where the system has its own.
fn learnt(
    classes: usize,
    metric: Metric,
    embeddings: &[Embedding],
    watch: &Watch,
) -> Option<Codebook> {
    learn(SHAPE, classes, metric, embeddings, &std::env::temp_dir(), watch).unwrap()
}

fn levels(embeddings: &[Embedding]) -> (Codebook, Vec<u8>) {
    levels_for(Metric::MirrorSqrt, embeddings)
}

fn levels_for(metric: Metric, embeddings: &[Embedding]) -> (Codebook, Vec<u8>) {
    let codebook = learnt(0, metric, embeddings, &Watch::default()).unwrap();
    let file = builder_for(metric, embeddings).finish_in_levels(&codebook);
    (codebook, file)
}

#[test]
fn what_is_learnt_finds_the_exact_neighbours_and_the_second_level_nearly_all() {
    // Roots are spread more evenly, so that codes say less of them.
    finds(Metric::Cosine, [0.97, 0.985]);
    finds(Metric::MirrorSqrt, [0.95, 0.97]);
}

#[test]
fn learning_reports_its_progress_from_nothing_to_the_whole() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let watch = Watch::by(move |phase, done, all| heard.lock().unwrap().push((phase, done, all)));
    learnt(0, Metric::Cosine, &maps(60, 5), &watch).unwrap();
    let told = told.lock().unwrap();
    assert_eq!(told.first(), Some(&("learning the codes", 0, 100)));
    assert_eq!(told.last(), Some(&("learning the codes", 100, 100)));
    assert!(told.is_sorted_by(|before, after| before.1 < after.1), "{told:?}");
}

/// Of the exact neighbours each level finds at least a share.
fn finds(metric: Metric, least: [f64; 2]) {
    let embeddings = maps_for(metric, 1200, 40);
    let (codebook, file) = levels_for(metric, &embeddings);
    let exact = builder_for(metric, &embeddings).finish();
    let (index, exact) = (Index::open(&file).unwrap(), Index::open(&exact).unwrap());
    index.verify().unwrap();
    let [first, both] = &recall::run(&index, &exact, 300).unwrap()[..] else {
        panic!("two levels")
    };
    assert_eq!([first.bytes_a_model, both.bytes_a_model], [128, 512]);
    assert!(first.recall_at_10 > least[0], "{first:?}");
    assert!(both.recall_at_10 > least[1], "{both:?}");
    assert!(both.recall_at_10_of_models > least[1], "{both:?}");
    assert!(both.score_error < 1e-3, "{both:?}");
    // The rotation of each level turns lengths by nothing: it is orthonormal but for its rounding.
    for level in &codebook.levels {
        for (row, scale) in level.rotation.chunks(64).zip(&level.rotation_scales) {
            let length: f32 = row.iter().map(|&c| (f32::from(c) * scale).powi(2)).sum();
            assert!((length - 1.0).abs() < 0.02, "{length}");
        }
    }
}

/// Maps of a few patterns, nearly alike, of which every tenth shows the same class for certain or nearly so.
#[test]
fn codes_keep_the_classes_too() {
    let mut random = fastrand::Rng::with_seed(4);
    let (classes, metric) = (100, Metric::MirrorSqrt);
    let length = SHAPE.iter().product();
    let patterns: Vec<Vec<f32>> =
        (0..6).map(|_| (0..length).map(|_| random.f32().powi(3)).collect()).collect();
    let mut map = |at: usize| {
        let mut values = vec![1.0; length];
        for pattern in &patterns {
            let share = random.f32();
            values.iter_mut().zip(pattern).for_each(|(value, part)| *value += share * part);
        }
        let sure = 0.5 + 0.5 * random.f32();
        let mut probabilities = vec![(1.0 - sure) / 99.0; classes];
        probabilities[at % 10 * 7] = sure;
        let map = FeatureMap::new(SHAPE, values).unwrap().with_probabilities(probabilities);
        Embedding::pack(&map, metric)
    };
    let embeddings: Vec<Embedding> = (0..600).map(&mut map).collect();
    let (network, preprocessing) = (Digest([0; 32]), Fit::Crop.into());
    let mut builder =
        Builder::new(Origin { network, preprocessing, metric, shape: SHAPE, classes });
    for (row, embedding) in embeddings.iter().enumerate() {
        builder.push(&row.to_string(), embedding.clone()).unwrap();
    }
    let codebook = learnt(classes, metric, &embeddings, &Watch::default()).unwrap();
    let file = builder.finish_in_levels(&codebook);
    let index = Index::open(&file).unwrap();
    let query = map(3);
    let found = nearest(&index, &index.query(&query), Filter::default(), 60);
    assert!(found.iter().all(|neighbour| neighbour.row % 10 == 3), "{found:?}");
    for neighbour in found {
        let (row, even) = (&embeddings[neighbour.row], index.origin().even());
        let product = mirrored_dot(query.codes(), row.codes(), even);
        let exact = cosine(product, query.squared_norm(), row.squared_norm());
        assert!((neighbour.score - exact).abs() < 0.01, "{} for {exact}", neighbour.score);
    }
}

#[test]
fn the_same_maps_give_the_same_bytes_on_any_number_of_cores() {
    let embeddings = maps(200, 10);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| levels(&embeddings).1)
    };
    let one = with(1);
    assert!(one == with(1) && one == with(2) && one == with(5));
}

#[test]
fn few_models_stay_whole_and_many_do_not() {
    let embeddings = maps(1200, 40);
    let form = |count: usize| {
        let file =
            builder(&embeddings[..count]).finish_for_visitors(&std::env::temp_dir()).unwrap();
        let index = Index::open(&file).unwrap();
        index.verify().unwrap();
        assert_eq!(index.len(), count);
        (index.levels(), file.len())
    };
    for count in [0, 1, 2, 10] {
        assert_eq!(form(count).0, 0, "{count} models");
    }
    let (in_levels, length) = form(1200);
    assert_eq!((in_levels, length), (2, levels(&embeddings).1.len()));
    assert!(length < builder(&embeddings).finish().len());
}

#[test]
fn alike_thumbnails_and_empty_ones_can_be_learnt_from() {
    let one = maps(1, 3).remove(0);
    let nothing = Embedding::from_codes(&[0; 1024]);
    for metric in [Metric::Cosine, Metric::MirrorSqrt] {
        assert_eq!(learnt(0, metric, &[], &Watch::default()), None);
        let blank = [nothing.clone(), nothing.clone()];
        assert_eq!(learnt(0, metric, &blank, &Watch::default()), None);
    }
    for embeddings in
        [vec![one.clone()], vec![one.clone(); 40], [maps(5, 3), vec![nothing; 5]].concat()]
    {
        let (_, file) = levels(&embeddings);
        let index = Index::open(&file).unwrap();
        index.verify().unwrap();
        let query = index.query(&embeddings[0]);
        let found = nearest(&index, &query, Filter::default(), 1)[0];
        assert_eq!(found.row, 0);
        assert!((found.score - 1.0).abs() < 1e-2, "{}", found.score);
    }
}

#[test]
fn scores_of_models_are_near_their_cosines() {
    let embeddings = maps(300, 20);
    let (_, file) = levels(&embeddings);
    let index = Index::open(&file).unwrap();
    for row in (0..300).step_by(37) {
        let query = index.query_of(row);
        assert!(matches!(query, Query::Point(_)));
        for found in nearest(&index, &query, Filter::default(), 20) {
            let [a, b] = [&embeddings[row], &embeddings[found.row]];
            let product = mirrored_dot(a.codes(), b.codes(), 2 * 4 * 64);
            let exact = cosine(product, a.squared_norm(), b.squared_norm());
            assert!((found.score - exact).abs() < 5e-3, "{} for {exact}", found.score);
        }
    }
}
