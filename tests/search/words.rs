//! Words: which models they name, in which order, and beside a picture.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::embedding::Embedding;
use recasketch::search::{
    Filter, Named, RankedBy, RowSet, Texts, WordIndex, nearest_named, spread,
};

use crate::{index, random_rows};

/// Name, author, categories, tags.
type Row = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const MODELS: [Row; 9] = [
    ("Red chair", "Ada", &["furniture"], &["wood", "seat"]),
    ("Chairlift", "Bo", &["vehicles"], &["snow"]),
    ("Château d'If", "Ada", &["architecture"], &["island"]),
    ("Old lamp", "Chair Maker", &["furniture"], &["red"]),
    ("赤い椅子", "花子", &["家具"], &["木"]),
    ("Стул", "Борис", &["мебель"], &["дерево"]),
    ("Lighthouse", "Bo", &["architecture"], &["sea", "red", "chair"]),
    ("", "", &[], &[]),
    ("Red red Chair", "Cy", &["chairs"], &[]),
];

fn words() -> WordIndex {
    WordIndex::new(MODELS.iter().map(|&(name, author, categories, tags)| Texts {
        name,
        author,
        categories,
        tags,
    }))
}

fn rows(query: &str) -> Vec<usize> {
    words().find(query).into_iter().map(|named| named.row).collect()
}

#[test]
fn names_come_before_categories_tags_and_authors() {
    assert_eq!(rows("chair"), [0, 8, 1, 6, 3]);
    assert_eq!(rows("red chair"), [0, 8, 6, 3]);
    assert_eq!(rows("furniture"), [0, 3]);
    assert_eq!(rows("bo"), [1, 6]);
    let whole = words().find("red chair")[0];
    assert!((whole.score - 1.0).abs() < 1e-6, "{whole:?}");
    assert!(words().find("chair").is_sorted_by(|a, b| a.score >= b.score));
}

#[test]
fn case_accents_and_typing_errors_are_forgiven() {
    assert_eq!(rows("CHATEAU"), [2]);
    assert_eq!(rows("châteu"), [2]);
    assert_eq!(rows("lihgthouse"), [6]);
    assert_eq!(rows("cahir"), [0, 8, 6, 3], "of the words with the fewest errors");
    assert_eq!(rows("стол"), [5]);
    assert_eq!(rows("xyzzy"), [0; 0]);
    assert_eq!(rows(" ,; "), [0; 0]);
}

#[test]
fn the_beginning_of_a_word_and_a_part_of_a_script_without_spaces_are_enough() {
    assert_eq!(rows("ch"), [0, 1, 2, 8, 6, 3]);
    assert_eq!(rows("椅子"), [4]);
    assert_eq!(rows("子"), [4]);
    assert_eq!(rows("花"), [4]);
    assert_eq!(rows("мебел"), [5]);
}

#[test]
fn where_no_model_has_all_words_those_with_most_come() {
    assert_eq!(rows("red chair xyzzy"), [0, 8, 6, 3]);
    assert_eq!(rows("old chateau"), [2, 3]);
    // Only the first 16 words count, so that a link cannot make a search endless.
    let many: String = (0..16).map(|word| format!("xyzzy{word} ")).collect();
    assert_eq!(rows(&format!("{many} chair")), [0; 0]);
}

#[test]
fn a_picture_ranks_what_enough_words_name_and_counts_beside_few() {
    let codes = random_rows(40, 40, 8);
    let index = index(&codes);
    let query = index.query(&Embedding::from_codes(&codes[7]));
    let closeness = index.closeness(&query);
    let named = |rows: &[usize]| -> Vec<Named> {
        rows.iter().map(|&row| Named { row, score: 1.0 }).collect()
    };
    let found = |named: &[Named], filter: Filter<'_>, top: usize| {
        let (groups, by) = nearest_named(&index, &query, named, filter, top, &closeness);
        let rows: Vec<usize> = groups.iter().map(|group| group.row).collect();
        (rows, groups, by)
    };
    let even: Vec<usize> = (0..40).step_by(2).collect();
    let (rows, groups, by) = found(&named(&even), Filter::default(), 40);
    assert_eq!(by, RankedBy::Picture);
    assert!(rows.len() == 20 && rows.iter().all(|row| row % 2 == 0), "{rows:?}");
    assert!(groups.is_sorted_by(|a, b| a.score >= b.score));
    // Two are few: they come up, the picture's own neighbours stay.
    let (rows, groups, by) = found(&named(&[3, 5]), Filter::default(), 6);
    assert_eq!((by, rows.len()), (RankedBy::Both, 6));
    assert!(rows[0] == 7 && rows.contains(&3) && rows.contains(&5), "{rows:?}");
    let rank = |at: usize| groups[at].score + if [3, 5].contains(&rows[at]) { 0.3 } else { 0.0 };
    assert!((1..6).all(|at| rank(at - 1) >= rank(at)), "{rows:?}");
    // A filter holds for both.
    let only = RowSet::of(40, |row| row >= 4);
    let (rows, _, _) = found(&named(&[3, 5]), Filter { except: Some(7), only: Some(&only) }, 40);
    assert!(rows.len() == 35 && !rows.contains(&3) && !rows.contains(&7), "{rows:?}");
    assert_eq!(found(&[], Filter::default(), 3).2, RankedBy::Both);
}

#[test]
fn models_to_look_at_differ_from_each_other_and_by_the_seed() {
    // Rows in 50 kinds, each of two rows that are nearly the same.
    let kinds = random_rows(50, 40, 11);
    let rows: Vec<Vec<i8>> = (0..100)
        .map(|row| {
            let mut codes = kinds[row % 50].clone();
            codes[row / 50] = codes[row / 50].saturating_add(20);
            codes
        })
        .collect();
    let index = index(&rows);
    let kinds_of = |count: usize, seed: u32| {
        let mut kinds: Vec<usize> =
            spread(&index, count, seed).iter().map(|row| row % 50).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    };
    for seed in 0..5 {
        assert_eq!(kinds_of(20, seed).len(), 20, "{seed}");
        assert_eq!(spread(&index, 200, seed).len(), 100);
    }
    assert_eq!(spread(&index, 10, 1), spread(&index, 10, 1));
    assert_ne!(spread(&index, 10, 1), spread(&index, 10, 2));
    assert_eq!(spread(&crate::index(&random_rows(3, 40, 1)), 12, 5).len(), 3);
}
