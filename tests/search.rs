//! Search: exact, ordered, and the same for equal scores.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::digest::Digest;
use recasketch::embedding::{Embedding, cosine, dot};
use recasketch::index::{Builder, Index, Origin};
use recasketch::pixels::Fit;
use recasketch::search::{Filter, Neighbour, nearest};

fn index(rows: &[Vec<i8>]) -> Index<Vec<u8>> {
    let (network, shape) = (Digest([0; 32]), [1, 1, rows[0].len()]);
    let origin = Origin { network, framing: Fit::Crop.into(), shape };
    let mut builder = Builder::new(origin);
    for (row, codes) in rows.iter().enumerate() {
        builder.push(&format!("uid{row}"), &Embedding::from_codes(codes)).unwrap();
    }
    Index::open(builder.finish()).unwrap()
}

fn random_rows(count: usize, dimensions: usize, seed: u64) -> Vec<Vec<i8>> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..count).map(|_| (0..dimensions).map(|_| random.i8(-127..=127)).collect()).collect()
}

#[test]
fn the_nearest_are_those_of_a_full_sort() {
    let rows = random_rows(500, 40, 3);
    let index = index(&rows);
    let query = Embedding::from_codes(&random_rows(1, 40, 4)[0]);
    let score = |codes: &[i8]| {
        let squared_norm = dot(codes, codes) as u32;
        cosine(dot(query.codes(), codes), query.squared_norm(), squared_norm)
    };
    let mut all: Vec<Neighbour> = rows
        .iter()
        .enumerate()
        .map(|(row, codes)| Neighbour { row, score: score(codes) })
        .collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
    for top in [0, 1, 12, 499, 500, 1000] {
        assert_eq!(nearest(&index, &query, Filter::default(), top), all[..top.min(500)]);
    }
}

#[test]
fn a_model_finds_itself_first_unless_it_is_left_out() {
    let index = index(&random_rows(50, 32, 5));
    let query = index.embedding(17);
    let found = nearest(&index, &query, Filter::default(), 2);
    assert_eq!(found[0], Neighbour { row: 17, score: 1.0 });
    let others = nearest(&index, &query, Filter { except: Some(17) }, 50);
    assert_eq!(others.len(), 49);
    assert_eq!(others[0], found[1]);
    assert!(others.iter().all(|neighbour| neighbour.row != 17));
}

#[test]
fn equal_scores_go_in_the_order_of_rows() {
    let twin = vec![3i8, 4, 0];
    let index = index(&[vec![0, 0, 5], twin.clone(), vec![1, 1, 1], twin.clone(), twin.clone()]);
    let rows = |top| {
        let found = nearest(&index, &Embedding::from_codes(&twin), Filter::default(), top);
        found.iter().map(|neighbour| neighbour.row).collect::<Vec<_>>()
    };
    assert_eq!(rows(2), [1, 3]);
    assert_eq!(rows(5), [1, 3, 4, 2, 0]);
}

#[test]
fn opposite_and_empty_rows_come_last() {
    let index = index(&[vec![-3, -4], vec![0, 0], vec![4, 3]]);
    let found = nearest(&index, &Embedding::from_codes(&[3, 4]), Filter::default(), 3);
    let scores: Vec<(usize, f32)> =
        found.iter().map(|neighbour| (neighbour.row, neighbour.score)).collect();
    assert_eq!(scores, [(2, 0.96), (1, 0.0), (0, -1.0)]);
}
