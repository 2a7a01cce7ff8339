//! Codes of few bytes: packing, the scan, the file in levels, and answers held against their definition.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::embedding::{Coefficients, Embedding, Encoder, Form, PARTS, Slot};
use recasketch::error::Error;
use recasketch::index::{Index, MAXIMUM_CODE, Query, scan};
use recasketch::search::{Filter, Neighbour, RowSet, nearest};

use crate::coded::{CLASS_VALUES, codebook, embeddings, file, form, random};

#[test]
fn rows_are_packed_as_documented() {
    let form = form([1, 1, 1]);
    assert_eq!((form.bytes(), form.codes(), form.counts()), (48, 112, [16, 32, 64]));
    // Code 16 p + b of a block lies in byte b, from bit p w on.
    let values = (0..112).map(|at| match at {
        0 => -300.0,
        1 => 2.5,
        16 => 126.0,  // low half of byte 16: 15
        32 => -6.4,   // high half of byte 16: 7
        33 => 24.5,   // high half of byte 17: between 18 (9) and 31 (10), the lower one
        48 => 127.0,  // bits 0 and 1 of byte 32: 3
        64 => 37.0,   // bits 2 and 3 of byte 32: 2
        111 => -37.0, // bits 6 and 7 of byte 47: 1
        _ => -127.0,
    });
    let (row, levels) = form.pack(values);
    assert_eq!(row[..3], [(-127i8) as u8, 3, (-127i8) as u8]);
    assert_eq!(row[16..19], [0x7f, 0x90, 0x00]);
    assert_eq!((row[32], row[47]), (0b1011, 0b0100_0000));
    assert_eq!(
        [levels[16], levels[32], levels[33], levels[64], levels[111]],
        [127, -6, 18, 38, -38]
    );
    assert_eq!(form.levels(&row).collect::<Vec<i8>>(), levels);
}

#[test]
fn the_scan_is_the_sum_of_products() {
    let mut random = random();
    for blocks in [[1, 0, 0], [0, 1, 0], [0, 0, 1], [3, 4, 1], [2, 1, 5], [0, 7, 0]] {
        let form = form(blocks);
        for count in [0, 1, 2, 65] {
            let weights: Vec<i16> =
                (0..form.codes()).map(|_| random.i16(-32_767..=32_767)).collect();
            let rows: Vec<u8> = (0..count * form.bytes()).map(|_| random.u8(..)).collect();
            let mut scores = vec![0; count];
            scan(&form, &weights, &rows, &mut scores);
            let sum = |row: &[u8]| -> i32 {
                form.levels(row).zip(&weights).map(|(a, &b)| i32::from(a) * i32::from(b)).sum()
            };
            let expected: Vec<i32> = rows.chunks(form.bytes()).map(sum).collect();
            assert_eq!(scores, expected, "blocks {blocks:?}, {count} rows");
        }
    }
}

#[test]
fn the_largest_sums_do_not_overflow() {
    let form = Form { blocks: [16, 16, 0], sixteen: [127; 16], four: [0; 4] };
    let mut codebook = codebook();
    codebook.levels.truncate(1);
    for part in &mut codebook.levels[0].parts {
        part.form = form;
        part.slots = vec![Slot { dimension: 0, scale: 1.0 }; form.codes()];
    }
    let one: Vec<f32> = (0..8).map(|at| f32::from(u8::from(at == 0))).collect();
    let weights = codebook.weights(&[one.clone(), one]).remove(0);
    let row = vec![127u8; form.bytes()];
    let sums = PARTS.map(|part| {
        let mut sums = [0];
        scan(&form, &weights.integers[part], &row, &mut sums);
        sums[0]
    });
    // Both parts together are what a search adds up.
    let score = f64::from(sums[0] + sums[1].abs()) * f64::from(weights.unit);
    assert!((score / (2.0 * 127.0 * form.codes() as f64) - 1.0).abs() < 1e-3, "{score}");
}

