//! The principal directions of rows, by iteration on a random subspace.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, Axis, LinalgScalar, s};
use rayon::prelude::*;

use super::eigen;
use super::matrix::{Matrix, blocks};
use crate::error::Result;

/// The number of iterations, each of which turns the subspace towards the largest directions.
const ITERATIONS: usize = 2;

/// The number of additional directions, which make the last wanted ones accurate.
const SPARE: usize = 32;

/// A direction depends on the others where less than this fraction of its square remains without them.
const NOTHING: f64 = 1e-9;

/// The rows of a product that one task computes.
const ROWS: usize = 128;

/// The second moments of the first `columns` values of `rows` in up to `count` orthonormal directions, the largest
/// first, and these directions as rows. There are fewer where the rows span fewer dimensions. Calls `told` with the
/// parts of the work that are done, and with all.
///
/// # Errors
/// Those of [`Matrix::read`].
pub(super) fn directions(
    rows: &mut Matrix,
    columns: usize,
    count: usize,
    told: impl Fn(usize, usize),
) -> Result<(Vec<f64>, Array2<f32>)> {
    let all = (2 + 2 * ITERATIONS) * rows.blocks().count();
    let mut done = 0;
    let mut step = || {
        done += 1;
        told(done, all);
    };
    let wanted = (count + SPARE).min(rows.rows()).min(columns);
    let mut random = fastrand::Rng::with_seed(0);
    let start = Array2::from_shape_fn((wanted, rows.rows()), |_| random.f32() - 0.5);
    let mut basis = orthonormal(sums(&start, rows, columns, &mut step)?);
    drop(start);
    for _ in 0..ITERATIONS {
        let images = orthonormal(images(&basis, rows, &mut step)?);
        basis = orthonormal(sums(&images, rows, columns, &mut step)?);
    }
    // The exact solution within the subspace.
    let (mut values, vectors) = eigen::symmetric(moments(&images(&basis, rows, &mut step)?));
    let least = values.first().map_or(0.0, |largest| largest * NOTHING);
    let kept = values.iter().take(count).take_while(|&&value| value > least).count();
    values.truncate(kept);
    let vectors = vectors.slice(s![..kept, ..]).mapv(|value| value as f32);
    Ok((values, product(vectors.view(), basis.view())))
}

/// `weights rows`: weighted sums of the first `columns` values of all rows. Calls `step` after each block of rows.
fn sums(
    weights: &Array2<f32>,
    rows: &mut Matrix,
    columns: usize,
    mut step: impl FnMut(),
) -> Result<Array2<f32>> {
    let mut sums = Array2::zeros((weights.nrows(), columns));
    for block in rows.blocks() {
        let own = rows.read(block.clone())?;
        add_product(weights.slice(s![.., block]), own.slice(s![.., ..columns]), &mut sums);
        step();
    }
    Ok(sums)
}

/// `basis rows'`: the products of the basis with all rows. Calls `step` after each block of rows.
fn images(basis: &Array2<f32>, rows: &mut Matrix, mut step: impl FnMut()) -> Result<Array2<f32>> {
    let mut images = Array2::zeros((basis.nrows(), rows.rows()));
    for block in rows.blocks() {
        let own = rows.read(block.clone())?;
        let own = own.slice(s![.., ..basis.ncols()]);
        images.slice_mut(s![.., block]).assign(&product(basis.view(), own.t()));
        step();
    }
    Ok(images)
}

/// The matrix product `a b`, on all cores.
pub(super) fn product(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut product = Array2::zeros((a.nrows(), b.ncols()));
    add_product(a, b, &mut product);
    product
}

/// Adds the matrix product `a b`, on all cores.
fn add_product<T: LinalgScalar + Send + Sync>(
    a: ArrayView2<'_, T>,
    b: ArrayView2<'_, T>,
    to: &mut Array2<T>,
) {
    let chunks: Vec<_> = to.axis_chunks_iter_mut(Axis(0), ROWS).collect();
    let parts: Vec<_> = a.axis_chunks_iter(Axis(0), ROWS).collect();
    chunks.into_par_iter().zip(parts).for_each(|(mut to, a)| {
        general_mat_mul(T::one(), &a, &b, T::one(), &mut to);
    });
}

/// The Gram matrix of the rows, in double precision.
fn moments(rows: &Array2<f32>) -> Array2<f64> {
    let mut moments = Array2::zeros((rows.nrows(), rows.nrows()));
    for block in blocks(rows.ncols()) {
        let own = rows.slice(s![.., block]).mapv(f64::from);
        add_product(own.view(), own.t(), &mut moments);
    }
    moments
}

