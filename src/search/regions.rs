//! Why two images are alike: the contribution of each region to the score. [`Regions`] has the formula.

use serde::Serialize;

use crate::embedding::{Codebook, Coefficients, Metric, PARTS};
use crate::index::{Index, Query, Scorer, add};

/// The most steps of conjugate gradients, which nearly orthogonal vectors do not need, and the relative squared error
/// at which they stop.
const STEPS: usize = 40;
const NEAR: f32 = 1e-12;

/// The score of a query and a model, divided among regions.
///
/// A score is a sum over positions. Let `q` be the query's map and `g` the model's map, both with the same rotation of
/// channels. Their score is `e . e' + |o . o'|`, where `e` and `o` are the even and odd parts of `q`, and `e'` and `o'`
/// those of `g` (see [`Metric`]). Let `s` be the sign of `o . o'`. A left position `l` and its mirror position `r` on
/// the right are `l = (e + o) / sqrt 2` and `r = (e - o) / sqrt 2`. As this is a rotation, the score is also
///
/// ```text
/// sum over positions k of  q_k . g'_k    where g' is the mirror image of g if s is -1, else g
/// ```
///
/// and `q_k . g'_k` is the contribution of region `k`. It is large where the query's image and the model's thumbnail,
/// or its mirror image, have similar features at the same position. A contribution may be negative because of rounding
/// in the codes, or in a query with negative weights.
///
/// `g` is the map that the model's codes describe, because the score is computed from the codes and not from the
/// thumbnail. The score uses only the query's products with the codebook's vectors. Therefore `q` is the smallest map
/// that has these products, found by conjugate gradients. The contribution of the classes, which belong to the whole
/// image, is divided equally among all regions. So is the difference, below 0.001, between the sum and the score that
/// comes from rounding the weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Regions {
    /// The score, the sum of the contributions.
    pub score: f32,
    /// The number of rows of regions.
    pub height: usize,
    /// The number of regions in a row.
    pub width: usize,
    /// The contribution of each region of the query's image, row by row.
    pub contributions: Vec<f32>,
    /// Whether the query was compared with the mirror image of the model's thumbnail.
    pub mirrored: bool,
}

/// The parts of a map, `[channels, positions]`.
type Maps = Coefficients;

/// The contributions of all regions to the score of a query and a row.
///
/// # Panics
/// Where the query is not of this index, or there is no such row.
pub fn regions<Bytes: AsRef<[u8]>>(index: &Index<Bytes>, query: &Query, row: usize) -> Regions {
    let score = Scorer::new(index, query).score(row);
    let origin = index.origin();
    let [height, width, channels] = origin.shape;
    let classes = origin.class_values();
    let [query, model] = match (query, index.codebook()) {
        (Query::Point(point), Some(codebook)) => {
            [spanned(codebook, point), index.values(row)].map(|coefficients| {
                let [mut even, odd] = codebook.maps(&coefficients);
                even.drain(..classes.min(even.len()));
                [even, odd]
            })
        }
        _ => [query.values(), index.values(row)].map(|values| turned(&values, classes, channels)),
    };
    let even = origin.metric.even_places(origin.shape);
    let products = Products { even, query, model };
    let mirrored = products.odd() < 0.0;
    let place = |at: usize| match origin.metric {
        Metric::Cosine => products.of([0, 0], at, at),
        Metric::MirrorSqrt => products.region(width, mirrored, at),
    };
    let mut contributions: Vec<f32> = (0..height * width).map(place).collect();
    // With a hostile codebook, contributions may be infinite or NaN.
    if !contributions.iter().sum::<f32>().is_finite() {
        contributions.fill(0.0);
    }
    let rest = (score - contributions.iter().sum::<f32>()) / contributions.len() as f32;
    contributions.iter_mut().for_each(|contribution| *contribution += rest);
    Regions { score, height, width, contributions, mirrored }
}

/// The parts of a query's and a model's map, for products between their positions.
struct Products {
    even: usize,
    query: Maps,
    model: Maps,
}

impl Products {
    fn places(&self, part: usize) -> usize {
        let channels = self.query[0].len() / self.even.max(1);
        self.query[part].len() / channels.max(1)
    }

    /// The product over all channels of a position in a part of the query and one in a part of the model.
    fn of(&self, [part, other]: [usize; 2], at: usize, there: usize) -> f32 {
        let query = self.query[part].iter().skip(at).step_by(self.places(part));
        let model = self.model[other].iter().skip(there).step_by(self.places(other));
        query.zip(model).map(|(a, b)| a * b).sum()
    }

    /// The product of the odd parts.
    fn odd(&self) -> f32 {
        self.query[1].iter().zip(&self.model[1]).map(|(a, b)| a * b).sum()
    }

    /// The contribution of region `at`, counted row by row.
    fn region(&self, width: usize, mirrored: bool, at: usize) -> f32 {
        let (row, column) = (at / width, at % width);
        let left = column.min(width - 1 - column);
        let even = row * width.div_ceil(2) + left;
        if 2 * column + 1 == width {
            return self.of([0, 0], even, even);
        }
        let odd = row * (width / 2) + left;
        let side = if column == left { 1.0 } else { -1.0 };
        let sign = if mirrored { -1.0 } else { 1.0 };
        let alike = self.of([0, 0], even, even) + sign * self.of([1, 1], odd, odd);
        let across = sign * self.of([0, 1], even, odd) + self.of([1, 0], odd, even);
        (alike + side * across) / 2.0
    }
}

/// The coefficients of the smallest map with the given products with the vectors.
fn spanned(codebook: &Codebook, products: &Coefficients) -> Coefficients {
    let mut solution = products.each_ref().map(|part| vec![0f32; part.len()]);
    let (mut rest, mut direction) = (products.clone(), products.clone());
    let whole = dot(products, products);
    let mut squares = whole;
    for _ in 0..STEPS {
        if squares <= NEAR * whole {
            break;
        }
        let image = codebook.products(&direction);
        let bend = dot(&direction, &image);
        // The direction is orthogonal to all vectors.
        if bend <= 0.0 || !bend.is_finite() {
            break;
        }
        let length = squares / bend;
        let before = squares;
        for part in PARTS {
            add(&mut solution[part], length, &direction[part]);
            add(&mut rest[part], -length, &image[part]);
        }
        squares = dot(&rest, &rest);
        for part in PARTS {
            let turned = direction[part].iter().zip(&rest[part]);
            direction[part] = turned.map(|(old, rest)| rest + squares / before * old).collect();
        }
    }
    solution
}

fn dot(a: &Coefficients, b: &Coefficients) -> f32 {
    PARTS.into_iter().flat_map(|part| a[part].iter().zip(&b[part])).map(|(a, b)| a * b).sum()
}

/// The map of a whole embedding, without the classes, scaled by the embedding's length. Each part is transposed from
/// `[positions, channels]` to `[channels, positions]`.
fn turned(values: &Coefficients, classes: usize, channels: usize) -> Maps {
    let length = dot(values, values).sqrt().max(f32::MIN_POSITIVE);
    [&values[0][classes..], &values[1]].map(|part| {
        let channel = |at: usize| part.iter().skip(at).step_by(channels);
        (0..channels).flat_map(channel).map(|value| value / length).collect()
    })
}
