//! Catalogues in cells: every model in one, and the nearest found in few.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;
use recasketch::commands::recommend::product::all_nearest;
use recasketch::digest::Digest;
use recasketch::embedding::{Codebook, Coefficients, Embedding, Metric, PARTS, Watch, learn};
use recasketch::error::Error;
use recasketch::index::{Builder, Clustering, Index, Origin, assigned, clustered};
use recasketch::network::FeatureMap;
use recasketch::pixels::Fit;
use recasketch::search::{Filter, Neighbour, nearest};
use recasketch::site::{Cell, Site};
use serde_json::Value;

use crate::program::succeeds;

const SHAPE: [usize; 3] = [4, 4, 32];

/// Maps of a few kinds, each with something of its own.
fn embeddings(count: usize, kinds: usize) -> Vec<Embedding> {
    let mut random = fastrand::Rng::with_seed(3);
    let length: usize = SHAPE.iter().product();
    let mut sparse = |share: f32| -> Vec<f32> {
        (0..length).map(|_| if random.f32() < share { random.f32() } else { 0.0 }).collect()
    };
    let kinds: Vec<Vec<f32>> = (0..kinds).map(|_| sparse(0.3)).collect();
    let of = |at: usize| {
        let own = sparse(0.2);
        let values = kinds[at % kinds.len()].iter().zip(own).map(|(kind, own)| kind + 0.5 * own);
        let map = FeatureMap::new(SHAPE, values.collect()).unwrap();
        Embedding::pack(&map, Metric::MirrorSqrt)
    };
    (0..count).map(of).collect()
}

fn file(embeddings: &[Embedding]) -> Vec<u8> {
    coded(embeddings, &learnt(embeddings))
}

fn learnt(embeddings: &[Embedding]) -> Codebook {
    let (metric, scratch) = (Metric::MirrorSqrt, std::env::temp_dir());
    learn(SHAPE, 0, metric, embeddings, &scratch, &Watch::default()).unwrap().unwrap()
}

fn coded(embeddings: &[Embedding], codebook: &Codebook) -> Vec<u8> {
    let (network, preprocessing) = (Digest([0; 32]), Fit::Crop.into());
    let metric = Metric::MirrorSqrt;
    let mut builder =
        Builder::new(Origin { network, preprocessing, metric, shape: SHAPE, classes: 0 });
    for (row, embedding) in embeddings.iter().enumerate() {
        builder.push(&row.to_string(), embedding.clone()).unwrap();
    }
    builder.finish_in_levels(codebook)
}

#[test]
fn every_row_is_in_one_cell_and_none_is_too_large() {
    let embeddings = embeddings(5000, 30);
    let file = file(&embeddings);
    let index = Index::open(&file).unwrap();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| clustered(&index, &Watch::default()))
    };
    let Clustering { cells, centres } = with(2);
    assert!(cells.len() > 3 && cells.len() == centres.len(), "{} cells", cells.len());
    let lengths: Vec<usize> = cells.iter().map(Vec::len).collect();
    assert!(lengths.iter().all(|&length| 0 < length && length <= 2000), "{lengths:?}");
    let mut rows: Vec<usize> = cells.concat();
    rows.sort_unstable();
    assert_eq!(rows, (0..5000).collect::<Vec<usize>>());
    // Rows of one kind are in one cell, but for few.
    let mut together = 0;
    for kind in 0..30 {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for (cell, rows) in cells.iter().enumerate() {
            *counts.entry(cell).or_default() += rows.iter().filter(|&row| row % 30 == kind).count();
        }
        together += counts.values().max().unwrap();
    }
    assert!(together > 4500, "{together}");
    let alone = with(1);
    assert!(alone.cells == cells && alone.centres == centres);
}

#[test]
fn all_nearest_in_cells_are_those_of_a_scan_where_all_cells_are_searched() {
    let embeddings = embeddings(5000, 30);
    let file = file(&embeddings);
    let first = Index::open(Index::open(&file).unwrap().until(0).to_vec()).unwrap();
    let found = all_nearest(&first, 10);
    assert_eq!(found.len(), 5000);
    for row in (0..5000).step_by(97) {
        assert_eq!(found[row], nearest(&first, &first.query_of(row), except(row), 10));
    }
}

