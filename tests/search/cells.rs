//! Catalogues in cells: every model in one, and the nearest found in few.

use std::collections::BTreeMap;

use recasketch::commands::recommend::product::all_nearest;
use recasketch::digest::Digest;
use recasketch::embedding::{Codebook, Embedding, Level, Metric, Watch, learn};
use recasketch::error::Error;
use recasketch::index::{
    Builder, CELL_BLOCK, CellFiles, Clustering, Index, Origin, assigned, clustered, read_cells,
    write_cells,
};
use recasketch::network::FeatureMap;
use recasketch::pixels::Fit;
use recasketch::search::{
    Filter, Neighbour, candidates, nearest, nearest_groups, nearest_groups_of, short_list,
};
use recasketch::site::{Cells, Site};

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
    assert!(lengths.iter().all(|&length| 0 < length && length <= 2048), "{lengths:?}");
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
    let whole = Index::open(&file).unwrap();
    let parts = clustered(&whole, &Watch::default());
    let mut end = 0;
    let rows = parts.cells.iter().map(|cell| {
        end += cell.len();
        end - cell.len()..end
    });
    let second = whole.codebook().unwrap().bytes_of(1);
    let head = parts.head(&whole).unwrap().divided(parts.cells.len()).unwrap();
    let centres = head.refined(&second).unwrap();
    let cells = Cells { rows: rows.collect(), centres };
    let index = in_memory(&whole, &parts.cells.concat());
    let found = all_nearest(&index, Some(&cells), 10);
    assert_eq!(found.len(), 5000);
    for row in (0..5000).step_by(97) {
        let except = Filter { except: Some(row), only: None };
        assert_eq!(found[row], nearest(&index, &index.query_of(row), except, 10));
    }
}

#[test]
fn a_row_more_changes_one_cell_where_the_centres_are_known() {
    let embeddings = embeddings(5001, 30);
    let codebook = learnt(&embeddings[..5000]);
    let [before_file, after] = [5000, 5001].map(|count| coded(&embeddings[..count], &codebook));
    let first = clustered(&Index::open(&before_file).unwrap(), &Watch::default());
    let divided = |cells: Vec<Vec<usize>>, file: &[u8]| {
        let before = Clustering { cells, centres: first.centres.clone() };
        let after = assigned(&Index::open(file).unwrap(), before);
        assert!(after.centres == first.centres);
        after.cells
    };
    assert!(divided(first.cells.clone(), &before_file) == first.cells);
    let second = divided(first.cells.clone(), &after);
    let changed = first.cells.iter().zip(&second).filter(|(before, after)| before != after);
    let changed: Vec<_> = changed.collect();
    let [(before, after)] = changed[..] else { panic!("{} cells", changed.len()) };
    assert_eq!([&before[..], &[5000]].concat(), *after);
    // A row that is in a cell of another centre, as one whose thumbnail has changed, goes to its own.
    let mut strange = first.cells.clone();
    let moved = strange[0].remove(3);
    strange[1].push(moved);
    let third = divided(strange, &before_file);
    assert_eq!(third[0].last(), Some(&moved));
    assert!(third[1..] == first.cells[1..]);
}

#[test]
fn rows_that_are_all_alike_are_cut_in_their_order() {
    let one = embeddings(1, 1).remove(0);
    let file = file(&vec![one; 4100]);
    let Clustering { cells, centres } = clustered(&Index::open(&file).unwrap(), &Watch::default());
    assert_eq!(cells.concat(), (0..4100).collect::<Vec<usize>>());
    assert_eq!(cells.iter().map(Vec::len).collect::<Vec<_>>(), [2048, 2048, 4]);
    assert!(centres.iter().all(|centre| *centre == centres[0]));
}

