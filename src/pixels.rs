//! Image bytes -> [`Pixels`]: decode, limits, orientation, transparency, fit, resize.
//!
//! The owner's program and the visitor's page both come through here, so that one image gives the
//! same bytes on both sides. Pixels are only ever integers: decoding, compositing, and the resize,
//! whose fixed-point convolution gives equal bytes with and without SIMD.

mod picture;

use std::io::Cursor;

use fast_image_resize as convolution;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, Rgb, RgbImage};
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
pub struct Framing {
    /// What is kept of an image that is not of the network's proportions.
    pub fit: Fit,
    /// How the kept part is brought to size.
    pub resize: Resize,
}

impl Framing {
    /// The post's: `load_img(path, target_size=(224, 224))` of Keras, to the bit for an opaque, upright
    /// image without loss. Pillow, below Keras, decodes a JPEG a little otherwise than this crate,
    /// drops the alpha channel where this crate lays it on [`BACKGROUND`], and does not turn upright.
    pub const KERAS: Framing = Framing { fit: Fit::Squash, resize: Resize::Nearest };
}

impl From<Fit> for Framing {
    fn from(fit: Fit) -> Framing {
        Framing { fit, resize: Resize::default() }
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
    /// `height` x `width`.
    ///
    /// # Errors
    /// [`Error::UnsupportedImage`] for another format or a damaged image, of which browsers show more;
    /// [`Error::Image`] for an empty one or one beyond [`MAXIMUM_SIDE`] or [`MAXIMUM_DECODED_BYTES`].
    pub fn decode(
        bytes: &[u8],
        framing: impl Into<Framing>,
        height: usize,
        width: usize,
    ) -> Result<Pixels> {
        Ok(Picture::read(bytes)?.pixels(framing, height, width))
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
        framing: impl Into<Framing>,
        height: usize,
        width: usize,
    ) -> Result<Pixels> {
        Ok(Picture::from_rgba(rgba, columns, rows)?.pixels(framing, height, width))
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

    /// Resizes first and turns upright after: a turn then moves 150 kB instead of a whole photograph.
    fn frame(
        image: &RgbImage,
        turn: Orientation,
        framing: Framing,
        height: usize,
        width: usize,
    ) -> Pixels {
        let (columns, rows) = if swaps_sides(turn) { (height, width) } else { (width, height) };
        let resize = framing.resize;
        let framed = match framing.fit {
            Fit::Crop => resized(image, centred_part(image, columns, rows), resize, columns, rows),
            Fit::Squash => resized(image, whole(image), resize, columns, rows),
            Fit::Pad => padded(image, resize, columns, rows),
        };
        let mut upright = DynamicImage::ImageRgb8(framed);
        upright.apply_orientation(turn);
        Pixels { height, width, rgb: upright.into_rgb8().into_raw() }
    }
}

/// A rectangle of an image in pixels: left, top, columns, rows.
type Part = [u32; 4];

fn decode(bytes: &[u8]) -> Result<(DynamicImage, Orientation)> {
    let format = image::guess_format(bytes).map_err(|_| unsupported(bytes))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAXIMUM_SIDE);
    limits.max_image_height = Some(MAXIMUM_SIDE);
    limits.max_alloc = Some(MAXIMUM_DECODED_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    // Decoders may treat the allocation limit as a hint, so the size is checked before the pixels are read.
    if decoder.total_bytes() > MAXIMUM_DECODED_BYTES || width == 0 || height == 0 {
        return Err(too_large(&format!("{width} x {height} pixels")));
    }
    // Metadata that cannot be read leaves the image as it is stored.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    Ok((image, orientation))
}

/// Drops the alpha channel by laying the image on [`BACKGROUND`]; 16-bit channels become 8-bit.
fn opaque(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let rgba = image.into_rgba8();
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in rgb.pixels_mut().zip(rgba.pixels()) {
        let alpha = u32::from(from[3]);
        *to = Rgb(std::array::from_fn(|channel| {
            let over =
                u32::from(from[channel]) * alpha + u32::from(BACKGROUND[channel]) * (255 - alpha);
            ((over + 127) / 255) as u8
        }));
    }
    rgb
}

fn whole(image: &RgbImage) -> Part {
    [0, 0, image.width(), image.height()]
}

/// The largest centred part with the proportions `columns : rows`.
fn centred_part(image: &RgbImage, columns: usize, rows: usize) -> Part {
    let [_, _, width, height] = whole(image);
    let (kept_width, kept_height) = largest_within(width, height, columns, rows);
    [(width - kept_width) / 2, (height - kept_height) / 2, kept_width, kept_height]
}

/// The largest size of the proportions `columns : rows` that fits into `width` x `height`.
fn largest_within(width: u32, height: u32, columns: usize, rows: usize) -> (u32, u32) {
    let (columns, rows) = (columns as u64, rows as u64);
    let (wide, high) = (u64::from(width), u64::from(height));
    let rounded = |product: u64, by: u64| ((product + by / 2) / by).max(1) as u32;
    if wide * rows > high * columns {
        (rounded(high * columns, rows).min(width), height)
    } else {
        (width, rounded(wide * rows, columns).min(height))
    }
}

fn padded(image: &RgbImage, resize: Resize, columns: usize, rows: usize) -> RgbImage {
    let (sides, wanted) =
        ((image.width() as usize, image.height() as usize), (columns as u32, rows as u32));
    let (inner_width, inner_height) = largest_within(wanted.0, wanted.1, sides.0, sides.1);
    let inner = resized(image, whole(image), resize, inner_width as usize, inner_height as usize);
    let mut canvas = RgbImage::from_pixel(wanted.0, wanted.1, Rgb(BACKGROUND));
    let (left, top) = ((wanted.0 - inner_width) / 2, (wanted.1 - inner_height) / 2);
    image::imageops::replace(&mut canvas, &inner, i64::from(left), i64::from(top));
    canvas
}

fn resized(image: &RgbImage, part: Part, resize: Resize, columns: usize, rows: usize) -> RgbImage {
    match resize {
        Resize::CatmullRom => convolved(image, part, columns, rows),
        Resize::Nearest => nearest(image, part, columns, rows),
    }
}

/// What Pillow calls `NEAREST`.
fn nearest(image: &RgbImage, part: Part, columns: usize, rows: usize) -> RgbImage {
    let [left, top, width, height] = part;
    let (from_columns, from_rows) = (places(left, width, columns), places(top, height, rows));
    RgbImage::from_fn(columns as u32, rows as u32, |column, row| {
        *image.get_pixel(from_columns[column as usize], from_rows[row as usize])
    })
}

/// For each of `count` pixels of a side, the pixel that it is taken from among `length` from `start` on.
///
/// Pillow adds the step up, in double precision, and its rounding decides here and there; so the sum is
/// built as Pillow builds it.
fn places(start: u32, length: u32, count: usize) -> Vec<u32> {
    let step = f64::from(length) / count as f64;
    let mut at = f64::from(start) + step * 0.5;
    let mut places = Vec::with_capacity(count);
    for _ in 0..count {
        places.push((at as u32).min(start + length - 1));
        at += step;
    }
    places
}

/// Catmull-Rom, widened when shrinking: what Pillow calls `BICUBIC`.
fn convolved(image: &RgbImage, part: Part, columns: usize, rows: usize) -> RgbImage {
    let [left, top, width, height] = part.map(f64::from);
    let options = convolution::ResizeOptions::new()
        .resize_alg(convolution::ResizeAlg::Convolution(convolution::FilterType::CatmullRom))
        .crop(left, top, width, height);
    // By the type of the pixels: by its value, the resizer would bring every type's code and tables.
    let source = TypedImageRef::<U8x3>::from_buffer(image.width(), image.height(), image.as_raw())
        .expect("an RgbImage holds width * height * 3 bytes");
    let mut target = RgbImage::new(columns as u32, rows as u32);
    let mut places = TypedImage::<U8x3>::from_buffer(columns as u32, rows as u32, &mut target)
        .expect("an RgbImage holds columns * rows * 3 bytes");
    convolution::Resizer::new()
        .resize_typed(&source, &mut places, &options)
        .expect("the part lies within the source");
    target
}

fn swaps_sides(turn: Orientation) -> bool {
    matches!(
        turn,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

fn unsupported(bytes: &[u8]) -> Error {
    let expected = "a JPEG, PNG, WebP, GIF or BMP image";
    if bytes.is_empty() {
        return Error::Image(Details::new(expected, "an empty file", "choose another file"));
    }
    Error::UnsupportedImage(Details::new(
        expected,
        format!("another format in {} bytes", bytes.len()),
        "save it as JPEG or PNG and try again",
    ))
}

fn too_large(came: &str) -> Error {
    Error::Image(Details::new(
        format!(
            "sides of 1 to {MAXIMUM_SIDE} pixels and at most {} MiB decoded",
            MAXIMUM_DECODED_BYTES >> 20
        ),
        came,
        "make it smaller and try again",
    ))
}

/// Sorts what the decoder said by what can be done about it.
fn refused(error: ImageError) -> Error {
    match error {
        ImageError::Limits(_) => too_large("a larger one"),
        ImageError::Unsupported(what) => Error::UnsupportedImage(Details::new(
            "a common form of JPEG, PNG, WebP, GIF or BMP",
            what.to_string(),
            "save it as an ordinary JPEG or PNG and try again",
        )),
        other => Error::UnsupportedImage(Details::new(
            "a whole, undamaged image",
            other.to_string(),
            "open it elsewhere to see whether it is whole, or choose another",
        )),
    }
}
