//! `recasketch network quantise`: float weights -> as few bits a weight as the demanded cosine allows.
//!
//! The inputs of each convolution are measured on real images (`moments`). The weights are rounded so that their errors
//! cancel on these inputs (`rounding`). Codes are entropy-coded ([`crate::network::packed`]), so the size depends on
//! the width of the steps, not on the number of levels.
//!
//! The turn of a feature map is 1 - its cosine to the float network's map. The steps of the layers are balanced: in
//! every layer, a wider step saves the same number of bytes for the same additional turn. The image with the largest
//! turn decides how wide all steps are. A classifier does not change the map, so its weights are rounded to the nearest
//! code.

pub(crate) mod cholesky;
pub mod images;
mod judge;
mod moments;
mod rounding;
mod scales;

use judge::{features, largest, overlap, turns};
use moments::Moments;
use rounding::rounded;
use serde::Serialize;

use crate::error::{Details, Error, Result};
use crate::network::FeatureMap;
use crate::network::packed::{Packed, PackedLayer};
use crate::network::weights::{Layer, Weights};
use crate::pixels::Pixels;
use crate::util::progress::Progress;

/// The possible widths of codes, in bits, the widest first.
pub const WIDTHS: [u32; 4] = [8, 6, 5, 4];

/// The number of images on which single layers are judged. The whole network is judged on all images.
const JUDGES: usize = 8;

/// One of this many images is used only for judging, so that the network is tried on images it was not rounded for.
const STRANGERS: usize = 4;

/// The number of times that the steps are adjusted to reach the demanded cosine.
const ATTEMPTS: usize = 8;

/// The width of a classifier's codes.
const CLASSIFIER_BITS: u32 = 5;

/// The search stops when at least this share of the allowed turn is used.
const USED: f64 = 0.97;

/// One layer of the summary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Keras's name, or `classes`; the last row is `all`.
    pub layer: String,
    /// The width of its codes, the smallest of [`WIDTHS`] that holds them.
    pub width: u32,
    /// Stored bits a weight, entropy-coded, including scales and biases.
    pub bits: f64,
    /// Stored bytes.
    pub bytes: usize,
    /// The smallest cosine of an image's feature map to the float network's, with only this layer quantised. 1 for the
    /// classifier, because no map depends on it.
    pub cosine: f64,
    /// The mean share of an image's 10 nearest other images that stay among the 10 nearest.
    pub top_10_overlap: f64,
}

/// A quantised network, and its size and accuracy.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Summary {
    /// The packed network's file.
    pub network: Vec<u8>,
    /// One row for each layer, then one for all.
    pub table: Vec<Row>,
}

/// Finds the smallest network whose feature maps keep a cosine of `least` or more on every image.
///
/// # Errors
/// [`Error::Network`] if not even 8 bits in every layer reach this cosine.
pub fn run(weights: &Weights, images: &[Pixels], least: f64) -> Result<Summary> {
    let bench = Bench::new(weights, images)?;
    let allowed = 1.0 - least;
    match bench.widest_steps(allowed)? {
        Some(trial) => bench.summary(trial),
        None => {
            let trial = bench.judged(bench.clipped(8))?;
            if trial.turn <= allowed {
                bench.summary(trial)
            } else {
                Err(unreachable(least, &trial))
            }
        }
    }
}

/// Quantises every layer to codes of the same width, one of [`WIDTHS`].
///
/// # Errors
/// Those of running the network.
pub fn uniform(weights: &Weights, images: &[Pixels], bits: u32) -> Result<Summary> {
    let bench = Bench::new(weights, images)?;
    bench.summary(bench.judged(bench.clipped(bits))?)
}

/// A float network, the images that it is judged by, and their feature maps.
struct Bench<'a> {
    weights: &'a Weights,
    images: Vec<&'a Pixels>,
    features: Vec<FeatureMap>,
    moments: Vec<Moments>,
}

/// A quantised network that has been judged.
struct Trial {
    packed: Packed,
    file: Vec<u8>,
    /// The largest 1 - cosine of an image.
    turn: f64,
    overlap: f64,
}

