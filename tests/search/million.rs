//! A made-up million of models in cells: what a page downloads, and what it finds.

use std::collections::BTreeSet;
use std::time::Instant;

use rayon::prelude::*;
use recasketch::embedding::{Codebook, Coefficients, PARTS, Row, Watch};
use recasketch::index::{CELL_BLOCK, CELL_ROWS, CellFiles, Index, Query, clustered, write_cells};
use recasketch::search::{
    Entry, Filter, Lists, Neighbour, RowSet, candidates, nearest, short_list, write_lists,
};
use recasketch::site::Site;
use recasketch::site::catalogue::Model;

use crate::program::succeeds;

/// What a page takes for a query; `www/engine/cells.js` and `www/engine/cell-files.js` have the same.
const BUDGET: usize = 650_000;
const MOST: usize = 16;
const REQUESTS: usize = 200;
const APART: [usize; 2] = [64, 16];

const TOP: usize = 10;
const QUERIES: usize = 200;

/// Measures the figures of docs/benchmarks.md, "A million models":
///
///     cargo test --release --test search -- --ignored --nocapture million
///
/// The million are sampled around models of the demo catalogue: a model, and the difference of two of its nearest
/// neighbours, added in part, so that neighbours are as near as the demo's own. Their names are made of those of
/// Rec-a-Sketch's list where `../shared/catalogue` has it. MODELS and AROUND are other counts than a million and 10,000.
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
    let embed = ["embed", "--network", "small", "--catalogue", &catalogue];
    succeeds(&[&embed[..], &["--thumbnails", &thumbnails, "--out", &at("site")]].concat());
    let site = Site::open(&folder.path().join("site")).unwrap();
    let base = site.recommender.index();

    let start = Instant::now();
    let (sampled, sources) = sampled(base, models);
    println!("{models} sampled in {:.0} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let parts = clustered(&sampled, &Watch::default());
    println!("{} cells in {:.0} s", parts.cells.len(), start.elapsed().as_secs_f64());

    // From here on rows are numbered as in the cells.
    let order = parts.cells.concat();
    let levels = [0, 1].map(|level| sampled.rows_of(level, &order));
    let [even, odd] = parts.head_rows(&sampled);
    let count = parts.cells.len() + models.min(512);
    let head = base.with_rows(count, [&even, &odd]).unwrap().until(0).to_vec();
    let lengths: Vec<usize> = parts.cells.iter().map(Vec::len).collect();
    drop(sampled);
    let second = base.codebook().unwrap().bytes_of(1);
    let centres = Index::open(head.clone()).unwrap().divided(lengths.len()).unwrap();
    let centres = centres.refined(&second).unwrap();
    let index = centres.of_rows(&[&levels[0], &levels[1]]).unwrap();
    drop(levels);

    let start = Instant::now();
    let made = made(&site, &order.iter().map(|&row| sources[row]).collect::<Vec<usize>>());
    let lists = Packed::of(&made, &lengths);
    println!(
        "{} lists, {:.1} MB, in {:.0} s",
        lists.bytes.len(),
        lists.bytes.iter().map(Vec::len).sum::<usize>() as f64 / 1e6,
        start.elapsed().as_secs_f64()
    );
    let blocks: Vec<Vec<usize>> = {
        let mut rest = &made[..];
        let cells = lengths.iter().map(|&length| {
            let (own, others) = rest.split_at(length);
            rest = others;
            own
        });
        let cells: Vec<&[Model]> = cells.collect();
        let packed = |block: &[Model]| gzip(&serde_json::to_vec(block).unwrap()).len();
        cells.par_iter().map(|own| own.chunks(CELL_BLOCK).map(packed).collect()).collect()
    };
    let site_of = Cells { index, centres, lengths, blocks };
    first_visit(&site_of, &head, &second, &lists);
    letters(&site_of, &lists, &made);
    queries(&site_of, "no filter", None);
    for (name, key) in [("a licence of 1%, unlike the picture", "lCC0"), ("a category", "")] {
        let category = format!("c{}", made[models / 3].categories[0]);
        let key = if key.is_empty() { &category } else { key };
        let shard = lists.lists.shard_of(key).unwrap();
        let rows = lists.lists.rows(key).unwrap();
        let rows: Vec<u32> =
            rows.into_iter().map(|row| site_of.dense(row as usize) as u32).collect();
        let bytes = lists.bytes[shard].len() / 1000;
        println!("filter {name}: {} models, its list {bytes} kB", rows.len());
        queries(&site_of, name, Some(&rows));
    }
}

