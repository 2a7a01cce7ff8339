//! Divides the rows of an index into cells of similar rows, each with a centre, by spherical k-means over the values of
//! the first level's codes.
//!
//! Within a cell, similar rows stand beside each other, so that the rows near a query lie in few ranges of its files.
//!
//! A model and its mirror image have the same scores. Therefore the sign of a row's odd part is set to that of its
//! centre before the row is added to a sum. The cells depend only on the rows, not on the number of cores.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, Axis, s};
use rayon::prelude::*;

use super::calibration::sample;
use super::{CELL_ROWS, Index};
use crate::embedding::{Codebook, PARTS, Row, Watch};
use crate::error::Result;

/// The mean number of models in a cell. The first level's codes of such a cell take about 128 kB.
const MODELS: usize = 1000;

/// The number of rows per centre that k-means uses, and its number of iterations.
const SAMPLE: usize = 64;
const ITERATIONS: usize = 10;

/// The mean number of rows that stand beside each other because they are similar, and the iterations that find them.
const BESIDE: usize = 32;
const ITERATIONS_BESIDE: usize = 4;

/// The rows that one task assigns.
const CHUNK: usize = 1024;

/// The rows of each cell, and the centres as rows of codes.
pub struct Clustering {
    /// The rows of each cell, similar ones beside each other.
    pub cells: Vec<Vec<usize>>,
    /// The centre of each cell.
    pub centres: Vec<Row>,
}

impl Clustering {
    /// The head of the cells of an index: a file of the first level whose rows are the centres, then a sample of the
    /// models.
    ///
    /// # Errors
    /// As [`Index::with_rows`].
    ///
    /// # Panics
    /// Where rows are whole maps.
    pub fn head<Bytes: AsRef<[u8]>>(&self, index: &Index<Bytes>) -> Result<Index<Vec<u8>>> {
        let [even, odd] = self.head_rows(index);
        let models = self.cells.iter().map(Vec::len).sum();
        index.with_rows(self.centres.len() + sample(models).len(), [&even, &odd])
    }

    /// The rows of the head, for each part: the centres, then the sample.
    ///
    /// # Panics
    /// Where rows are whole maps.
    pub fn head_rows<Bytes: AsRef<[u8]>>(&self, index: &Index<Bytes>) -> [Vec<u8>; 2] {
        let level = &index.codebook().expect("rows of codes").levels[0];
        let order = self.cells.concat();
        PARTS.map(|part| {
            let centres = self.centres.iter().flat_map(|centre| centre[part].iter());
            let sample = sample(order.len()).into_iter();
            let sample = sample.flat_map(|at| index.row_of((0, level), order[at])[part]);
            centres.chain(sample).copied().collect()
        })
    }
}

/// Divides an index into cells that it has been divided into before. `before` has the rows of each cell that are still
/// there, in their order. They stay where their centre is still the most similar one, and other rows come after them.
/// Where a cell is full, the next one with its centre takes them, or a new one behind all others.
///
/// # Panics
/// Where rows are whole maps, or centres are no rows of the same codebook.
pub fn assigned<Bytes: AsRef<[u8]> + Sync>(index: &Index<Bytes>, before: Clustering) -> Clustering {
    let codebook = index.codebook().expect("rows of codes").first_level();
    let points = Points { index, codebook };
    let Clustering { mut cells, mut centres } = before;
    let mut distinct: Vec<Row> = Vec::new();
    // The cells of each centre.
    let mut of_centre: Vec<Vec<usize>> = Vec::new();
    for (cell, centre) in centres.iter().enumerate() {
        match distinct.iter().position(|known| known == centre) {
            Some(at) => of_centre[at].push(cell),
            None => {
                distinct.push(centre.clone());
                of_centre.push(vec![cell]);
            }
        }
    }
    let rows: Vec<usize> = (0..index.len()).collect();
    let nearest = points.assign(&rows, &points.decoded(&distinct));
    let mut is_there = vec![false; index.len()];
    for (at, own) in of_centre.iter().enumerate() {
        for &cell in own {
            cells[cell].retain(|&row| nearest[row].0 == at);
            cells[cell].iter().for_each(|&row| is_there[row] = true);
        }
    }
    for row in rows.into_iter().filter(|&row| !is_there[row]) {
        let at = nearest[row].0;
        let own = &mut of_centre[at];
        let cell = own.iter().copied().find(|&cell| cells[cell].len() < CELL_ROWS);
        let cell = cell.unwrap_or_else(|| {
            own.push(cells.len());
            cells.push(Vec::new());
            centres.push(distinct[at].clone());
            cells.len() - 1
        });
        cells[cell].push(row);
    }
    Clustering { cells, centres }
}

