//! Golden features: the features that another engine computed of one image, and with which weights.
//!
//! A `.golden` file is JSON with the fields of [`Golden`] by their names; `models/golden_format.py` writes it. It is
//! small enough to be committed, because it holds only every n-th value of a feature map and three totals.

use serde::Deserialize;

use crate::error::{Details, Error, Result};
use crate::network::MAXIMUM_DIMENSIONS;

/// The version of the form.
pub const VERSION: u32 = 1;

/// Golden features; digests are SHA-256 in hexadecimal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Golden {
    /// [`VERSION`].
    pub version: u32,
    /// The engine, such as `Keras 3.15.1`.
    pub made_by: String,
    /// The digest of the weights, as [`crate::network::weights::Weights::digest`] computes it.
    pub weights: String,
    /// The image.
    pub image: Image,
    /// `[height, width, channels]` of the whole feature map.
    pub shape: [usize; 3],
    /// The sum of the whole feature map.
    pub sum: f64,
    /// The square root of the sum of its squares, above 0.
    pub norm: f64,
    /// Its largest value, above 0.
    pub largest: f32,
    /// The step between the stored values of the flattened map, channels fastest. The first value is always stored.
    pub every: usize,
    /// The classifier's probability of each class; empty if there is no classifier.
    #[serde(default)]
    pub probabilities: Vec<f32>,
    /// The stored values of the map.
    pub values: Vec<f32>,
}

/// An image: its file, and the pixels that the engine loaded from it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// The file's name.
    pub name: String,
    /// The file's digest.
    pub sha256: String,
    /// The digest of the pixels that the engine loaded, `[height, width, 3] u8` RGB, before centring.
    pub pixels: String,
}

impl Golden {
    /// Reads a golden file.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if it is incomplete, of another version, or contradicts itself.
    pub fn read(bytes: &[u8]) -> Result<Golden> {
        let golden: Golden = serde_json::from_slice(bytes)
            .map_err(|error| wrong("golden features in JSON", error.to_string()))?;
        golden.check()?;
        Ok(golden)
    }

    fn check(&self) -> Result<()> {
        if self.version != VERSION {
            let expected = format!("golden features of version {VERSION}");
            return Err(wrong(&expected, format!("version {}", self.version)));
        }
        let count = self.shape.iter().try_fold(1usize, |count, &side| count.checked_mul(side));
        let Some(count) = count.filter(|count| (1..=MAXIMUM_DIMENSIONS).contains(count)) else {
            return Err(wrong("a feature map's shape", format!("{:?}", self.shape)));
        };
        if self.every == 0 || self.values.len() != count.div_ceil(self.every) {
            let expected = format!("1 in {} of {count} features", self.every);
            return Err(wrong(&expected, self.values.len().to_string()));
        }
        // JSON has no NaN, but a number that is too large for a float is read as infinity.
        let mut values = self.values.iter().chain(&self.probabilities);
        let finite = self.largest.is_finite() && values.all(|value| value.is_finite());
        if !finite || self.norm <= 0.0 || self.largest <= 0.0 {
            return Err(wrong("finite features, one of them above 0", "others"));
        }
        let names = [&self.made_by, &self.image.name];
        if names.into_iter().any(|name| name.chars().any(char::is_control)) {
            return Err(wrong(
                "names of printable characters",
                "a character that steers terminals",
            ));
        }
        Ok(())
    }
}

fn wrong(expected: &str, came: impl Into<String>) -> Error {
    let advice = "make the golden file again with models/golden_keras.py";
    Error::Mismatch(Details::new(expected, came, advice))
}
