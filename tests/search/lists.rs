//! Inverted lists in shards: they find what an index of all words finds.

use recasketch::error::Error;
use recasketch::index::CELL_ROWS;
use recasketch::search::{Entry, Lists, Named, Texts, UID, WordIndex, write_lists};

/// The number of models in each cell but the last.
const IN_CELL: usize = 1000;

/// A model of a made-up catalogue.
struct Made {
    uid: String,
    name: String,
    author: String,
    categories: Vec<String>,
    tags: Vec<String>,
    licence: &'static str,
}

/// Models with names of made-up words. Most words begin with one of two letters, so that these stand in many shards.
fn made(count: usize) -> Vec<Made> {
    const SYLLABLES: [&str; 12] =
        ["ba", "ko", "lin", "mer", "sto", "tu", "vas", "re", "di", "pon", "gal", "shi"];
    let mut random = fastrand::Rng::with_seed(11);
    let mut word = move || {
        let mut word = String::from(if random.bool() { "a" } else { "b" });
        (0..random.usize(1..6)).for_each(|_| word += SYLLABLES[random.usize(..SYLLABLES.len())]);
        word
    };
    let model = |at: usize| Made {
        uid: format!("{at:08x}"),
        name: (0..6).map(|_| word()).collect::<Vec<_>>().join(" "),
        author: format!("author {}", at % 1000),
        categories: vec![format!("kind {}", at % 7)],
        tags: vec![word(), "ünïcode 树木".to_owned()],
        licence: if at.is_multiple_of(5) { "CC0" } else { "" },
    };
    (0..count).map(model).collect()
}

fn texts(model: &Made) -> Texts<'_, String> {
    let Made { name, author, categories, tags, .. } = model;
    Texts { name, author, categories, tags }
}

fn entry((at, model): (usize, &Made)) -> Entry<'_, String> {
    let row = (at / IN_CELL * CELL_ROWS + at % IN_CELL) as u32;
    Entry { row, uid: &model.uid, texts: texts(model), licence: model.licence }
}

/// The number of models in each cell.
fn cells(models: usize) -> Vec<usize> {
    (0..models).step_by(IN_CELL).map(|at| IN_CELL.min(models - at)).collect()
}

/// The lists of models, and all shards by their number.
fn lists(models: &[Made]) -> (Lists, Vec<(String, Vec<u8>)>) {
    let shards = write_lists(models.iter().enumerate().map(entry));
    let firsts = shards.iter().map(|(first, _)| first.clone()).collect();
    (Lists::new(cells(models.len()), firsts), shards)
}

/// What lists find with no more shards than they want, and the number of these.
fn found(models: usize, shards: &[(String, Vec<u8>)], query: &str) -> (Vec<Named>, usize) {
    let firsts = shards.iter().map(|(first, _)| first.clone()).collect();
    let mut lists = Lists::new(cells(models), firsts);
    let wanted = lists.wanted(query);
    for &number in &wanted {
        lists.add(number, shards[number].1.clone()).unwrap();
    }
    let mut found = lists.find(query).unwrap();
    found.iter_mut().for_each(|one| one.row = one.row / CELL_ROWS * IN_CELL + one.row % CELL_ROWS);
    (found, wanted.len())
}

