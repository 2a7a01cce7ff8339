//! `recasketch network quantise`: float weights -> few bits a weight, as few as the answers allow.
//!
//! Codes are integers of 8, 6, 5 or 4 bits, one scale for each output channel, stored a byte each: the
//! file stays valid ONNX, and the compression that every host applies finds the unused bits again.
//!
//! Each scale is the one with the least squared error of the channel's output, which is the weights'
//! error weighted by the energy of what flows into them; so outliers are clipped where that pays. What
//! error remains on average is taken off the bias. Widths are chosen by how much each layer, alone at
//! each width, turns the feature maps of real images: such small turns add up.

pub mod images;

use rayon::prelude::*;
use serde::Serialize;

use crate::error::{Details, Error, Result};
use crate::network::probe::{Channel, Probe};
use crate::network::weights::{Codes, Layer, Weights};
use crate::network::{FeatureMap, Network};
use crate::pixels::Pixels;
use crate::progress::Progress;

/// The widths to choose from, in bits, the widest first.
pub const WIDTHS: [u32; 4] = [8, 6, 5, 4];

/// Layers are judged on this many images; the whole network on all.
const JUDGES: usize = 8;

/// How many answers of a query are compared.
const TOP: usize = 10;

/// One layer of the outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Keras's name; the last row is `all`.
    pub layer: String,
    /// Bits a weight.
    pub bits: f64,
    /// The codes' bytes after brotli.
    pub bytes: usize,
    /// The least cosine, over the images, of the feature map with this layer alone quantised.
    pub cosine: f64,
    /// The mean share of an image's 10 nearest other images that stay.
    pub top_10_overlap: f64,
}

/// A quantised network and how it came out.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The network as ONNX.
    pub onnx: Vec<u8>,
    /// One row for each layer, then one for all.
    pub table: Vec<Row>,
}

/// A layer at one width, alone in an otherwise float network.
struct Trial {
    bits: u32,
    codes: Codes,
    bias: Vec<f32>,
    bytes: usize,
    /// 1 - cosine for each image.
    turns: Vec<f64>,
    overlap: f64,
}

/// Chooses the smallest widths whose feature maps keep a cosine of `least` or more on every image.
///
/// # Errors
/// [`Error::Network`] where 8 bits everywhere do not reach it.
pub fn run(weights: &Weights, images: &[Pixels], least: f64) -> Result<Outcome> {
    let bench = Bench::new(weights, images)?;
    let trials = bench.trials(&WIDTHS)?;
    let mut budget = 1.0 - least;
    loop {
        let choice = cheapest(&trials, budget);
        let outcome = bench.outcome(&trials, &choice)?;
        let cosine = outcome.table[weights.layers.len()].cosine;
        if cosine >= least {
            return Ok(outcome);
        }
        if choice.iter().all(|&width| width == 0) {
            return Err(Error::Network(Details::new(
                format!("a cosine of {least} to the float network"),
                format!("{cosine:.6} with 8 bits everywhere"),
                "ask for less with --min-cosine",
            )));
        }
        // Turns of several layers add up a little otherwise than measured alone.
        budget *= 0.8;
    }
}

/// Quantises every layer to the same number of bits, one of [`WIDTHS`].
///
/// # Errors
/// As running the network.
pub fn uniform(weights: &Weights, images: &[Pixels], bits: u32) -> Result<Outcome> {
    let bench = Bench::new(weights, images)?;
    bench.outcome(&bench.trials(&[bits])?, &vec![0; weights.layers.len()])
}

/// A float network, the images it is judged by, and what it makes of them.
struct Bench<'a> {
    weights: &'a Weights,
    images: &'a [Pixels],
    features: Vec<FeatureMap>,
    statistics: Vec<Vec<Channel>>,
}