#[test]
fn a_row_more_changes_one_cell_where_the_centres_are_known() {
    let embeddings = embeddings(5001, 30);
    let codebook = learnt(&embeddings[..5000]);
    let [before, after] = [5000, 5001].map(|count| coded(&embeddings[..count], &codebook));
    let index = Index::open(&before).unwrap();
    let first = clustered(&index, &Watch::default());
    let again = assigned(&index, &first.centres);
    assert!(again.cells == first.cells && again.centres == first.centres);
    let second = assigned(&Index::open(&after).unwrap(), &first.centres);
    assert!(second.centres == first.centres);
    let changed = first.cells.iter().zip(&second.cells).filter(|(before, after)| before != after);
    let changed: Vec<_> = changed.collect();
    let [(before, after)] = changed[..] else { panic!("{} cells", changed.len()) };
    assert_eq!([&before[..], &[5000]].concat(), *after);
}

#[test]
fn rows_that_are_all_alike_are_cut_in_their_order() {
    let one = embeddings(1, 1).remove(0);
    let file = file(&vec![one; 4100]);
    let Clustering { cells, centres } = clustered(&Index::open(&file).unwrap(), &Watch::default());
    assert_eq!(cells.concat(), (0..4100).collect::<Vec<usize>>());
    assert_eq!(cells.iter().map(Vec::len).collect::<Vec<_>>(), [2000, 2000, 100]);
    assert!(centres.iter().all(|centre| *centre == centres[0]));
}

#[test]
fn a_cell_comes_back_and_a_damaged_one_is_refused() {
    let embeddings = embeddings(60, 3);
    let file = file(&embeddings);
    let whole = Index::open(&file).unwrap();
    let rows = [5, 17, 59];
    let cell = whole.cell_of(&rows, b"a catalogue");
    let codes = whole.row_of((0, &whole.codebook().unwrap().levels[0]), 8);
    let head = whole.with_rows(1, codes).unwrap();
    // The head is a file: what a page fetches.
    let head = Index::open(head.until(0).to_vec()).unwrap();
    assert_eq!((head.len(), head.levels(), head.first_map()), (1, 1, whole.first_map()));
    let (index, catalogue) = head.cell(&cell).unwrap();
    assert_eq!((index.len(), catalogue), (3, &b"a catalogue"[..]));
    let first = Index::open(whole.until(0)).unwrap();
    for (at, row) in rows.into_iter().enumerate() {
        assert_eq!(index.values(at), first.values(row));
    }
    for length in [0, 3, 4, 100, cell.len() - 12] {
        assert!(matches!(head.cell(&cell[..length]), Err(Error::EmbeddingFile(_))), "{length}");
    }
    let mut many = cell.clone();
    many[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(head.cell(&many), Err(Error::EmbeddingFile(_))));
    assert!(matches!(whole.with_rows(1, [&[0], &[]]), Err(Error::EmbeddingFile(_))));
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_site_in_cells_answers_as_the_first_level_of_one_file_does() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path).to_string_lossy().into_owned();
    succeeds(&["demo", "--models", "300", "--out", &at("demo")]);
    let (catalogue, thumbnails) = (at("demo/catalogue.csv"), at("demo/thumbnails"));
    let embed = |out: &str, above: &str| {
        let order =
            ["embed", "--network", "small", "--catalogue", &catalogue, "--thumbnails", &thumbnails];
        succeeds(&[&order[..], &["--out", &at(out), "--cells-above", above]].concat());
        Site::open(&folder.path().join(out)).unwrap()
    };
    let (whole, cells) = (embed("whole", "300"), embed("cells", "299"));
    assert_eq!((whole.manifest.cells.as_ref(), cells.manifest.catalogue.len()), (None, 0));
    let list = &cells.manifest.cells.as_ref().unwrap()[0].file;
    let list: Vec<Cell> =
        serde_json::from_value(json(&folder.path().join("cells").join(list))).unwrap();
    assert_eq!(list.iter().map(|cell| cell.models).sum::<usize>(), 300);
    assert_eq!(cells.models.len(), 300);
    let first = Index::open(whole.recommender.index().until(0)).unwrap();
    let index = cells.recommender.index();
    for row in (0..300).step_by(23) {
        let uid = |site: &Site, found: Vec<Neighbour>| -> Vec<(String, f32)> {
            found.iter().map(|one| (site.models[one.row].uid.clone(), one.score)).collect()
        };
        let own = cells.models.iter().position(|model| model.uid == whole.models[row].uid).unwrap();
        let expected = nearest(&first, &first.query_of(row), Filter::default(), 12);
        let found = nearest(index, &index.query_of(own), Filter::default(), 12);
        assert_eq!(uid(&cells, found), uid(&whole, expected));
    }
    // A site that is one file again has no cells left, once visitors of the last one are done.
    embed("cells", "300");
    embed("cells", "300");
    let left = std::fs::read_dir(folder.path().join("cells")).unwrap();
    let names = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!names.into_iter().any(|name| name.starts_with("cell-") || name.starts_with("cells-")));
}

