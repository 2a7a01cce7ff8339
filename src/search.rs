//! [`Index`] x [`Query`] x [`Filter`] -> the nearest [`Neighbour`]s.
//!
//! A score is the product of the even parts plus the absolute value of the product of the odd parts (see
//! [`Metric`](crate::embedding::Metric)). With whole maps, scores are exact cosines. With levels of codes, every row
//! that passes the filter is scored by the first level, and the best few are scored again by all levels. The result
//! depends only on these scores, not on the order of the file.

mod condition;
mod duplicates;
mod postings;
mod regions;
mod rows;
mod spread;
mod words;

use std::cmp::Ordering;
use std::collections::BinaryHeap;

pub use condition::{Condition, Field};
pub use duplicates::{DUPLICATE, Group, nearest_groups, nearest_groups_of};
#[cfg(feature = "native")]
pub use postings::{Entry, write as write_lists};
pub use postings::{Lists, UID};
pub use regions::{Regions, regions};
pub use rows::RowSet;
use serde::Serialize;
pub use spread::spread;
pub use words::{ENOUGH, Named, RankedBy, Texts, WordIndex, nearest_named};

use crate::embedding::{PARTS, Weights};
use crate::index::{Index, Query, Scorer, Weighed, scan};

/// The rows that are scored before they are compared with the best; a word of a [`RowSet`].
const CHUNK: usize = 64;

/// The first level hands this many times the number of wanted rows to re-ranking, and at least this number of rows.
const SHORT_LIST: usize = 4;
const SHORTEST_LIST: usize = 200;

/// A model that is similar to the query.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Neighbour {
    /// The model's row in the embedding file and in the catalogue.
    pub row: usize,
    /// The cosine of the two embeddings, -1..=1, with the precision of the codes.
    pub score: f32,
}

/// Which rows may be neighbours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// A row to leave out, because it is the query itself.
    pub except: Option<usize>,
    /// The rows that may be neighbours; `None` for all.
    pub only: Option<&'a RowSet>,
}

impl Filter<'_> {
    /// Whether a row may be a neighbour.
    pub fn passes(&self, row: usize) -> bool {
        self.word(row / CHUNK) >> (row % CHUNK) & 1 == 1
    }

    /// The rows from `64 * at` on, one bit each, which is 1 where a row may be a neighbour.
    fn word(&self, at: usize) -> u64 {
        let word = self.only.map_or(u64::MAX, |rows| rows.word(at));
        match self.except {
            Some(row) if row / CHUNK == at => word & !(1 << (row % CHUNK)),
            _ => word,
        }
    }
}

/// The `top` rows that are most similar to the query, best first. Rows with equal scores keep their order.
///
/// # Panics
/// Where the query or the filter is not of this index.
pub fn nearest<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    query: &Query,
    filter: Filter<'_>,
    top: usize,
) -> Vec<Neighbour> {
    assert!(filter.only.is_none_or(|rows| rows.rows() == index.len()), "a filter of this index");
    let scorer = Scorer::new(index, query);
    let found = match &scorer.weights {
        Weighed::Levels(weights) if index.levels() > 1 => {
            let list = short_list(top);
            let listed = first_level(index, &weights[0], filter, list);
            let mut best = Best::new(top, index.len());
            listed.into_iter().for_each(|(_, row)| best.offer(scorer.score(row).into(), row));
            best.sorted()
        }
        Weighed::Levels(weights) => first_level(index, &weights[0], filter, top)
            .into_iter()
            .map(|(_, row)| (scorer.score(row).into(), row))
            .collect(),
        Weighed::Map { .. } => {
            let mut best = Best::new(top, index.len());
            for at in 0..index.len().div_ceil(CHUNK) {
                allowed(filter.word(at), at, index.len())
                    .for_each(|row| best.offer(scorer.score(row).into(), row));
            }
            best.sorted()
        }
    };
    found.into_iter().map(|(Score(score), row)| Neighbour { row, score }).collect()
}

/// The number of rows that the first level hands to re-ranking for `top` wanted ones.
pub fn short_list(top: usize) -> usize {
    top.saturating_mul(SHORT_LIST).max(SHORTEST_LIST)
}

