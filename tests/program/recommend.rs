//! Recommendations: those of a search for every model, in files that others read.

use std::path::Path;

use recasketch::commands::recommend::file_of;
use recasketch::commands::recommend::product::all_nearest;
use recasketch::digest::Digest;
use recasketch::embedding::{Embedding, Metric};
use recasketch::index::{Builder, Index, Origin};
use recasketch::pixels::Fit;
use recasketch::search::{Filter, Neighbour, nearest};
use recasketch::site::Site;
use serde_json::Value;

use crate::program::{fails, succeeds};

fn builder(rows: &[Vec<i8>]) -> Builder {
    builder_of(rows, Metric::MirrorSqrt)
}

/// Rows of two places, or of one where their length is odd.
fn builder_of(rows: &[Vec<i8>], metric: Metric) -> Builder {
    let places = if rows[0].len().is_multiple_of(2) { 2 } else { 1 };
    let (network, shape) = (Digest([0; 32]), [1, places, rows[0].len() / places]);
    let origin = Origin { network, preprocessing: Fit::Crop.into(), metric, shape, classes: 0 };
    let mut builder = Builder::new(origin);
    for (row, codes) in rows.iter().enumerate() {
        builder.push(&format!("uid{row}"), Embedding::from_codes(codes)).unwrap();
    }
    builder
}

fn index(rows: &[Vec<i8>]) -> Index<Vec<u8>> {
    Index::open(builder(rows).finish()).unwrap()
}

/// All pairs, each compared and sorted plainly, by floats of double precision.
fn naive(rows: &[Vec<i8>], metric: Metric, top: usize) -> Vec<Vec<Neighbour>> {
    let plain = |a: &[i8], b: &[i8]| {
        a.iter().zip(b).map(|(&a, &b)| i64::from(a) * i64::from(b)).sum::<i64>() as f64
    };
    let dot = |a: &[i8], b: &[i8]| match metric {
        Metric::Cosine => plain(a, b),
        Metric::MirrorSqrt => {
            let ((a, c), (b, d)) = (a.split_at(a.len() / 2), b.split_at(b.len() / 2));
            plain(a, b) + plain(c, d).abs()
        }
    };
    let of_row = |row: usize| {
        let score = |other: &Vec<i8>| {
            let norms = dot(&rows[row], &rows[row]) * dot(other, other);
            if norms == 0.0 { 0.0 } else { (dot(&rows[row], other) / norms.sqrt()) as f32 }
        };
        let others = rows.iter().enumerate().filter(|(other, _)| *other != row);
        let mut all: Vec<Neighbour> =
            others.map(|(row, other)| Neighbour { row, score: score(other) }).collect();
        all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
        all.truncate(top);
        all
    };
    (0..rows.len()).map(of_row).collect()
}

/// Rows of which many are equal, and some empty, so that ties are everywhere; of several blocks.
fn rows(count: usize, dimensions: usize) -> Vec<Vec<i8>> {
    let mut random = fastrand::Rng::with_seed(11);
    let mut rows: Vec<Vec<i8>> = Vec::new();
    for row in 0..count {
        rows.push(match row % 7 {
            3 => rows[random.usize(..row)].clone(),
            5 => vec![0; dimensions],
            _ => (0..dimensions).map(|_| random.i8(-127..=127)).collect(),
        });
    }
    rows
}

#[test]
fn every_rows_nearest_are_those_of_all_pairs() {
    let rows = rows(700, 40);
    for metric in [Metric::Cosine, Metric::MirrorSqrt] {
        let index = Index::open(builder_of(&rows, metric).finish()).unwrap();
        for top in [0, 1, 10, 699, 2000] {
            let expected = naive(&rows, metric, top);
            assert_eq!(all_nearest(&index, None, top), expected, "{metric:?}, top {top}");
        }
    }
}

#[test]
fn every_rows_nearest_are_those_of_a_search() {
    let rows = rows(1100, 1000);
    let coded = builder(&rows).finish_for_visitors(&std::env::temp_dir()).unwrap();
    let whole = builder(&rows).finish();
    let [whole, coded] = [whole, coded].map(|file| Index::open(file).unwrap());
    assert_eq!((whole.levels(), coded.levels()), (0, 2));
    for index in [whole, coded] {
        for (row, found) in all_nearest(&index, None, 12).into_iter().enumerate() {
            let filter = Filter { except: Some(row), ..Filter::default() };
            assert_eq!(found, nearest(&index, &index.query_of(row), filter, 12));
        }
    }
}

