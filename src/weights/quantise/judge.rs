//! Compares feature maps with the float network's.

use rayon::prelude::*;

use crate::error::Result;
use crate::network::{FeatureMap, Network};
use crate::pixels::Pixels;

/// The number of nearest images that are compared.
const TOP: usize = 10;

/// Runs a network file on all images, and calls `step` after each.
pub(super) fn features(
    network: &[u8],
    images: &[&Pixels],
    step: impl Fn() + Sync,
) -> Result<Vec<FeatureMap>> {
    let network = Network::read(network)?;
    let map = |pixels: &&Pixels| {
        let features = network.features(pixels);
        step();
        features
    };
    images.par_iter().map(map).collect()
}

/// The turn of each image: 1 - the cosine of its two feature maps.
pub(super) fn turns(float: &[FeatureMap], came: &[FeatureMap]) -> Vec<f64> {
    float.iter().zip(came).map(|(float, came)| 1.0 - cosine(float, came)).collect()
}

/// The largest turn.
pub(super) fn largest(turns: &[f64]) -> f64 {
    turns.iter().fold(0.0, |largest, &turn| largest.max(turn))
}

/// The mean share of an image's nearest other images that are the same for both networks.
pub(super) fn overlap(float: &[FeatureMap], came: &[FeatureMap]) -> f64 {
    let shares = (0..float.len()).map(|image| {
        let (before, after) = (nearest(float, image), nearest(came, image));
        let kept = before.iter().filter(|other| after.contains(other)).count();
        kept as f64 / before.len().max(1) as f64
    });
    shares.sum::<f64>() / float.len().max(1) as f64
}

fn nearest(maps: &[FeatureMap], image: usize) -> Vec<usize> {
    let others = (0..maps.len()).into_par_iter().filter(|&other| other != image);
    let mut others: Vec<(f64, usize)> =
        others.map(|other| (cosine(&maps[image], &maps[other]), other)).collect();
    others.sort_by(|a, b| b.0.total_cmp(&a.0));
    others.into_iter().take(TOP).map(|(_, other)| other).collect()
}

/// The exact cosine of two flattened feature maps.
fn cosine(a: &FeatureMap, b: &FeatureMap) -> f64 {
    let dot = |a: &FeatureMap, b: &FeatureMap| -> f64 {
        a.values().iter().zip(b.values()).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(f64::MIN_POSITIVE)
}
