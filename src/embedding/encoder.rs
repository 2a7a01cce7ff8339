//! [`Embedding`] -> rows of codes.
//!
//! The vectors of a codebook are rounded, so they are not quite orthonormal. The coefficients of a row are the weights
//! of the vectors whose sum is nearest to the map (least squares). The coefficients of a query are its products with
//! the vectors. Their dot product is the cosine, except for the parts of the maps outside the span of the vectors.

use super::codebook::{Codebook, Coefficients, Level, PARTS};
use super::{Embedding, dot};

/// A row of codes of each part.
pub type Row = [Vec<u8>; 2];

/// A codebook that is prepared for encoding.
pub struct Encoder<'a> {
    codebook: &'a Codebook,
    /// For each level and part, the inverse of the Gram matrix of the vectors up to this level, row by row.
    inverses: Vec<[Vec<f32>; 2]>,
}

impl Encoder<'_> {
    /// Prepares a codebook.
    pub fn new(codebook: &Codebook) -> Encoder<'_> {
        let inverses = (1..=codebook.levels.len()).map(|count| {
            PARTS.map(|part| inverse(gram(&vectors(codebook, part, &codebook.levels[..count]))))
        });
        Encoder { codebook, inverses: inverses.collect() }
    }

    /// Encodes an embedding as a row of codes for each level.
    ///
    /// # Panics
    /// Where the embedding is not of the codebook's shape.
    pub fn encode(&self, embedding: &Embedding) -> Vec<Row> {
        let products = self.codebook.coefficients(embedding);
        let mut said: Coefficients = Default::default();
        let rows = self.codebook.levels.iter().zip(&self.inverses).map(|(level, inverses)| {
            PARTS.map(|part| {
                let (own, said) = (&level.parts[part], &mut said[part]);
                said.extend(&own.mean);
                let products = &products[part][..said.len()];
                let solution = inverses[part]
                    .chunks_exact(said.len().max(1))
                    .map(|row| row.iter().zip(products).map(|(a, b)| a * b).sum::<f32>());
                let mut rest: Vec<f32> =
                    solution.zip(said.iter()).map(|(value, said)| value - said).collect();
                let whole = rest.clone();
                let row = own.encode(&mut rest);
                let coded = whole.iter().zip(&rest).map(|(whole, rest)| whole - rest);
                said.iter_mut().zip(coded).for_each(|(said, coded)| *said += coded);
                row
            })
        });
        rows.collect()
    }
}

/// The codes of a vector and their scale.
pub(super) type Scaled<'a> = (&'a [i8], f32);

/// The vectors of a part in some levels of a codebook.
pub(super) fn vectors<'a>(
    codebook: &Codebook,
    part: usize,
    levels: &'a [Level],
) -> Vec<Scaled<'a>> {
    let of_level = |level: &'a Level| {
        let (own, length) = (&level.parts[part], codebook.length(part, level.channels).max(1));
        own.vectors.chunks_exact(length).zip(own.vector_scales.iter().copied())
    };
    levels.iter().flat_map(of_level).collect()
}

/// The lower triangle of the Gram matrix, row by row. A vector of fewer channels counts as zero in the others.
pub(super) fn gram(vectors: &[Scaled<'_>]) -> Vec<Vec<f64>> {
    let product = |(a, scale_a): &Scaled<'_>, (b, scale_b): &Scaled<'_>| {
        let length = a.len().min(b.len());
        f64::from(dot(&a[..length], &b[..length])) * f64::from(*scale_a) * f64::from(*scale_b)
    };
    let row = |at: usize| vectors[..=at].iter().map(|other| product(&vectors[at], other)).collect();
    #[cfg(feature = "native")]
    {
        use rayon::prelude::*;
        (0..vectors.len()).into_par_iter().map(row).collect()
    }
    #[cfg(not(feature = "native"))]
    (0..vectors.len()).map(row).collect()
}

/// The inverse of a positive definite matrix, which is given by its lower triangle. Rows of vectors that depend on
/// earlier vectors become zeros.
pub(super) fn inverse(mut triangle: Vec<Vec<f64>>) -> Vec<f32> {
    let side = triangle.len();
    // Cholesky's L, then its inverse, row by row.
    let mut inverse: Vec<Vec<f64>> = Vec::with_capacity(side);
    for row in 0..side {
        let (done, rest) = triangle.split_at_mut(row);
        let own = &mut rest[0];
        for column in 0..row {
            let known: f64 = own[..column].iter().zip(&done[column]).map(|(a, b)| a * b).sum();
            let pivot = done[column][column];
            own[column] = if pivot > 0.0 { (own[column] - known) / pivot } else { 0.0 };
        }
        let left = own[row] - own[..row].iter().map(|value| value * value).sum::<f64>();
        own[row] = if left > 1e-6 * own[row] { left.sqrt() } else { 0.0 };
        let mut inverted = vec![0.0; row + 1];
        if own[row] > 0.0 {
            for (factor, before) in own[..row].iter().zip(&inverse) {
                inverted.iter_mut().zip(before).for_each(|(to, from)| *to -= factor * from);
            }
            inverted[row] = 1.0;
            inverted.iter_mut().for_each(|value| *value /= own[row]);
        }
        inverse.push(inverted);
    }
    // (L L')^-1 is the sum of the outer products of the rows of L^-1 with themselves.
    let mut whole = vec![0f64; side * side];
    for row in &inverse {
        for (at, &factor) in row.iter().enumerate() {
            let to = &mut whole[at * side..at * side + row.len()];
            to.iter_mut().zip(row).for_each(|(to, value)| *to += factor * value);
        }
    }
    whole.into_iter().map(|value| value as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_times_the_matrix_is_one() {
        let matrix = [[4.0, 2.0, 0.4], [2.0, 5.0, 0.3], [0.4, 0.3, 1.0]];
        let triangle = (0..3).map(|row| matrix[row][..=row].to_vec()).collect();
        let inverse = inverse(triangle);
        for (at, row) in inverse.chunks(3).enumerate() {
            for (column, expected) in
                (0..3).map(|column| (column, f64::from(u8::from(at == column))))
            {
                let product: f64 =
                    row.iter().zip(&matrix).map(|(a, b)| f64::from(*a) * b[column]).sum();
                assert!((product - expected).abs() < 1e-6, "{at} {column}: {product}");
            }
        }
        // The second vector equals the first.
        assert_eq!(super::inverse(vec![vec![4.0], vec![4.0, 4.0]]), [0.25, 0.0, 0.0, 0.0]);
    }
}
