//! `recasketch network verify`: checks a network's topology and digests, and compares its features with those of
//! another engine.
//!
//! The comparison with [`Golden`] features includes loading and preprocessing of the image.

mod golden;

use serde::Serialize;

use crate::digest::Digest;
use crate::error::{Details, Error, Result};
use crate::network::weights::{self, Layer, Weights};
use crate::network::{FeatureMap, Network};
use crate::pixels::{Pixels, Preprocessing};
use crate::weights::shipped::NetworkSource;
pub use golden::{Golden, Image, VERSION};

/// The largest relative error of features in floats. Other orders of summation cause errors of this size.
pub const MAXIMUM_RELATIVE_ERROR: f64 = 1e-4;

/// The smallest cosine of a quantised network's features to those of the weights that it was made from.
pub const MINIMUM_COSINE: f64 = 0.995;

/// The golden features of the networks that ship with the program.
const BUILT_IN: [&[u8]; 2] = [
    include_bytes!("../../models/vgg16.golden"),
    include_bytes!("../../models/vgg16-quarter.golden"),
];

/// The image that golden features are made of by default.
const IMAGE: &[u8] = include_bytes!("../../tests/fixtures/images/png-224.png");

/// What a network is compared with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    /// Golden features instead of the built-in ones of the network's weights.
    pub golden: Option<&'a Golden>,
    /// The bytes of their image, if it is not `tests/fixtures/images/png-224.png`.
    pub image: Option<&'a [u8]>,
    /// The only demand is this cosine; `None` demands what fits the network's form.
    pub minimum_cosine: Option<f64>,
}

/// The result of a verification. Digests are SHA-256 in hexadecimal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The numbers of output channels of the 13 convolutions.
    pub widths: Vec<usize>,
    /// `[height, width]` of the pixels.
    pub input: [usize; 2],
    /// `[height, width, channels]` of the feature map.
    pub output: [usize; 3],
    /// The file's digest.
    pub file: String,
    /// The path of the file in the repository, if it ships with the program.
    pub known: Option<&'static str>,
    /// The digest of the weights as floats.
    pub weights: String,
    /// Whether the file stores its kernels in codes.
    pub quantised: bool,
    /// The comparison of the features; absent if no golden features are known.
    pub features: Option<Comparison>,
}

/// A comparison of features with golden features.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The engine that made the golden features.
    pub made_by: String,
    /// The name of the image.
    pub image: String,
    /// Whether the golden features were made with exactly these weights.
    pub same_weights: bool,
    /// The number of features that were compared.
    pub compared: usize,
    /// The largest difference, divided by the largest golden feature.
    pub relative_error: f64,
    /// The relative error of the sum or of the norm of all features, whichever is larger.
    pub total_error: f64,
    /// The cosine over the compared features.
    pub cosine: f64,
    /// The number of classes that were compared.
    pub classes: usize,
    /// The largest difference of a class's probability.
    pub class_error: f64,
    /// The demand.
    pub demanded: Bound,
    /// Whether the demand is met.
    pub holds: bool,
}

/// A demand on features.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The largest relative error of the features and of their totals, and the largest difference of a probability.
    RelativeError(f64),
    /// The smallest cosine. The classes may differ, because the golden ones are of other weights.
    Cosine(f64),
}

/// Reads a network, which checks its topology, and compares its features with golden features. [`Summary::verdict`]
/// then tells whether they are right.
///
/// # Errors
/// [`Error::Network`] if this program cannot read the network or its weights are not finite, [`Error::Mismatch`] if the
/// golden features are of another network or the image is another.
pub fn run(file: &[u8], evidence: &Evidence<'_>) -> Result<Summary> {
    let (network, weights) = (Network::read(file)?, Weights::read(file)?);
    // A finite code times a finite scale may be infinite.
    let mut layers = weights.layers.iter().chain(&weights.classifier);
    if let Some(layer) = layers.find(|layer| !layer.is_finite()) {
        let advice = "make the network anew; this file is damaged inside";
        let expected = format!("finite weights at {}", layer.name);
        return Err(Error::Network(Details::new(expected, "an infinity or NaN", advice)));
    }
    let digest = weights.digest().to_string();
    let quantised = weights::is_quantised(file)?;
    let built_in = built_in(&digest)?;
    let features = match evidence.golden.or(built_in.as_ref()) {
        Some(golden) => {
            let same_weights = golden.weights == digest;
            let bound = evidence.minimum_cosine.map(Bound::Cosine);
            let bound = bound.unwrap_or(Bound::fitting(quantised, same_weights));
            let features = answer(&network, golden, evidence.image)?;
            Some(Comparison::of(&features, golden, same_weights, bound))
        }
        None => None,
    };
    Ok(Summary {
        widths: weights.layers.iter().map(Layer::outputs).collect(),
        input: network.input_size(),
        output: network.output_shape(),
        file: network.digest().to_string(),
        known: NetworkSource::known(file),
        weights: digest,
        quantised,
        features,
    })
}

