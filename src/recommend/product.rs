//! [`Index`] -> the nearest of every row.
//!
//! Rows of codes are as few bytes as a scan needs, so each is searched as any query is. Whole maps are
//! multiplied with themselves, in blocks: a block of queries is multiplied with one tile of rows after another. Both are widened to 16 bits and
//! lie in the core's own caches meanwhile, so each byte of the index is read once per block of queries
//! and not once per query. Of the scores only each query's best are kept.

use std::ops::Range;

use rayon::prelude::*;

use super::kernel::{self, LANES, OTHERS};
use crate::embedding::cosine;
use crate::index::Index;
use crate::search::{Filter, Neighbour, nearest};

/// A row's map and its squared norm.
type Map<'a> = (&'a [i8], u32);

/// Queries of a block.
const QUERIES: usize = 64;

/// Values of a tile: 64 KiB, a part of the smallest second cache in use.
const TILE: usize = 32 << 10;

/// The `top` nearest of every row, best first, itself left out; equal scores go in the order of rows.
pub fn all_nearest<Bytes: AsRef<[u8]> + Sync>(
    index: &Index<Bytes>,
    top: usize,
) -> Vec<Vec<Neighbour>> {
    match index.codebook() {
        Some(_) => by_search(index, top),
        None => by_product(index, top),
    }
}

fn by_search<Bytes: AsRef<[u8]> + Sync>(index: &Index<Bytes>, top: usize) -> Vec<Vec<Neighbour>> {
    let of_row = |row| {
        let filter = Filter { except: Some(row), ..Filter::default() };
        nearest(index, &index.query_of(row), filter, top)
    };
    (0..index.len()).into_par_iter().map(of_row).collect()
}

fn by_product<Bytes: AsRef<[u8]> + Sync>(index: &Index<Bytes>, top: usize) -> Vec<Vec<Neighbour>> {
    let maps: Vec<Map<'_>> = (0..index.len()).filter_map(|row| index.map(row)).collect();
    let dimensions = index.origin().dimensions();
    let width = dimensions.next_multiple_of(LANES);
    let tile = (TILE / dimensions).clamp(OTHERS, 256).next_multiple_of(OTHERS);
    let of_block = |queries: Range<usize>| {
        let (mut wide_queries, mut wide_others) = (Vec::new(), Vec::new());
        let mut products = vec![0i32; QUERIES * tile];
        widen(&maps[queries.clone()], [QUERIES, width], &mut wide_queries);
        let mut kept: Vec<Kept> = queries.clone().map(|_| Kept::new(top)).collect();
        for others in ranges(maps.len(), tile) {
            widen(&maps[others.clone()], [tile, width], &mut wide_others);
            kernel::multiply(width, &wide_queries, &wide_others, &mut products);
            let rows = products.chunks_exact(tile);
            for ((query, kept), products) in queries.clone().zip(&mut kept).zip(rows) {
                for (other, &dot) in others.clone().zip(products) {
                    let score = cosine(dot, maps[query].1, maps[other].1);
                    if other != query {
                        kept.offer(Neighbour { row: other, score });
                    }
                }
            }
        }
        kept.into_iter().map(|kept| kept.best).collect::<Vec<_>>()
    };
    let blocks: Vec<Range<usize>> = ranges(maps.len(), QUERIES).collect();
    blocks.into_par_iter().flat_map_iter(of_block).collect()
}

/// Cuts `count` rows into ranges of `length`, the last one shorter.
fn ranges(count: usize, length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(length).map(move |start| start..(start + length).min(count))
}

/// Puts maps into `count` rows of `width` 16-bit values, the rest of each row and the rows that are
/// missing filled with zeros, which add nothing.
fn widen(maps: &[Map<'_>], [count, width]: [usize; 2], wide: &mut Vec<i16>) {
    wide.clear();
    wide.resize(count * width, 0);
    for ((map, _), wide) in maps.iter().zip(wide.chunks_exact_mut(width)) {
        wide.iter_mut().zip(*map).for_each(|(wide, &code)| *wide = code.into());
    }
}

/// The best so far, best first. Offers come in the order of rows, so one that is only as good as the
/// last one kept stays behind it.
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
