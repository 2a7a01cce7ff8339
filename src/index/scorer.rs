//! Scores of the rows of an index for one query.

use super::kernel::scan;
use super::{Index, Query};
use crate::embedding::{Embedding, PARTS, Weights, cosine, mirrored_dot};

/// Computes the scores of an index's rows for one query.
pub(crate) struct Scorer<'a, Bytes> {
    index: &'a Index<Bytes>,
    /// The query, prepared for this index.
    pub(crate) weights: Weighed<'a>,
}

/// A query that is prepared for products with rows.
pub(crate) enum Weighed<'a> {
    /// For whole maps.
    Map { map: &'a Embedding, even: usize, squared_norm: u32 },
    /// For the codes of each level.
    Levels(Vec<Weights>),
}

impl<'a, Bytes: AsRef<[u8]>> Scorer<'a, Bytes> {
    /// Prepares a query.
    ///
    /// # Panics
    /// Where the query is not of this index.
    pub(crate) fn new(index: &'a Index<Bytes>, query: &'a Query) -> Scorer<'a, Bytes> {
        let weights = match (query, index.codebook()) {
            (Query::Map { map, even }, None) => {
                let origin = index.origin();
                let expected = (origin.dimensions(), origin.even());
                assert_eq!((map.codes().len(), *even), expected, "a query of this index");
                Weighed::Map { map, even: *even, squared_norm: map.squared_norm() }
            }
            (Query::Point(point), Some(codebook)) => {
                assert_eq!(
                    point.each_ref().map(Vec::len),
                    codebook.dimensions(),
                    "a query of this index"
                );
                Weighed::Levels(codebook.weights(point))
            }
            _ => panic!("a query of this index"),
        };
        Scorer { index, weights }
    }

    /// The score of a row, by its whole map or by all levels of its codes.
    pub(crate) fn score(&self, row: usize) -> f32 {
        match &self.weights {
            Weighed::Map { map: query, even, squared_norm } => {
                let Some((map, other)) = self.index.map(row) else { return 0.0 };
                cosine(mirrored_dot(query.codes(), map, *even), *squared_norm, other)
            }
            Weighed::Levels(weights) => {
                let levels = self.index.codebook().into_iter().flat_map(|book| &book.levels);
                let levels = levels.enumerate().take(self.index.levels());
                let mut parts = [0f64; 2];
                for ((at, level), weights) in levels.zip(weights) {
                    let codes = self.index.row_of((at, level), row);
                    for part in PARTS {
                        let mut sum = [0];
                        let own = &level.parts[part];
                        scan(&own.form, &weights.integers[part], codes[part], &mut sum);
                        parts[part] += f64::from(weights.unit) * f64::from(sum[0]);
                    }
                    parts[0] += f64::from(weights.offset);
                }
                (parts[0] + parts[1].abs()).clamp(-1.0, 1.0) as f32
            }
        }
    }
}
