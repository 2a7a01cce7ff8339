//! Search: exact, ordered, and the same for equal scores.

#[cfg(not(target_arch = "wasm32"))]
mod cells;
#[path = "../support/coded.rs"]
mod coded;
mod index;
mod links;
#[cfg(not(target_arch = "wasm32"))]
mod lists;
#[cfg(not(target_arch = "wasm32"))]
mod million;
mod photographs;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../support/program.rs"]
mod program;
mod recommender;
mod regions;
mod words;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::digest::Digest;
use recasketch::embedding::{Embedding, Metric, cosine, dot};
use recasketch::index::{Builder, Index, Origin, Query};
use recasketch::pixels::Fit;
use recasketch::search::{Condition, Field, Filter, Neighbour, RowSet, nearest, nearest_groups};

/// Rows that are compared by their cosines.
fn index(rows: &[Vec<i8>]) -> Index<Vec<u8>> {
    index_of(rows, Metric::Cosine)
}

/// Rows of two places.
fn index_of(rows: &[Vec<i8>], metric: Metric) -> Index<Vec<u8>> {
    let (network, shape) = (Digest([0; 32]), [1, 2, rows[0].len() / 2]);
    let origin = Origin { network, preprocessing: Fit::Crop.into(), metric, shape, classes: 0 };
    let mut builder = Builder::new(origin);
    for (row, codes) in rows.iter().enumerate() {
        builder.push(&format!("uid{row}"), Embedding::from_codes(codes)).unwrap();
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
    let query = Embedding::from_codes(&random_rows(1, 40, 4)[0]);
    for metric in [Metric::Cosine, Metric::MirrorSqrt] {
        let index = index_of(&rows, metric);
        let score = |codes: &[i8]| {
            let squared_norm = dot(codes, codes) as u32;
            let [first, second] = [0..20, 20..40].map(|part: std::ops::Range<usize>| {
                dot(&query.codes()[part.clone()], &codes[part])
            });
            let product = match metric {
                Metric::Cosine => first + second,
                // The sums of left and right, and the differences, of whichever sign.
                Metric::MirrorSqrt => (first + second).max(first - second),
            };
            cosine(product, query.squared_norm(), squared_norm)
        };
        let neighbour = |(row, codes): (usize, &Vec<i8>)| Neighbour { row, score: score(codes) };
        let mut all: Vec<Neighbour> = rows.iter().enumerate().map(neighbour).collect();
        all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
        for top in [0, 1, 12, 499, 500, 1000] {
            let found = nearest(&index, &index.query(&query), Filter::default(), top);
            assert_eq!(found, all[..top.min(500)], "{metric:?}");
        }
    }
}

#[test]
fn a_mirror_image_is_as_like_as_the_image() {
    let index = index_of(&random_rows(50, 40, 9), Metric::MirrorSqrt);
    let (row, _) = index.map(7).unwrap();
    let mirrored: Vec<i8> =
        row.iter().enumerate().map(|(at, &code)| if at < 20 { code } else { -code }).collect();
    let found =
        nearest(&index, &index.query(&Embedding::from_codes(&mirrored)), Filter::default(), 50);
    assert_eq!(found, nearest(&index, &index.query_of(7), Filter::default(), 50));
    assert_eq!(found[0], Neighbour { row: 7, score: 1.0 });
}

#[test]
fn a_model_finds_itself_first_unless_it_is_left_out() {
    let index = index(&random_rows(50, 32, 5));
    let query = index.query_of(17);
    let found = nearest(&index, &query, Filter::default(), 2);
    assert_eq!(found[0], Neighbour { row: 17, score: 1.0 });
    let others = nearest(&index, &query, Filter { except: Some(17), only: None }, 50);
    assert_eq!(others.len(), 49);
    assert_eq!(others[0], found[1]);
    assert!(others.iter().all(|neighbour| neighbour.row != 17));
}

#[test]
fn equal_scores_go_in_the_order_of_rows() {
    let twin = vec![3i8, 4, 0, 0];
    let rows = [vec![0, 0, 5, 0], twin.clone(), vec![1, 1, 1, 0], twin.clone(), twin.clone()];
    let index = index(&rows);
    let rows = |top| {
        let found =
            nearest(&index, &index.query(&Embedding::from_codes(&twin)), Filter::default(), top);
        found.iter().map(|neighbour| neighbour.row).collect::<Vec<_>>()
    };
    assert_eq!(rows(2), [1, 3]);
    assert_eq!(rows(5), [1, 3, 4, 2, 0]);
}

#[test]
fn opposite_and_empty_rows_come_last() {
    let index = index(&[vec![-3, -4], vec![0, 0], vec![4, 3]]);
    let query = index.query(&Embedding::from_codes(&[3, 4]));
    let found = nearest(&index, &query, Filter::default(), 3);
    let scores: Vec<(usize, f32)> =
        found.iter().map(|neighbour| (neighbour.row, neighbour.score)).collect();
    assert_eq!(scores, [(2, 0.96), (1, 0.0), (0, -1.0)]);
}

#[test]
fn a_filter_lets_only_its_rows_through() {
    let index = index(&random_rows(300, 40, 6));
    let query = index.query_of(12);
    let all = nearest(&index, &query, Filter::default(), 300);
    let rows = RowSet::of(300, |row| row % 7 == 2);
    assert_eq!(
        (rows.len(), rows.contains(9), rows.contains(10), rows.contains(400)),
        (43, true, false, false)
    );
    let found = nearest(&index, &query, Filter { except: Some(9), only: Some(&rows) }, 300);
    let expected: Vec<Neighbour> =
        all.into_iter().filter(|found| found.row % 7 == 2 && found.row != 9).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_condition_is_read_as_it_is_written() {
    let is = |field, value: &str| Condition::Is(field, value.to_owned());
    let not = |condition| Condition::Not(Box::new(condition));
    let read = |text: &str| Condition::parse(text).unwrap();
    assert_eq!(read("category:Chairs"), is(Field::Category, "chairs"));
    assert_eq!(
        read("tag:a or tag:b and not author:\"A. (b) Smith\""),
        Condition::Any(vec![
            is(Field::Tag, "a"),
            Condition::All(vec![is(Field::Tag, "b"), not(is(Field::Author, "a. (b) smith"))]),
        ])
    );
    assert_eq!(
        read("NOT (tag:a OR licence:cc0)AND tag:c"),
        Condition::All(vec![
            not(Condition::Any(vec![is(Field::Tag, "a"), is(Field::Licence, "cc0")])),
            is(Field::Tag, "c"),
        ])
    );
}

#[test]
fn a_condition_holds_as_its_words_say() {
    let tags = ["wood", "old"];
    let has = |field: Field, value: &str| field == Field::Tag && tags.contains(&value);
    for (text, holds) in [
        ("tag:wood", true),
        ("category:wood", false),
        ("tag:new or tag:old", true),
        ("tag:wood and tag:new", false),
        ("tag:wood and not tag:new", true),
        ("not (tag:wood or tag:new)", false),
        ("tag:new and tag:new or tag:old", true),
        ("tag:new and (tag:new or tag:old)", false),
    ] {
        assert_eq!(Condition::parse(text).unwrap().holds(&has), holds, "{text}");
    }
}

#[test]
fn a_condition_that_is_not_one_says_where() {
    for (text, words) in [
        ("", "expected a term such as category:chairs, found the end"),
        ("tag:a tag:b", "expected the end, 'and' or 'or', found a term with 'b'"),
        ("(tag:a", "expected ')', found the end"),
        ("tag:a and", "found the end"),
        ("tag:a )", "found ')'"),
        ("colour:red", "expected category, tag, author or licence before ':', found colour"),
        ("tag:", "expected a value after tag:"),
        ("author:\"A", "a closing quote"),
        ("chairs", "and, or, not, or a term"),
    ] {
        let message = Condition::parse(text).unwrap_err().to_string();
        assert!(message.contains(words), "{text}: {message}");
    }
}

#[test]
fn conditions_that_are_too_deep_or_too_long_are_refused() {
    let nested =
        |depth: usize| format!("{}tag:a{}", "not (".repeat(depth / 2), ")".repeat(depth / 2));
    assert!(Condition::parse(&nested(Condition::MAXIMUM_DEPTH)).is_ok());
    for text in [nested(66), "(".repeat(9999), "not ".repeat(2499), "tag:a and (".repeat(900)] {
        let message = Condition::parse(&text).unwrap_err().to_string();
        assert!(message.contains("expected brackets and 'not' at most 64 deep"), "{message}");
    }
    let flat = vec!["tag:a"; 600].join(" or ");
    assert!(Condition::parse(&flat).is_ok());
    let message = Condition::parse(&"(".repeat(10_001)).unwrap_err().to_string();
    assert!(message.contains("expected at most 10000 bytes, found 10001"), "{message}");
    // A stranger's words are not repeated without an end.
    assert!(Condition::parse(&"x".repeat(10_000)).unwrap_err().to_string().len() < 300);
}

#[test]
fn near_duplicates_are_one_result_with_the_others_behind_it() {
    let base = random_rows(1, 64, 8).remove(0);
    let nearly = |at: usize| {
        let mut row = base.clone();
        row[at] = row[at].saturating_add(3);
        row
    };
    let mut rows = random_rows(6, 64, 9);
    rows.extend([base.clone(), nearly(5), nearly(6)]);
    let index = index(&rows);
    let query = index.query(&Embedding::from_codes(&base));
    let groups = nearest_groups(&index, &query, Filter::default(), 3, &index.closeness(&query));
    assert_eq!((groups[0].row, groups.len()), (6, 3));
    let mut duplicates = groups[0].duplicates.clone();
    duplicates.sort_unstable();
    assert_eq!(duplicates, [7, 8]);
    assert!(groups[1..].iter().all(|group| group.duplicates.is_empty() && group.row < 6));
}

/// However many are the same, what is asked for is found behind them.
#[test]
fn many_duplicates_leave_room_for_others() {
    let base = random_rows(1, 64, 8).remove(0);
    let mut rows = random_rows(6, 64, 9);
    rows.extend(std::iter::repeat_n(base.clone(), 100));
    let index = index(&rows);
    let query = index.query(&Embedding::from_codes(&base));
    let closeness = index.closeness(&query);
    let groups = |top| nearest_groups(&index, &query, Filter::default(), top, &closeness);
    assert_eq!((groups(3)[0].row, groups(3)[0].duplicates.len(), groups(3).len()), (6, 99, 3));
    assert_eq!((groups(0).len(), groups(1).len(), groups(50).len()), (0, 1, 7));
}

#[test]
fn queries_combine_by_their_directions() {
    let rows = [vec![100, 0, 0, 0], vec![0, 100, 0, 0], vec![71, 71, 0, 0], vec![0, 0, 100, 0]];
    let index = index(&rows);
    let of = |codes: [i8; 4]| index.query(&Embedding::from_codes(&codes));
    let found = |parts: &[(Query, f32)]| {
        nearest(&index, &Query::combined(parts).unwrap(), Filter::default(), 4)
    };
    // Neither's length counts: one at 10 and one at 120 point to their middle.
    let both = found(&[(of([10, 0, 0, 0]), 1.0), (of([0, 120, 0, 0]), 1.0)]);
    assert_eq!(both[0].row, 2);
    assert!(both[0].score > 0.999, "{}", both[0].score);
    let without = found(&[(of([71, 71, 0, 0]), 1.0), (of([0, 9, 0, 0]), -1.0)]);
    assert_eq!((without[0].row, without[3].row), (0, 1));
    assert_eq!(Query::combined(&[(of([1, 2, 3, 4]), 1.0), (of([2, 4, 6, 8]), -1.0)]), None);
    assert_eq!(Query::combined(&[]), None);
}

#[test]
fn a_query_that_is_mirrored_is_combined_as_its_mirror_image() {
    let index = index_of(&random_rows(20, 40, 10), Metric::MirrorSqrt);
    let of = |codes: &[i8]| index.query(&Embedding::from_codes(codes));
    let (one, other) = (index.map(3).unwrap().0, index.map(4).unwrap().0);
    let mirrored: Vec<i8> =
        other.iter().enumerate().map(|(at, &code)| if at < 20 { code } else { -code }).collect();
    let both = Query::combined(&[(of(one), 1.0), (of(other), 1.0)]);
    assert_eq!(both, Query::combined(&[(of(one), 1.0), (of(&mirrored), 1.0)]));
    assert!(both.is_some());
}
