//! The embedding file, whole and in its parts, and queries in links.

use std::sync::LazyLock;

use recasketch::digest::Digest;
use recasketch::embedding::{Embedding, Metric};
use recasketch::index::{
    Builder, CODE_VERSION, Index, MAXIMUM_CODE, MAXIMUM_CODE_OF_MAP, Origin, Query,
};
use recasketch::pixels::Fit;
use recasketch::search::{Filter, nearest_groups, regions};

use super::coded;

/// With more values than this in the codebook, an explanation takes seconds and is left out.
const EXPLAINED: usize = 1 << 18;

/// The length of the digest at the end of a file, in bytes.
const DIGEST: usize = 32;

/// A small catalogue in two levels of codes.
static LEVELS: LazyLock<Index<Vec<u8>>> =
    LazyLock::new(|| Index::open(coded::file(12)).expect("a file that was just made"));

/// The first level of the same catalogue.
static FIRST: LazyLock<Index<Vec<u8>>> =
    LazyLock::new(|| Index::open(LEVELS.until(0).to_vec()).expect("a first level"));

/// The same catalogue in whole maps.
static MAPS: LazyLock<Index<Vec<u8>>> =
    LazyLock::new(|| Index::open(maps(12)).expect("a file that was just made"));

/// The bytes of a link that identify its index: for the whole maps, then for the levels.
static MEANINGS: LazyLock<[[u8; 4]; 2]> = LazyLock::new(|| {
    [&*MAPS, &*LEVELS].map(|index| {
        let code = index.code_of(&index.query_of(0));
        [code[2], code[3], code[4], code[5]]
    })
});

/// A file of whole maps.
pub fn maps(count: usize) -> Vec<u8> {
    let origin = Origin {
        network: Digest([7; 32]),
        preprocessing: Fit::Crop.into(),
        metric: Metric::MirrorSqrt,
        shape: coded::SHAPE,
        classes: coded::CLASSES,
    };
    let mut builder = Builder::new(origin);
    for (row, embedding) in coded::embeddings(count).into_iter().enumerate() {
        builder.push(&format!("uid{row}"), embedding).expect("a map of the shape");
    }
    builder.finish()
}

/// The codes of one cell of the small catalogue.
pub fn cell_file() -> Vec<u8> {
    LEVELS.rows_of(0, &[0, 3, 7, 11])
}

/// The bytes after the first level of the small catalogue.
pub fn rest_file() -> Vec<u8> {
    coded::file(12)[LEVELS.until(0).len()..].to_vec()
}

/// Input for the target `link`, with codes of both catalogues.
pub fn codes() -> [Vec<u8>; 2] {
    let embedding = &coded::embeddings(3)[2];
    [(3, &*MAPS), (2, &*LEVELS)]
        .map(|(how, index)| [vec![how], index.code_of(&index.query(embedding))].concat())
}

/// A whole embedding file, or one that ends with its first level. The digest at the end is corrected, because random
/// data never has the right one.
pub fn index(data: &[u8]) -> bool {
    let bytes = sealed(data.to_vec());
    let Ok(index) = Index::open(&*bytes) else { return false };
    let is_true = index.verify().is_ok();
    used(&index, is_true, data);
    if index.levels() == 2 {
        assert!(is_true, "codes with the right digest");
        let first = Index::open(index.until(0).to_vec()).expect("a first level is a file");
        assert_eq!((first.levels(), first.len()), (1, index.len()));
        let whole = first.completed(&bytes[index.until(0).len()..]).expect("the same file again");
        assert_eq!(whole.len(), index.len());
        if !index.is_empty() {
            let cell =
                first.of_rows(&[&index.rows_of(0, &[0])]).expect("a cell that was just made");
            assert_eq!((cell.len(), cell.values(0)), (1, first.values(0)));
        }
    }
    true
}

/// The bytes after a first level.
pub fn rest(data: &[u8]) -> bool {
    let file = sealed([FIRST.until(0), data].concat());
    let Ok(index) = FIRST.completed(&file[FIRST.until(0).len()..]) else { return false };
    used(&index, index.verify().is_ok(), data);
    true
}

/// A cell's codes.
pub fn cell(data: &[u8]) -> bool {
    let Ok(index) = FIRST.of_rows(&[data]) else { return false };
    assert_eq!(index.len() * FIRST.row_bytes()[0], data.len(), "a cell's rows are all of its file");
    used(&index, true, data);
    true
}

