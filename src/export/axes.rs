//! Axes at right angles for coefficients, so that inner products of rows are scores.
//!
//! The vectors of a codebook are rounded, so they are not quite orthonormal: the score of two rows is
//! `a' G b`, where `G` has the vectors' products with each other. With `G = L L'` that is the inner product
//! of `a' L` and `b' L`.

use ndarray::Array2;
use rayon::prelude::*;

use crate::embedding::Codebook;
use crate::error::{Details, Error, Result};
use crate::quantise::cholesky;

/// Vectors that depend on others leave `G` without a square root, this little more has one.
const RIDGE: f32 = 1e-6;

/// What rows of coefficients are multiplied with, `L`.
///
/// # Errors
/// [`Error::EmbeddingFile`] where the vectors are no numbers.
pub(super) fn of(codebook: &Codebook) -> Result<Array2<f32>> {
    let side = codebook.dimensions();
    let row = |at: usize| {
        let mut one = vec![0.0; side];
        one[at] = 1.0;
        codebook.products(&one)
    };
    let rows: Vec<Vec<f32>> = (0..side).into_par_iter().map(row).collect();
    let mut matrix = Array2::from_shape_fn((side, side), |(row, column)| rows[row][column]);
    matrix.diag_mut().iter_mut().for_each(|value| *value += RIDGE);
    if !cholesky::factorise(&mut matrix) {
        return Err(Error::EmbeddingFile(Details::new(
            "a codebook of numbers",
            "others",
            "run `recasketch embed --relearn`",
        )));
    }
    let lower =
        |((row, column), value): ((usize, usize), &f32)| if column <= row { *value } else { 0.0 };
    let triangle = matrix.indexed_iter().map(lower).collect();
    Ok(Array2::from_shape_vec((side, side), triangle).expect("a value a place"))
}
