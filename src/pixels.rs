//! Image bytes -> [`Pixels`]: decode, limits, orientation, transparency, fit, resize, colours.
//!
//! The owner's program and the visitor's page both use this module, so that one image gives the same bytes on both
//! sides. Every step computes in integers: decoding, compositing, resizing and the conversion of colours. The resize is
//! a convolution in fixed point, which gives the same bytes with and without SIMD.

mod colour;
mod decode;
mod doubtful;
mod jpeg;
mod picture;
mod preprocess;

#[cfg(feature = "native")]
pub(crate) use jpeg::has_end as jpeg_has_end;
pub use picture::Picture;
use serde::{Deserialize, Serialize};

use crate::error::{Details, Error, Result};

/// The grey (sRGB) behind transparent pixels, as dark as Sketchfab's background.
pub const BACKGROUND: [u8; 3] = [48, 48, 48];

/// The longest side of an image, in pixels.
pub const MAXIMUM_SIDE: u32 = 20_000;

/// The most bytes that a decoded image may take: 64 megapixels of RGB.
pub const MAXIMUM_DECODED_BYTES: u64 = 192 << 20;

/// How an image is fitted to the network's input where their proportions differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "native", derive(clap::ValueEnum))]
pub enum Fit {
    /// Keep the largest centred part that has the proportions of the network's input.
    #[default]
    Crop,
    /// Stretch the whole image to the network's input.
    Squash,
    /// Keep the whole image and fill the rest with [`BACKGROUND`].
    Pad,
}

impl Fit {
    /// A square `[left, top, side]` in fractions of a square input's sides -> the square of an image of these sides
    /// that is there, `[left, top, width, height]` in fractions of the image's sides.
    pub(crate) fn part_of(self, [left, top, side]: [f32; 3], sides: [u32; 2]) -> [f64; 4] {
        let [left, top, side] = [left, top, side].map(f64::from);
        let [wide, high] = sides.map(f64::from);
        // What of the image the input shows, in the image's pixels; more than the image where it is padded.
        let shown = match self {
            Fit::Crop => [wide.min(high); 2],
            Fit::Squash => [wide, high],
            Fit::Pad => [wide.max(high); 2],
        };
        let length = (side * shown[0].min(shown[1])).min(wide.min(high));
        let start = |start: f64, shown: f64, all: f64| {
            let middle = (all - shown) / 2.0 + (start + side / 2.0) * shown;
            (middle - length / 2.0).clamp(0.0, all - length)
        };
        let [left, top] = [start(left, shown[0], wide), start(top, shown[1], high)];
        [left / wide, top / high, length / wide, length / high]
    }
}

/// How an image is resized to the network's input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "native", derive(clap::ValueEnum))]
pub enum Resize {
    /// Catmull-Rom's cubic filter, widened when it shrinks an image, so that every pixel counts.
    #[default]
    #[cfg_attr(feature = "native", value(name = "cubic"))]
    CatmullRom,
    /// The nearest pixel; shrinking skips the others. It is the default of Keras's `load_img`, which the post used.
    Nearest,
}

/// How an image becomes the network's input. A [`Fit`] converts to a preprocessing with the default resize.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// Which part of the image is kept where its proportions are not the network's.
    pub fit: Fit,
    /// How the kept part is resized.
    pub resize: Resize,
}

impl Preprocessing {
    /// The post's preprocessing: `load_img(path, target_size=(224, 224))` of Keras. The bytes are equal for an opaque,
    /// upright image in a lossless format. For other images Pillow, which Keras uses, differs from this crate: it
    /// decodes JPEG slightly differently, drops the alpha channel instead of laying the image on [`BACKGROUND`], and
    /// does not turn images upright.
    pub const KERAS: Preprocessing = Preprocessing { fit: Fit::Squash, resize: Resize::Nearest };
}

impl From<Fit> for Preprocessing {
    fn from(fit: Fit) -> Preprocessing {
        Preprocessing { fit, resize: Resize::default() }
    }
}