/// Divides an index into cells, and reports the progress.
///
/// # Panics
/// Where rows are whole maps.
pub fn clustered<Bytes: AsRef<[u8]> + Sync>(index: &Index<Bytes>, watch: &Watch) -> Clustering {
    let codebook = index.codebook().expect("rows of codes").first_level();
    let points = Points { index, codebook };
    let (mut centres, mut cut) = (Vec::new(), 0);
    let mut open: Vec<Vec<usize>> = vec![(0..index.len()).collect()];
    while let Some(rows) = open.pop() {
        // The progress of the first division is reported because it takes by far the longest.
        let is_first = rows.len() == index.len();
        let told = |done| {
            if is_first {
                watch.tell("finding cells", done, ITERATIONS)
            }
        };
        let found = points.centres(&rows, rows.len().div_ceil(MODELS), ITERATIONS, told);
        let mut cells = vec![Vec::new(); found.nrows()];
        for (&row, (cell, _)) in rows.iter().zip(points.assign(&rows, &found)) {
            cells[cell].push(row);
        }
        let is_cut = cells.iter().filter(|cell| !cell.is_empty()).count() > 1;
        for (cell, centre) in cells.into_iter().zip(found.rows()) {
            match cell.len() {
                0 => {}
                // Rows that k-means cannot divide, because they are all alike, are divided in their order.
                length if length <= CELL_ROWS || !is_cut => {
                    centres.push(points.coded(centre));
                    cut += length;
                }
                _ => open.push(cell),
            }
        }
        watch.tell("cutting large cells", cut, index.len());
    }
    // By the centres as they are coded, so that a later run with these centres finds the same cells.
    let cells = vec![Vec::new(); centres.len()];
    let Clustering { cells, centres } = assigned(index, Clustering { cells, centres });
    let (cells, centres): (Vec<Vec<usize>>, Vec<Row>) =
        cells.into_iter().zip(centres).filter(|(rows, _)| !rows.is_empty()).unzip();
    Clustering { cells: cells.par_iter().map(|rows| points.beside(rows)).collect(), centres }
}

/// The rows as points: the coefficients of the first level's codes, the even ones first.
struct Points<'a, Bytes> {
    index: &'a Index<Bytes>,
    codebook: Codebook,
}

