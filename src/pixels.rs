//! Image bytes -> [`Pixels`]: decode, limits, orientation, transparency, fit, resize, colours.
//!
//! The owner's program and the visitor's page both come through here, so that one image gives the
//! same bytes on both sides. Pixels are only ever integers: decoding, compositing, the resize, whose
//! fixed-point convolution gives equal bytes with and without SIMD, and the conversion of colours.

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

/// Transparent pixels are laid on this grey (sRGB), as dark as Sketchfab's own background.
pub const BACKGROUND: [u8; 3] = [48, 48, 48];

/// No side may be longer than this many pixels.
pub const MAXIMUM_SIDE: u32 = 20_000;

/// An image may not need more than this many bytes decoded: 64 megapixels of RGB.
pub const MAXIMUM_DECODED_BYTES: u64 = 192 << 20;

/// How an image that is not square meets a square network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "native", derive(clap::ValueEnum))]
pub enum Fit {
    /// Keep the largest centred part of the network's shape.
    #[default]
    Crop,
    /// Stretch the whole image to the network's shape.
    Squash,
    /// Keep the whole image and fill what is left with [`BACKGROUND`].
    Pad,
}

/// How an image is brought to the network's size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "native", derive(clap::ValueEnum))]
pub enum Resize {
    /// Catmull-Rom's cubic, widened when shrinking, so that every pixel counts.
    #[default]
    #[cfg_attr(feature = "native", value(name = "cubic"))]
    CatmullRom,
    /// The nearest pixel, which skips pixels when shrinking: what Keras's `load_img` does unless told
    /// otherwise, and so what the post did.
    Nearest,
}

/// How an image becomes the network's shape. A [`Fit`] alone stands for itself with the default resize.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// What is kept of an image that is not of the network's proportions.
    pub fit: Fit,
    /// How the kept part is brought to size.
    pub resize: Resize,
}

impl Preprocessing {
    /// The post's: `load_img(path, target_size=(224, 224))` of Keras, to the bit for an opaque, upright
    /// image without loss. Pillow, below Keras, decodes a JPEG a little otherwise than this crate,
    /// drops the alpha channel where this crate lays it on [`BACKGROUND`], and does not turn upright.
    pub const KERAS: Preprocessing = Preprocessing { fit: Fit::Squash, resize: Resize::Nearest };
}

impl From<Fit> for Preprocessing {
    fn from(fit: Fit) -> Preprocessing {
        Preprocessing { fit, resize: Resize::default() }
    }
}

/// An image as the network sees it, before its colours are centred.
///
/// `[height, width, 3] u8`, sRGB in the order red, green, blue, row after row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    height: usize,
    width: usize,
    rgb: Vec<u8>,
}

impl Pixels {
    /// Decodes an image file (JPEG, PNG, WebP, GIF or BMP, told by its content) and frames it to
    /// `height` x `width`: the first image of an animation, upright by its first EXIF block, in sRGB by
    /// its colour profile. A profile that is broken, or of other colours than the image, is ignored; so are
    /// PNG's `gAMA`, `cHRM` and `cICP`, as by Pillow: what writes them seldom means them.
    ///
    /// # Errors
    /// [`Error::UnsupportedImage`] for another format, a rare form, a damaged image, and one of which more
    /// than the last tenth is missing, as browsers show more; [`Error::Image`] for an empty file or an image
    /// beyond [`MAXIMUM_SIDE`] or [`MAXIMUM_DECODED_BYTES`].
    pub fn decode(
        bytes: &[u8],
        preprocessing: impl Into<Preprocessing>,
        height: usize,
        width: usize,
    ) -> Result<Pixels> {
        Ok(Picture::read(bytes)?.pixels(preprocessing, height, width))
    }

    /// Frames an image that somebody else decoded: `[rows, columns, 4] u8`, sRGB with straight alpha,
    /// already upright. This is how a page brings what only its browser can decode.
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

    /// Takes pixels that were framed before: `[height, width, 3] u8`, as [`Pixels::rgb`] gives them.
    ///
    /// # Errors
    /// [`Error::Image`] where the number of bytes is another.
    pub fn from_rgb(rgb: Vec<u8>, height: usize, width: usize) -> Result<Pixels> {
        if rgb.len() != height * width * 3 {
            return Err(Error::Image(Details::new(
                format!("{height} x {width} pixels of 3 bytes"),
                format!("{} bytes", rgb.len()),
                "pass the pixels as they were framed",
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