impl<'a> Bench<'a> {
    fn new(weights: &'a Weights, images: &'a [Pixels]) -> Result<Bench<'a>> {
        let probe = Probe::new(weights)?;
        let each: Result<Vec<_>> =
            images.par_iter().map(|pixels| probe.statistics(pixels)).collect();
        let features = features(&weights.write(None), images)?;
        Ok(Bench { weights, images, features, statistics: mean_statistics(&each?) })
    }

    /// Every layer at each of the widths.
    fn trials(&self, widths: &[u32]) -> Result<Vec<Vec<Trial>>> {
        let progress = Progress::start("trying", self.weights.layers.len() * widths.len());
        let layers = self.weights.layers.iter().zip(&self.statistics).enumerate();
        let try_all = |(at, (layer, statistics)): (usize, (&Layer, &Vec<Channel>))| {
            let tried = widths.iter().map(|&bits| {
                let trial = self.trial(at, layer, statistics, bits);
                progress.step();
                trial
            });
            tried.collect()
        };
        let trials = layers.map(try_all).collect();
        progress.finish();
        trials
    }

    fn trial(&self, at: usize, layer: &Layer, statistics: &[Channel], bits: u32) -> Result<Trial> {
        let (codes, bias) = quantised(layer, statistics, bits);
        let mut weights = self.weights.clone();
        weights.layers[at].kernel = codes.expanded();
        weights.layers[at].bias.clone_from(&bias);
        let judges = self.images.len().min(JUDGES);
        let came = features(&weights.write(None), &self.images[..judges])?;
        let float = &self.features[..judges];
        let (turns, overlap) = (turns(float, &came), overlap(float, &came));
        Ok(Trial { bits, bytes: compressed(&codes.codes), codes, bias, turns, overlap })
    }

    /// The network with each layer at its chosen width, judged on all images.
    fn outcome(&self, trials: &[Vec<Trial>], choice: &[usize]) -> Result<Outcome> {
        let chosen: Vec<&Trial> =
            trials.iter().zip(choice).map(|(trials, &at)| &trials[at]).collect();
        let mut weights = self.weights.clone();
        for (layer, trial) in weights.layers.iter_mut().zip(&chosen) {
            layer.bias.clone_from(&trial.bias);
        }
        let codes: Vec<Codes> = chosen.iter().map(|trial| trial.codes.clone()).collect();
        let onnx = weights.write(Some(&codes));
        let came = features(&onnx, self.images)?;
        let mut table: Vec<Row> = chosen
            .iter()
            .zip(&self.weights.layers)
            .map(|(trial, layer)| Row {
                layer: layer.name.clone(),
                bits: trial.bits.into(),
                bytes: trial.bytes,
                cosine: 1.0 - largest(&trial.turns),
                top_10_overlap: trial.overlap,
            })
            .collect();
        let counts = codes.iter().map(|codes| codes.codes.len() as f64);
        let bits: f64 = table.iter().zip(counts.clone()).map(|(row, count)| row.bits * count).sum();
        table.push(Row {
            layer: "all".to_owned(),
            bits: bits / counts.sum::<f64>(),
            bytes: compressed_file(&onnx),
            cosine: 1.0 - largest(&turns(&self.features, &came)),
            top_10_overlap: overlap(&self.features, &came),
        });
        Ok(Outcome { onnx, table })
    }
}

/// For each layer an index of its trials: from the widest everywhere, always the step that saves the most
/// bytes for its turn, as long as no image turns further than the budget.
fn cheapest(trials: &[Vec<Trial>], budget: f64) -> Vec<usize> {
    let mut choice = vec![0; trials.len()];
    loop {
        let turned = |choice: &[usize]| {
            let images = trials[0][0].turns.len();
            let total = |image: usize| -> f64 {
                trials.iter().zip(choice).map(|(trials, &at)| trials[at].turns[image]).sum()
            };
            (0..images).map(total).fold(0.0, f64::max)
        };
        let now = turned(&choice);
        let steps = (0..trials.len()).flat_map(|layer| {
            (choice[layer] + 1..trials[layer].len()).map(move |width| (layer, width))
        });
        let worth = |(layer, width): (usize, usize)| {
            let mut next = choice.clone();
            next[layer] = width;
            let turn = turned(&next);
            let saved =
                trials[layer][choice[layer]].bytes.saturating_sub(trials[layer][width].bytes);
            (turn <= budget && saved > 0)
                .then(|| (saved as f64 / (turn - now).max(f64::MIN_POSITIVE), layer, width))
        };
        let best = steps.filter_map(worth).max_by(|a, b| a.0.total_cmp(&b.0));
        match best {
            Some((_, layer, width)) => choice[layer] = width,
            None => return choice,
        }
    }
}

