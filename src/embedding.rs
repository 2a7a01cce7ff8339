//! [`FeatureMap`] -> [`Embedding`]: how a feature map is scaled and packed.
//!
//! The post compares whole feature maps, flattened, by their cosine. Therefore nothing is pooled here. An embedding is
//! the whole map, or the values of the classes followed by the even and odd parts of the map's square roots
//! ([`Metric`]). Each value is rounded to 8 bits. The cosine does not depend on a vector's length, so every map is
//! scaled to fill the 8 bits, and the scale is dropped.
//!
//! A catalogue of more than a few models stores short codes instead of whole maps. A [`Codebook`] is learnt from the
//! catalogue and makes these codes, whose scores are nearly those of the whole maps.

pub(crate) mod book;
mod classes;
mod codebook;
mod encoder;
mod form;
#[cfg(feature = "native")]
mod learn;
mod metric;
mod watch;

pub use codebook::{Codebook, Coefficients, Level, PARTS, Part, Slot, Weights};
pub use encoder::{Encoder, Row};
pub use form::{BLOCK, Form};
#[cfg(feature = "native")]
pub(crate) use learn::SAMPLE;
#[cfg(feature = "native")]
pub use learn::learn;
pub use metric::{CLASS_WEIGHT, Metric};
pub use watch::Watch;

pub mod descriptor;

use std::borrow::Cow;

use crate::error::Result;
use crate::network::FeatureMap;

/// A packed feature map: the values of the classes, then `[positions, channels]` with the even positions first (see
/// [`Metric`]). All values are i8, scaled so that the largest is 127.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedding {
    codes: Vec<i8>,
}

impl Embedding {
    /// Packs a feature map. The cosine of two packed maps differs from that of the float maps by a relative error of
    /// less than 2e-3, which `tests/embedding/main.rs` checks.
    pub fn pack(features: &FeatureMap, metric: Metric) -> Embedding {
        Embedding::from_values(&metric.values(features))
    }

    /// Packs values that are in the order of an embedding.
    pub fn from_values(values: &[f32]) -> Embedding {
        let largest = values.iter().fold(0f32, |largest, value| largest.max(value.abs()));
        // A map of zeros, or with a value that is not finite, becomes zeros, whose score with every map is 0.
        let scale = if largest > 0.0 && largest.is_finite() { 127.0 / largest } else { 0.0 };
        let codes = values.iter().map(|value| (value * scale).round() as i8).collect();
        Embedding { codes }
    }

    /// The embedding whose classes, the first `class_values` codes, count `weight` times as much.
    pub(crate) fn weighing_classes(&self, class_values: usize, weight: f32) -> Embedding {
        let (classes, map) = self.codes.split_at(class_values);
        let classes = classes.iter().map(|&code| weight * f32::from(code));
        let map = map.iter().map(|&code| f32::from(code));
        Embedding::from_values(&classes.chain(map).collect::<Vec<f32>>())
    }

    /// Takes packed codes, such as a row of an embedding file.
    pub fn from_codes(codes: &[i8]) -> Embedding {
        Embedding { codes: codes.to_vec() }
    }

    /// The codes, each -127..=127.
    pub fn codes(&self) -> &[i8] {
        &self.codes
    }

    /// Whether all codes are 0.
    pub fn is_blank(&self) -> bool {
        self.codes.iter().all(|&code| code == 0)
    }

    /// The plain cosine with another embedding of the same length.
    pub fn cosine(&self, other: &Embedding) -> f32 {
        let product = dot(&self.codes, &other.codes);
        cosine(product, self.squared_norm(), other.squared_norm())
    }

    /// The sum of the squared codes.
    pub fn squared_norm(&self) -> u32 {
        dot(&self.codes, &self.codes) as u32
    }
}

/// Embeddings in rows, in memory or in a file.
pub trait Embeddings {
    /// The number of rows.
    fn len(&self) -> usize;

    /// Whether there are no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The embedding of a row.
    ///
    /// # Errors
    /// [`Error::File`](crate::error::Error::File) where it cannot be read.
    fn get(&self, row: usize) -> Result<Cow<'_, Embedding>>;

    /// Whether all codes of a row are 0.
    ///
    /// # Errors
    /// As [`Embeddings::get`].
    fn is_blank(&self, row: usize) -> Result<bool> {
        Ok(self.get(row)?.is_blank())
    }
}

impl Embeddings for [Embedding] {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, row: usize) -> Result<Cow<'_, Embedding>> {
        Ok(Cow::Borrowed(&self[row]))
    }
}

/// The cosine of two embeddings, -1..=1; 0 where one of them is all zeros.
pub fn cosine(dot: i32, squared_norm: u32, other_squared_norm: u32) -> f32 {
    let norms = f64::from(squared_norm) * f64::from(other_squared_norm);
    if norms == 0.0 { 0.0 } else { (f64::from(dot) / norms.sqrt()) as f32 }
}

/// The product that [`Metric`] defines for two rows of codes of equal length: the dot product of the first `even` codes
/// plus the absolute value of the dot product of the others.
pub fn mirrored_dot(left: &[i8], right: &[i8], even: usize) -> i32 {
    dot(&left[..even], &right[..even]) + dot(&left[even..], &right[even..]).abs()
}

/// The dot product of two rows of codes of equal length, at most
/// [`MAXIMUM_DIMENSIONS`](crate::network::MAXIMUM_DIMENSIONS) long.
pub fn dot(left: &[i8], right: &[i8]) -> i32 {
    // Products of 16-bit values, added in pairs to 32 bits. Compilers turn this form into pmaddwd and
    // i32x4.dot_i16x8_s.
    let (left_blocks, left_rest) = left.as_chunks::<16>();
    let (right_blocks, right_rest) = right.as_chunks::<16>();
    let mut sums = [0i32; 8];
    for (a, b) in left_blocks.iter().zip(right_blocks) {
        let product = |at: usize| i32::from(i16::from(a[at])) * i32::from(i16::from(b[at]));
        for (pair, sum) in sums.iter_mut().enumerate() {
            *sum += product(2 * pair) + product(2 * pair + 1);
        }
    }
    let rest: i32 =
        left_rest.iter().zip(right_rest).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
    sums.iter().sum::<i32>() + rest
}
