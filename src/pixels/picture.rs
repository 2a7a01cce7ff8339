//! A decoded image before preprocessing. It is decoded once, then shown, and searched whole or in parts.

use image::metadata::Orientation;
use image::{DynamicImage, Rgb, RgbImage, RgbaImage, imageops};

use super::colour::Conversion;
use super::decode::{self, Decoded};
use super::preprocess::{Source, preprocess, swaps_sides};
use super::{BACKGROUND, Fit, Pixels, Preprocessing};
use crate::error::{Details, Error, Result};

/// A decoded image without transparency: its stored pixels, its orientation, and the conversion of its colours to sRGB.
pub struct Picture {
    image: RgbImage,
    turn: Orientation,
    conversion: Option<Conversion>,
}

impl Picture {
    /// Decodes an image file.
    ///
    /// # Errors
    /// As [`Pixels::decode`].
    pub fn read(bytes: &[u8]) -> Result<Picture> {
        decode::contained(|| {
            let Decoded { image, orientation: turn, conversion } = decode::decode(bytes)?;
            // The background is an sRGB colour, so the colours are converted before the image is laid on it.
            let (image, conversion) = match (image.color().has_alpha(), conversion) {
                (true, Some(conversion)) => (converted(image, &conversion), None),
                (_, conversion) => (image, conversion),
            };
            Ok(Picture { image: opaque(image), turn, conversion })
        })
    }

    /// Takes a decoded image; see [`Pixels::from_rgba`].
    ///
    /// # Errors
    /// As [`Pixels::from_rgba`].
    pub fn from_rgba(rgba: &[u8], columns: u32, rows: u32) -> Result<Picture> {
        let image = (columns > 0 && rows > 0)
            .then(|| RgbaImage::from_raw(columns, rows, rgba.to_vec()))
            .flatten()
            .ok_or_else(|| {
                Error::Image(Details::new(
                    format!("{columns} x {rows} pixels of 4 bytes"),
                    format!("{} bytes", rgba.len()),
                    "pass the whole decoded image",
                ))
            })?;
        let image = opaque(DynamicImage::ImageRgba8(image));
        Ok(Picture { image, turn: Orientation::NoTransforms, conversion: None })
    }

    /// The number of columns of the upright image.
    pub fn width(&self) -> u32 {
        if swaps_sides(self.turn) { self.image.height() } else { self.image.width() }
    }

    /// The number of rows of the upright image.
    pub fn height(&self) -> u32 {
        if swaps_sides(self.turn) { self.image.width() } else { self.image.height() }
    }

    /// Whether the stored image has to be turned or mirrored to be upright.
    pub fn is_turned(&self) -> bool {
        self.turn != Orientation::NoTransforms
    }

    /// Preprocesses the whole image to `height` x `width`.
    pub fn pixels(
        &self,
        preprocessing: impl Into<Preprocessing>,
        height: usize,
        width: usize,
    ) -> Pixels {
        self.preprocessed(&self.image, preprocessing.into(), height, width)
    }

    /// Preprocesses a part of the image. The part is `[left, top, width, height]` in fractions of the upright image's
    /// sides, 0 to 1, and is rounded to whole pixels of the image.
    pub fn part(
        &self,
        part: [f64; 4],
        preprocessing: impl Into<Preprocessing>,
        height: usize,
        width: usize,
    ) -> Pixels {
        let [left, top, wide, high] = stored(part, self.turn);
        let (left, wide) = whole_pixels(left, wide, self.image.width());
        let (top, high) = whole_pixels(top, high, self.image.height());
        let part = imageops::crop_imm(&self.image, left, top, wide, high).to_image();
        self.preprocessed(&part, preprocessing.into(), height, width)
    }

    /// The whole image, upright, resized to `height` x `width`.
    pub fn upright(&self, height: usize, width: usize) -> Pixels {
        self.pixels(Fit::Squash, height, width)
    }

    fn preprocessed(
        &self,
        image: &RgbImage,
        preprocessing: Preprocessing,
        height: usize,
        width: usize,
    ) -> Pixels {
        let source = Source { image, conversion: self.conversion.as_ref() };
        preprocess(&source, self.turn, preprocessing, height, width)
    }
}

/// Converts an image with an alpha channel to sRGB.
fn converted(image: DynamicImage, conversion: &Conversion) -> DynamicImage {
    let mut rgba = image.into_rgba8();
    for pixel in rgba.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let [red, green, blue] = conversion.rgb([red, green, blue]);
        pixel.0 = [red, green, blue, alpha];
    }
    DynamicImage::ImageRgba8(rgba)
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

/// The part of the stored image that a part of the upright image comes from.
fn stored([left, top, width, height]: [f64; 4], turn: Orientation) -> [f64; 4] {
    let (right, bottom) = (1.0 - left - width, 1.0 - top - height);
    match turn {
        Orientation::NoTransforms => [left, top, width, height],
        Orientation::FlipHorizontal => [right, top, width, height],
        Orientation::FlipVertical => [left, bottom, width, height],
        Orientation::Rotate180 => [right, bottom, width, height],
        Orientation::Rotate90 => [top, right, height, width],
        Orientation::Rotate270 => [bottom, left, height, width],
        Orientation::Rotate90FlipH => [top, left, height, width],
        Orientation::Rotate270FlipH => [bottom, right, height, width],
    }
}

/// The first pixel and the number of pixels of a part of a side; at least one, and within the side.
fn whole_pixels(start: f64, length: f64, side: u32) -> (u32, u32) {
    let start = ((start * f64::from(side)).round() as u32).min(side - 1);
    let length = (length * f64::from(side)).round() as u32;
    (start, length.clamp(1, side - start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Resize;

    /// All eight orientations of one picture give the same pixels for the same part.
    #[test]
    fn a_part_is_cut_from_the_upright_image() {
        let upright = RgbImage::from_fn(20, 10, |x, y| image::Rgb([x as u8 * 10, y as u8 * 20, 7]));
        let preprocessing = Preprocessing { fit: Fit::Squash, resize: Resize::Nearest };
        let cut = imageops::crop_imm(&upright, 4, 1, 8, 5).to_image();
        for number in 1..=8 {
            let turn = Orientation::from_exif(number).unwrap();
            let back = match turn {
                Orientation::Rotate90 => Orientation::Rotate270,
                Orientation::Rotate270 => Orientation::Rotate90,
                own => own, // the others undo themselves
            };
            let mut stored = DynamicImage::ImageRgb8(upright.clone());
            stored.apply_orientation(back);
            let picture = Picture { image: stored.into_rgb8(), turn, conversion: None };
            assert_eq!((picture.width(), picture.height()), (20, 10), "{turn:?}");
            assert_eq!(picture.is_turned(), number > 1);
            let part = picture.part([0.2, 0.1, 0.4, 0.5], preprocessing, 5, 8);
            assert_eq!(part.rgb(), cut.as_raw(), "{turn:?}");
            let whole = picture.part([0.0, 0.0, 1.0, 1.0], preprocessing, 10, 20);
            assert_eq!(whole.rgb(), upright.as_raw(), "{turn:?}");
        }
    }

    #[test]
    fn a_part_at_an_edge_has_at_least_a_pixel() {
        assert_eq!(whole_pixels(1.0, 0.0, 10), (9, 1));
        assert_eq!(whole_pixels(0.96, 0.04, 10), (9, 1));
        assert_eq!(whole_pixels(0.5, 0.9, 10), (5, 5));
        assert_eq!(whole_pixels(-0.0000001, 1.0000002, 10), (0, 10));
    }
}
