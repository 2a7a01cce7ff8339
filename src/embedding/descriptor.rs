//! [`FeatureMap`] -> the vector whose cosine is the similarity of two images, before it is packed.
//!
//! It has the post's definition and the alternatives. `recasketch eval --labels` compares them.

#[cfg(feature = "native")]
use clap::builder::PossibleValue;

use super::Metric;
use super::metric::parts;
use crate::network::FeatureMap;

/// GeM's exponent, as in Radenović et al., *Fine-tuning CNN Image Retrieval with No Human Annotation* (2018).
const GEM: f32 = 3.0;

/// The number of R-MAC's scales, from the whole map to regions of half its side.
const SCALES: usize = 3;

/// How a vector is computed from a feature map `[height, width, channels]`, whose values are at least 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Descriptor {
    /// The unchanged map, `[height * width * channels]`, as in the post.
    Map,
    /// The square root of every value of the map, so that values that are large in only one image count less. It is the
    /// power normalisation of Perronnin et al., *Improving the Fisher Kernel* (2010).
    Root,
    /// As `Root`, with the greater score of a map and its mirror image.
    RootMirrored,
    /// [`Metric::MirrorSqrt`], the default of catalogues: as `RootMirrored`, with the classes where the network has a
    /// classifier.
    #[default]
    RootMirroredClasses,
    /// The mean over all positions, `[channels]`.
    Average,
    /// The maximum over all positions, `[channels]`: MAC.
    Maximum,
    /// The cubic mean over all positions, `[channels]`: GeM.
    Gem,
    /// The sum over all positions, with the largest weights at the centre, `[channels]`: SPoC's centre prior (Babenko
    /// and Lempitsky 2015), without whitening.
    Centre,
    /// The sum of the maxima of square regions at three scales, each normalised to the same length, `[channels]`: R-MAC
    /// of Tolias et al., *Particular Object Retrieval with Integral Max-Pooling* (2016), without whitening.
    Rmac,
}

impl Descriptor {
    /// All descriptors, the post's first.
    pub const ALL: [Descriptor; 9] = [
        Descriptor::Map,
        Descriptor::Root,
        Descriptor::RootMirrored,
        Descriptor::RootMirroredClasses,
        Descriptor::Average,
        Descriptor::Maximum,
        Descriptor::Gem,
        Descriptor::Centre,
        Descriptor::Rmac,
    ];

    /// The name for `--descriptor`.
    pub fn name(self) -> &'static str {
        match self {
            Descriptor::Map => "map",
            Descriptor::Root => "root",
            Descriptor::RootMirrored => "root-mirrored",
            Descriptor::RootMirroredClasses => "root-mirrored-classes",
            Descriptor::Average => "average",
            Descriptor::Maximum => "maximum",
            Descriptor::Gem => "gem",
            Descriptor::Centre => "centre",
            Descriptor::Rmac => "rmac",
        }
    }

    /// The number of values in the odd part, which come last. Only the absolute value of their product counts.
    pub fn odd(self, shape: [usize; 3]) -> usize {
        let places = shape[0] * shape[1];
        match self {
            Descriptor::RootMirrored | Descriptor::RootMirroredClasses => {
                (places - Metric::MirrorSqrt.even_places(shape)) * shape[2]
            }
            _ => 0,
        }
    }

    /// Computes the vector of a map. Only its direction matters, not its length.
    pub fn describe(self, map: &FeatureMap) -> Vec<f32> {
        match self {
            Descriptor::Map => Metric::Cosine.values(map),
            Descriptor::Root => map.values().iter().map(|value| value.max(0.0).sqrt()).collect(),
            Descriptor::RootMirrored => parts(map),
            Descriptor::RootMirroredClasses => Metric::MirrorSqrt.values(map),
            Descriptor::Average => weighed(map, |_, _| 1.0),
            Descriptor::Maximum => maximum(map, Region::whole(map)),
            Descriptor::Gem => gem(map),
            Descriptor::Centre => centre(map),
            Descriptor::Rmac => rmac(map),
        }
    }
}

#[cfg(feature = "native")]
impl clap::ValueEnum for Descriptor {
    fn value_variants<'a>() -> &'a [Descriptor] {
        &Descriptor::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// The sum over all positions, each with a weight by its row and column.
fn weighed(map: &FeatureMap, weight: impl Fn(usize, usize) -> f32) -> Vec<f32> {
    let [_, width, channels] = map.shape();
    let mut sums = vec![0f32; channels];
    for (at, place) in map.values().chunks_exact(channels).enumerate() {
        let weight = weight(at / width, at % width);
        sums.iter_mut().zip(place).for_each(|(sum, value)| *sum += weight * value);
    }
    sums
}

/// The sum with Gaussian weights whose standard deviation is a third of the side.
fn centre(map: &FeatureMap) -> Vec<f32> {
    let [height, width, _] = map.shape();
    let squared = |at: usize, side: usize| {
        let away = at as f32 - (side - 1) as f32 / 2.0;
        (away / (side as f32 / 3.0)).powi(2)
    };
    weighed(map, |row, column| (-(squared(row, height) + squared(column, width)) / 2.0).exp())
}

fn gem(map: &FeatureMap) -> Vec<f32> {
    let [height, width, channels] = map.shape();
    let mut sums = vec![0f32; channels];
    for place in map.values().chunks_exact(channels) {
        sums.iter_mut().zip(place).for_each(|(sum, value)| *sum += value.max(0.0).powf(GEM));
    }
    sums.iter().map(|sum| (sum / (height * width) as f32).powf(1.0 / GEM)).collect()
}

/// A square part of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Region {
    top: usize,
    left: usize,
    height: usize,
    width: usize,
}

impl Region {
    fn whole(map: &FeatureMap) -> Region {
        let [height, width, _] = map.shape();
        Region { top: 0, left: 0, height, width }
    }

    /// R-MAC's regions of a scale, counted from 1: `scale` by `scale` evenly spaced squares with the side
    /// `2 * shorter side / (scale + 1)`. Scale 1 is the whole map.
    fn of_scale(map: &FeatureMap, scale: usize) -> Vec<Region> {
        let whole = Region::whole(map);
        if scale == 1 {
            return vec![whole];
        }
        let side = (2 * whole.height.min(whole.width) / (scale + 1)).max(1);
        let start = |at: usize, length: usize| (length - side) * at / (scale - 1);
        let places = (0..scale).flat_map(|row| (0..scale).map(move |column| (row, column)));
        places
            .map(|(row, column)| Region {
                top: start(row, whole.height),
                left: start(column, whole.width),
                height: side,
                width: side,
            })
            .collect()
    }
}

fn maximum(map: &FeatureMap, region: Region) -> Vec<f32> {
    let [_, width, channels] = map.shape();
    let mut largest = vec![0f32; channels];
    for row in region.top..region.top + region.height {
        for column in region.left..region.left + region.width {
            let place = &map.values()[(row * width + column) * channels..][..channels];
            largest.iter_mut().zip(place).for_each(|(most, &value)| *most = most.max(value));
        }
    }
    largest
}

fn rmac(map: &FeatureMap) -> Vec<f32> {
    let mut sums = vec![0f32; map.shape()[2]];
    for region in (1..=SCALES).flat_map(|scale| Region::of_scale(map, scale)) {
        let largest = maximum(map, region);
        let norm = largest.iter().map(|value| value * value).sum::<f32>().sqrt();
        if norm > 0.0 {
            sums.iter_mut().zip(&largest).for_each(|(sum, value)| *sum += value / norm);
        }
    }
    sums
}