#[test]
fn each_level_says_what_those_before_it_left() {
    let codebook = codebook();
    for embedding in embeddings(20) {
        let coefficients = codebook.coefficients(&embedding);
        let rows = Encoder::new(&codebook).encode(&embedding);
        let rows: Vec<[&[u8]; 2]> =
            rows.iter().map(|row| row.each_ref().map(Vec::as_slice)).collect();
        let lengths: Vec<[usize; 2]> = rows.iter().map(|row| row.map(<[u8]>::len)).collect();
        assert_eq!(lengths, [[16, 16], [32, 16]]);
        // What the codes stand for has nearly the products of the map itself; what they do not reach is 0.
        let distance = |rows: &[[&[u8]; 2]], part: usize, count: usize| {
            let products = codebook.products(&codebook.decode(rows));
            let products = products[part].iter().chain(std::iter::repeat(&0.0));
            let pairs: Vec<_> = coefficients[part][..count].iter().zip(products).collect();
            let squares: f32 = pairs.iter().map(|(a, b)| (*a - *b) * (*a - *b)).sum();
            squares / pairs.iter().map(|(a, _)| *a * *a).sum::<f32>()
        };
        for part in PARTS {
            let own = distance(&rows[..1], part, 8);
            let [alone, both] = [&rows[..1], &rows].map(|rows| distance(rows, part, 16));
            assert!(own < 0.02 && both < 0.05 && 4.0 * both < alone, "{own} {alone} {both}");
        }
    }
}

#[test]
fn coefficients_are_the_products_of_the_definition() {
    let codebook = codebook();
    let embedding = &embeddings(1)[0];
    let map: Vec<f64> = embedding.codes().iter().map(|&code| f64::from(code)).collect();
    let norm = map.iter().map(|value| value * value).sum::<f64>().sqrt();
    let turn = |channel: usize, place: usize| -> f64 {
        let (level, row) = if channel < 4 { (0, channel) } else { (1, channel - 4) };
        let level = &codebook.levels[level];
        let scale = f64::from(level.rotation_scales[row]);
        let row = &level.rotation[8 * row..8 * row + 8];
        (0..8).map(|at| f64::from(row[at]) * map[CLASS_VALUES + 8 * place + at] * scale).sum()
    };
    let coefficients = codebook.coefficients(embedding);
    for part in PARTS {
        let mut came = coefficients[part].iter();
        for level in &codebook.levels {
            let classes = if part == 0 { CLASS_VALUES } else { 0 };
            let (own, length) = (&level.parts[part], classes + level.channels * 2);
            for (vector, &scale) in own.vectors.chunks(length).zip(&own.vector_scales) {
                let value = |at: usize| match at.checked_sub(classes) {
                    None => map[at],
                    Some(at) => turn(at / 2, 2 * part + at % 2),
                };
                let product = |at: usize| f64::from(vector[at]) * value(at);
                let expected = (0..length).map(product).sum::<f64>() * f64::from(scale) / norm;
                let came = f64::from(*came.next().unwrap());
                assert!((came - expected).abs() < 1e-4, "{came} for {expected}");
            }
        }
        assert_eq!(came.next(), None);
    }
    let nothing = codebook.coefficients(&Embedding::from_codes(&[0; 36]));
    assert_eq!(nothing, [vec![0.0; 16], vec![0.0; 16]]);
}

#[test]
fn a_file_in_levels_comes_back() {
    let file = file(100);
    let index = Index::open(&file).unwrap();
    index.verify().unwrap();
    assert_eq!(index.codebook(), Some(&codebook()));
    assert_eq!((index.len(), index.levels(), index.map(3)), (100, 2, None));
    assert_eq!((index.uid(99), index.row("uid42")), (Some("uid99"), Some(42)));
    let embeddings = embeddings(100);
    let codebook = codebook();
    let encoder = Encoder::new(&codebook);
    assert_eq!(index.first_map().as_ref(), Some(&embeddings[0]));
    for (row, embedding) in embeddings.iter().enumerate() {
        for (level, codes) in encoder.encode(embedding).iter().enumerate() {
            for (rows, codes) in index.rows(level).iter().zip(codes) {
                assert_eq!(rows[codes.len() * row..codes.len() * (row + 1)], *codes);
            }
        }
    }
}

