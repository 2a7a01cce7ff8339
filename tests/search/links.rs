//! Queries as codes in links: what comes back, how near its scores are, and what is refused.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::digest::Digest;
use recasketch::embedding::{Embedding, Metric, PARTS};
use recasketch::error::Error;
use recasketch::index::{
    Builder, CODE_VERSION, Index, MAXIMUM_CODE, MAXIMUM_CODE_OF_MAP, Origin, Query,
};
use recasketch::network::FeatureMap;
use recasketch::pixels::Fit;
use recasketch::search::{Filter, Neighbour, nearest};

use crate::coded::{embeddings, file};

/// The maps of the small network.
const SHAPE: [usize; 3] = [7, 7, 128];

/// Whole maps of which one value in ten is not zero, as a network gives them.
fn whole(network: u8, metric: Metric, count: usize) -> (Index<Vec<u8>>, Vec<Embedding>) {
    let mut random = fastrand::Rng::with_seed(21);
    let mut value = || if random.f32() < 0.1 { -random.f32().max(1e-6).ln() } else { 0.0 };
    let mut map = || {
        let values = (0..SHAPE.iter().product()).map(|_| value()).collect();
        Embedding::pack(&FeatureMap::new(SHAPE, values).unwrap(), metric)
    };
    let maps: Vec<Embedding> = (0..count).map(|_| map()).collect();
    let origin = Origin {
        network: Digest([network; 32]),
        preprocessing: Fit::Crop.into(),
        metric,
        shape: SHAPE,
        classes: 0,
    };
    let mut builder = Builder::new(origin);
    for (row, map) in maps.iter().enumerate() {
        builder.push(&row.to_string(), map.clone()).unwrap();
    }
    (Index::open(builder.finish()).unwrap(), maps)
}

fn found(index: &Index<impl AsRef<[u8]>>, query: &Query) -> Vec<Neighbour> {
    nearest(index, query, Filter::default(), 12)
}

