//! Eigenvalues and eigenvectors of a symmetric matrix, by Householder's reflections and implicit QL.

use ndarray::{Array1, Array2, s};

/// The eigenvalues, the largest first, and their eigenvectors as rows.
pub(super) fn symmetric(matrix: Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    let (mut diagonal, mut beside, mut vectors) = tridiagonal(matrix);
    diagonalise(&mut diagonal, &mut beside, &mut vectors);
    let mut order: Vec<usize> = (0..diagonal.len()).collect();
    order.sort_by(|&a, &b| diagonal[b].total_cmp(&diagonal[a]));
    let values = order.iter().map(|&at| diagonal[at]).collect();
    (values, vectors.select(ndarray::Axis(0), &order))
}

/// The diagonal and the subdiagonal of the tridiagonal matrix `V matrix V'`, and the rotation `V`.
fn tridiagonal(mut matrix: Array2<f64>) -> (Vec<f64>, Vec<f64>, Array2<f64>) {
    let side = matrix.nrows();
    let mut reflections: Vec<Array1<f64>> = Vec::with_capacity(side);
    let mut beside = vec![0.0; side];
    for (at, beside) in beside.iter_mut().enumerate().take(side.saturating_sub(1)) {
        let mut reflection = matrix.slice(s![at + 1.., at]).to_owned();
        let length = reflection.dot(&reflection).sqrt();
        let first = if reflection[0] > 0.0 { -length } else { length };
        *beside = first;
        reflection[0] -= first;
        let squared = reflection.dot(&reflection);
        if squared > 0.0 {
            reflection *= (2.0 / squared).sqrt();
            let mut rest = matrix.slice_mut(s![at + 1.., at + 1..]);
            let image = rest.dot(&reflection);
            let change = &image - &(&reflection * (0.5 * reflection.dot(&image)));
            for ((mut row, &own), &other) in
                rest.rows_mut().into_iter().zip(&reflection).zip(&change)
            {
                row.scaled_add(-own, &change);
                row.scaled_add(-other, &reflection);
            }
        }
        reflections.push(reflection);
    }
    let diagonal = matrix.diag().to_vec();
    let mut vectors = Array2::eye(side);
    // The product of all reflections. Starting with the last one keeps the changed part of the matrix small.
    for (at, reflection) in reflections.iter().enumerate().rev() {
        let mut part = vectors.slice_mut(s![at + 1.., at + 1..]);
        for mut row in part.rows_mut() {
            let along = row.dot(reflection);
            row.scaled_add(-along, reflection);
        }
    }
    (diagonal, beside, vectors)
}

/// Implicit QL with shifts, which also rotates `vectors`.
fn diagonalise(diagonal: &mut [f64], beside: &mut [f64], vectors: &mut Array2<f64>) {
    let side = diagonal.len();
    // Relative to the whole matrix, because next to zeros on the diagonal no value would be small enough.
    let sizes = diagonal.iter().zip(beside.iter()).map(|(a, b)| a.abs() + b.abs());
    let nothing = f64::EPSILON * sizes.fold(0.0, f64::max);
    for first in 0..side {
        loop {
            let is_small = |at: &usize| beside[*at].abs() <= nothing;
            let last = (first..side - 1).find(is_small).unwrap_or(side - 1);
            if last == first {
                break;
            }
            sweep(first, last, diagonal, beside, vectors);
        }
    }
}

/// One step of QL in the block from `first` to `last`.
fn sweep(
    first: usize,
    last: usize,
    diagonal: &mut [f64],
    beside: &mut [f64],
    vectors: &mut Array2<f64>,
) {
    let slope = (diagonal[first + 1] - diagonal[first]) / (2.0 * beside[first]);
    let root = (slope * slope + 1.0).sqrt();
    let mut g = diagonal[last] - diagonal[first] + beside[first] / (slope + root.copysign(slope));
    let (mut sine, mut cosine, mut shift) = (1.0, 1.0, 0.0);
    for at in (first..last).rev() {
        let (f, b) = (sine * beside[at], cosine * beside[at]);
        let length = (f * f + g * g).sqrt();
        beside[at + 1] = length;
        if length == 0.0 {
            diagonal[at + 1] -= shift;
            beside[last] = 0.0;
            return;
        }
        (sine, cosine) = (f / length, g / length);
        g = diagonal[at + 1] - shift;
        let change = (diagonal[at] - g) * sine + 2.0 * cosine * b;
        shift = sine * change;
        diagonal[at + 1] = g + shift;
        g = cosine * change - b;
        let (mut row, mut next) = vectors.multi_slice_mut((s![at, ..], s![at + 1, ..]));
        ndarray::Zip::from(&mut row).and(&mut next).for_each(|row, next| {
            let (a, b) = (*row, *next);
            *next = sine * a + cosine * b;
            *row = cosine * a - sine * b;
        });
    }
    diagonal[first] -= shift;
    beside[first] = g;
    beside[last] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_its_values_along_its_vectors() {
        let mut random = fastrand::Rng::with_seed(7);
        for side in [1, 2, 3, 10, 65] {
            let noise = Array2::from_shape_fn((side, side), |_| random.f64() - 0.5);
            let matrix = &noise + &noise.t();
            let (values, vectors) = symmetric(matrix.clone());
            assert!(values.is_sorted_by(|a, b| a >= b));
            let scaled = Array2::from_diag(&Array1::from(values)).dot(&vectors);
            let error = (vectors.t().dot(&scaled) - &matrix).mapv(f64::abs);
            assert!(error.iter().all(|&error| error < 1e-12 * side as f64), "side {side}");
            let overlaps = (vectors.dot(&vectors.t()) - Array2::<f64>::eye(side)).mapv(f64::abs);
            assert!(overlaps.iter().all(|&overlap| overlap < 1e-13 * side as f64));
        }
    }

    #[test]
    fn equal_values_and_zeros_are_no_trouble() {
        assert_eq!(symmetric(Array2::zeros((4, 4))).0, [0.0; 4]);
        assert_eq!(symmetric(Array2::eye(5)).0, [1.0; 5]);
        let ones = symmetric(Array2::ones((6, 6))).0;
        assert!((ones[0] - 6.0).abs() < 1e-12 && ones[1..].iter().all(|value| value.abs() < 1e-12));
    }
}
