//! [`FeatureMap`] -> the vector whose cosine says how alike two images are, before it is packed.
//!
//! The post's definition and the ones that it was compared with; `recasketch eval --labels` judges them.

#[cfg(feature = "native")]
use clap::builder::PossibleValue;

use super::Metric;
use super::metric::parts;
use crate::network::FeatureMap;

/// GeM's exponent, as in Radenović et al., *Fine-tuning CNN Image Retrieval with No Human Annotation* (2018).
const GEM: f32 = 3.0;

/// R-MAC's scales: from the whole map down to regions of half its side.
const SCALES: usize = 3;

/// What is made of a feature map `[height, width, channels]`, all of it 0 and above.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Descriptor {
    /// The map as it is, `[height * width * channels]`: the post's.
    Map,
    /// The square root of every value of the map: what is strong in one image alone counts less. Power
    /// normalisation as in Perronnin et al., *Improving the Fisher Kernel* (2010).
    Root,
    /// The same, where of a map and its mirror image the better counts.
    RootMirrored,
    /// [`Metric::MirrorSqrt`], what catalogues are compared by unless told otherwise: the last with the classes, where
    /// the network tells them.
    #[default]
    RootMirroredClasses,
    /// The mean over all places, `[channels]`.
    Average,
    /// The largest over all places, `[channels]`: MAC.
    Maximum,
    /// The cubic mean over all places, `[channels]`: GeM.
    Gem,
    /// The sum over all places, those at the centre weighing most, `[channels]`: SPoC's centre prior
    /// (Babenko and Lempitsky 2015), without its whitening.
    Centre,
    /// The sum of the maxima of square regions at three scales, each made as long as the others,
    /// `[channels]`: Tolias et al., *Particular Object Retrieval with Integral Max-Pooling* (2016), without
    /// its whitening.
    Rmac,
}

impl Descriptor {
    /// All of them, the post's first.
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

    /// Its name, as `--descriptor` takes it.
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

    /// How many of the values of maps of a shape, the last ones, count by the size of their product alone.
    pub fn odd(self, shape: [usize; 3]) -> usize {
        let places = shape[0] * shape[1];
        match self {
            Descriptor::RootMirrored | Descriptor::RootMirroredClasses => {
                (places - Metric::MirrorSqrt.even_places(shape)) * shape[2]
            }
            _ => 0,
        }
    }

    /// Describes a map; the vector's length says nothing, only its direction.
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

/// The sum over all places, each weighed by its row and column.
fn weighed(map: &FeatureMap, weight: impl Fn(usize, usize) -> f32) -> Vec<f32> {
    let [_, width, channels] = map.shape();
    let mut sums = vec![0f32; channels];
    for (at, place) in map.values().chunks_exact(channels).enumerate() {
        let weight = weight(at / width, at % width);
        sums.iter_mut().zip(place).for_each(|(sum, value)| *sum += weight * value);
    }
    sums
}

/// Weighs by a Gaussian whose deviation is a third of the side.
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

    /// R-MAC's regions of a scale from 1: `scale` by `scale` of them, evenly laid, with the side
    /// `2 * shorter / (scale + 1)`, the whole map for the first.
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