#[test]
fn lists_find_what_an_index_of_all_words_finds_with_few_shards() {
    let models = made(40_000);
    let index = WordIndex::new(models.iter().map(texts));
    let (_, shards) = lists(&models);
    let of_words = shards.iter().filter(|(first, _)| first.starts_with('w')).count();
    assert!(of_words > 6, "{of_words} shards of words");
    assert!(shards.iter().any(|(first, _)| first.starts_with('p')), "beginnings with own lists");
    let name = &models[77].name;
    let word = name.split(' ').max_by_key(|word| word.len()).unwrap();
    let mistyped = format!("{}x", &word[..word.len() - 1]);
    let queries =
        ["a", "b", "ab", "abako", "bko", name, word, &mistyped, "kind", "kind 3 ab", "author 12"];
    for query in queries.into_iter().chain(["树木", "树", "unicode", "A", "zzz", "", "~"]) {
        let (found, wanted) = found(models.len(), &shards, query);
        let expected = index.find(query);
        assert_eq!(found.len(), expected.len(), "{query}");
        assert!(found == expected, "{query}: {:?} and {:?}", found.first(), expected.first());
        let words = query.split(' ').count();
        assert!(wanted <= 2 * words, "{query}: {wanted} shards");
    }
    assert_eq!(found(models.len(), &shards, "a").1, 1, "a beginning of many words has one list");
}

#[test]
fn values_and_uids_have_their_rows() {
    let models = made(1000);
    let (mut lists, shards) = lists(&models);
    assert!(lists.rows("u0000002a").unwrap().is_empty(), "no shard is there yet");
    for (number, (_, bytes)) in shards.iter().enumerate() {
        lists.add(number, bytes.clone()).unwrap();
        assert!(lists.has(number));
    }
    for at in [0, 42, 999] {
        assert_eq!(lists.rows(&format!("{UID}{}", models[at].uid)).unwrap(), [at as u32]);
    }
    assert!(lists.rows(&format!("{UID}nobody")).unwrap().is_empty());
    let every = |step: usize, of: usize| (of as u32..1000).step_by(step).collect::<Vec<u32>>();
    assert_eq!(lists.rows("ckind 3").unwrap(), every(7, 3));
    assert_eq!(lists.rows("lCC0").unwrap(), every(5, 0));
    let group = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect::<Vec<String>>();
    let both = [group(&["ckind 3", "ckind 4"]), group(&["lCC0"])];
    let expected: Vec<u32> = (0..1000).step_by(5).filter(|at| [3, 4].contains(&(at % 7))).collect();
    assert_eq!(lists.passing(&both, None).unwrap(), expected);
    assert_eq!(lists.passing(&both, Some(&[10, 5, 11])).unwrap(), [10]);
    assert_eq!(lists.passing(&[], None).unwrap().len(), 1000);
    assert!(lists.passing(&[group(&["lnone"])], None).unwrap().is_empty());
    // No value of this kind is in any shard.
    assert_eq!(Lists::new(vec![3], vec!["wa".to_owned()]).shard_of("cx"), None);
}

#[test]
fn a_model_more_changes_the_shards_of_its_words_only() {
    let mut models = made(60_000);
    let (_, before) = lists(&models);
    models.push(Made { uid: "ffff0000".to_owned(), name: "abako".to_owned(), ..made(1).remove(0) });
    let (_, after) = lists(&models);
    let changed = after.iter().filter(|shard| !before.contains(shard)).count();
    // The uid, the licence and the values of filters; the words, and beginnings of them.
    assert!((2..=15).contains(&changed) && after.len() > 30, "{changed} of {}", after.len());
    assert!(before.iter().filter(|shard| !after.contains(shard)).count() <= changed);
}

#[test]
fn damaged_lists_are_refused() {
    let models = made(300);
    let (lists, shards) = lists(&models);
    drop(lists);
    let firsts: Vec<String> = shards.iter().map(|(first, _)| first.clone()).collect();
    let words = firsts.iter().position(|first| first.starts_with('w')).unwrap();
    let bytes = &shards[words].1;
    let mut lists = Lists::new(vec![300], firsts.clone());
    for length in [1, 2, bytes.len() - 1] {
        let refused = lists.add(words, bytes[..length].to_vec());
        assert!(matches!(refused, Err(Error::Catalogue(_))), "{length}");
    }
    // Lists of a larger catalogue.
    let mut few = Lists::new(Vec::new(), firsts);
    few.add(words, bytes.clone()).unwrap();
    assert!(matches!(few.find("a"), Err(Error::Catalogue(_))));
}