/// The lists, all of them open, and the bytes of each shard in gzip.
struct Packed {
    lists: Lists,
    shards: Vec<(String, Vec<u8>)>,
    bytes: Vec<Vec<u8>>,
}

impl Packed {
    fn of(models: &[Model], lengths: &[usize]) -> Packed {
        let rows = lengths
            .iter()
            .enumerate()
            .flat_map(|(cell, &length)| (CELL_ROWS * cell..).take(length).map(|row| row as u32));
        let shards = write_lists(rows.zip(models).map(entry));
        let bytes = shards.par_iter().map(|(_, bytes)| gzip(bytes)).collect();
        let mut lists =
            Lists::new(lengths.to_vec(), shards.iter().map(|(first, _)| first.clone()).collect());
        for (number, (first, bytes)) in shards.iter().enumerate() {
            // The shards of uids are not measured by their content.
            if !first.starts_with('u') {
                lists.add(number, bytes.clone()).unwrap();
            }
        }
        Packed { lists, shards, bytes }
    }
}

fn entry((row, model): (u32, &Model)) -> Entry<'_, String> {
    Entry { row, uid: &model.uid, texts: model.texts(), licence: &model.licence }
}

struct Cells {
    index: Index<Vec<u8>>,
    centres: Index<Vec<u8>>,
    lengths: Vec<usize>,
    blocks: Vec<Vec<usize>>,
}

impl Cells {
    /// The number of a row among all models, cell by cell.
    fn dense(&self, row: usize) -> usize {
        self.start(row / CELL_ROWS) + row % CELL_ROWS
    }

    /// The first row of a cell.
    fn start(&self, cell: usize) -> usize {
        self.lengths[..cell].iter().sum()
    }

    /// The bytes of the blocks that hold some models.
    fn models(&self, rows: &[usize]) -> usize {
        let block = |&row: &usize| {
            let (mut cell, mut at) = (0, row);
            while at >= self.lengths[cell] {
                at -= self.lengths[cell];
                cell += 1;
            }
            (cell, at / CELL_BLOCK)
        };
        let blocks: BTreeSet<(usize, usize)> = rows.iter().map(block).collect();
        blocks.into_iter().map(|(cell, block)| self.blocks[cell][block]).sum()
    }

    /// The rows whose codes a page searches, and the bytes and requests of these codes.
    fn planned(&self, query: &Query, only: Option<&[u32]>) -> (Vec<usize>, usize, usize) {
        let width = self.index.row_bytes()[0];
        let (mut rows, mut bytes, mut requests) = (Vec::new(), 0, 0);
        let most = if only.is_some() { self.lengths.len() } else { MOST };
        for Neighbour { row: cell, .. } in nearest(&self.centres, query, Filter::default(), most) {
            let cell_rows = self.start(cell)..self.start(cell) + self.lengths[cell];
            let own: Vec<usize> = match only {
                None => cell_rows.clone().collect(),
                Some(only) => {
                    let at = |row: usize| only.partition_point(|&one| (one as usize) < row);
                    only[at(cell_rows.start)..at(cell_rows.end)]
                        .iter()
                        .map(|&r| r as usize)
                        .collect()
                }
            };
            if own.is_empty() {
                continue;
            }
            let (spans, spanned) = spans(&own, APART[0]);
            let is_part = only.is_some() && 2 * spanned < self.lengths[cell];
            let more = width * if is_part { spanned } else { self.lengths[cell] };
            let asked = if is_part { spans } else { 1 };
            if bytes > 0 && (bytes + more > BUDGET || requests + asked > REQUESTS) {
                break;
            }
            bytes += more;
            requests += asked;
            rows.extend(own);
        }
        (rows, bytes, requests)
    }
}

/// The number of spans of rows that are at most so far apart, and the rows in them.
fn spans(rows: &[usize], apart: usize) -> (usize, usize) {
    let (mut count, mut spanned, mut last) = (0, 0, None);
    for &row in rows {
        match last {
            Some(last) if row - last <= apart => spanned += row - last,
            _ => {
                count += 1;
                spanned += 1;
            }
        }
        last = Some(row);
    }
    (count, spanned)
}