fn refusal(index: &Index<impl AsRef<[u8]>>, code: &[u8]) -> String {
    match index.query_of_code(code) {
        Err(Error::Link(details)) => details.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_query_comes_back_from_its_code_and_finds_the_same() {
    let file = file(150);
    let index = Index::open(&file).unwrap();
    for embedding in embeddings(40) {
        let query = index.query(&embedding);
        let code = index.code_of(&query);
        assert!(code.len() <= MAXIMUM_CODE, "{} bytes", code.len());
        let step = f32::from_le_bytes(code[10..14].try_into().unwrap());
        let back = index.query_of_code(&code).unwrap();
        let (Query::Point(point), Query::Point(again)) = (&query, &back) else { panic!() };
        for part in PARTS {
            assert_eq!(point[part].len(), again[part].len());
            for (value, coded) in point[part].iter().zip(&again[part]) {
                assert!((value - coded).abs() <= 0.51 * step, "{value} {coded} {step}");
            }
        }
        for (one, other) in found(&index, &query).iter().zip(found(&index, &back)) {
            assert_eq!(one.row, other.row);
            assert!((one.score - other.score).abs() < 1e-4, "{} {}", one.score, other.score);
        }
        assert_eq!(index.code_of(&query), code, "the same each time");
    }
}

#[test]
fn a_whole_map_keeps_its_largest_values() {
    for metric in [Metric::Cosine, Metric::MirrorSqrt] {
        let (index, maps) = whole(1, metric, 30);
        for map in &maps[..10] {
            let code = index.code_of(&index.query(map));
            assert!(code.len() <= MAXIMUM_CODE_OF_MAP, "{} bytes", code.len());
            let Query::Map { map: back, .. } = index.query_of_code(&code).unwrap() else {
                panic!()
            };
            // Noise is what says least in few bytes; what networks see is no noise.
            assert!(back.cosine(map) > 0.98, "{metric:?} {}", back.cosine(map));
        }
    }
}

#[test]
fn a_map_of_nothing_has_a_code_too() {
    let (index, maps) = whole(1, Metric::MirrorSqrt, 2);
    let nothing = index.query(&Embedding::from_codes(&vec![0; maps[0].codes().len()]));
    assert_eq!(index.query_of_code(&index.code_of(&nothing)).unwrap(), nothing);
    let file = file(3);
    let index = Index::open(&file).unwrap();
    let nothing = index.query(&Embedding::from_codes(&[0; 36]));
    assert_eq!(index.query_of_code(&index.code_of(&nothing)).unwrap(), nothing);
}

#[test]
fn any_changed_byte_and_any_cut_is_refused() {
    let file = file(20);
    let index = Index::open(&file).unwrap();
    let code = index.code_of(&index.query(&embeddings(3)[2]));
    for at in 0..code.len() {
        let mut changed = code.clone();
        changed[at] ^= 0x10;
        assert!(index.query_of_code(&changed).is_err(), "byte {at} changed");
        let words = refusal(&index, &code[..at]);
        assert!(words.ends_with("copy the whole link, or ask for it again"), "{words}");
    }
    assert!(index.query_of_code(&[&code[..], &[0]].concat()).is_err());
    let words = refusal(&index, &[CODE_VERSION + 1, 2, 3]);
    assert!(words.starts_with("expected version 1, found version 2;"), "{words}");
}

/// The code with its digest of all other bytes set right, as whoever means harm sets it.
fn sealed(mut code: Vec<u8>) -> Vec<u8> {
    let digest = Digest::of(&[&code[..6], &code[10..]].concat());
    code[6..10].copy_from_slice(&digest.0[..4]);
    code
}

#[test]
fn a_code_of_few_bytes_takes_little_time_and_one_of_too_many_is_refused() {
    let (index, maps) = whole(1, Metric::MirrorSqrt, 2);
    let code = index.code_of(&index.query(&maps[0]));
    assert_eq!(sealed(code.clone()), code);
    // A head without numbers, and zeros, which were the largest numbers there are without an end.
    for zeros in [0, 1, 10, 100, 1000] {
        let bare = sealed([&code[..22], &vec![0; zeros]].concat());
        assert!(refusal(&index, &bare).starts_with("expected a whole link"), "{zeros}");
    }
    let long = sealed([&code[..], &vec![0; MAXIMUM_CODE_OF_MAP]].concat());
    assert!(refusal(&index, &long).starts_with("expected a whole link"));
}

#[test]
fn numbers_of_a_code_that_no_query_has_are_refused() {
    let (index, maps) = whole(1, Metric::MirrorSqrt, 2);
    let map = index.code_of(&index.query(&maps[0]));
    let file = file(3);
    let levels = Index::open(&file).unwrap();
    let point = levels.code_of(&levels.query(&embeddings(1)[0]));
    let changed = |code: &[u8], at: usize, bytes: &[u8]| {
        let mut code = code.to_vec();
        code[at..at + bytes.len()].copy_from_slice(bytes);
        sealed(code)
    };
    for step in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e24] {
        for code in
            [changed(&map, 10, &step.to_le_bytes()), changed(&point, 10, &step.to_le_bytes())]
        {
            assert!(index.query_of_code(&code).is_err() && levels.query_of_code(&code).is_err());
        }
    }
    for (at, mean) in [(14, f32::NAN), (18, f32::INFINITY), (14, -1e3)] {
        let words = refusal(&index, &changed(&map, at, &mean.to_le_bytes()));
        assert!(words.starts_with("expected a whole link"), "{words}");
    }
    assert!(index.query_of_code(&changed(&map, 1, &[1])).is_err());
    for count in [0, 3, 255] {
        assert!(levels.query_of_code(&changed(&point, 1, &[count])).is_err());
    }
}

#[test]
fn a_link_of_another_site_says_so() {
    let (one, maps) = whole(1, Metric::MirrorSqrt, 3);
    let (other, _) = whole(2, Metric::MirrorSqrt, 3);
    let (post, _) = whole(1, Metric::Cosine, 3);
    let [few, more] = [file(3), file(9)];
    let coded = Index::open(&few).unwrap();
    let code = one.code_of(&one.query(&maps[0]));
    for words in [refusal(&other, &code), refusal(&post, &code), refusal(&coded, &code)] {
        assert!(words.starts_with("expected a link of this site as it is now,"), "{words}");
    }
    // More models of the same codes leave a link what it was.
    let more = Index::open(&more).unwrap();
    let code = coded.code_of(&coded.query(&embeddings(1)[0]));
    assert!(more.query_of_code(&code).is_ok());
}

#[test]
fn the_first_level_alone_reads_what_it_knows_of_a_code() {
    let file = file(50);
    let both = Index::open(&file).unwrap();
    let first = Index::open(&file[..both.until(0).len()]).unwrap();
    let embedding = &embeddings(8)[7];
    let [fine, rough] =
        [both.code_of(&both.query(embedding)), first.code_of(&first.query(embedding))];
    let expected = found(&first, &first.query(embedding));
    for code in [&fine, &rough] {
        let came = found(&first, &first.query_of_code(code).unwrap());
        for (one, other) in expected.iter().zip(&came) {
            assert!(one.row == other.row && (one.score - other.score).abs() < 1e-4);
        }
    }
    // And a rough one is followed by both levels, whose codes tell more of what it knows of.
    let came = found(&both, &both.query_of_code(&rough).unwrap());
    for Neighbour { row, score } in came {
        if let Some(one) = expected.iter().find(|one| one.row == row) {
            assert!((one.score - score).abs() < 0.01, "{} {score}", one.score);
        }
    }
}