#[test]
fn one_model_has_no_neighbours() {
    assert_eq!(all_nearest(&index(&[vec![1, 2, 3]]), None, 10), [Vec::new()]);
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_files_say_what_the_search_finds() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path).to_string_lossy().into_owned();
    succeeds(&["demo", "--models", "30", "--out", &at("demo")]);
    let (catalogue, thumbnails) = (at("demo/catalogue.csv"), at("demo/thumbnails"));
    let embed =
        ["embed", "--network", "small", "--catalogue", &catalogue, "--thumbnails", &thumbnails];
    succeeds(&[&embed[..], &["--out", &at("site")]].concat());
    let out = at("out");
    let recommend = ["recommend", "--site", &at("site"), "--top", "4", "--out", &out];
    // What somebody else put there.
    std::fs::create_dir_all(folder.path().join("out/neighbours")).unwrap();
    for name in ["theirs.json", "note.txt"] {
        std::fs::write(folder.path().join("out/neighbours").join(name), "mine").unwrap();
    }
    let [printed, _] = succeeds(&recommend);
    assert!(printed.starts_with("4 neighbours of each of 30 models found in "), "{printed}");

    let out = folder.path().join("out");
    let lines = std::fs::read_to_string(out.join("neighbours.jsonl")).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut table = csv::Reader::from_path(out.join("neighbours.csv")).unwrap();
    assert_eq!(table.headers().unwrap(), vec!["uid", "rank", "neighbour", "score"]);
    let table: Vec<(String, usize, String, f32)> =
        table.deserialize().map(|row| row.unwrap()).collect();
    assert_eq!((lines.len(), table.len()), (30, 30 * 4));

    let site = Site::open(&folder.path().join("site")).unwrap();
    let index = site.recommender.index();
    for (row, model) in site.models.iter().enumerate() {
        let filter = Filter { except: Some(row), ..Filter::default() };
        let expected = nearest(index, &index.query_of(row), filter, 4);
        let page = json(&out.join(format!("neighbours/{}.json", model.uid)));
        assert_eq!((&page["uid"], &page["name"]), (&(*model.uid).into(), &(*model.name).into()));
        assert_eq!(lines[row]["uid"], *model.uid);
        for (at, found) in expected.iter().enumerate() {
            let neighbour = &site.models[found.row];
            let (entry, pair) = (&page["neighbours"][at], &lines[row]["neighbours"][at]);
            for (key, value) in [
                ("uid", &neighbour.uid),
                ("name", &neighbour.name),
                ("author", &neighbour.author),
                ("licence", &neighbour.licence),
                ("thumbnail", neighbour.thumbnail.as_ref().unwrap()),
            ] {
                assert_eq!(entry[key], **value);
            }
            assert_eq!(pair["uid"], *neighbour.uid);
            for score in [&entry["score"], &pair["score"]] {
                assert_eq!(score.as_f64().unwrap() as f32, found.score);
            }
            let cells = (model.uid.clone(), at + 1, neighbour.uid.clone(), found.score);
            assert_eq!(table[row * 4 + at], cells);
        }
    }

    let bytes = || std::fs::read(out.join("neighbours.jsonl")).unwrap();
    let before = bytes();
    succeeds(&recommend);
    assert_eq!(bytes(), before);

    // Of fewer models: what an earlier run wrote goes, and nothing else.
    let rows: Vec<String> =
        std::fs::read_to_string(&catalogue).unwrap().lines().take(21).map(str::to_owned).collect();
    std::fs::write(&catalogue, rows.join("\n")).unwrap();
    succeeds(&[&embed[..], &["--out", &at("site")]].concat());
    succeeds(&recommend);
    let pages = || std::fs::read_dir(out.join("neighbours")).unwrap().count();
    assert_eq!(pages(), 20 + 2);
    for name in ["theirs.json", "note.txt"] {
        assert_eq!(std::fs::read(out.join("neighbours").join(name)).unwrap(), b"mine");
    }

    // A name that is needed and taken, before anything is written.
    let taken = out.join("neighbours").join(format!("{}.json", site.models[25].uid));
    std::fs::write(&taken, "mine").unwrap();
    std::fs::write(&catalogue, rows.join("\n") + "\n" + &site.models[25].uid).unwrap();
    succeeds(&[&embed[..], &["--out", &at("site")]].concat());
    let before = bytes();
    let said = fails(&recommend);
    assert!(said.contains("no earlier run wrote the file that has it"), "{said}");
    assert_eq!((bytes(), std::fs::read(&taken).unwrap(), pages()), (before, b"mine".to_vec(), 23));
    std::fs::remove_file(taken).unwrap();
    let journal = out.join(".recasketch-neighbours-journal");
    let lock = std::fs::OpenOptions::new().write(true).open(journal).unwrap();
    lock.lock().unwrap();
    let said = fails(&recommend);
    assert!(
        said.contains("another recasketch is writing recommendations into this folder"),
        "{said}"
    );
    lock.unlock().unwrap();
    succeeds(&recommend);
    assert_eq!(pages(), 21 + 2);
}

#[test]
fn the_name_of_a_models_file_is_one_on_any_system() {
    for (uid, name) in [
        ("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
        ("demo-1-000002", "demo-1-000002"),
        ("_DSC0001", "~5f~44~53~430001"),
        (".htaccess", "~2ehtaccess"),
        ("CON", "~43~4f~4e"),
        ("con", "~63on"),
        ("con.x", "~63on.x"),
        ("com1", "~63om1"),
        ("lpt\u{b9}", "~6cpt~c2~b9"),
        ("console", "console"),
        ("a", "a"),
        ("A", "~41"),
        ("~41", "~7e41"),
        ("a/b", "a~2fb"),
        ("..", "~2e."),
        ("ä", "~c3~a4"),
    ] {
        assert_eq!(file_of(uid), format!("neighbours/{name}.json"), "{uid}");
    }
    let long = [file_of(&"x".repeat(201)), file_of(&"y".repeat(201)), file_of("")];
    for name in &long {
        assert_eq!(name.len(), "neighbours/~.json".len() + 64);
    }
    assert_ne!(long[0], long[1]);
    assert_eq!(file_of(&"x".repeat(200)).len(), "neighbours/.json".len() + 200);
}

#[test]
fn a_folder_without_a_site_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_string_lossy();
    let said = fails(&["recommend", "--site", &path, "--out", &path]);
    assert!(said.contains("manifest.json"), "{said}");
}