#[test]
fn what_ends_with_the_first_level_answers_and_any_other_part_is_refused() {
    let file = file(70);
    let whole = Index::open(&file).unwrap();
    let end = whole.until(0).len();
    let first = Index::open(&file[..end]).unwrap();
    assert_eq!((first.len(), first.levels(), first.uid(3), first.row("uid3")), (70, 1, None, None));
    assert!(matches!(first.verify(), Err(Error::EmbeddingFile(_))));
    for length in (0..file.len()).filter(|&length| length != end) {
        let error = Index::open(&file[..length]).unwrap_err();
        assert!(matches!(error, Error::EmbeddingFile(_)), "cut at {length}: {error}");
    }
    assert!(Index::open(&[file.as_slice(), &[0]].concat()).is_err());
    let query = first.query(&embeddings(9)[8]);
    let found = nearest(&first, &query, Filter::default(), 70);
    assert_eq!(found, ranked(&first, &query, |_| true));
}

#[test]
fn any_changed_byte_is_found() {
    let file = file(3);
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x55;
        let found = Index::open(&changed).and_then(|index| index.verify());
        assert!(found.is_err(), "byte {at} changed");
    }
}

/// All rows by their codes' definition: the dot products of coefficients, the odd ones' of either sign, in
/// double precision.
fn scores(index: &Index<impl AsRef<[u8]>>, query: &Query) -> Vec<f64> {
    let Query::Point(point) = query else { panic!("a query in coefficients") };
    let score = |row| {
        let values: Coefficients = index.values(row);
        let [even, odd] = PARTS.map(|part| {
            let pairs = point[part].iter().zip(&values[part]);
            pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
        });
        even + odd.abs()
    };
    (0..index.len()).map(score).collect()
}

/// What the scan finds among all rows that may, in the order of its own scores.
fn ranked(
    index: &Index<impl AsRef<[u8]>>,
    query: &Query,
    may: impl Fn(usize) -> bool,
) -> Vec<Neighbour> {
    let alone = |row| {
        let only = RowSet::of(index.len(), |other| other == row);
        nearest(index, query, Filter { except: None, only: Some(&only) }, 1)[0]
    };
    let mut all: Vec<Neighbour> = (0..index.len()).filter(|&row| may(row)).map(alone).collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
    all
}

#[test]
fn scores_are_the_dot_products_of_what_the_codes_say() {
    let file = file(150);
    let index = Index::open(&file).unwrap();
    for embedding in &embeddings(3) {
        let query = index.query(embedding);
        let expected = scores(&index, &query);
        for Neighbour { row, score } in nearest(&index, &query, Filter::default(), 150) {
            let expected = expected[row].clamp(-1.0, 1.0);
            assert!((f64::from(score) - expected).abs() < 1e-3, "{score} for {expected}");
        }
    }
}

#[test]
fn the_nearest_are_those_of_a_full_sort_with_any_filter() {
    let file = file(150);
    let index = Index::open(&file).unwrap();
    let query = index.query(&embeddings(8)[7]);
    let third = RowSet::of(150, |row| row % 3 == 0);
    let last = RowSet::of(150, |row| row >= 128);
    let none = RowSet::of(150, |_| false);
    assert_eq!((third.len(), last.len(), none.is_empty()), (50, 22, true));
    for top in [0, 1, 12, 150, 1000] {
        let found = |only, except| nearest(&index, &query, Filter { except, only }, top);
        let first = |all: Vec<Neighbour>| all[..top.min(all.len())].to_vec();
        assert_eq!(found(None, None), first(ranked(&index, &query, |_| true)));
        assert_eq!(found(None, Some(7)), first(ranked(&index, &query, |row| row != 7)));
        assert_eq!(
            found(Some(&third), Some(9)),
            first(ranked(&index, &query, |row| row % 3 == 0 && row != 9))
        );
        assert_eq!(found(Some(&last), None), first(ranked(&index, &query, |row| row >= 128)));
        assert_eq!(found(Some(&none), None), []);
    }
}

