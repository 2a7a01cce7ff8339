//! How two images are compared by what the network sees, and how their values lie for it.

use super::classes;
use crate::network::FeatureMap;

/// What a class that is certain in both images counts for where the cosine of the maps counts for 1; models/README.md says
/// what it finds.
pub const CLASS_WEIGHT: f32 = 0.2;

/// How two maps are compared. `recasketch eval --labels` judges it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(clap::ValueEnum))]
pub enum Metric {
    /// The cosine of the maps as they are: the post's.
    Cosine,
    /// The cosine of the square roots of all values, where of a map and its mirror image the better counts:
    /// what is strong in one image alone counts less, and a thing is seen from either side. The root is the
    /// power normalisation of Perronnin et al., *Improving the Fisher Kernel* (2010). Where the network tells classes,
    /// what is likely in both images counts beside it, up to [`CLASS_WEIGHT`].
    ///
    /// A map `m` with left and right exchanged is nearly what the network sees in the mirror image. With the
    /// even part `e = (m + flipped m) / 2` and the odd part `o = (m - flipped m) / 2` of each map, the dot
    /// product of two maps is `e . e' + o . o'`, and with one of them flipped `e . e' - o . o'`; so the
    /// better of the two is `e . e' + |o . o'|`, which costs no more than the one.
    #[default]
    MirrorSqrt,
}

impl Metric {
    /// How many values, the first ones, say what is likely to be seen; behind them are those of the map.
    pub fn class_values(self, classes: usize) -> usize {
        match self {
            Metric::Cosine => 0,
            Metric::MirrorSqrt => classes::values(classes),
        }
    }

    /// Of `[height, width, channels]` the places whose values are compared as they are; the others are odd.
    /// Values lie `[places, channels]`, the even places first.
    pub fn even_places(self, [height, width, _]: [usize; 3]) -> usize {
        match self {
            Metric::Cosine => height * width,
            Metric::MirrorSqrt => height * width.div_ceil(2),
        }
    }

    /// The values of the classes, then those of the map, `[places, channels]`.
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

/// What the map alone gives: the roots' even part and then their odd part, each times the root of 2 where it joins two places.
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
