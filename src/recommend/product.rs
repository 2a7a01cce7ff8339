//! [`Index`] -> the nearest of every row: the product of the embeddings with themselves, in blocks.
//!
//! A block of queries is multiplied with one tile of rows after another. Both are widened to 16 bits and
//! lie in the core's own caches meanwhile, so each byte of the index is read once per block of queries
//! and not once per query. Of the scores only each query's best are kept.

use std::ops::Range;

use rayon::prelude::*;

use super::kernel::{self, LANES, OTHERS};
use crate::embedding::cosine;
use crate::index::Index;
use crate::search::Neighbour;

/// Queries of a block.
const QUERIES: usize = 64;

/// Values of a tile: 64 KiB, a part of the smallest second cache in use.
const TILE: usize = 32 << 10;

/// The `top` nearest of every row, best first, itself left out; equal scores go in the order of rows.
pub fn all_nearest<Bytes: AsRef<[u8]> + Sync>(
    index: &Index<Bytes>,
    top: usize,
) -> Vec<Vec<Neighbour>> {
    let squared_norms: Vec<u32> = (0..index.len()).map(|row| index.squared_norm(row)).collect();
    let tile = (TILE / index.dimensions()).clamp(OTHERS, 256).next_multiple_of(OTHERS);
    let of_block = |queries: Range<usize>| {
        let (mut wide_queries, mut wide_others) = (Vec::new(), Vec::new());
        let mut products = vec![0i32; QUERIES * tile];
        let width = widen(index, queries.clone(), QUERIES, &mut wide_queries);
        let mut kept: Vec<Kept> = queries.clone().map(|_| Kept::new(top)).collect();
        for others in ranges(index.len(), tile) {
            widen(index, others.clone(), tile, &mut wide_others);
            kernel::multiply(width, &wide_queries, &wide_others, &mut products);
            let rows = products.chunks_exact(tile);
            for ((query, kept), products) in queries.clone().zip(&mut kept).zip(rows) {
                for (other, &dot) in others.clone().zip(products) {
                    let score = cosine(dot, squared_norms[query], squared_norms[other]);
                    if other != query {
                        kept.offer(Neighbour { row: other, score });
                    }
                }
            }
        }
        kept.into_iter().map(|kept| kept.best).collect::<Vec<_>>()
    };
    let blocks: Vec<Range<usize>> = ranges(index.len(), QUERIES).collect();
    blocks.into_par_iter().flat_map_iter(of_block).collect()
}

/// Cuts `count` rows into ranges of `length`, the last one shorter.
fn ranges(count: usize, length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(length).map(move |start| start..(start + length).min(count))
}

/// Puts rows of codes into `count` rows of 16-bit values, the rest of each row and the rows that are
/// missing filled with zeros, which add nothing; gives the rows' width.
fn widen<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    rows: Range<usize>,
    count: usize,
    wide: &mut Vec<i16>,
) -> usize {
    let width = index.dimensions().next_multiple_of(LANES);
    wide.clear();
    wide.resize(count * width, 0);
    for (row, wide) in rows.zip(wide.chunks_exact_mut(width)) {
        wide.iter_mut().zip(index.codes(row)).for_each(|(wide, &code)| *wide = code.into());
    }
    width
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
