//! Axes at right angles for coefficients, so that inner products of rows are scores.
//!
//! The vectors of a codebook are rounded, so they are not quite orthonormal: the dot product of what two rows
//! stand for is `a' G b`, where `G` has the vectors' products with each other. With `G = L L'` that is the
//! inner product of `a' L` and `b' L`. The even and the odd part have vectors of their own.

use ndarray::Array2;
use rayon::prelude::*;

use crate::embedding::{Codebook, PARTS};
use crate::error::{Details, Error, Result};
use crate::weights::quantise::cholesky;

/// Vectors that depend on others leave `G` without a square root, this little more has one.
const RIDGE: f32 = 1e-6;

/// What rows of so many coefficients of each part are multiplied with, `L`.
///
/// # Errors
/// [`Error::EmbeddingFile`] where the vectors are no numbers.
pub(super) fn of(codebook: &Codebook, sides: [usize; 2]) -> Result<[Array2<f32>; 2]> {
    let [even, odd] = PARTS.map(|part| of_part(codebook, sides, part));
    Ok([even?, odd?])
}

fn of_part(codebook: &Codebook, sides: [usize; 2], part: usize) -> Result<Array2<f32>> {
    let side = sides[part];
    let row = |at: usize| {
        let mut one = sides.map(|side| vec![0.0; side]);
        one[part][at] = 1.0;
        let [even, odd] = codebook.products(&one);
        if part == 0 { even } else { odd }
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
    Ok(Array2::from_shape_fn(
        (side, side),
        |(row, column)| {
            if column <= row { matrix[[row, column]] } else { 0.0 }
        },
    ))
}