fn first_visit(cells: &Cells, head: &[u8], second: &[u8], lists: &Packed) {
    let files = |(cell, &models): (usize, &usize)| CellFiles {
        models,
        digests: [(); 3].map(|()| "0123456789abcdef".to_owned()),
        blocks: cells.blocks[cell].clone(),
    };
    let list: Vec<CellFiles> = cells.lengths.iter().enumerate().map(files).collect();
    let list = write_cells(&list).unwrap().len();
    // A shard's entry has its first key, its name, its length and its digest; a value of a filter about 25 bytes.
    let of_lists = 150 * lists.bytes.len() + 25 * 1050;
    let megabytes = |bytes: usize| bytes as f64 / 1e6;
    println!(
        "first visit: head {:.2} MB, second codebook {:.2}, list of cells {:.2}, of lists {:.2}; together {:.2} MB",
        megabytes(head.len()),
        megabytes(second.len()),
        megabytes(list),
        megabytes(of_lists),
        megabytes(head.len() + second.len() + list + of_lists),
    );
    println!("files: {}", 3 * cells.lengths.len() + lists.bytes.len());
}

fn letters(cells: &Cells, lists: &Packed, made: &[Model]) {
    let name = &made[made.len() / 2].name;
    let beginnings = ('a'..='z').chain('0'..='9').map(String::from);
    let typed = (1..=name.chars().count()).map(|end| name.chars().take(end).collect::<String>());
    let words: Vec<String> = beginnings.chain(typed).chain(["low poly".to_owned()]).collect();
    let mut most: [(usize, &str); 2] = [(0, ""); 2];
    let mut slowest = (0.0, "");
    for word in words.iter().map(String::as_str) {
        let wanted = lists.lists.wanted(word);
        let bytes: usize = wanted.iter().map(|&shard| lists.bytes[shard].len()).sum();
        let start = Instant::now();
        let firsts = lists.shards.iter().map(|(first, _)| first.clone()).collect();
        let mut open = Lists::new(cells.lengths.clone(), firsts);
        for &shard in &wanted {
            open.add(shard, gunzip(&lists.bytes[shard])).unwrap();
        }
        let found = open.find(word).unwrap();
        let milliseconds = start.elapsed().as_secs_f64() * 1e3;
        let rows: Vec<usize> = found.iter().take(8).map(|one| cells.dense(one.row)).collect();
        let all = bytes + cells.models(&rows);
        let single = usize::from(word.contains(' '));
        most[single] = most[single].max((all, word));
        if milliseconds > slowest.0 {
            slowest = (milliseconds, word);
        }
    }
    println!(
        "letters: at most {} kB for {:?}, {} kB for {:?} of several words; at most {:.0} ms for {:?}",
        most[0].0 / 1000,
        most[0].1,
        most[1].0 / 1000,
        most[1].1,
        slowest.0,
        slowest.1
    );
}

/// The recall of an answer; its bytes of codes, of fine codes and of models; its requests.
type Answer = (f64, [usize; 3], usize);

/// Asks by models, and compares with a scan of all rows by both levels.
fn queries(cells: &Cells, name: &str, only: Option<&[u32]>) {
    let index = &cells.index;
    let set = only.map(|rows| RowSet::of_rows(index.len(), rows));
    let fine = index.row_bytes()[1];
    let asked = |at: usize| {
        let row = at * index.len() / QUERIES + 7;
        let query = index.query_of(row);
        let exact = nearest(index, &query, Filter { except: Some(row), only: set.as_ref() }, TOP);
        let (rows, codes, requests) = cells.planned(&query, only);
        let rows: Vec<u32> = rows.into_iter().map(|row| row as u32).collect();
        let searched = RowSet::of_rows(index.len(), &rows);
        let filter = Filter { except: Some(row), only: Some(&searched) };
        let found = nearest(index, &query, filter, TOP);
        let mut listed: Vec<usize> = candidates(index, &query, filter, short_list(4 * TOP))
            .into_iter()
            .map(|(_, row)| row)
            .collect();
        listed.sort_unstable();
        let (spans, spanned) = spans(&listed, APART[1]);
        let shown: Vec<usize> = found.iter().map(|one| one.row).collect();
        let hits = exact.iter().filter(|one| shown.contains(&one.row)).count();
        let bytes = [codes, spanned * fine, cells.models(&shown)];
        (hits as f64 / exact.len().max(1) as f64, bytes, requests + spans)
    };
    let found: Vec<Answer> = (0..QUERIES).into_par_iter().map(asked).collect();
    let mean = |of: &dyn Fn(&Answer) -> f64| found.iter().map(of).sum::<f64>() / QUERIES as f64;
    let kilobytes = |at: usize| mean(&|one| one.1[at] as f64 / 1e3);
    println!(
        "{name}: recall@10 {:.3}; a query takes {:.0} kB ({:.0} of codes, {:.0} of fine codes, {:.0} of models), at most {} kB, and {:.0} requests",
        mean(&|one| one.0),
        kilobytes(0) + kilobytes(1) + kilobytes(2),
        kilobytes(0),
        kilobytes(1),
        kilobytes(2),
        found.iter().map(|one| one.1.iter().sum::<usize>()).max().unwrap() / 1000,
        mean(&|one| one.2 as f64),
    );
}

