//! The Cholesky factorisation of a symmetric positive definite matrix, in blocks, on all cores.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

/// The side of the blocks.
const BLOCK: usize = 64;

/// The number of rows that one task updates.
const ROWS: usize = 256;

/// Replaces the lower triangle of a matrix by `L` with `L L' = matrix`. The values above the diagonal stay. Returns
/// false if the matrix is not positive definite.
pub(crate) fn factorise(matrix: &mut Array2<f32>) -> bool {
    let side = matrix.nrows();
    for start in (0..side).step_by(BLOCK) {
        let end = (start + BLOCK).min(side);
        if !factorise_block(matrix.slice_mut(s![start..end, start..end])) {
            return false;
        }
        let (above, mut below) = matrix.view_mut().split_at(Axis(0), end);
        let triangle = above.slice(s![start..end, start..end]);
        let mut panel = below.slice_mut(s![.., start..end]);
        let rows: Vec<_> = panel.rows_mut().into_iter().collect();
        rows.into_par_iter().for_each(|row| solve(row, triangle));
        let panel = panel.to_owned();
        let mut rest = below.slice_mut(s![.., end..]);
        let chunks: Vec<_> = rest.axis_chunks_iter_mut(Axis(0), ROWS).collect();
        chunks.into_par_iter().enumerate().for_each(|(chunk, mut rows)| {
            let (first, last) = (chunk * ROWS, chunk * ROWS + rows.nrows());
            let (own, all) = (panel.slice(s![first..last, ..]), panel.slice(s![..last, ..]));
            general_mat_mul(-1.0, &own, &all.t(), 1.0, &mut rows.slice_mut(s![.., ..last]));
        });
    }
    true
}

fn factorise_block(mut block: ArrayViewMut2<'_, f32>) -> bool {
    for column in 0..block.nrows() {
        for row in column..block.nrows() {
            let (a, b) = (block.slice(s![row, ..column]), block.slice(s![column, ..column]));
            let rest = block[[row, column]] - a.dot(&b);
            if row > column {
                block[[row, column]] = rest / block[[column, column]];
            } else if rest > 0.0 {
                block[[row, column]] = rest.sqrt();
            } else {
                return false; // also for NaN
            }
        }
    }
    true
}

/// Replaces `row` by the solution `x` of `L x = row`.
fn solve(mut row: ArrayViewMut1<'_, f32>, triangle: ArrayView2<'_, f32>) {
    for at in 0..row.len() {
        let known = triangle.slice(s![at, ..at]).dot(&row.slice(s![..at]));
        row[at] = (row[at] - known) / triangle[[at, at]];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `A A' + side`, of seeded noise: positive definite, with all sizes of blocks.
    fn positive(side: usize) -> Array2<f32> {
        let mut random = fastrand::Rng::with_seed(side as u64);
        let noise = Array2::from_shape_fn((side, side), |_| random.f32() - 0.5);
        noise.dot(&noise.t()) + Array2::<f32>::eye(side) * 0.1 * side as f32
    }

    #[test]
    fn the_triangle_squared_is_the_matrix() {
        for side in [1, 2, 63, 64, 65, 400] {
            let matrix = positive(side);
            let mut factor = matrix.clone();
            assert!(factorise(&mut factor));
            let triangle = Array2::from_shape_fn((side, side), |(row, column)| {
                if column <= row { factor[[row, column]] } else { 0.0 }
            });
            let error = (triangle.dot(&triangle.t()) - &matrix).mapv(f32::abs);
            let largest = error.iter().fold(0f32, |largest, &error| largest.max(error));
            assert!(largest < 1e-5 * side as f32, "{largest} of side {side}");
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_is_told() {
        let mut matrix = positive(100);
        matrix[[80, 80]] = -1.0;
        assert!(!factorise(&mut matrix));
        assert!(!factorise(&mut Array2::from_elem((3, 3), f32::NAN)));
    }
}