/// A layer's codes and its corrected bias.
fn quantised(layer: &Layer, statistics: &[Channel], bits: u32) -> (Codes, Vec<f32>) {
    let levels = (1 << (bits - 1)) - 1;
    let channels = layer.kernel.par_chunks_exact(9 * layer.inputs);
    let each: Vec<(f32, Vec<i8>, f32)> = channels
        .zip(&layer.bias)
        .map(|(kernel, bias)| {
            let scale = best_scale(kernel, statistics, levels);
            let codes: Vec<i8> = kernel.iter().map(|&weight| code(weight, scale, levels)).collect();
            let errors = kernel.iter().zip(&codes).enumerate();
            let shift: f64 = errors
                .map(|(at, (&weight, &code))| {
                    f64::from(weight - f32::from(code) * scale) * statistics[at / 9].mean
                })
                .sum();
            (scale, codes, bias + shift as f32)
        })
        .collect();
    let scales = each.iter().map(|(scale, ..)| *scale).collect();
    let bias = each.iter().map(|(.., bias)| *bias).collect();
    (Codes { codes: each.into_iter().flat_map(|(_, codes, _)| codes).collect(), scales }, bias)
}

/// The scale with the least error of the output, from the whole range of the weights to a third of it.
fn best_scale(kernel: &[f32], statistics: &[Channel], levels: i32) -> f32 {
    let range = kernel.iter().fold(0f32, |range, weight| range.max(weight.abs()));
    if range == 0.0 {
        return 1.0; // all codes are zero, whatever the scale
    }
    let error = |scale: f32| -> f64 {
        let weights = kernel.iter().enumerate();
        weights
            .map(|(at, &weight)| {
                let error = f64::from(weight - f32::from(code(weight, scale, levels)) * scale);
                error * error * statistics[at / 9].energy
            })
            .sum()
    };
    let scales = (0..=32).map(|step| range * (1.0 - step as f32 / 48.0) / levels as f32);
    scales
        .map(|scale| (error(scale), scale))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(range, |best| best.1)
}

fn code(weight: f32, scale: f32, levels: i32) -> i8 {
    (weight / scale).round().clamp(-levels as f32, levels as f32) as i8
}

fn mean_statistics(images: &[Vec<Vec<Channel>>]) -> Vec<Vec<Channel>> {
    let mean = |layer: usize, channel: usize, part: fn(&Channel) -> f64| {
        images.iter().map(|image| part(&image[layer][channel])).sum::<f64>() / images.len() as f64
    };
    let layers = images.first().map_or(0, Vec::len);
    (0..layers)
        .map(|layer| {
            (0..images[0][layer].len())
                .map(|at| Channel {
                    mean: mean(layer, at, |c| c.mean),
                    energy: mean(layer, at, |c| c.energy),
                })
                .collect()
        })
        .collect()
}

fn features(onnx: &[u8], images: &[Pixels]) -> Result<Vec<FeatureMap>> {
    let network = Network::read(onnx)?;
    images.par_iter().map(|pixels| network.features(pixels)).collect()
}

fn turns(float: &[FeatureMap], came: &[FeatureMap]) -> Vec<f64> {
    float.iter().zip(came).map(|(float, came)| 1.0 - cosine(float, came)).collect()
}

fn largest(turns: &[f64]) -> f64 {
    turns.iter().fold(0.0, |largest, &turn| largest.max(turn))
}

/// The exact cosine of two flattened feature maps.
fn cosine(a: &FeatureMap, b: &FeatureMap) -> f64 {
    let dot = |a: &FeatureMap, b: &FeatureMap| -> f64 {
        a.values().iter().zip(b.values()).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(f64::MIN_POSITIVE)
}

/// The mean share of each image's nearest others that are so before and after.
fn overlap(float: &[FeatureMap], came: &[FeatureMap]) -> f64 {
    let nearest = |maps: &[FeatureMap], image: usize| {
        let mut others: Vec<usize> = (0..maps.len()).filter(|&other| other != image).collect();
        others.sort_by(|&a, &b| {
            cosine(&maps[image], &maps[b]).total_cmp(&cosine(&maps[image], &maps[a]))
        });
        others.truncate(TOP);
        others
    };
    let shares = (0..float.len()).map(|image| {
        let (before, after) = (nearest(float, image), nearest(came, image));
        let kept = before.iter().filter(|other| after.contains(other)).count();
        kept as f64 / before.len().max(1) as f64
    });
    shares.sum::<f64>() / float.len().max(1) as f64
}

fn compressed(codes: &[i8]) -> usize {
    compressed_file(bytemuck::cast_slice(codes))
}

/// The length after brotli as hosts apply it to files that they compress once.
fn compressed_file(bytes: &[u8]) -> usize {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 9, ..Default::default() };
    let mut counted = Counted(0);
    let mut reader = bytes;
    match brotli::BrotliCompress(&mut reader, &mut counted, &parameters) {
        Ok(_) => counted.0,
        Err(_) => bytes.len(),
    }
}

/// A writer that only counts.
struct Counted(usize);

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