/// Bytes of cells that a page fetches for a query at most; see `www/engine/cells.js`.
const BUDGET: usize = 900_000;

/// How many of the nearest that a scan of a million finds a page finds, and what it fetches:
///
///     cargo test --release --test search -- --ignored --nocapture million
///
/// The million are sampled around models of the demo catalogue: a model, and the difference of two of its
/// nearest neighbours, added in part, so that neighbours are as near as the demo's own. Metadata is as long as a
/// crawl's. MODELS and AROUND are other counts than a million and 10,000; OUT is a file for all rows, which
/// `tests/bench/search.js` takes.
#[test]
#[ignore = "takes minutes; it measures"]
fn a_million() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path).to_string_lossy().into_owned();
    let variable = |name: &str, otherwise: usize| {
        std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
    };
    let (models, around) = (variable("MODELS", 1_000_000), variable("AROUND", 10_000));
    succeeds(&["demo", "--models", &around.to_string(), "--out", &at("demo")]);
    let (catalogue, thumbnails) = (at("demo/catalogue.csv"), at("demo/thumbnails"));
    let embed = [
        "embed",
        "--network",
        "small",
        "--catalogue",
        &catalogue,
        "--thumbnails",
        &thumbnails,
        "--out",
    ];
    succeeds(&[&embed[..], &[&at("site")]].concat());
    let site = Site::open(&folder.path().join("site")).unwrap();
    let base = site.recommender.index();
    let neighbour = |index: &Index<Vec<u8>>, row: usize| {
        let found = nearest(index, &index.query_of(row), except(row), 10);
        [found[0].score, found[9].score]
    };
    let median = |mut scores: Vec<f32>| {
        scores.sort_by(f32::total_cmp);
        scores[scores.len() / 2]
    };
    let report = |name: &str, index: &Index<Vec<u8>>| {
        let rows = (0..200).map(|at| at * index.len() / 200);
        let scores: Vec<[f32; 2]> = rows.map(|row| neighbour(index, row)).collect();
        let [first, tenth] = [0, 1].map(|at| median(scores.iter().map(|one| one[at]).collect()));
        println!("{name}: median score of the nearest {first:.3}, of the tenth {tenth:.3}");
    };
    report(&format!("{around} of the demo catalogue"), base);

    let start = Instant::now();
    let index = sampled(base, models);
    println!("{models} sampled in {:.0} s", start.elapsed().as_secs_f64());
    report(&format!("{models} sampled"), &index);
    if let Some(out) = std::env::var_os("OUT") {
        std::fs::write(out, index.until(0)).unwrap();
    }
    let start = Instant::now();
    let parts = clustered(&index, &Watch::default());
    println!("{} cells in {:.0} s", parts.cells.len(), start.elapsed().as_secs_f64());

    let head = parts.head(&index).unwrap();
    let words = catalogue_bytes(&site);
    let lengths: Vec<usize> = parts
        .cells
        .iter()
        .map(|rows| index.cell_of(rows, &[]).len() + (rows.len() as f64 * words) as usize)
        .collect();
    let list = 130 * lengths.len();
    println!(
        "first visit: head {:.2} MB and list {:.2} MB; cells of {:.0} kB in the mean, {} at most; {words:.0} bytes a model of catalogue",
        head.until(0).len() as f64 / 1e6,
        list as f64 / 1e6,
        lengths.iter().sum::<usize>() as f64 / lengths.len() as f64 / 1e3,
        lengths.iter().max().unwrap() / 1000,
    );
    let mut cell_of = vec![0; models];
    for (cell, rows) in parts.cells.iter().enumerate() {
        rows.iter().for_each(|&row| cell_of[row] = cell);
    }
    let start = Instant::now();
    let queries: Vec<usize> = (0..500).map(|at| at * models / 500 + 7).collect();
    let found: Vec<(f64, usize, usize)> = queries
        .iter()
        .map(|&row| {
            let query = index.query_of(row);
            let exact = nearest(&index, &query, except(row), 10);
            let mut fetched = Vec::new();
            let mut bytes = 0;
            for Neighbour { row: cell, .. } in nearest(&head, &query, Filter::default(), 16) {
                if bytes + lengths[cell] <= BUDGET {
                    bytes += lengths[cell];
                    fetched.push(cell);
                }
            }
            let hits = exact.iter().filter(|one| fetched.contains(&cell_of[one.row])).count();
            (hits as f64 / 10.0, bytes, fetched.len())
        })
        .collect();
    let scan = start.elapsed().as_secs_f64() * 1e3 / queries.len() as f64;
    let mean = |of: &dyn Fn(&(f64, usize, usize)) -> f64| {
        found.iter().map(of).sum::<f64>() / found.len() as f64
    };
    println!(
        "recall@10 against a scan of all: {:.4}; a query fetches {:.0} kB, {:.1} cells; a scan of all takes {scan:.1} ms",
        mean(&|one| one.0),
        mean(&|one| one.1 as f64) / 1e3,
        mean(&|one| one.2 as f64),
    );
    let start = Instant::now();
    let recommended = all_nearest(&index, 10);
    let seconds = start.elapsed().as_secs_f64();
    let found = |&row: &usize| {
        let exact = nearest(&index, &index.query_of(row), except(row), 10);
        let is_found = |one: &&Neighbour| recommended[row].iter().any(|found| found.row == one.row);
        exact.iter().filter(is_found).count() as f64 / 10.0
    };
    let recall = queries.iter().map(found).sum::<f64>() / queries.len() as f64;
    println!("recommended in {seconds:.0} s; recall@10 against a scan of all: {recall:.4}");
}