impl<'a> Bench<'a> {
    fn new(weights: &'a Weights, images: &'a [Pixels]) -> Result<Bench<'a>> {
        let images: Vec<&Pixels> = images.iter().collect();
        let is_watched = |at: usize| images.len() < STRANGERS || at % STRANGERS != STRANGERS - 1;
        let watched: Vec<&Pixels> =
            images.iter().enumerate().filter(|(at, _)| is_watched(*at)).map(|(_, p)| *p).collect();
        let moments = moments::gather(weights, &watched)?;
        let progress = Progress::start("running the float network", images.len());
        let features = features(&weights.write(), &images, || progress.step())?;
        progress.finish();
        Ok(Bench { weights, images, features, moments })
    }

    /// The smallest network with no turn above the allowed one; `None` if no attempt stays below it.
    fn widest_steps(&self, allowed: f64) -> Result<Option<Trial>> {
        let sensitivities = self.sensitivities()?;
        let progress = Progress::start("adjusting steps", ATTEMPTS);
        let mut budget = allowed;
        let mut best: Option<Trial> = None;
        for _ in 0..ATTEMPTS {
            let trial = self.judged(self.even(&sensitivities, budget))?;
            let used = trial.turn / allowed;
            if used <= 1.0 && best.as_ref().is_none_or(|best| trial.file.len() < best.file.len()) {
                best = Some(trial);
            }
            progress.step();
            if (USED..=1.0).contains(&used) {
                break;
            }
            budget *= ((1.0 + USED) / 2.0 / used).clamp(0.1, 10.0);
        }
        progress.finish();
        Ok(best)
    }

    /// For each layer the mean turn of the feature map for a step of 1, over some images. Turns grow with the square of
    /// the step.
    fn sensitivities(&self) -> Result<Vec<f64>> {
        let progress = Progress::start("testing layers", self.weights.layers.len());
        let layers = self.weights.layers.iter().enumerate();
        let each = layers.map(|(at, layer)| {
            let energy: f32 = layer.kernel.iter().map(|weight| weight * weight).sum();
            let step = 0.3 * (energy / layer.kernel.len() as f32).sqrt().max(f32::MIN_POSITIVE);
            let (turns, _) = self.alone(at, &self.even_layer(at, step))?;
            progress.step();
            let turn = turns.iter().sum::<f64>() / turns.len().max(1) as f64;
            Ok((turn / f64::from(step * step)).max(f64::MIN_POSITIVE))
        });
        let each = each.collect();
        progress.finish();
        each
    }

    /// Quantises with steps for which the layers' turns add up to the budget. Each layer's turn is in proportion to its
    /// number of weights: then moving a byte from one layer to another cannot make the turn smaller.
    fn even(&self, sensitivities: &[f64], budget: f64) -> Vec<PackedLayer> {
        let counts = self.weights.layers.iter().map(|layer| layer.kernel.len() as f64);
        let total: f64 = counts.clone().sum();
        let steps = counts.zip(sensitivities).map(|(count, s)| (budget * count / total / s).sqrt());
        steps.enumerate().map(|(at, step)| self.even_layer(at, step as f32)).collect()
    }

    fn even_layer(&self, at: usize, step: f32) -> PackedLayer {
        let layer = &self.weights.layers[at];
        rounded(layer, &self.moments[at], scales::even(layer, step), scales::MOST)
    }

    fn clipped(&self, bits: u32) -> Vec<PackedLayer> {
        let layers = self.weights.layers.iter().zip(&self.moments);
        let progress = Progress::start("rounding layers", self.weights.layers.len());
        let rounded = |(layer, moments): (&Layer, &Moments)| {
            let scales = scales::clipped(layer, moments, levels(bits));
            let rounded = rounded(layer, moments, scales, levels(bits));
            progress.step();
            rounded
        };
        layers.map(rounded).collect()
    }

    /// Runs a quantised network on all images.
    fn judged(&self, layers: Vec<PackedLayer>) -> Result<Trial> {
        let classifier = self.weights.classifier.as_ref().map(nearest);
        let packed = Packed { input_size: self.weights.input_size, layers, classifier };
        let file = packed.write();
        let came = features(&file, &self.images, || ())?;
        let turn = largest(&turns(&self.features, &came));
        Ok(Trial { packed, file, turn, overlap: overlap(&self.features, &came) })
    }

    /// The turns and the overlap of some images, with only one layer quantised.
    fn alone(&self, at: usize, layer: &PackedLayer) -> Result<(Vec<f64>, f64)> {
        let mut weights = self.weights.clone();
        weights.layers[at].kernel = layer.expanded();
        weights.layers[at].bias.clone_from(&layer.bias);
        let judges = self.images.len().min(JUDGES);
        let came = features(&weights.write(), &self.images[..judges], || ())?;
        let float = &self.features[..judges];
        Ok((turns(float, &came), overlap(float, &came)))
    }

    fn summary(&self, trial: Trial) -> Result<Summary> {
        let progress = Progress::start("judging layers", self.weights.layers.len());
        let layers = trial.packed.layers.iter().zip(&self.weights.layers).enumerate();
        let rows = layers.map(|(at, (packed, layer))| {
            let (turns, overlap) = self.alone(at, packed)?;
            progress.step();
            let bytes = packed.bytes().len();
            Ok(row(&layer.name, packed.codes.iter(), bytes, largest(&turns), overlap))
        });
        let mut table: Vec<Row> = rows.collect::<Result<_>>()?;
        if let Some(layer) = &trial.packed.classifier {
            table.push(row("classes", layer.codes.iter(), layer.bytes().len(), 0.0, 1.0));
        }
        progress.finish();
        let layers = trial.packed.layers.iter().chain(&trial.packed.classifier);
        let codes = layers.flat_map(|layer| &layer.codes);
        table.push(row("all", codes, trial.file.len(), trial.turn, trial.overlap));
        Ok(Summary { network: trial.file, table })
    }
}