/// An orthonormal basis of the rows, by Cholesky's decomposition. Rows that depend on earlier ones are left out.
fn orthonormal(mut rows: Array2<f32>) -> Array2<f32> {
    let triangle = triangle(moments(&rows));
    let kept: Vec<usize> = (0..rows.nrows()).filter(|&row| triangle[[row, row]] > 0.0).collect();
    let inverse = inverse(&triangle.select(Axis(0), &kept).select(Axis(1), &kept));
    let inverse = inverse.mapv(|value| value as f32);
    if kept.len() < rows.nrows() {
        rows = rows.select(Axis(0), &kept);
    }
    // In place, because the rows are as long as the sample.
    for block in blocks(rows.ncols()) {
        let mut own = rows.slice_mut(s![.., block]);
        let turned = product(inverse.view(), own.view());
        own.assign(&turned);
    }
    rows
}

/// The lower triangle `L` with `L L' = matrix`. Rows that depend on earlier ones become zeros.
fn triangle(mut matrix: Array2<f64>) -> Array2<f64> {
    for row in 0..matrix.nrows() {
        let whole = matrix[[row, row]];
        for column in 0..row {
            let known = matrix.slice(s![row, ..column]).dot(&matrix.slice(s![column, ..column]));
            let pivot = matrix[[column, column]];
            let rest = matrix[[row, column]] - known;
            matrix[[row, column]] = if pivot > 0.0 { rest / pivot } else { 0.0 };
        }
        let own = matrix.slice(s![row, ..row]);
        let left = whole - own.dot(&own);
        matrix[[row, row]] = if left > NOTHING * whole { left.sqrt() } else { 0.0 };
        if matrix[[row, row]] == 0.0 {
            matrix.slice_mut(s![row, ..row]).fill(0.0);
        }
    }
    matrix
}

/// The inverse of a lower triangular matrix without zeros on its diagonal.
fn inverse(triangle: &Array2<f64>) -> Array2<f64> {
    let side = triangle.nrows();
    let mut inverse = Array2::<f64>::zeros((side, side));
    for row in 0..side {
        let (done, mut rest) = inverse.view_mut().split_at(Axis(0), row);
        let mut own = rest.row_mut(0);
        for before in 0..row {
            let factor = triangle[[row, before]];
            own.slice_mut(s![..=before]).scaled_add(-factor, &done.slice(s![before, ..=before]));
        }
        own[row] = 1.0;
        own /= triangle[[row, row]];
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planted_directions_are_found_in_order() {
        let mut random = fastrand::Rng::with_seed(3);
        let mut noise = |shape| Array2::from_shape_fn(shape, |_| random.f32() - 0.5);
        let planted = orthonormal(noise((5, 60)));
        let strengths = [8.0, 4.0, 2.0, 1.0, 0.5];
        let mut weights = noise((400, 5));
        weights.columns_mut().into_iter().zip(strengths).for_each(|(mut column, s)| column *= s);
        let rows = weights.dot(&planted) + noise((400, 60)) * 0.001;
        let (moments, found) = directions(&mut Matrix::of(&rows), 60, 5, |_, _| ()).unwrap();
        assert_eq!(found.dim(), (5, 60));
        for (moment, direction) in moments.iter().zip(found.rows()) {
            let images = rows.dot(&direction);
            let expected = f64::from(images.dot(&images));
            assert!((moment / expected - 1.0).abs() < 1e-4, "{moment} for {expected}");
        }
        for (at, (found, planted)) in found.rows().into_iter().zip(planted.rows()).enumerate() {
            assert!(found.dot(&planted).abs() > 0.98, "direction {at}: {}", found.dot(&planted));
        }
    }

    #[test]
    fn rows_that_span_less_give_less() {
        let row = Array2::from_shape_fn((1, 9), |(_, at)| at as f32 - 3.0);
        let same = ndarray::concatenate![Axis(0), row, row, row];
        let (_, found) = directions(&mut Matrix::of(&same), 9, 3, |_, _| ()).unwrap();
        assert_eq!(found.dim(), (1, 9));
        assert!((found.dot(&found.t())[[0, 0]] - 1.0).abs() < 1e-6);
        let zeros = Array2::zeros((4, 9));
        assert_eq!(directions(&mut Matrix::of(&zeros), 9, 3, |_, _| ()).unwrap().1.nrows(), 0);
    }
    #[test]
    fn sums_in_blocks_are_those_of_one_product_to_the_bit() {
        let mut random = fastrand::Rng::with_seed(5);
        let mut noise = |shape| Array2::from_shape_fn(shape, |_| random.f32() - 0.5);
        let (weights, rows) = (noise((7, 2500)), noise((2500, 33)));
        let mut matrix = Matrix::of(&rows);
        assert_eq!(
            sums(&weights, &mut matrix, 33, || ()).unwrap(),
            product(weights.view(), rows.view())
        );
        let columns = rows.slice(s![.., ..20]);
        assert_eq!(
            sums(&weights, &mut matrix, 20, || ()).unwrap(),
            product(weights.view(), columns)
        );
        let basis = noise((7, 33));
        assert_eq!(images(&basis, &mut matrix, || ()).unwrap(), product(basis.view(), rows.t()));
        let wide = weights.mapv(f64::from);
        let mut whole = Array2::zeros((7, 7));
        add_product(wide.view(), wide.t(), &mut whole);
        assert_eq!(moments(&weights), whole);
    }
}
