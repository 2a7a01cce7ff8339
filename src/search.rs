//! [`Index`] x [`Embedding`] x [`Filter`] -> the nearest [`Neighbour`]s, exactly.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde::Serialize;

use crate::embedding::{Embedding, cosine, dot};
use crate::index::Index;

/// A model that is like the query.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Neighbour {
    /// The model's row in the embedding file and in the catalogue.
    pub row: usize,
    /// Cosine of the two embeddings, -1..=1.
    pub score: f32,
}

/// Which rows may be neighbours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// A row that may not, because it is the query itself.
    pub except: Option<usize>,
}

impl Filter {
    fn allows(&self, row: usize) -> bool {
        self.except != Some(row)
    }
}

/// The `top` rows most like the query, best first; equal scores go in the order of rows.
///
/// The query must have the index's dimensions, as [`Index::embedding`] and the network that the
/// index was made with give them.
pub fn nearest<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    query: &Embedding,
    filter: Filter,
    top: usize,
) -> Vec<Neighbour> {
    assert_eq!(query.codes().len(), index.dimensions(), "the query has the index's dimensions");
    let squared_norm = query.squared_norm();
    // The heap's greatest is the worst kept so far, the one to give way.
    let mut kept: BinaryHeap<Ranked> = BinaryHeap::with_capacity(top.min(index.len()) + 1);
    for row in (0..index.len()).filter(|&row| filter.allows(row)) {
        let dot = dot(query.codes(), index.codes(row));
        let score = cosine(dot, squared_norm, index.squared_norm(row));
        let candidate = Ranked(Neighbour { row, score });
        if kept.len() < top {
            kept.push(candidate);
        } else if kept.peek().is_some_and(|worst| candidate < *worst) {
            kept.pop();
            kept.push(candidate);
        }
    }
    kept.into_sorted_vec().into_iter().map(|Ranked(neighbour)| neighbour).collect()
}

/// A neighbour ordered from best to worst.
#[derive(PartialEq)]
struct Ranked(Neighbour);

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Ranked) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Ranked) -> Ordering {
        other.0.score.total_cmp(&self.0.score).then(self.0.row.cmp(&other.0.row))
    }
}