/// The `count` best rows by the codes of the first level, best first, each with a score that can be compared with those
/// of other indexes with the same codebook. Empty for whole maps.
///
/// # Panics
/// As [`nearest`].
pub fn candidates<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    query: &Query,
    filter: Filter<'_>,
    count: usize,
) -> Vec<(i32, usize)> {
    match &Scorer::new(index, query).weights {
        Weighed::Levels(weights) => first_level(index, &weights[0], filter, count),
        Weighed::Map { .. } => Vec::new(),
    }
}

/// The best rows by the codes of the first level.
fn first_level<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    weights: &Weights,
    filter: Filter<'_>,
    count: usize,
) -> Vec<(i32, usize)> {
    let Some(codebook) = index.codebook() else { return Vec::new() };
    let rows = index.rows(0);
    let mut best = Best::new(count, index.len());
    let mut sums = [[0; CHUNK]; 2];
    for at in 0..index.len().div_ceil(CHUNK) {
        let word = filter.word(at);
        if word == 0 {
            continue;
        }
        let chunk = CHUNK * at..index.len().min(CHUNK * at + CHUNK);
        for part in PARTS {
            let form = &codebook.levels[0].parts[part].form;
            let rows = &rows[part][form.bytes() * chunk.start..form.bytes() * chunk.end];
            scan(form, &weights.integers[part], rows, &mut sums[part][..chunk.len()]);
        }
        for (bit, row) in chunk.enumerate() {
            let score = sums[0][bit] + sums[1][bit].abs();
            if best.takes(&score) && word >> bit & 1 == 1 {
                best.offer(score, row);
            }
        }
    }
    best.sorted()
}

/// The rows of a filter's word, below `rows`.
fn allowed(word: u64, at: usize, rows: usize) -> impl Iterator<Item = usize> {
    let bits = (0..CHUNK).filter(move |bit| word >> bit & 1 == 1);
    bits.map(move |bit| CHUNK * at + bit).take_while(move |&row| row < rows)
}

/// Keeps the best of the offered rows, by score and then by row.
struct Best<S> {
    count: usize,
    /// The greatest element is the worst kept row, which is replaced first.
    kept: BinaryHeap<Ranked<S>>,
}

impl<S: Ord + Copy> Best<S> {
    /// Keeps `count` rows of up to `offers`.
    fn new(count: usize, offers: usize) -> Best<S> {
        Best { count, kept: BinaryHeap::with_capacity(count.min(offers) + 1) }
    }

    /// Whether a row with this score would be kept, given that its number is greater than those offered before.
    fn takes(&self, score: &S) -> bool {
        self.kept.len() < self.count || self.kept.peek().is_some_and(|worst| *score > worst.score)
    }

    fn offer(&mut self, score: S, row: usize) {
        let candidate = Ranked { score, row };
        if self.kept.len() < self.count {
            self.kept.push(candidate);
        } else if self.kept.peek().is_some_and(|worst| candidate < *worst) {
            self.kept.pop();
            self.kept.push(candidate);
        }
    }

    fn sorted(self) -> Vec<(S, usize)> {
        self.kept.into_sorted_vec().into_iter().map(|ranked| (ranked.score, ranked.row)).collect()
    }
}

/// A row with its score, ordered from best to worst.
#[derive(PartialEq, Eq)]
struct Ranked<S> {
    score: S,
    row: usize,
}

impl<S: Ord> PartialOrd for Ranked<S> {
    fn partial_cmp(&self, other: &Ranked<S>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S: Ord> Ord for Ranked<S> {
    fn cmp(&self, other: &Ranked<S>) -> Ordering {
        other.score.cmp(&self.score).then(self.row.cmp(&other.row))
    }
}

/// A float score with a total order.
#[derive(Debug, Clone, Copy)]
struct Score(f32);

impl From<f32> for Score {
    fn from(score: f32) -> Score {
        Score(score)
    }
}

impl PartialEq for Score {
    fn eq(&self, other: &Score) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Score) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Score) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}
