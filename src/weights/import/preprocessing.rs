//! Folds the preprocessing that a network expects into its first layer.
//!
//! Caffe's networks, and also Keras's VGG16, take this crate's pixels. torchvision's networks take red, green, blue in
//! 0..=1, minus a mean, divided by a deviation. A convolution can contain this other order, scale and shift.
//!
//! At the image's border this is not exact: zeros stand for torchvision's mean there and for Caffe's here, which differ
//! by half a level of 255 at most. In a full-width VGG16 of seeded weights no feature changes by more than 2.2e-4 of
//! the largest, and the cosine stays 1 to six digits. An exact border would need another path from images to pixels.

use std::fmt;

use clap::ValueEnum;

use crate::network::MEAN_BGR;
use crate::network::weights::Layer;

/// torchvision's means of red, green and blue, in 0..=1.
const MEAN_RGB: [f64; 3] = [0.485, 0.456, 0.406];

/// torchvision's deviations of red, green and blue.
const DEVIATION_RGB: [f64; 3] = [0.229, 0.224, 0.225];

/// The pixels that a network expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PixelConvention {
    /// Blue, green, red in 0..=255 minus their means, as in Keras's VGG16 and this crate.
    Caffe,
    /// Red, green, blue in 0..=1, minus torchvision's means, divided by its deviations.
    Torchvision,
}

impl fmt::Display for PixelConvention {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            PixelConvention::Caffe => "caffe",
            PixelConvention::Torchvision => "torchvision",
        })
    }
}

impl PixelConvention {
    /// Changes the first layer so that it gives the same output for this crate's pixels as before for its own.
    pub(super) fn fold_into(self, layer: &mut Layer) {
        if self == PixelConvention::Caffe {
            return;
        }
        let kernels = layer.kernel.chunks_exact_mut(3 * 9);
        for (kernel, bias) in kernels.zip(&mut layer.bias) {
            let theirs = kernel.to_vec();
            let mut shifted = f64::from(*bias);
            for (channel, taps) in theirs.chunks_exact(9).enumerate() {
                let (mean, deviation) = (MEAN_RGB[channel], DEVIATION_RGB[channel]);
                let ours = 2 - channel;
                let shift = (f64::from(MEAN_BGR[ours]) / 255.0 - mean) / deviation;
                for (tap, &weight) in taps.iter().enumerate() {
                    let weight = f64::from(weight);
                    kernel[ours * 9 + tap] = (weight / (255.0 * deviation)) as f32;
                    shifted += weight * shift;
                }
            }
            *bias = shifted as f32;
        }
    }
}