fn except(row: usize) -> Filter<'static> {
    Filter { except: Some(row), only: None }
}

/// How far a sampled model lies from the one it is sampled around, in differences of its neighbours.
const DISTANCE: f32 = 0.4;

/// Rows of codes around those of an index.
fn sampled(base: &Index<Vec<u8>>, models: usize) -> Index<Vec<u8>> {
    let near: Vec<Vec<usize>> = (0..base.len())
        .into_par_iter()
        .map(|row| {
            let found = nearest(base, &base.query_of(row), except(row), 10);
            found.iter().map(|one| one.row).collect()
        })
        .collect();
    let codebook = base.codebook().unwrap().first_level();
    let points: Vec<Coefficients> = (0..base.len())
        .map(|row| codebook.decode(&[base.row_of((0, &codebook.levels[0]), row)]))
        .collect();
    let rows: Vec<[Vec<u8>; 2]> = (0..models)
        .into_par_iter()
        .map(|at| {
            let mut random = fastrand::Rng::with_seed(at as u64);
            let row = random.usize(..points.len());
            let [one, other] = [(); 2].map(|()| near[row][random.usize(..near[row].len())]);
            encoded(&codebook, &moved(&points[row], &points[one], &points[other]))
        })
        .collect();
    let [even, odd] = PARTS
        .map(|part| rows.iter().flat_map(|row| row[part].iter().copied()).collect::<Vec<u8>>());
    base.with_rows(models, [&even, &odd]).unwrap()
}

/// A point moved by the difference of two others, each turned to its side, and as long as it was.
fn moved(point: &Coefficients, one: &Coefficients, other: &Coefficients) -> Coefficients {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let side = |of: &Coefficients| if dot(&point[1], &of[1]) < 0.0 { -1.0 } else { 1.0 };
    let sides = [[1.0, 1.0], [side(one), side(other)]];
    let mut moved = PARTS.map(|part| -> Vec<f32> {
        let step = |at: usize| sides[part][0] * one[part][at] - sides[part][1] * other[part][at];
        let values = point[part].iter().enumerate();
        values.map(|(at, value)| value + DISTANCE * step(at)).collect()
    });
    let length = |of: &Coefficients| of.iter().map(|part| dot(part, part)).sum::<f32>().sqrt();
    let scale = length(point) / length(&moved);
    moved.iter_mut().flatten().for_each(|value| *value *= scale);
    moved
}

fn encoded(codebook: &Codebook, point: &Coefficients) -> [Vec<u8>; 2] {
    PARTS.map(|part| {
        let own = &codebook.levels[0].parts[part];
        let centred = point[part].iter().zip(&own.mean).map(|(value, mean)| value - mean);
        own.encode(&mut centred.collect::<Vec<f32>>())
    })
}

/// Bytes of a model's metadata in a cell: that of a site in cells, with links as Sketchfab's are.
fn catalogue_bytes(site: &Site) -> f64 {
    let mut random = fastrand::Rng::with_seed(1);
    let mut hexadecimal = || (0..32).map(|_| random.char('a'..='f')).collect::<String>();
    let models: Vec<Value> = site.models[..1000.min(site.models.len())]
        .iter()
        .map(|model| {
            let mut value = serde_json::to_value(model).unwrap();
            let uid = hexadecimal();
            value["url"] = format!("https://sketchfab.com/3d-models/{uid}").into();
            value["thumbnail"] = format!("thumbnails/{uid}.jpg").into();
            value["uid"] = uid.into();
            value
        })
        .collect();
    let json = serde_json::to_vec(&models).unwrap();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, &json).unwrap();
    packer.finish().unwrap().len() as f64 / models.len() as f64
}