/// A preprocessed image, before the means of the colours are subtracted.
///
/// `[height, width, 3] u8`, sRGB in the order red, green, blue, row after row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    height: usize,
    width: usize,
    rgb: Vec<u8>,
}

impl Pixels {
    /// Decodes an image file and preprocesses it to `height` x `width`.
    ///
    /// The file is a JPEG, PNG, WebP, GIF or BMP, recognised by its content. Of an animation the first image is taken.
    /// The first EXIF block says how the image is turned upright, and the colour profile how its colours become sRGB.
    /// A profile that is broken, or made for another kind of colours, is ignored. So are PNG's `gAMA`, `cHRM` and
    /// `cICP`, as in Pillow, because the programs that write them seldom mean them.
    ///
    /// # Errors
    /// [`Error::UnsupportedImage`] for an image that a browser may still show: another format, a rare variant of a
    /// format, a damaged image, or one of which more than the last tenth is missing. [`Error::Image`] for an empty file
    /// or an image beyond [`MAXIMUM_SIDE`] or [`MAXIMUM_DECODED_BYTES`].
    pub fn decode(
        bytes: &[u8],
        preprocessing: impl Into<Preprocessing>,
        height: usize,
        width: usize,
    ) -> Result<Pixels> {
        Ok(Picture::read(bytes)?.pixels(preprocessing, height, width))
    }

    /// Preprocesses a decoded image: `[rows, columns, 4] u8`, sRGB with straight alpha, already upright. The page uses
    /// it for images that only the browser can decode.
    ///
    /// # Errors
    /// [`Error::Image`] where the number of bytes is not `rows * columns * 4`, or is zero.
    pub fn from_rgba(
        rgba: &[u8],
        columns: u32,
        rows: u32,
        preprocessing: impl Into<Preprocessing>,
        height: usize,
        width: usize,
    ) -> Result<Pixels> {
        Ok(Picture::from_rgba(rgba, columns, rows)?.pixels(preprocessing, height, width))
    }

    /// Takes preprocessed pixels: `[height, width, 3] u8`, as [`Pixels::rgb`] returns them.
    ///
    /// # Errors
    /// [`Error::Image`] where the number of bytes is not `height * width * 3`.
    pub fn from_rgb(rgb: Vec<u8>, height: usize, width: usize) -> Result<Pixels> {
        if rgb.len() != height * width * 3 {
            return Err(Error::Image(Details::new(
                format!("{height} x {width} pixels of 3 bytes"),
                format!("{} bytes", rgb.len()),
                "pass the preprocessed pixels unchanged",
            )));
        }
        Ok(Pixels { height, width, rgb })
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The bytes, `[height, width, 3] u8`, red, green, blue.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }
}

#[cfg(test)]
mod tests {
    use super::Fit;

    #[test]
    fn a_part_of_the_input_is_a_square_of_the_image() {
        let wide = [1600, 900];
        // The right half's middle of the square in the middle, 350 pixels from the left.
        let part = Fit::Crop.part_of([0.5, 0.25, 0.5], wide);
        assert_eq!(part, [(350.0 + 450.0) / 1600.0, 0.25, 450.0 / 1600.0, 0.5]);
        // A stretched image: the middle at 3/4 of its width.
        let part = Fit::Squash.part_of([0.5, 0.25, 0.5], wide);
        assert_eq!(part, [(1200.0 - 225.0) / 1600.0, 0.25, 450.0 / 1600.0, 0.5]);
        // A padded one has 350 rows above it, so this part begins above the image.
        let part = Fit::Pad.part_of([0.5, 0.0, 0.5], wide);
        assert_eq!(part, [0.5, 0.0, 0.5, 800.0 / 900.0]);
        assert_eq!(Fit::Crop.part_of([0.0, 0.0, 1.0], [3, 5]), [0.0, 0.2, 1.0, 0.6]);
    }
}