impl<Bytes: AsRef<[u8]> + Sync> Points<'_, Bytes> {
    /// The points of some rows, `[rows, dimensions]`.
    fn of(&self, rows: &[usize]) -> Array2<f32> {
        let [even, odd] = self.codebook.dimensions();
        let mut points = Array2::zeros((rows.len(), even + odd));
        for (&row, mut point) in rows.iter().zip(points.rows_mut()) {
            let codes = self.index.row_of((0, &self.codebook.levels[0]), row);
            point.assign(&Array1::from(self.codebook.decode(&[codes]).concat()));
        }
        points
    }

    /// The points of rows of codes that may be of another index, each of the length 1.
    fn decoded(&self, rows: &[Row]) -> Array2<f32> {
        let [even, odd] = self.codebook.dimensions();
        let mut points = Array2::zeros((rows.len(), even + odd));
        for (row, mut point) in rows.iter().zip(points.rows_mut()) {
            let codes = row.each_ref().map(Vec::as_slice);
            point.assign(&Array1::from(self.codebook.decode(&[codes]).concat()));
        }
        normalise(&mut points);
        points
    }

    /// For each row the most similar centre, and 1, or -1 where the row's mirror image is more similar to it.
    fn assign(&self, rows: &[usize], centres: &Array2<f32>) -> Vec<(usize, f32)> {
        let even = self.codebook.dimensions()[0];
        let of_chunk = |rows: &[usize]| {
            let points = self.of(rows);
            let mut products = PARTS.map(|_| Array2::zeros((rows.len(), centres.nrows())));
            for (part, products) in PARTS.into_iter().zip(&mut products) {
                let own = if part == 0 { s![.., ..even] } else { s![.., even..] };
                let (points, centres) = (points.slice(own), centres.slice(own));
                general_mat_mul(1.0, &points, &centres.t(), 0.0, products);
            }
            let nearest = |(even, odd): (ArrayView1<'_, f32>, ArrayView1<'_, f32>)| {
                let score = |at: usize| even[at] + odd[at].abs();
                let better = |best, at| if score(at) > score(best) { at } else { best };
                let best = (1..even.len()).fold(0, better);
                (best, if odd[best] < 0.0 { -1.0 } else { 1.0 })
            };
            let [even, odd] = products.each_ref().map(|products| products.rows().into_iter());
            even.zip(odd).map(nearest).collect::<Vec<_>>()
        };
        rows.par_chunks(CHUNK).flat_map_iter(of_chunk).collect()
    }

    /// The rows of a cell, similar ones beside each other: by their nearest of a few centres, which stand in a chain, each
    /// beside the most similar of those that are left.
    fn beside(&self, rows: &[usize]) -> Vec<usize> {
        let centres = self.centres(rows, rows.len().div_ceil(BESIDE), ITERATIONS_BESIDE, |_| {});
        let mut groups = vec![Vec::new(); centres.nrows()];
        for (&row, (group, _)) in rows.iter().zip(self.assign(rows, &centres)) {
            groups[group].push(row);
        }
        let score = |a: usize, b: usize| self.score(centres.row(a), centres.row(b));
        let (mut left, mut order): (Vec<usize>, Vec<usize>) =
            ((1..groups.len()).collect(), vec![0]);
        while !left.is_empty() {
            let last = order[order.len() - 1];
            let better = |best: usize, at: usize| {
                if score(last, left[at]) > score(last, left[best]) { at } else { best }
            };
            let next = (1..left.len()).fold(0, better);
            order.push(left.remove(next));
        }
        order.into_iter().flat_map(|group| std::mem::take(&mut groups[group])).collect()
    }

    fn score(&self, a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> f32 {
        let even = self.codebook.dimensions()[0];
        let product =
            |of: ndarray::Slice| a.slice_axis(Axis(0), of).dot(&b.slice_axis(Axis(0), of));
        product((..even).into()) + product((even..).into()).abs()
    }

    /// Finds `count` centres, `[count, dimensions]`, each of the length 1.
    fn centres(
        &self,
        rows: &[usize],
        count: usize,
        iterations: usize,
        told: impl Fn(usize),
    ) -> Array2<f32> {
        let spaced = |of: usize| -> Vec<usize> {
            (0..of).map(|at| rows[at * rows.len() / of.max(1)]).collect()
        };
        let sample = spaced((SAMPLE * count).min(rows.len()));
        let mut centres = self.of(&spaced(count.min(rows.len())));
        normalise(&mut centres);
        for done in 0..iterations {
            told(done);
            let assigned = self.assign(&sample, &centres);
            let even = self.codebook.dimensions()[0];
            let mut sums = Array2::<f32>::zeros(centres.dim());
            for (rows, assigned) in sample.chunks(CHUNK).zip(assigned.chunks(CHUNK)) {
                for (point, &(cell, side)) in self.of(rows).rows().into_iter().zip(assigned) {
                    let mut sum = sums.row_mut(cell);
                    sum.slice_mut(s![..even]).scaled_add(1.0, &point.slice(s![..even]));
                    sum.slice_mut(s![even..]).scaled_add(side, &point.slice(s![even..]));
                }
            }
            // A centre without rows stays unchanged.
            for (mut centre, sum) in centres.rows_mut().into_iter().zip(sums.rows()) {
                if sum.iter().any(|&value| value != 0.0) {
                    centre.assign(&sum);
                }
            }
            normalise(&mut centres);
        }
        centres
    }

    /// Encodes a point as a row of codes.
    fn coded(&self, point: ArrayView1<'_, f32>) -> Row {
        let even = self.codebook.dimensions()[0];
        let parts = [point.slice(s![..even]), point.slice(s![even..])];
        PARTS.map(|part| {
            let own = &self.codebook.levels[0].parts[part];
            let mut rest: Vec<f32> =
                parts[part].iter().zip(&own.mean).map(|(value, mean)| value - mean).collect();
            own.encode(&mut rest)
        })
    }
}

fn normalise(points: &mut Array2<f32>) {
    for mut point in points.rows_mut() {
        let length = point.dot(&point).sqrt();
        if length > 0.0 {
            point /= length;
        }
    }
}
