//! Neighbours that are nearly the same picture, as one.

use serde::Serialize;

use super::{Filter, Neighbour, nearest};
use crate::embedding::Coefficients;
use crate::index::{Index, Query, cosine};

/// From this cosine on two models are near-duplicates: the same picture but for its encoding, or the same
/// object with another name.
pub const DUPLICATE: f32 = 0.985;

/// How many times as many neighbours as are asked for are looked at.
const DEPTH: usize = 4;

/// A neighbour and those that are nearly the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The row of the best of them.
    pub row: usize,
    /// Its score.
    pub score: f32,
    /// The share of the catalogue's pairs that are less alike, 0..=1; see [`closer_than`](crate::index::Calibration::closer_than).
    pub closer_than: f32,
    /// The rows of the others, best first.
    pub duplicates: Vec<usize>,
}

/// The `top` groups of neighbours, best first; fewer where there are no more. Duplicates are looked for
/// among the nearest four times `top`, and further where these are too few pictures.
///
/// # Panics
/// As [`nearest`].
pub fn nearest_groups<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    query: &Query,
    filter: Filter<'_>,
    top: usize,
) -> Vec<Group> {
    let mut depth = top.saturating_mul(DEPTH);
    loop {
        let found = nearest(index, query, filter, depth);
        let is_all = found.len() < depth;
        let groups = grouped(index, found, top);
        if is_all || groups.len() == top {
            return groups;
        }
        depth = depth.saturating_mul(DEPTH);
    }
}

fn grouped<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    found: Vec<Neighbour>,
    top: usize,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: Vec<Coefficients> = Vec::new();
    for Neighbour { row, score } in found {
        let values = index.values(row);
        match known.iter().position(|other| cosine(other, &values) >= DUPLICATE) {
            Some(group) => groups[group].duplicates.push(row),
            None if groups.len() < top => {
                let closer_than = index.calibration().closer_than(score);
                groups.push(Group { row, score, closer_than, duplicates: Vec::new() });
                known.push(values);
            }
            None => {}
        }
    }
    groups
}
