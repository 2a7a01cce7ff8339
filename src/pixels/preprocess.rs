//! An image of any size -> the size of the network's input.

use fast_image_resize as convolution;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use image::metadata::Orientation;
use image::{DynamicImage, Rgb, RgbImage};

use super::colour::Conversion;
use super::{BACKGROUND, Fit, Pixels, Preprocessing, Resize};

/// A rectangle of an image in pixels: left, top, columns, rows.
type Part = [u32; 4];

/// An opaque image, and the conversion of its colours where they are not sRGB.
pub(super) struct Source<'a> {
    pub(super) image: &'a RgbImage,
    pub(super) conversion: Option<&'a Conversion>,
}

/// Fits and resizes an image, then converts its colours and turns it upright. The last two steps come after resizing
/// because they then handle 150 kB instead of a whole photograph. (Converting first changes photographs by less than
/// 0.3 levels in the mean.)
pub(super) fn preprocess(
    source: &Source<'_>,
    turn: Orientation,
    preprocessing: Preprocessing,
    height: usize,
    width: usize,
) -> Pixels {
    let (columns, rows) = if swaps_sides(turn) { (height, width) } else { (width, height) };
    let (image, resize) = (source.image, preprocessing.resize);
    let fitted = match preprocessing.fit {
        Fit::Crop => resized(source, centred_part(image, columns, rows), resize, columns, rows),
        Fit::Squash => resized(source, whole(image), resize, columns, rows),
        Fit::Pad => padded(source, resize, columns, rows),
    };
    let mut upright = DynamicImage::ImageRgb8(fitted);
    upright.apply_orientation(turn);
    Pixels { height, width, rgb: upright.into_rgb8().into_raw() }
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

fn padded(source: &Source<'_>, resize: Resize, columns: usize, rows: usize) -> RgbImage {
    let image = source.image;
    let (sides, wanted) =
        ((image.width() as usize, image.height() as usize), (columns as u32, rows as u32));
    let (inner_width, inner_height) = largest_within(wanted.0, wanted.1, sides.0, sides.1);
    let inner = resized(source, whole(image), resize, inner_width as usize, inner_height as usize);
    let mut canvas = RgbImage::from_pixel(wanted.0, wanted.1, Rgb(BACKGROUND));
    let (left, top) = ((wanted.0 - inner_width) / 2, (wanted.1 - inner_height) / 2);
    image::imageops::replace(&mut canvas, &inner, i64::from(left), i64::from(top));
    canvas
}

fn resized(
    source: &Source<'_>,
    part: Part,
    resize: Resize,
    columns: usize,
    rows: usize,
) -> RgbImage {
    let mut resized = match resize {
        Resize::CatmullRom => convolved(source.image, part, columns, rows),
        Resize::Nearest => nearest(source.image, part, columns, rows),
    };
    if let Some(conversion) = source.conversion {
        resized.pixels_mut().for_each(|pixel| pixel.0 = conversion.rgb(pixel.0));
    }
    resized
}

/// The nearest pixel; Pillow's `NEAREST`.
fn nearest(image: &RgbImage, part: Part, columns: usize, rows: usize) -> RgbImage {
    let [left, top, width, height] = part;
    let (from_columns, from_rows) = (places(left, width, columns), places(top, height, rows));
    RgbImage::from_fn(columns as u32, rows as u32, |column, row| {
        *image.get_pixel(from_columns[column as usize], from_rows[row as usize])
    })
}

/// For each of the `count` pixels of a resized side, the pixel of the stored side that it copies: one of the `length`
/// pixels that begin at `start`.
///
/// Pillow adds up the step in double precision, and its rounding decides which pixel is copied in some places.
/// Therefore the sum is computed as Pillow computes it.
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

/// Catmull-Rom, widened when it shrinks an image; Pillow's `BICUBIC`.
fn convolved(image: &RgbImage, part: Part, columns: usize, rows: usize) -> RgbImage {
    let [left, top, width, height] = part.map(f64::from);
    let options = convolution::ResizeOptions::new()
        .resize_alg(convolution::ResizeAlg::Convolution(convolution::FilterType::CatmullRom))
        .crop(left, top, width, height);
    // The pixel type is static: with a dynamic one the resizer would link the code and tables of every type.
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

pub(super) fn swaps_sides(turn: Orientation) -> bool {
    matches!(
        turn,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}
