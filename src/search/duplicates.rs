//! Groups neighbours that show nearly the same picture.

use serde::Serialize;

use super::{Filter, Neighbour, nearest};
use crate::embedding::Coefficients;
use crate::index::{Closeness, Index, Query, cosine};

/// The least cosine of near-duplicates: the same picture in another encoding, or the same object with another name.
pub const DUPLICATE: f32 = 0.985;

/// Duplicates are searched among this many times the wanted number of groups.
const DEPTH: usize = 4;

/// A neighbour and its near-duplicates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The row with the best score.
    pub row: usize,
    /// Its score.
    pub score: f32,
    /// The fraction of pairs that are less close, 0..=1; see [`Closeness::closer_than`].
    pub closer_than: f32,
    /// The rows of its near-duplicates, best first.
    pub duplicates: Vec<usize>,
}

/// The `top` groups of neighbours, best first; fewer where there are no more. Duplicates are searched among the
/// `4 * top` nearest neighbours, and among more where these make fewer than `top` groups.
///
/// # Panics
/// As [`nearest`].
pub fn nearest_groups<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    query: &Query,
    filter: Filter<'_>,
    top: usize,
    closeness: &Closeness<'_>,
) -> Vec<Group> {
    let mut depth = top.saturating_mul(DEPTH);
    loop {
        let found = nearest(index, query, filter, depth);
        let is_all = found.len() < depth;
        let groups = grouped(index, found, top, closeness);
        if is_all || groups.len() == top {
            return groups;
        }
        depth = depth.saturating_mul(DEPTH);
    }
}

/// The `top` groups of the `depth` nearest rows, best first.
///
/// # Panics
/// As [`nearest`].
pub fn nearest_groups_of<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    query: &Query,
    top: usize,
    depth: usize,
    closeness: &Closeness<'_>,
) -> Vec<Group> {
    grouped(index, nearest(index, query, Filter::default(), depth), top, closeness)
}

fn grouped<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    found: Vec<Neighbour>,
    top: usize,
    closeness: &Closeness<'_>,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: Vec<Coefficients> = Vec::new();
    for Neighbour { row, score } in found {
        let values = index.values(row);
        match known.iter().position(|other| cosine(other, &values) >= DUPLICATE) {
            Some(group) => groups[group].duplicates.push(row),
            None if groups.len() < top => {
                let closer_than = closeness.closer_than(score);
                groups.push(Group { row, score, closer_than, duplicates: Vec::new() });
                known.push(values);
            }
            None => {}
        }
    }
    groups
}