fn row<'a>(
    layer: &str,
    codes: impl Iterator<Item = &'a i8> + Clone,
    bytes: usize,
    turn: f64,
    overlap: f64,
) -> Row {
    let most = codes.clone().map(|code| i32::from(code.unsigned_abs())).max().unwrap_or(0);
    let width = WIDTHS.into_iter().rev().find(|&width| most <= levels(width)).unwrap_or(WIDTHS[0]);
    Row {
        layer: layer.to_owned(),
        width,
        bits: 8.0 * bytes as f64 / codes.count().max(1) as f64,
        bytes,
        cosine: 1.0 - turn,
        top_10_overlap: overlap,
    }
}

/// A classifier with each weight rounded to the nearest code. Its input is a mean over all positions, so its errors
/// matter less than those of a convolution.
fn nearest(layer: &Layer) -> PackedLayer {
    let levels = levels(CLASSIFIER_BITS) as f32;
    let rows = layer.kernel.chunks_exact(layer.inputs);
    let scales = rows.clone().map(|row| match row.iter().fold(0f32, |most, w| most.max(w.abs())) {
        0.0 => 1.0, // all codes are zero with any scale
        largest => largest / levels,
    });
    let scales: Vec<f32> = scales.collect();
    let codes = rows
        .zip(&scales)
        .flat_map(|(row, scale)| row.iter().map(move |weight| (weight / scale).round() as i8));
    PackedLayer { codes: codes.collect(), scales, bias: layer.bias.clone() }
}

/// The largest code of a width; the smallest is its negative.
fn levels(bits: u32) -> i32 {
    (1 << (bits - 1)) - 1
}

fn unreachable(least: f64, trial: &Trial) -> Error {
    Error::Network(Details::new(
        format!("a cosine of {least} to the float network"),
        format!("{:.6} with 8 bits everywhere", 1.0 - trial.turn),
        "ask for less with --min-cosine",
    ))
}