/// A query in a link. The first byte selects the catalogue, whether the digests inside are corrected, and whether the
/// query is coded again, which takes longest.
pub fn link(data: &[u8]) -> bool {
    let Some((&how, code)) = data.split_first() else { return false };
    let index = if how & 1 == 1 { &*MAPS } else { &*LEVELS };
    let mut code = code.to_vec();
    if how & 2 == 2 && code.len() >= 10 {
        code[0] = CODE_VERSION;
        code[2..6].copy_from_slice(&MEANINGS[usize::from(how & 1 == 0)]);
        let content = Digest::of(&[&code[..6], &code[10..]].concat());
        code[6..10].copy_from_slice(&content.0[..4]);
    }
    let Ok(query) = index.query_of_code(&code) else { return false };
    found(index, &query, true);
    if how & 0xfc == 0xfc {
        coded_and_back(index, &query);
    }
    true
}

/// Replaces the last bytes by the digest of the bytes before them.
pub fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.len().checked_sub(DIGEST) {
        let digest = Digest::of(&bytes[..end]);
        bytes[end..].copy_from_slice(&digest.0);
    }
    bytes
}

/// Uses an index in every way. `is_true` tells whether its digest is right.
fn used<Bytes: AsRef<[u8]>>(index: &Index<Bytes>, is_true: bool, data: &[u8]) {
    let dimensions = index.origin().dimensions();
    let map = |at: usize| [127, -3, 0, 90, 55, 1, 0][(7 * at + at / 5) % 7];
    let maps = [vec![0; dimensions], (0..dimensions).map(map).collect::<Vec<i8>>()];
    let mut queries: Vec<Query> =
        maps.iter().map(|map| index.query(&Embedding::from_codes(map))).collect();
    assert_eq!(index.first_map().is_none(), index.is_empty());
    if !index.is_empty() {
        let last = index.len() - 1;
        queries.extend([index.query_of(0), index.query_of(last)]);
        if let Some(uid) = index.uid(last) {
            assert!(!uid.is_empty() && index.row(uid).is_some(), "a row of its uid");
        }
        let all: Vec<(Query, f32)> = queries.iter().cloned().zip([1.0, -0.5, 1.0, 2.0]).collect();
        queries.extend(Query::combined(&all));
    }
    queries.iter().for_each(|query| found(index, query, is_true));
    // Only for one input in 16, because it takes longest.
    if data.last().is_some_and(|byte| byte % 16 == 5) {
        coded_and_back(index, &queries[queries.len() - 1]);
    }
    let vectors = index.codebook().map_or(0, |codebook| {
        codebook.levels.iter().flat_map(|level| &level.parts).map(|part| part.vectors.len()).sum()
    });
    if !index.is_empty() && vectors <= EXPLAINED {
        explained(index, &queries[1], index.len() - 1);
    }
}

/// Checks that scores are finite and decrease. If the index's digest is right, they must be cosines.
fn found<Bytes: AsRef<[u8]>>(index: &Index<Bytes>, query: &Query, is_true: bool) {
    let groups = nearest_groups(index, query, Filter::default(), 3, &index.closeness(query));
    assert!(index.is_empty() == groups.is_empty() && groups.len() <= 3);
    assert!(groups.is_sorted_by(|a, b| a.score >= b.score - 1e-6), "the best first: {groups:?}");
    for group in groups {
        assert!(group.row < index.len() && group.score.is_finite(), "{group:?}");
        assert!(!is_true || group.score.abs() <= 1.0001, "{group:?}");
        assert!((0.0..=1.0).contains(&group.closer_than), "{group:?}");
    }
}

/// Checks that the code of a query is not too long. If the values are possible for maps, the code must be readable.
fn coded_and_back<Bytes: AsRef<[u8]>>(index: &Index<Bytes>, query: &Query) {
    let code = index.code_of(query);
    let (most, largest) = match query {
        Query::Map { .. } => (MAXIMUM_CODE_OF_MAP, 128.0),
        Query::Point(point) => {
            let values = point.iter().flatten();
            (MAXIMUM_CODE, values.fold(0f32, |largest, value| largest.max(value.abs())))
        }
    };
    assert!(code.len() <= most, "{} bytes", code.len());
    if largest <= 128.0 {
        index.query_of_code(&code).expect("a code that was just made");
    }
}

fn explained<Bytes: AsRef<[u8]>>(index: &Index<Bytes>, query: &Query, row: usize) {
    let regions = regions(index, query, row);
    assert_eq!(regions.contributions.len(), regions.height * regions.width);
    assert!(regions.contributions.iter().all(|one| one.is_finite()), "{regions:?}");
    let size: f32 = regions.contributions.iter().map(|one| one.abs()).sum();
    let sum: f32 = regions.contributions.iter().sum();
    assert!((sum - regions.score).abs() <= 1e-3 * (1.0 + size), "{regions:?}");
}