#[test]
fn rows_come_back_from_a_cells_files_and_damaged_ones_are_refused() {
    let embeddings = embeddings(60, 3);
    let file = file(&embeddings);
    let whole = Index::open(&file).unwrap();
    let rows = [5, 17, 59];
    let files = [0, 1].map(|level| whole.rows_of(level, &rows));
    let clustering = Clustering {
        cells: vec![rows.to_vec()],
        centres: vec![[0, 1].map(|part| whole.row_of((0, &levels(&whole)[0]), 8)[part].to_vec())],
    };
    // The head is a file: what a page fetches. It has the centre, and the sample, here all rows.
    let head = Index::open(clustering.head(&whole).unwrap().until(0).to_vec()).unwrap();
    assert_eq!((head.len(), head.levels(), head.first_map()), (4, 1, whole.first_map()));
    let head = head.divided(1).unwrap();
    assert_eq!((head.len(), head.is_in_cells()), (1, true));
    assert!(matches!(head.divided(2), Err(Error::EmbeddingFile(_))));
    let first = Index::open(whole.until(0)).unwrap();
    let coarse = head.of_rows(&[&files[0]]).unwrap();
    assert!(matches!(head.of_rows(&[&files[0], &files[1]]), Err(Error::EmbeddingFile(_))));
    let refined = head.refined(&whole.codebook().unwrap().bytes_of(1)).unwrap();
    assert_eq!((refined.levels(), refined.row_bytes()), (1, whole.row_bytes()));
    let fine = refined.of_rows(&[&files[0], &files[1]]).unwrap();
    for (at, row) in rows.into_iter().enumerate() {
        assert_eq!(coarse.values(at), first.values(row));
        assert_eq!(fine.values(at), whole.values(row));
        // Codes in links are those of the whole file.
        let query = whole.query(&embeddings[row]);
        assert_eq!(refined.query(&embeddings[row]), query);
        assert_eq!(refined.code_of(&query), whole.code_of(&query));
        let found = |index: &Index<Vec<u8>>| nearest(index, &query, Filter::default(), 1);
        assert_eq!(found(&fine)[0].row, at);
        assert_eq!(refined.closeness(&query).alike(), whole.closeness(&query).alike());
    }
    for length in [1, 100, files[0].len() - 1] {
        assert!(matches!(head.of_rows(&[&files[0][..length]]), Err(Error::EmbeddingFile(_))));
    }
    let short = &files[1][..files[1].len() - 1];
    assert!(matches!(refined.of_rows(&[&files[0], short]), Err(Error::EmbeddingFile(_))));
    for second in [&[][..], &[0; 40], &files[0]] {
        assert!(matches!(head.refined(second), Err(Error::EmbeddingFile(_))));
    }
    assert!(matches!(whole.with_rows(1, [&[0], &[]]), Err(Error::EmbeddingFile(_))));
}

/// Some rows of an index as a page has them in memory.
fn in_memory<Bytes: AsRef<[u8]>>(whole: &Index<Bytes>, rows: &[usize]) -> Index<Vec<u8>> {
    let files = [0, 1].map(|level| whole.rows_of(level, rows));
    Index::open(whole.until(0).to_vec())
        .unwrap()
        .divided(0)
        .unwrap()
        .refined(&whole.codebook().unwrap().bytes_of(1))
        .unwrap()
        .of_rows(&[&files[0], &files[1]])
        .unwrap()
}

fn levels<Bytes: AsRef<[u8]>>(index: &Index<Bytes>) -> &[Level] {
    &index.codebook().unwrap().levels
}

