//! Orthogonal axes for coefficients, so that inner products of rows are scores.
//!
//! The vectors of a codebook are rounded, so they are not exactly orthonormal. The dot product of two rows with the
//! coefficients `a` and `b` is `a' G b`, where `G` holds the products of the vectors with each other. With `G = L L'`
//! this is the inner product of `a' L` and `b' L`. The even and the odd part have separate vectors.

use ndarray::Array2;
use rayon::prelude::*;

use crate::embedding::{Codebook, PARTS};
use crate::error::{Details, Error, Result};
use crate::weights::quantise::cholesky;

/// `G` has no Cholesky factor where vectors depend on others. This is added to its diagonal, so that it has one.
const RIDGE: f32 = 1e-6;

/// Returns `L` of the even and of the odd part, by which rows of `sides` coefficients are multiplied.
///
/// # Errors
/// [`Error::EmbeddingFile`] where the vectors are not finite numbers.
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
            "a codebook of finite numbers",
            "values that are not finite",
            "make the codebook again with `recasketch embed --relearn`",
        )));
    }
    Ok(Array2::from_shape_fn(
        (side, side),
        |(row, column)| {
            if column <= row { matrix[[row, column]] } else { 0.0 }
        },
    ))
}