fn built_in(weights: &str) -> Result<Option<Golden>> {
    let all: Result<Vec<Golden>> = BUILT_IN.into_iter().map(Golden::read).collect();
    Ok(all?.into_iter().find(|golden| golden.weights == weights))
}

/// The network's features of the golden features' image, loaded as Keras loads it.
fn answer(network: &Network, golden: &Golden, image: Option<&[u8]>) -> Result<FeatureMap> {
    let shape = (network.output_shape(), network.classes());
    if (golden.shape, golden.probabilities.len()) != shape {
        return Err(mismatch(
            format!("golden features of the shape {:?} and {} classes", shape.0, shape.1),
            format!("{:?} and {}", golden.shape, golden.probabilities.len()),
            "give the golden features of this network",
        ));
    }
    let (name, came) = (&golden.image.name, if image.is_some() { "another" } else { "none" });
    let image = image.unwrap_or(IMAGE);
    if Digest::of(image).to_string() != golden.image.sha256 {
        let advice = "give the very file that the golden features were made of with --image";
        return Err(mismatch(format!("the image {name}"), came, advice));
    }
    let [height, width] = network.input_size();
    let pixels = Pixels::decode(image, Preprocessing::KERAS, height, width)?;
    if Digest::of(pixels.rgb()).to_string() != golden.image.pixels {
        return Err(mismatch(
            format!("the pixels that {} loaded from {name}", golden.made_by),
            "others",
            "make golden features of an upright PNG or BMP without transparency",
        ));
    }
    network.features(&pixels)
}

impl Bound {
    /// The demand that fits a network. Quantising changes features, but the golden features may be of the quantised
    /// weights.
    fn fitting(quantised: bool, same_weights: bool) -> Bound {
        if quantised && !same_weights {
            Bound::Cosine(MINIMUM_COSINE)
        } else {
            Bound::RelativeError(MAXIMUM_RELATIVE_ERROR)
        }
    }
}

impl Comparison {
    fn of(
        features: &FeatureMap,
        golden: &Golden,
        same_weights: bool,
        demanded: Bound,
    ) -> Comparison {
        let (all, expected) = (doubles(features.values()), doubles(&golden.values));
        let kept: Vec<f64> = all.iter().copied().step_by(golden.every).collect();
        let differences = kept.iter().zip(&expected).map(|(came, golden)| (came - golden).abs());
        let relative_error = differences.fold(0.0, f64::max) / f64::from(golden.largest);
        let of_sum = (all.iter().sum::<f64>() / golden.sum - 1.0).abs();
        let total_error = of_sum.max((norm(&all) / golden.norm - 1.0).abs());
        let dot: f64 = kept.iter().zip(&expected).map(|(came, golden)| came * golden).sum();
        let cosine = dot / (norm(&kept) * norm(&expected));
        let pairs = features.probabilities().iter().zip(&golden.probabilities);
        let apart = pairs.map(|(&came, &golden)| (f64::from(came) - f64::from(golden)).abs());
        let class_error = apart.fold(0.0, f64::max);
        let holds = match demanded {
            Bound::RelativeError(bound) => {
                relative_error <= bound && total_error <= bound && class_error <= bound
            }
            Bound::Cosine(bound) => cosine >= bound,
        };
        Comparison {
            made_by: golden.made_by.clone(),
            image: golden.image.name.clone(),
            same_weights,
            compared: expected.len(),
            relative_error,
            total_error,
            cosine,
            classes: golden.probabilities.len(),
            class_error,
            demanded,
            holds,
        }
    }
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

impl Summary {
    /// Checks that the network has been verified.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if its features do not meet the demand, or if no golden features are known.
    pub fn verdict(&self) -> Result<()> {
        let Some(features) = &self.features else {
            return Err(mismatch(
                "weights whose golden features this program knows",
                "others",
                "make their golden features with models/golden_keras.py and give them with --golden",
            ));
        };
        if features.holds {
            return Ok(());
        }
        let Comparison { relative_error, total_error, cosine, class_error, .. } = features;
        let (expected, came) = match features.demanded {
            Bound::RelativeError(bound) => (
                format!("features within a relative error of {bound:e} of the golden ones"),
                format!(
                    "{relative_error:.1e}, {total_error:.1e} of their sum or norm, and {class_error:.1e} of a class"
                ),
            ),
            Bound::Cosine(bound) => (
                format!("a cosine of {bound} or more to the golden features"),
                format!("{cosine:.6}"),
            ),
        };
        let advice = if features.same_weights {
            "the weights are the golden ones, so this machine computes otherwise; please report it"
        } else {
            "the weights are not the golden ones; check whether network and golden file belong together"
        };
        Err(mismatch(expected, came, advice))
    }
}

fn mismatch(expected: impl Into<String>, came: impl Into<String>, advice: &str) -> Error {
    Error::Mismatch(Details::new(expected, came, advice))
}
