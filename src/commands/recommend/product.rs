//! Finds the nearest rows of every row of an [`Index`].
//!
//! Codes are small, so each row of codes is the query of an ordinary search. In a site in cells, where the time of that
//! would grow with the square of the number of models, only the cells nearest to the query are searched
//! (`src/commands/recommend/cells.rs`). Whole maps are multiplied with each other in blocks: a block of queries is
//! multiplied with one tile of rows after another, even parts with even parts and odd parts with odd parts. Block and
//! tile are widened to 16 bits and stay in the core's caches, so each byte of the index is read once for a block of
//! queries and not once for each query. Only the best scores of each query are kept.

use std::ops::Range;

use rayon::prelude::*;

use super::cells::nearest_in;
use super::kernel::{self, LANES, OTHERS};
use crate::embedding::cosine;
use crate::index::Index;
use crate::search::{Filter, Neighbour, nearest};
use crate::site::Cells;
use crate::util::progress::Progress;

/// A row's map and its squared norm.
type Map<'a> = (&'a [i8], u32);

/// Queries in a block.
const QUERIES: usize = 64;

/// Values in a tile: 64 KiB, which fits into the smallest second-level caches in use.
const TILE: usize = 32 << 10;

/// Returns the `top` nearest of every row without the row itself, best first. Equal scores have the order of rows.
/// `cells` are those of the index, if it has cells.
pub fn all_nearest<Bytes: AsRef<[u8]> + Sync>(
    index: &Index<Bytes>,
    cells: Option<&Cells>,
    top: usize,
) -> Vec<Vec<Neighbour>> {
    if index.levels() == 0 {
        return by_product(index, top);
    }
    let progress = Progress::start("comparing", index.len());
    let of_row = |row| {
        let found = match cells {
            Some(cells) => nearest_in(cells, index, row, top),
            None => {
                let filter = Filter { except: Some(row), only: None };
                nearest(index, &index.query_of(row), filter, top)
            }
        };
        progress.step();
        found
    };
    (0..index.len()).into_par_iter().map(of_row).collect()
}

fn by_product<Bytes: AsRef<[u8]> + Sync>(index: &Index<Bytes>, top: usize) -> Vec<Vec<Neighbour>> {
    let maps: Vec<Map<'_>> = (0..index.len()).filter_map(|row| index.map(row)).collect();
    let (dimensions, even) = (index.origin().dimensions(), index.origin().even());
    let tile = (TILE / dimensions).clamp(OTHERS, 256).next_multiple_of(OTHERS);
    let parts: Vec<Range<usize>> =
        [0..even, even..dimensions].into_iter().filter(|part| !part.is_empty()).collect();
    let progress = Progress::start("comparing", maps.len());
    let of_block = |queries: Range<usize>| {
        let widened = |part| Wide::new(&maps[queries.clone()], part, QUERIES);
        let wide_queries: Vec<Wide> = parts.iter().map(widened).collect();
        let mut products = vec![vec![0i32; QUERIES * tile]; parts.len()];
        let mut kept: Vec<Kept> = queries.clone().map(|_| Kept::new(top)).collect();
        for others in ranges(maps.len(), tile) {
            for ((part, queries), products) in parts.iter().zip(&wide_queries).zip(&mut products) {
                let others = Wide::new(&maps[others.clone()], part, tile);
                kernel::multiply(queries.width, &queries.values, &others.values, products);
            }
            for (at, (query, kept)) in queries.clone().zip(&mut kept).enumerate() {
                for (place, other) in others.clone().enumerate() {
                    let product = |part: &Vec<i32>| part[at * tile + place];
                    let odd = products.get(1).map_or(0, product).abs();
                    let dot = product(&products[0]) + odd;
                    let score = cosine(dot, maps[query].1, maps[other].1);
                    if other != query {
                        kept.offer(Neighbour { row: other, score });
                    }
                }
            }
        }
        progress.advance(queries.len() as u64);
        kept.into_iter().map(|kept| kept.best).collect::<Vec<_>>()
    };
    let blocks: Vec<Range<usize>> = ranges(maps.len(), QUERIES).collect();
    blocks.into_par_iter().flat_map_iter(of_block).collect()
}

/// Cuts `count` rows into ranges of `length`, the last one shorter.
fn ranges(count: usize, length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(length).map(move |start| start..(start + length).min(count))
}

/// Rows of 16-bit values.
struct Wide {
    width: usize,
    values: Vec<i16>,
}

impl Wide {
    /// Copies a part of the maps into `count` rows. The rest of each row, and the rows without a map, are zeros,
    /// which add nothing to a product.
    fn new(maps: &[Map<'_>], part: &Range<usize>, count: usize) -> Wide {
        let width = part.len().next_multiple_of(LANES);
        let mut values = vec![0; count * width];
        for ((map, _), row) in maps.iter().zip(values.chunks_exact_mut(width)) {
            row.iter_mut().zip(&map[part.clone()]).for_each(|(wide, &code)| *wide = code.into());
        }
        Wide { width, values }
    }
}

/// The best neighbours so far, best first. They are offered in the order of rows, so one with an equal score is
/// placed after those already kept.
struct Kept {
    top: usize,
    best: Vec<Neighbour>,
}

impl Kept {
    fn new(top: usize) -> Kept {
        Kept { top, best: Vec::new() }
    }

    fn offer(&mut self, neighbour: Neighbour) {
        let is_better = |kept: &Neighbour| neighbour.score.total_cmp(&kept.score).is_gt();
        if self.best.len() == self.top && !self.best.last().is_some_and(is_better) {
            return;
        }
        let place = self.best.partition_point(|kept| !is_better(kept));
        self.best.truncate(self.top - 1);
        self.best.insert(place, neighbour);
    }
}