#[test]
fn the_best_of_each_cell_are_together_the_best_of_all() {
    let embeddings = embeddings(3000, 30);
    let file = file(&embeddings);
    let whole = Index::open(&file).unwrap();
    let cells = clustered(&whole, &Watch::default()).cells;
    assert!(cells.len() > 2, "{} cells", cells.len());
    let order = cells.concat();
    let of = |rows: &[usize]| in_memory(&whole, rows);
    let all = of(&order);
    for row in [0, 1000, 2999] {
        let query = all.query_of(row);
        let closeness = all.closeness(&query);
        let expected = nearest_groups(&all, &query, Filter::default(), 12, &closeness);
        let mut found = Vec::new();
        let mut start = 0;
        for rows in &cells {
            let best = candidates(&of(rows), &query, Filter::default(), short_list(48));
            found.extend(best.into_iter().map(|(score, row)| (score, start + row)));
            start += rows.len();
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut listed: Vec<usize> =
            found.into_iter().take(short_list(48)).map(|(_, row)| row).collect();
        listed.sort_unstable();
        let few = of(&listed.iter().map(|&row| order[row]).collect::<Vec<usize>>());
        let groups = nearest_groups_of(&few, &query, 12, 48, &closeness);
        assert_eq!(groups.len(), 12);
        for (group, expected) in groups.iter().zip(&expected) {
            assert_eq!((listed[group.row], group.score), (expected.row, expected.score));
            let duplicates: Vec<usize> = group.duplicates.iter().map(|&at| listed[at]).collect();
            assert_eq!(duplicates, expected.duplicates);
        }
    }
}

#[test]
fn a_list_of_cells_comes_back_and_a_damaged_one_is_refused() {
    let cell = |models: usize| CellFiles {
        models,
        digests: ["0123456789abcdef", "00000000000000ff", "ffffffffffffffff"].map(str::to_owned),
        blocks: (0..models.div_ceil(CELL_BLOCK)).map(|at| 100 * at).collect(),
    };
    let cells = [cell(1), cell(32), cell(2000)];
    let bytes = write_cells(&cells).unwrap();
    assert_eq!(read_cells(&bytes).unwrap(), cells);
    assert_eq!(read_cells(&[]).unwrap(), []);
    for length in [1, 20, bytes.len() - 1] {
        assert!(matches!(read_cells(&bytes[..length]), Err(Error::EmbeddingFile(_))), "{length}");
    }
    let full = write_cells(&[cell(2048)]).unwrap();
    assert_eq!(read_cells(&full).unwrap().len(), 1);
    let overfull = write_cells(&[cell(2049)]).unwrap();
    assert!(matches!(read_cells(&overfull), Err(Error::EmbeddingFile(_))));
    // A list that says it has more models than it has bytes for.
    let huge = [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[7; 24]].concat();
    assert!(matches!(read_cells(&huge), Err(Error::EmbeddingFile(_))));
    let wrong = CellFiles { digests: ["x", "", "-1"].map(str::to_owned), ..cell(1) };
    assert!(matches!(write_cells(&[wrong]), Err(Error::EmbeddingFile(_))));
}

#[test]
fn a_site_in_cells_answers_as_one_file_does() {
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
    let list = read_cells(&std::fs::read(folder.path().join("cells").join(list)).unwrap()).unwrap();
    assert_eq!(list.iter().map(|cell| cell.models).sum::<usize>(), 300);
    assert_eq!(cells.models.len(), 300);
    let (all, index) = (whole.recommender.index(), cells.recommender.index());
    assert_eq!((all.levels(), index.levels()), (2, 2));
    for row in (0..300).step_by(23) {
        let uid = |site: &Site, found: Vec<Neighbour>| -> Vec<(String, f32)> {
            found.iter().map(|one| (site.models[one.row].uid.clone(), one.score)).collect()
        };
        let own = cells.models.iter().position(|model| model.uid == whole.models[row].uid).unwrap();
        let expected = nearest(all, &all.query_of(row), Filter::default(), 12);
        let found = nearest(index, &index.query_of(own), Filter::default(), 12);
        assert_eq!(uid(&cells, found), uid(&whole, expected));
    }
    // A site that is one file again has no cells left, once visitors of the last one are done.
    embed("cells", "300");
    embed("cells", "300");
    let left = std::fs::read_dir(folder.path().join("cells")).unwrap();
    let names = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!names.into_iter().any(|name| {
        ["cell-", "cells-", "fine-", "models-"].iter().any(|kind| name.starts_with(kind))
    }));
}