#[test]
fn the_calibration_says_which_share_of_pairs_is_less_alike() {
    let file = file(150);
    let index = Index::open(&file).unwrap();
    let query = index.query_of(0);
    let closeness = index.closeness(&query);
    let mut pairs: Vec<f32> = (0..150)
        .flat_map(|row| {
            let filter = RowSet::of(150, |other| other > row);
            let query = index.query_of(row);
            nearest(&index, &query, Filter { except: None, only: Some(&filter) }, 150)
        })
        .map(|neighbour| neighbour.score)
        .collect();
    pairs.sort_by(f32::total_cmp);
    assert_eq!(pairs.len(), 150 * 149 / 2);
    let scores =
        [0.3, 0.5, 0.8, 0.95, 0.98].map(|share| pairs[(share * pairs.len() as f32) as usize]);
    for score in scores {
        let less = pairs.partition_point(|&pair| pair < score) as f32 / pairs.len() as f32;
        let said = closeness.closer_than(score);
        assert!((said - less).abs() < 0.03, "{said} for {less}");
    }
    let alike = pairs.partition_point(|&pair| pair < closeness.alike()) as f32 / pairs.len() as f32;
    assert!((alike - 0.98).abs() < 0.003, "{alike}");
    assert_eq!(closeness.closer_than(-1.0), 0.0);
}

#[test]
fn a_codebook_that_does_not_fit_is_refused() {
    let file = file(3);
    let book = 616 + 36;
    let refused = |at: usize, bytes: &[u8]| {
        let mut changed = file.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        Index::open(&changed).unwrap_err().to_string()
    };
    let says = |message: String, words: &str| assert!(message.contains(words), "{message}");
    says(refused(book, &[9]), "a codebook of 8 channels at most");
    says(refused(book, &[0]), "a codebook of 8 channels at most");
    // The even part, behind the rotation and its scales; its slots behind the levels.
    let part = book + 4 + 32 + 16;
    says(refused(part, &[17]), "a codebook of a map's size");
    says(refused(part + 3, &[1]), "a codebook of a map's size");
    says(refused(part + 7, &[1]), "a codebook of a map's size");
    says(refused(52, &[16]), "rows of 32 bytes");
    says(refused(part + 16 + 20, &[9]), "dimensions under 8");
    says(
        refused(book + 4 + 32, &[0, 0, 0xc0, 0x7f]),
        "a codebook with finite scales and biases, found NaN",
    );
    let scales = "scales and means up to 1024";
    says(refused(book + 4 + 32, &1e24f32.to_le_bytes()), scales);
    says(refused(book + 4 + 32, &(-1024.1f32).to_le_bytes()), scales);
    says(refused(96 + 4 * 63, &1.1f32.to_le_bytes()), "from -1 to 1");
}

#[test]
fn a_rotation_whose_size_is_no_32_bit_number_is_refused() {
    let mut file = file(0);
    for (at, number) in [(24, 1u32), (28, 1), (32, 1 << 16), (616, 1 << 16)] {
        file[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    let message = Index::open(&file).unwrap_err().to_string();
    assert!(message.contains("a rotation of a map's size"), "{message}");
}

#[test]
fn the_largest_floats_bring_no_endless_loop_and_no_score_that_is_no_number() {
    let mut file = file(3);
    // The rotation's scales, and the even part's slots.
    let (book, most) = (616 + 36, 1024f32.to_le_bytes());
    let slots = book + 4 + 32 + 16 + 16 + 20 + 4 * 16;
    for at in [book + 36, book + 40, slots, slots + 4] {
        file[at..at + 4].copy_from_slice(&most);
    }
    let index = Index::open(&file).unwrap();
    for query in [index.query(&embeddings(1)[0]), index.query_of(2)] {
        assert!(index.code_of(&query).len() <= MAXIMUM_CODE);
        let found = nearest(&index, &query, Filter::default(), 3);
        assert!(found.iter().all(|neighbour| (-1.0..=1.0).contains(&neighbour.score)), "{found:?}");
    }
}
