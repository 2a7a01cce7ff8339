//! [`Index`] -> the nearest of every row: the product of the embeddings with themselves, in blocks.
//!
//! A block of rows is multiplied with another while both lie in the core's own cache, so each byte of
//! the index is read from memory once per block of queries and not once per query. Of the scores only
//! each row's best are kept.

use std::ops::Range;

use rayon::prelude::*;

use crate::embedding::{cosine, dot};
use crate::index::Index;
use crate::search::{Filter, Neighbour, nearest};

/// Bytes of a block of rows: two of them lie in half a megabyte, the smallest second cache in use.
const BLOCK: usize = 128 << 10;

/// The `top` nearest of every row, best first, itself left out; equal scores go in the order of rows.
pub fn all_nearest<Bytes: AsRef<[u8]> + Sync>(
    index: &Index<Bytes>,
    top: usize,
) -> Vec<Vec<Neighbour>> {
    if index.levels() > 0 {
        // Codes are few bytes; each row is searched for as a visitor's click does it.
        return (0..index.len())
            .into_par_iter()
            .map(|row| {
                let filter = Filter { except: Some(row), only: None };
                nearest(index, &index.query_of(row), filter, top)
            })
            .collect();
    }
    let maps: Vec<(&[i8], u32)> = (0..index.len()).filter_map(|row| index.map(row)).collect();
    let rows = (BLOCK / index.origin().dimensions()).clamp(1, 256);
    let blocks: Vec<Range<usize>> = (0..index.len())
        .step_by(rows)
        .map(|start| start..(start + rows).min(index.len()))
        .collect();
    let of_block = |queries: &Range<usize>| {
        let mut kept: Vec<Kept> = queries.clone().map(|_| Kept::new(top)).collect();
        let mut scores = vec![0f32; rows];
        for others in &blocks {
            for (query, kept) in queries.clone().zip(&mut kept) {
                let (map, squared_norm) = maps[query];
                for (score, (other, norm)) in scores.iter_mut().zip(&maps[others.clone()]) {
                    *score = cosine(dot(map, other), squared_norm, *norm);
                }
                for (other, &score) in others.clone().zip(&scores) {
                    if other != query {
                        kept.offer(Neighbour { row: other, score });
                    }
                }
            }
        }
        kept.into_iter().map(|kept| kept.best).collect::<Vec<_>>()
    };
    blocks.par_iter().flat_map_iter(of_block).collect()
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
