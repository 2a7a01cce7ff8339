//! How two feature maps are compared, and the order of an embedding's values for that.

use super::classes;
use crate::network::FeatureMap;

/// The weight of a class that is certain in both images; the cosine of the maps has the weight 1. models/README.md has
/// the results.
pub const CLASS_WEIGHT: f32 = 0.2;

/// How two maps are compared. `recasketch eval --labels` measures how well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(clap::ValueEnum))]
pub enum Metric {
    /// The cosine of the unchanged maps, as in the post.
    Cosine,
    /// The cosine of the square roots of all values, of a map or of its mirror image, whichever is greater. With square
    /// roots, values that are large in only one image count less; with the mirror image, a thing may be seen from
    /// either side. The root is the power normalisation of Perronnin et al., *Improving the Fisher Kernel* (2010).
    /// Where the network has a classifier, classes that are probable in both images add to the score, with a weight of
    /// up to [`CLASS_WEIGHT`].
    ///
    /// A map `m` with left and right exchanged is nearly the map of the mirror image. Each map has the even part `e =
    /// (m + flipped m) / 2` and the odd part `o = (m - flipped m) / 2`. The dot product of two maps is `e . e' + o .
    /// o'`, and with one of them flipped `e . e' - o . o'`. The greater of the two is `e . e' + |o . o'|`, which costs
    /// no more than one dot product.
    #[default]
    MirrorSqrt,
}

impl Metric {
    /// The number of values of the classes. They come first; the values of the map follow.
    pub fn class_values(self, classes: usize) -> usize {
        match self {
            Metric::Cosine => 0,
            Metric::MirrorSqrt => classes::values(classes),
        }
    }

    /// The number of positions in the even part of a map `[height, width, channels]`; the other positions are in the
    /// odd part. Values are `[positions, channels]`, the even positions first.
    pub fn even_places(self, [height, width, _]: [usize; 3]) -> usize {
        match self {
            Metric::Cosine => height * width,
            Metric::MirrorSqrt => height * width.div_ceil(2),
        }
    }

    /// The values of the classes, then those of the map, `[positions, channels]`.
    pub fn values(self, map: &FeatureMap) -> Vec<f32> {
        match self {
            Metric::Cosine => map.values().to_vec(),
            Metric::MirrorSqrt => {
                let parts = parts(map);
                let length = parts.iter().map(|value| value * value).sum::<f32>().sqrt();
                let mut values = classes::spread(map.probabilities(), length * CLASS_WEIGHT.sqrt());
                values.extend(parts);
                values
            }
        }
    }
}

/// The values of the map without the classes: the even part of the square roots, then the odd part. Values that combine
/// two positions are multiplied by the square root of 2.
pub(super) fn parts(map: &FeatureMap) -> Vec<f32> {
    let [height, width, channels] = map.shape();
    let roots: Vec<f32> = map.values().iter().map(|value| value.max(0.0).sqrt()).collect();
    let half = std::f32::consts::FRAC_1_SQRT_2;
    let mut values = Vec::with_capacity(roots.len());
    for (sign, columns) in [(1.0, width.div_ceil(2)), (-1.0, width / 2)] {
        for (row, column) in (0..height).flat_map(|row| (0..columns).map(move |at| (row, at))) {
            let place = |column: usize| &roots[(row * width + column) * channels..][..channels];
            let (left, right) = (place(column), place(width - 1 - column));
            if 2 * column + 1 == width {
                values.extend_from_slice(left);
            } else {
                values.extend(left.iter().zip(right).map(|(l, r)| (l + sign * r) * half));
            }
        }
    }
    values
}
