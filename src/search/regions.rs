//! Why two are alike: the score, region by region; [`Regions`] has the formula.

use serde::Serialize;

use crate::embedding::{Codebook, Coefficients, Metric, PARTS};
use crate::index::{Index, Query, Scorer, add};

/// Steps of conjugate gradients at most, which vectors that are nearly at right angles do not need, and the share of
/// the squares that may be left.
const STEPS: usize = 40;
const NEAR: f32 = 1e-12;

/// The score of a query and a model, by regions.
///
/// A score is a sum over places: of the query's map `q` and the model's map `g`, both with their channels in any
/// rotation, it is `e . e' + |o . o'|` of their even and odd parts (see [`Metric`]). Let `s` be the sign of `o . o'`.
/// A left place `l` and the right place `r` that mirrors it are `l = (e + o) / sqrt 2` and `r = (e - o) / sqrt 2`, which
/// is a rotation, so the score is also
///
/// ```text
/// sum over places k of  q_k . g'_k    where g' is g, or where s is -1 its mirror image
/// ```
///
/// and `q_k . g'_k` is the contribution of region `k`: how much what the network sees there in the query's image adds to the
/// score, as the same is seen at the same place of the model's thumbnail, or where that is more alike, of its mirror
/// image. Contributions may be negative, where codes or an image to be unlike say so.
///
/// `g` is what the model's codes stand for: not its thumbnail embedded afresh, which the score shown does not know.
/// Of the query a score knows its products with the codebook's vectors, so `q` is the smallest map that has these
/// products, by conjugate gradients; what of an image no vector reaches adds to no score. What the classes add, which
/// are of the image as a whole, is spread over all regions alike, and so is what the rounding of weights leaves between
/// the sum and the score, under a thousandth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Regions {
    /// The score, the sum of the contributions.
    pub score: f32,
    /// Rows of regions, and how many lie in a row.
    pub height: usize,
    /// The regions of a row.
    pub width: usize,
    /// What each region of the query's image adds, row by row.
    #[serde(rename = "shares")]
    pub contributions: Vec<f32>,
    /// Whether a region of the query is like the one that mirrors it in the model's thumbnail.
    pub mirrored: bool,
}

/// The parts of a map, `[channels, places]`.
type Maps = Coefficients;

/// The regions that make a query and a row alike.
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
    // Of a stranger's codebook, contributions may be no numbers.
    if !contributions.iter().sum::<f32>().is_finite() {
        contributions.fill(0.0);
    }
    let rest = (score - contributions.iter().sum::<f32>()) / contributions.len() as f32;
    contributions.iter_mut().for_each(|contribution| *contribution += rest);
    Regions { score, height, width, contributions, mirrored }
}

/// A query's and a model's parts.
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

    /// The product of a place of a part of the query with one of a part of the model's, over all channels.
    fn of(&self, [part, other]: [usize; 2], at: usize, there: usize) -> f32 {
        let query = self.query[part].iter().skip(at).step_by(self.places(part));
        let model = self.model[other].iter().skip(there).step_by(self.places(other));
        query.zip(model).map(|(a, b)| a * b).sum()
    }

    /// The product of the odd parts.
    fn odd(&self) -> f32 {
        self.query[1].iter().zip(&self.model[1]).map(|(a, b)| a * b).sum()
    }

    /// The contribution of a region, counted row by row.
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

/// The coefficients whose map has some products with the vectors.
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
        // Nothing of this direction is in any vector.
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

/// A whole embedding of length 1, its map alone, each part of which `[places, channels]` becomes `[channels, places]`.
fn turned(values: &Coefficients, classes: usize, channels: usize) -> Maps {
    let length = dot(values, values).sqrt().max(f32::MIN_POSITIVE);
    [&values[0][classes..], &values[1]].map(|part| {
        let channel = |at: usize| part.iter().skip(at).step_by(channels);
        (0..channels).flat_map(channel).map(|value| value / length).collect()
    })
}
