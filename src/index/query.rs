//! Queries to an index.

use crate::embedding::{Coefficients, Embedding, PARTS};

/// A query, whose neighbours are searched. [`Index::query`](crate::index::Index::query) and
/// [`Index::query_of`](crate::index::Index::query_of) make it.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// A whole map, for an index of whole maps.
    Map {
        /// The map.
        map: Embedding,
        /// The number of its values before those of the odd positions.
        even: usize,
    },
    /// Products with the vectors of each part, for an index of codes.
    Point(Coefficients),
}

impl Query {
    /// Combines queries: the result is similar to those with a positive weight and dissimilar to those with a negative
    /// one. A query that is more similar to the mirror image of the first one is mirrored. Returns `None` where the sum
    /// is zero.
    ///
    /// # Panics
    /// Where the queries are not of the same index.
    pub fn combined(parts: &[(Query, f32)]) -> Option<Query> {
        let first = parts.first()?.0.values();
        let mut sum = PARTS.map(|part| vec![0f32; first[part].len()]);
        for (query, weight) in parts {
            let values = query.values();
            assert!(
                PARTS.iter().all(|&part| values[part].len() == sum[part].len()),
                "queries of the same index"
            );
            let weight = weight / length(&values).max(f32::MIN_POSITIVE);
            let side = if dot(&first[1], &values[1]) < 0.0 { -weight } else { weight };
            add(&mut sum[0], weight, &values[0]);
            add(&mut sum[1], side, &values[1]);
        }
        let (whole, wanted) = (length(&sum), length(&first));
        // With a hostile codebook, the length of a query may be too large for a float.
        if whole < 1e-6 || !whole.is_finite() || !wanted.is_finite() {
            return None;
        }
        // The sum gets the length of the first query, so that scores remain cosines.
        let scale = wanted / whole;
        sum.iter_mut().flatten().for_each(|value| *value *= scale);
        Some(match &parts[0].0 {
            Query::Map { even, .. } => {
                Query::Map { map: Embedding::from_values(&sum.concat()), even: *even }
            }
            Query::Point(_) => Query::Point(sum),
        })
    }

    pub(crate) fn values(&self) -> Coefficients {
        match self {
            Query::Map { map, even } => {
                let (even, odd) = map.codes().split_at(*even);
                [even, odd].map(|part| part.iter().map(|&code| f32::from(code)).collect())
            }
            Query::Point(point) => point.clone(),
        }
    }
}

/// The cosine of two vectors, or of one and the mirror image of the other, whichever is greater.
pub(crate) fn cosine(a: &Coefficients, b: &Coefficients) -> f32 {
    let lengths = length(a) * length(b);
    if lengths > 0.0 { (dot(&a[0], &b[0]) + dot(&a[1], &b[1]).abs()) / lengths } else { 0.0 }
}

fn length(values: &Coefficients) -> f32 {
    values.iter().map(|part| dot(part, part)).sum::<f32>().sqrt()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(crate) fn add(sum: &mut [f32], weight: f32, values: &[f32]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
}
