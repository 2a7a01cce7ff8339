//! The convolutions in bfloat16 by Intel's tile instructions (AMX), for `embed --fast`.
//!
//! They multiply by the definition of a convolution: 5.4 times the products of Winograd's method, at twelve times the
//! rate. Products are exact and summed in f32. The codes of a packed network and the pixels are exact in bfloat16 too,
//! so only the maps between layers are rounded, to 8 bits of mantissa.
//!
//! A map lies as planes of 32 channels, `[planes, height + 2, width + 2, 32]`, with zeros around each. A position of a
//! plane is a cache line and a row of a tile. Since the zeros of one row are followed by the next row, positions of
//! several rows are one run, and each of the nine taps reads the same run at another distance. What is computed for the
//! positions of the border is dropped.

mod convolution;
mod finish;
mod halves;
mod kernel;
mod layout;
#[cfg(test)]
mod tests;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod tiles;

use std::sync::{Mutex, PoisonError};

use half::bf16;

use super::MEAN_BGR;
use super::convolution::{Buffer, Weights};
use crate::pixels::Pixels;
use convolution::Convolution;
use halves::Halves;
pub(super) use kernel::{Kernel, available};
use layout::Shape;

/// The 13 convolutions of a network.
pub(super) struct Convolutions {
    kernel: &'static Kernel,
    input: Shape,
    convolutions: Vec<Convolution>,
    /// Free workspaces, at most as many as have been in use at the same time.
    workspaces: Mutex<Vec<Workspace>>,
}

/// The memory for one image.
#[derive(Default)]
struct Workspace {
    image: Halves,
    /// The outputs of the convolutions, written by turns.
    maps: [Halves; 2],
    products: Buffer,
}

impl Convolutions {
    /// Starts without convolutions, for images of `[height, width]`.
    pub(super) fn new(kernel: &'static Kernel, size: [usize; 2]) -> Convolutions {
        let input = Shape { size, channels: 3 };
        Convolutions { kernel, input, convolutions: Vec::new(), workspaces: Mutex::default() }
    }

    /// Adds the next convolution. `pooled` says whether a pooling follows it.
    pub(super) fn add(&mut self, weights: &Weights<'_>, pooled: bool) {
        let input = self.convolutions.last().map_or(self.input, Convolution::output);
        self.convolutions.push(Convolution::new(input, weights, pooled));
    }

    /// Pixels of the input size -> the values of the last map, `[height, width, channels] f32`.
    pub(super) fn run(&self, pixels: &Pixels) -> Vec<f32> {
        let mut workspace = self.take();
        let Workspace { image, maps, products } = &mut workspace;
        self.read(pixels, image);
        let mut features = Vec::new();
        for (at, convolution) in self.convolutions.iter().enumerate() {
            let [even, odd] = &mut *maps;
            let (from, to) = if at % 2 == 0 { (odd, even) } else { (even, odd) };
            let from = if at == 0 { &*image } else { from };
            if at + 1 < self.convolutions.len() {
                convolution.run(self.kernel, from, products, to);
            } else {
                features = convolution.run_last(self.kernel, from, products);
            }
        }
        self.workspaces.lock().unwrap_or_else(PoisonError::into_inner).push(workspace);
        features
    }

    /// Pixels -> `[height + 2, width + 2, 3] bf16`: blue, green, red, each minus its rounded mean, which is exact. The
    /// border is what a channel's mean becomes, because it stands for zeros; see [`Convolution::new`] for the rest.
    fn read(&self, pixels: &Pixels, image: &mut Halves) {
        let [height, width] = self.input.size;
        let values = image.values_mut(self.input.length());
        for place in values.as_chunks_mut::<3>().0 {
            *place = MEAN_BGR.map(|mean| bf16::from_f32(mean - mean.round()));
        }
        let rows = values.chunks_exact_mut((width + 2) * 3).skip(1).take(height);
        for (from, to) in pixels.rgb().chunks_exact(width * 3).zip(rows) {
            let places = to.as_chunks_mut::<3>().0[1..].iter_mut();
            for (&[red, green, blue], to) in from.as_chunks().0.iter().zip(places) {
                let centred = |value: u8, channel: usize| {
                    bf16::from_f32(f32::from(value) - MEAN_BGR[channel].round())
                };
                *to = [centred(blue, 0), centred(green, 1), centred(red, 2)];
            }
        }
    }

    fn take(&self) -> Workspace {
        let free = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_default()
    }
}