/// How far a sampled model lies from the one it is sampled around, in differences of its neighbours.
const DISTANCE: f32 = 0.4;

/// Rows of codes around those of an index, and the row that each is sampled around.
fn sampled(base: &Index<Vec<u8>>, models: usize) -> (Index<Vec<u8>>, Vec<usize>) {
    let near: Vec<Vec<usize>> = (0..base.len())
        .into_par_iter()
        .map(|row| {
            let except = Filter { except: Some(row), only: None };
            nearest(base, &base.query_of(row), except, 10).iter().map(|one| one.row).collect()
        })
        .collect();
    let codebook = base.codebook().unwrap();
    let points: Vec<Coefficients> = (0..base.len()).map(|row| base.values(row)).collect();
    let rows: Vec<(usize, Vec<Row>)> = (0..models)
        .into_par_iter()
        .map(|at| {
            let mut random = fastrand::Rng::with_seed(at as u64);
            let row = random.usize(..points.len());
            let [one, other] = [(); 2].map(|()| near[row][random.usize(..near[row].len())]);
            (row, encoded(codebook, moved(&points[row], &points[one], &points[other])))
        })
        .collect();
    let level = |at: usize| rows.iter().flat_map(|(_, row)| row[at].concat()).collect::<Vec<u8>>();
    let index = base.of_rows(&[&level(0), &level(1)]).unwrap();
    (index, rows.into_iter().map(|(row, _)| row).collect())
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

/// The rows of a point in each level.
fn encoded(codebook: &Codebook, mut point: Coefficients) -> Vec<Row> {
    for part in PARTS {
        let means = codebook.levels.iter().flat_map(|level| &level.parts[part].mean);
        point[part].iter_mut().zip(means).for_each(|(value, mean)| *value -= mean);
    }
    let row = |level: &recasketch::embedding::Level| {
        let [even, odd] = &mut point;
        [level.parts[0].encode(even), level.parts[1].encode(odd)]
    };
    codebook.levels.iter().map(row).collect()
}

/// Models with the categories and tags of those that they are sampled around, and names of words of Sketchfab's names.
fn made(site: &Site, sources: &[usize]) -> Vec<Model> {
    let list = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/catalogue");
    let names: Vec<String> = match std::fs::read_to_string(list.join("model_urls.psv")) {
        Ok(text) => text
            .lines()
            .skip(1)
            .filter_map(|line| Some(line.rsplit_once('|')?.0.replace('\\', "")))
            .collect(),
        Err(_) => {
            println!("names of the demo: {} is not on this machine", list.display());
            site.models.iter().map(|model| model.name.clone()).collect()
        }
    };
    let model = |(at, &source): (usize, &usize)| {
        let mut random = fastrand::Rng::with_seed(7 + at as u64);
        let of = &site.models[source];
        let words = |name: &str| name.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let [one, other] = [(); 2].map(|()| words(&names[random.usize(..names.len())]));
        let begin = one.len().div_ceil(2);
        let name = one[..begin].iter().chain(&other[other.len() / 2..]).cloned();
        let mut hex = || (0..32).map(|_| random.char('a'..='f')).collect::<String>();
        let (uid, thumbnail) = (hex(), hex());
        // Few authors have many models.
        let author = (200_000.0 * random.f32().powi(3)) as usize;
        Model {
            name: name.collect::<Vec<String>>().join(" "),
            author: format!("author{author}"),
            licence: match random.u8(..100) {
                0 => "CC0",
                1..20 => "CC BY-NC 4.0",
                20..40 => "Standard",
                _ => "CC BY 4.0",
            }
            .to_owned(),
            url: Some(format!("https://sketchfab.com/3d-models/{uid}")),
            thumbnail: Some(format!("thumbnails/{}.jpg", &thumbnail[..16])),
            uid,
            ..of.clone()
        }
    };
    sources.par_iter().enumerate().map(model).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, bytes).unwrap();
    packer.finish().unwrap()
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes), &mut unpacked).unwrap();
    unpacked
}
